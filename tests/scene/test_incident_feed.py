"""Which incidents are shown, in which order, and what their lines say."""

import msgspec
import pytest
import scenes

from pitbox.model.fact import Incident
from pitbox.ui.race.incidents.words import line_of, points_words
from pitbox.ui.scene.composer import Composer
from pitbox.ui.scene.incident import IncidentFeed, Sieve
from pitbox.wall.outlook import Batch, Pulse


def incident(car_idx: int, start_s: float, number: int = 1, **changes: object) -> Incident:
    made = Incident(0, 0, car_idx, number, "spin", start_s, 12, 0.43, start_s + 8.0)
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def scene():
    composer = Composer()
    composer.take(Batch(1.0, Pulse(), scenes.standings(), scenes.info(), is_other_feed=True))
    return composer.scene


@pytest.fixture
def feed() -> IncidentFeed:
    made = IncidentFeed()
    made.hear([incident(3, 100.0), incident(scenes.OWN, 300.0), incident(22, 200.0), incident(40, 400.0)])
    return made


def cars(feed: IncidentFeed, scene, sieve: Sieve = Sieve()) -> list[int]:  # noqa: B008 - frozen
    return [one.fact.car_idx for one in feed.happenings(scene, sieve)]


def test_the_newest_stands_on_top(feed: IncidentFeed, scene) -> None:
    assert cars(feed, scene) == [40, scenes.OWN, 22, 3]


def test_only_the_classes_that_are_wanted(feed: IncidentFeed, scene) -> None:
    assert cars(feed, scene, Sieve(classes=frozenset({1, 3}))) == [40, 3]


def test_our_battle_is_who_we_race_for_place(feed: IncidentFeed, scene) -> None:
    feed.hear([incident(25, 500.0)])
    assert cars(feed, scene, Sieve(is_battle=True)) == [scenes.OWN, 22]


def test_a_graver_kind_replaces_what_was_told(feed: IncidentFeed, scene) -> None:
    assert not feed.hear([incident(3, 100.0)]), "the same again is no news"
    assert feed.hear([incident(3, 100.0, kind="tow")])
    assert feed.happenings(scene, Sieve())[-1].fact.kind == "tow"
    assert len(feed.happenings(scene, Sieve())) == 4


def test_another_run_begins_empty(feed: IncidentFeed, scene) -> None:
    assert feed.hear([incident(7, 5.0, run=1)])
    assert cars(feed, scene) == [7]
    assert not feed.hear([incident(8, 900.0)]), "of the run before"


def test_a_line_says_when_who_what_where_and_how_long(feed: IncidentFeed, scene) -> None:
    one = feed.happenings(scene, Sieve(), (0.0, 0.3, 0.7))[1]
    line = line_of(one, scene)
    assert [part.text for part in line.parts] == ["5:00", "777", "spin", "Full Send", "S2 43 %", "8 s"]
    assert line.is_ours
    lasting = msgspec.structs.replace(one, fact=incident(3, 9.0, end_s=None, confidence=0.5))
    assert line_of(lasting, scene).parts[-1].text == "now"
    assert "50 % sure" in line_of(lasting, scene).tip


def test_points_are_held_against_the_limit_where_there_is_one() -> None:
    assert points_words(17, 33) == "17 of 50 points"
    assert points_words(17, None) == "17 points"
    assert points_words(None, None) == ""
