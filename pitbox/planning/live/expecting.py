"""What a machine that follows the race tells those that do not, and the plan that these make of it. Pure."""

from itertools import pairwise

import msgspec

from pitbox.model.expected import Expected, Row, Telling, expected
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.person import name_of
from pitbox.model.plan_offer import PlanNow
from pitbox.model.relay import Leg, Legs, Relay
from pitbox.model.team import team as team_of
from pitbox.planning.live.anchor import anchored
from pitbox.planning.live.chain import stop_s
from pitbox.planning.live.follow import Plan
from pitbox.planning.live.held import held

MOVED_S = 60.0
"""Less is not worth a word."""
STALE_S = 600.0
"""Nobody told for so long: the plan counts again, as late as it was last."""
SILENT_S = 300.0
"""Who has told nothing for so long has stopped."""
_SAME_RACE_S = 6 * 3600.0
"""A race that began so far from its announced start is another one."""
_BEHIND_S = 90.0


class Ahead(msgspec.Struct, frozen=True):
    """What a machine knows of the stints to come that does not follow the race itself."""

    plan: PlanNow
    told_by: str
    """Name of the machine that follows the race."""
    age_s: float
    """Since it last said that this holds, by both machines' clocks."""
    is_stale: bool = False
    late_s: float = 0.0
    """Of a stale one: how late the plan was, as far as was told; negative: early."""

    @property
    def words(self) -> str:
        """`as Wall tells, 2 min ago`; a stale one says what it goes by."""
        minutes = round(self.age_s / 60)
        if not self.is_stale:
            return f"as {self.told_by} tells, {f'{minutes} min ago' if minutes else 'now'}"
        late = round(abs(self.late_s) / 60)
        by = f", {late} min {'late' if self.late_s > 0 else 'early'}" if late else ""
        silence = f": nothing heard of the race for {minutes} min" if minutes else ""
        return f"by the plan{by}{silence}"


def is_current(now: PlanNow, now_utc_s: float) -> bool:
    """The picture of the race is of now: a line that hangs, or catches up, shows an older one."""
    if now.race_s is None or now.green_utc_s is None:
        return False
    return abs(now.green_utc_s + now.race_s - now_utc_s) <= _BEHIND_S


def expectation(now: PlanNow) -> Expected | None:
    """None before the green flag, which nobody can foretell better than the plan."""
    if now.race_s is None or now.green_utc_s is None:
        return None
    legs = tuple(leg for leg in now.legs if not leg.is_done)
    seats = tuple({leg.driver: None for leg in legs if leg.driver})
    rows = tuple(
        Row(leg.key, seats.index(leg.driver) if leg.driver else -1, round(leg.start_s)) for leg in legs
    )
    has_driver = bool(legs) and legs[0].is_driving
    return Expected(now.variant, now.green_utc_s, round(now.relay.length_s), seats, rows, has_driver)


def has_moved(before: Expected, after: Expected) -> bool:
    """Something of it by more than a minute, or who drives."""
    if (before.variant, before.has_driver) != (after.variant, after.has_driver):
        return True
    # Who is at the wheel began when they began: what is told of it is who.
    people = [[(row.leg, one.driver(row)) for row in one.rows] for one in (before, after)]
    if people[0] != people[1] or abs(before.green_utc_s - after.green_utc_s) > MOVED_S:
        return True
    both = zip(before.rows, after.rows, strict=True)
    return any(abs(before.start_utc_s(a) - after.start_utc_s(b)) > MOVED_S for a, b in both)


def is_speaker(device: DeviceId, silent_s: dict[DeviceId, float]) -> bool:
    """Of those that follow the race one tells: the one of least name that told something lately, or this.

    `silent_s`: for how long each other one has told nothing.
    """
    return not any(other < device and since_s < SILENT_S for other, since_s in silent_s.items())


def ahead(ledger: Ledger, team: str, now_utc_s: float) -> Ahead | None:
    """None where nobody has told of the race that the team plans; raises EditError where it has no plan."""
    known, said = team_of(ledger, team), expected(ledger, team)
    plan = None if known is None or said is None else held(ledger, known)
    if plan is None or said is None:
        return None
    return ahead_of(plan.plan, said, name_of(ledger, said.device), now_utc_s)


def ahead_of(plan: Plan, said: Telling, name: str, now_utc_s: float) -> Ahead | None:
    """None where it is of another race; of another strategy only when the flag went green is told."""
    told, start_utc_s = said.expected, plan.relay.start_utc_s
    is_other = start_utc_s is not None and abs(told.green_utc_s - start_utc_s) > _SAME_RACE_S
    is_past = now_utc_s > told.green_utc_s + told.end_s + _SAME_RACE_S
    if is_other or is_past:
        return None
    age_s = max(0.0, now_utc_s - said.wall_s)
    if told.variant == plan.variant and (age_s <= STALE_S or not told.rows):
        return Ahead(_as_told(plan, told, now_utc_s), name, age_s)
    late_s = _late_s(plan, told)
    return Ahead(_shifted(plan, told, late_s, now_utc_s), name, age_s, is_stale=True, late_s=late_s)


