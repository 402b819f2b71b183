"""The window on a real wall: a race is driven, logged and folded, and the table shows what was folded."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.ui.race.timing.column import NAMES
from pitbox.ui.scene.words import lap_words
from pitbox.wall.demo import DemoRace
from pitbox.wall.profile import Profile
from pitbox.wall.settings import Settings, Storage

SETTINGS = Settings(storage=Storage(reserve_bytes=1 << 20))
_PATIENCE_MS = 90_000


def test_a_race_from_the_grid_to_the_flag(qapp: QApplication, profile: Profile, qtbot: QtBot) -> None:
    race = DemoRace(profile, SETTINGS, "duel", minutes=2.5, speed=200)
    desk = EngineerDesk(race, profile, SETTINGS)
    seen: list[str] = []
    desk.bridge.raced.connect(lambda change: seen.append(change.scene.head.phase))
    desk.open()
    race.start()
    try:
        table = desk.window.deck.docks["timing"].panel
        qtbot.waitUntil(lambda: table.model.rowCount() == 4, timeout=_PATIENCE_MS)
        qtbot.waitUntil(lambda: race.has_ended, timeout=_PATIENCE_MS)
        assert race.stop()
        desk.bridge.pull()
        truth = race.hub.standings.take()[1]
        assert truth is not None
        for row, car in enumerate(truth.cars):
            cells = table.model.cells(row)
            assert table.model.lines[row].car_idx == car.car_idx
            assert cells[NAMES["stops"]].text == str(car.stops)
            assert cells[NAMES["best"]].text == lap_words(car.best_lap_s)
        assert "racing" in seen
        assert desk.window.top.state.text() == "ended"
        assert not table.view._is_stale
    finally:
        race.stop()
        desk.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_window_opened_late_shows_the_same(
    qapp: QApplication, profile: Profile, qtbot: QtBot, when: str
) -> None:
    """Whoever looks later has missed nothing."""
    race = DemoRace(profile, SETTINGS, "duel", minutes=1, speed=400)
    desk = EngineerDesk(race, profile, SETTINGS)
    race.start()
    try:
        if when == "before":
            desk.open()
        qtbot.waitUntil(lambda: race.has_ended, timeout=_PATIENCE_MS)
        assert race.stop()
        if when == "after":
            desk.open()
        desk.bridge.pull()
        rows = desk.bridge.scene.rows
        assert len(rows) == 4
        stops = {row.car_idx: row.stop for row in rows if row.stops}
        assert all(stop is not None for stop in stops.values())
        assert {idx: len(car.laps) for idx, car in desk.bridge.story.cars.items()} == {
            row.car_idx: row.laps for row in rows
        }
    finally:
        race.stop()
        desk.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
