"""The Team page under a person's hands: mouse and keys, and what comes of it in the plans."""

import threading
from collections.abc import Iterator

import msgspec
import pytest
import stint_room
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from team_room import HOUR_S, START_S, TeamRoom, crowd, table

from pitbox.identity.device import Identity
from pitbox.model.availability import availability
from pitbox.model.drive_rules import DriveRules
from pitbox.model.event import events
from pitbox.model.member import fill_member, members
from pitbox.model.participation import Part, Step
from pitbox.model.role import Role
from pitbox.model.span import Span
from pitbox.model.team import add_team, team, teams
from pitbox.planning.brief import relay_of
from pitbox.ui.team.pick import Pick
from pitbox.ui.team.teams import NONE
from pitbox.wall.edit_book import EditBook
from pitbox.wall.planner import Planner

KEY, MORE = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def opened_page(opened, tmp_path) -> Iterator[object]:
    rooms: list[TeamRoom] = []

    def enter(planned=None) -> TeamRoom:
        rooms.append(TeamRoom(opened, tmp_path / f"staff{len(rooms)}", planned))
        return rooms[-1]

    yield enter
    for room in rooms:
        room.close()


@pytest.fixture
def six(opened_page) -> TeamRoom:
    """Six people in a team, with a plan."""
    return opened_page(stint_room.drafts())


def test_an_event_from_nothing_with_a_start_rules_and_its_first_person(opened_page) -> None:
    room = opened_page()
    panel = room.page.event_panel
    assert panel.start.isVisible()
    QTest.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    room.settle(lambda: room.scene.event is not None)
    for name, text in (
        ("name", "Spa 24 h"),
        ("length", "24h"),
        ("zone", "Europe/Brussels"),
        ("dark", "8:00-17:00"),
    ):
        room.type(panel.fields[name], text)
    room.type(panel.new_start, "2026-03-28 13:00")
    room.type(panel.rules["fair_share"], "25 %")
    room.type(panel.rules["longest_stretch_s"], "2:30")
    room.type(room.page.people.search, "Ada Kern")
    (event,) = room.ask(events)
    assert (event.name, event.length_s, event.zone) == ("Spa 24 h", 24 * HOUR_S, "Europe/Brussels")
    assert event.dark == (Span(8 * HOUR_S, 17 * HOUR_S),)
    assert event.instances[0].start_utc_s == START_S
    assert (event.rules.fair_share, event.rules.longest_stretch_s) == (0.25, 2.5 * HOUR_S)
    assert [(one.member.name, one.said.step) for one in room.scene.people] == [("Ada Kern", Step.SIGNED_UP)]
    assert room.board.person_key == room.key_of("Ada Kern")


def test_what_cannot_be_is_told_at_its_field_and_not_stored(six) -> None:
    field = six.page.event_panel.fields["length"]
    six.type(field, "a while")
    assert "24h" in field.wrong
    assert six.ask(events)[0].length_s == 24 * HOUR_S
    QTest.keyClick(field, KEY.Key_Escape)
    assert (field.text(), field.wrong) == ("24:00", "")


def test_a_person_goes_from_step_to_step_by_keys_and_by_mouse(six) -> None:
    page = six.page
    six.type(page.people.search, "Max Falk")
    max_ = six.key_of("Max Falk")
    six.key(page.people.list, KEY.Key_S)
    assert six.said(max_).step is Step.SIGNED_UP  # no team yet: said in a notice
    six.board.choose("kai")
    six.settle()
    six.key(page.people.list, KEY.Key_S)
    assert six.said("kai").step is Step.CONFIRMED
    six.key(page.people.list, KEY.Key_S, MORE.ShiftModifier)
    assert (six.said("kai").step, six.said("kai").team) == (Step.SIGNED_UP, "")
    chips = page.person.steps.chips
    assert chips[Step.SIGNED_UP].isChecked()
    assert not chips[Step.CONFIRMED].isEnabled()
    QTest.mouseClick(chips[Step.WITHDRAWN], Qt.MouseButton.LeftButton)
    six.settle()
    assert six.said("kai").step is Step.WITHDRAWN


