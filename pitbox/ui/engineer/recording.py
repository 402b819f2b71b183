"""A recording in the place of the race that the window was opened on, and the way back to it."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from pitbox.crew.health import Level
from pitbox.model.ids import Axis, SessionId
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.errand import Errands
from pitbox.wall.feed import Feed


class StartedFeed(Feed, Protocol):
    def start(self) -> None: ...

    def stop(self) -> bool: ...


class Recordings(QObject):
    """Made once; `attend` it with the stage of each window. Recordings start and stop beside the window."""

    changed = Signal()
    """Another one is open, or none."""

    def __init__(self, make: Callable[[SessionId], StartedFeed], turn: Callable[[Feed | None], None]) -> None:
        """`turn` shows a feed on the Race page; None: the one that the window was opened on."""
        super().__init__()
        self._make, self._turn = make, turn
        self._stage: Stage | None = None
        self._errands = Errands("recordings")
        self._race: StartedFeed | None = None
        self._started: list[StartedFeed] = []
        """And not stopped yet."""
        self._wish: Axis | None = None
        self._wanted: object = None
        self.session = ""
        """The open one."""
        self._errands.start()

    @property
    def is_idle(self) -> bool:
        return self._errands.is_idle and self._wish is None

    def attend(self, stage: Stage) -> None:
        self._stage = stage
        stage.bridge.beaten.connect(self._beat)

    def open(self, session: SessionId, title: str, at: Axis | None = None) -> None:
        """At once where it is open already; else as soon as it is read so far."""
        if session == self.session and self._race is not None:
            self._turn(self._race)
            self._wish = at
            return
        wanted = self._wanted = object()

        def make() -> StartedFeed:
            race = self._make(session)
            self._started.append(race)
            race.start()
            return race

        def show(race: StartedFeed) -> None:
            if wanted is not self._wanted:  # another one was asked for meanwhile
                self._drop(race)
                return
            self._drop(self._race)
            self._race, self.session, self._wish = race, session, at
            self._turn(race)
            self._tell(f"{title} is on the Race page.", Level.OK, "Back", self.leave)
            self.changed.emit()

        self._errands.ask(make, show, lambda words: self._tell(f"It did not open: {words}", Level.DEGRADED))

    def leave(self) -> None:
        """Back to the race that the window was opened on."""
        if self._race is not None:
            self._turn(None)
            self.give_way()

    def give_way(self) -> None:
        """Something else is shown from now on."""
        race, self._race, self.session, self._wish = self._race, None, "", None
        self._wanted = None
        self._drop(race)
        self.changed.emit()

    def close(self) -> None:
        self._errands.stop()
        for race in self._started:
            race.stop()
        self._race = None

    def _drop(self, race: StartedFeed | None) -> None:
        def stop() -> None:
            if race is not None:
                race.stop()
                self._started.remove(race)

        if race is not None:
            self._errands.ask(stop, lambda _: None, lambda _: None)

    def _beat(self, _: float) -> None:
        self._errands.pull()
        race, wish = self._race, self._wish
        if race is None or wish is None or self._stage is None or race.moments is None:
            return
        if self._stage.look_back.part is None:
            return  # no picture of it yet
        reached = [
            r for r in race.moments.reaches() if (r.session_num, r.run) == (wish.session_num, wish.run)
        ]
        if race.has_ended or any(reach.end_s >= wish.sim_time_s for reach in reached):
            self._wish = None
            self._stage.look_back.look_in(wish)

    def _tell(
        self, words: str, level: Level, action: str = "", run: Callable[[], None] | None = None
    ) -> None:
        if self._stage is not None:
            self._stage.notices.tell(words, level, action, run)
