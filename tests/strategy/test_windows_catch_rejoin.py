"""Pit windows, catching, and where a car comes out, on races small enough to be worked out by hand."""

import math

import pytest
from grid import Runner, story
from hypothesis import given
from hypothesis import strategies as st

from pitbox.strategy.briefing import briefing
from pitbox.strategy.catch import catch, traffic
from pitbox.strategy.next_stop import NextStopModel
from pitbox.strategy.pit_rule import IN_TURN, LEAST_TIME, TOGETHER
from pitbox.strategy.rejoin import RejoinModel, places
from pitbox.strategy.stop_cost import StopCosts
from pitbox.strategy.window import Allowance, Reach, pit_window

HOUR_S = 3600.0


def test_the_window_is_where_forward_and_backward_agree():
    window = pit_window(Reach(10, 12.4, 30.0, 100.0), final_lap=45)
    assert (window.earliest, window.latest) == (15, 22)
    assert (window.opens_in, window.closes_in) == (4, 11)
    assert window.stops_left == 1
    assert window.is_overlap
    assert not window.is_open
    assert pit_window(Reach(10, 12.4, 30.0, 100.0), final_lap=22) is None, "what is on board does it"


def test_the_tightest_limit_closes_the_window():
    allowed = Allowance(tyre_laps=8.0, stint_s=1150.0, drive_s=650.0)
    window = pit_window(Reach(10, 12.4, 30.0, 100.0), 45, allowed)
    assert window.limits[0].name == "drive time"
    assert window.latest == 16
    assert window.earliest == 15
    assert [limit.name for limit in window.limits] == ["drive time", "tyres", "stint", "tank"]


@given(st.integers(0, 100), st.floats(0.0, 60.0), st.floats(1.0, 60.0), st.integers(1, 400))
def test_a_window_never_asks_for_the_past(now, on_board, full, final):
    window = pit_window(Reach(now, on_board, full, 100.0), final)
    if window is not None:
        assert window.earliest > now
        assert window.latest >= now
        assert window.opens_in >= 0
        assert final - window.earliest <= window.stops_left * max(1, math.floor(full + 1e-9))


def test_the_one_who_gains_half_a_second_a_lap_is_there_after_ten_laps():
    moment = story([Runner(1, 100.0), Runner(2, 99.5), Runner(3, 130.0, class_id=2)], 1205.0).at(1205.0)
    hunter, hunted = moment.car(2), moment.car(1)
    found = catch(moment, hunted, hunter)
    assert found.gap_s == pytest.approx(6.0)
    assert found.gain_s == pytest.approx(-0.5)
    assert found.laps is None
    assert found.chance < 0.01
    slow = story(
        [Runner(1, 100.0, stops=(3,), stop_loss_s=5.0), Runner(2, 99.0, stops=(4,), stop_loss_s=60.0)], 1300.0
    )
    late = slow.at(1300.0)
    there = catch(late, late.car(2), late.car(1))
    assert there.gain_s == pytest.approx(1.0)
    assert there.laps == pytest.approx(there.gap_s)
    assert there.first <= there.laps <= there.last


def test_traffic_is_who_is_slower_and_in_front():
    moment = story([Runner(1, 100.0), Runner(3, 130.0, class_id=2)], 1250.0).at(1250.0)
    found = traffic(moment, moment.car(1))
    assert [one.car_idx for one in found] == [3]
    assert found[0].is_other_class
    assert traffic(moment, moment.car(3)) == []


def test_rules_of_service_differ():
    assert IN_TURN.box_s(52.0, has_tyres=True) == pytest.approx(TOGETHER.box_s(52.0, has_tyres=True) + 20.0)
    assert LEAST_TIME.box_s(5.0) == LEAST_TIME.least_box_s
    assert TOGETHER.loss_s(0.0) == TOGETHER.lane_loss_s, "a drive-through"
    assert TOGETHER.loss_s(52.0, repair_s=30.0) == TOGETHER.loss_s(52.0) + 30.0