def test_arrow_keys_walk_over_people_and_the_person_follows(six) -> None:
    people = six.page.people
    six.key(people.list, KEY.Key_Home)
    six.key(people.list, KEY.Key_Down)
    assert six.page.person.name.text() == people.list.lines[1].parts[0].text == "Ivo Petrov"


def test_fields_of_a_person(six) -> None:
    six.board.choose("ivo")
    six.settle()
    fields = six.page.person.fields
    for name, text in (("zone", "Sydney"), ("rating", "2450"), ("cars", "Ferrari, BMW"), ("lap_s", "2:18.5"),
                       ("wanted", "Ada"), ("unwanted", "Kai Nakamura, Sam")):  # fmt: skip
        six.type(fields[name], text)
        assert not fields[name].wrong
    QTest.mouseClick(six.page.person.parts[Part.RESERVE], Qt.MouseButton.LeftButton)
    six.settle()
    said, person = six.said("ivo"), next(one for one in six.ask(members) if one.key == "ivo")
    assert (person.zone, person.rating) == ("Australia/Sydney", 2450)
    assert (said.cars, said.lap_s, said.wanted) == (("Ferrari", "BMW"), 138.5, ("ada",))
    assert set(said.unwanted) == {"kai", "sam"}
    assert Part.RESERVE in said.parts
    six.type(fields["wanted"], "Nobody Here")
    assert "Nobody Here" in fields["wanted"].wrong


def test_free_times_by_keys_and_what_undo_brings_back(six) -> None:
    view = six.page.free.view
    six.board.choose("kai")
    six.settle()
    before = six.said("kai").free
    six.key(view, KEY.Key_Right)
    six.key(view, KEY.Key_Right, MORE.ShiftModifier)
    six.key(view, KEY.Key_F)
    kai = availability(six.said("kai").free)
    assert kai.sure[0] == Span(START_S + 900.0, START_S + 2700.0)
    assert kai.sure[1].start_s == START_S + 2 * HOUR_S
    six.key(view, KEY.Key_A)
    six.key(view, KEY.Key_Delete)
    assert not any(
        span.start_s < START_S + 24 * HOUR_S and span.end_s > START_S for span in _sure(six, "kai")
    )
    six.room.run("window.undo")
    six.settle()
    six.room.run("window.undo")
    six.settle(lambda: six.said("kai").free == before)


def _sure(room: TeamRoom, who: str):
    return availability(room.said(who).free).sure


def test_free_times_by_dragging_over_a_lane(six) -> None:
    view = six.page.free.view
    six.board.choose("sam")
    six.settle()
    QTest.mouseClick(six.page.free.tools["maybe"], Qt.MouseButton.LeftButton)
    at = next(number for number, one in enumerate(view.rows) if one.key == "sam")
    y = view.box(at).top() + 8
    x = [round(view.x_of(hours * HOUR_S)) for hours in (17.05, 18.95)]
    six.drag(view.viewport(), QPoint(x[0], round(y)), QPoint(x[1], round(y)))
    maybe = availability(six.said("sam").free).maybe
    assert Span(START_S + 17 * HOUR_S, START_S + 19 * HOUR_S) in maybe
    assert "17:00-19:00" in six.page.free.words.text()


def test_a_click_alone_sets_nothing(six) -> None:
    view, count = six.page.free.view, six.planner.revision
    where = QPoint(round(view.x_of(5 * HOUR_S)), round(view.box(2).top() + 8))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    six.settle()
    assert six.planner.revision == count
    assert six.board.person_key == view.rows[2].key


def test_a_list_with_faults_is_set_right_and_taken_in(opened_page, tmp_path) -> None:
    room = opened_page(crowd(3))
    lines = table(10, 3).decode().splitlines()
    lines[4] = "," + lines[4].partition(",")[2]
    file = tmp_path / "sign-ups.csv"
    file.write_text("\n".join(lines))
    room.page.bring_in()
    panel = room.page.formation
    room.type(panel.file, str(file))
    room.settle(lambda: room.page.imported.found is not None)
    mapping = panel.mapping
    assert [choice.currentText() for choice in mapping.choices][:3] == ["name", "iRacing id", "rating"]
    assert any(one.rating for one in room.page.imported.found.members)
    rating = mapping.choices[2]
    rating.setFocus()
    QTest.keyClick(rating, KEY.Key_Home)  # not read
    room.settle(lambda: not any(one.rating for one in room.page.imported.found.members))
    (lost,) = [line for line in mapping.faults.lines if "No name" in line.parts[2].text]
    assert lost.parts[0].text == "line 5"
    count = len(room.ask(members))
    QTest.mouseClick(mapping.take, Qt.MouseButton.LeftButton)
    room.settle()
    assert len(room.ask(members)) > count
    room.room.run("window.undo")
    room.settle(lambda: len(room.ask(members)) == count)


