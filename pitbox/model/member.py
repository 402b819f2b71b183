"""A person who races with us, with a machine here or without: an entity of kind `member`."""

from typing import Any

import msgspec

from pitbox.model.edit import Draft, Edit
from pitbox.model.form import Form, check_key
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.spelling import Count, Text, Zone

KIND = "member"
FORM = Form(
    KIND,
    "a member",
    {
        "name": Text(64, least=1),
        "user_id": Count(0, 1 << 40),
        "zone": Zone(),
        "rating": Count(0, 100_000),
        "device": Text(64),
        "note": Text(2000),
    },
)


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


def members(ledger: Ledger) -> tuple[Member, ...]:
    """By name. Somebody is there as soon as there is a name."""
    found = (member(ledger, key) for key in FORM.keys(ledger))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.name, one.key)))


def member(ledger: Ledger, key: str) -> Member | None:
    """None where there is nobody of this key, or the record was deleted."""
    reading = FORM.read(ledger, key)
    values = reading.values()
    is_there = not reading.is_deleted and "name" in values
    return Member(key=key, others=reading.others, **values) if is_there else None


def add_member(key: str, name: str, **values: Any) -> list[Draft]:
    """The name comes last: with it the person is there, whole."""
    return FORM.drafts(check_key(key, FORM.one), **values, name=name)


def fill_member(key: str, **values: Any) -> list[Draft]:
    """Fields as `Member` names them; None for what is not known any more. Raises EditError."""
    return FORM.drafts(key, **values)


def remove_member(key: str) -> Draft:
    return FORM.remove(key)
