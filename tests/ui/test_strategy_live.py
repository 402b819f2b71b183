"""The Strategy page and the calls on a race that goes on: real answers by real threads, real hands."""

from collections.abc import Iterator

import msgspec
import pytest
from engineer_room import profile_in
from live_race import HandClock, LiveRace
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pitbox.log.shelf import Shelf
from pitbox.model.advice import Reply, advices
from pitbox.ui.race.timing.column import NAMES
from pitbox.wall.edit_book import EditBook

BEGIN_S = 420.0
"""Lap 4 of 17: our tank reaches lap 9."""
LAP_S = 112.0
LEFT = Qt.MouseButton.LeftButton
SHEETS = ("choices", "timeline", "fuel", "contingency", "tree", "ending")


@pytest.fixture(scope="module")
def live(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveRace]:
    """One race for all tests of this module: each takes it as far as the ones before have driven it."""
    with pytest.MonkeyPatch.context() as patch:
        clock = HandClock()
        patch.setattr("pitbox.ui.engineer.desk.SystemClock", lambda: clock)
        made = LiveRace(profile_in(tmp_path_factory.mktemp("live")), clock, "sprint")
        try:
            made.drive(BEGIN_S)
            yield made
        finally:
            made.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def race(live: LiveRace) -> LiveRace:
    """On its Strategy page, answered, with nothing tried."""
    live.window.resize(1600, 1000)
    live.window.go_to("strategy")
    live.be_answered()
    live.page.trial.reset()
    live.desk.stage.undo.clear()
    live.pull()
    return live


def said(race: LiveRace, name: str) -> str:
    picture = race.panel(name).picture
    picture.grab()
    return " | ".join(ink.text for ink in picture.pen.inks)


def handle(race: LiveRace, at: int) -> QPoint:
    race.page.timeline.picture.grab()
    found = next(one for one in race.page.timeline.handles if one.stop == at)
    return QPoint(round(found.x), round((found.top + found.bottom) / 2))


def slide(picture, place: QPoint) -> None:
    """The mouse moves with its button held; qtbot's moves hold none."""
    where = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove, where, picture.mapToGlobal(where), Qt.MouseButton.NoButton, LEFT,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(picture, event)


def be_tried(race: LiveRace) -> None:
    trial = race.page.trial
    race.until(lambda: not trial.is_waiting, "what is tried is answered")


def test_each_panel_fills_and_all_of_them_say_the_same(race: LiveRace) -> None:
    answer = race.answer
    for name in SHEETS:
        assert race.panel(name).has_something, name
        assert not race.panel(name).picture.is_faint
        assert race.panel(name).age.text() == ""
    choices = said(race, "choices")
    assert all(one.choice.words in choices for one in answer.rated)
    assert "To first" in choices
    lanes = race.page.timeline.lanes()
    assert [stop.lap for stop in lanes.lanes[0].stops] == [s.lap for s in answer.rated[0].choice.stops]
    assert len(lanes.lanes) == 1 + min(5, len(answer.rated))
    assert lanes.window is not None
    assert lanes.window[0] <= lanes.window[1]
    assert handle(race, 0).x() > 0
    assert answer.fuel.laps[0] == race.own_laps
    assert {one.kind for one in answer.contingencies} >= {"rain", "lost"}
    assert all(one.title in said(race, "contingency") for one in answer.contingencies)
    assert f"Our last lap {race.bridge.forecast.said.end.laps.quantile(0.5)}" in said(race, "ending")
    assert "Now" in said(race, "tree")
    if answer.tyres is None or not answer.tyres.points:
        assert "No tyre wear" in said(race, "tyres")


def test_the_race_page_has_the_cards_and_a_window_for_each_car(race: LiveRace) -> None:
    race.window.go_to("race")
    race.pull()
    calls = race.window.deck.docks["calls"].panel
    assert [call.key for call in calls.calls] == [call.key for call in race.answer.calls]
    calls.picture.grab()
    first = race.answer.calls[0].words.split(",")[0]
    assert first in " ".join(ink.text for ink in calls.picture.pen.inks)
    foreseen = [row for row in race.bridge.scene.rows if row.window is not None]
    assert [row for row in foreseen if row.is_ours], "ours is known after a few laps"
    table = race.window.deck.docks["timing"].panel
    bars = [table.model.cells(at)[NAMES["window"]].window for at in range(table.model.rowCount())]
    assert sum(bar is not None for bar in bars) == len(foreseen)


