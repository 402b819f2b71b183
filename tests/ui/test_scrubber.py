"""Looking back: drag, keys, incidents; the page shows that moment, and says so until it is live again."""

import time
from collections.abc import Iterator

import long_race
import pytest
import scenes
from plot_room import END_S, PlotRoom
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from still_past import AnsweringMoments, HandPast

from pitbox.ui.scene.race import RaceChange
from pitbox.wall.profile import Profile

DEADLINE_MS = 60_000


@pytest.fixture
def moments() -> Iterator[AnsweringMoments]:
    made = AnsweringMoments(HandPast(END_S))
    yield made
    made.close()


@pytest.fixture
def raced(qapp: QApplication, profile: Profile, moments: AnsweringMoments) -> Iterator[PlotRoom]:
    room = PlotRoom(profile, moments=moments)
    yield room
    room.close()


def wait_for_still(room: PlotRoom, qtbot: QtBot, at_s: float) -> None:
    """Until the page shows it."""
    deadline_s = time.monotonic() + DEADLINE_MS / 1000
    while time.monotonic() < deadline_s:
        room.pull()
        still = room.stage.look_back.still
        if still is not None and still.asked.sim_time_s == pytest.approx(at_s):
            return
        qtbot.wait(5)
    raise AssertionError(f"The moment {at_s} was not shown.")


def test_a_drag_shows_that_moment_on_the_whole_page(raced: PlotRoom, qtbot: QtBot) -> None:
    bar, told = raced.page.bar, []
    raced.bridge.raced.connect(told.append)
    track = bar.track
    at = QPoint(track.left() + track.width() // 3, track.center().y())
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=at)
    wanted_s = bar.time_at(at.x())
    QTest.mouseMove(bar, at + QPoint(40, 0))
    wanted_s = bar.time_at(at.x() + 40)
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=at + QPoint(40, 0))
    wait_for_still(raced, qtbot, wanted_s)
    change = told[-1]
    assert isinstance(change, RaceChange)
    assert change.scene.head.sim_time_s == pytest.approx(wanted_s)
    assert raced.bridge.scene is change.scene
    strip = raced.page.strip
    assert strip.isVisible()
    assert strip.words.text().startswith("Looking back: 1:1")
    assert strip.words.text().endswith(", lap 188")


def test_what_comes_meanwhile_is_there_on_the_way_back(raced: PlotRoom, qtbot: QtBot) -> None:
    raced.page.bar.go_to(5_000.0)
    wait_for_still(raced, qtbot, 5_000.0)
    raced.feed.give(scenes.standings(END_S + 60.0))
    raced.pull()
    assert raced.bridge.scene.head.sim_time_s == 5_000.0
    assert raced.stage.timeline.now_s == END_S + 60.0
    QTest.mouseClick(raced.page.strip.button, Qt.MouseButton.LeftButton)
    assert raced.bridge.scene.head.sim_time_s == END_S + 60.0
    assert not raced.page.strip.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_L, Qt.Key.Key_Escape])
def test_a_key_goes_back_to_live_and_means_nothing_else_then(
    raced: PlotRoom, qtbot: QtBot, key: Qt.Key
) -> None:
    look_back = raced.stage.look_back
    ways = raced.page._ways_out
    assert [way.isEnabled() for way in ways] == [False, False]
    look_back.look_at(5_000.0)
    assert [way.isEnabled() for way in ways] == [True, True]
    raced.page.bar.setFocus()
    raced.page.activateWindow()
    QTest.keyClick(raced.page.bar, key)
    qtbot.waitUntil(lambda: look_back.is_live, timeout=DEADLINE_MS)


def test_keys_step_by_seconds_laps_and_incidents(raced: PlotRoom) -> None:
    bar, look_back = raced.page.bar, raced.stage.look_back
    QTest.keyClick(bar, Qt.Key.Key_Left)
    assert look_back.wished_s == pytest.approx(END_S - 10.0)
    QTest.keyClick(bar, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    ends = bar.marks.lap_ends_s
    assert look_back.wished_s == max(end_s for end_s in ends if end_s < END_S - 10.5)
    QTest.keyClick(bar, Qt.Key.Key_PageUp)
    incident = max(mark.at_s for mark in bar.marks.incidents if mark.at_s < look_back.wished_s + 0.5)
    assert look_back.wished_s == incident
    culprit = next(mark.car_idx for mark in bar.marks.incidents if mark.at_s == incident)
    assert raced.stage.selection.car_idx == culprit
    QTest.keyClick(bar, Qt.Key.Key_Home)
    assert look_back.wished_s == long_race.GREEN_S
    QTest.keyClick(bar, Qt.Key.Key_End)
    assert look_back.is_live


def test_the_newest_moment_is_live(raced: PlotRoom) -> None:
    bar = raced.page.bar
    bar.go_to(END_S - 30.0)
    assert not raced.stage.look_back.is_live
    for _ in range(3):
        bar.step(10.0)
    assert raced.stage.look_back.is_live


def test_while_dragging_only_the_newest_wish_counts(raced: PlotRoom, qtbot: QtBot, moments) -> None:
    for step in range(60):
        raced.stage.look_back.look_at(3_000.0 + 50.0 * step)
    wait_for_still(raced, qtbot, 5_950.0)
    assert raced.stage.look_back.still.asked.sim_time_s == 5_950.0


def test_an_incident_that_is_clicked_elsewhere_is_shown(raced: PlotRoom, qtbot: QtBot) -> None:
    raced.stage.selection.look_at(7_000.0)
    wait_for_still(raced, qtbot, 7_000.0)
    assert raced.bridge.still is not None


def test_a_race_without_a_past_says_so(raced: PlotRoom) -> None:
    raced.feed.moments = None
    told: list[str] = []
    raced.stage.notices.told.connect(lambda _, words, *__: told.append(words))
    raced.stage.look_back.look_at(5_000.0)
    assert told == ["There is no record of this race to look back at."]
    assert raced.stage.look_back.is_live


def test_without_a_race_there_is_no_scrubber(opened) -> None:
    room = opened(is_filled=False)
    assert not room.window.race_page.bar.isVisible()
    room.feed.give()
    room.pull()
    assert room.window.race_page.bar.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_L, Qt.Key.Key_Escape])
def test_the_keys_of_the_page_work_on_a_panel_that_was_torn_off(opened, moments, qtbot, key: Qt.Key) -> None:
    room = opened()
    room.feed.moments = moments
    look_back, dock = room.desk.stage.look_back, room.window.deck.docks["incidents"]
    dock.setFloating(True)
    dock.show()
    qtbot.waitExposed(dock)
    dock.activateWindow()
    dock.panel.list.setFocus()
    look_back.look_at(scenes.standings().sim_time_s - 60.0)
    assert not look_back.is_live
    QTest.keyClick(dock.panel.list, key)
    assert look_back.is_live
    dock.setFloating(False)
    room.window.activateWindow()
    dock.panel.list.setFocus()
    look_back.look_at(scenes.standings().sim_time_s - 60.0)
    QTest.keyClick(dock.panel.list, key)
    assert look_back.is_live, "nor do two of one kind stop each other when it is back"
