"""Which event, team, strategy or person somebody means: by key, or by a name that only one has."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from pitbox.model.errors import EditError
from pitbox.model.event import Event, events
from pitbox.model.ledger import Ledger
from pitbox.model.member import Member, members
from pitbox.model.team import Team, teams
from pitbox.model.variant import Variant, active_variant, variants


class _Named(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def name(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def named(things: Sequence[_T], text: str) -> _T | None:
    """Raises EditError where several have this name."""
    found = [one for one in things if one.key == text] or [
        one for one in things if one.name.casefold() == text.casefold()
    ]
    if len(found) > 1:
        raise EditError(f"Several are called {text!r}: say {' or '.join(one.key for one in found)}.")
    return found[0] if found else None


def event_named(ledger: Ledger, text: str) -> Event:
    return _found(named(events(ledger), text), "event", text, [one.name for one in events(ledger)])


def team_named(ledger: Ledger, text: str) -> Team:
    """Of any event, or as EVENT/TEAM."""
    of, slash, name = text.rpartition("/")
    known = teams(ledger, event_named(ledger, of).key) if slash else teams(ledger)
    return _found(named(known, name), "team", text, [one.name for one in known])


def member_named(ledger: Ledger, text: str) -> Member:
    return _found(named(members(ledger), text), "member", text, [one.name for one in members(ledger)])


def variant_named(ledger: Ledger, text: str) -> Variant:
    """TEAM/NAME; of a team alone, the active one."""
    of, slash, name = text.rpartition("/")
    own = team_named(ledger, of if slash else text)
    known = variants(ledger, own.key)
    found = named(known, name) if slash else active_variant(ledger, own.key)
    return _found(found, "strategy", text, [f"{own.name}/{one.name}" for one in known])


def members_by_name(ledger: Ledger) -> dict[str, str]:
    """Keys by key and by name; a name that two people have is nobody's."""
    people = members(ledger)
    names = [one.name.casefold() for one in people]
    by_name = {name: one.key for name, one in zip(names, people, strict=True) if names.count(name) == 1}
    return (
        by_name
        | {one.name: one.key for one in people if one.name.casefold() in by_name}
        | {one.key: one.key for one in people}
    )


def _found(one: _T | None, what: str, text: str, known: Sequence[str]) -> _T:
    if one is None:
        there = f"there is {', '.join(known)}" if known else "there is none yet"
        raise EditError(f"There is no {what} {text!r}; {there}.")
    return one
