"""The Stints page under a person's hands: dragged, typed, pressed; each edit is one step for undo."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from plot_room import StoodClock
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from stint_room import CREW, DAY_S, HOUR_S, LAP_S, MORE, StintRoom, drafts

from pitbox.model.drive_rules import DriveRules
from pitbox.model.plan_offer import LEAST_SAID, Change, ChangeKind, Clash, Offer, Relaxation, Solved
from pitbox.model.relay import RuleName
from pitbox.model.role import Role
from pitbox.model.stint_plan import fill
from pitbox.planning.live.errors import StaleOfferError
from pitbox.planning.live.wish import Extend, Missing, PitNow, Swap
from pitbox.ui.scene.plan_cell import CELLS
from pitbox.ui.scene.words import short_name
from pitbox.ui.shell.picture import Picture
from pitbox.ui.stints.workshop import Progress
from pitbox.wall.edit_book import EditBook
from pitbox.wall.planner import Planner

LEFT = Qt.MouseButton.LeftButton
KEY, SHIFT, CTRL = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Enter = Callable[..., StintRoom]


@pytest.fixture(autouse=True)
def _time_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitbox.ui.engineer.desk.SystemClock", StoodClock)


@pytest.fixture
def enter(opened, tmp_path: Path) -> Iterator[Enter]:
    rooms: list[StintRoom] = []

    def make(planned=None, **more) -> StintRoom:
        rooms.append(StintRoom(opened, tmp_path / f"plans{len(rooms)}", planned, **more))
        return rooms[-1]

    yield make
    for room in rooms:
        room.close()


@pytest.fixture
def room(enter: Enter) -> StintRoom:
    return enter(drafts())


def drag(room: StintRoom, qtbot: QtBot, start: QPoint, end: QPoint) -> None:
    """By steps, as a hand does."""
    qtbot.mousePress(room.gantt, LEFT, pos=start)
    for share in (0.3, 0.7, 1.0):
        way = end - start
        qtbot.mouseMove(room.gantt, start + QPoint(round(way.x() * share), round(way.y() * share)))
    qtbot.mouseRelease(room.gantt, LEFT, pos=end)
    room.settle()


def press(picture: Picture, title: str, qtbot: QtBot) -> None:
    """A drawn button, by its words."""
    picture.grab()
    ink = next(ink for ink in picture.pen.inks if ink.text.startswith(title))
    qtbot.mouseClick(picture, LEFT, pos=ink.box.center().toPoint())


def covered(room: StintRoom) -> bool:
    """From flag to flag, a stop between each two."""
    legs = room.scene.legs
    gaps = [b.start_s - a.end_s for a, b in pairwise(legs)]
    ends = legs[0].start_s, legs[-1].end_s
    return all(gap == pytest.approx(66.0, abs=1.5) for gap in gaps) and ends == pytest.approx(
        (0.0, DAY_S), abs=1.5
    )


# Drag and drop


def test_a_block_in_another_lane_is_given_to_its_driver(room: StintRoom, qtbot: QtBot) -> None:
    start = room.middle(4)
    faults = len(room.scene.now.violations)
    drag(room, qtbot, start, QPoint(start.x(), room.lane("ivo")))
    assert room.rows()[4].driver == "ivo"
    assert room.drivers()[4] == "ivo"
    assert room.room.desk.stage.undo.count() == 1, "all of the drag is one step"
    room.room.run("window.undo")
    room.settle()
    assert room.rows()[4].driver == "lea"
    room.room.run("window.redo")
    room.settle()
    assert room.drivers()[4] == "ivo"
    assert faults == 1
    assert covered(room)


def test_faults_are_told_while_it_is_dragged(room: StintRoom, qtbot: QtBot) -> None:
    start = room.middle(6)
    qtbot.mousePress(room.gantt, LEFT, pos=start)
    qtbot.mouseMove(room.gantt, QPoint(start.x(), room.lane("zoe")))
    assert room.scene.leg("s6").driver == "zoe", "the page shows what would be"
    assert room.rows()[6].driver == "sam", "nothing is written yet"
    words = [one.words for one in room.scene.now.violations]
    qtbot.mouseMove(room.gantt, QPoint(room.middle(0).x() - 3, room.lane("kai")))
    assert [one.words for one in room.scene.now.violations] != words
    qtbot.keyClick(room.gantt, KEY.Key_Escape)
    qtbot.mouseRelease(room.gantt, LEFT, pos=start)
    room.settle()
    assert room.rows()[6].driver == "sam"
    assert room.room.desk.stage.undo.count() == 0


def test_an_edge_moves_its_neighbour_along_by_whole_laps(room: StintRoom, qtbot: QtBot) -> None:
    room.page.gantt.zoom(0.2, room.scene.legs[8].end_s)
    before = room.scene.legs
    start = room.edge(8)
    axis = room.page.gantt.painter.axis
    there = QPoint(round(axis.x(before[8].end_s - 5 * LAP_S)), start.y())
    drag(room, qtbot, start, there)
    after = room.scene.legs
    laps = after[8].span.length_s / LAP_S
    assert laps == pytest.approx(round(laps), abs=0.01)
    assert before[8].end_s - after[8].end_s == pytest.approx(5 * LAP_S, abs=LAP_S)
    assert after[9].end_s == pytest.approx(before[9].end_s, abs=1.0)
    assert covered(room)


def test_a_block_dragged_along_the_race_changes_the_order(room: StintRoom, qtbot: QtBot) -> None:
    drag(room, qtbot, room.middle(2), QPoint(room.middle(5).x() + 3, room.middle(2).y()))
    keys = [row.key for row in room.rows()][:7]
    assert keys.index("s2") > keys.index("s4")
    assert covered(room)


# Keys


def test_keys_do_all_that_the_mouse_can(room: StintRoom, qtbot: QtBot) -> None:
    room.board.pick("s4")
    room.key(qtbot, KEY.Key_Right)
    assert room.board.at == "s5"
    room.key(qtbot, KEY.Key_Left)
    room.key(qtbot, KEY.Key_Down, SHIFT)
    assert room.rows()[4].driver == "sam", "one lane below"
    room.key(qtbot, KEY.Key_Up, SHIFT)
    assert room.rows()[4].driver == "lea"
    end_s = room.scene.leg("s4").end_s
    room.key(qtbot, KEY.Key_Right, SHIFT)
    room.key(qtbot, KEY.Key_Right, SHIFT)
    assert room.scene.leg("s4").end_s - end_s == pytest.approx(2 * LAP_S, abs=LAP_S)
    room.key(qtbot, KEY.Key_T)
    assert room.scene.leg("s4").is_new_tyres is False
    room.key(qtbot, KEY.Key_Right, CTRL)
    assert [leg.key for leg in room.scene.legs][4:6] == ["s5", "s4"]
    room.key(qtbot, KEY.Key_Insert)
    assert len(room.scene.legs) == 31
    room.key(qtbot, KEY.Key_M)
    assert len(room.scene.legs) == 30
    room.key(qtbot, KEY.Key_Delete)
    assert len(room.rows()) < 30 or covered(room)
    assert room.board.leg is not None
    while room.room.desk.stage.undo.canUndo():
        room.room.run("window.undo")
        room.settle()
    assert [row.key for row in room.rows()] == [f"s{n}" for n in range(30)]
    assert room.rows()[4].driver == "lea"


def test_quick_presses_are_none_of_them_lost(room: StintRoom, qtbot: QtBot) -> None:
    room.board.pick("s10")
    room.room.window.activateWindow()
    room.gantt.setFocus()
    start_s = room.scene.leg("s10").end_s
    for _ in range(4):
        qtbot.keyClick(room.gantt, KEY.Key_Left, SHIFT)
    room.settle(lambda: room.board._pending is None)
    assert start_s - room.scene.leg("s10").end_s == pytest.approx(4 * LAP_S, abs=LAP_S)
    assert room.room.desk.stage.undo.count() == 4


def test_up_and_down_go_to_the_next_lane(room: StintRoom, qtbot: QtBot) -> None:
    room.board.pick("s4")
    room.key(qtbot, KEY.Key_Down)
    assert room.scene.leg(room.board.at).driver == "sam"
    room.key(qtbot, KEY.Key_Up)
    assert room.scene.leg(room.board.at).driver == "lea"


def test_v_goes_from_fault_to_fault_and_a_click_does_too(enter: Enter, qtbot: QtBot) -> None:
    room = enter(drafts(rules=DriveRules(most_drive_s=3.5 * HOUR_S)))
    legs = [one.leg for one in room.scene.faults if one.leg]
    assert len(legs) >= 3
    room.key(qtbot, KEY.Key_V)
    assert room.board.at == legs[0], "the worst one first"
    room.key(qtbot, KEY.Key_V)
    assert room.board.at == legs[1]
    number = [leg.key for leg in room.scene.legs].index(legs[2]) + 1
    press(room.page.check.picture, f"Stint {number}", qtbot)
    assert room.board.at == legs[2]


def test_lanes_without_room_come_by_wheel_and_keys(enter: Enter, qtbot: QtBot) -> None:
    room = enter(drafts(CREW + MORE))
    room.gantt.setFixedHeight(210)
    QApplication.processEvents()
    room.board.pick("s0")
    room.gantt.grab()
    drawn = room.page.gantt.painter
    assert len(drawn.lanes) < drawn.lane_count == 8
    assert drawn.lanes[0].person.key == room.scene.people[0].key
    names, down = QPoint(20, round(drawn.lanes[1].top)), QPoint(0, -120)
    turn = QWheelEvent(
        QPointF(names), QPointF(room.gantt.mapToGlobal(names)), QPoint(), down, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(room.gantt, turn)
    room.gantt.grab()
    assert room.page.gantt.painter.lanes[0].person.key == room.scene.people[1].key
    last = room.scene.people[-1].key
    while room.board.leg.driver != last:
        room.key(qtbot, KEY.Key_Down)
        room.gantt.grab()
        assert room.board.leg.driver in [lane.person.key for lane in room.page.gantt.painter.lanes]
    start = room.middle([leg.key for leg in room.scene.legs].index(room.board.at))
    drag(room, qtbot, start, QPoint(start.x(), 2))
    assert room.page.gantt.painter.first < room.page.gantt.painter.lane_count - len(drawn.lanes)


# The table


def test_a_cell_is_edited_in_place(room: StintRoom, qtbot: QtBot) -> None:
    room.board.pick("s4")
    room.key(qtbot, KEY.Key_Return, where=room.table)
    editor = room.table.editor
    assert editor.isVisible(), "the driver's cell is the first one"
    editor.selectAll()
    qtbot.keyClicks(editor, "zo")
    qtbot.keyClick(editor, KEY.Key_Return)
    room.settle()
    assert room.rows()[4].driver == "zoe"
    for column, text in ((5, "40"), (7, "48,5"), (9, "Ada"), (10, "Box if it rains")):
        room.page.table.column = column
        room.key(qtbot, KEY.Key_Return, where=room.table)
        editor.selectAll()
        qtbot.keyClicks(editor, text)
        qtbot.keyClick(editor, KEY.Key_Return)
        room.settle()
    row = room.rows()[4]
    assert row.length_s == pytest.approx(40 * 60, abs=LAP_S)
    assert (row.fuel_l, row.spotter, row.instructions) == (48.5, "ada", "Box if it rains")
    assert covered(room)


def test_what_makes_no_sense_is_said_and_escape_gives_up(room: StintRoom, qtbot: QtBot) -> None:
    said: list[str] = []
    room.room.desk.stage.notices.told.connect(lambda _, words, __, ___: said.append(words))
    room.board.pick("s4")
    for text, end in (("nobody of us", KEY.Key_Return), ("zoe", KEY.Key_Escape)):
        room.key(qtbot, KEY.Key_Return, where=room.table)
        room.table.editor.selectAll()
        qtbot.keyClicks(room.table.editor, text)
        qtbot.keyClick(room.table.editor, end)
        room.settle()
    assert room.rows()[4].driver == "lea"
    assert len(said) == 1
    assert "nobody of us" in said[0]


# Solving


def test_a_plan_is_solved_beside_and_accepted_as_one_step(enter: Enter, qtbot: QtBot) -> None:
    room = enter(drafts(CREW[:3], has_rows=False, hours=6.0))
    press(room.page.check.picture, "Solve", qtbot)
    solving = room.page.solving
    assert solving.is_running
    room.settle(lambda: not solving.is_running, 30)
    assert solving.offer.changes
    assert {level.name for level in solving.offer.levels} >= {"feasible", "balance"}
    press(room.page.docks["offers"].panel.picture, "Accept", qtbot)
    room.settle(lambda: bool(room.scene.legs))
    assert not room.scene.now.violations
    assert {leg.driver for leg in room.scene.legs} == {key for key, _, __ in CREW[:3]}
    room.room.run("window.undo")
    room.settle()
    assert not room.rows()


def test_a_plan_that_was_edited_meanwhile_refuses_the_solved_one(room: StintRoom, qtbot: QtBot) -> None:
    said: list[str] = []
    room.room.desk.stage.notices.told.connect(lambda _, words, __, ___: said.append(words))
    room.page.solving.start()
    room.settle(lambda: room.page.solving.offer is not None, 30)
    room.board.pick("s4")
    room.key(qtbot, KEY.Key_Down, SHIFT)
    before = room.rows()
    room.key(qtbot, KEY.Key_A)
    assert room.rows() == before
    assert said == ["The plan was edited since this one was worked out: solve again."]


def test_an_impossible_plan_says_why_and_gives_way_on_a_button(enter: Enter, qtbot: QtBot) -> None:
    room = enter(drafts(CREW[:1], rules=DriveRules(most_drive_s=HOUR_S), stints=2, hours=2.0))
    solving, check = room.page.solving, room.page.check.picture
    solving.start()
    room.settle(lambda: not solving.is_running, 60)
    assert not solving.progress.solved.is_feasible
    assert solving.progress.solved.clashes
    check.grab()
    assert any(ink.text.startswith("No plan keeps") for ink in check.pen.inks)
    assert any(ink.text == "What would cost least:" for ink in check.pen.inks)
    press(check, "Give way so, for everybody", qtbot)
    room.settle()
    assert room.scene.relay.rules.most_drive_s > HOUR_S
    room.room.run("window.undo")
    room.settle()
    assert room.scene.relay.rules.most_drive_s == HOUR_S


def test_reasons_that_are_not_all_of_it_say_so(enter: Enter) -> None:
    """Time ran out over them, or more than one demand has to give."""
    room = enter(drafts(CREW[:1], stints=2, hours=2.0))
    solving, check = room.page.solving, room.page.check.picture
    clash = Clash(RuleName.MOST, "Ada drives 1:00 h at most.")
    both = Relaxation("Let Ada drive longer and rest less.", clash, 600.0, (Relaxation("Less.", clash),))
    for solved, words in (
        (Solved((), clashes=(clash,), is_minimal=False), {"time ran out"}),
        (Solved((), clashes=(clash,), relaxation=both), {"more stands in the way", "What would help:"}),
    ):
        solving.progress = Progress(1, solved=solved)
        check.renew()
        check.grab()
        shown = " ".join(ink.text for ink in check.pen.inks)
        assert all(one in shown for one in words)
        assert "Give way" not in shown


# The race


def test_the_race_is_laid_over_the_plan(room: StintRoom) -> None:
    room.race(5.2)
    scene = room.scene
    assert [leg.is_done for leg in scene.legs[:7]] == [True] * 6 + [False]
    assert scene.legs[2].driver == "lea", "as it was"
    assert scene.planned[2].driver == "kai", "as it was meant"
    assert room.page.gantt.count.text().endswith("Sam O'Neill stays in")
    room.race(5.9)
    assert room.page.gantt.count.text().startswith("Ivo Petrov in ")
    room.board.edit("x", lambda scene: scene.legs)
    assert room.rows()[2].driver == "kai", "what happened is never written into a plan"


def test_a_look_back_says_that_this_page_does_not_go_with_it(room: StintRoom, qtbot: QtBot) -> None:
    """A plan is worked on now: the strip over it names the moment of the other pages, and leads back."""
    back, live = room.room.desk.stage.look_back, []
    back.wished_s = 1200.0
    back.go_live = lambda: live.append(True)
    back.changed.emit()
    room.gantt.grab()
    said = [ink.text for ink in room.gantt.pen.inks]
    assert any("You look back" in text and "as they are now" in text for text in said)
    press(room.gantt, "Go live", qtbot)
    assert live
    back.wished_s = None
    back.changed.emit()
    room.gantt.grab()
    assert not any("You look back" in ink.text for ink in room.gantt.pen.inks)


def test_wishes_and_offers_by_key_and_button(room: StintRoom, qtbot: QtBot) -> None:
    now = room.race(5.2)
    panel = room.page.docks["offers"].panel.picture
    press(panel, "+2", qtbot)
    press(panel, "Pit now", qtbot)
    room.key(qtbot, KEY.Key_Plus)
    room.board.pick("s10")
    room.key(qtbot, KEY.Key_O)
    room.key(qtbot, KEY.Key_D, SHIFT)
    assert room.live.wishes == [Extend(2), PitNow(), Extend(1), Swap("zoe"), Missing("zoe")]
    change = Change("s8", ChangeKind.DRIVER, "Stint 9: Ada instead of Ivo", 0.0)
    room.race(5.2, offers=(Offer("o1", "Ivo is missing", now.base, now.legs, (change,)),))
    press(panel, "Accept", qtbot)
    room.live.error = StaleOfferError("The plan was edited since; the offer is worked out anew.")
    said: list[str] = []
    room.room.desk.stage.notices.told.connect(lambda _, words, __, ___: said.append(words))
    room.key(qtbot, KEY.Key_A)
    room.key(qtbot, KEY.Key_Backspace)
    assert room.live.replies == [("accept", "o1"), ("refuse", "o1")]
    assert said == ["The plan was edited since; the offer is worked out anew."]
    room.live.said.put("The tank does not last 5 laps longer.")
    room.settle()
    panel.grab()
    assert any(ink.text.startswith("The tank does not last") for ink in panel.pen.inks)


def column(room: StintRoom, number: int) -> str:
    """Who drives, as the table has it."""
    cell = next(one for one in CELLS if one.field == "driver")
    return cell.words(room.scene, room.scene.legs[number - 1], number, "metric")


def test_a_click_says_who_drove_and_the_other_stints_are_judged_anew(room: StintRoom, qtbot: QtBot) -> None:
    """Undo takes it back, as any other edit; each name comes with its chance."""
    panel, last = room.page.docks["offers"].panel.picture, 7
    before = room.race(5.2, is_told=False).driven
    room.gantt.grab()
    assert f"{last}?" in [ink.text for ink in room.gantt.pen.inks]
    qtbot.mouseClick(room.gantt, LEFT, pos=room.middle(last - 1))
    panel.grab()
    asked = [ink.text for ink in panel.pen.inks]
    assert f"Stint {last}?" in asked
    assert before[last - 1].odds[0][1] < LEAST_SAID
    assert column(room, last) == "driver unknown"
    key, chance = before[last - 1].odds[-1]
    title = f"{short_name(room.scene.name(key))} {100 * chance:.0f} %"
    assert title in asked
    press(panel, title, qtbot)
    after = room.race(5.2, is_told=False).driven
    assert (after[last - 1].seat, after[last - 1].odds) == (key, ())
    assert column(room, last) == room.scene.name(key)
    others = range(1, last - 1)
    assert any(before[at].odds != after[at].odds for at in others)
    assert all(after[at].odds for at in others), "nobody said more than that one"
    panel.grab()
    doubted = max(others, key=lambda at: after[at].doubt(0.0)) + 1
    assert f"Stint {doubted}?" in [ink.text for ink in panel.pen.inks], "the least certain is asked for next"
    room.room.desk.stage.undo.undo()
    assert room.race(5.2, is_told=False).driven == before
    room.room.desk.stage.undo.redo()
    assert room.race(5.2, is_told=False).driven == after


# Strategies, history, conflicts, files


def test_strategies_are_copied_looked_at_and_followed(room: StintRoom, qtbot: QtBot) -> None:
    room.page.plans.add_variant("Rain", is_copy=True)
    room.settle(lambda: room.scene.variant not in {"double", "single"})
    copy = room.scene.variant
    assert [row.driver for row in room.rows(copy)] == [row.driver for row in room.rows()]
    assert not {row.key for row in room.rows(copy)} & {row.key for row in room.rows()}
    room.page.plans.activate()
    room.settle(lambda: any(one.is_active and one.key == copy for one in room.scene.variants))
    qtbot.mouseClick(room.page.gantt.chips.chips["double"], LEFT)
    room.settle(lambda: room.scene.variant == "double")
    room.page.plans.ask_variant()
    assert room.room.window.finder.isVisible(), "a name is asked beside the page"
    room.room.window.finder.close_down()


def test_history_takes_back_and_conflicts_are_settled(room: StintRoom, qtbot: QtBot) -> None:
    past = room.page.docks["past"].panel.picture
    mate = room.staff.mate()
    room.staff.roles[mate.identity.device] = Role.ENGINEER
    book = EditBook(room.staff.shelf, mate.identity, mate.clock, role_of=lambda _: Role.ENGINEER, name="Lea")
    other = Planner(book)
    try:
        other.step(None)
        room.planner.write([fill("s4", "driver", "zoe")])
        other.write([fill("s4", "driver", "ivo")])
        other.step(None)
        room.settle(lambda: bool(room.scene.conflicts))
        past.grab()
        words = [ink.text for ink in past.pen.inks]
        assert any(text.startswith("Kai: ") for text in words), "with names"
        press(past, "Kai: ", qtbot)
        room.settle(lambda: not room.scene.conflicts)
        assert room.rows()[4].driver == "zoe"
        press(past, "Take back", qtbot)
        room.settle()
        assert room.scene.history[0].is_undo
    finally:
        other.close()


def test_the_plan_leaves_as_files(room: StintRoom, qtbot: QtBot, tmp_path: Path) -> None:
    said: list[str] = []
    room.room.desk.stage.notices.told.connect(lambda _, words, __, ___: said.append(words))
    for kind, begins in (
        ("csv", b"\xef\xbb\xbf"),
        ("json", b"{"),
        ("ics", b"BEGIN:VCALENDAR"),
        ("html", b"<!"),
    ):
        path = tmp_path / f"plan.{kind}"
        room.page.plans.export(kind, str(path))
        room.settle(lambda: bool(said))
        assert said.pop() == f"The plan is written to {path}."
        assert path.read_bytes().startswith(begins), kind
    room.page.plans.export("csv", str(tmp_path / "nowhere" / "plan.csv"))
    room.settle(lambda: bool(said))
    assert said[0].startswith("The plan was not written: ")
    qtbot.mouseClick(room.page.gantt.export, LEFT)
    menu = room.page.gantt.export.findChild(QMenu)
    next(one for one in menu.actions() if "CSV" in one.text()).trigger()
    menu.close()
    assert room.room.window.finder.line.text().endswith("spa-24-h-night-shift.csv")
    room.room.window.finder.close_down()


def test_an_event_is_begun_from_the_race(enter: Enter, qtbot: QtBot) -> None:
    room = enter()
    assert room.scene is None
    press(room.gantt, "New event from this race", qtbot)
    room.settle(lambda: room.scene is not None or bool(room.board.trouble))
    assert room.scene.variants
    assert room.scene.people, "who was seen in our car"
    QApplication.processEvents()


def test_a_plan_without_times_has_no_clocks(enter: Enter) -> None:
    room = enter(drafts(has_start=False))
    room.gantt.grab()
    texts = [ink.text for ink in room.gantt.pen.inks]
    assert any("no start time yet" in text for text in texts)
    assert "Brussels" not in texts
    assert "race time" in texts
