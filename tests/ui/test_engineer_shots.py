"""The pictures of the engineer's window, and by geometry: nothing is cut, nothing overlaps."""

from itertools import combinations, pairwise

import pytest
import scenes
from engineer_room import Room
from picture import compare
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetricsF, QImage, QRawFont
from PySide6.QtWidgets import QApplication

from pitbox.crew.health import Health, Level
from pitbox.model.fact import Stop
from pitbox.ui.race.timing.column import COLUMNS
from pitbox.ui.shell.words import Clipped, Words
from pitbox.ui.theme.face import face
from pitbox.ui.theme.resource import cover_files, font_files
from pitbox.ui.theme.token import GRID, MARK, Type, Weight
from pitbox.wall.feed import Spring
from pitbox.wall.settings import Window

LOOKS = {
    "dark": Window(),
    "light": Window(theme="light"),
    "dark-80": Window(scale_percent=80),
    "light-160": Window(theme="light", scale_percent=160),
}
SIZE = (1280, 720)


def enlarge(room: Room, window: Window) -> Room:
    room.window.setFixedSize(*(side * window.scale_percent // 100 for side in SIZE))
    room.pull()
    return room


def stops() -> list[Stop]:
    """Every third car has been in; one drove through, one is in there now, one came by tow."""
    made = []
    for entry in scenes.info().entries[::3]:
        in_s, at = 30_000.0 + entry.car_idx, entry.car_idx
        stall_s = None if at == 4 else in_s + 20
        out_s = None if at == 10 else in_s + 61.3 + at
        made.append(
            Stop(
                session_num=0,
                run=0,
                car_idx=at,
                stop=4,
                lap=150 + at % 30,
                lane_in_s=in_s,
                user_id_in=1,
                compound_in=0,
                stall_in_s=stall_s,
                stall_out_s=None if stall_s is None or out_s is None else out_s - 20,
                lane_out_s=out_s,
                is_tow=at == 25,
            )
        )
    return made


def packed(opened, look: str) -> Room:
    room = enlarge(opened(window=LOOKS[look]), LOOKS[look])
    room.feed.hub.publish_facts(stops())
    room.feed.give(scenes.standings(flag="caution"))
    room.pull()
    room.timing.go_to_ours()
    room.pull()
    room.timing.beat(room.timing._now_s + 60)  # nothing is lit any more
    return room


def names(opened, look: str) -> Room:
    room = enlarge(opened(window=LOOKS[look], is_long=True), LOOKS[look])
    room.timing.toggle_groups()
    return room


def stale(opened, look: str) -> Room:
    room = enlarge(opened(window=LOOKS[look]), LOOKS[look])
    room.feed.health.tell(Health("sync", "peer", Level.DEGRADED, "Ada's computer was lost."))
    clock = room.desk.bridge._outlook._clock
    began_s = clock.monotonic_s()
    clock.monotonic_s = lambda: began_s + 95.0
    room.pull()
    return room


def empty(opened, look: str) -> Room:
    return enlarge(
        opened(spring=Spring.NONE, is_filled=False, window=LOOKS[look], make_demo=lambda: None), LOOKS[look]
    )


def palette(opened, look: str) -> Room:
    room = enlarge(opened(window=LOOKS[look]), LOOKS[look])
    room.run("window.find")
    room.window.finder.line.setText("la")
    room.window.finder.line.setCursorPosition(0)
    return room


def keys(opened, look: str) -> Room:
    room = enlarge(opened(window=LOOKS[look]), LOOKS[look])
    room.run("window.keys")
    room.desk.stage.notices.tell("The layout is saved as Night.", Level.OK, "Undo", lambda: None)
    room.desk.stage.notices.tell("The disk took 1.2 s to store a commit; recording goes on.", Level.DEGRADED)
    return room


def settings(opened, look: str) -> Room:
    room = enlarge(opened(window=LOOKS[look]), LOOKS[look])
    room.run("page.settings")
    return room


ROOMS = {f.__name__: f for f in (packed, names, stale, empty, palette, keys, settings)}
PICTURES = [
    *(("packed", look) for look in LOOKS),
    *(("names", look) for look in ("dark", "light-160")),
    *(("stale", look) for look in ("dark", "light")),
    ("empty", "dark"),
    ("palette", "light"),
    ("keys", "dark"),
    ("settings", "light"),
]


def picture_of(room: Room) -> QImage:
    QApplication.processEvents()
    return room.window.grab().toImage()


@pytest.mark.parametrize(("name", "look"), PICTURES, ids=lambda part: part)
def test_engineer_shot(opened, name: str, look: str) -> None:
    room = ROOMS[name](opened, look)
    QApplication.processEvents()
    assert_nothing_is_cut(room)
    shot = picture_of(room)
    compare(shot, f"engineer-{name}-{look}")


def assert_nothing_is_cut(room: Room) -> None:
    """What does not give way by design has all the room that it wants, and stands on nobody else's."""
    shown = [words for words in room.window.findChildren(Words) if words.isVisible() and words.text()]
    assert shown
    for words in shown:
        if not words.wordWrap():
            assert words.width() >= words.sizeHint().width() or isinstance(words, Clipped), words.text()
        assert words.height() >= words.heightForWidth(words.width()), words.text()
    for card in room.window.notice_stack.cards:
        assert card.height() >= card.sizeHint().height(), card.words
        assert room.window.rect().contains(QRect(card.mapTo(room.window, QPoint(0, 0)), card.size())), (
            card.words
        )
    assert not room.window.top.title.is_cut
    bar = [words for words in shown if words.window() is room.window and room.window.top.isAncestorOf(words)]
    for one, other in combinations(bar, 2):
        assert not _box(one, room).intersects(_box(other, room)), (one.text(), other.text())


def _box(words: Words, room: Room) -> QRect:
    return QRect(words.mapTo(room.window, QPoint(0, 0)), words.size())


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("room_of", [packed, names], ids=["packed", "names"])
def test_every_figure_of_the_table_has_its_room(opened, room_of, look: str) -> None:
    room = room_of(opened, look)
    view, model, theme = room.timing.view, room.timing.model, room.desk.look.theme
    metrics = {
        is_strong: QFontMetricsF(face(theme, Type.BODY, Weight.STRONG if is_strong else Weight.PLAIN))
        for is_strong in (False, True)
    }
    note = QFontMetricsF(face(theme, Type.NOTE, Weight.STRONG))
    for at, column in enumerate(COLUMNS):
        if view.isColumnHidden(at) or column.is_wide:
            continue
        free = view.header().sectionSize(at) - 2 * theme.px(GRID)
        free -= theme.px(MARK + 2) if column.has_mark else 0
        assert note.horizontalAdvance(column.title) <= free, column.name
        for row in range(model.rowCount()):
            cell = model.cells(row)[at]
            assert metrics[cell.is_strong].horizontalAdvance(cell.text) <= free, (column.name, cell.text)


def test_rows_stand_on_the_grid(room: Room) -> None:
    view, model = room.timing.view, room.timing.model
    tops = [view.visualRect(model.index(row, 0)).top() for row in range(20)]
    assert {lower - upper for upper, lower in pairwise(tops)} == {24}


def test_every_letter_of_a_name_has_its_sign(qapp) -> None:
    """No empty box stands for a letter, on a machine with no typefaces of its own."""
    faces = [QRawFont(str(path), 12.0) for path in (*font_files(), *cover_files())]
    texts = [*(team + driver for team, driver in scenes.LONG), "ŠžłıđőÐþÇğ ½ € … ≈", "Ωλ Ёжик Nguyễn"]
    for letter in set("".join(texts)) - {" "}:
        assert any(f.glyphIndexesForString(letter)[0] for f in faces), letter
