"""A recorded session that a window can open on: its logs folded as one race, and then it stands still."""

import threading
import time

from pitbox.crew.thread import Hand
from pitbox.log.merge import merged
from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.model.sign import Signer
from pitbox.timing.race import RaceFold
from pitbox.wall.edit_book import RoleOf, nobody_else
from pitbox.wall.feed import Link, Spring
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.secretary import Secretary
from pitbox.wall.settings import Settings
from pitbox.wire.record import InfoRecord

_FACTS = 400_000
"""Of 24 hours with sixty cars, three times over."""
_PICTURE_S = 0.25


class RecordedRace:
    """A `Feed`. Started and stopped by whoever made it."""

    spring = Spring.RECORDING
    moments = None

    def __init__(
        self,
        shelf: Shelf,
        session: SessionId,
        health: HealthRegistry,
        *,
        signer: Signer | None = None,
        settings: Settings | None = None,
        role_of: RoleOf = nobody_else,
    ) -> None:
        """With a `signer`, corrections lie beside the recording under that name; else there are none."""
        self.hub = Hub(_FACTS)
        self.health = health
        self._shelf, self._session = shelf, session
        self._ended = threading.Event()
        self._hand = Hand("timekeeper", self._main, health.tell)
        self.office: Secretary | None = None
        self._talking: Hand | None = None
        if signer is not None:
            self.office = Secretary(
                shelf,
                signer,
                settings or Settings(),
                self.hub,
                health.tell,
                session=lambda: session,
                role_of=role_of,
            )
            self._talking = Hand("office", self.office.main, health.tell)

    @property
    def has_ended(self) -> bool:
        """All of it was folded; while it is, the newest picture stands in the hub."""
        return self._ended.is_set() or self._hand.error is not None

    @property
    def link(self) -> Link:
        return Link(words="" if self.has_ended else "Reading the recording")

    def start(self) -> None:
        self._hand.start()
        if self._talking is not None:
            self._talking.start()

    def stop(self) -> bool:
        is_done = self._talking is None or self._talking.stop(timeout_s=10.0)
        return self._hand.stop(timeout_s=10.0) and is_done

    def errors(self) -> list[Exception]:
        return [] if self._hand.error is None else [self._hand.error]

    def _main(self, stop: threading.Event) -> None:
        fold, next_s = RaceFold(), 0.0
        for item in merged(self._shelf.readers(self._session)):
            if stop.is_set():
                return
            self.hub.publish_facts(fold.fold(item.record, item.log.epoch))
            if isinstance(item.record, InfoRecord):
                self.hub.info.put(item.record.info)
            if time.monotonic() >= next_s:
                next_s = time.monotonic() + _PICTURE_S
                self._show(fold)
        self._show(fold)
        self._ended.set()

    def _show(self, fold: RaceFold) -> None:
        standings = fold.standings()
        if standings is not None:
            self.hub.standings.put(standings)
