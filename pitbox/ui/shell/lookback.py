"""Which moment the page shows: the race as it runs, or one that somebody looks back at."""

from PySide6.QtCore import QObject, Signal

from pitbox.model.ids import Axis
from pitbox.ui.bridge import RaceBridge
from pitbox.ui.scene.race import RaceChange
from pitbox.ui.shell.notice import Notices
from pitbox.wall.moment import Still


class LookBack(QObject):
    """One for each window. What comes in meanwhile is kept, and is there on the way back to live."""

    changed = Signal()

    def __init__(self, bridge: RaceBridge, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._notices = bridge, notices
        self.part: tuple[int, int] | None = None
        """Session and run of the race that is shown on the axis of time."""
        self._first_s: float | None = None
        """To look at as soon as it is known which race this is."""
        self.wished_s: float | None = None
        """Where the handle stands; None while the page is live."""
        self.still: Still | None = None
        """What is on the screen; None while it is live, and until the first answer came."""
        bridge.newest.connect(self._hear)
        bridge.looked.connect(self._show)

    @property
    def is_live(self) -> bool:
        return self.wished_s is None

    def look_at(self, sim_time_s: float) -> None:
        """Asked for at once, shown when it is worked out; a newer wish takes its place."""
        if self.part is None or not self._bridge.look_back(Axis(*self.part, sim_time_s)):
            self._notices.tell("There is no record of this race to look back at.")
            return
        self.wished_s = sim_time_s
        self.changed.emit()

    def look_in(self, at: Axis) -> None:
        """At a moment of any part of the race."""
        self.part = (at.session_num, at.run)
        self.look_at(at.sim_time_s)

    def look_first(self, sim_time_s: float) -> None:
        """With the first picture that comes."""
        self._first_s = sim_time_s

    def go_live(self) -> None:
        if not self.is_live:
            self.wished_s = self.still = None
            self._bridge.look_live()
            self.changed.emit()

    def _hear(self, change: RaceChange) -> None:
        if change.standings is not None:
            self.part = (change.standings.session_num, change.standings.run)
            first_s, self._first_s = self._first_s, None
            if first_s is not None:
                self.look_at(first_s)

    def _show(self, still: Still | None) -> None:
        self.still = still
        if still is None:  # the race is another one
            self.wished_s = None
        self.changed.emit()
