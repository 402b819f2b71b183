"""The table as Qt sees it: what is drawn anew, what is lit, and what stays selected."""

import msgspec
import pytest
import scenes
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex
from pytestqt.qtbot import QtBot

from pitbox.ui.race.timing.arrange import Order, arrange, key_of
from pitbox.ui.race.timing.cell import Mark
from pitbox.ui.race.timing.column import NAMES
from pitbox.ui.race.timing.model import TimingModel, text_of
from pitbox.ui.scene.composer import Composer
from pitbox.ui.scene.race import RaceChange, RaceScene
from pitbox.ui.scene.row import CarRow
from pitbox.wall.outlook import Batch, Pulse


def scene(**changes: object) -> RaceScene:
    composer = Composer()
    composer.take(Batch(1.0, Pulse(), scenes.standings(**changes), scenes.info(), is_other_feed=True))
    return composer.scene


@pytest.fixture
def model(qtbot: QtBot) -> TimingModel:
    made = TimingModel()
    made.show_scene(scene(), None, 1.0)
    return made


def with_car(car_idx: int, **changes: object):
    cars = tuple(
        msgspec.structs.replace(car, **changes) if car.car_idx == car_idx else car
        for car in scenes.standings().cars
    )
    return scene(cars=cars)


def test_only_rows_that_look_different_are_drawn_anew(model: TimingModel, qtbot: QtBot) -> None:
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    everybody = frozenset(row.car_idx for row in model.scene.rows)
    model.show_scene(with_car(5, last_lap_s=101.5), everybody, 2.0)
    assert told == [(4, 4)]
    told.clear()
    model.show_scene(with_car(5, last_lap_s=101.50001), everybody, 2.1)
    assert told == []  # the same words


def test_what_is_worth_a_look_is_lit_and_fades(model: TimingModel) -> None:
    model.show_scene(with_car(5, last_lap_s=101.5, class_gap_s=77.0), frozenset({5}), 2.0)
    assert set(model.flashes) == {(5, NAMES["last"])}  # a gap changes all the time
    assert model.beat(2.3) == {4}
    assert model.beat(2.7) == {4}  # once more, to put it out
    assert model.beat(2.8) == set()
    assert not model.flashes


def test_another_race_lights_nothing(model: TimingModel) -> None:
    model.show_scene(with_car(5, last_lap_s=101.5), None, 2.0)
    assert not model.flashes


def test_a_place_won_has_an_arrow_for_ten_seconds(model: TimingModel) -> None:
    cars = list(scenes.standings().cars)
    cars[3], cars[4] = (
        msgspec.structs.replace(cars[4], position=4),
        msgspec.structs.replace(cars[3], position=5),
    )
    won, lost = cars[3].car_idx, cars[4].car_idx
    model.show_scene(scene(cars=tuple(cars)), frozenset({won, lost}), 2.0)
    at = NAMES["position"]
    assert model.cells(model.row_of(won))[at].mark is Mark.UP
    assert model.cells(model.row_of(lost))[at].mark is Mark.DOWN
    model.beat(11.9)
    assert model.cells(model.row_of(won))[at].mark is Mark.UP
    model.beat(12.1)
    assert model.cells(model.row_of(won))[at].mark is Mark.NONE


def test_who_is_selected_stays_so_wherever_the_car_goes(model: TimingModel) -> None:
    index = QPersistentModelIndex(model.index(model.row_of(40), 0))
    model.set_order(Order("last", is_falling=True))
    assert index.isValid()
    assert key_of(model.lines[index.row()]) == 40


def test_a_head_says_how_many_and_how_quick(model: TimingModel) -> None:
    model.set_order(Order(is_grouped=True))
    texts = [text_of(cell) for cell in model.cells(0)]
    assert "GTP  13 cars" in texts
    assert "1:35.200" in texts


@given(st.lists(st.permutations(range(8)), min_size=1, max_size=6), st.booleans())
def test_any_run_of_orders_ends_in_the_last_one(orders: list[list[int]], is_grouped: bool) -> None:
    """Rows move, stay or vanish; model and scene never disagree."""
    model = TimingModel()
    model.order = Order(is_grouped=is_grouped)
    base = scenes.standings().cars[10:18]
    for step, order in enumerate(orders):
        few = order[: 8 - step % 3]
        cars = tuple(msgspec.structs.replace(base[at], position=place) for place, at in enumerate(few, 1))
        shown = scene(cars=cars)
        model.show_scene(shown, frozenset(car.car_idx for car in cars), float(step))
        assert [key_of(line) for line in model.lines] == [key_of(x) for x in arrange(shown, model.order)]
        for row, line in enumerate(model.lines):
            assert model.row_of(key_of(line)) == row
            if isinstance(line, CarRow):
                assert model.cells(row)[NAMES["number"]].text == line.entry.number


def test_a_change_carries_what_later_panels_need() -> None:
    composer = Composer()
    change = composer.take(Batch(1.0, Pulse(), scenes.standings(), scenes.info(), is_other_feed=True))
    assert isinstance(change, RaceChange)
    assert change.standings is not None
    assert change.info is not None
