"""Who keeps a session's edits and messages for a window, where no sim and no peer is beside it.

An engineer that follows peers has an `Office`. A recording and an example have a `Secretary`: what is
said and corrected lies in a log of its own beside the recording, which stays as it is.
"""

import threading
from collections.abc import Callable

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import HealthSink
from pitbox.log.shelf import Shelf
from pitbox.model.clock import Clock
from pitbox.model.ids import Axis, SessionId
from pitbox.model.sign import Signer
from pitbox.wall.author import author_name
from pitbox.wall.edit_book import EditBook, RoleOf, nobody_else
from pitbox.wall.hub import Hub
from pitbox.wall.office import messenger_of
from pitbox.wall.planner import Planner
from pitbox.wall.roles import in_plans
from pitbox.wall.settings import Settings

_STEP_S = 0.25


class Secretary:
    """`main` is its thread."""

    def __init__(
        self,
        shelf: Shelf,
        signer: Signer,
        settings: Settings,
        hub: Hub,
        on_health: HealthSink,
        *,
        session: Callable[[], SessionId | None],
        role_of: RoleOf = nobody_else,
        clock: Clock | None = None,
        planner: Planner | None = None,
    ) -> None:
        """`planner`: instead of the one of this shelf."""
        clock = clock or SystemClock()
        self._hub = hub
        self._session = session
        name = author_name(settings)
        self.book = EditBook(shelf, signer, clock, role_of=role_of, name=name, on_health=on_health)
        self.messenger = messenger_of(self.book, settings, clock)
        planning = EditBook(shelf, signer, clock, role_of=in_plans(role_of), name=name, on_health=on_health)
        self.planner = planner or Planner(planning)

    def main(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(_STEP_S):
                self.step()
        finally:
            self.close()

    def step(self) -> None:
        session = self._session()
        if session is not None:
            self.book.enter(session)
        standings = self._hub.standings.take()[1]
        if standings is not None:
            self.book.at = Axis(standings.session_num, standings.run, standings.sim_time_s)
        self.book.step()
        self.planner.step(self.book.heard, is_reading=self.planner.is_read_due)
        self.messenger.note_delivered()

    def close(self) -> None:
        self.planner.close()
        self.book.close()
