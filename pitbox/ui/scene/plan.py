"""The plan that the Stints page shows: read out of the edits, and laid over the race as far as that is known.

Pure. What a race does to a plan comes from whoever follows it; before the start the plan is laid from the
green flag on, by the same fold.
"""

import msgspec

from pitbox.model.errors import EditError
from pitbox.model.event import event as event_of
from pitbox.model.ledger import Ledger
from pitbox.model.member import members
from pitbox.model.offer_reply import offer_replies
from pitbox.model.plan_offer import Driven, PlanNow
from pitbox.model.relay import Leg, Legs, Relay, Violation
from pitbox.model.stint_plan import PlannedStint, plan
from pitbox.model.team import Team, teams
from pitbox.model.variant import Variant, variants
from pitbox.planning.brief import relay_of
from pitbox.planning.conflict import Conflict, conflicts
from pitbox.planning.history import Line, history_lines
from pitbox.planning.live.course import Course
from pitbox.planning.live.follow import Plan, follow
from pitbox.planning.live.held import assumed
from pitbox.planning.rota import legs_of

_UNCUT_S = 30 * 86400.0
_MOST_LINES = 60


class Person(msgspec.Struct, frozen=True):
    """A lane of the picture."""

    key: str
    name: str
    zone: str = "UTC"
    can_drive: bool = True


class Choice(msgspec.Struct, frozen=True):
    """A team whose plan can be looked at."""

    key: str
    words: str


class PlanScene(msgspec.Struct, frozen=True):
    """One team's plan by one of its strategies."""

    team: Team
    event: str
    zone: str
    choices: tuple[Choice, ...]
    variants: tuple[Variant, ...]
    variant: str
    """Key of the one that is shown; empty where there is none."""
    rows: tuple[PlannedStint, ...]
    planned: Legs
    """As the rows lie when nothing happened but them."""
    now: PlanNow
    people: tuple[Person, ...]
    conflicts: tuple[Conflict, ...] = ()
    history: tuple[Line, ...] = ()
    count: int = 0
    """Edits that it was read out of."""

    @property
    def is_live(self) -> bool:
        return self.now.race_s is not None

    @property
    def relay(self) -> Relay:
        return self.now.relay

    @property
    def legs(self) -> Legs:
        return self.now.legs

    @property
    def green_utc_s(self) -> float | None:
        """Announced, or as it was."""
        return self.relay.start_utc_s if self.now.green_utc_s is None else self.now.green_utc_s

    @property
    def is_over(self) -> bool:
        return self.is_live and bool(self.legs) and all(leg.is_done for leg in self.legs)

    @property
    def faults(self) -> tuple[Violation, ...]:
        """By gravity, those that can still be mended first."""
        return tuple(sorted(self.now.violations, key=lambda one: one.is_past))

    def leg(self, key: str) -> Leg | None:
        return next((leg for leg in self.legs if leg.key == key), None)

    def row(self, key: str) -> PlannedStint | None:
        """Of a leg; a part of a row that was broken off belongs to it."""
        wanted = (key, key.partition("~")[0])
        return next((row for row in self.rows if row.key in wanted), None)

    def name(self, key: str) -> str:
        return next((one.name for one in self.people if one.key == key), key)

    def doubted(self, leg: Leg) -> Driven | None:
        """The stint that it was, where nobody says who drove."""
        return next(
            (one for one in self.now.driven if one.odds and abs(one.start_s - leg.start_s) < 1.0), None
        )

    def number(self, driven: Driven) -> int:
        """Of a stint as the plan counts, which is not as the folds do where laps came before the flag."""
        starts_s = [leg.start_s for leg in self.legs]
        near = [number for number, start_s in enumerate(starts_s, 1) if abs(start_s - driven.start_s) < 1.0]
        return near[0] if near else driven.stint

    def over(self, now: PlanNow | None) -> "PlanScene":
        """The same plan as it is followed; as it was where that one follows another."""
        if now is None or (now.team, now.variant) != (self.team.key, self.variant):
            return self
        return msgspec.structs.replace(self, now=now)


def is_standing(leg: Leg) -> bool:
    """It was driven or is, so nobody else drives it."""
    return leg.is_done or leg.is_driving


def plan_scene(ledger: Ledger, team: str = "", variant: str = "") -> PlanScene | None:
    """Of that team, else of the first that there is; None where nothing is planned.

    Raises EditError where the team's event has no length, or is gone.
    """
    every = teams(ledger)
    chosen = next((one for one in every if one.key == team), None) or _first(ledger, every)
    if chosen is None:
        return None
    own = variants(ledger, chosen.key)
    shown = next((one for one in own if one.key == variant), None)
    shown = shown or next((one for one in own if one.is_active), None)
    event = event_of(ledger, chosen.event)
    relay = relay_of(ledger, chosen, shown)
    rows: tuple[PlannedStint, ...] = ()
    if shown is not None:
        relay, rows = assumed(relay, offer_replies(ledger, shown.key)), plan(ledger, shown.key)
    uncut = legs_of(rows, msgspec.structs.replace(relay, length_s=_UNCUT_S))
    key = "" if shown is None else shown.key
    held = Plan(relay, uncut, chosen.event, chosen.key, key, ledger.count)
    return PlanScene(
        team=chosen,
        event="" if event is None else event.name,
        zone="UTC" if event is None else event.zone,
        choices=tuple(_choice(ledger, one) for one in every),
        variants=own,
        variant=key,
        rows=rows,
        planned=legs_of(rows, relay),
        now=_cut(follow(held, Course(None))),
        people=_people(ledger, relay),
        conflicts=conflicts(ledger, chosen.key),
        history=history_lines(ledger, chosen.key, _MOST_LINES),
        count=ledger.count,
    )


def _cut(now: PlanNow) -> PlanNow:
    """Rows beyond the flag are no part of the race."""
    legs = tuple(leg for leg in now.legs if leg.start_s < now.relay.length_s)
    return msgspec.structs.replace(now, legs=legs)


def _first(ledger: Ledger, every: tuple[Team, ...]) -> Team | None:
    """One that a plan can be made for, if any."""
    for one in every:
        try:
            relay_of(ledger, one, None)
        except EditError:
            continue
        return one
    return every[0] if every else None


def _choice(ledger: Ledger, team: Team) -> Choice:
    event = event_of(ledger, team.event)
    return Choice(team.key, team.name if event is None else f"{event.name} · {team.name}")


def _people(ledger: Ledger, relay: Relay) -> tuple[Person, ...]:
    """Who drives stands first."""
    zones = {one.key: one.zone for one in members(ledger)}
    found = [Person(s.key, s.name, zones.get(s.key, "UTC"), s.can_drive) for s in relay.seats]
    return tuple(sorted(found, key=lambda one: not one.can_drive))
