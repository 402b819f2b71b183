"""One change by one person to one field of one thing: what all that people decide is made of."""

from enum import Enum
from math import isfinite
from typing import Annotated

import msgspec
from msgspec import Meta

from pitbox.model.errors import EditError
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.stamp import MAX_LAMPORT, Stamp

Value = bool | int | float | str | None
"""What a field may hold. None: not set."""

_VALUES = (bool, int, float, str, type(None))
MAX_TEXT = 2000
MAX_NAME = 64
MAX_FIELD = 96
"""Long enough for the name of a device in it."""
MAX_KEY = 160
MAX_SEEN = 64
"""Values that stand beside each other in one field; of more than that, the greatest are named."""

NOWHERE = Axis(-1, -1, 0.0)
"""The place of what is edited outside of any race."""
_OWNER = 16
"""Hex digits of a device: 64 bits of a hash."""

QUIET = frozenset({"expected", "post"})
"""Kinds that machines write by themselves: no plan stands on them, no history of deeds has them."""

DELETED = "deleted"
"""The field of every thing that says whether it is gone; deleting is an edit like any other."""


class Entity(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A thing that people edit: a message, a note, a stint, a corrected fact."""

    kind: Annotated[str, Meta(max_length=MAX_NAME)]
    key: Annotated[str, Meta(max_length=MAX_KEY)]
    """Stable, and unique within its kind."""


class Edit(msgspec.Struct, frozen=True):
    """`seen` are the stamps that this edit replaces: what its editor saw in the field."""

    stamp: Stamp
    entity: Entity
    field: str
    value: Value
    seen: tuple[Stamp, ...] = ()
    at: Axis = NOWHERE
    """Where the race was for the editor."""
    wall_s: float = 0.0
    """The editor's clock, for people to read; it orders nothing."""

    @property
    def author(self) -> DeviceId:
        return self.stamp.device


class Draft(msgspec.Struct, frozen=True):
    """What somebody wishes to change; an editor's ledger stamps it."""

    entity: Entity
    field: str
    value: Value


def owned_key(owner: DeviceId, token: str) -> str:
    """The key of a thing that is one person's to write, like a message: nobody can put words into it."""
    return f"{owner[:_OWNER]}.{token}"


def is_owner(device: DeviceId, entity: Entity) -> bool:
    return entity.key.startswith(owned_key(device, ""))


def check_edit(edit: Edit) -> None:
    """Raises EditError for what no PitBox would write, so that nothing odd gets into a fold."""
    if not 0 < edit.stamp.lamport <= MAX_LAMPORT:
        raise EditError(f"An edit cannot have the number {edit.stamp.lamport}.")
    if not (0 < len(edit.entity.kind) <= MAX_NAME and 0 < len(edit.entity.key) <= MAX_KEY):
        raise EditError("An edit needs a thing to change, with a name of a sensible length.")
    if not 0 < len(edit.field) <= MAX_FIELD or len(edit.seen) > MAX_SEEN:
        raise EditError("An edit's field or its list of what was seen is too long.")
    check_value(edit.value)


def check_value(value: Value) -> None:
    """Raises EditError for a value that no field may hold."""
    if type(value) not in _VALUES and not isinstance(
        value, Enum
    ):  # a number of numpy's is a float to Python, and no log can hold it
        raise EditError(f"A field cannot hold a {type(value).__name__}.")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise EditError(f"A text of {len(value)} characters is too long: {MAX_TEXT} is the limit.")
    if isinstance(value, float) and not isfinite(value):
        raise EditError("A figure has to be a number.")
    if isinstance(value, int) and abs(value) >= 1 << 63:
        raise EditError("A whole number cannot be that large.")
