"""Marked sessions held against the first of them, and the form of one car on one track over months."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from pitbox.analysis.trend import Trend
from pitbox.ui.sessions.board import SessionBoard
from pitbox.wall.form_book import Comparison, compare, form
from pitbox.wall.library import Recorded

if TYPE_CHECKING:  # it loads what only a reader needs
    from pitbox.wall.reading_room import ReadingRoom


class Formed(msgspec.Struct, frozen=True):
    """Where pace and consistency go of what the chosen session was driven with and on."""

    title: str = ""
    trend: Trend | None = None
    names: dict[str, str] = {}
    drivers: tuple[str, ...] = ()


class Comparing(QObject):
    """Asks while somebody looks; what was asked before something else was chosen is not shown."""

    changed = Signal()

    def __init__(self, board: SessionBoard) -> None:
        super().__init__()
        self.board = board
        self.comparison: Comparison | None = None
        self.compared: tuple[Recorded, ...] = ()
        self.formed = Formed()
        self.wrong = ""
        """Why there is nothing to show."""
        self.driver = ""
        """Only laps of this one; of everybody when empty."""
        self.is_running = False
        self.is_shown: Callable[[], bool] = lambda: True
        self._asked: tuple[object, ...] = ()
        self._is_due = False
        board.marked_changed.connect(self._be_due)
        board.chosen.connect(self._be_due)
        board.changed.connect(self._be_due)
        board.stage.bridge.beaten.connect(self._beat)

    def choose_driver(self, name: str) -> None:
        self.driver = name
        self.refresh()

    def refresh(self) -> None:
        if not self.is_shown():
            return
        marked = tuple(one for key in self.board.marked if (one := self.board.find(key)) is not None)
        group = self._group()
        asked = (marked, group, self.driver)
        if asked == self._asked:
            return
        self._asked, self.is_running = asked, True
        driver = self.driver or None

        def run(room: "ReadingRoom") -> tuple[Comparison | None, Trend | None]:
            compared = room.ask(lambda cursor: compare(cursor, marked, driver)) if len(marked) > 1 else None
            found = room.ask(lambda cursor: form(cursor, group, driver)) if group else None
            return compared, found

        def show(found: tuple[Comparison | None, Trend | None]) -> None:
            if asked == self._asked:
                self._show(found, marked, group)

        def fail(words: str) -> None:
            if asked == self._asked:
                self.wrong, self.is_running = words, False
                self.comparison, self.formed, self._asked = None, Formed(), ()
                self.changed.emit()

        if not self.board.reader.ask(run, show, fail):
            self._asked = ()

    def _show(
        self,
        found: tuple[Comparison | None, Trend | None],
        marked: tuple[Recorded, ...],
        group: tuple[Recorded, ...],
    ) -> None:
        self.wrong, self.is_running = "", False
        self.comparison, self.compared = found[0], marked
        one = group[0] if group else None
        title = "" if one is None else f"{one.car}, {one.track} {one.config}".strip()
        drivers = tuple(dict.fromkeys(name for each in (*marked, *group) for name in each.drivers))
        self.formed = Formed(title, found[1], {each.session: each.title for each in group}, drivers)
        self.changed.emit()

    def _be_due(self) -> None:
        self._is_due = True

    def _beat(self, _: float) -> None:
        """Once for all that changed since: whoever walks through the list does not wait for it."""
        if self._is_due and self.board.reader.errands.is_idle:
            self._is_due = False
            self.refresh()

    def _group(self) -> tuple[Recorded, ...]:
        """All of the chosen one's car and track; nothing where these are not known."""
        one = self.board.one
        if one is None or not (one.car and one.track):
            return ()
        key = _pair(one)
        return tuple(other for other in self.board.shelved.found if _pair(other) == key and _counts(other))


def _pair(one: Recorded) -> tuple[str, str, str]:
    return one.car, one.track, one.config


def _counts(one: Recorded) -> bool:
    return one.state != "deleted"
