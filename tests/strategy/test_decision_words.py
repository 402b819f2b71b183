"""Words of choices and gains: short headlines, true minus signs, people by name."""

import pytest
from decision_ground import plain
from proving import played

from pitbox.strategy.decision.answer import PlannedStop
from pitbox.strategy.decision.gain import Gain, both_words
from pitbox.strategy.decision.situation import DriverNow
from pitbox.strategy.decision.words import choice_words, joined_words, late_words, places_words, signed

STOPS = (
    PlannedStop(25, 41.6, user_id=7),
    PlannedStop(40, 20.0, user_id=8),
    PlannedStop(50, 3.0),
)


@pytest.mark.parametrize(
    ("drivers", "who"),
    [
        ((DriverNow(1), DriverNow(7, name="Ada Berg")), "Ada Berg"),
        ((DriverNow(1), DriverNow(7)), "another driver"),
    ],
)
def test_a_headline_is_short_and_names_who_gets_in(drivers, who):
    here = plain(driver=1, drivers=drivers)
    assert choice_words(STOPS, here) == f"Box in 4 laps, 42 l, no tyres, {who} in, then 1 more"
    assert late_words(STOPS, here) == "a splash if the flag is late"
    assert late_words(STOPS[:2], here) == ""


def test_somebody_who_has_not_driven_is_a_new_driver():
    here = plain(driver=1, drivers=(DriverNow(1), DriverNow(-1)))
    assert "a new driver in" in choice_words((PlannedStop(25, 41.6, user_id=-1),), here)


def test_names_come_from_what_the_sim_told_of_all_who_drove():
    race = played(17)
    now_s = race.green_s + 0.7 * race.race_s
    story = race.story_at(now_s)
    entry = race.info.entry(race.info.own.car_idx)
    assert story.at(now_s).people[entry.user_id] == entry.driver


@pytest.mark.parametrize(
    ("value", "digits", "words"), [(-0.04, 1, "0.0"), (-0.06, 1, "\u22120.1"), (3.2, 0, "+3"), (-0.4, 0, "0")]
)
def test_a_sign_is_a_true_minus_and_nothing_has_none(value, digits, words):
    assert signed(value, digits) == words
    assert "-" not in places_words(value)


@pytest.mark.parametrize(
    ("places", "seconds", "words"),
    [
        (0.3, 12.0, "+12 s and +0.3 places"),
        (0.01, 12.0, "+12 s"),
        (-1.0, 0.2, "\u22121.0 place"),
        (0.01, -0.2, "no difference"),
    ],
)
def test_what_is_nothing_is_left_out(places, seconds, words):
    assert both_words(Gain(places, 0.1, places, 0.1, seconds)) == words


def test_only_what_says_something_is_joined():
    assert joined_words("the best", "", "late") == "the best; late"
