"""The window on a real wall: a race is driven, logged and folded, and the table shows what was folded."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pitbox.log.edits import is_edit_log
from pitbox.log.merge import merged
from pitbox.model.ids import Axis
from pitbox.timing.race import RaceFold
from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.ui.race.timing.column import NAMES
from pitbox.ui.scene.words import lap_words
from pitbox.wall.demo import DemoRace
from pitbox.wall.profile import Profile
from pitbox.wall.settings import Settings, Storage

SETTINGS = Settings(storage=Storage(reserve_bytes=1 << 20))
_PATIENCE_MS = 90_000

pytestmark = pytest.mark.usefixtures("duel_is_quick")


def test_a_race_from_the_grid_to_the_flag(qapp: QApplication, profile: Profile, qtbot: QtBot) -> None:
    race = DemoRace(profile, SETTINGS, "duel", minutes=1.25, speed=200)
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
        assert_all_laps_are_shown(desk)
        assert "racing" in seen
        assert desk.window.top.state.text() == "ended"
        assert not table.view._is_stale
    finally:
        race.stop()
        desk.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_window_opened_late_shows_the_same(qapp: QApplication, profile: Profile, qtbot: QtBot) -> None:
    """Whoever looks later has missed nothing."""
    race = DemoRace(profile, SETTINGS, "duel", minutes=0.75, speed=400)
    desk = EngineerDesk(race, profile, SETTINGS)
    race.start()
    try:
        qtbot.waitUntil(lambda: race.has_ended, timeout=_PATIENCE_MS)
        assert race.stop()
        desk.open()
        desk.bridge.pull()
        assert_all_laps_are_shown(desk)
    finally:
        race.stop()
        desk.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def assert_all_laps_are_shown(desk: EngineerDesk) -> None:
    rows = desk.bridge.scene.rows
    assert len(rows) == 4
    stops = {row.car_idx: row.stop for row in rows if row.stops}
    assert all(stop is not None for stop in stops.values())
    laps = {idx: len(car.laps) for idx, car in desk.bridge.story.cars.items()}
    assert laps == {row.car_idx: row.laps for row in rows}


def folded_until(race: DemoRace, at: Axis) -> RaceFold:
    """All that lies on the disk up to there, folded by nobody else's hands."""
    readers = [r for r in race.wall.shelf.readers(race.session) if not is_edit_log(r.folder)]
    fold = RaceFold()
    for item in merged(readers):
        if item.axis > at:
            break
        fold.fold(item.record, item.log.epoch)
    return fold


def test_whoever_looks_back_sees_the_fold_and_what_people_set_right_holds_in_it(
    qapp: QApplication, profile: Profile, qtbot: QtBot
) -> None:
    """One race through all of it: driven, logged, folded, corrected by hand, scrubbed, undone, live again."""
    race = DemoRace(profile, SETTINGS, "duel", minutes=1.25, speed=100)
    desk = EngineerDesk(race, profile, SETTINGS)
    deck, stage, bridge = desk.window.deck, desk.stage, desk.bridge
    table = deck.docks["timing"].panel
    desk.open()
    race.start()
    try:
        qtbot.waitUntil(lambda: race.has_ended, timeout=_PATIENCE_MS)
        qtbot.waitUntil(lambda: race.office.book is not None, timeout=_PATIENCE_MS)
        own = bridge.scene.own_car_idx
        (retire,) = [
            offer
            for group in table.corrector.groups(own)
            for offer in group.offers
            if "retired" in offer.words.lower()
        ][:1]
        table.corrector.write(retire.draft, retire.words)
        qtbot.waitUntil(lambda: bridge.scene.row(own).status == "retired", timeout=_PATIENCE_MS)
        end_s = bridge.scene.head.sim_time_s
        qtbot.waitUntil(
            lambda: bool(race.moments.reaches()) and race.moments.reaches()[-1].end_s > end_s - 1.0,
            timeout=_PATIENCE_MS,
        )
        for share in (0.35, 0.8):
            stage.look_back.look_at(end_s * share)
            qtbot.waitUntil(
                lambda wished_s=end_s * share: (
                    bridge.still is not None and bridge.still.asked.sim_time_s == wished_s
                ),
                timeout=_PATIENCE_MS,
            )
            truth = folded_until(race, bridge.still.asked).standings()
            assert bridge.still.standings == truth
            assert bridge.scene.head.sim_time_s == truth.sim_time_s
            for row, car in enumerate(truth.cars):
                assert table.model.lines[row].car_idx == car.car_idx
                assert table.model.cells(row)[NAMES["best"]].text == lap_words(car.best_lap_s)
            assert {car.car_idx for car in deck.docks["track"].panel.view.picture.cast.cars} == {
                car.car_idx for car in truth.cars
            }
            assert desk.window.race_page.strip.isVisible()
            assert bridge.scene.row(own).status != "retired"  # that was said at the end
        (car,) = table.corrector.groups(own)
        table.corrector.write(car.offers[1].draft, car.offers[1].words)
        qtbot.waitUntil(lambda: bridge.scene.row(own).status == "retired", timeout=_PATIENCE_MS)
        stage.look_back.look_at(end_s * 0.35)
        qtbot.waitUntil(lambda: bridge.still.asked.sim_time_s == end_s * 0.35, timeout=_PATIENCE_MS)
        assert bridge.scene.row(own).status != "retired"
        stage.look_back.go_live()
        assert bridge.scene.row(own).status == "retired"
        for _ in range(2):
            desk.window.stage.undo.undo()
        qtbot.waitUntil(lambda: bridge.scene.row(own).status != "retired", timeout=_PATIENCE_MS)
        assert bridge.scene.head.sim_time_s >= end_s
        assert not desk.window.race_page.strip.isVisible()
    finally:
        race.stop()
        desk.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
