"""How much the log lane has under way, and how long it waits."""

import msgspec


class ReplicationLimits(msgspec.Struct, frozen=True):
    window_bytes: int = 2 << 20
    """Of records under way for one log."""
    chunk_bytes: int = 256 << 10
    """Of records in one message."""
    most_behind: int = 4
    """Logs that are caught up with at the same time, from one peer."""
    have_s: float = 1.0
    """Between two lists of what changed; what is new is told at once."""
    stall_s: float = 3.0
    """Without a record that was promised: another peer is asked."""
    pause_s: float = 5.0
    """Before something is asked again that could not be had, or not be kept."""
