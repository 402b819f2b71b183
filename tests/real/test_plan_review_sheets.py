"""Real cars held against plans made before their races; then with a truth of our own put into their laps."""

from copy import copy
from pathlib import Path
from statistics import median

import msgspec
import pytest
from made_once import MadeOnce

from pitbox.cli.plan_trial import Truth, by_turns, relay_of, truths_of
from pitbox.model.relay import Relay
from pitbox.planning.after.noun import PlanReview
from pitbox.planning.after.review import review
from pitbox.planning.after.versions import alone
from pitbox.planning.live.follow import Plan
from pitbox.sim.sheet.entry import car_indices
from pitbox.sim.sheet.record import Sheet
from pitbox.sim.sheet.table import Line
from pitbox.strategy.listen import listen
from pitbox.strategy.story import Story

_CARS = 7
_LATE_S, _SLOWER_S = 20.0, 0.5
_OPENING_S = 7200.0


class Car(msgspec.Struct, frozen=True):
    """One car, with what was really put into it, which is nothing in the race as it was."""

    plan: Plan
    real: PlanReview
    changed: PlanReview
    late_lap: int
    """Of the out-lap whose visit took longer."""
    slow: str
    """Key of the driver who was made slower."""
    slow_laps: int


@pytest.fixture(scope="module")
def cars(real_data: Path, made_once: MadeOnce) -> list[Car]:
    folder = real_data / "endurance"
    found = [folder / name for name in ("2024_fuji_6h.csv", "2025_imola_6h.csv", "2025_spa_6h.csv")]
    if not all(path.is_file() for path in found):
        pytest.skip("no timing sheets of six hours here")
    return made_once.value(
        "real-plan-reviews", lambda: [car for path in found for car in _cars_of(Sheet(path))]
    )


