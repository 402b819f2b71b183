"""The strategist over whole played races: sane, within the rules, steady, and the same when asked again."""

import math

import pytest
from decision_ground import RACES, followed
from grid import Runner, story
from proving import played

from pitbox.strategy.briefing import Case
from pitbox.strategy.decision.answer import KINDS, PlannedStop, WhatIf
from pitbox.strategy.decision.heat import rated
from pitbox.strategy.decision.rule import broken
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.decision.strategist import Strategist, call_of
from pitbox.strategy.forecast import forecast

SEED, STEP_S = 17, 750.0


@pytest.fixture(scope="module")
def told():
    """Moments of a race in which our car's tank is measured, and one strategist who saw them all."""
    return followed(SEED, 150.0, 1e9, STEP_S)


@pytest.fixture(scope="module")
def spoken(told):
    """The moments at which something was to be decided."""
    return [(moment, said, answers) for moment, said, answers in told[1] if answers[-1].rated]


def test_an_answer_comes_early_and_ends_whole(spoken):
    assert len(spoken) >= 3
    for _, _, answers in spoken:
        assert not answers[0].is_whole
        assert [one.is_whole for one in answers].count(True) == 1 == answers[-1].is_whole
        assert answers[0].races >= 100
        best = answers[-1].rated[0]
        assert best.against_best is None
        assert all(one.against_best is not None for one in answers[-1].rated[1:])
        assert math.isclose(sum(best.prospect.class_positions), 1.0, abs_tol=1e-6)
        assert answers[-1].final_laps is not None


def test_the_flag_is_where_the_forecast_sees_it(spoken):
    for _, said, answers in spoken:
        low, middle, high = answers[-1].final_laps
        assert low <= middle <= high
        assert abs(middle - said.said.end.laps.quantile(0.5)) <= 2


def test_nothing_that_is_said_breaks_a_rule_or_lacks_words(told, spoken):
    strategist, _ = told
    for moment, _, answers in spoken:
        last = answers[-1]
        for one in last.rated:
            assert one.choice.words
            assert all(stop.lap > last.laps for stop in one.choice.stops)
        for call in last.calls:
            assert call.kind in KINDS
            assert call.assumptions
            assert call.until_lap is None or call.until_lap > last.laps
            assert call.choice is None or call.choice in {one.choice for one in last.rated}
        assert {one.kind for one in last.contingencies} >= {"rain", "lost"}
        assert moment.is_caution or "caution" in {one.kind for one in last.contingencies}
    ground = strategist._ground
    for runner in ground.runners:
        assert broken(runner.choice, ground.situation) == ()


def test_the_tree_shares_out_all_chance(spoken):
    trees = [answers[-1].tree for _, _, answers in spoken]
    assert any(tree.branches for tree in trees)
    for tree in trees:
        assert tree.best is not None
        assert not tree.branches or sum(one.chance for one in tree.branches) == pytest.approx(1.0)


def test_the_fan_stays_in_the_tank_and_reaches_the_flag(spoken):
    for _, _, answers in spoken:
        fan = answers[-1].fuel
        assert fan.laps[0] == answers[-1].laps
        for low, middle, high in zip(fan.low_l, fan.middle_l, fan.high_l, strict=True):
            assert 0.0 <= low <= middle + 1e-9 <= high + 2e-9 <= fan.tank_l + 0.2
        assert min(fan.middle_l) > 0.0


def test_a_box_call_is_the_stop_of_this_lap(spoken):
    called = 0
    for _, _, answers in spoken:
        last, stop = answers[-1], call_of(answers[-1])
        boxes = [call for call in last.calls if call.key.startswith("box ")]
        if stop is not None:
            called += 1
            assert stop.lap == last.laps + 1
            assert boxes[0].urgency == 2
        elif boxes:
            assert boxes[0].urgency < 2
    assert called <= 3


def test_what_is_tried_is_raced_again_or_forbidden_in_words(told):
    strategist, _ = told
    ground = strategist._ground
    here = ground.situation
    late = (PlannedStop(here.laps, 10.0),)
    forbidden = list(strategist.tries(WhatIf(stops=late, number=7)))
    assert [one.rated for one in forbidden] == [None]
    assert forbidden[0].asked.number == 7
    assert "too late" in forbidden[0].broken[0]
    slower = list(strategist.tries(WhatIf(pace_s=3.0), races=RACES))[-1]
    assert slower.races == RACES
    assert slower.rated.against_best.mean >= 0.0
    assert slower.rated.prospect.time_s[1] > ground.pick.told.prospect(ground.heat.race.around.own).time_s[1]
    nothing = list(strategist.tries(WhatIf(), races=RACES))[-1]
    assert nothing.rated.against_best is None
    meant = ground.pick.told.prospect(ground.heat.race.around.own)
    assert nothing.rated.prospect.mean_class_position == meant.mean_class_position
    assert nothing.rated.prospect.class_positions == pytest.approx(meant.class_positions)


