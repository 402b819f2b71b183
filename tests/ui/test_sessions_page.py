"""The Sessions page under a person's hands: found, named, opened, put away, deleted, had back, handed out."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engineer_room import Opener, profile_in
from made_once import MadeOnce
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from session_room import BUSY, DAY_S, FIRST_S, SESSION, SessionRoom, record, season

from pitbox.log.hold import Hold
from pitbox.log.shelf import Shelf
from pitbox.log.trash import Trash
from pitbox.model.ids import Axis
from pitbox.model.label import tags
from pitbox.model.note import notes
from pitbox.ui.sessions.words import clock_s, days_s, filter_of
from pitbox.wall.feed import Spring
from pitbox.wall.profile import Profile, find_profile
from pitbox.wall.settings import Settings

KEY, MORE = Qt.Key, Qt.KeyboardModifier
NAME = "Demo duel, two classes"


@pytest.fixture(scope="module")
def race(made_once: MadeOnce) -> Path:
    return made_once("sessions-race", lambda to: record(to / "data" / "log", to / "identity"))


def lay(race: Path, profile: Profile) -> None:
    """As it was recorded."""
    shutil.rmtree(profile.data / "log", ignore_errors=True)
    shutil.copytree(race / "data" / "log", profile.data / "log")
    shutil.copytree(race / "identity", profile.identity_folder, dirs_exist_ok=True)


@pytest.fixture
def page(opened, profile, monkeypatch, race: Path) -> object:
    """A window of one's own, for what ends it or needs another beginning."""

    def enter(count: int = 6, *, is_recorded: bool = True, **more) -> SessionRoom:
        if is_recorded:
            lay(race, profile)
        return SessionRoom(opened, profile, monkeypatch, season(count) if count else None, **more)

    return enter


@pytest.fixture(scope="module")
def kept(qapp, race: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionRoom]:
    profile = profile_in(tmp_path_factory.mktemp("sessions"))
    lay(race, profile)
    opener = Opener(qapp, profile)
    with pytest.MonkeyPatch.context() as patch:
        yield SessionRoom(opener, profile, patch, season(6))
        opener.close()


@pytest.fixture
def same(kept: SessionRoom, race: Path) -> Iterator[object]:
    """One window for all that leaves it standing."""

    def enter(count: int = 6) -> SessionRoom:
        lay(race, kept.profile)
        kept.show_rows(season(count))
        return kept

    yield enter
    kept.room.run("sessions.leave")
    kept.settle(lambda: kept.room.desk.recordings.is_idle)


def test_words_dashes_and_tags_find_and_heads_sort(same) -> None:
    room = same()
    search, names = room.page.table.search, room.words
    assert names()[0] == NAME, "the newest first"
    room.type(search, "north -club")
    assert names() == ["Team race (rows only)"]
    room.key(search, KEY.Key_Escape)
    assert len(names()) == 7
    slots = room.page.table.heads.slots()
    best = room.page.table.heads.viewport()
    room.click(best, slots[8].center())
    assert room.page.table.list.lines[0].parts[8].text == "1:35.000"
    room.click(best, slots[8].center())
    assert room.page.table.list.lines[0].parts[8].text == "1:49.380"
    assert names()[-1] == NAME, "what is not known comes last either way"
    assert filter_of('spa #wet #"six hours" -dry').tags == ("wet", "six hours")
    assert filter_of('spa #wet #"six hours" -dry').words.split() == ["spa", "-dry"]


def test_kind_track_car_tag_and_days_narrow_what_the_words_find(same) -> None:
    room = same(9)
    filters, names = room.page.table.filters, room.words
    assert filters.is_open
    for field, at, count in (("track", 3, 3), ("kinds", 1, 3), ("car", 2, 0)):
        filters.fields[field].activated.emit(at)
        assert len(names()) == count, f"{field}: {filters.fields[field].itemText(at)}"
    assert room.board.wanted.car == "Comet GT3"
    room.click(filters.clear)
    assert len(names()) == 10
    room.type(filters.since, "2025-10-13")
    room.type(filters.until, "2025-10-16")
    assert [row.began_utc_s for row in room.board.shown] == [FIRST_S + at * 1.4 * DAY_S for at in (5, 4, 3)]
    room.type(filters.until, "soon")
    assert "is no date" in filters.until.wrong
    room.type(filters.until, "2025-10")
    assert len(names()) == 6
    room.click(filters.clear)
    room.board.choose(SESSION)
    room.settle()
    room.type(room.page.detail.tags, "Wet")
    room.click(filters.clear)
    filters.fields["tags"].activated.emit(1)
    assert names() == [NAME]
    assert days_s("2024-02", "utc") == (1706745600.0, 1709251200.0)
    assert days_s("2024", "utc")[1] - days_s("2024", "utc")[0] == 366 * DAY_S
    with pytest.raises(ValueError, match="no date"):
        days_s("2024-02-30", "utc")


