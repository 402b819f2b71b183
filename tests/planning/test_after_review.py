"""The review of races whose truth is known: what was put in is found, and everything adds up."""

import random

import msgspec
import pytest
from after_race import STINT_LAPS, Slow, Stand, Told, planned, stands, story_of
from hypothesis import given, settings
from hypothesis import strategies as st
from live_world import CAR, LAP_S, relay

from pitbox.planning.after.errors import ReviewError
from pitbox.planning.after.noun import Cost, CostKind, PlanReview
from pitbox.planning.after.review import review
from pitbox.planning.after.track import Track
from pitbox.planning.after.versions import alone


def reviewed(some: list[Stand], plan=None, *, mates=(), **how) -> PlanReview:
    told = Told(some, **how)
    story = story_of(told, *mates)
    return review(alone(plan or planned()), story, CAR, told.end_s)


def costs(found: PlanReview, kind: CostKind, stint: int | None = None) -> list[Cost]:
    return [one for one in found.account.costs if one.kind is kind and stint in (None, one.stint)]


def the(found: PlanReview, kind: CostKind, stint: int | None = None) -> Cost:
    (one,) = costs(found, kind, stint)
    return one


def holds(one: Cost, truth_s: float) -> bool:
    return one.low_s <= truth_s <= one.high_s


def jittered(some: list[Stand], seed: int, sigma_s: float = 1.5) -> list[Stand]:
    """Crews are no clockwork."""
    chance = random.Random(seed)
    return [msgspec.structs.replace(one, visit_s=one.visit_s + chance.gauss(0.0, sigma_s)) for one in some]


def test_a_race_by_the_plan_costs_what_chance_and_the_lane_do():
    found = reviewed(stands())
    account = found.account
    assert account.laps == 6 * STINT_LAPS
    assert account.total_s == pytest.approx(-5 * 20.0, abs=3 * 0.3 * 180**0.5)
    assert the(found, CostKind.LANE).cost_s == pytest.approx(-5 * 20.0, abs=5.0)
    assert account.remainder_s == pytest.approx(0.0, abs=1e-6)
    assert account.planned_laps == pytest.approx(account.laps - 1.0, abs=0.2)
    assert found.is_finished
    assert not costs(found, CostKind.UNPLANNED) + costs(found, CostKind.NOT_MADE)


def test_a_stop_that_took_twenty_seconds_more_is_found_where_they_were_lost():
    some = jittered(stands(), 5)
    some[2] = msgspec.structs.replace(some[2], visit_s=some[2].visit_s + 20.0)
    found = reviewed(some)
    stop = the(found, CostKind.STOP, 4)
    assert holds(stop, 20.0), stop
    assert all(not holds(stop, truth_s) for truth_s in (0.0, 40.0))
    assert all(holds(the(found, CostKind.STOP, stint), 0.0) for stint in (2, 3, 5, 6))
    worst = max(found.stops, key=lambda one: one.lost_s)
    assert worst.number == 3
    assert worst.service_lost_s == pytest.approx(20.0, abs=5.0)
    assert worst.lane_lost_s == pytest.approx(0.0, abs=0.1)
    assert worst.way_lost_s == pytest.approx(0.0, abs=1.5)


def test_a_driver_who_is_half_a_second_slower_is_found_and_nobody_else():
    some = [msgspec.structs.replace(one, slower_s=0.5 * (one.driver == "cleo")) for one in stands("abcdabcd")]
    found = reviewed(some, planned("abcdabcd"), seed=3)
    for at, one in enumerate(some, 1):
        pace = the(found, CostKind.PACE, at)
        clean = STINT_LAPS - 2 if 1 < at < len(some) else STINT_LAPS - 2 + (at == len(some))
        assert holds(pace, clean * one.slower_s), pace
        assert holds(pace, 0.0) == (one.driver != "cleo"), pace
    cleo = next(one for one in found.drivers if one.seat == "cleo")
    assert cleo.to_plan is not None
    assert cleo.to_team is not None
    assert cleo.to_plan.low <= 0.5 <= cleo.to_plan.high
    assert cleo.to_team.low <= 0.5 <= cleo.to_team.high
    assert cleo.scatter_s == pytest.approx(0.3, abs=0.12)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(1, 10_000), late_s=st.floats(-15, 60), slower_s=st.floats(-1, 2), at=st.integers(1, 5)
)
def test_what_was_put_in_is_found_within_the_interval_nearly_always_and_all_adds_up(
    seed, late_s, slower_s, at
):
    some = jittered(stands(), seed)
    true_s = some[at - 1].visit_s + late_s
    some[at - 1] = msgspec.structs.replace(some[at - 1], visit_s=true_s)
    some[3] = msgspec.structs.replace(some[3], slower_s=slower_s)
    found = reviewed(some, seed=seed)
    stop, pace = the(found, CostKind.STOP, at + 1), the(found, CostKind.PACE, 4)
    assert stop.cost_s == pytest.approx(true_s - 60.0, abs=1e-6)
    assert pace.cost_s == pytest.approx(28 * slower_s, abs=4 * 0.3 * 28**0.5 + 28 * 0.2)
    adds_up(found)


