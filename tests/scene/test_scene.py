"""What panels draw is made of facts alone, and says what changed."""

import msgspec
import pytest
import scenes

from pitbox.model.fact import DriverStint, Lap, LapKind, Stop, TyreStint
from pitbox.model.session import Entry
from pitbox.ui.scene.composer import Composer
from pitbox.ui.scene.race import same_rows
from pitbox.ui.scene.row import Best
from pitbox.ui.scene.words import gap_words, lap_words, span_words, volume, warmth
from pitbox.wall.outlook import Batch, Pulse

STOP = Stop(
    0, 0, scenes.OWN, 4, 160, 30_000.0, 1, 0, stall_in_s=30_020.0, stall_out_s=30_062.5, lane_out_s=30_081.0
)


def batch(**news: object) -> Batch:
    return Batch(at_s=1.0, pulse=Pulse(), **news)


@pytest.fixture
def composer() -> Composer:
    made = Composer()
    made.take(batch(info=scenes.info(), standings=scenes.standings(), is_other_feed=True))
    return made


def moved(car_idx: int, **changes: object):
    standings = scenes.standings()
    cars = tuple(
        msgspec.structs.replace(car, **changes) if car.car_idx == car_idx else car for car in standings.cars
    )
    return msgspec.structs.replace(standings, cars=cars)


def test_nothing_known_is_an_empty_scene() -> None:
    composer = Composer()
    change = composer.take(batch(standings=scenes.standings(), is_other_feed=True))
    assert change is not None
    assert change.scene.is_empty
    assert composer.take(batch()) is None


def test_everything_is_news_at_first_and_nothing_in_the_same_picture_again(composer: Composer) -> None:
    again = composer.take(batch(standings=scenes.standings()))
    assert again is not None
    assert (again.cars, again.is_reordered, again.is_other_race) == (frozenset(), False, False)


def test_only_the_car_that_differs_is_told(composer: Composer) -> None:
    change = composer.take(batch(standings=moved(5, last_lap_s=94.0)))
    assert change is not None
    assert change.cars == {5}


def test_where_a_car_is_on_its_lap_is_no_news_for_a_table(composer: Composer) -> None:
    change = composer.take(batch(standings=moved(5, lap_pct=0.6901)))
    assert change is not None
    assert change.cars == frozenset()
    row = change.scene.row(5)
    assert row is not None
    assert row.lap_pct == 0.6901
    assert not same_rows(row, msgspec.structs.replace(row, stops=9))


def test_another_order_is_told(composer: Composer) -> None:
    standings = scenes.standings()
    cars = (standings.cars[1], standings.cars[0], *standings.cars[2:])
    change = composer.take(batch(standings=msgspec.structs.replace(standings, cars=cars)))
    assert change is not None
    assert change.is_reordered


def test_another_session_leaves_nothing_of_the_one_before(composer: Composer) -> None:
    change = composer.take(batch(standings=msgspec.structs.replace(scenes.standings(), session_num=1)))
    assert change is not None
    assert change.is_other_race
    assert len(change.cars) == len(change.scene.rows)


def test_facts_stand_in_the_row(composer: Composer) -> None:
    lap = Lap(0, 0, scenes.OWN, 166, 1, 100.0, 210.0, LapKind(is_in=True), 3, 21, 8, 0)
    turn = DriverStint(0, 0, scenes.OWN, 2, 1, 30_081.0, 161)
    tyres = TyreStint(0, 0, scenes.OWN, 2, 0, 30_081.0, 161, confidence=0.25)
    change = composer.take(batch(facts=(STOP, lap, turn, tyres)))
    assert change is not None
    row = change.scene.row(scenes.OWN)
    assert row is not None
    assert change.cars == {scenes.OWN}
    assert row.stop is not None
    assert (row.stop.lap, row.stop.lane_s, row.stop.stall_s) == (160, 81.0, 42.5)
    assert row.last.is_in
    assert row.driver_laps == row.laps - 160
    assert row.tyres.confidence == 0.25


def test_a_stop_that_lasts_has_no_length(composer: Composer) -> None:
    open_stop = msgspec.structs.replace(STOP, stall_out_s=None, lane_out_s=None)
    change = composer.take(batch(facts=(open_stop,)))
    assert change is not None
    row = change.scene.row(scenes.OWN)
    assert row is not None
    assert row.stop is not None
    assert (row.stop.lane_s, row.stop.stall_s) == (None, None)


def test_classes_stand_by_pace_with_their_best(composer: Composer) -> None:
    scene = composer.scene
    assert [(head.name, head.rank, head.cars) for head in scene.classes] == [
        ("GTP", 0, 13),
        ("LMP2", 1, 16),
        ("GT3", 2, 34),
    ]
    for head in scene.classes:
        quickest = [row for row in scene.rows if row.class_id == head.class_id and row.is_class_best]
        assert [row.best_lap_s for row in quickest] == [head.best_lap_s] * len(quickest) != []


def test_laps_behind_are_counted_in_the_own_class(composer: Composer) -> None:
    leader = next(row for row in composer.scene.rows if row.class_id == 3)
    tenth = next(row for row in composer.scene.rows if row.class_id == 3 and row.class_position == 10)
    assert (leader.gap.seconds, leader.gap.laps, leader.total_gap.laps) == (0.0, 0, 4)
    assert (tenth.gap.seconds, tenth.gap.laps) == (None, 1)


def test_a_best_lap_is_told_apart() -> None:
    composer = Composer()
    change = composer.take(batch(info=scenes.info(), standings=moved(5, last_lap_s=90.0, best_lap_s=90.0)))
    assert change is not None
    row = change.scene.row(5)
    assert row is not None
    assert row.last.best is Best.CLASS


def test_pace_car_and_spectators_race_not() -> None:
    info = scenes.info()
    entries = [msgspec.structs.replace(entry) for entry in info.entries]
    entries[0] = msgspec.structs.replace(entries[0], is_pace_car=True)
    entries[1] = msgspec.structs.replace(entries[1], is_spectator=True)
    composer = Composer()
    composer.take(
        batch(info=msgspec.structs.replace(info, entries=tuple(entries)), standings=scenes.standings())
    )
    assert len(composer.scene.rows) == 61
    assert isinstance(entries[0], Entry)


def test_words() -> None:
    assert lap_words(107.8321) == "1:47.832"
    assert lap_words(119.9996) == "2:00.000"
    assert lap_words(59.96, 1) == "1:00.0"
    assert gap_words(4.24, 0) == "+4.2"
    assert gap_words(None, 2) == "+2 L"
    assert gap_words(None, 0) == "-"
    assert span_words(3_661.9) == "1:01:01"
    assert warmth(20.0, "imperial") == ("68", "°F")
    assert volume(37.85, "imperial") == ("10.0", "gal")
    assert volume(37.85, "metric") == ("38", "l")