def test_tags_and_notes_are_written_changed_and_taken_back(same) -> None:
    room = same()
    detail = room.page.detail
    room.type(detail.tags, "Wet, six hours")
    assert room.page.table.list.lines[0].parts[11].text == "six hours, Wet"
    room.type(detail.note, "Left front was done.")
    (entry,) = detail.notes.values()
    room.type(entry, "Left front was fine.")

    def stands() -> tuple[tuple[str, ...], list[str]]:
        with room.reading.keepsakes() as keepsakes:
            ledger = keepsakes.ledger(SESSION)
            return tags(ledger), [one.text for one in notes(ledger)]

    assert stands() == (("six hours", "Wet"), ["Left front was fine."])
    for expected in (["Left front was done."], []):
        room.room.run("window.undo")
        room.settle()
        assert stands() == (("six hours", "Wet"), expected)
    room.room.run("window.redo")
    room.settle()
    assert stands()[1] == ["Left front was done."]
    room.type(room.page.table.search, "#wet front")
    assert room.words() == [NAME]
    room.type(detail.tags, "a, " + "x" * 41)
    assert "1 to 40 characters" in detail.tags.wrong
    assert stands()[0] == ("six hours", "Wet")


def test_archived_and_restored(same) -> None:
    room = same()
    room.key(room.page.table.list, KEY.Key_A)
    assert room.words()[0] != NAME
    room.type(room.page.table.search, "archived")
    room.key(room.page.table.list, KEY.Key_Home)
    assert (room.board.one.session, room.board.one.state) == (SESSION, "archived")
    assert room.page.detail.archive.text() == "Restore"
    assert room.board.near.archive.endswith(".pitbox.tar")
    room.key(room.page.table.list, KEY.Key_Return)
    assert any("restore it to open it" in words for words in room.notices())
    room.click(room.page.detail.archive)
    room.key(room.page.table.search, KEY.Key_Escape)
    assert NAME in room.words()


def test_opened_at_a_moment_and_left_again(same) -> None:
    room = same()
    moment, desk = room.page.detail.moment, room.room.desk
    assert moment.axis is None, "as it ended, until somebody says when"
    room.type(moment.time, "0:00:05")
    assert moment.axis == Axis(1, 0, 17.0)
    room.type(moment.time, "9:00:00")
    assert "from -0:00:02 to 0:00:28" in moment.time.wrong
    room.key(moment.slider, KEY.Key_Right)
    assert moment.time.text() == "0:00:06"
    moment.part.activated.emit(0)
    moment.slider.setFocus()
    moment.slider.setValue(14)
    room.click(moment.button)
    recordings, bridge = desk.recordings, desk.bridge
    room.settle(lambda: recordings.session == SESSION and recordings.is_idle)
    assert (room.window.page, bridge.feed.spring) == ("race", Spring.RECORDING)
    room.settle(lambda: bridge.still is not None)
    assert bridge.still.moment.sim_time_s == pytest.approx(14.0, abs=0.3)
    assert room.page.table.list.lines[0].is_ours
    room.room.run("sessions.leave")
    room.settle(lambda: recordings.is_idle)
    assert (bridge.feed, recordings.session) == (room.room.feed, "")
    room.window.go_to("sessions")
    QTest.mouseDClick(room.page.table.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 10))
    room.settle(lambda: recordings.session == SESSION)
    assert bridge.feed.spring is Spring.RECORDING


def test_marked_sessions_are_compared_and_a_trend_is_drawn(same) -> None:
    room = same(18)
    table, comparing = room.page.table, room.page.comparing
    table.list.setFocus()
    room.key(table.list, KEY.Key_Down)
    room.key(table.list, KEY.Key_Space)
    room.click(table.list.viewport(), table.list.box(4).center(), MORE.ControlModifier)
    room.key(table.list, KEY.Key_C)
    room.settle(lambda: comparing.comparison is not None and not comparing.is_running)
    assert [line.parts[0].text for line in table.list.lines[1:5]] == ["1", "", "", "2"]
    first, second = comparing.comparison.sessions
    assert (first.to_first_s, first.pace.laps) == (0.0, 30)
    assert second.to_first_s == pytest.approx(0.04, abs=0.15)
    panel = room.page.deck.docks["compare"].panel
    panel.grab()
    assert any(ink.text == "first" for ink in panel.picture.pen.inks)
    room.key(table.list, KEY.Key_G)
    trend = room.page.deck.docks["trend"].panel
    room.settle(lambda: comparing.formed.trend is not None and not comparing.is_running)
    slope = comparing.formed.trend.pace_s_per_week
    assert slope.low < -0.06 < slope.high, "they get faster by so much a week"
    trend.grab()
    assert "faster" in next(ink.text for ink in trend.picture.pen.inks if ink.text.startswith("Pace: "))
    spots = [spot for spot in trend.picture.spots if spot.run is not None]
    room.click(trend.picture, spots[0].box.center().toPoint())
    assert room.board.key == comparing.formed.trend.sessions[0].session


