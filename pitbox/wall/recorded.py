"""A recorded session that a window can open on: its logs folded as one race, and then it stands still."""

import threading
import time
from pathlib import Path

from pitbox.crew.thread import Hand
from pitbox.log.edits import is_edit_log
from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.model.sign import Signer
from pitbox.wall.annals import Annals, annals_path
from pitbox.wall.chronicle import Chronicle
from pitbox.wall.edit_book import RoleOf, nobody_else
from pitbox.wall.feed import Link, Spring
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.moment import Moments
from pitbox.wall.past import FoldedPast
from pitbox.wall.secretary import Secretary
from pitbox.wall.settings import Settings

_PICTURE_S = 0.25
_MOST_RECORDS = 1_000


class RecordedRace:
    """A `Feed`. Started and stopped by whoever made it."""

    spring = Spring.RECORDING

    def __init__(
        self,
        shelf: Shelf,
        session: SessionId,
        health: HealthRegistry,
        *,
        signer: Signer | None = None,
        settings: Settings | None = None,
        role_of: RoleOf = nobody_else,
        annals: Path | None = None,
    ) -> None:
        """With a `signer`, corrections lie beside the recording under that name; else there are none.

        In the folder `annals` is kept what was folded, so that it opens at once the next time.
        """
        self.hub = Hub()
        self.health = health
        self._shelf, self._session = shelf, session
        self._ended = threading.Event()
        self._folder = annals
        self._past = FoldedPast(shelf.reader)
        self.moments = Moments(self._past)
        self._hand = Hand("timekeeper", self._main, health.tell)
        self._looking = Hand("looking back", self.moments.main, health.tell)
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
        self._looking.start()
        if self._talking is not None:
            self._talking.start()

    def stop(self) -> bool:
        is_done = self._talking is None or self._talking.stop(timeout_s=10.0)
        is_done &= self._looking.stop(timeout_s=10.0)
        return self._hand.stop(timeout_s=10.0) and is_done

    def errors(self) -> list[Exception]:
        return [] if self._hand.error is None else [self._hand.error]

    def _main(self, stop: threading.Event) -> None:
        path = None if self._folder is None else annals_path(self._folder, self._session)
        chronicle = Chronicle(self._shelf.reader, Annals(self._session, path))
        try:
            self._fold(chronicle, stop)
            stop.wait()  # who looks back needs what was kept
        finally:
            chronicle.close()

    def _fold(self, chronicle: Chronicle, stop: threading.Event) -> None:
        readers = [r for r in self._shelf.readers(self._session) if not is_edit_log(r.folder)]
        ends = {reader.log: reader.next_seq for reader in readers}
        self.hub.enter(self._session)
        self.hub.publish_facts(chronicle.told())
        self._past.turn_to(chronicle.annals)
        is_more, next_s = True, 0.0
        while is_more and not stop.is_set():
            news, is_more = chronicle.advance(ends, (), _MOST_RECORDS)
            self.hub.publish_facts(news.facts, news.retracted)
            if not is_more or time.monotonic() >= next_s:
                next_s = time.monotonic() + _PICTURE_S
                self._show(chronicle)
        if not is_more:
            self._ended.set()

    def _show(self, chronicle: Chronicle) -> None:
        standings, info = chronicle.standings(), chronicle.info
        if info is not None:
            self.hub.info.put(info)
        if standings is not None:
            self.hub.standings.put(standings)