def test_a_list_without_a_heading_loses_nobody(opened_page, tmp_path) -> None:
    room = opened_page(crowd(2))
    file = tmp_path / "plain.csv"
    file.write_text("Uma Berg,2450\nTom Falk,1900\nEve Roth,3100\n")
    room.page.bring_in()
    room.type(room.page.formation.file, str(file))
    imported, mapping = room.page.imported, room.page.formation.mapping
    room.settle(lambda: imported.found is not None)
    assert imported.found.lines == 2  # the first person is taken for a heading
    assert mapping.head.currentText() == "found in line 1"
    mapping.head.setFocus()
    QTest.keyClick(mapping.head, KEY.Key_End)
    room.settle(lambda: imported.found.lines == 3)
    assert [column.head for column in imported.found.columns] == ["", ""]
    for choice, field in ((mapping.choices[0], "name"), (mapping.choices[1], "rating")):
        choice.setFocus()
        QTest.keyClicks(choice, field)
        room.settle(lambda field=field: field in {one.field for one in imported.found.columns})
    assert [(one.name, one.rating) for one in imported.found.members] == [
        ("Uma Berg", 2450), ("Tom Falk", 1900), ("Eve Roth", 3100),
    ]  # fmt: skip
    mapping.head.setFocus()
    QTest.keyClicks(mapping.head, "yes")
    room.settle(lambda: [one.name for one in imported.found.members] == ["Tom Falk", "Eve Roth"])


def test_a_file_that_is_not_there_is_told(opened_page) -> None:
    room = opened_page(crowd(2))
    room.page.bring_in()
    room.type(room.page.formation.file, "/nowhere/at-all.csv")
    room.settle(lambda: bool(room.page.imported.wrong))
    assert "at-all.csv" in room.page.formation.about.text()


@pytest.fixture
def formed(opened_page) -> TeamRoom:
    """Nine people, drafted into teams."""
    room = opened_page(crowd(9))
    room.page.form_teams()
    QTest.mouseClick(room.page.formation.demand.quick, Qt.MouseButton.LeftButton)
    room.settle(lambda: not room.page.forming.is_running)
    assert room.page.forming.formed is not None
    return room


def test_a_person_is_dragged_to_another_team_and_the_scores_move(formed) -> None:
    view, forming = formed.page.formation.teams, formed.page.forming
    one, other = [lineup.key for lineup in forming.formed.lineups][:2]
    member = view.cards[one][0]
    before = forming.formed.score.total
    start, end = view.box_of(member).center().toPoint(), view.card_box(other).center().toPoint()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view.viewport(), start + QPoint(20, 4))
    QTest.mouseMove(view.viewport(), view.card_box(other).center().toPoint())
    assert view.over == other
    assert member in view.cards[other]
    assert forming.formed.score.total == before  # nothing is moved while it hangs in the air
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    formed.settle()
    assert member in next(lineup.members for lineup in forming.formed.lineups if lineup.key == other)
    assert forming.formed.score.total != before
    formed.room.run("window.undo")
    assert member in next(lineup.members for lineup in forming.formed.lineups if lineup.key == one)


def test_the_same_by_keys_and_escape_leaves_all_as_it_was(formed) -> None:
    view, forming = formed.page.formation.teams, formed.page.forming
    first = forming.formed
    formed.key(view, KEY.Key_Down)
    member = view.person
    formed.key(view, KEY.Key_Return)
    formed.key(view, KEY.Key_Right)
    assert view.lifted == member
    formed.key(view, KEY.Key_Escape)
    assert forming.formed is first
    formed.key(view, KEY.Key_Return)
    formed.key(view, KEY.Key_Right)
    target = view.over
    formed.key(view, KEY.Key_Return)
    assert member in view.cards[target]
    formed.key(view, KEY.Key_Delete)
    assert member in view.cards[NONE]
    assert any(one.key == member and one.reason for one in forming.formed.unplaced)


