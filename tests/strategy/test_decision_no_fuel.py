"""Races in which nobody adds fuel: tyres and the rules decide when to stop."""

import pytest
from decision_ground import RACES, plain
from grid import Runner, story
from hypothesis import given, settings
from hypothesis import strategies as st

from pitbox.strategy.briefing import Case
from pitbox.strategy.decision.rule import broken
from pitbox.strategy.decision.search import sketches
from pitbox.strategy.decision.set_wear import race_laps, set_wear, typical_stint
from pitbox.strategy.decision.situation import Rules, TyreCurveNow
from pitbox.strategy.decision.strategist import Strategist
from pitbox.strategy.forecast import forecast
from pitbox.strategy.laps import LapChances

NO_FUEL = Rules(is_refuelled=False, least_stops=1)


def dry(slope_s, **changes):
    """Lap 20 of 50, the race's fuel is on board."""
    known = {
        "fuel_l": 31.0, "tank_l": 31.0, "use_l": 1.0, "unit": "laps", "reserve_l": 0.0, "tyre_age": 20,
        "rules": NO_FUEL, "tyres": TyreCurveNow(slope_s=slope_s), "stint_typical": 20.0,
    }  # fmt: skip
    return plain(**{**known, **changes})


def test_the_more_tyres_lose_the_sooner_and_the_oftener():
    easy, hard = (sketches(dry(slope_s))[0].choice for slope_s in (0.02, 0.6))
    assert len(easy.stops) == 1
    assert len(hard.stops) >= len(easy.stops)
    assert hard.stops[0].lap <= 24
    assert all(stop.has_tyres and stop.fuel_l is None for stop in hard.stops)


def test_a_stop_that_is_owed_is_offered_by_all_and_saving_by_none():
    found = sketches(dry(0.0))
    assert found
    assert all(one.choice.stops and not one.choice.save_share for one in found)
    done = sketches(dry(0.0, stops_done=1))
    assert done[0].choice.stops == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 60), st.floats(0.0, 0.5), st.integers(0, 2), st.integers(0, 40))
def test_nothing_that_is_offered_breaks_a_rule(left, slope_s, owed, age):
    here = dry(
        slope_s, final=LapChances(20 + left, (0.8, 0.2)), fuel_l=left + 2.0, tank_l=left + 2.0,
        rules=Rules(is_refuelled=False, least_stops=owed), tyre_age=age,
    )  # fmt: skip
    for one in sketches(here):
        assert broken(one.choice, here) == ()


def race():
    """Lap 27 of 50; three cars that have stopped once."""
    runners = [Runner(at, 90.0 + at, stops=(12 + 2 * at,)) for at in (1, 2, 3)]
    told = story(tuple(runners), 28 * 92.0, laps=50)
    return told.at(28 * 92.0)


def test_usual_stints_count_until_the_race_shows_its_own():
    moment = race()
    assert typical_stint((), 50.0) == pytest.approx(15.0)
    assert 14.0 < typical_stint(moment.cars, 50.0) < 18.0
    assert race_laps(moment, 92.0) == 50.0


def test_without_a_slope_to_be_seen_the_curve_is_held_by_what_is_usual():
    moment = race()
    curve = set_wear(moment, moment.cars[0])
    assert curve.low_s < curve.slope_s < curve.high_s
    assert 0.0 < curve.slope_s < 0.2
    assert curve.loss_s(40) - curve.loss_s(39) > 3 * (curve.loss_s(5) - curve.loss_s(4))


def test_the_strategist_counts_no_tank_where_nobody_fuels():
    moment = race()
    said = forecast(moment, Case())
    *_, answer = Strategist(rules=Rules(is_refuelled=False), engine="numpy").answers(
        moment, said, races=RACES
    )
    assert answer.rated
    assert all(stop.has_tyres and stop.fuel_l is None for one in answer.rated for stop in one.choice.stops)
    assert "nobody adds fuel" in answer.assumptions[0]
    assert not any("window" in call.words for call in answer.calls)
    assert {card.kind for card in answer.contingencies} == {"caution", "rain", "lost"}
