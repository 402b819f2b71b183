"""Does a log hold what its device wrote? Checksums, numbers, the signed chain and the seals."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from pitbox.log.hold import is_held
from pitbox.log.reader import Damage, LogReader, read_segment
from pitbox.log.scan import Entry, Hole
from pitbox.log.seal import Chain, Trail, first_chain, is_signed
from pitbox.model.ids import LogId
from pitbox.wire.errors import WireError
from pitbox.wire.record import EndRecord, MarkRecord, SealRecord, TrailRecord, decode, kind_of

_MARKS = (MarkRecord.KIND, SealRecord.KIND)


SignatureCheck = Callable[[int, MarkRecord | SealRecord], bool]


class Verdict(msgspec.Struct, frozen=True):
    log: LogId
    records: int
    marks: int
    seals: int
    bytes: int
    from_s: float | None
    until_s: float | None
    is_closed: bool
    """Ends as a writer ends it; else it was killed, still runs, or the log's last files are gone."""
    unmarked: int
    """Records after the last mark: written, never acknowledged."""
    damages: tuple[Damage, ...]
    problems: tuple[str, ...]
    """Marks or seals that do not vouch for what stands before them."""

    @property
    def is_whole(self) -> bool:
        return not self.problems and all(damage.is_unfinished for damage in self.damages)


def verify_log(reader: LogReader) -> Verdict:
    """Walk one log from end to end."""
    walk = ChainWalk(reader.log, reader.certificate, first_chain(reader.log), previous_seal=b"")
    for entry in reader.entries():
        walk.step(entry)
    return Verdict(
        log=reader.log,
        records=walk.records,
        marks=walk.marks,
        seals=walk.seals,
        bytes=walk.bytes,
        from_s=min(walk.times, default=None),
        until_s=max(walk.times, default=None),
        is_closed=walk.is_closed,
        unmarked=walk.unmarked,
        damages=tuple(reader.damages),
        problems=tuple(walk.problems),
    )


class ChainWalk:
    """Follows records in order and notes each mark that does not vouch for those before it."""

    def __init__(
        self,
        log: LogId,
        certificate: bytes,
        chain: bytes | None,
        *,
        next_seq: int = 0,
        previous_seal: bytes | None = None,
        is_true: SignatureCheck | None = None,
    ) -> None:
        """`chain` and `previous_seal` as they stood before `next_seq`; None where not known.

        `is_true` judges signatures; without it each is checked at once.
        """
        self._is_true = is_true or (lambda seq, mark: is_signed(certificate, log, seq, mark))
        self._chain = None if chain is None else Chain(chain)
        self._previous_seal = previous_seal
        self._seal_first = 0
        self._next_seq = next_seq
        self._trail = Trail() if next_seq == 0 else None
        self._trail_first = next_seq
        self._waiting_bound: int | None = None
        self.bound_from: int | None = None
        """The last mark vouches for those before it from there on: a trail stood in its group."""
        self.unmarked = 0
        self.records = self.marks = self.seals = self.bytes = 0
        self.times: list[float] = []
        self.is_closed = False
        self._has_ended = False
        self.problems: list[str] = []

    def step(self, entry: Entry) -> None:
        if entry.seq != self._next_seq:  # records are missing: the next mark cannot be checked
            self._chain = self._previous_seal = self._trail = self._waiting_bound = None
        self._next_seq = entry.seq + 1
        self.records += 1
        self.bytes += len(entry.frame)
        kind = _kind(entry)
        if kind in _MARKS:
            self._mark(entry.seq, entry.payload)
            self.bound_from, self._waiting_bound = self._waiting_bound, None
            if self._trail is not None:
                self._trail.feed(entry.frame)
        else:
            self.unmarked += 1
            self._has_ended = kind == EndRecord.KIND
            self.is_closed = False
            if self._chain is not None:
                self._chain.feed(entry.frame)
            if kind == TrailRecord.KIND:
                self._follow(entry.seq, entry.payload)

    def pass_over(self, frames: memoryview, count: int) -> None:
        """The next `count` records in one piece, none of them a mark, a trail or an end."""
        self._next_seq += count
        self.records += count
        self.bytes += len(frames)
        self.unmarked += count
        self._has_ended = self.is_closed = False
        if self._chain is not None:
            self._chain.feed(frames)

    def _follow(self, seq: int, payload: memoryview) -> None:
        try:
            record = decode(payload)
        except WireError as error:
            self.problems.append(f"record {seq}: {error}")
            return
        assert isinstance(record, TrailRecord)
        trail, self._trail = self._trail, Trail()
        if trail is not None and (trail.marks, trail.value()) != (record.marks, record.digest):
            self.problems.append(f"the trail at record {seq} does not fit the marks before it")
        self._waiting_bound = None if trail is None else self._trail_first
        self._trail_first = seq

    def _mark(self, seq: int, payload: memoryview) -> None:
        try:
            record = decode(payload)
        except WireError as error:
            self.problems.append(f"record {seq}: {error}")
            return
        assert isinstance(record, MarkRecord | SealRecord)
        self.times.append(record.sim_time_s)
        is_seal = isinstance(record, SealRecord)
        self.seals += is_seal
        self.marks += not is_seal
        what = "seal" if is_seal else "mark"
        if record.count != seq:
            self.problems.append(f"the {what} at record {seq} counts {record.count} records")
        if not self._is_true(seq, record):
            self.problems.append(f"the {what} at record {seq} is not signed by the log's device")
        if self._chain is not None and self._chain.value() != record.chain:
            self.problems.append(f"the {what} at record {seq} does not fit the records before it")
        if isinstance(record, SealRecord):
            self._seal(seq, record)
        self._chain, self.unmarked, self.is_closed = Chain(record.chain), 0, is_seal and self._has_ended

    def _seal(self, seq: int, record: SealRecord) -> None:
        if self._previous_seal is not None:
            if record.previous_seal != self._previous_seal:
                self.problems.append(f"the seal at record {seq} follows another seal")
            if record.first_seq != self._seal_first:
                self.problems.append(f"the seal at record {seq} covers other records")
        self._previous_seal, self._seal_first = record.chain, seq + 1


def scrub_segments(reader: LogReader) -> Iterator[tuple[Path, Hole | None]]:
    """Re-read files one by one, but for one that is being written: (path, its first hole or None)."""
    segments = reader.segments()
    certificate = next((s.head.certificate for s in segments if s.head is not None), b"")
    for segment in segments[:-1] if is_held(reader.folder) else segments:
        items = read_segment(segment, reader.log, certificate, segment.first_seq or 0)
        holes = (item for item in items if isinstance(item, Hole) and not item.is_unfinished)
        yield segment.path, next(holes, None)


def _kind(entry: Entry) -> int:
    """0 for a sound frame around nonsense: it counts as a record, and as nothing else."""
    try:
        return kind_of(entry.payload)
    except WireError:
        return 0
