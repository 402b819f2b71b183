"""A right click sets a derived fact right; Ctrl+Z takes it back; where two disagree both values are shown."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import scenes
from engineer_room import Room
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from staffed import StaffedRoom

from pitbox.model.amendment import Amendment, Said
from pitbox.model.correction import Correction, correct
from pitbox.model.edit import Edit, Entity
from pitbox.model.fact import DriverStint, Fact, Lap, LapKind, Service, Stint, Stop, TyreStint
from pitbox.model.ids import DeviceId
from pitbox.model.stamp import Stamp
from pitbox.ui.race.timing.column import NAMES
from pitbox.ui.scene.amended import amended_of

OWN, ADA, JO = scenes.OWN, 9021, 9500
STINT = Stint(0, 0, OWN, 5, ADA, 0, 31_000.0, 161)


def facts() -> list[Fact]:
    laps = [
        Lap(
            0,
            0,
            OWN,
            n,
            JO if n <= 60 else ADA,
            200.0 * n,
            200.0 * (n + 1),
            LapKind(),
            4 + (n > 160),
            1,
            1,
            0,
        )
        for n in (60, 159, 160, 161, 162)
    ]
    return [
        *laps,
        Stint(0, 0, OWN, 4, ADA, 0, 20_000.0, 120, 41, 30_900.0, "stop"),
        STINT,
        DriverStint(0, 0, OWN, 1, ADA, 0.0, 1),
        TyreStint(0, 0, OWN, 1, 0, 20_000.0, 120, confidence=0.5),
        Stop(
            0, 0, OWN, 4, 160, 30_900.0, ADA, 0, 30_920.0, 30_980.0, 30_999.0, ADA, 0,
            service=(Service("fuel", 0.6),),
        ),
    ]  # fmt: skip


@pytest.fixture
def staffed(room: Room, tmp_path: Path) -> Iterator[StaffedRoom]:
    made = StaffedRoom(room, tmp_path / "staff")
    room.feed.hub.info.put(with_driver(JO, "Jo Ek"))
    room.pull()
    room.feed.hub.info.put(scenes.info())
    room.feed.hub.publish_facts(facts())
    made.pull()
    room.timing.go_to_ours()
    yield made
    made.close()


def with_driver(user_id: int, name: str):
    info = scenes.info()
    entries = tuple(
        msgspec.structs.replace(entry, user_id=user_id, driver=name) if entry.car_idx == OWN else entry
        for entry in info.entries
    )
    return msgspec.structs.replace(info, entries=entries)


def menu_of(room: Room) -> dict[str, dict[str, QAction]]:
    menu = room.timing.make_menu(OWN)
    parts = [action.menu() for action in menu.actions() if isinstance(action.menu(), QMenu)]
    return {part.title(): {action.text(): action for action in part.actions()} for part in parts}


def cells(room: Room):
    return room.timing.model.cells(room.timing.model.row_of(OWN))


def test_the_driver_of_this_stint_is_set_right_and_undone(staffed: StaffedRoom) -> None:
    room = staffed.room
    part = menu_of(room)["Driver of stint 5"]
    stands = {name: action.isChecked() for name, action in part.items()}
    assert stands == {"Uxía de la Croix": True, "Jo Ek": False}
    part["Jo Ek"].trigger()
    staffed.pull()
    team = cells(room)[NAMES["team"]]
    assert (team.rest, team.corner) == ("Jo Ek", "accent")
    row = room.timing.model.scene.row(OWN)
    assert row is not None
    (amended,) = row.amended
    assert amended.words.startswith("Driver of stint 5: Jo Ek, not")
    assert "Kai at 4:29:33" in amended.words  # of the race, which began 20,000 s into the session
    drove = {lap.lap: lap.user_id for lap in room.desk.bridge.story.cars[OWN].laps}
    assert (drove[160], drove[161], drove[162]) == (ADA, JO, JO)
    room.run("window.undo")
    staffed.pull()
    assert cells(room)[NAMES["team"]].corner == ""
    assert room.timing.model.scene.row(OWN).amended == ()
    assert len(staffed.office.book.ask(lambda ledger: ledger.history())) >= 2, "an undo is an edit too"
    room.run("window.redo")
    staffed.pull()
    assert cells(room)[NAMES["team"]].rest == "Jo Ek"


def test_the_kind_of_the_last_stop_changes_the_age_of_the_tyres(staffed: StaffedRoom) -> None:
    room = staffed.room
    before = int(cells(room)[NAMES["tyre_laps"]].text.lstrip("≈"))
    menu_of(room)["Stop 4, lap 160"]["Tyres"].trigger()
    staffed.pull()
    kinds = [service.what for service in room.desk.bridge.story.cars[OWN].stops.last.service]
    assert kinds == ["fuel", "tyres"]
    assert cells(room)[NAMES["stop_time"]].corner == "accent"
    assert int(cells(room)[NAMES["tyre_laps"]].text) == max(0, before - 41)


def test_retired_and_not_retired(staffed: StaffedRoom) -> None:
    room = staffed.room
    menu_of(room)["Car"]["Retired"].trigger()
    staffed.pull()
    assert cells(room)[NAMES["status"]].text == "ret"
    assert room.desk.bridge.story.cars[OWN].status == "lost"
    menu_of(room)["Car"]["Still racing"].trigger()
    staffed.pull()
    assert cells(room)[NAMES["status"]].text != "ret"


def test_retired_from_the_first_moment_on_is_retired_in_words_too() -> None:
    """0.0 s is a moment, and not a no."""
    edit = Edit(Stamp(1, DeviceId("aa" * 32), 1), Entity("correction", "car"), "retired", 0.0)
    said = Said("car/12", Correction("retired", False, 0.0, edit), "Kai")
    (told,) = amended_of(Amendment(12, (), (said,)), {})
    assert told.words.startswith("Car: retired, not still racing")


def test_two_who_disagree_are_both_shown_until_one_who_sees_it_edits(staffed: StaffedRoom) -> None:
    room, mate = staffed.room, staffed.mate()
    staffed.pull()
    mate.book.write([correct(STINT, "user_id", 9022)])
    staffed.office.book.write([correct(STINT, "user_id", JO)])
    staffed.pull()
    (amended,) = room.timing.model.scene.row(OWN).amended
    assert amended.is_disputed
    assert "Kai" in amended.words
    assert "Lea" in amended.words
    assert cells(room)[NAMES["team"]].corner == "warn"
    at = room.timing.model.index(room.timing.model.row_of(OWN), 0)
    assert "Lea" in room.timing.model.data(at, Qt.ItemDataRole.ToolTipRole)
    menu_of(room)["Driver of stint 5"]["Jo Ek"].trigger()
    staffed.pull()
    (amended,) = room.timing.model.scene.row(OWN).amended
    assert not amended.is_disputed


def test_what_was_said_can_be_taken_back_by_name(staffed: StaffedRoom) -> None:
    room = staffed.room
    menu_of(room)["Driver of stint 5"]["Jo Ek"].trigger()
    staffed.pull()
    (words,) = menu_of(room)["Take back"]
    menu_of(room)["Take back"][words].trigger()
    staffed.pull()
    assert "Take back" not in menu_of(room)


def test_the_menu_opens_by_mouse_and_by_key_for_the_chosen_row(staffed: StaffedRoom, qtbot: QtBot) -> None:
    view = staffed.room.timing.view
    for ask in (
        lambda: view.customContextMenuRequested.emit(view.visualRect(view.currentIndex()).center()),
        lambda: view.customContextMenuRequested.emit(QPoint(1, 1)),
        lambda: qtbot.keyClick(view, Qt.Key.Key_C),
    ):
        ask()
        QApplication.processEvents()
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert "Driver of stint 5" in [action.text() for action in menu.actions()]
        menu.close()
        QApplication.processEvents()


def test_where_nobody_keeps_edits_nothing_is_offered(room: Room) -> None:
    room.feed.hub.publish_facts(facts())
    room.pull()
    assert menu_of(room) == {}