def test_a_stop_costs_what_ours_cost_and_says_so():
    field = [
        Runner(1, 100.0, stops=(5, 10, 15), stop_loss_s=50.0),
        Runner(2, 100.0, stops=(6, 12), stop_loss_s=80.0),
    ]
    moment = story(field, 1900.0).at(1900.0)
    cost = StopCosts().of(moment, moment.car(1))
    assert cost.source == "own stops"
    assert 45.0 <= cost.loss_s <= 58.0
    assert story(field, 400.0).at(400.0).car(1) is not None
    early = story(field, 400.0).at(400.0)
    by_rule = StopCosts().of(early, early.car(1))
    assert by_rule.stops == 0
    assert "rule of thumb" in by_rule.words


def test_who_stops_falls_behind_those_within_the_loss_and_not_behind_the_rest():
    """Gaps of 30 s a car, a stop of 60 s: two pass."""
    field = [Runner(n, 100.0 + 1.5 * n) for n in range(6)]
    moment = story(field, 2130.0, length_s=4 * HOUR_S).at(2130.0)
    model = RejoinModel()
    found = model.rejoin(moment, moment.car(0))
    gaps = [n for n in range(1, 6) if 1.5 * n * (moment.car(0).laps + 2) < found.cost.loss_s]
    assert abs(found.class_position - (1 + len(gaps))) <= 1
    assert math.fsum(found.chances) == pytest.approx(1.0)
    repaired = model.rejoin(moment, moment.car(0), repair_s=200.0)
    assert repaired.class_position > found.class_position


@given(st.lists(st.floats(0.0, 1.0), max_size=30))
def test_chances_of_places_sum_to_one(ahead):
    found = places(ahead)
    assert len(found) == len(ahead) + 1
    assert math.fsum(found) == pytest.approx(1.0)
    assert min(found) >= 0


def test_regular_stops_are_seen_coming():
    field = [Runner(n, 100.0 + 0.1 * n, stops=tuple(range(30, 400, 30))) for n in range(1, 7)]
    now_s = 30 * 100.0 * 4 + 1300.0
    moment = story(field, now_s, length_s=12 * HOUR_S).at(now_s)
    model = NextStopModel()
    found = model.next_stop(moment, moment.car(1))
    assert abs(found.overall.lap - 150) <= 2
    assert found.overall.chance > 0.6
    assert math.fsum(found.overall.laps.chances) == pytest.approx(1.0)
    assert found.overall.laps.first == moment.car(1).laps + 1
    assert found.tank_laps == pytest.approx(30.0, rel=0.06)
    near_end = story(field, now_s, length_s=now_s + 600.0).at(now_s)
    assert NextStopModel().next_stop(near_end, near_end.car(1)).overall.no_stop > 0.5


def test_what_is_read_at_once_is_what_is_read_lap_by_lap():
    field = [Runner(n, 100.0 + 0.1 * n, stops=tuple(range(20 + n, 400, 28))) for n in range(1, 7)]
    at_once, by_laps = NextStopModel(), NextStopModel()
    for now_s in range(400, 12_000, 100):
        by_laps.book.read(story(field, float(now_s), length_s=8 * HOUR_S).at(float(now_s)))
    moment = story(field, 12_000.0, length_s=8 * HOUR_S).at(12_000.0)
    assert at_once.next_stop(moment, moment.car(3)).tank_laps == pytest.approx(
        by_laps.next_stop(moment, moment.car(3)).tank_laps, rel=0.03
    )


def test_a_briefing_says_all_it_can_and_names_what_it_cannot():
    field = [Runner(n, 100.0 + 0.2 * n, stops=(20, 40)) for n in range(1, 5)]
    moment = story(field, 5500.0, length_s=2 * HOUR_S).at(5500.0)
    found = briefing(moment, 1)
    assert found.end is not None
    assert found.next_stop is not None
    assert found.fuel is None
    assert any("fuel" in words.lower() for words in found.silent)
    assert len(found.rejoins) == 3
    assert len(found.rivals) == 3
