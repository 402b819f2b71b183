"""Our calls on the proving ground: the same luck for every way to stop, and what differs is ours."""

import msgspec
import proving_calls
import pytest
from proving_calls import CALLS, CAUTIONS, EMPTY, FIXED, Finish, driven, margins, paired

from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.decision.stance import situation_of
from pitbox.strategy.forecast import forecast
from pitbox.strategy.story import Story

_SEED = 1008


@pytest.fixture(scope="module")
def ways():
    return {way: driven(_SEED, way) for way in (EMPTY, CAUTIONS)}


def test_who_stops_alike_finishes_alike(ways):
    """Until one way stops elsewhere the same befalls it: luck hangs on car and lap."""
    assert driven(_SEED, EMPTY) == ways[EMPTY]
    assert ways[CAUTIONS].stop_laps[0] == ways[EMPTY].stop_laps[0]
    assert ways[CAUTIONS] != ways[EMPTY]


def test_our_calls_bring_the_car_home(monkeypatch):
    """A small race: short, few laps asked."""
    monkeypatch.setattr(proving_calls, "ENGINE", "numpy")
    short = msgspec.structs.replace(proving_calls.scenario_of(_SEED), race_s=1500.0)
    monkeypatch.setattr(proving_calls, "scenario_of", lambda _: short)
    found = driven(_SEED, CALLS)
    assert found.took_flag
    assert 1 <= found.stops <= 2
    assert found.words


def test_margins_are_of_pairs():
    def end(place, behind_s):
        return Finish(place, behind_s, 2, (10, 20), took_flag=True)

    found = [
        {CALLS: end(1, -5.0), FIXED: end(2, 5.0), EMPTY: end(1, -5.0), CAUTIONS: end(1, 0.0)},
        {CALLS: end(3, 1.0), FIXED: end(4, 15.0), EMPTY: end(2, 1.0), CAUTIONS: end(3, 0.0)},
    ]
    fixed, empty, cautions = margins(found)
    assert (fixed.places, fixed.places_error, fixed.seconds, fixed.better) == (-1.0, 0.0, -12.0, 1.0)
    assert (empty.places, empty.worse) == (0.5, 0.5)
    assert cautions.seconds == -2.0


def test_a_splash_is_cheap_and_tyres_with_it_are_not():
    """Where nobody knows what the others' stops were for, services differ as the rules have it."""
    world = proving_calls.fated(proving_calls.scenario_of(_SEED), proving_calls.Usual())
    while world.now_s < 1700.0:
        world.advance()
    story = Story()
    story.hear(world.info())
    story.take_all(proving_calls.facts_at(world.truth, 1700.0, world.scenario.own_car_idx))
    moment, mind = story.at(1700.0), Mind()
    said = forecast(moment, Case(), mind).said
    times = situation_of(moment, said, Case(), mind, Rules()).times
    assert times.loss_s(4.0, has_tyres=True) - times.loss_s(4.0) == pytest.approx(22.0 - 4.0 / 2.6, abs=0.5)
    assert times.loss_s(34.0) - times.loss_s(4.0) == pytest.approx(30.0 / 2.6, abs=0.5)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_our_calls_finish_better_than_plain_ways():
    found = margins([paired(seed) for seed in range(2000, 2080)])
    for one in found:
        assert one.seconds < one.seconds_error
        assert one.places < one.places_error
    assert found[0].seconds + found[0].seconds_error < 0
