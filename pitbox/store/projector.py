"""Brings the database up to what the shelf holds: rows of each log first, then the facts of its session.

A round may be cut short by a time budget; whatever was done is committed, and the next one goes on there.
"""

import time
from collections.abc import Iterator, Sequence

import msgspec

from pitbox.log.edits import recordings
from pitbox.log.reader import LogReader
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.model.ids import Axis, LogId, SessionId
from pitbox.store.database import Database
from pitbox.store.facts import FactProjection, folded_seqs
from pitbox.store.mark import is_being_written
from pitbox.store.orphan import mark_orphans
from pitbox.store.rows import BatchSize, RowProjection
from pitbox.store.saying import untold_sessions

_REACHED_S = 5.0
"""A late log that comes this close to the front has brought what it missed."""


class Progress(msgspec.Struct):
    """What one catch-up did."""

    row_count: int = 0
    fact_count: int = 0
    is_done: bool = True
    """False when the budget was used up first."""
    words: list[str] = msgspec.field(default_factory=list)
    """What a user should hear of, as whole sentences."""


class Projector:
    """Owned by the one thread that owns the database. After an error, make a new one."""

    def __init__(self, database: Database, shelf: Shelf, size: BatchSize | None = None) -> None:
        self._database = database
        self._shelf = shelf
        self._size = size or BatchSize()
        self._rows = RowProjection(database, self._size)
        self._facts: dict[SessionId, FactProjection] = {}
        """Of sessions that grow or are being folded."""
        self._folded = folded_seqs(database.connection)
        self._untold = untold_sessions(database.connection)
        """Folded by an older PitBox, which did not keep when it learnt what."""
        self._said: set[str] = set()

    def catch_up(self, budget_s: float | None = None, *, is_final: bool = True) -> Progress:
        """Project what is new, for at most about `budget_s`.

        While several devices record, the fold waits for the slowest of them; `is_final` waits for nobody.
        """
        progress = Progress()
        deadline_s = None if budget_s is None else time.monotonic() + budget_s
        is_patient = is_final and budget_s is None
        for _ in self._steps(progress, is_final=is_final, is_patient=is_patient):
            if deadline_s is not None and time.monotonic() >= deadline_s:
                progress.is_done = False
                break
        return progress

    def forget(self, session: SessionId) -> None:
        """Delete what is stored of a session; while its logs are on the shelf, it is projected anew."""
        facts = self._projection(session)
        with self._database.transaction() as connection:
            for log in [log for log in self._rows.marks if log.session == session]:
                self._rows.forget(connection, log)
            facts.forget(connection)
        del self._facts[session]
        self._folded = {log: seq for log, seq in self._folded.items() if log.session != session}

    def _steps(self, progress: Progress, *, is_final: bool, is_patient: bool) -> Iterator[None]:
        """One item for each transaction. Patient: old sessions may be folded again while others wait."""
        present: set[LogId] = set()
        for session in self._shelf.sessions():
            found = recordings(self._shelf, session)
            present.update(reader.log for reader in found)
            readers = [reader for reader in found if self._is_sound(reader, found, progress)]
            for reader in readers:
                for count in self._rows.advance(reader):
                    progress.row_count += count
                    yield
            if is_patient and session in self._untold:
                self._tell_again(session, readers)
            for count in self._fold(session, readers, progress, is_final=is_final):
                progress.fact_count += count
                yield
        for orphan in mark_orphans(self._database, present):
            self._say(
                progress, f"The logs of {orphan} are no longer here; what is stored of the session is kept."
            )

    def _is_sound(self, reader: LogReader, found: Sequence[LogReader], progress: Progress) -> bool:
        """Forgets a session that leads its log or missed what is back; False for one never to be stored."""
        log = reader.log
        is_ahead, is_filled = self._rows.is_ahead(reader), self._rows.holes.is_filled(reader)
        if not segment_paths(reader.folder):
            # Asked last: files of a log that is put away meanwhile go oldest first. What is stored stays.
            return False
        if self._rows.is_usurper(log):
            self._say(progress, f"The log {log} claims the epoch of another one and is left out.")
            return False
        if is_ahead:
            progress.words.append(
                f"The store was ahead of the log {log}, which was cut or restored: "
                "its session is projected anew."
            )
            self.forget(log.session)
        elif is_filled:
            self._take_back(log, found, progress)
        return True

    def _take_back(self, log: LogId, found: Sequence[LogReader], progress: Progress) -> None:
        stored = {other for other in self._rows.marks if other.session == log.session}
        if stored - {reader.log for reader in found}:
            self._say(
                progress,
                f"Missing records of the log {log} are back, but others of its session are no longer here: "
                "what is stored stays as it is.",
            )
            return
        progress.words.append(f"Missing records of the log {log} are back: its session is projected anew.")
        self.forget(log.session)

    def _fold(
        self, session: SessionId, readers: Sequence[LogReader], progress: Progress, *, is_final: bool
    ) -> Iterator[int]:
        waiting = [r for r in readers if self._rows.next_seq(r.log) > self._folded.get(r.log, 0)]
        if not waiting:
            return
        facts = self._projection(session)
        if facts.is_refolding:
            self._say(progress, f"The laps and stops of {session} are worked out again from its start.")
        late = [reader for reader in waiting if facts.is_late(reader)]
        if late and not any(self._is_catching_up(facts, r) for r in late if not is_final):
            late = self._settle(session, facts, late, readers, progress)
        timely = [reader for reader in readers if reader not in late]
        horizon = None if is_final else self._horizon(timely)
        yield from facts.advance(timely, horizon)
        for log in [reader.log for reader in timely]:
            # Without a horizon all is folded, also where the last records are of no known kind.
            at_least = self._rows.next_seq(log) if horizon is None else 0
            self._folded[log] = max(facts.next_seq(log), at_least)
        if not any(is_being_written(reader) for reader in readers):
            del self._facts[session]

    def _tell_again(self, session: SessionId, readers: Sequence[LogReader]) -> None:
        """Fold a session anew that has facts without their sayings, unless that would lose facts."""
        self._untold.discard(session)
        facts = self._projection(session)
        if set(facts.marks) - {reader.log for reader in readers}:
            del self._facts[session]
            return
        facts.start_over()
        for reader in readers:
            self._folded.pop(reader.log, None)

    def _settle(
        self,
        session: SessionId,
        facts: FactProjection,
        late: list[LogReader],
        readers: Sequence[LogReader],
        progress: Progress,
    ) -> list[LogReader]:
        """Fold anew with what came late, unless that would lose facts; returns what stays out."""
        if set(facts.marks) - {reader.log for reader in readers}:
            self._say(
                progress,
                f"Records of {session} came late, but others of its logs are no longer here: "
                "its laps and stops stay as they are.",
            )
            return late
        progress.words.append(f"Records of {session} came late: its laps and stops are worked out again.")
        facts.start_over()
        return []

    def _projection(self, session: SessionId) -> FactProjection:
        if session not in self._facts:
            self._facts[session] = FactProjection(self._database, session, self._size)
        return self._facts[session]

    def _is_catching_up(self, facts: FactProjection, reader: LogReader) -> bool:
        """True while a late log still arrives: folding anew can wait until it is here."""
        end, front = self._rows.end(reader.log), facts.front
        if end is None or front is None or not is_being_written(reader):
            return False
        return end < Axis(front.session_num, front.run, front.sim_time_s - _REACHED_S)

    def _horizon(self, readers: Sequence[LogReader]) -> Axis | None:
        """Up to where every log that is being written has spoken; None when one has nobody to wait for."""
        ends: dict[str, Axis] = {}
        for reader in readers:
            end = self._rows.end(reader.log)
            if end is not None and is_being_written(reader):
                # Of one device only its newest log can still grow.
                ends[reader.log.device] = max(end, ends.get(reader.log.device, end))
        return min(ends.values()) if len(ends) > 1 else None

    def _say(self, progress: Progress, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            progress.words.append(words)
