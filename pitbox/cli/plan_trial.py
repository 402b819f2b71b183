"""Plans of real cars, made before their races, run through the live logic against what happened then.

A plan knows the entry list (people, who starts), the rules, the length of the race, and what the *other* cars
of the class did in their first stint (laps of a tank, pace, time in the pits), in place of a team's practice.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

import msgspec

from pitbox.cli.stop_trial import entry_list
from pitbox.cli.wheel_trial import DroveFor, Said, answered, names
from pitbox.model.drive_rules import DriveRules
from pitbox.model.plan_offer import Driven, PlanNow
from pitbox.model.relay import Leg, Legs, Relay, Seat
from pitbox.model.series import is_north_american
from pitbox.planning.live.adherence import Adherence, adherence
from pitbox.planning.live.course import Course, course_of
from pitbox.planning.live.errors import WishError
from pitbox.planning.live.follow import Plan, follow
from pitbox.planning.live.solving import quick_offer
from pitbox.planning.live.wish import Mend
from pitbox.planning.solver import solve
from pitbox.sim.sheet.entry import car_indices, user_id
from pitbox.sim.sheet.record import Sheet, sheet_lap
from pitbox.sim.sheet.table import Line
from pitbox.strategy.listen import Listener
from pitbox.strategy.story import Story
from pitbox.wire.record import InfoRecord, RunRecord, SheetRecord

_PRACTICE = range(2, 12)
"""Laps of the other cars that stand for a team's own pace."""
_LEAST_STINTS = 4
_STOPPED_S = 1500.0
"""A last lap that took longer is a race that was stopped and not gone on with."""
_SAME_LAPS = 1.5
_BUDGET_S = 1.0
_HOUR_S = 3600.0


class Truth(msgspec.Struct, frozen=True):
    """A stint as the sheet's own lines have it, with no fold in between."""

    driver: int
    start_s: float
    end_s: float
    laps: int
    least_end_s: float
    """Where the last lap was never finished, as in a race that was stopped: it ended at some time between."""


class CarTrial(msgspec.Struct, frozen=True):
    number: str
    drivers: int
    stints: int
    """That really were."""
    found: int
    """Seen by the live plan, beginning and end within a lap, with the right driver."""
    swaps: int
    swaps_found: int
    supposed: float
    """Share of time with the right driver, where nobody says who drives."""
    plain: float
    """The same by the plan's clock alone."""
    adherence: Adherence
    surprises: int
    mends: int
    """Times at which the race had broken the plan and a new one was asked for."""
    valid: int
    """New plans that keep every rule that can be kept."""
    impossible: int
    """Times at which the solver knows no plan that does, either."""
    answered: tuple[float, ...] = ()
    """As `supposed`, after none, one, two and more answers to who drove the least certain stint."""
    said: tuple[Said, ...] = ()
    """Names as they were said live, when each stint ended, with their chances; the starter's left out."""