def test_confirmed_teams_are_one_step_of_undo(formed) -> None:
    forming = formed.page.forming
    placed = {member for lineup in forming.formed.lineups for member in lineup.members}
    assert formed.ask(lambda ledger: teams(ledger, "spa")) == ()
    formed.page.formation.go_to(3)
    formed.key(formed.page.formation.confirm, KEY.Key_Space)
    assert {one.key for one in formed.scene.people if one.said and one.said.team} == placed
    assert forming.formed is None
    formed.room.run("window.undo")
    formed.settle(lambda: formed.ask(lambda ledger: teams(ledger, "spa")) == ())
    assert not any(one.said.team for one in formed.scene.people)


def test_two_hundred_are_written_beside_the_window_and_are_one_step_of_undo(
    opened_page, tmp_path, monkeypatch
) -> None:
    room = opened_page(crowd(200))
    forming, imported = room.page.forming, room.page.imported
    wrote: list[tuple[str, int]] = []
    write = room.planner.write

    def noted(drafts, base=None):
        wrote.append((threading.current_thread().name, len(drafts)))
        return write(drafts, base)

    monkeypatch.setattr(room.planner, "write", noted)
    room.page.form_teams()
    forming.form(is_quick=True)
    room.settle(lambda: not forming.is_running)
    room.page.formation.go_to(3)
    for _ in range(2):  # pressed twice in a hurry
        QTest.keyClick(room.page.formation.confirm, KEY.Key_Space)
    room.settle(lambda: forming.formed is None)
    ((thread, count),) = wrote
    assert thread != threading.main_thread().name
    assert count > 200
    file = tmp_path / "list.csv"
    file.write_bytes(table(200, 9))
    imported.open(str(file))
    room.settle(lambda: imported.found is not None)
    imported.take_in()
    room.settle(lambda: imported.found is None)
    assert len(wrote) == 2
    assert wrote[1][0] == thread
    for _ in range(2):
        room.room.run("window.undo")
        room.settle()
    room.settle(lambda: room.ask(lambda ledger: teams(ledger, "spa")) == ())


def test_forming_is_cancelled_and_keeps_the_best_so_far(opened_page) -> None:
    room = opened_page(crowd(60))
    room.page.form_teams()
    button, forming = room.page.formation.demand.form, room.page.forming
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    room.settle(lambda: forming.formed is not None)
    assert forming.is_running
    assert button.text() == "Cancel"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    room.settle(lambda: not forming.is_running)
    assert forming.formed.lineups
    assert "gap" in room.page.formation.demand.result.text()


def test_nothing_is_formed_where_nobody_knows_when_the_race_is(opened_page) -> None:
    room = opened_page(crowd(4, length_s=None))
    room.page.form_teams()
    room.settle()
    assert not room.page.formation.demand.form.isEnabled()
    assert "how long" in room.page.forming.why_not


def test_the_hand_over_card_of_the_next_driver(six) -> None:
    panel = six.page.docks["card"].panel
    assert panel.card.name == "Ada Lovelace"
    panel.step(1)
    assert panel.card.name == "Kai Nakamura"
    assert panel.card.item("When").words.endswith("after Ada Lovelace")
    assert not panel.card.item("Weather").is_known
    panel.copy_text()
    assert QApplication.clipboard().text().startswith("Kai Nakamura, your stint")


def test_the_card_counts_down_by_the_race_as_the_top_bar_does(six) -> None:
    panel = six.page.docks["card"].panel
    panel.step(1)
    start_s = next(leg.start_s for leg in panel.legs if leg.key == panel.card.leg)
    now = msgspec.structs.replace(panel.plan, race_s=start_s - 1500.0, green_utc_s=1_000_000.0)
    panel._edited = now
    panel.refresh()
    assert panel.card.item("When").words.startswith("in 25 min")