def test_a_drag_outlives_a_lap_and_is_answered_about_the_new_one(race: LiveRace, qtbot: QtBot) -> None:
    trial, picture = race.page.trial, race.page.timeline.picture
    before = [stop.lap for stop in trial.stops]
    at = handle(race, 0)
    qtbot.mousePress(picture, LEFT, pos=at)
    per_lap = race.page.timeline.scale.per_lap
    slide(picture, at - QPoint(round(per_lap), 0))
    held = [stop.lap for stop in trial.stops]
    assert held[0] == before[0] - 1
    be_tried(race)
    old, laps = trial.tried, race.own_laps
    race.drive(LAP_S)
    race.be_answered()
    assert race.own_laps > laps
    assert [stop.lap for stop in trial.stops] == held, "what is held stays where it is"
    be_tried(race)
    assert trial.tried.asked.number > old.asked.number, "asked anew about the lap that is driven now"
    assert trial.tried.asked.stops == trial.asked.stops
    assert race.answer.laps == race.own_laps
    scale = race.page.timeline.scale
    slide(picture, QPoint(round(scale.x(held[0] + 1)), at.y()))
    assert trial.stops[0].lap == held[0] + 1, "the axis has moved on; the hand says which lap"
    qtbot.mouseRelease(picture, LEFT, pos=QPoint(round(scale.x(held[0] + 1)), at.y()))
    race.run("window.undo")
    assert trial.is_empty
    race.run("window.redo")
    assert trial.stops[0].lap == held[0] + 1


def test_a_stop_is_moved_by_keys_answered_by_races_and_taken_back(race: LiveRace, qtbot: QtBot) -> None:
    trial, picture = race.page.trial, race.page.timeline.picture
    race.window.activateWindow()
    picture.setFocus()
    before = trial.stop.lap
    qtbot.keyClick(picture, Qt.Key.Key_Left)
    assert trial.stop.lap == before - 1
    be_tried(race)
    race.until(lambda: trial.tried.races >= 512, "it gets finer while one looks")
    words, _ = race.page.timeline.verdict()
    assert "places to the first" in words or "Breaks a rule" in words
    assert "?" in said(race, "choices"), "what is tried stands under the ranking"
    qtbot.keyClick(picture, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    race.pull()
    assert trial.is_empty
    assert trial.stop.lap == before


def test_what_nobody_works_out_any_more_says_how_old_it_is(race: LiveRace) -> None:
    laps, forecaster = race.answer.laps, race.desk._forecaster
    with pytest.MonkeyPatch.context() as patch:  # its thread lives and has nothing to say
        patch.setattr(forecaster, "look", lambda: None)
        patch.setattr(forecaster.adviser, "step", lambda: False)
        race.drive(LAP_S)
        assert race.answer.laps == laps
        assert race.own_laps > laps
        ages = set()
        for _ in range(2):
            race.drive(61.0)
            for name in SHEETS:
                assert race.panel(name).picture.is_faint, name
            (age,) = {race.panel(name).age.text() for name in SHEETS}
            ages.add(age)
        assert len(ages) == 2, "the words grow older with it"
    race.be_answered()
    for name in SHEETS:
        assert not race.panel(name).picture.is_faint, name
        assert race.panel(name).age.text() == "", name


def test_cards_of_the_lap_before_say_so(race: LiveRace) -> None:
    """They are worked out last, when the ranking of a new lap stands already."""
    answer = race.answer
    race.bridge.advised.emit(msgspec.structs.replace(answer, is_whole=False, aside_laps=answer.laps - 1))
    for name in ("contingency", "tree"):
        assert race.panel(name).age.text() == f"as of lap {answer.laps - 1}"
    assert race.panel("choices").age.text() == ""
    race.bridge.advised.emit(answer)
    assert race.panel("tree").age.text() == ""


def test_what_was_said_to_a_card_stands_in_the_log_for_who_opens_it_again(
    race: LiveRace, qtbot: QtBot
) -> None:
    race.window.go_to("race")
    race.window.activateWindow()
    race.run("calls.go")
    calls = race.window.deck.docks["calls"].panel
    race.until(lambda: calls.calls, "a card")
    adviser, office = race.bridge.adviser, race.race.office
    race.until(lambda: adviser._book is not None and calls.current.key in adviser._book._cards, "it is noted")
    key, noted = calls.current.key, adviser._book._cards[calls.current.key].key
    qtbot.keyClick(calls.picture, Qt.Key.Key_Return)
    qtbot.keyClick(calls.picture, Qt.Key.Key_N)
    assert key not in [call.key for call in calls.calls]
    (card,) = [one for one in office.book.ask(advices) if one.key == noted]
    assert card.reply is Reply.NOT_NOW
    assert adviser.replied(key, race.own_laps)[0] is Reply.NOT_NOW
    race.until(lambda: _stored(race, noted) == Reply.NOT_NOW, "it lies in the log")


def _stored(race: LiveRace, key: str) -> Reply | None:
    """As another start of PitBox reads it."""
    shelf: Shelf = race.race.wall.shelf
    book = EditBook(shelf, race.race.office.book._signer, race.clock)
    try:
        book.enter(race.race.session)
        return next((one.reply for one in book.ask(advices) if one.key == key), None)
    finally:
        book.close()
