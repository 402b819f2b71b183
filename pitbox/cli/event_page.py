"""An event as a page of text: what is known of it, who takes part, and what its teams plan."""

from collections.abc import Iterator, Sequence

import msgspec

from pitbox.cli.words import span_words
from pitbox.model.drive_rules import DriveRules
from pitbox.model.errors import EditError
from pitbox.model.event import Event
from pitbox.model.ledger import Ledger
from pitbox.model.member import Member, members
from pitbox.model.participation import Participation, participations
from pitbox.model.relay import Legs, Relay
from pitbox.model.stint_plan import PlannedStint, plan
from pitbox.model.team import Team, teams
from pitbox.model.variant import Variant, variants
from pitbox.model.wall_time import words_of
from pitbox.planning.brief import relay_of
from pitbox.planning.conflict import Conflict
from pitbox.planning.history import Line
from pitbox.planning.rota import legs_of


class PlanPart(msgspec.Struct, frozen=True):
    """A strategy with its stints, as they lie in the race."""

    strategy: Variant
    rows: tuple[PlannedStint, ...]
    legs: Legs
    trouble: str = ""
    """Why nothing can be laid out."""


class TeamPart(msgspec.Struct, frozen=True):
    team: Team
    plans: tuple[PlanPart, ...]


class EventPage(msgspec.Struct, frozen=True):
    event: Event
    people: tuple[Participation, ...]
    teams: tuple[TeamPart, ...]
    members: tuple[Member, ...]

    def lines(self) -> Iterator[str]:
        names = {one.key: one.name for one in self.members}
        yield event_words(self.event)
        yield from (
            f"  start {_start(one.start_utc_s, self.event.zone)} {one.name}".rstrip()
            for one in self.event.instances
        )
        yield from _rule_lines(self.event.rules, names)
        in_teams = {part.team.key: part.team.name for part in self.teams}
        for one in self.people:
            yield f"  {_person(one, names, in_teams)}"
        for part in self.teams:
            team = part.team
            yield " ".join(
                filter(None, ("", " Team", team.name, f"#{team.number}" if team.number else "", team.car))
            )
            for planned in part.plans:
                yield from _plan_lines(planned, names)


def event_page(ledger: Ledger, event: Event) -> EventPage:
    parts = []
    for team in teams(ledger, event.key):
        plans = tuple(_plan_part(ledger, team, one) for one in variants(ledger, team.key))
        parts.append(TeamPart(team, plans))
    return EventPage(event, participations(ledger, event.key), tuple(parts), members(ledger))


def event_words(event: Event) -> str:
    """`Spa 24 h · Spa · 24:00:00 · 27 June`."""
    length = span_words(event.length_s) if event.length_s else f"{event.laps} laps" if event.laps else ""
    starts = [_start(one.start_utc_s, event.zone) for one in event.instances]
    return " · ".join(
        filter(None, (event.name, event.series, event.track, event.car_class, length, *starts[:1]))
    )


def history_words(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        mark = " (undone)" if line.is_undone else " (undo)" if line.is_undo else ""
        yield f"{line.key:14} {words_of(line.wall_s, 'UTC')}Z  {line.who}{mark}: {'; '.join(line.what)}"


def conflict_words(found: Sequence[Conflict]) -> Iterator[str]:
    return (f"{number:3}  {one.words()}" for number, one in enumerate(found, 1))


def _plan_part(ledger: Ledger, team: Team, variant: Variant) -> PlanPart:
    rows = plan(ledger, variant.key)
    try:
        relay: Relay = relay_of(ledger, team, variant)
    except EditError as error:
        return PlanPart(variant, rows, (), str(error))
    return PlanPart(variant, rows, legs_of(rows, relay))


def _plan_lines(planned: PlanPart, names: dict[str, str]) -> Iterator[str]:
    yield f"    {planned.strategy.name}{' (active)' if planned.strategy.is_active else ''}"
    if planned.trouble:
        yield f"      {planned.trouble}"
    legs = {leg.key: leg for leg in planned.legs}
    for number, row in enumerate(planned.rows, 1):
        leg = legs.get(row.key)
        time = f"{span_words(leg.start_s)}-{span_words(leg.end_s)}" if leg is not None else row.state or "-"
        who = names.get(row.driver or "", row.driver or "nobody")
        more = [f"{row.laps} laps" if row.laps else "", f"{row.fuel_l:g} l" if row.fuel_l else ""]
        more += ["new tyres" if row.is_new_tyres else "", row.instructions or ""]
        yield f"      {number:3}  {time:17}  {who}  {', '.join(filter(None, more))}".rstrip()


def _rule_lines(rules: DriveRules, names: dict[str, str]) -> Iterator[str]:
    unset = DriveRules()
    for name in DriveRules.__struct_fields__:
        value = getattr(rules, name)
        if value != getattr(unset, name):
            words = [str(one) for one in (value if isinstance(value, tuple) else (value,))]
            yield f"  rule {name}: {', '.join(names.get(word, word) for word in words)}"


def _person(one: Participation, names: dict[str, str], in_teams: dict[str, str]) -> str:
    words = [names.get(one.member, one.member), one.step.value, in_teams.get(one.team, "")]
    words += [" ".join(part.value for part in one.parts)]
    free = [f"{time.start}-{time.end} {time.zone}{' maybe' if time.is_maybe else ''}" for time in one.free]
    return " · ".join(filter(None, [*words, *free]))


def _start(start_utc_s: float | None, zone: str) -> str:
    return "" if start_utc_s is None else f"{words_of(start_utc_s, zone)} {zone}"
