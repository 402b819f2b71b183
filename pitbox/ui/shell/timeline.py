"""The axis of race time that panels share: what stretch they show, and where the cursor stands."""

import time

from PySide6.QtCore import QObject, Signal

from pitbox.ui.scene.dayclock import DayClock
from pitbox.ui.scene.race import RaceChange
from pitbox.ui.scene.span import Span, room_for

_EMPTY = Span(0.0, 3600.0)


class Timeline(QObject):
    """One for each window. Follows the race until somebody looks closer, or at its end."""

    moved = Signal()
    """Another stretch is shown."""
    grew = Signal()
    """The race went on, or another one began."""
    cursor_moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.span = self.whole = _EMPTY
        self.start_s = 0.0
        """Where race time is zero: at green."""
        self.now_s: float | None = None
        """The newest moment; None before the first picture."""
        self.cursor_s: float | None = None
        self._ahead_s = 0.0
        self.clock = DayClock()

    @property
    def is_fitted(self) -> bool:
        return self.span == self.whole

    def race_s(self, at_s: float) -> float:
        return at_s - self.start_s

    def utc_s(self, at_s: float) -> float | None:
        """None while nobody knows what the time was then."""
        zero_s = self.clock.zero_utc_s
        return None if zero_s is None else zero_s + at_s

    def hear(self, change: RaceChange, start_s: float | None) -> None:
        """The newest picture of the race, and when it went green."""
        standings = change.standings
        if standings is None:
            return
        if change.is_other_race:
            self.clock, self._ahead_s = DayClock(), 0.0
        self.clock.note(time.time(), standings.sim_time_s)
        was_fitted, was_at_end = self.is_fitted, self.span.end_s >= self.whole.end_s
        self.now_s = standings.sim_time_s
        self.start_s = min(start_s if start_s is not None else self.now_s, self.now_s)
        self.whole = room_for(self.start_s, max(self.now_s, self._ahead_s))
        if was_fitted or change.is_other_race:
            self._show(self.whole)
        elif was_at_end:
            self._show(self.span.moved(self.whole.end_s - self.span.end_s, self.whole))
        else:
            self._show(self.span.kept(self.whole))
        self.grew.emit()

    def see_ahead(self, at_s: float | None) -> None:
        """Leave room for what is planned until then, from the next picture on; for nothing when None."""
        self._ahead_s = at_s or 0.0

    def zoom(self, factor: float, around_s: float) -> None:
        self._show(self.span.zoomed(factor, around_s, self.whole))

    def move(self, by_s: float) -> None:
        self._show(self.span.moved(by_s, self.whole))

    def fit(self) -> None:
        self._show(self.whole)

    def show(self, at_s: float) -> None:
        """Move as little as it takes to see it."""
        if at_s < self.span.begin_s:
            self.move(at_s - self.span.begin_s)
        elif at_s > self.span.end_s:
            self.move(at_s - self.span.end_s)

    def point_at(self, at_s: float | None) -> None:
        if at_s != self.cursor_s:
            self.cursor_s = at_s
            self.cursor_moved.emit()

    def _show(self, span: Span) -> None:
        if span != self.span:
            self.span = span
            self.moved.emit()
