"""One walk through all logs of a session, in the order of the race: rows to a sink, facts at the end.

Of a log that is being written only what its last signed mark vouches for; of all others, what is there.
"""

from collections.abc import Callable, Sequence

import msgspec

from pitbox.log.edits import recordings
from pitbox.log.hold import is_held
from pitbox.log.merge import Merged, merged
from pitbox.log.replica import proved_end
from pitbox.log.shelf import Shelf
from pitbox.model.channel import Stream
from pitbox.model.fact import Fact
from pitbox.model.ids import LogId, SessionId
from pitbox.model.source import RowArray
from pitbox.store.errors import ExportError, ExportStoppedError
from pitbox.store.export.own import OwnRows
from pitbox.store.export.roll import Roll
from pitbox.store.export.wish import ProgressSink, never, unwatched
from pitbox.store.factrow import fact_key
from pitbox.timing.race import RaceFold
from pitbox.wire.errors import WireError
from pitbox.wire.record import BlockRecord, LayoutRecord
from pitbox.wire.unpack import Unpacker

RowSink = Callable[[OwnRows], None]
"""Hears the rows of the own car and of the field; the layout's stream says which."""


class Told(msgspec.Struct, frozen=True):
    """What a walk brought, besides rows."""

    facts: tuple[Fact, ...]
    """Each as it was said last, in the order in which they were first said."""
    roll: Roll
    damaged: int
    """Blocks that could not be read."""
    channels: frozenset[str]
    """Of the own car, in any log."""


class Passage:
    def __init__(
        self,
        shelf: Shelf,
        session: SessionId,
        *,
        on_progress: ProgressSink = unwatched,
        is_stopped: Callable[[], bool] = never,
    ) -> None:
        """Raises ExportError where there is nothing to walk through."""
        self._readers = recordings(shelf, session)
        if not self._readers:
            raise ExportError(
                f"There is no recording of the session {session!r} here; one that is in the archive "
                "has to be restored first (`pitbox log restore`)."
            )
        self._ends = {r.log: proved_end(r) for r in self._readers if is_held(r.folder)}
        self._total = max(1, shelf.size_bytes(session))
        self._done = 0
        self._on_progress = on_progress
        self._is_stopped = is_stopped
        self._unpackers: dict[LogId, Unpacker] = {}
        self._damaged = 0
        self._channels: set[str] = set()
        self.roll = Roll()

    @property
    def is_live(self) -> bool:
        return bool(self._ends)

    def walk(self, on_rows: RowSink, streams: Sequence[Stream] = ()) -> Told:
        """Raises ExportStoppedError soon after it is asked to stop."""
        fold = RaceFold()
        facts: dict[tuple[object, ...], Fact] = {}
        for item in merged(self._readers):
            if item.seq >= self._ends.get(item.log, item.seq + 1):
                continue
            self._step(item)
            self.roll.take(item)
            try:
                found = fold.fold(item.record, item.log)
            except WireError:
                found = []
            facts.update((fact_key(fact), fact) for fact in found)
            self._pass_on(item, on_rows, streams)
        self._on_progress(self._total, self._total)
        return Told(tuple(facts.values()), self.roll, self._damaged, frozenset(self._channels))

    def _step(self, item: Merged) -> None:
        if self._is_stopped():
            raise ExportStoppedError("Stopped; nothing of it was left behind.")
        if isinstance(item.record, BlockRecord):
            self._done += len(item.record.data)
            self._on_progress(min(self._done, self._total - 1), self._total)

    def _pass_on(self, item: Merged, on_rows: RowSink, streams: Sequence[Stream]) -> None:
        record, unpacker = item.record, self._unpackers.setdefault(item.log, Unpacker())
        try:
            if isinstance(record, LayoutRecord):
                unpacker.learn(record)
                if record.layout.stream is Stream.OWN:
                    self._channels.update(record.layout.names())
            elif isinstance(record, BlockRecord) and unpacker.stream(record) in streams:
                rows: RowArray = unpacker.rows(record)
                layout = unpacker.layout(record)
                on_rows(OwnRows(item.log, record.session_num, record.run, layout, rows))
        except WireError:
            self._damaged += 1
