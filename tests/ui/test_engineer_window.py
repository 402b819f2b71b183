"""The engineer's window under a person's hands: pages, palette, layouts, settings, health."""

import pytest
import scenes
from engineer_room import Room
from feeds import HandFeed
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pitbox.crew.health import Health, Level
from pitbox.ui.engineer.chapter import CHAPTERS
from pitbox.ui.shell.blank import Blank
from pitbox.ui.shell.command import Command, CommandBook, DoubleCommandError
from pitbox.ui.shell.keys import keys_words
from pitbox.ui.shell.memory import Memory
from pitbox.ui.shell.selection import NOBODY
from pitbox.wall.feed import Spring
from pitbox.wall.profile import Profile
from pitbox.wall.settings_file import read


def test_the_race_stands_in_the_window(same_room: Room) -> None:
    assert same_room.window.page == "race"
    assert same_room.window.race.currentWidget() is same_room.window.deck
    assert same_room.window.top.title.text() == "Spa 24 h"
    assert same_room.window.top.clock.text() == "13:57:07"
    assert same_room.window.top.state.text() == "Recorded on 3 machines"
    assert same_room.timing.model.rowCount() == 63


@pytest.mark.parametrize("spring", [Spring.NONE, Spring.PEERS])
def test_without_a_race_one_calm_page_says_what_comes(opened, spring: Spring) -> None:
    room = opened(spring=spring, is_filled=False, make_demo=lambda: None)
    guide = room.window.race.currentWidget()
    assert isinstance(guide, Blank)
    assert [
        name
        for step in guide.steps
        for name in ("driver", "pair", "engineer")
        if f"pitbox {name}" in step.words.text()
    ] == [
        "driver",
        "pair",
        "engineer",
    ]
    for step in guide.steps:
        assert step.words.height() >= step.words.heightForWidth(step.words.width())
    room.feed.give()
    room.pull()
    assert room.window.race.currentWidget() is room.window.deck


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_each_page_opens_by_its_button_and_by_its_keys(room: Room, chapter, qtbot: QtBot) -> None:
    qtbot.mouseClick(room.window.rail.buttons[chapter.name], Qt.MouseButton.LeftButton)
    assert room.window.page == chapter.name
    page = room.window._content(chapter.name)
    qtbot.waitUntil(page.isVisible, timeout=30_000)  # one that is made just now is shown a turn later
    if isinstance(page, Blank):
        assert page.words.text() == chapter.words
        assert chapter.words.endswith(".")
    room.run("page.race")
    assert room.window.page == "race"


def test_what_is_typed_into_the_palette_is_found_and_done(room: Room, qtbot: QtBot) -> None:
    room.run("window.find")
    finder = room.window.finder
    qtbot.keyClicks(finder.line, "go heal")
    assert finder.found[0].name == "page.health"
    qtbot.keyClick(finder, Qt.Key.Key_Return)
    assert room.window.page == "health"
    assert not finder.isVisible()


def test_the_palette_goes_with_escape_and_nothing_was_done(same_room: Room, qtbot: QtBot) -> None:
    same_room.run("window.find")
    qtbot.keyClicks(same_room.window.finder.line, "health")
    qtbot.keyClick(same_room.window.finder.line, Qt.Key.Key_Escape)
    assert not same_room.window.finder.isVisible()
    assert same_room.window.page == "race"


def test_no_two_commands_want_the_same_keys() -> None:
    book = CommandBook()
    book.add(Command("a", "A", "G", lambda: None, "Ctrl+K"))
    with pytest.raises(DoubleCommandError):
        book.add(Command("b", "B", "G", lambda: None, "Ctrl+K", scope="timing"))
    book.add(Command("c", "C", "G", lambda: None, "F", scope="timing"))
    book.add(Command("d", "D", "G", lambda: None, "F", scope="map"))
    with pytest.raises(DoubleCommandError):
        book.add(Command("a", "Again", "G", lambda: None))


