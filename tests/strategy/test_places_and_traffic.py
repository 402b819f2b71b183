"""Places know their doubt, and traffic on the way is counted."""

import msgspec
import pytest
from grid import Runner, story

from pitbox.model.session import SessionInfo
from pitbox.strategy.catch import catch, slower_on_the_way, traffic
from pitbox.strategy.rejoin import RejoinModel, plain_rejoin
from pitbox.strategy.rejoin_score import RejoinScore, Said

HOUR_S = 3600.0


def test_slower_cars_on_the_way_are_counted_by_class():
    """Ours gains a second a lap on number 2; of class 2 one runs between both, one far behind."""
    field = [
        Runner(2, 101.0, stops=(3,), stop_loss_s=1.0),
        Runner(1, 100.0, stops=(4,), stop_loss_s=60.0),
        Runner(3, 130.0, class_id=2),
        Runner(4, 131.0, class_id=2),
    ]
    moment = story(field, 1300.0).at(1300.0)
    ours, target = moment.car(1), moment.car(2)
    hunt = catch(moment, ours, target)
    found = slower_on_the_way(moment, ours, hunt)
    met = [one for one in traffic(moment, ours, hunt.laps) if one.is_other_class]
    assert [one.class_id for one in found] == [2]
    assert found[0].met == len(met) == 2
    assert found[0].between <= found[0].met
    assert found[0].first_laps == pytest.approx(met[0].laps)
    assert slower_on_the_way(moment, ours, None) == []


def test_a_sheet_has_no_traffic():
    made = story([Runner(1, 100.0), Runner(3, 130.0, class_id=2)], 1250.0)
    assert traffic(made.at(1250.0), made.at(1250.0).car(1))
    info: SessionInfo = msgspec.structs.replace(made.info, sim="timing sheet")
    made.hear(info)
    assert traffic(made.at(1250.0), made.at(1250.0).car(1)) == []


def test_doubt_grows_with_places_that_did_not_come_true():
    field = [Runner(n, 100.0 + 0.3 * n, stops=(10, 20)) for n in range(1, 9)]
    told = story(field, 2500.0, length_s=4 * HOUR_S).at(2500.0)
    doubts = []
    for is_right in (True, False):
        score = RejoinScore()
        before = score.doubt
        for car in told.cars:
            after = car.story.laps.get(21)
            place = after.class_position if is_right else after.class_position + 5
            score.note(Said(car.car_idx, 19, place, 0.95))
        score.read(told)
        assert score.judged == len(told.cars)
        doubts.append(score.doubt - before)
    assert doubts[0] < 0 < doubts[1]


def test_an_answer_that_no_stop_followed_is_not_judged():
    told = story([Runner(1, 100.0, stops=(10,)), Runner(2, 101.0)], 2500.0).at(2500.0)
    score = RejoinScore()
    score.note(Said(1, 4, 1, 0.9))
    score.read(told)
    assert score.judged == 0
    assert "no stop" in score.words


def test_our_own_slow_stop_costs_places_to_everybody_at_once():
    """Seven cars a second apart around where we come out: no one place can be sure."""
    tight = [Runner(0, 100.0), *(Runner(n, 100.0 + 2.6 + 0.05 * n) for n in range(1, 8))]
    moment = story(tight, 2130.0, length_s=4 * HOUR_S).at(2130.0)
    found = RejoinModel().rejoin(moment, moment.car(0))
    assert found.near_chance < 0.85
    inner = max(found.chances[1:-1])
    assert found.chances[0] > inner, "none of them passes, or..."
    assert found.chances[-1] > found.chances[4], "... all of them do: a slow stop is slow against each"


def test_the_plain_rule_reads_gaps_at_the_line():
    """Gaps of 20 s a car after 20 laps, a loss of 50 s: two pass."""
    field = [Runner(n, 100.0 + n) for n in range(6)]
    moment = story(field, 2130.0, length_s=4 * HOUR_S).at(2130.0)
    car = moment.car(0)
    laps = car.laps + 2
    passed = sum(1 for n in range(1, 6) if n * laps < 50.0)
    assert plain_rejoin(moment, car, 50.0) == 1 + passed
    assert plain_rejoin(moment, car, 0.5) == 1


def test_repairs_are_in_the_cost_that_is_told():
    field = [Runner(n, 100.0 + 0.3 * n, stops=(10, 20)) for n in range(1, 5)]
    told = story(field, 2500.0, length_s=4 * HOUR_S).at(2500.0)
    model = RejoinModel()
    plain, long = (model.rejoin(told, told.car(1), repair_s=repair_s) for repair_s in (0.0, 30.0))
    assert "repairs" not in plain.assumptions[0]
    assert "30 s of it repairs" in long.assumptions[0]
    assert int(long.assumptions[0].split()[0]) == pytest.approx(plain.cost.loss_s + 30.0, abs=1.0)
