"""The thread that writes: takes what the sampler queued, commits four times a second, tells who listens.

A full or failing disk never stops the sampler: what cannot be stored waits in bounded memory, is tried
again, and if even that runs out, the log says how many rows are missing and from when to when.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from errno import EDQUOT, ENOSPC
from pathlib import Path

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.crew.queue import BoundedQueue
from pitbox.log.disk import Disk
from pitbox.log.errors import LogWriteError
from pitbox.log.recorder import Payload, Recorder
from pitbox.log.reserve import Reserve
from pitbox.log.resume import known_runs
from pitbox.log.shelf import Shelf
from pitbox.log.writer import Committed, LogWriter, WriterLimits
from pitbox.model.clock import Clock
from pitbox.model.ids import LogId, SessionId
from pitbox.model.sign import Signer
from pitbox.model.source import Closed, Opened, SourceEvent, Ticks
from pitbox.wire.errors import WireError

_log = logging.getLogger("pitbox.log")


_WORTH = 32
"""Events that are worth waking up for before a commit is due: a live sim brings 15 between two."""


class ScribeLimits(msgspec.Struct, frozen=True):
    commit_s: float = 0.25
    commit_bytes: int = 1 << 20
    slow_sync_s: float = 0.08
    """A commit that takes longer is shown; recording goes on."""
    calm_commits: int = 20
    """So many quick commits in a row end that state."""
    reserve_bytes: int = 64 << 20
    warn_free_bytes: int = 2 << 30
    free_check_s: float = 10.0
    retry_s: float = 1.0
    """Between attempts while the disk refuses."""
    backlog_bytes: int = 64 << 20
    """Memory for what is not durable yet: about an hour of recording."""
    writer: WriterLimits = WriterLimits()


CommitSink = Callable[[Committed], None]


def unread(committed: Committed) -> None:
    """A sink for those who only record."""


class Scribe:
    """Owns the open log. `take` and `tick` are its two motions; `main` is the thread around them."""

    def __init__(
        self,
        root: Path,
        signer: Signer,
        *,
        on_commit: CommitSink = unread,
        on_health: HealthSink = unheard,
        limits: ScribeLimits | None = None,
        disk: Disk | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._root = root
        self._signer = signer
        self._on_commit = on_commit
        self._on_health = on_health
        self._limits = limits or ScribeLimits()
        self._disk = disk or Disk()
        self._clock = clock or SystemClock()
        self._reserve = Reserve(root, self._limits.reserve_bytes, self._disk)
        self._writer: LogWriter | None = None
        self._recorder = Recorder()
        self._next_commit_s = 0.0
        self._next_free_check_s = 0.0
        self._levels: dict[str, Level] = {}
        self._calm = 0
        self._lost_rows = 0
        self._lost_from_s = 0.0

    @property
    def log(self) -> LogId | None:
        """The log being written."""
        return None if self._writer is None else self._writer.log

    def main(self, queue: BoundedQueue[SourceEvent], stop: threading.Event) -> None:
        """Until `stop`: then what is queued is still written, and the log is sealed."""
        while not stop.is_set():
            wait_s = self._next_commit_s - self._clock.monotonic_s()
            wait_s = max(0.0, min(wait_s, self._limits.commit_s))
            self.take(queue.take_all(wait_s, worth=_WORTH))
            self.tick()
        queue.close()
        self.take(queue.take_all(timeout_s=0))
        self.close("stopped")

    def take(self, events: Sequence[SourceEvent]) -> None:
        """Encode and append; never raises for a disk that refuses."""
        for event in events:
            if isinstance(event, Opened):
                self._open(event.session)
            if self._writer is None:
                continue
            if isinstance(event, Ticks) and self._lost_rows and not self._has_room():
                self._lose(len(event))  # no sense in encoding what cannot be kept
                continue
            self._append(self._records(event))
            if isinstance(event, Closed):
                self.close(event.reason)

    def _records(self, event: SourceEvent) -> list[Payload]:
        """What cannot be encoded is left out, named, and costs nothing else."""
        try:
            return self._recorder.take(event)
        except WireError as error:
            words = f"Something that the sim told could not be logged: {error}"
            self._say("what is told", Level.DEGRADED, words)
            return []

    def tick(self) -> None:
        """Commit when it is time, or when much has gathered."""
        now_s = self._clock.monotonic_s()
        if self._writer is None:
            self._next_commit_s = now_s + self._limits.commit_s
            return
        if now_s >= self._next_commit_s or self._writer.pending_bytes >= self._limits.commit_bytes:
            self._next_commit_s = now_s + self._limits.commit_s
            self.commit()
        if now_s >= self._next_free_check_s:
            self._next_free_check_s = now_s + self._limits.free_check_s
            self._check_free_space()

    def commit(self) -> None:
        """Close the block, write, sync, and tell the sink what is durable now."""
        if self._writer is None:
            return
        self._append(self._recorder.flush())
        self._store(lambda writer: writer.commit(self._recorder.sim_time_s))

    def close(self, reason: str) -> None:
        """Seal and let go of the log; what the disk still refuses is named as lost."""
        writer = self._writer
        if writer is None:
            return
        self.commit()
        self._store(lambda open_log: open_log.close(self._recorder.sim_time_s, reason))
        if writer.backlog_bytes:  # once more: the reserve may have been given back
            self._store(lambda open_log: open_log.commit(self._recorder.sim_time_s))
        if writer.backlog_bytes:
            words = f"{writer.backlog_bytes >> 10} kB at the end of the log could not be stored."
            self._say("storing", Level.FAILED, words)
        writer.abandon()
        _log.info("log %s closed (%s) at record %d", writer.log, reason, writer.durable_seq)
        self._writer = None
        self._reserve.release()

    def _open(self, session: SessionId) -> None:
        if self._writer is not None:
            if self._writer.log.session == session:
                return  # the sim came back into the same session
            self.close("another session")
        self._root.mkdir(parents=True, exist_ok=True)
        known = known_runs(Shelf(self._root), session, self._signer.device)
        log = LogId(session, self._signer.device, secrets.randbits(64))
        self._writer = LogWriter(
            self._root, log, self._signer, disk=self._disk, clock=self._clock, limits=self._limits.writer
        )
        self._recorder = Recorder(known, lambda num, run, first_s: self._clock.wall_s() - first_s)  # noqa: ARG005
        self._lost_rows = 0
        is_held = self._reserve.hold()
        size = f"{self._limits.reserve_bytes >> 20} MiB"
        words = f"{size} are put aside." if is_held else f"No {size} could be put aside for a full disk."
        self._say("reserve", Level.OK if is_held else Level.DEGRADED, words)
        _log.info("recording %s", log)

    def _append(self, payloads: list[Payload]) -> None:
        """The blocks of one flush go in together or not at all; what is no row always does."""
        writer = self._writer
        assert writer is not None
        size = writer.backlog_bytes + sum(len(payload.data) for payload in payloads)
        is_full = size > self._limits.backlog_bytes
        for payload in payloads:
            if payload.context:
                writer.set_context(payload.context, payload.data)
            elif is_full and payload.is_block:
                self._lose(payload.row_count)
            else:
                writer.append(payload.data)

    def _lose(self, row_count: int) -> None:
        if not self._lost_rows:
            self._lost_from_s = self._recorder.sim_time_s
        self._lost_rows += row_count
        self._recorder.restate()

    def _has_room(self) -> bool:
        assert self._writer is not None
        return self._writer.backlog_bytes < self._limits.backlog_bytes // 2

    def _store(self, action: Callable[[LogWriter], Committed | None]) -> None:
        assert self._writer is not None
        try:
            committed = action(self._writer)
        except LogWriteError as error:
            self._bear(error)
            return
        if committed is None:
            return
        self._say("storing", Level.OK, "The log is stored.")
        self._judge_speed(committed.sync_s)
        self._on_commit(committed)
        if self._lost_rows and self._has_room():
            self._note_loss()

    def _bear(self, error: LogWriteError) -> None:
        """The disk refused: give it the reserve, say so, try again in a moment."""
        self._next_commit_s = self._clock.monotonic_s() + self._limits.retry_s
        cause = error.__cause__
        is_full = isinstance(cause, OSError) and cause.errno in (ENOSPC, EDQUOT)
        if is_full and self._reserve.release():
            self._next_commit_s = self._clock.monotonic_s()
            self._say("reserve", Level.DEGRADED, "The disk is full: the reserve is in use.")
            return
        what = "The disk is full" if is_full else str(error).rstrip(".")
        assert self._writer is not None
        held_mb = self._writer.backlog_bytes / 2**20
        words = f"{what}: {held_mb:.1f} MB wait in memory, and it is tried again."
        if self._lost_rows:
            words = f"{what}, and memory is used up: telemetry is being lost ({self._lost_rows} ticks)."
        self._say("storing", Level.FAILED, words)

    def _note_loss(self) -> None:
        count, self._lost_rows = self._lost_rows, 0
        self._append(
            [self._recorder.lost(count, self._lost_from_s, self._recorder.sim_time_s, "disk refused")]
        )

    def _judge_speed(self, sync_s: float) -> None:
        if sync_s > self._limits.slow_sync_s:
            self._calm = 0
            words = f"The disk took {sync_s * 1000:.0f} ms to store a commit; recording goes on."
            self._say("disk speed", Level.DEGRADED, words)
            return
        self._calm += 1
        if self._calm == self._limits.calm_commits:
            self._say("disk speed", Level.OK, "The disk is quick enough.")

    def _check_free_space(self) -> None:
        try:
            free = self._disk.free_bytes(self._root)
        except OSError:
            return
        if free < self._limits.warn_free_bytes:
            words = f"Only {free / 2**30:.1f} GB are free: make room, recording stops last."
            self._say("free space", Level.DEGRADED, words)
        else:
            self._say("free space", Level.OK, f"{free / 2**30:.0f} GB are free.")

    def _say(self, subject: str, level: Level, words: str) -> None:
        """Health goes out when a level changes, or while it is bad; good news once."""
        if self._levels.get(subject, Level.OK) == level == Level.OK:
            self._levels[subject] = level
            return
        self._levels[subject] = level
        self._on_health(Health("log", subject, level, words))