def test_the_card_of_keys_has_each_of_them(same_room: Room) -> None:
    same_room.run("window.keys")
    assert same_room.window.key_card.isVisible()
    shown = {
        words.text() for words in same_room.window.key_card.findChildren(type(same_room.window.top.part))
    }
    for command in same_room.desk.stage.commands:
        if command.keys:
            assert (command.card or command.title) in shown
            assert command.card or keys_words(command.keys) in shown
            assert keys_words(command.keys).strip(), command.name
    for words in ("1 to 6", "Alt 1 to Alt 9"):  # a row of keys of one kind is one line
        assert words in shown
    same_room.window.key_card.close_down()


@pytest.mark.parametrize("width", [1600, 960])
def test_no_key_of_the_card_is_cut_and_all_are_reached_by_keys(
    same_room: Room, width: int, qtbot: QtBot
) -> None:
    same_room.window.resize(width, 700)
    same_room.run("window.keys")
    card, window = same_room.window.key_card, same_room.window
    port = card._area.viewport()
    shown = card.findChildren(type(window.top.part))
    assert shown
    for words in shown:
        assert words.width() >= words.sizeHint().width(), words.text()
        assert words.mapTo(port, words.rect().topRight()).x() <= port.width(), words.text()
    last = max(shown, key=lambda words: words.mapTo(port, words.rect().bottomLeft()).y())
    for _ in range(20):
        qtbot.keyClick(card, Qt.Key.Key_PageDown)
    assert last.mapTo(port, last.rect().bottomLeft()).y() <= port.height()
    card.close_down()


def test_a_layout_is_saved_restored_and_reset(room: Room) -> None:
    dock = room.window.deck.docks["timing"]
    room.window.deck.keep_layout("Two screens")
    dock.hide()
    assert room.window.deck.restore_layout("Two screens")
    assert dock.isVisible()
    dock.float_away()
    assert dock.isFloating()
    room.run("layout.reset")
    assert not dock.isFloating()
    room.run("window.undo")
    assert dock.isFloating()
    room.run("window.redo")
    assert not dock.isFloating()


def test_a_layout_gets_its_name_in_the_palette(room: Room, qtbot: QtBot) -> None:
    room.run("layout.save")
    room.window.finder.line.setText("Night")
    qtbot.keyClick(room.window.finder, Qt.Key.Key_Return)
    assert room.window.deck.layouts == ["Night"]
    assert [command.name for command in room.desk.stage.commands.find("layout night")] == [
        "layout.open.Night"
    ]


def test_the_next_evening_begins_as_this_one_ended(opened, profile: Profile) -> None:
    first = opened()
    first.timing.toggle_groups()
    first.timing.toggle_column("class")
    first.window.deck.docks["timing"].hide()
    first.desk.close()
    second = opened()
    assert not second.window.deck.docks["timing"].isVisible()
    assert second.timing.model.order.is_grouped
    assert second.timing.view.isColumnHidden(4)


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"timing": 5, "layouts.race": {"last": "!"}}'])
def test_a_memory_that_is_none_is_forgotten(opened, profile: Profile, content: bytes) -> None:
    profile.config.mkdir(parents=True, exist_ok=True)
    (profile.config / "engineer-window.json").write_bytes(content)
    room = opened()
    assert room.timing.model.rowCount() == 63
    assert Memory(profile.config).recall("nothing", int) is None


def test_light_colours_come_at_once_and_stay(room: Room, profile: Profile) -> None:
    dark = room.window.grab().toImage().pixelColor(400, 20)
    room.run("look.theme")
    light = room.window.grab().toImage().pixelColor(400, 20)
    assert (dark.lightness() < 60, light.lightness() > 230) == (True, True)
    assert read(profile.settings_file).settings.window.theme == "light"


def test_another_scale_is_another_window_with_the_same_race(room: Room, profile: Profile) -> None:
    before = room.window
    room.run("page.settings")
    room.run("look.larger")
    assert room.window is not before
    assert room.window.page == "settings"
    assert room.timing.model.rowCount() == 63
    assert read(profile.settings_file).settings.window.scale_percent == 110


def test_another_scale_keeps_size_and_who_was_chosen(room: Room) -> None:
    room.window.resize(1400, 900)
    room.desk.stage.selection.select(40)
    room.desk.stage.selection.refer_to(12)
    room.run("look.larger")
    room.pull()
    assert (room.window.width(), room.window.height()) == (1400, 900)
    selection = room.desk.stage.selection
    assert (selection.car_idx, selection.reference_idx) == (40, 12)
    assert room.timing.view.currentIndex().row() == room.timing.model.row_of(40)
    assert room.timing.model.reference_idx == 12