def _cars_of(sheet: Sheet) -> list[Car]:
    truths = truths_of(sheet)
    able = [idx for idx, some in truths.items() if len(some) >= 4 and len({one.driver for one in some}) >= 2]
    chosen = able[:: max(1, len(able) // _CARS)][:_CARS]
    numbers = {idx: number for number, idx in car_indices(sheet.lines).items()}
    story = listen(sheet.records()).story
    plans = {idx: plan for idx in chosen if (plan := _plan(sheet, idx, truths)) is not None}
    changes = {idx: _change(sheet, numbers[idx]) for idx in plans}
    lines = [line for idx in plans for line in changes[idx][0]]
    others = {numbers[idx] for idx in plans}
    sheet_changed = copy(sheet)
    sheet_changed.lines = sorted(
        [*(line for line in sheet.lines if line.number not in others), *lines],
        key=lambda line: (line.end_s, line.number, line.lap),
    )
    changed = listen(sheet_changed.records()).story
    return [
        Car(
            plan=plan,
            real=_review(plan, story, idx, sheet.end_s),
            changed=_review(plan, changed, idx, sheet_changed.end_s),
            late_lap=changes[idx][1],
            slow=next(s.key for s in plan.relay.seats if s.name == changes[idx][2]),
            slow_laps=changes[idx][3],
        )
        for idx, plan in plans.items()
    ]


def _review(plan: Plan, story: Story, idx: int, end_s: float) -> PlanReview:
    return review(alone(plan), story, idx, end_s)


def _plan(sheet: Sheet, idx: int, truths: dict[int, list[Truth]]) -> Plan | None:
    """Of the entry list, and of what other cars of the class took for a green lap in the first two hours."""
    relay = relay_of(sheet, idx, truths)
    if relay is None:
        return None
    cars = car_indices(sheet.lines)
    own = next(line.car_class for line in sheet.lines if cars[line.number] == idx)
    laps_s = [
        line.time_s
        for line in sheet.lines
        if line.car_class == own and cars[line.number] != idx and line.end_s < _OPENING_S and _is_green(line)
    ]
    paced = _paced(relay, median(laps_s))
    return Plan(paced, by_turns(paced))


def _paced(relay: Relay, lap_s: float) -> Relay:
    most_s = relay.most_stint_s / relay.lap_s * lap_s
    return msgspec.structs.replace(relay, lap_s=lap_s, most_stint_s=most_s)


def _is_green(line: Line) -> bool:
    return line.lap > 2 and line.flag == "green" and not line.is_in_pit and line.pit_s is None


def _change(sheet: Sheet, number: str) -> tuple[list[Line], int, str, int]:
    """One visit twenty seconds longer, one driver half a second slower a lap; the clock runs on."""
    own = sorted((line for line in sheet.lines if line.number == number), key=lambda line: line.lap)
    outs = [
        line for line in own if line.pit_s is not None and 30.0 < line.pit_s < 150.0 and not line.is_in_pit
    ]
    late = outs[len(outs) // 2]
    slow = " ".join(
        max(sorted({line.driver for line in own}), key=lambda who: sum(o.driver == who for o in own)).split()
    )
    lines, moved_s, laps = [], 0.0, 0
    for line in own:
        is_slow = " ".join(line.driver.split()) == slow
        more_s = _SLOWER_S * is_slow + _LATE_S * (line is late)
        laps += is_slow
        moved_s += more_s
        pit_s = line.pit_s + _LATE_S if line is late and line.pit_s is not None else line.pit_s
        lines.append(
            msgspec.structs.replace(
                line, time_s=line.time_s + more_s, end_s=line.end_s + moved_s, pit_s=pit_s
            )
        )
    return lines, late.lap, slow, laps


def adds_up(found: PlanReview) -> bool:
    account = found.account
    told_s = sum(one.cost_s for one in account.costs) + account.remainder_s
    return told_s == pytest.approx(account.driven_s - account.planned_s)


def test_every_second_lands_in_one_place(cars: list[Car]) -> None:
    assert len(cars) >= 20
    for car in cars:
        for found in (car.real, car.changed):
            assert adds_up(found)
            assert abs(found.account.remainder_s) < 1.0, found.notes
            assert all(one.low_s <= one.cost_s <= one.high_s for one in found.account.costs)
        put_in_s = _LATE_S + _SLOWER_S * car.slow_laps
        assert car.changed.account.total_s - car.real.account.total_s == pytest.approx(put_in_s, abs=0.01)


def test_a_stop_that_took_longer_is_found_at_that_stop(cars: list[Car]) -> None:
    for car in cars:
        (before,), (after,) = (
            [one for one in found.stops if one.lap == car.late_lap - 1] for found in (car.real, car.changed)
        )
        assert before.visit_s is not None
        assert after.visit_s == pytest.approx(before.visit_s + _LATE_S, abs=0.01)
        assert after.lost_s - before.lost_s == pytest.approx(_LATE_S, abs=max(3.0, after.spread_s))


def test_a_driver_who_was_slower_is_found_against_the_team(cars: list[Car]) -> None:
    found = []
    held = 0
    for car in cars:
        before, after = (
            next(one.to_team for one in some.drivers if one.seat == car.slow)
            for some in (car.real, car.changed)
        )
        assert before is not None
        assert after is not None
        found.append(after.value - before.value)
        held += after.low <= before.value + _SLOWER_S <= after.high
    assert median(found) == pytest.approx(_SLOWER_S, abs=0.05)
    assert all(abs(one - _SLOWER_S) < 0.25 for one in found)
    assert held >= 0.9 * len(found)


def test_shares_and_adherence_are_of_what_was_driven(cars: list[Car]) -> None:
    for car in cars:
        equality, adherence = car.real.equality, car.real.adherence
        assert sum(one.share for one in equality.drivers) == pytest.approx(1.0)
        assert 0.0 <= equality.figure <= 1.0
        assert len(adherence.stints) == len(car.real.stints)
        assert adherence.by_row >= adherence.by_clock - 0.15
        assert adherence.by_stop is not None
    assert sum(bool(one.row) for car in cars for one in car.real.adherence.stints) >= 0.8 * sum(
        len(car.real.stints) for car in cars
    )