def adds_up(found: PlanReview) -> None:
    account = found.account
    told_s = sum(one.cost_s for one in account.costs) + account.remainder_s
    assert told_s == pytest.approx(account.driven_s - account.planned_s)
    assert account.remainder_s == pytest.approx(0.0, abs=1e-6)
    assert all(one.low_s <= one.cost_s <= one.high_s for one in account.costs)


def test_intervals_hold_what_was_put_in_about_nine_times_in_ten():
    held = {"stop": 0, "pace": 0}
    runs = 40
    for seed in range(runs):
        some = jittered(stands(), seed)
        some[2] = msgspec.structs.replace(some[2], visit_s=some[2].visit_s + 20.0)
        some[3] = msgspec.structs.replace(some[3], slower_s=0.5)
        found = reviewed(some, seed=seed)
        held["stop"] += holds(the(found, CostKind.STOP, 4), 20.0)
        held["pace"] += holds(the(found, CostKind.PACE, 4), 28 * 0.5)
    assert all(count >= 0.8 * runs for count in held.values()), held


def test_a_stop_that_nobody_planned_costs_all_that_it_took():
    some = [Stand("ada", 10, visit_s=35.0, service=("drive_through",)), Stand("ada", 20), *stands("bcdab")]
    found = reviewed(some)
    one = the(found, CostKind.UNPLANNED)
    assert holds(one, 35.0 - 20.0), one
    assert "drive through" in one.words
    assert not costs(found, CostKind.NOT_MADE)
    assert [stint.row for stint in found.adherence.stints] == [1, 1, 2, 3, 4, 5, 6]
    adds_up(found)


def test_a_stop_that_was_not_made_saves_its_time():
    order = relay(6 * 3060.0 - 60.0, most_stint_s=7200.0)
    found = reviewed([Stand("ada", 60), *stands("cdab")], planned(of=order))
    assert the(found, CostKind.NOT_MADE).cost_s == -60.0
    driver = the(found, CostKind.DRIVER, 1) if costs(found, CostKind.DRIVER, 1) else None
    assert driver is None or driver.cost_s == 0.0
    adds_up(found)


def test_other_drivers_than_planned_are_priced_by_the_plans_own_paces():
    quick = relay(6 * 3060.0 - 60.0)
    seats = tuple(
        msgspec.structs.replace(seat, lap_s=LAP_S + 2.0 * (seat.key == "cleo")) for seat in quick.seats
    )
    plan = planned(of=msgspec.structs.replace(quick, seats=seats))
    some = [msgspec.structs.replace(one, slower_s=2.0 * (one.driver == "cleo")) for one in stands("acbdab")]
    found = reviewed(some, plan, seed=3)
    gained = sum(one.cost_s for one in costs(found, CostKind.DRIVER))
    assert the(found, CostKind.DRIVER, 2).cost_s == pytest.approx(60.0, abs=0.01)
    assert gained == pytest.approx(4.0, abs=4.5), "thirty slow laps were planned, and thirty were driven"
    assert all(holds(one, 0.0) for one in costs(found, CostKind.PACE))
    adds_up(found)


def test_a_stop_under_caution_gains_and_the_caution_costs():
    some = stands()
    found = reviewed(some, slow=Slow(28, 35))
    assert the(found, CostKind.CAUTION).cost_s == pytest.approx(8 * 60.0, abs=6.0)
    stop = next(one for one in found.stops if one.number == 1)
    assert stop.is_caution
    assert stop.way_lost_s is None
    assert found.adherence.stints[1].row == 2
    adds_up(found)


