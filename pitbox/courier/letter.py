"""What is carried: bytes with a key, and a moment after which nobody wants them."""

import msgspec

MOST_BYTES = 64 << 10


class Letter(msgspec.Struct, frozen=True):
    key: str
    """Of two letters with the same key only the first is carried, after a restart too."""
    body: bytes
    """JSON, as the webhook wants it."""
    made_utc_s: float
    dies_utc_s: float
    """Not delivered by then, it is dropped."""
    words: str
    """What it is, for health: `the reminder for Ada`. No secret."""
    doubts: int = 0
    """How often it went out whole, or may have, and no answer said whether it was taken."""