def test_the_place_of_a_trial_compares_with_the_places_of_the_choices(told):
    """What is tried comes to its difference from the first, whatever manner it was raced in."""
    strategist, _ = told
    ground = strategist._ground
    first = ground.pick.told.prospect(ground.heat.race.around.own)
    for lose_s in (5.0, 60.0):
        rated = list(strategist.tries(WhatIf(lose_s=lose_s), races=RACES))[-1].rated
        moved = rated.prospect.mean_class_position - first.mean_class_position
        assert moved == pytest.approx(rated.against_best.mean)
        assert sum(rated.prospect.class_positions) == pytest.approx(1.0)
    assert moved > 0.1, "a minute is worth places"


def test_the_same_moment_told_again_says_the_same():
    race, said = played(SEED), []
    for _ in range(2):
        moment = race.story_at(race.green_s + 900.0).at(race.green_s + 900.0)
        *_, answer = Strategist(engine="numpy").answers(moment, forecast(moment, Case()), races=RACES)
        said.append(answer)
    assert said[0] == said[1]
    assert said[0].calls


def test_where_there_is_nothing_to_decide_it_says_why():
    runners = (Runner(1, 100.0, stops=(20,)), Runner(2, 101.0, stops=(20,)))
    over = story(runners, 3600.0, length_s=3600.0, flags=(("green", 0.0), ("checkered", 3600.0))).at(3600.0)
    said = forecast(over, Case())
    (answer,) = Strategist(engine="numpy").answers(over, said)
    assert answer.is_whole
    assert answer.rated == ()
    assert "flag" in answer.silent[0]
    assert call_of(answer) is None


def test_without_a_gauge_laps_of_the_tank_stand_in_for_litres():
    """35 laps driven, 15 since the stop, some 20 to a tank: two stops to the two-hour mark."""
    runners = tuple(Runner(at, 99.0 + at, stops=(20,)) for at in (1, 2, 3))
    moment = story(runners, 3600.0, length_s=7200.0).at(3600.0)
    *_, answer = Strategist(engine="numpy").answers(moment, forecast(moment, Case()), races=RACES)
    best = answer.rated[0].choice
    assert 1 <= len(best.stops) <= 2
    assert all(stop.fuel_l is None for stop in best.stops)
    assert 36 <= best.stops[0].lap <= 46
    assert any("litres" in words for words in answer.silent)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [17, 18])
def test_a_plan_does_not_flap(seed):
    """Asked every lap or so: what we mean to do changes for a reason, a few times and not each lap."""
    _, found = followed(seed, 150.0, 1e9, 90.0, "compiled")
    meant, flips, shown, flickers = None, 0, set(), 0
    gone = set()
    for moment, _, answers in found:
        last = answers[-1]
        if not last.rated:
            meant = None
            continue
        stops = last.rated[0].choice.stops
        first = stops[0].lap if stops else 0
        is_due = meant is not None and meant != 0 and meant <= last.laps
        flips += meant is not None and first != meant and not is_due and not moment.is_caution
        meant = first
        keys = {call.key for call in last.calls}
        flickers += len(keys & gone)
        gone = (gone | (shown - keys)) - keys
        shown = keys
    assert len(found) > 20
    assert flips <= 5
    assert flickers <= 6


def test_what_is_held_is_not_called_the_best_where_another_looks_better(told):
    strategist, _ = told
    runners = sorted(strategist._ground.runners, key=lambda one: float(one.worth().mean()))
    assert rated(runners)[0].why.startswith("the best")
    assert len(runners) > 1
    turned = rated(runners[::-1])
    assert turned[0].why.startswith("still meant")
    assert not any("the best" in one.why for one in turned)


@pytest.mark.parametrize("most_saving", [0.0, 0.5])
def test_a_splash_is_not_saved_where_nobody_saves(most_saving):
    race = played(SEED)
    moment = race.story_at(race.green_s + 900.0).at(race.green_s + 900.0)
    strategist = Strategist(rules=Rules(most_saving=most_saving), engine="numpy")
    *_, answer = strategist.answers(moment, forecast(moment, Case()), races=RACES)
    (card,) = [card for card in answer.contingencies if card.kind == "splash"]
    assert ("saving" in card.words or card.words.startswith("Save")) == (most_saving > 0)