def test_a_lap_that_nobody_saw_stands_under_the_remainder():
    told = Told(stands())
    gone = next(one for one in told.facts if getattr(one, "lap", 0) == 47 and hasattr(one, "time_s"))
    told.facts.remove(gone)
    found = review(alone(planned()), story_of(told), CAR, told.end_s)
    assert found.account.remainder_s == pytest.approx(gone.time_s - LAP_S, abs=0.01)
    assert any("1 laps were not seen" in note for note in found.notes)


def test_tyres_that_fall_off_make_longer_stints_cost():
    some = [msgspec.structs.replace(one, wear_s=0.05) for one in stands()]
    some[1] = msgspec.structs.replace(some[1], laps=STINT_LAPS + 5)
    some[2] = msgspec.structs.replace(some[2], laps=STINT_LAPS - 5)
    plan = planned(of=relay(6 * 3060.0 - 60.0, lap_s=LAP_S))
    found = reviewed(some, plan)
    longer, shorter = the(found, CostKind.LENGTH, 2), the(found, CostKind.LENGTH, 3)
    assert holds(longer, 0.05 * 35 * 5 / 2), longer
    assert holds(shorter, -0.05 * 25 * 5 / 2), shorter
    assert longer.low_s > 0.0
    adds_up(found)


def test_few_laps_say_so():
    found = reviewed([Stand("ada", 5), Stand("bo", 30), *stands("cdab")])
    assert found.stints[0].words == "3 clean laps: too few to tell"
    assert found.stints[0].median is None
    assert found.stints[1].words == ""


def test_rain_over_the_whole_class_is_nobodys_slowness():
    def wet(some):
        return [msgspec.structs.replace(one, slower_s=8.0 * (at == 3)) for at, one in enumerate(some)]

    mates = [Told(wet(stands()), seed=40 + car, car=20 + car) for car in range(4)]
    alone_found, found = reviewed(wet(stands())), reviewed(wet(stands()), mates=mates)
    assert the(alone_found, CostKind.PACE, 4).cost_s > 200.0
    assert abs(the(found, CostKind.PACE, 4).cost_s) < 30.0
    assert the(found, CostKind.TRACK, 4).cost_s == pytest.approx(8.0 * 28, rel=0.15)
    adds_up(found)


def test_a_lap_takes_of_each_stretch_of_the_track_what_lies_in_it():
    track = Track({0: 60.0, 1: 0.0, 2: 30.0}, 5)
    assert track.off_s(300.0, 500.0) == 60.0
    assert track.off_s(500.0, 700.0) == 30.0
    assert track.off_s(300.0, 1500.0) == pytest.approx((300 * 60.0 + 300 * 30.0) / 1200)
    assert track.off_s(1700.0, 1900.0) == 30.0, "what nobody saw says nothing"
    assert track.off_s(2000.0, 2100.0) == track.off_s(600.0, 600.0) == 0.0


def test_shares_are_counted_against_equal_ones_and_the_rules():
    plan = planned(of=relay(6 * 3060.0 - 60.0, rules=msgspec.structs.replace(relay().rules, fair_share=0.9)))
    found = reviewed(stands("aabcab"), plan).equality
    ada, dag = found.drivers[0], found.drivers[3]
    assert ada.share == pytest.approx(0.5, abs=0.01)
    assert dag.driven_s == 0.0
    assert found.figure == pytest.approx(1 - (0.25 + 1 / 12) / 0.75, abs=0.01)
    assert found.planned_figure == pytest.approx(1 - (1 / 6) / 0.75, abs=0.01)
    assert not dag.is_within
    assert ada.is_within


def test_a_review_is_plain_data():
    found = reviewed(stands())
    again = msgspec.json.decode(msgspec.json.encode(found), type=PlanReview)
    assert again == found
    assert found.account.total_s == pytest.approx(again.account.total_s)


def test_nothing_to_review_is_said():
    told = Told(stands())
    with pytest.raises(ReviewError, match="has not raced"):
        review(alone(planned()), story_of(told), 3, told.end_s)
