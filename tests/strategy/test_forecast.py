"""A forecast asked again and again says what one says that is asked once; its parts agree with each other."""

import msgspec
import pytest
from proving import facts_at, played

from pitbox.strategy.briefing import Mind
from pitbox.strategy.forecast import forecast, moment_of
from pitbox.strategy.story import Story

SEED = 17
STEP_S = 240.0


@pytest.fixture(scope="module")
def followed():
    """(moment, as it was said all along, as it is said afresh) every few laps of a race."""
    race = played(SEED)
    story, mind, found = Story(), Mind(), []
    story.hear(race.info)
    now_s = race.green_s + 150.0
    while now_s < race.green_s + race.race_s + 300.0:
        story.take_all(facts_at(race.truth, now_s, race.scenario.own_car_idx))
        moment = story.at(now_s)
        found.append((moment, forecast(moment, mind=mind), forecast(moment)))
        now_s += STEP_S
    return found


def test_what_is_kept_in_mind_changes_no_figure(followed):
    assert len(followed) >= 8
    assert sum(len(car.story.stops) for car in followed[-1][0].cars) >= 6
    for _, kept, fresh in followed:
        assert kept == fresh


def test_windows_of_all_cars_are_those_that_the_briefing_has_of_some(followed):
    told = [(said.windows, one) for _, said, _ in followed for one in said.said.rivals if one.window]
    assert told
    for windows, one in told:
        assert windows[one.car_idx] == one.window
    for _, said, _ in followed:
        assert said.windows.get(said.said.car_idx) == said.said.window


def test_a_ghost_is_as_far_behind_as_the_stop_costs(followed):
    ghosts = [(said, ghost) for _, said, _ in followed for ghost in said.ghosts]
    assert ghosts
    for said, ghost in ghosts:
        assert ghost.behind_laps == pytest.approx(ghost.loss_s / said.lap_s)
        assert ghost.lap_pct(12.25) == pytest.approx((12.25 - ghost.behind_laps) % 1.0)
        assert 0.0 <= ghost.lap_pct(0.0) < 1.0
    for _, said, _ in followed:
        losses = [ghost.loss_s for ghost in said.ghosts]
        assert losses == sorted(losses)


def test_after_the_flag_nothing_is_to_come(followed):
    moment, said, _ = followed[-1]
    assert moment.is_checkered
    assert said.windows == {}
    assert said.ghosts == ()


def test_a_race_without_our_car_still_has_windows(followed):
    moment = next(moment for moment, said, _ in followed if said.windows)
    said = forecast(msgspec.structs.replace(moment, own_car_idx=-1))
    assert said.said is None
    assert said.windows


def test_a_picture_in_which_nobody_is_seen_tells_no_places():
    race = played(SEED)
    story = race.story_at(race.green_s + 300.0)
    assert not any(car.is_pct_seen for car in moment_of(story, None).cars)
