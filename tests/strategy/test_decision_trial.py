"""A stop that is dragged keeps what it was for, and litres that somebody chose are what they are."""

import pytest
from decision_ground import plain
from msgspec.structs import replace

from pitbox.strategy.decision.answer import Choice, PlannedStop, WhatIf
from pitbox.strategy.decision.rule import broken, fuel_walk
from pitbox.strategy.decision.trial import _choice

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
