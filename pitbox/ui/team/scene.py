"""One event and its people as the page draws them, worked out of the plans. Loads no Qt."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from pitbox.model.availability import availability
from pitbox.model.event import Event, events, start_of
from pitbox.model.ledger import Ledger
from pitbox.model.member import Member, members
from pitbox.model.participation import Participation, Step, participation, participation_key
from pitbox.model.span import Span, Spans, common, total_s
from pitbox.model.team import Team, teams

_T = TypeVar("_T")
_AT_ONCE = 16
"""People read in one go: whoever writes meanwhile waits no longer than that takes."""
UNNAMED_S = 24 * 3600.0
"""How long an event is taken to be, as long as nobody has said."""

Ask = Callable[[Callable[[Ledger], _T]], _T]


class Attendant(msgspec.Struct, frozen=True):
    """A person, seen from the event."""

    member: Member
    said: Participation | None = None
    """None: not asked yet."""
    sure: Spans = ()
    """In UTC."""
    maybe: Spans = ()
    unknown: tuple[str, ...] = ()
    """Times that could not be read."""
    share: float | None = None
    """Of the race in which the person can be there, what is only maybe counted half; None: nothing said."""

    @property
    def key(self) -> str:
        return self.member.key

    @property
    def is_in(self) -> bool:
        return self.said is not None and self.said.step is not Step.WITHDRAWN


class TeamScene(msgspec.Struct, frozen=True):
    events: tuple[Event, ...] = ()
    event: Event | None = None
    people: tuple[Attendant, ...] = ()
    """Who has said something to the event, by name; then everybody else."""
    teams: tuple[Team, ...] = ()

    @property
    def span(self) -> Span | None:
        """The race in UTC: of its first start; None where nobody knows when that is."""
        start_s = None if self.event is None else start_of(self.event)
        return None if start_s is None else Span(start_s, start_s + self.length_s)

    @property
    def length_s(self) -> float:
        return UNNAMED_S if self.event is None else self.event.length_s or UNNAMED_S

    @property
    def signed(self) -> tuple[Attendant, ...]:
        """Who takes part, or thinks of it."""
        return tuple(one for one in self.people if one.is_in)

    def attendant(self, key: str) -> Attendant | None:
        return next((one for one in self.people if one.key == key), None)

    def team(self, key: str) -> Team | None:
        return next((one for one in self.teams if one.key == key), None)

    def shared(self, member: str) -> tuple[Team, ...]:
        """Teams in which that person helps beside the own one."""
        return tuple(one for one in self.teams if member in one.shared)

    def name(self, key: str) -> str:
        found = self.attendant(key)
        return key if found is None else found.member.name


def scene_of(ask: Ask[Any], event_key: str) -> TeamScene:
    """`ask`: of the plans as they are; again and again, so that nobody waits long for this."""
    found: tuple[Event, ...] = ask(events)
    event = next((one for one in found if one.key == event_key), found[0] if found else None)
    everybody: tuple[Member, ...] = ask(members)
    said: dict[str, Participation] = {}
    if event is not None:
        for at in range(0, len(everybody), _AT_ONCE):
            keys = [one.key for one in everybody[at : at + _AT_ONCE]]
            said |= ask(lambda ledger, keys=keys, of=event.key: _said(ledger, of, keys))  # type: ignore[misc]
    own: tuple[Team, ...] = () if event is None else ask(lambda ledger: teams(ledger, event.key))
    scene = TeamScene(found, event, (), own)
    people = [_attendant(one, said.get(one.key), scene.span) for one in everybody]
    people.sort(key=lambda one: one.said is None)
    return msgspec.structs.replace(scene, people=tuple(people))


def _said(ledger: Ledger, event: str, keys: list[str]) -> dict[str, Participation]:
    found = ((key, participation(ledger, participation_key(event, key))) for key in keys)
    return {key: one for key, one in found if one is not None}


def _attendant(member: Member, said: Participation | None, race: Span | None) -> Attendant:
    if said is None:
        return Attendant(member)
    told = availability(said.free)
    share = None
    if race is not None and said.free:
        within = (race,)
        free_s = total_s(common(told.sure, within)) + total_s(common(told.maybe, within)) / 2
        share = free_s / race.length_s
    return Attendant(member, said, told.sure, told.maybe, told.unknown, share)
