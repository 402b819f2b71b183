"""A person who races with us, with a machine here or without: an entity of kind `member`."""

import msgspec

from pitbox.model.edit import Edit
from pitbox.model.ids import DeviceId

KIND = "member"


class Member(msgspec.Struct, frozen=True):
    key: str
    name: str
    user_id: int = 0
    """By which the sim knows the person; 0: not known."""
    zone: str = "UTC"
    """IANA; the clock that the person lives by."""
    rating: int | None = None
    """iRating, or what the series uses."""
    device: DeviceId = DeviceId("")
    """The machine whose PitBox reminds this person; empty: by name, where a device calls itself so."""
    note: str = ""
    others: tuple[Edit, ...] = ()