def tried_plans(path: Path, cars: int | None = None, *, is_asked: bool = True) -> tuple[str, list[CarTrial]]:
    """A sheet's title and a trial for each car that drove at least four stints; raises SheetError.

    `is_asked`: names and answers where nobody says who drives are on trial, too.
    """
    sheet = Sheet(path)
    truths = truths_of(sheet)
    chosen = [idx for idx, some in truths.items() if len(some) >= _LEAST_STINTS]
    chosen = chosen[:: max(1, len(chosen) // cars)][:cars] if cars else chosen
    plans = {idx: plan for idx in chosen if (plan := plan_of(sheet, idx, truths)) is not None}
    told, hidden = _Watch(plans, is_mended=True), _Watch(plans)
    _watch(sheet, told, is_told=True)
    _watch(sheet, hidden, is_told=False, is_live=is_asked)
    numbers = {idx: number for number, idx in car_indices(sheet.lines).items()}
    found: list[CarTrial] = []
    for idx, plan in plans.items():
        if idx in told.last and idx in hidden.last:
            trial = _judged(numbers[idx], plan, truths[idx], told, hidden.last[idx])
            live = tuple(hidden.live.get(idx, {}).values())
            asked = _with_answers(trial, plan, truths[idx], hidden.courses[idx], live) if is_asked else trial
            found.append(asked)
    return sheet.info.title, found


def truths_of(sheet: Sheet) -> dict[int, list[Truth]]:
    """By car: from line to line, a stint ends where the car crossed it in the lane or the driver changed."""
    cars = car_indices(sheet.lines)
    found: dict[int, list[Truth]] = {}
    by_car: dict[int, list[Line]] = {}
    for line in sheet.lines:
        by_car.setdefault(cars[line.number], []).append(line)
    for idx, lines in by_car.items():
        lines.sort(key=lambda line: line.lap)
        some: list[Line] = []
        for line in lines:
            if some and (some[-1].is_in_pit or user_id(some[-1].driver) != user_id(line.driver)):
                found.setdefault(idx, []).append(_truth(some))
                some = []
            some.append(line)
        found.setdefault(idx, []).append(_truth(some))
    return found


def _truth(lines: Sequence[Line]) -> Truth:
    first = lines[0]
    out_s = min(first.end_s - first.time_s + (first.pit_s or 0.0), first.end_s)
    driven = [line for line in lines if line.time_s < _STOPPED_S] or lines[:1]
    return Truth(user_id(first.driver), max(0.0, out_s), lines[-1].end_s, len(driven), driven[-1].end_s)


def plan_of(sheet: Sheet, car_idx: int, truths: dict[int, list[Truth]]) -> Plan | None:
    """None where there is nobody of the class to learn the pace from, or no plan."""
    relay = relay_of(sheet, car_idx, truths)
    if relay is None:
        return None
    solved = solve(relay, budget_s=_BUDGET_S, levels=("balance",))
    return Plan(relay, solved.legs if solved.is_feasible else by_turns(relay))


def relay_of(sheet: Sheet, car_idx: int, truths: dict[int, list[Truth]]) -> Relay | None:
    info, cars = entry_list(sheet), car_indices(sheet.lines)
    classes = {entry.car_idx: entry.class_id for entry in info.entries}
    mates = [idx for idx, of in classes.items() if of == classes[car_idx] and idx != car_idx]
    laps_s = [
        line.time_s
        for line in sheet.lines
        if cars[line.number] in mates and line.lap in _PRACTICE and not line.is_in_pit and line.pit_s is None
    ]
    firsts = [truths[idx][0].laps for idx in mates if len(truths.get(idx, ())) >= _LEAST_STINTS]
    first_out = {idx: truths[idx][1] for idx in mates if len(truths.get(idx, ())) >= _LEAST_STINTS}
    pits_s = [truth.start_s - truths[idx][0].end_s for idx, truth in first_out.items()]
    if not laps_s or not firsts:
        return None
    own = [line for line in sheet.lines if cars[line.number] == car_idx]
    names = sorted({" ".join(line.driver.split()) for line in own})
    starter = min(own, key=lambda line: line.lap).driver
    seats = tuple(Seat(f"d{at}", name, user_id(name)) for at, name in enumerate(names, 1))
    key = next(seat.key for seat in seats if seat.user_id == user_id(starter))
    lap_s = median(laps_s)
    return Relay(
        length_s=sheet.schedule.time_s,
        seats=seats,
        rules=msgspec.structs.replace(_rules(sheet), starter=key),
        lap_s=lap_s,
        pit_s=max(20.0, median(pits_s)),
        most_stint_s=lap_s * median(firsts) * 1.05,
    )


def _rules(sheet: Sheet) -> DriveRules:
    """Nobody drives more than four hours in six, in both series; fourteen in a day's race."""
    is_american = is_north_american([found.name for found in sheet.info.classes])
    most_s = 14 * _HOUR_S if sheet.schedule.time_s >= 20 * _HOUR_S else None
    least_s = None if is_american else 40 * 60.0
    return DriveRules(
        least_drive_s=least_s,
        most_drive_s=most_s,
        most_in_window_s=4 * _HOUR_S,
        window_s=6 * _HOUR_S,
    )


def by_turns(relay: Relay) -> Legs:
    """Full tanks, two for each in turn."""
    legs: list[Leg] = []
    at_s = 0.0
    while at_s < relay.length_s - relay.lap_s:
        driver = relay.seats[len(legs) // 2 % len(relay.seats)].key
        end_s = min(relay.length_s, at_s + relay.most_stint_s)
        legs.append(Leg(f"s{len(legs) + 1}", driver, at_s, end_s))
        at_s = end_s + relay.pit_s
    return tuple(legs)


class _Watch:
    """Follows the plans of some cars through one telling of the race."""

    def __init__(self, plans: dict[int, Plan], *, is_mended: bool = False) -> None:
        self._plans, self._is_mended = plans, is_mended
        self._marks: dict[int, tuple[int, ...]] = {}
        self.last: dict[int, PlanNow] = {}
        self.courses: dict[int, Course] = {}
        self.live: dict[int, dict[int, PlanNow]] = {}
        """By car and stint: the picture when that one ended, which knew nothing of what came then."""
        self.words: dict[int, set[str]] = {}
        self.mends: dict[int, list[str]] = {}

    def look(self, story: Story, car_idx: int, now_s: float) -> None:
        """Only where a stint began or ended; else nothing is new."""
        plan, car = self._plans.get(car_idx), story.cars.get(car_idx)
        if plan is None or car is None:
            return
        ended = sum(stint.end_s is not None for stint in car.stints)
        mark = (len(car.stints), ended, len(car.stops))
        if mark == self._marks.get(car_idx):
            return
        self._marks[car_idx] = mark
        now = follow(plan, course_of(story, car_idx, now_s), people={})
        before = self.words.setdefault(car_idx, set())
        fresh = set(now.surprises) - before
        before |= fresh
        self.last[car_idx] = now
        if now.driven and now.driven[-1].end_s is not None:
            self.live.setdefault(car_idx, {})[now.driven[-1].stint] = now
        if self._is_mended and fresh and any(not one.is_past for one in now.violations):
            self.mends.setdefault(car_idx, []).append(_mended(now))

    def end(self, story: Story, end_s: float) -> None:
        for car_idx, plan in self._plans.items():
            course = self.courses[car_idx] = course_of(story, car_idx, end_s)
            self.last[car_idx] = follow(plan, course, people={})


def _mended(now: PlanNow) -> str:
    try:
        _, offer = quick_offer(now, Mend(), "trial")
    except WishError:
        return "over"
    done = [leg for leg in now.legs if leg.is_done]
    assert [leg for leg in offer.legs if leg.is_done] == done
    if not offer.after:
        return "valid"
    fixed = tuple(leg for leg in now.legs if leg.is_done or leg.is_driving)
    solved = solve(now.relay, fixed=fixed, budget_s=_BUDGET_S)
    return "invalid" if solved.is_feasible else "impossible"


def _watch(sheet: Sheet, watch: _Watch, *, is_told: bool, is_live: bool = True) -> None:
    story = Story()
    for car_idx, now_s, story in _listened(sheet, is_told=is_told):
        if is_live:
            watch.look(story, car_idx, now_s)
    watch.end(story, sheet.end_s)


def _listened(sheet: Sheet, *, is_told: bool) -> Iterator[tuple[int, float, Story]]:
    """The story after each line; without a word of who drives where that is what is judged."""
    info, cars = entry_list(sheet), car_indices(sheet.lines)
    listener = Listener()
    listener.fold_record(RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered"))
    listener.fold_record(InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=info))
    last = len(sheet.lines) - 1
    for at, line in enumerate(sheet.lines):
        lap = sheet_lap(line, cars[line.number])
        if not is_told:
            lap = msgspec.structs.replace(lap, user_id=0, driver="")
        record = SheetRecord(sim_time_s=line.end_s, session_num=0, run=0, laps=(lap,), is_last=at == last)
        listener.fold_record(record)
        yield cars[line.number], line.end_s, listener.story


def _judged(number: str, plan: Plan, truth: Sequence[Truth], told: _Watch, hidden: PlanNow) -> CarTrial:
    idx = next(idx for idx, one in told.last.items() if told._plans[idx] is plan)  # noqa: SLF001 - its own
    now = told.last[idx]
    users = {seat.key: seat.user_id for seat in plan.relay.seats}
    near_s = _SAME_LAPS * plan.relay.lap_s
    pairs = [(one, _nearest(now, one, near_s)) for one in truth]
    found = [
        d is not None
        and users.get(d.seat) == one.driver
        and (d.end_s is None or one.least_end_s - near_s < d.end_s < one.end_s + near_s)
        for one, d in pairs
    ]
    swaps = [
        (a[0].driver != b[0].driver, a[1] is not None and b[1] is not None and a[1].seat != b[1].seat)
        for a, b in pairwise(pairs)
    ]
    mends, over_s = told.mends.get(idx, []), now.race_s or 0.0
    supposed = [(d.start_s, d.end_s or over_s, users.get(d.seat)) for d in hidden.driven]
    plain = [(leg.start_s, leg.end_s, users.get(leg.driver)) for leg in plan.legs]
    return CarTrial(
        number=number,
        drivers=len(users),
        stints=len(truth),
        found=sum(found),
        swaps=sum(real for real, _ in swaps),
        swaps_found=sum(real and seen for real, seen in swaps),
        supposed=_right(truth, supposed),
        plain=_right(truth, plain),
        adherence=adherence(plan, now),
        surprises=len(told.words.get(idx, ())),
        mends=sum(said != "over" for said in mends),
        valid=mends.count("valid"),
        impossible=mends.count("impossible"),
    )


def _with_answers(
    trial: CarTrial, plan: Plan, truth: Sequence[Truth], course: Course, live: Sequence[PlanNow]
) -> CarTrial:
    drove = [DroveFor(one.driver, one.start_s, one.end_s) for one in truth]
    users = {seat.key: seat.user_id for seat in plan.relay.seats}
    shares = []
    for now in answered(plan, course, drove):
        over_s = now.race_s or 0.0
        shares.append(_right(truth, [(d.start_s, d.end_s or over_s, users.get(d.seat)) for d in now.driven]))
    last = [msgspec.structs.replace(now, driven=now.driven[-1:]) for now in live if len(now.driven) > 1]
    said = tuple(one for now in last for one in names(now, drove))
    return msgspec.structs.replace(trial, answered=tuple(shares), said=said)


def _nearest(now: PlanNow, one: Truth, near_s: float) -> Driven | None:
    best = min(now.driven, key=lambda d: abs(d.start_s - one.start_s), default=None)
    return best if best is not None and abs(best.start_s - one.start_s) < near_s else None


def _right(truth: Sequence[Truth], told: Sequence[tuple[float, float, int | None]]) -> float:
    """Share of the time driven in which the right person was named."""
    right_s = sum(
        max(0.0, min(one.end_s, end_s) - max(one.start_s, start_s))
        for one in truth
        for start_s, end_s, driver in told
        if driver == one.driver
    )
    return right_s / max(1.0, sum(one.end_s - one.start_s for one in truth))