def test_exported_with_progress_and_stopped(same, tmp_path: Path) -> None:
    room = same()
    panel, out = room.page.show_panel("export"), tmp_path / "out"
    room.type(panel.folder, str(out))
    assert "no folder" in panel.folder.wrong
    out.mkdir()
    room.click(panel.folder.pick)
    picker = panel.folder.picker
    assert picker.isVisible()
    assert not picker.isModal()
    picker.setDirectory(str(out))
    picker.accept()
    room.settle(lambda: panel.folder.text() == str(out))
    seen: list[float] = []
    room.page.leaving.changed.connect(lambda: seen.append(room.page.leaving.share))
    room.click(panel.start)
    room.settle(lambda: not room.page.leaving.running)
    assert (out / f"{SESSION}-csv" / "laps.csv").exists()
    assert f"{SESSION}-csv" in panel.words.text()
    assert max(seen) > 0.5
    room.click(panel.start)
    room.settle(lambda: not room.page.leaving.running)
    assert room.page.leaving.is_wrong, "what lies there is not overwritten"
    assert "lies there already: choose another folder, or Replace" in panel.words.text()
    room.type(panel.laps, "5-3")
    assert "names no laps" in panel.laps.wrong
    room.type(panel.laps, "0-2")
    room.type(panel.channels, "Speed, Lap")
    panel.replacing.setChecked(True)
    room.click(panel.start)
    room.settle(lambda: not room.page.leaving.running)
    (own,) = out.glob("*-csv/own*.csv")
    with own.open(encoding="utf-8") as lines:
        heads = next(lines).strip().split(",")
    assert [name for name in heads if name.startswith(("Speed", "Lap", "Throttle"))] == ["Lap", heads[-1]]
    assert heads[-1].startswith("Speed")
    room.board.mark("sub-700001")
    room.board.mark(SESSION)
    assert room.page.leaving.wanted[0].session == "sub-700001"
    room.click(panel.start)
    room.settle(lambda: not room.page.leaving.running)
    assert "1 session is not here" in panel.words.text()
    room.board.clear_marks()
    panel.replacing.setChecked(False)
    room.page.leaving.choose(format="mcap")
    panel.start.click()
    assert panel.cancel.isEnabled()
    panel.cancel.click()
    room.settle(lambda: not room.page.leaving.running)
    assert "Stopped" in panel.words.text()
    assert [path.name for path in out.iterdir()] == [f"{SESSION}-csv"]


def test_what_is_being_recorded_is_marked_and_stays(same) -> None:
    room = same()
    (reader,) = room.reading.shelf.readers(SESSION)
    hold = Hold(reader.folder)
    try:
        room.key(room.page.table.list, KEY.Key_R)
        assert room.words()[0] == f"{NAME} (recording now)"
        assert room.page.table.list.lines[0].is_new
        assert not room.page.detail.delete.isEnabled()
        room.key(room.page.table.list, KEY.Key_Delete)
        assert any("when it is over" in words for words in room.notices())
    finally:
        hold.release()


def test_a_busy_database_is_said_and_the_list_is_there(same) -> None:
    room = same()
    room.state["is_busy"] = True
    room.key(room.page.table.list, KEY.Key_R)
    table = room.page.table
    assert room.words() == [NAME]
    assert table.fault.isVisible()
    assert BUSY in table.fault.text()
    room.state["is_busy"] = False
    room.click(table.again)
    assert len(room.words()) == 7
    assert not table.fault.isVisible()


