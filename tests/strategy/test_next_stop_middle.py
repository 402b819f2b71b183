"""The lap of a next stop that errs least in the mean: the middle of chances, held by the class."""

from types import SimpleNamespace

import pytest
from grid import Runner, story

from pitbox.strategy.next_stop import NextStopModel, stints_of

LATE = Runner(4, 103.0, stops=(12, 20))
MATES = (Runner(1, 100.0, stops=(20, 40)), Runner(2, 101.0, stops=(20, 40)), Runner(3, 102.0, stops=(20, 40)))


@pytest.fixture
def moment():
    return story((*MATES, LATE), 4500.0, length_s=20000.0).at(4500.0)


def test_stints_are_those_that_a_stop_ended(moment):
    assert stints_of(moment.car(1)) == [20, 20]
    assert stints_of(moment.car(4)) == [12, 8]


def test_the_middle_is_held_by_the_median_stint_of_the_class(moment):
    model = NextStopModel()
    for car_idx, last in ((1, 40), (4, 20)):
        car = moment.car(car_idx)
        said = model.next_stop(moment, car)
        own, plain = said.overall.laps.quantile(0.5), max(car.laps + 1.0, last + 20.0)
        assert said.middle_lap == pytest.approx((5 * plain + 3 * own) / 8)
        assert min(own, plain) <= said.middle_lap <= max(own, plain)


def test_before_anybody_stopped_chances_stand_alone():
    early = story(MATES, 900.0, length_s=20000.0).at(900.0)
    said = NextStopModel().next_stop(early, early.car(1))
    assert said.middle_lap == said.overall.laps.quantile(0.5)


def test_one_early_stop_says_nothing_about_those_that_still_drive_their_first_stint():
    damaged = Runner(4, 103.0, stops=(6,))
    early = story((*MATES, damaged), 1500.0, length_s=20000.0).at(1500.0)
    assert stints_of(early.car(4)) == [6]
    said = NextStopModel().next_stop(early, early.car(1))
    assert said.middle_lap == said.overall.laps.quantile(0.5) > 15.0


def test_it_is_worked_out_anew_for_each_moment(moment):
    usual = NextStopModel()._usual
    assert usual.stint(moment, moment.car(1).class_id) == 20.0
    none = SimpleNamespace(of_class=lambda _: ())
    assert usual.stint(none, moment.car(1).class_id) is None