def test_history_names_who_and_takes_a_deed_back(six) -> None:
    panel = six.show("history")
    six.board.choose("ivo")
    six.settle()
    six.type(six.page.person.fields["rating"], "3100")
    six.settle(lambda: any("3100" in words for words in panel.past.lines[0].what))
    assert panel.past.lines[0].who == "Kai"
    panel.picture.grab()
    back = next(spot for spot in panel.picture.spots if spot.is_button)
    QTest.mouseClick(panel.picture, Qt.MouseButton.LeftButton, pos=back.box.center().toPoint())
    six.settle(lambda: six.scene.attendant("ivo").member.rating is None)


def test_a_team_mates_edit_is_shown_and_what_somebody_types_stays(six) -> None:
    six.board.choose("ivo")
    six.settle()
    field = six.page.person.fields["rating"]
    six.room.window.activateWindow()
    field.setFocus()
    QTest.keyClicks(field, "31")
    six.planner.write(fill_member("ivo", note="from elsewhere", rating=2000))
    six.settle(lambda: six.page.person.fields["note"].text() == "from elsewhere")
    assert field.text() == "31"


def test_tips_tell_why_somebody_is_in_no_team(formed) -> None:
    view = formed.page.formation.teams
    one = formed.page.forming.formed.unplaced
    if not one:
        lineup = formed.page.forming.formed.lineups[0]
        formed.page.forming.move(lineup.members[0], NONE)
        one = formed.page.forming.formed.unplaced
    box = view.box_of(one[0].key)
    assert view.tip_at(QPointF(box.center())) == f"{one[0].name}: {one[0].reason}"


def _ticks(room: TeamRoom, pick: Pick, *steps: int) -> None:
    """Open the list with a key, set a tick so many lines below the last one each time, close it."""
    room.room.window.activateWindow()
    pick.setFocus()
    QTest.keyClick(pick, KEY.Key_Return)
    for down in steps:
        for _ in range(down):
            QTest.keyClick(pick.menu_shown, KEY.Key_Down)
        QTest.keyClick(pick.menu_shown, KEY.Key_Space)
    QTest.keyClick(pick.menu_shown, KEY.Key_Return)
    room.settle()


def test_every_rule_of_an_event_can_be_set_on_its_panel(six) -> None:
    sheet = six.page.event_panel.rules
    assert set(sheet.parts) == set(DriveRules.__struct_fields__)
    for name, text in (("name", "Ours"), ("least_drive_s", "2:00"), ("most_drive_s", "14h"),
                       ("most_in_window_s", "4h"), ("window_s", "6:00"), ("least_rest_s", "90 min"),
                       ("most_stints_in_a_row", "3"), ("least_drivers", "2"), ("most_drivers", "6"),
                       ("mandatory_stops", "5"), ("longest_stint_s", "1:05"), ("longest_spotting_s", "3h"),
                       ("fair_share", "30 %"), ("longest_stretch_s", "2:15")):  # fmt: skip
        six.type(sheet[name], text)
        assert not sheet[name].wrong
    sheet.starter.setFocus()
    QTest.keyClicks(sheet.starter, "Kai")
    sheet.starter.activated.emit(sheet.starter.currentIndex())
    QTest.keyClick(sheet.spotter, KEY.Key_Down)
    six.settle()
    _ticks(six, sheet.no_night, 0, 1)
    _ticks(six, sheet.service, 0, 2)
    (event,) = six.ask(events)
    assert event.rules == DriveRules(
        "Ours", 0.3, 2 * HOUR_S, 14 * HOUR_S, 4 * HOUR_S, 6 * HOUR_S, 2.25 * HOUR_S, 1.5 * HOUR_S, 3, 2, 6,
        "kai", ("ada", "ivo"), 5, "fuel, swap", True, 3 * HOUR_S, 65 * 60.0,
    )  # fmt: skip
    assert not any(sheet.fault(name) for name in sheet.parts)
    for name in sheet.fields:
        six.type(sheet[name], "")
    assert six.ask(events)[0].rules == DriveRules(
        starter="kai", no_night=("ada", "ivo"), stop_service="fuel, swap", has_spotter=True
    )
    assert sheet.fault("stop_service").startswith("Say at how many stops")