def test_a_window_that_opens_has_chosen_no_car(room: Room, qtbot: QtBot) -> None:
    """Qt makes a row the current one where the focus comes, and the current one is the chosen car."""
    view = room.timing.view
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.hasFocus()
    assert room.desk.stage.selection.car_idx == NOBODY
    assert not view.currentIndex().isValid()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert room.desk.stage.selection.car_idx == room.timing.model.lines[0].car_idx


def test_the_chosen_row_looks_chosen(same_room: Room) -> None:
    view, ground = same_room.timing.view, same_room.desk.look.palette.line
    view.setCurrentIndex(view.model().index(3, 0))
    seen = view.viewport().grab().toImage()
    boxes = [view.visualRect(view.model().index(row, 0)) for row in range(6)]
    lit = [seen.pixelColor(seen.width() - 12, box.top() + 4).name() == ground for box in boxes]
    assert lit == [False, False, False, True, False, False]


def test_no_row_of_the_table_is_cut_at_its_foot(same_room: Room) -> None:
    view = same_room.timing.view
    same_room.window.resize(1600, 1000)
    for more in range(0, 24, 5):
        same_room.window.resize(1600, 1000 + more)
        QApplication.processEvents()
        seen, foot = view.viewport().grab().toImage(), view.own_line.foot_of_rows
        whole = foot // view.visualRect(view.model().index(0, 0)).height()
        below = {seen.pixelColor(30, y).name() for y in range(whole * same_room.desk.look.row_height, foot)}
        assert below <= {same_room.desk.look.palette.panel}, more


def test_settings_are_searched_changed_and_refused_in_words(
    room: Room, profile: Profile, qtbot: QtBot
) -> None:
    room.run("page.settings")
    page = room.window.preferences
    page.search.setText("units gallons")
    shown = [row.setting.key for row in page.rows if row.isVisible()]
    assert shown == ["window.units"]
    page.search.setText("nothing has these words")
    assert page.nothing.isVisible()
    page.search.setText("")
    row = next(row for row in page.rows if row.setting.key == "log.commit_interval_ms")
    row.editor.setText("1")
    row.editor.editingFinished.emit()
    assert "has to be" in row.wrong.text()
    row.editor.setText("500")
    row.editor.editingFinished.emit()
    assert not row.wrong.isVisible()
    assert read(profile.settings_file).settings.log.commit_interval_ms == 500


def test_every_setting_has_its_row(same_room: Room) -> None:
    from pitbox.wall.settings import every_setting

    assert [row.setting for row in same_room.window.preferences.rows] == list(every_setting())


def test_trouble_is_seen_on_the_rail_and_told_on_its_page(room: Room) -> None:
    room.feed.health.tell(Health("sync", "peer", Level.FAILED, "Ada's computer was lost; the others go on."))
    room.pull()
    assert room.window.rail.buttons["health"].mark == "bad"
    room.run("page.health")
    texts = [words.text() for words in room.window.ward.findChildren(type(room.window.top.part))]
    assert "Ada's computer was lost; the others go on." in texts


