"""The pictures of the track map, and by geometry: no plate is cut, none stands on another or on a car."""

from itertools import combinations

import map_room
import pytest
from map_room import Table
from picture import compare
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QPushButton

from pitbox.ui.shell.words import Clipped, Words
from pitbox.ui.theme.face import face
from pitbox.ui.theme.token import GRID, Type, Weight
from pitbox.wall.settings import Window

LOOKS = {
    "dark": Window(),
    "light": Window(theme="light"),
    "dark-80": Window(scale_percent=80),
    "light-160": Window(theme="light", scale_percent=160),
}


@pytest.fixture
def lay(qapp, tmp_path):
    tables: list[Table] = []

    def make(look: str, **more) -> Table:
        tables.append(Table(tmp_path, LOOKS[look], **more))
        return tables[-1]

    yield make
    for table in tables:
        table.close()


def packed(lay, look: str) -> Table:
    table = lay(look)
    table.panel.show_forecast(map_room.forecast())
    table.stage.selection.select(30)
    table.stage.selection.refer_to(18)
    return table


def near(lay, look: str) -> Table:
    table = packed(lay, look)
    table.panel.toggle_follow()
    return table


def caution(lay, look: str) -> Table:
    table = lay(look)
    table.feed.hub.info.put(map_room.info(cautions="full"))
    table.feed.hub.standings.put(map_room.standings(flag="caution"))
    table.panel.toggle_plates()
    table.pull()
    return table


def unknown(lay, look: str) -> Table:
    return lay(look, is_known=False)


def stale(lay, look: str) -> Table:
    table = lay(look)
    began_s = table.clock.monotonic_s()
    table.clock.monotonic_s = lambda: began_s + 95.0
    table.pull()
    return table


def empty(lay, look: str) -> Table:
    return lay(look, is_known=False, has_race=False)


TABLES = {f.__name__: f for f in (packed, near, caution, unknown, stale, empty)}
PICTURES = [
    *(("packed", look) for look in LOOKS),
    ("near", "dark"),
    ("caution", "light"),
    *(("unknown", look) for look in ("dark", "light-160")),
    *(("stale", look) for look in ("dark", "light")),
    ("empty", "dark"),
]


@pytest.mark.parametrize(("name", "look"), PICTURES, ids=lambda part: part)
def test_map_shot(lay, name: str, look: str) -> None:
    table = TABLES[name](lay, look)
    shot = table.shot()
    assert_nothing_is_cut(table)
    compare(shot, f"map-{name}-{look}")


def assert_nothing_is_cut(table: Table) -> None:
    panel, picture, theme = table.panel, table.picture, table.look.theme
    metrics = QFontMetricsF(face(theme, Type.NOTE, Weight.STRONG))
    boxes = {p.key: QRectF(p.left, p.top, p.width, p.height) for p in picture.plates}
    for one, other in combinations(boxes, 2):
        assert not boxes[one].intersects(boxes[other]), (one, other)
    inside = QRectF(panel.view.rect())
    cars = {car.car_idx: car for car in picture.cast.cars}
    for key, box in boxes.items():
        assert inside.contains(box), key
        if key in cars:
            assert metrics.horizontalAdvance(cars[key].plate) <= box.width() - theme.px(2 * GRID)
    for part in panel.bar_parts:
        if isinstance(part, QPushButton | Words) and not isinstance(part, Clipped) and part.isVisible():
            assert part.width() >= part.sizeHint().width()
    if panel.hint.isVisible():
        assert panel.hint.height() >= panel.hint.heightForWidth(panel.hint.width())