def test_what_a_rule_cannot_be_stands_below_it_in_words(six) -> None:
    sheet = six.page.event_panel.rules
    for name, text, words in (
        ("most_drivers", "2.5", "whole number"),
        ("fair_share", "130 %", "0 to 100 %"),
        ("longest_stretch_s", "for ever", "length of time"),
        ("mandatory_stops", "many", "whole number"),
    ):
        six.type(sheet[name], text)
        assert words in sheet.fault(name)
        assert sheet.form.fault(sheet.parts[name]).isVisibleTo(sheet)
        QTest.keyClick(sheet[name], KEY.Key_Escape)
        assert not sheet.fault(name)
    six.type(sheet["window_s"], "6:00")
    assert "how long" in sheet.fault("most_in_window_s")
    six.type(sheet["most_in_window_s"], "4:00")
    assert not sheet.fault("most_in_window_s")


def test_escape_leaves_a_list_of_ticks_as_it_was_and_a_click_sets_one(six) -> None:
    pick = six.page.event_panel.rules.no_night
    before = six.planner.revision
    pick.showPopup()
    QTest.keyClick(pick.menu_shown, KEY.Key_Space)
    QTest.keyClick(pick.menu_shown, KEY.Key_Escape)
    six.settle()
    assert six.planner.revision == before
    pick.showPopup()
    menu = pick.menu_shown
    spot = menu.actionGeometry(menu.actions()[2]).center()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=spot)
    assert menu.isVisible()
    menu.close()
    six.settle()
    assert six.ask(events)[0].rules.no_night == ("kai",)
    assert pick.words == "Kai Nakamura"


def test_a_person_is_shared_with_another_car_of_ours(opened_page) -> None:
    room = opened_page([*stint_room.drafts(), *add_team("day", "spa", "Day Shift")])
    room.board.choose("ivo")
    room.settle()
    pick = room.page.person.shared
    assert "two cars at once" in pick.toolTip()
    _ticks(room, pick, 0)
    assert room.ask(lambda ledger: team(ledger, "day")).shared == ("ivo",)
    line = next(one for one in room.page.people.list.lines if one.key == "ivo")
    assert line.parts[3].text == "Night Shift + Day Shift"
    busy = room.ask(lambda ledger: relay_of(ledger, team(ledger, "day"), None)).seats
    assert [seat.name for seat in busy] == ["Ivo Petrov"]
    room.room.run("window.undo")
    room.settle(lambda: room.ask(lambda ledger: team(ledger, "day")).shared == ())


def test_keep_this_settles_what_two_machines_wrote_without_knowing_of_each_other(six, tmp_path) -> None:
    lea = Identity.load_or_create(tmp_path / "lea")
    six.staff.roles[lea.device] = Role.ENGINEER
    everybody = {lea.device: Role.ENGINEER, six.planner.book.device: Role.ENGINEER}
    book = EditBook(six.staff.shelf, lea, six.staff.clock, role_of=everybody.get, name="Lea")
    other = Planner(book)
    try:
        six.staff.office.step()
        other.step(None)  # she has all, and goes off the air
        panel = six.show("history")
        six.board.choose("ivo")
        six.settle()
        six.type(six.page.person.fields["rating"], "3100")
        other.write(fill_member("ivo", rating=2200))
        other.step(None)
        six.settle(lambda: len(panel.past.conflicts) == 1)
        (conflict,) = panel.past.conflicts
        assert {(one.who, one.value) for one in conflict.said} == {("Kai", 3100), ("Lea", 2200)}
        assert panel.count.text() == "1 conflict"
        panel.picture.grab()
        hers = next(one.words for one in conflict.said if one.who == "Lea")
        keep = next(spot for spot in panel.picture.spots if spot.is_button and f"Lea: {hers}" in spot.tip)
        QTest.mouseClick(panel.picture, Qt.MouseButton.LeftButton, pos=keep.box.center().toPoint())
        six.settle(lambda: not panel.past.conflicts)
        assert six.scene.attendant("ivo").member.rating == 2200
        assert panel.count.text() == ""
        six.settle(lambda: other.step(None) or other.conflicts() == ())
        assert next(one.rating for one in other.ask(members) if one.key == "ivo") == 2200
    finally:
        other.close()
