"""The thread that folds: takes what the scribe made durable, and nothing else, and publishes the race.

When it falls behind, or the program starts in the middle of a race, it reads the rest from the log: the
queue is a short cut, the log is the truth.
"""

import logging
import threading
from pathlib import Path

from pitbox.crew.queue import BoundedQueue
from pitbox.log.merge import START, axis_of, merged
from pitbox.log.shelf import Shelf
from pitbox.log.writer import Committed
from pitbox.model.ids import LogId
from pitbox.timing.errors import CheckpointError
from pitbox.timing.race import RaceFold
from pitbox.wall.checkpoint import (
    Checkpoint,
    Place,
    make_checkpoint,
    read_checkpoint,
    write_checkpoint,
)
from pitbox.wall.hub import Hub
from pitbox.wire.errors import WireError
from pitbox.wire.record import InfoRecord, decode

_log = logging.getLogger("pitbox.wall")
CHECKPOINT_S = 60.0
"""Of sim time between checkpoints."""
_MANY = 64
"""Commits that are worth folding before the second is over."""


class Timekeeper:
    """One session at a time: the one that is being recorded."""

    def __init__(self, shelf: Shelf, hub: Hub, checkpoints: Path, *, is_calm: bool = False) -> None:
        """`is_calm`: a new picture once a second is enough; else with each commit."""
        self._shelf = shelf
        self._hub = hub
        self._checkpoints = checkpoints
        self._log: LogId | None = None
        self._fold = RaceFold()
        self._places: dict[LogId, Place] = {}
        self._axis = START
        self._checkpoint_s = 0.0
        self._wait_s, self._worth = (1.0, _MANY) if is_calm else (0.25, 1)

    def main(self, queue: BoundedQueue[Committed], stop: threading.Event) -> None:
        while not stop.is_set():
            self._take_all(queue.take_all(self._wait_s, self._worth))
        self._take_all(queue.take_all(timeout_s=0.0))
        self.store_checkpoint()

    def take(self, committed: Committed) -> None:
        """Fold one commit, and first whatever of the log was missed before it."""
        if committed.log != self._log:
            self.store_checkpoint()
            self._enter(committed.log)
        place = self._places.get(committed.log)
        if place is not None and place.next_seq < committed.first_seq:
            self._catch_up()
        for seq, payload in committed.entries:
            self._step(committed.log, seq, payload)
        self._reach(committed.log, committed.durable_seq)

    def store_checkpoint(self) -> None:
        if self._log is None or not self._places:
            return
        checkpoint = make_checkpoint(tuple(self._places.values()), self._fold.to_bytes())
        try:
            write_checkpoint(self._checkpoints, self._log.session, checkpoint)
        except OSError as error:
            _log.warning("no checkpoint: %s", error)

    def _take_all(self, items: list[Committed]) -> None:
        for committed in items:
            self.take(committed)
        standings = self._fold.standings() if items else None
        if standings is not None:
            self._hub.standings.put(standings)
            now_s = standings.sim_time_s
            if not 0 <= now_s - self._checkpoint_s < CHECKPOINT_S:
                self._checkpoint_s = now_s
                self.store_checkpoint()

    def _enter(self, log: LogId) -> None:
        """Another log: take up the session where its checkpoint stands, and fold what came after."""
        self._log, self._fold, self._places, self._axis = log, RaceFold(), {}, START
        self._hub.enter(log.session)
        checkpoint = read_checkpoint(self._checkpoints, log.session)
        if checkpoint is not None and self._fits(checkpoint):
            try:
                self._fold = RaceFold.from_bytes(checkpoint.state)
                self._places = {place.log: place for place in checkpoint.places}
            except CheckpointError as error:
                _log.info("the checkpoint is of no use (%s); folding the log again", error)
        self._catch_up()

    def _fits(self, checkpoint: Checkpoint) -> bool:
        """True while every log still holds what was folded, and none that is new begins before it."""
        assert self._log is not None
        folded = {place.log: place for place in checkpoint.places}
        front = max((place.axis for place in checkpoint.places), default=START)
        readers = self._shelf.readers(self._log.session)
        if not folded.keys() <= {reader.log for reader in readers}:
            return False
        for reader in readers:
            place = folded.get(reader.log)
            if place is not None and reader.next_seq < place.next_seq:
                return False
            first = next(merged([reader]), None) if place is None else None
            if first is not None and first.axis < front:
                return False
        return True

    def _catch_up(self) -> None:
        assert self._log is not None
        readers = self._shelf.readers(self._log.session)
        seqs = {log: place.next_seq for log, place in self._places.items()}
        axes = {log: place.axis for log, place in self._places.items()}
        for item in merged(readers, seqs, axes):
            self._hub.publish_facts(self._fold.fold(item.record, item.log.epoch))
            if isinstance(item.record, InfoRecord):
                self._hub.info.put(item.record.info)
            self._places[item.log] = Place(item.log, item.seq + 1, item.axis)
            self._axis = item.axis

    def _step(self, log: LogId, seq: int, payload: bytes) -> None:
        place = self._places.get(log)
        if place is not None and seq < place.next_seq:
            return  # read from the log already
        try:
            record = decode(payload)
        except WireError:
            _log.warning("record %d of %s cannot be folded", seq, log)
            return
        self._axis = axis_of(record, self._axis)
        self._hub.publish_facts(self._fold.fold(record, log.epoch))
        if isinstance(record, InfoRecord):
            self._hub.info.put(record.info)

    def _reach(self, log: LogId, next_seq: int) -> None:
        place = self._places.get(log)
        if place is None or place.next_seq < next_seq:
            self._places[log] = Place(log, next_seq, self._axis)
