"""The pictures of our car's panel, and by geometry: no figure is cut, none stands on another."""

from itertools import combinations

import foresight
import msgspec
import pytest
import scenes
from engineer_room import Room
from picture import compare
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from pitbox.model.session import EventRules
from pitbox.ui.race.car.panel import CAR, CarPanel
from pitbox.ui.race.car.sheet import CarSheet
from pitbox.ui.theme.token import Type, Weight
from pitbox.wall.settings import Window

LOOKS = {
    "dark": Window(),
    "light": Window(theme="light"),
    "dark-80": Window(scale_percent=80),
    "light-160": Window(theme="light", scale_percent=160),
}
SIZE = (300, 610)
WIDE = (640, 412)
WET = ((33_000.0, 1), (34_100.0, 2), (34_500.0, 4), (35_300.0, 3), (35_900.0, 2))


def panel_of(room: Room) -> CarPanel:
    return room.window.deck.docks["car"].panel


def settled(room: Room, look: str, size=SIZE) -> CarPanel:
    dock = room.window.deck.docks["car"]
    dock.setFloating(True)
    dock.setFixedSize(*(side * LOOKS[look].scale_percent // 100 for side in size))
    room.pull()
    return panel_of(room)


def give(room: Room, *, is_long: bool = False, **changes: object) -> None:
    info = scenes.info(is_long=is_long)
    rules = EventRules(is_team_event=True, incident_limit=17)
    entries = tuple(msgspec.structs.replace(entry, incidents=3, team_incidents=7) for entry in info.entries)
    if is_long:
        entries = tuple(
            msgspec.structs.replace(entry, driver=f"{scenes.LONG[0][1]} 山田") for entry in entries
        )
    room.feed.hub.info.put(msgspec.structs.replace(info, rules=rules, entries=entries))
    room.feed.hub.standings.put(scenes.standings(wet_steps=WET, fuel_per_lap_l=3.18, **changes))


def full(opened, look: str, *, is_long: bool = False) -> CarPanel:
    room = opened(window=LOOKS[look], is_filled=False, panels=(CAR,))
    give(room, is_long=is_long)
    panel = settled(room, look)
    panel.show_live(foresight.ticks())
    panel.show_forecast(foresight.FORECAST)
    return panel


def names(opened, look: str) -> CarPanel:
    return full(opened, look, is_long=True)


def imperial(opened, look: str) -> CarPanel:
    room = opened(
        window=msgspec.structs.replace(LOOKS[look], units="imperial"), is_filled=False, panels=(CAR,)
    )
    give(room)
    panel = settled(room, look)
    panel.show_live(foresight.ticks(EngineWarnings=0x04 | 0x80))
    panel.show_forecast(foresight.LAST_STOP)
    return panel


def late(opened, look: str) -> CarPanel:
    """Nothing replaced the forecast for minutes, while the race went on; the sim is silent."""
    panel = full(opened, look)
    panel.beat(panel._now_s + 200.0)
    panel.show_change(
        msgspec.structs.replace(
            panel._change, standings=scenes.standings(foresight.AT_S + 185.0, wet_steps=WET)
        )
    )
    return panel


def unknown(opened, look: str) -> CarPanel:
    """A race of which nothing is foreseen yet, and nobody of ours in the car."""
    room = opened(window=LOOKS[look], panels=(CAR,))
    return settled(room, look)


def empty(opened, look: str) -> CarPanel:
    room = opened(window=LOOKS[look], is_filled=False, panels=(CAR,))
    return settled(room, look)


def wide(opened, look: str) -> CarPanel:
    room = opened(window=LOOKS[look], is_filled=False, panels=(CAR,))
    give(room)
    panel = settled(room, look, WIDE)
    panel.show_live(foresight.ticks(PlayerCarInPitStall=1, PitRepairLeft=42.0, PitOptRepairLeft=18.0))
    panel.show_forecast(foresight.FORECAST)
    return panel


ROOMS = {f.__name__: f for f in (full, names, imperial, late, unknown, empty, wide)}
PICTURES = [
    *(("full", look) for look in LOOKS),
    *(("names", look) for look in ("dark", "light-160")),
    *(("late", look) for look in ("dark", "light")),
    ("imperial", "dark"),
    ("unknown", "dark"),
    ("empty", "light"),
    ("wide", "light"),
]


def picture_of(panel: CarPanel) -> QImage:
    for _ in range(2):  # the bar makes room for words of which it was just told
        QApplication.processEvents()
    return panel.parentWidget().grab().toImage()


@pytest.mark.parametrize(("name", "look"), PICTURES, ids=lambda part: part)
def test_car_shot(opened, name: str, look: str) -> None:
    panel = ROOMS[name](opened, look)
    if panel.sheet.page is not None:
        assert_nothing_is_cut(panel.sheet)
    shot = picture_of(panel)
    assert not panel.age.text() or panel.age.width() >= panel.age.sizeHint().width()
    compare(shot, f"car-{name}-{look}")


def assert_nothing_is_cut(sheet: CarSheet) -> None:
    """Values have the room that they want; only names and notes give way."""
    layout = sheet.layout_now
    assert layout is not None
    boxes: list[QRectF] = []
    for spot in layout.spots:
        wanted = sheet.width_of(spot.figure.value, spot.size, spot.weight)
        room = spot.box.width() - spot.label_room
        if spot.figure.name != "Driver":
            assert wanted <= room + 0.5, (spot.figure.name, spot.figure.value)
        if spot.is_head:
            assert sheet.width_of(spot.figure.note, Type.NOTE, Weight.PLAIN) <= spot.box.width() + 0.5
        assert sheet.width_of(spot.label, Type.NOTE, Weight.PLAIN) <= (spot.label_room or spot.box.width())
        assert spot.box.right() <= sheet.width() + 0.5
        boxes.append(spot.box)
    for text in layout.texts:
        size = Type.BODY if text.tone == "text" else Type.NOTE
        assert sheet.width_of(text.text, size, text.weight) <= text.box.width(), text.text
        boxes.append(text.box)
    for one, other in combinations(boxes, 2):
        shared = one.intersected(other)
        assert shared.width() < 1 or shared.height() < 1, (one, other)
