"""What the log lane did since it began, for people to read."""

import msgspec


class Counters(msgspec.Struct):
    sent_records: int = 0
    sent_bytes: int = 0
    received_records: int = 0
    """Those known already included."""
    applied_records: int = 0
    known_records: int = 0
    """Came twice and were passed over: at most what was under way when a link broke."""
    mended_records: int = 0
    refused_logs: int = 0
    """Logs of which somebody sent what their device did not write."""