def _as_told(plan: Plan, told: Expected, now_utc_s: float) -> PlanNow:
    relay = anchored(plan.relay, told.green_utc_s, float(told.end_s))
    known = {leg.key: leg for leg in plan.legs}
    legs: list[Leg] = []
    for at, row in enumerate(told.rows):
        driving = at == 0 and told.has_driver
        legs.append(_leg(known.get(row.leg), row, told, is_driving=driving))
    ends_s = [
        max(leg.start_s, after.start_s - stop_s(relay, leg.driver, after.driver))
        for leg, after in pairwise(legs)
    ]
    ends_s += [max(legs[-1].start_s, relay.length_s)] if legs else []
    coming = tuple(msgspec.structs.replace(leg, end_s=end_s) for leg, end_s in zip(legs, ends_s, strict=True))
    done = _done(plan, coming[0] if coming else None)
    return _now(plan, relay, (*done, *coming), told.green_utc_s, now_utc_s)


def _leg(known: Leg | None, row: Row, told: Expected, *, is_driving: bool) -> Leg:
    """Who drives a row that has yet to begin, the plan says: somebody may have edited it a moment ago."""
    start_s = float(row.start_s)
    if known is None:
        return Leg(row.leg, told.driver(row), start_s, start_s, is_driving=is_driving)
    driver = told.driver(row) if is_driving else known.driver
    return msgspec.structs.replace(known, driver=driver, start_s=start_s, is_driving=is_driving)


def _done(plan: Plan, first: Leg | None) -> Legs:
    """Rows before the first of those to come, as far from it as planned."""
    keys = [leg.key for leg in plan.legs]
    name = "" if first is None else first.key.partition("~")[0]
    if first is None:
        before, moved_s = plan.legs, 0.0
    elif name in keys:
        at = keys.index(name)
        before, moved_s = plan.legs[:at], first.start_s - plan.legs[at].start_s
    else:
        before, moved_s = tuple(leg for leg in plan.legs if leg.end_s <= first.start_s), 0.0
    return tuple(
        msgspec.structs.replace(
            leg,
            start_s=0.0 if number == 0 else max(0.0, leg.start_s + moved_s),
            end_s=max(0.0, leg.end_s + moved_s),
            is_done=True,
        )
        for number, leg in enumerate(before)
    )


def _late_s(plan: Plan, told: Expected) -> float:
    """How much later than planned the first stint to come was expected that the plan still has."""
    planned = {leg.key: leg.start_s for leg in plan.legs}
    green_utc_s = told.green_utc_s if plan.relay.start_utc_s is None else plan.relay.start_utc_s
    for row in told.rows[1 if told.has_driver else 0 :]:
        if row.leg in planned:
            return told.start_utc_s(row) - green_utc_s - planned[row.leg]
    return told.green_utc_s - green_utc_s


def _shifted(plan: Plan, told: Expected, late_s: float, now_utc_s: float) -> PlanNow:
    """The plan as it is edited, as late as it was; what had begun when that was told has begun."""
    base_utc_s = told.green_utc_s if plan.relay.start_utc_s is None else plan.relay.start_utc_s
    green_utc_s = base_utc_s + late_s
    coming = {row.leg for row in told.rows[1 if told.has_driver else 0 :]}
    keys = [leg.key for leg in plan.legs]
    first = next((at for at, key in enumerate(keys) if key in coming), 0)
    legs = tuple(
        msgspec.structs.replace(leg, is_done=True) if at < first else leg
        for at, leg in enumerate(plan.legs)
        if leg.start_s < plan.relay.length_s
    )
    return _now(plan, anchored(plan.relay, green_utc_s, None), legs, green_utc_s, now_utc_s)


def _now(plan: Plan, relay: Relay, legs: Legs, green_utc_s: float, now_utc_s: float) -> PlanNow:
    race_s = now_utc_s - green_utc_s
    coming = next((leg for leg in legs if not leg.is_done and leg.start_s > race_s), None)
    return PlanNow(
        event=plan.event,
        team=plan.team,
        variant=plan.variant,
        relay=relay,
        legs=legs,
        driven=(),
        violations=(),
        shares=(),
        race_s=race_s,
        green_utc_s=green_utc_s,
        base=plan.base,
        next_leg="" if coming is None else coming.key,
        next_in_s=None if coming is None else coming.start_s - race_s,
    )
