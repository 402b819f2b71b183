"""One car of ours in one event: an entity of kind `team`. Several cars may share people."""

from typing import Any

import msgspec

from pitbox.model.edit import Draft, Edit
from pitbox.model.form import MAX_KEY_PART, Form, check_key
from pitbox.model.ids import SessionId
from pitbox.model.ledger import Ledger
from pitbox.model.spelling import Flag, Text

KIND = "team"
FORM = Form(
    KIND,
    "a team",
    {
        "event": Text(MAX_KEY_PART, least=1),
        "name": Text(64, least=1),
        "car": Text(64),
        "number": Text(8),
        "instance": Text(MAX_KEY_PART),
        "session": Text(64),
        "variant": Text(MAX_KEY_PART),
    },
    {"shared": Flag()},
)


class Team(msgspec.Struct, frozen=True):
    """Who is in it stands in the participations; a shared person's are `shared`."""

    key: str
    event: str
    name: str
    car: str = ""
    number: str = ""
    """As on the timing screen; with it the car is found in a race."""
    instance: str = ""
    shared: tuple[str, ...] = ()
    """Members of another team of the event who help here too, so their times must not clash."""
    session: SessionId = SessionId("")
    """The race that is run after its plan; empty: found by number, people and start."""
    others: tuple[Edit, ...] = ()
    variant: str = ""
    """Key of the active one; empty: the first there is."""


def teams(ledger: Ledger, event: str | None = None) -> tuple[Team, ...]:
    """Of one event, or of all; by name. A team is there as soon as it has a name and an event."""
    found = (team(ledger, key) for key in FORM.keys(ledger))
    own = [one for one in found if one is not None and event in (None, one.event)]
    return tuple(sorted(own, key=lambda one: (one.name, one.key)))


def team(ledger: Ledger, key: str) -> Team | None:
    """None where there is no team of this key, or it was deleted."""
    reading = FORM.read(ledger, key)
    values = reading.values()
    if reading.is_deleted or not {"name", "event"} <= values.keys():
        return None
    return Team(key=key, shared=reading.chosen("shared"), others=reading.others, **values)


def add_team(key: str, event: str, name: str, **values: Any) -> list[Draft]:
    """The name comes last: with it the team is there, whole."""
    return FORM.drafts(check_key(key, FORM.one), **values, event=event, name=name)


def fill_team(key: str, **values: Any) -> list[Draft]:
    """Fields as `Team` names them, `shared` aside; None for what is not known any more. Raises EditError."""
    return FORM.drafts(key, **values)


def share(key: str, member: str, *, is_in: bool = True) -> Draft:
    """A member of another team of the event helps here too, or no longer."""
    return FORM.draft(key, f"shared.{member}", is_in)


def remove_team(key: str) -> Draft:
    return FORM.remove(key)