def test_five_hundred_sessions_stay_smooth(same) -> None:
    room = same(500)
    times_s: list[float] = []
    room.room.desk.bridge.time_pulls(times_s)
    search, board = room.page.table.search, room.board
    typed_s = []
    for letter in "north team":
        began_s = time.thread_time()
        QTest.keyClicks(search, letter)
        typed_s.append(time.thread_time() - began_s)
    search.clear()
    stepped_s = []
    for _ in range(12):
        began_s = time.thread_time()
        QTest.keyClick(room.page.table.list, KEY.Key_Down)
        stepped_s.append(time.thread_time() - began_s)
        room.settle()
    assert len(room.words()) == 501
    assert sorted(stepped_s)[6] < 0.008
    assert sorted(typed_s)[5] < 0.008
    assert sorted(times_s)[len(times_s) // 2] < 0.008
    assert board.is_idle


def test_times_of_a_race_as_people_type_them() -> None:
    assert [clock_s(text) for text in ("90", "1:30", "1:00:05.5")] == [90.0, 90.0, 3605.5]
    for odd in ("", "1:2:3:4", "soon"):
        with pytest.raises(ValueError, match="no time"):
            clock_s(odd)


def test_deleted_with_a_key_had_back_by_the_notice_and_by_undo(page, profile) -> None:
    room = page()
    trash = Trash(room.reading.shelf)
    room.key(room.page.table.list, KEY.Key_Delete)
    assert trash.sessions() == [SESSION]
    assert room.words()[0] == f"{NAME} (deleted)"
    card = next(card for card in room.window.notice_stack.cards if "is deleted here" in card.words)
    button = next(b for b in card.findChildren(type(room.page.detail.delete)) if b.text() == "Undo")
    room.click(button)
    assert trash.sessions() == []
    assert room.words()[0] == NAME
    room.key(room.page.table.list, KEY.Key_Delete)
    room.room.run("window.undo")
    room.settle()
    assert (trash.sessions(), room.words()[0]) == ([], NAME)
    room.click(room.page.detail.delete)
    room.click(room.page.table.chips["deleted"])
    assert room.words() == [f"{NAME} (deleted)"]
    room.key(room.page.table.list, KEY.Key_Delete)
    assert "It is deleted already." in room.notices()
    room.room.desk.close()
    room.room.desk.close = lambda: None
    assert trash.sessions() == [], "at the end it goes for good"
    assert not (profile.data / "log" / SESSION).exists()


def test_another_scale_is_not_the_end(page) -> None:
    room = page(0)
    room.key(room.page.table.list, KEY.Key_Delete)
    room.room.run("look.larger")
    room.settle()
    assert Trash(room.reading.shelf).sessions() == [SESSION]
    assert room.words() == [f"{NAME} (deleted)"]


def test_before_anything_is_recorded_there_is_one_thing_to_do(page) -> None:
    made: list[str] = []
    room = page(0, is_recorded=False, make_demo=lambda: made.append("demo") or room.room.feed)
    assert room.page.stack.currentWidget() is room.page.bare
    (button,) = room.page.bare.findChildren(type(room.page.detail.delete))
    room.room.feed.start, room.room.feed.stop = lambda: None, lambda: True
    room.click(button)
    assert made == ["demo"]
    assert room.window.page == "race"


def test_races_of_a_demo_are_listed_apart_and_open_from_there(opened: Opener, race: Path) -> None:
    apart = find_profile("demo"), Settings()
    lay(race, apart[0])
    room = opened(spring=Spring.DEMO, demo_place=apart)
    room.window.go_to("sessions")
    page = room.window.sessions

    def until(is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30.0
        while not is_done():
            assert time.monotonic() < deadline, "the page never came to rest"
            room.pull()
            time.sleep(0.002)

    until(lambda: page.board.is_read)
    assert [one.session for one in page.board.shown] == [SESSION], "who comes from the demo looks for it"
    assert page.table.demo.isChecked()
    trash = Trash(Shelf(apart[0].data / "log"))
    page.deeds.delete()
    until(lambda: trash.sessions() == [SESSION])
    page.board.show_demo(is_demo=False)
    room.run("window.undo")
    until(lambda: trash.sessions() == [])
    page.board.show_demo(is_demo=True)
    until(lambda: page.board.one is not None and page.board.one.state == "here")
    page.deeds.open()
    until(lambda: room.desk.recordings.session == SESSION)
    room.window.go_to("sessions")
    assert page.board.is_demo, "an opened recording leaves the list as it was"
    QTest.mouseClick(page.table.demo, Qt.MouseButton.LeftButton)
    until(lambda: page.board.is_read)
    assert page.board.shown == []
    assert page.stack.currentWidget() is page.bare
    room.run("sessions.demo")
    until(lambda: page.board.is_read and len(page.board.shown) == 1)
    assert page.stack.currentWidget() is page.deck
