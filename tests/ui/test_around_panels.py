"""Relative, incidents and messages: pictures in both themes and sizes, and by geometry nothing is cut."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import around
import pytest
from engineer_room import Room
from picture import compare
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from staffed import StaffedRoom

from pitbox.ui.race.incidents.panel import INCIDENTS, IncidentPanel
from pitbox.ui.race.messages.panel import MESSAGES, MessagePanel
from pitbox.ui.race.relative.panel import RELATIVE, RelativePanel
from pitbox.ui.race.timing.panel import TIMING
from pitbox.ui.shell.lines import LineList
from pitbox.ui.shell.words import Clipped, Words
from pitbox.ui.theme.face import face
from pitbox.ui.theme.token import GRID, MARK, Type, Weight
from pitbox.wall.feed import Spring
from pitbox.wall.settings import Window

LOOKS = {
    "dark": Window(),
    "light": Window(theme="light"),
    "dark-80": Window(scale_percent=80),
    "light-160": Window(theme="light", scale_percent=160),
}
PANELS = (TIMING, RELATIVE, INCIDENTS, MESSAGES)
SIZE = {"relative": (340, 300), "incidents": (460, 300), "messages": (420, 420)}
Opener = Callable[..., "Set"]


class Set:
    """The three panels in a window of their own size each."""

    def __init__(self, staffed: StaffedRoom | None, room: Room, window: Window) -> None:
        self.staffed, self.room, self.window = staffed, room, window

    def panel(self, name: str) -> RelativePanel | IncidentPanel | MessagePanel:
        return self.room.window.deck.docks[name].panel

    def list_of(self, name: str) -> LineList:
        return self.panel(name).list

    def pull(self) -> None:
        if self.staffed is None:
            self.room.pull()
        else:
            self.staffed.pull()
        self.settle()

    def settle(self) -> None:
        """Draw what is due without waiting for it."""
        self.panel("relative").draw()
        self.panel("messages").refresh_now()
        QApplication.processEvents()

    def grab(self, name: str):
        dock = self.room.window.deck.docks[name]
        dock.setFloating(True)
        dock.setFixedSize(*(side * self.window.scale_percent // 100 for side in SIZE[name]))
        dock.show()
        QApplication.processEvents()
        self.settle()
        return dock.grab().toImage()


@pytest.fixture
def enter(opened: Callable[..., Room], tmp_path: Path) -> Iterator[Opener]:
    staffs: list[StaffedRoom] = []

    def make(look: str = "dark", *, is_staffed: bool = True, **more: object) -> Set:
        window = LOOKS[look]
        room = opened(window=window, panels=PANELS, **more)
        clock = room.desk.bridge._outlook._clock
        now_s = clock.monotonic_s()
        clock.monotonic_s = lambda: now_s  # on a slow machine nothing grows old by itself
        staffed = None
        if is_staffed:
            staffed = StaffedRoom(room, tmp_path / str(len(staffs)))
            staffs.append(staffed)
        made = Set(staffed, room, window)
        made.pull()
        return made

    yield make
    for staffed in staffs:
        staffed.close()


def full(enter: Opener, look: str) -> Set:
    made = enter(look)
    made.room.feed.hub.publish_facts([*around.laps(), *around.incidents()])
    around.converse(made.staffed)
    around.foreseen(made.room)
    around.moving(made.room)
    made.pull()
    return made


def named(enter: Opener, look: str) -> Set:
    made = enter(look, is_long=True)
    made.room.feed.hub.publish_facts([*around.laps(), *around.incidents()])
    around.converse(made.staffed, "Maximiliane Schwarzenberger-Hohenfels")
    made.pull()
    return made


def stale(enter: Opener, look: str) -> Set:
    made = full(enter, look)
    clock = made.room.desk.bridge._outlook._clock
    began_s = clock.monotonic_s()
    clock.monotonic_s = lambda: began_s + 95.0
    made.pull()
    return made


def empty(enter: Opener, look: str) -> Set:
    made = enter(look, is_staffed=False, spring=Spring.NONE, is_filled=False)
    made.room.window.race.setCurrentWidget(made.room.window.deck)
    return made


CASES = {f.__name__: f for f in (full, named, stale, empty)}
PICTURES = [
    *(("full", look) for look in LOOKS),
    *(("named", look) for look in ("dark", "light-160")),
    ("stale", "dark"),
    ("empty", "light"),
]


@pytest.mark.parametrize(("case", "look"), PICTURES, ids=lambda part: part)
def test_each_panel_as_it_was_looked_at(enter: Opener, case: str, look: str) -> None:
    made = CASES[case](enter, look)
    for name in SIZE:
        shot = made.grab(name)
        assert_nothing_is_cut(made, name)
        compare(shot, f"{name}-{case}-{look}")


def assert_nothing_is_cut(made: Set, name: str) -> None:
    """Names give way; figures, words of state and times never do."""
    shown, theme = made.list_of(name), made.room.desk.look.theme
    slots = shown.slots()
    for line in shown.lines:
        for part, slot, column in zip(line.parts, slots, shown._columns, strict=True):
            metrics = QFontMetricsF(face(theme, Type.BODY, Weight.STRONG if part.is_strong else Weight.PLAIN))
            free = slot.width() - 2 * theme.px(GRID) - (theme.px(MARK + GRID) if part.sign else 0)
            free -= theme.px(3 + GRID) if part.rank >= 0 else 0
            if column.width:
                assert metrics.horizontalAdvance(part.text) <= free + 1, (name, part.text)
    boxes = [shown.box(at) for at in range(len(shown.lines))]
    assert all(upper.bottom() < lower.top() for upper, lower in pairwise(boxes))
    dock = made.room.window.deck.docks[name]
    for words in dock.findChildren(Words):
        if words.isVisible() and words.text() and not isinstance(words, Clipped):
            assert words.width() >= words.sizeHint().width(), words.text()
    if name == "messages":
        panel = made.panel(name)
        assert panel.line.width() >= panel.to.width(), "a long name takes the room of what is said"
        for button in (*panel.quick.buttons, panel.send):
            assert button.width() >= button.sizeHint().width(), button.text()
        bottoms = [button.geometry() for button in panel.quick.buttons]
        assert all(not a.intersects(b) for at, a in enumerate(bottoms) for b in bottoms[at + 1 :])