def test_a_picture_that_grows_old_is_told(same_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = same_room.desk.bridge._outlook._clock
    began_s = clock.monotonic_s()
    monkeypatch.setattr(clock, "monotonic_s", lambda: began_s)
    same_room.feed.hub.standings.put(scenes.standings(36_174.0))
    same_room.pull()
    monkeypatch.setattr(clock, "monotonic_s", lambda: began_s + 12.5)
    same_room.pull()
    assert same_room.window.top.trouble.text().startswith("Nothing new for 12 s")
    assert same_room.timing.view._is_stale
    same_room.feed.hub.standings.put(scenes.standings())
    same_room.pull()
    assert not same_room.window.top.trouble.isVisible()
    assert not same_room.timing.view._is_stale


def test_notices_come_and_go(same_room: Room) -> None:
    notices, stack = same_room.desk.stage.notices, same_room.window.notice_stack
    stack.beat(100.0)
    notices.tell("Copied.")
    notices.tell("The disk is full.", Level.FAILED)
    assert [card.words for card in stack.cards] == ["Copied.", "The disk is full."]
    stack.beat(107.0)
    assert [card.words for card in stack.cards] == ["The disk is full."]
    stack.cards[0].dismissed.emit()
    assert not stack.isVisible()


def test_the_clipboard_gets_what_is_shown(same_room: Room) -> None:
    same_room.timing.go_to_ours()
    same_room.timing.copy_row()
    head, line = QGuiApplication.clipboard().text().split("\n")
    assert head.split("\t")[:4] == ["P", "PIC", "#", "Team / driver"]
    assert line.split("\t")[0] == str(scenes.OWN)
    same_room.timing.copy_all()
    assert len(QGuiApplication.clipboard().text().split("\n")) == 64


def test_keys_move_select_and_pin(same_room: Room, qtbot: QtBot) -> None:
    view, selection = same_room.timing.view, same_room.desk.stage.selection
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert selection.car_idx == same_room.timing.model.lines[1].car_idx
    same_room.run("timing.pin")
    assert selection.reference_idx == selection.car_idx
    assert not view.isColumnHidden(9)
    same_room.run("timing.pin")
    assert selection.reference_idx == -1
    assert view.isColumnHidden(9)
    same_room.run("timing.ours")
    assert selection.car_idx == scenes.OWN


def test_a_selection_made_elsewhere_is_shown_here(same_room: Room) -> None:
    same_room.desk.stage.selection.select(40)
    assert same_room.timing.view.currentIndex().row() == same_room.timing.model.row_of(40)


def test_classes_are_shown_alone_by_chip_and_by_key(same_room: Room, qtbot: QtBot) -> None:
    qtbot.mouseClick(same_room.timing.classes.chips[1], Qt.MouseButton.LeftButton)
    assert same_room.timing.model.rowCount() == 16
    same_room.run("timing.class_3")
    assert same_room.timing.model.rowCount() == 50
    same_room.run("timing.class_1")  # all three of them: that is no filter any more
    assert same_room.timing.model.rowCount() == 63
    assert not any(chip.isChecked() for chip in same_room.timing.classes.chips)
    same_room.run("timing.class_1")
    same_room.run("timing.all_classes")
    assert same_room.timing.model.rowCount() == 63


def test_a_frozen_table_stands_still_and_then_catches_up(same_room: Room) -> None:
    import msgspec

    same_room.run("timing.freeze")
    cars = list(scenes.standings().cars)
    cars[0] = msgspec.structs.replace(cars[0], last_lap_s=91.0)
    same_room.feed.give(scenes.standings(cars=tuple(cars)))
    same_room.pull()
    assert same_room.timing.model.cells(0)[10].text != "1:31.000"
    same_room.run("timing.freeze")
    assert same_room.timing.model.cells(0)[10].text == "1:31.000"


def test_a_click_on_a_head_sorts_again_the_other_way_and_then_as_before(same_room: Room) -> None:
    order = []
    for _ in range(3):
        same_room.timing.sort_by(11)
        order.append((same_room.timing.model.order.column, same_room.timing.model.order.is_falling))
    assert order == [("best", False), ("best", True), ("position", False)]


def test_a_column_that_was_hidden_comes_back_with_undo(same_room: Room) -> None:
    same_room.run("timing.column.gap")
    assert same_room.timing.view.isColumnHidden(6)
    same_room.run("window.undo")
    assert not same_room.timing.view.isColumnHidden(6)
    same_room.run("timing.column.gap")
    same_room.run("timing.reset_columns")
    assert not same_room.timing.view.isColumnHidden(6)


def test_the_demo_race_begins_on_its_button(opened) -> None:
    class Demo(HandFeed):
        def start(self) -> None:
            self.give()

        def stop(self) -> bool:
            return True

    room = opened(spring=Spring.NONE, is_filled=False, make_demo=lambda: Demo(Spring.DEMO))
    room.run("demo.start")
    room.pull()
    assert room.window.race.currentWidget() is room.window.deck
    assert room.timing.model.rowCount() == 63
