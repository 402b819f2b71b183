"""What a paired device may do here."""

from enum import StrEnum


class Role(StrEnum):
    """Given when two devices pair; enforced by whoever receives, not by the sender's screen."""

    DRIVER = "driver"
    """Records beside the sim; reads and edits like an engineer."""
    ENGINEER = "engineer"
    """Reads everything, edits plans, sends messages."""
    VIEWER = "viewer"
    """Reads; its edits are refused."""

    @property
    def can_edit(self) -> bool:
        return self is not Role.VIEWER
