"""What the window costs the main thread, and how late it shows: for `pitbox bench ui`."""

import threading
import time
from bisect import bisect_left
from collections.abc import Callable

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from pitbox.model.source import Ticks
from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.ui.scene.race import RaceChange
from pitbox.ui.track.view import TrackView
from pitbox.wall.hub import Hub

_HALF_TICK_S = 1 / 120
_LOOK_MS = 50


class Arrivals:
    """When each moment of the race came from its source. Heard on the sampler's thread."""

    def __init__(self, hub: Hub) -> None:
        self._lock = threading.Lock()
        self._times_s: list[float] = []
        self._at_s: list[float] = []
        hub.live.heard = self._note

    def of(self, sim_time_s: float) -> float | None:
        with self._lock:
            at = bisect_left(self._times_s, sim_time_s)
            return self._at_s[at] if at < len(self._times_s) else None

    def _note(self, ticks: Ticks) -> None:
        with self._lock:
            self._times_s.append(float(ticks.own["SessionTime"][-1]))
            self._at_s.append(time.monotonic())


class TimedApplication(QApplication):
    """Notes how long each event kept the main thread; made before any other application is."""

    def __init__(self) -> None:
        super().__init__(["pitbox"])
        self.turns_s: list[float] = []
        self.work_s: list[float] = []
        """The same without waiting for a core or for other threads of this process."""
        self._is_inside = False

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if self._is_inside:  # the thread's clock is a call into the system: one a turn is enough
            return super().notify(receiver, event)
        self._is_inside = True
        began_s, worked_s = time.perf_counter(), time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self._is_inside = False
            self.turns_s.append(time.perf_counter() - began_s)
            self.work_s.append(time.thread_time() - worked_s)


class Meter(QObject):
    """While it runs: each event on the main thread, each beat of the bridge, each painted table."""

    def __init__(self, app: TimedApplication, desk: EngineerDesk, arrivals: Arrivals) -> None:
        super().__init__()
        self.turns_s: list[float] = []
        """A timer with all its slots, or a window that is painted: whatever the loop does in one go."""
        self.work_s: list[float] = []
        """Of these, what the main thread itself worked."""
        self.pulls_s: list[float] = []
        """One beat of the bridge with all that views do in it."""
        self.lags_s: list[float] = []
        """From a tick at its source until the table that shows it was painted: the oldest of each picture."""
        self.map_lags_s: list[float] = []
        """The same of the track map, which draws live rows before they are folded."""
        self.map_work_s: list[float] = []
        """CPU of each painting of the map."""
        self._app, self._desk, self._arrivals = app, desk, arrivals
        self._before_s = self._newest_s = self._lived_s = 0.0
        self._unpainted: float | None = None
        self._unmapped: float | None = None

    def run(self, seconds: float) -> None:
        """With the desk open, outside any other loop."""
        desk, loop = self._desk, QEventLoop()
        table = desk.window.deck.docks["timing"].panel.findChild(QObject, "timing-viewport")
        track = desk.window.deck.docks["track"].panel.findChild(TrackView)
        assert table is not None
        assert track is not None
        track.paints_s = self.map_work_s
        track.installEventFilter(self)
        desk.bridge.lived.connect(self._live)
        desk.bridge.raced.connect(self._change)
        desk.bridge.time_pulls(self.pulls_s)
        table.installEventFilter(self)
        self._app.turns_s.clear()
        self._app.work_s.clear()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
        self.turns_s, self.work_s = list(self._app.turns_s), list(self._app.work_s)
        for watched in (table, track):
            watched.removeEventFilter(self)
        track.paints_s = None
        desk.bridge.lived.disconnect(self._live)
        desk.bridge.raced.disconnect(self._change)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Paint:
            return super().eventFilter(watched, event)
        if isinstance(watched, TrackView):
            if self._unmapped is not None:
                self._after_paint(self._unmapped, self.map_lags_s)
            self._unmapped = None
        elif self._unpainted is not None:
            self._after_paint(self._unpainted, self.lags_s)
            self._unpainted = None
        return super().eventFilter(watched, event)

    def _after_paint(self, sim_time_s: float, into: list[float]) -> None:
        def note() -> None:
            came_s = self._arrivals.of(sim_time_s)
            if came_s is not None:
                into.append(time.monotonic() - came_s)

        QTimer.singleShot(0, note)

    def _live(self, ticks: Ticks) -> None:
        if self._lived_s and self._unmapped is None:
            self._unmapped = self._lived_s + _HALF_TICK_S
        self._lived_s = float(ticks.own["SessionTime"][-1])

    def _change(self, change: RaceChange) -> None:
        """The first tick that the picture before did not have has waited longest."""
        self._before_s, self._newest_s = self._newest_s, change.scene.head.sim_time_s
        if self._before_s:
            self._unpainted = self._before_s + _HALF_TICK_S


def run_until(condition: Callable[[], bool], most_s: float) -> bool:
    """Outside any other loop; whether it came true in that time."""
    loop, until_s = QEventLoop(), time.monotonic() + most_s
    watch = QTimer()
    watch.timeout.connect(lambda: loop.quit() if condition() or time.monotonic() > until_s else None)
    watch.start(_LOOK_MS)
    loop.exec()
    watch.stop()
    return condition()


def open_once(desk: EngineerDesk) -> None:
    """Until the window has been painted for the first time."""
    desk.open()
    while not desk.window.isVisible():
        QApplication.processEvents()
    desk.window.repaint()
    QApplication.processEvents()
