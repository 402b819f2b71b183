"""A stop that is dragged keeps what it was for, and litres that somebody chose are what they are."""

import pytest
from decision_ground import RACES, plain
from msgspec.structs import replace
from proving import played

from pitbox.strategy.briefing import Case
from pitbox.strategy.decision.answer import Choice, PlannedStop, WhatIf
from pitbox.strategy.decision.our_race import Assumed
from pitbox.strategy.decision.rule import broken, fuel_walk
from pitbox.strategy.decision.strategist import Strategist
from pitbox.strategy.decision.trial import _choice
from pitbox.strategy.forecast import forecast

HERE = plain()


@pytest.fixture
def pick():
    """Full on lap 29, a splash on lap 45."""
    return Choice("two", "Box in 9 laps", (PlannedStop(29, 57.0), PlannedStop(45, 3.0)))


def tried(pick, *stops, **more):
    choice = _choice(WhatIf(stops=tuple(stops) or None, **more), HERE, pick)
    return choice, broken(choice, HERE)


@pytest.mark.parametrize("by", [-4, -2, -1])
def test_a_first_stop_that_comes_earlier_still_fills_the_tank(pick, by):
    first, last = pick.stops
    choice, forbidden = tried(pick, replace(first, lap=first.lap + by), last)
    assert forbidden == ()
    (_, at_l, added_l), (_, _, splash_l) = fuel_walk(choice, HERE)
    assert at_l + added_l == pytest.approx(HERE.tank_l, abs=0.11)
    assert splash_l >= 0.0
    left_l = at_l + added_l + splash_l - (HERE.fuel_lap - choice.stops[0].lap) * HERE.use_l
    assert HERE.reserve_l - 0.05 <= left_l <= HERE.reserve_l + 0.2, "the last one reaches the flag, no more"


def test_what_the_tank_no_longer_reaches_comes_earlier_but_not_what_somebody_moved(pick):
    first, last = pick.stops
    choice, forbidden = tried(pick, replace(first, lap=22), replace(last, fuel_l=None))
    assert forbidden == ()
    assert choice.stops[1].lap == 42, "twenty laps on a tank"
    _, forbidden = tried(pick, replace(first, lap=22), replace(last, lap=46))
    assert any("before the stop on lap 46" in words for words in forbidden)


def test_saving_takes_less_at_each_stop_and_breaks_no_rule(pick):
    choice, forbidden = tried(pick, save_share=0.03)
    assert forbidden == ()
    assert choice.stops[0].fuel_l < pick.stops[0].fuel_l


def test_litres_that_somebody_chose_stay_and_the_tank_says_no(pick):
    first, last = pick.stops
    choice, forbidden = tried(pick, replace(first, lap=first.lap - 5, fuel_l=first.fuel_l + 0.5), last)
    assert choice.stops[0].fuel_l == first.fuel_l + 0.5
    assert any("the tank takes" in words for words in forbidden)


def test_a_stop_more_is_poured_as_well(pick):
    first, last = pick.stops
    choice, forbidden = tried(pick, PlannedStop(first.lap - 4), first, last)
    assert forbidden == ()
    assert len(choice.stops) == 3


def test_what_nobody_touched_is_the_plan(pick):
    assert tried(pick)[0] is pick


def test_where_nobody_measures_fuel_nobody_asks_for_litres(pick):
    sheet = plain(unit="laps")
    first, last = pick.stops
    choice = _choice(WhatIf(stops=(replace(first, lap=first.lap - 1), last)), sheet, pick)
    assert [stop.fuel_l for stop in choice.stops] == [None, None]


def test_after_an_early_stop_on_a_guessed_tank_the_plan_goes_on_as_far_as_the_tank_does():
    sheet = plain(unit="laps", fuel_l=9.0, tank_l=20.0, use_l=1.0, reserve_l=0.0)
    pick = Choice("two", "Box in 9 laps", (PlannedStop(29), PlannedStop(48)))
    choice = _choice(WhatIf(stops=(PlannedStop(24), PlannedStop(48))), sheet, pick)
    assert [stop.lap for stop in choice.stops] == [24, 44], "a whole tank after the early stop, no more"
    assert broken(choice, sheet) == ()
    moved = _choice(WhatIf(stops=(PlannedStop(24), PlannedStop(47))), sheet, pick)
    assert any("before the stop on lap 47" in words for words in broken(moved, sheet)), "it was asked for"


@pytest.mark.parametrize(("lap", "laps"), [(23, [23, 43]), (30, [30])])
def test_a_guessed_tank_that_misses_the_flag_takes_one_more_stop(lap, laps):
    sheet = plain(unit="laps", fuel_l=11.0, tank_l=20.0, use_l=1.0, reserve_l=0.0)
    choice = _choice(WhatIf(stops=(PlannedStop(lap),)), sheet, Choice("one", "", (PlannedStop(30),)))
    assert sheet.fuel_lap == 50
    assert [stop.lap for stop in choice.stops] == laps
    assert broken(choice, sheet) == ()


@pytest.fixture(scope="module")
def ground():
    """Early in a race with two stops to come."""
    race = played(19)
    now_s = race.green_s + 0.1 * race.race_s
    moment = race.story_at(now_s).at(now_s)
    strategist = Strategist(engine="numpy")
    list(strategist.answers(moment, forecast(moment, Case()), races=RACES, has_asides=False))
    return strategist, strategist._ground


def test_three_stops_answer_a_caution_as_the_plans_of_the_search_do(ground):
    """Half the tank is gone when it comes: who comes in drives on as the tank asks, to the same second."""
    strategist, at = ground
    here, own = at.situation, at.heat.race.around.own
    laps = (here.laps + 12, here.laps + 24, here.laps + 36)
    asked = WhatIf(stops=tuple(PlannedStop(lap) for lap in laps), caution_in_s=8.0 * here.lap_s)
    *_, last = strategist.tries(asked, races=RACES)
    assert last.broken == ()
    caution = Assumed(caution_in_s=asked.caution_in_s)
    choice = last.rated.choice
    tried = at.heat.run(choice, RACES, replace(caution, holds_plan=True))
    search = at.heat.run(choice, RACES, caution)
    planned = at.heat.run(choice, RACES, replace(caution, is_as_planned=True))
    assert last.rated.prospect.stops == tried.told.prospect(own).stops, "so it was raced"
    alike = tried.told.time_s[own] == search.told.time_s[own]
    assert alike.mean() > 0.8
    assert (planned.told.time_s[own] == search.told.time_s[own]).mean() < 0.2
    assert tried.behind_s().mean() < planned.behind_s().mean() - 5.0, "a stop under caution is cheap"


def test_without_a_caution_each_of_three_stops_comes_as_it_was_dragged(ground):
    _, at = ground
    race, here, own = at.heat.race, at.situation, at.heat.race.around.own
    laps = (here.laps + 12, here.laps + 24, here.laps + 36)
    asked = WhatIf(stops=tuple(PlannedStop(lap) for lap in laps))
    model = race.model(_choice(asked, here, at.pick.choice), Assumed(holds_plan=True))
    assert model.cars[own].stops.plan == (12, 24, 36)
    assert model.cars[own].stops.under_caution
    assert model.cars[own].stops.runs_dry, "litre by litre"
