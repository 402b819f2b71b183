"""The Laps page under a person's hands."""

from collections.abc import Callable, Iterator

import msgspec
import pytest
from lap_room import SESSION, LapRoom, store_race
from made_once import MadeOnce
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pitbox.analysis.driven import Mistake, MistakeKind
from pitbox.analysis.mistake.find import LapMistakes
from pitbox.model.ids import SessionId
from pitbox.store.database import Database
from pitbox.store.errors import StoreClosedError
from pitbox.store.lap_list import listed_laps
from pitbox.ui.scene.lap_fault import faults_of
from pitbox.ui.scene.lap_layout import DELTA

LEFT = Qt.MouseButton.LeftButton
Enter = Callable[..., LapRoom]


@pytest.fixture(scope="session")
def lap_store(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = made_once("lap-race", store_race)
    copied = tmp_path_factory.mktemp("laps") / "race.duckdb"
    copied.write_bytes((made / "race.duckdb").read_bytes())
    with Database(copied) as database:
        yield database


@pytest.fixture
def enter(opened: Callable[..., object], lap_store: Database) -> Enter:
    return lambda **more: LapRoom(opened, lap_store, **more)


@pytest.fixture
def room(enter: Enter) -> LapRoom:
    return enter()


def wheel(room: LapRoom, at: QPoint, by: int) -> None:
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        QPointF(at), QPointF(at), QPoint(), QPoint(0, by), Qt.MouseButton.NoButton, none,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(room.page.plot, event)
    room.settle()


def test_laps_are_picked_by_keys_and_mouse_and_others_say_why_not(room: LapRoom, qtbot: QtBot) -> None:
    table, board = room.page.table, room.board
    assert len(board.shown) == len(board.list.laps) > 8
    room.key(qtbot, Qt.Key.Key_Home, where=table)
    room.key(qtbot, Qt.Key.Key_Space, where=table)
    own = table.lap
    assert own.is_own
    assert board.picks == (own,)
    other = next(at for at, one in enumerate(board.shown) if one.is_own and one is not own)
    y = room.room.desk.look.px(22) + (other - table.first) * room.room.desk.look.row_height + 4
    qtbot.mouseClick(table, LEFT, pos=QPoint(60, y))
    room.settle(room.is_drawn)
    assert [one.listed for one in board.set.laps] == [own, board.shown[other]]
    table.at = next(at for at, one in enumerate(board.shown) if not one.is_own)
    room.key(qtbot, Qt.Key.Key_Return, where=table)
    assert len(board.picks) == 2
    room.key(qtbot, Qt.Key.Key_Backspace, where=table)
    assert board.picks == ()


def test_the_list_is_filtered_by_switches_and_words(room: LapRoom, qtbot: QtBot) -> None:
    board, page = room.board, room.page
    room.key(qtbot, Qt.Key.Key_D, where=page.table)
    assert board.shown
    assert all(one.is_own for one in board.shown)
    count = len(board.shown)
    qtbot.mouseClick(page.chips, LEFT, pos=room.spot(page.chips, "Flying laps"))
    assert 0 < len(board.shown) < count
    room.key(qtbot, Qt.Key.Key_Slash, where=page.table)
    qtbot.keyClicks(page.line, "lap 2")
    assert [one.lap for one in board.shown] == [2]
    qtbot.keyClicks(page.line, "x")
    assert not board.shown


def test_delta_ends_at_the_difference_and_corners_add_up(room: LapRoom) -> None:
    room.draw(2)
    first, second = room.board.set.laps
    strip = next(one for one in room.board.strips if one.name == DELTA)
    assert strip.laps[0].value_at(1.0, is_by_time=False) == pytest.approx(
        second.lap.time_s - first.lap.time_s, abs=1e-6
    )
    parts = sum(one.total_s for one in (*second.loss.corners, *second.loss.straights))
    assert parts == pytest.approx(second.loss.total_s, abs=1e-6)
    room.page.corners.grab()
    words = [ink.text for ink in room.page.corners.pen.inks]
    assert "In all" in words
    assert any("lost." in one or "gained." in one or "ven." in one for one in words)


def test_one_cursor_stands_on_traces_map_and_axis(room: LapRoom, qtbot: QtBot) -> None:
    room.draw(2)
    qtbot.mouseMove(room.page.plot, room.at(0.4))
    assert room.board.cursor == pytest.approx(0.4, abs=0.005)
    before = room.page.map.grab().toImage()
    room.key(qtbot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert room.board.cursor > 0.41
    assert room.page.map.grab().toImage() != before


def test_zoom_by_drag_wheel_keys_and_corner(room: LapRoom, qtbot: QtBot) -> None:
    room.draw(2)
    plot, board = room.page.plot, room.board
    start, end = room.at(0.2), room.at(0.5)
    qtbot.mousePress(plot, LEFT, pos=start)
    qtbot.mouseMove(plot, room.at(0.35))
    qtbot.mouseMove(plot, end)
    qtbot.mouseRelease(plot, LEFT, pos=end)
    assert board.span == pytest.approx((0.2, 0.5), abs=0.01)
    wheel(room, room.at(0.3), 120)
    assert board.span[1] - board.span[0] == pytest.approx(0.24, abs=0.01)
    room.key(qtbot, Qt.Key.Key_F)
    assert board.span == (0.0, 1.0)
    corner = board.set.corners[1]
    qtbot.mouseClick(room.page.map, LEFT, pos=room.spot(room.page.map, f"Corner {corner.number},"))
    assert board.span[0] < corner.apex < board.span[1]
    assert board.span[1] - board.span[0] < 0.3
    before = board.span
    room.key(qtbot, Qt.Key.Key_N)
    assert board.span > before
    room.key(qtbot, Qt.Key.Key_Escape)
    assert board.span == (0.0, 1.0)


def test_traces_are_added_moved_taken_out_and_kept(room: LapRoom, qtbot: QtBot) -> None:
    room.draw(2)
    board = room.board
    room.room.run("laps.add.RPM")
    room.settle(room.is_drawn)
    assert board.layout.strips[-1] == "RPM"
    assert board.strips[-1].laps
    plot = room.page.plot
    plot.grab()
    bands = plot.bands
    qtbot.mousePress(plot, LEFT, pos=QPoint(20, round(bands[-1].top) + 8))
    qtbot.mouseMove(plot, QPoint(20, round(bands[2].top) + 40))
    qtbot.mouseMove(plot, QPoint(20, round(bands[1].top) + 8))
    qtbot.mouseRelease(plot, LEFT, pos=QPoint(20, round(bands[1].top) + 8))
    assert board.layout.strips[1] == "RPM"
    room.page.save_traces("Mine")
    room.key(qtbot, Qt.Key.Key_Delete)
    assert "RPM" not in board.layout.strips
    room.room.run("laps.open.Mine")
    assert board.layout.strips[1] == "RPM"


def test_a_channel_is_dragged_to_its_place_and_off_again(room: LapRoom, qtbot: QtBot) -> None:
    room.draw(2)
    board, plot, names = room.board, room.page.plot, room.page.traces.drawer.names
    room.key(qtbot, Qt.Key.Key_A)
    assert names.isVisible()
    qtbot.keyClicks(room.page.traces.drawer.line, "rpm")
    assert names.shown[0].name == "RPM"
    plot.grab()
    gap = round(plot.bands[2].top)

    def within(x: int, y: int) -> QPoint:
        return names.mapFromGlobal(plot.mapToGlobal(QPoint(x, y)))

    qtbot.mousePress(names, LEFT, pos=QPoint(20, 8))
    qtbot.mouseMove(names, within(60, gap - 30))
    qtbot.mouseMove(names, within(200, gap + 5))
    qtbot.mouseRelease(names, LEFT, pos=within(200, gap + 5))
    assert board.layout.strips.index("RPM") == 2
    room.settle(room.is_drawn)
    plot.grab()
    assert plot.bands[2].strip.laps
    line = QPoint(20, round(plot.bands[2].top) + 8)
    qtbot.mousePress(plot, LEFT, pos=line)
    qtbot.mouseMove(plot, QPoint(-20, line.y()))
    qtbot.mouseMove(plot, QPoint(-60, line.y()))
    qtbot.mouseRelease(plot, LEFT, pos=QPoint(-60, line.y()))
    assert "RPM" not in board.layout.strips
    room.room.desk.window.stage.undo.undo()
    assert board.layout.strips.index("RPM") == 2
    qtbot.keyClick(room.page.traces.drawer.line, Qt.Key.Key_Return)
    assert "RPM" not in board.layout.strips


def test_what_cannot_be_drawn_is_said_and_passed_over(room: LapRoom) -> None:
    board = room.board
    broken = next(one for one in room.own(is_clean=False) if not one.is_clean)
    quick = msgspec.structs.replace(broken, time_s=1.0, is_clean=True)
    board.list = msgspec.structs.replace(board.list, laps=(quick, *board.list.laps))
    board.pick_best()
    room.settle(lambda: room.is_drawn() and not board.set.refused)
    assert [one.lap.time_s for one in board.set.laps] == sorted(one.lap.time_s for one in board.set.laps)
    assert quick not in board.picks
    board.pick(broken)
    room.settle(room.is_drawn)
    assert board.set.refused[0][0] == broken
    room.page.plot.grab()
    told = [spot.tip for spot in room.page.plot.spots if "cannot be drawn" in spot.tip]
    assert told
    assert board.set.refused[0][1] in told[0]


def test_mistakes_stand_on_their_lap_wherever_it_is_shown(room: LapRoom, qtbot: QtBot) -> None:
    room.draw(2)
    board, page = room.board, room.page
    corner = board.set.corners[2]
    words = f"Lock-up at corner {corner.number}: the front left for 0.4 s; 0.12 s lost."
    mistake = Mistake(MistakeKind.LOCK_UP, corner.start, corner.apex, 0.4, 3.0, 0.12, corner.number, words)
    board.habit = msgspec.structs.replace(board.habit, of_laps=((1, LapMistakes("", (mistake,), {})),))
    board.faults = faults_of(board.set, board.habit)
    board.drawn.emit()
    for picture in (page.plot, page.map):
        at = room.spot(picture, words)
        assert picture.spot_at(QPointF(at)).tip.startswith(f"B, lap {board.set.laps[1].listed.lap}. {words}")
    page.corners.grab()
    assert "B lock-up 0.12 s" in [ink.text for ink in page.corners.pen.inks]
    qtbot.mouseClick(page.plot, LEFT, pos=room.spot(page.plot, words))
    assert board.span[0] < corner.start < corner.apex < board.span[1]


def test_a_formula_is_a_trace_and_what_is_no_formula_is_refused(room: LapRoom) -> None:
    room.draw(2)
    board = room.board
    room.page.take_formula("Grip = hypot(LatAccel, LongAccel) / 9.81")
    room.settle(room.is_drawn)
    strip = next(one for one in board.strips if one.name == "Grip")
    assert strip.laps
    assert strip.high > 0.5
    count = len(board.layout.strips)
    told = []
    room.room.desk.window.stage.notices.told.connect(lambda _level, words, *_: told.append(words))
    for text in ("Bad = Speed.real", "No = Sped + 1"):
        room.page.take_formula(text)
    assert len(board.layout.strips) == count
    assert "There is no channel Sped. Is Speed meant?" in told[-1]


def test_a_channel_that_a_lap_has_not_is_said(room: LapRoom) -> None:
    room.draw(2)
    room.board.add("NoSuchChannel")
    room.settle(room.is_drawn)
    strip = next(one for one in room.board.strips if one.name == "NoSuchChannel")
    assert not strip.laps
    assert strip.why == ("NoSuchChannel was not recorded.",)


def test_time_instead_of_distance_and_every_figure(room: LapRoom, qtbot: QtBot) -> None:
    room.draw(2)
    room.key(qtbot, Qt.Key.Key_T)
    plot = room.page.plot
    plot.grab()
    assert plot.axis.is_by_time
    assert plot.axis.end == pytest.approx(max(one.lap.time_s for one in room.board.set.laps))
    shown = set()
    for _ in range(3):
        room.key(qtbot, Qt.Key.Key_G)
        shown.add(room.page.figure.choice.kind)
        assert len(room.page.figure.grab().toImage().bits()) > 0
    assert shown == {"Scatter", "G-G", "Histogram"}
    room.key(qtbot, Qt.Key.Key_R)
    room.settle(room.is_drawn)
    room.key(qtbot, Qt.Key.Key_H)
    assert room.page.map.is_hot
    room.page.map.grab()
    assert any("mistake" in ink.text for ink in room.page.map.pen.inks)


def test_a_store_that_cannot_be_read_is_said(room: LapRoom) -> None:
    class Shut:
        def cursor(self, timeout_s: float):
            raise StoreClosedError("The store is closed.")

    room.board.desk._archive_of = lambda _: Shut()
    room.board.list = None
    room.board.ask_list()
    room.settle(lambda: room.board.list is not None)
    room.page.table.grab()
    assert "The store is closed." in " ".join(ink.text for ink in room.page.table.pen.inks)
    assert room.page.table.lap is None


def test_a_lap_that_a_team_mate_drove_is_listed_as_one_that_cannot_be_drawn(lap_store: Database) -> None:
    with lap_store.cursor() as cursor:
        before = [one for one in listed_laps(cursor, SESSION) if one.is_own]
        handed = before[len(before) // 2]
        cursor.execute("BEGIN")
        cursor.execute(
            'UPDATE own_car SET "IsOnTrack" = FALSE WHERE "SessionTime" BETWEEN ? AND ?',
            [handed.start_s + handed.time_s * 0.05, handed.start_s + handed.time_s * 0.95],
        )
        after = [one.lap for one in listed_laps(cursor, SESSION) if one.is_own]
        cursor.execute("ROLLBACK")
    assert after == [one.lap for one in before if one != handed]


def test_a_race_that_begins_while_the_page_is_open_is_listed(room: LapRoom) -> None:
    room.room.feed.hub.enter(SessionId("sub-later"))
    room.settle(lambda: room.board.list.session == "sub-later")
    assert room.board.shown == ()
    room.room.feed.give()
    room.settle(lambda: bool(room.room.desk.bridge.scene.rows))
    room.page.table.renew()
    room.page.table.grab()
    said = " ".join(ink.text for ink in room.page.table.pen.inks)
    assert "ahead of the database" in said, "cars have driven laps that no list has yet"
