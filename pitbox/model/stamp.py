"""When an edit was made, in the only order that edits have: no clock on a wall takes part in it."""

import msgspec

from pitbox.model.ids import DeviceId

MAX_LAMPORT = 1 << 53
"""Far beyond what people can type; a number any program can hold exactly."""


class Stamp(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Greater than every stamp that its editor had seen. No two edits have the same one.

    The epoch is that of the log: a device that was restored from a backup counts again from an older number.
    """

    lamport: int
    device: DeviceId
    epoch: int
