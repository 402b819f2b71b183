"""Making a damaged log readable again: the original is kept aside, what is lost is named.

What another copy of the same log still has (a peer's, an archive's) is put back, and only where the
signed marks then fit: a hole can be filled with nothing but the records that stood there.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pitbox.log.disk import Disk
from pitbox.log.errors import LogError
from pitbox.log.hold import is_held
from pitbox.log.reader import LogReader, Segment, bound_of, read_segment
from pitbox.log.scan import Entry, Hole
from pitbox.log.seal import Chain, first_chain, is_signed
from pitbox.log.segment import SegmentHead, pack_head, segment_number, segment_path
from pitbox.model.ids import LogId
from pitbox.wire.errors import WireError
from pitbox.wire.record import SCHEMA, EndRecord, MarkRecord, SealRecord, UnknownRecord, decode, kind_of

ASIDE = ".damaged"


class Loss(msgspec.Struct, frozen=True):
    """Records that are gone, and the sim times between which they stood."""

    first_seq: int
    end_seq: int | None
    """None at the end of a log, where it cannot be known."""
    after_s: float | None
    before_s: float | None


class Repair(msgspec.Struct, frozen=True):
    log: LogId
    rewritten: tuple[str, ...]
    """Files made anew; each original stands beside it as `<name>.damaged`."""
    filled: int
    """Records brought back from another copy."""
    lost: tuple[Loss, ...]


def repair_log(reader: LogReader, donors: Sequence[LogReader] = (), disk: Disk | None = None) -> Repair:
    """Rewrite each damaged file from what is sound in it and in the donors' copies of the same log."""
    if is_held(reader.folder):
        raise LogError(f"The log {reader.log} is being written; repair it when the recording is over.")
    return _Workshop(reader, [d for d in donors if d.log == reader.log], disk or Disk()).repair()


class _Workshop:
    def __init__(self, reader: LogReader, donors: Sequence[LogReader], disk: Disk) -> None:
        self._reader = reader
        self._donors = donors
        self._disk = disk
        self._certificate = reader.certificate or next((d.certificate for d in donors), b"")
        self._rewritten: list[str] = []
        self._filled = 0
        self._lost: list[Loss] = []
        self._last_s: float | None = None
        self._last_chain: tuple[int, bytes] | None = None
        """(number of the next record, chain) behind the last file, if it ends with a true mark."""
        self._has_ended = False
        """The record that ends the log was seen: nothing can be missing behind it."""

    def repair(self) -> Repair:
        segments = self._reader.segments()
        next_seq = 0
        for at, segment in enumerate(segments):
            if segment.first_seq is not None and segment.first_seq > next_seq:
                self._missing_files(segment, next_seq)
            follower = segments[at + 1] if at + 1 < len(segments) else None
            limit = bound_of(segments, at)
            # Behind a file whose head is damaged, nobody knows where this one should end.
            end_seq = follower.first_seq if follower is not None else None
            next_seq = self._segment(segment, next_seq, limit, end_seq)
        return Repair(self._reader.log, tuple(self._rewritten), self._filled, tuple(self._lost))

    def _segment(self, segment: Segment, next_seq: int, limit: int | None, end_seq: int | None) -> int:
        """Repair one file if it needs it; the number after its last record.

        Records from `limit` on are void here; those up to `end_seq` should stand here.
        """
        first_seq = next_seq if segment.first_seq is None else segment.first_seq
        sound: dict[int, Entry] = {}
        is_unreadable = is_unsure_end = False
        for item in read_segment(segment, self._reader.log, self._certificate, first_seq):
            if isinstance(item, Hole):
                if limit is None or item.first_seq < limit:
                    is_unreadable |= item.size > 0 and not item.is_unfinished
                    is_unsure_end |= item.end_seq is None and not item.is_unfinished
            elif limit is None or item.seq < limit:
                sound[item.seq] = item
        is_unreadable |= segment.head is None and bool(sound)
        wanted = (max(sound, default=first_seq - 1) + 1 if end_seq is None else end_seq) - first_seq
        # Where nobody here knows the end of a file, a copy may: the last file always asks.
        if is_unreadable or end_seq is None or len(sound) < wanted:
            gifts = {} if self._has_ended else self._gifts(segment, sound, first_seq, limit)
            kept = {**sound, **gifts}
            self._filled += len(gifts)
            is_unsure_end &= not gifts and not self._has_ended
            self._name_losses(kept, first_seq, end_seq, is_unsure_end=is_unsure_end)
            if is_unreadable or gifts:
                self._rewrite(segment, kept, first_seq)
            sound = kept
        if sound:
            last = sound[max(sound)]
            self._last_s = _time_s(last)
            mark = self._true_mark(last)
            self._last_chain = None if mark is None else (last.seq + 1, mark.chain)
            self._has_ended |= any(_ends_log(entry) for entry in sound.values())
        return max(sound, default=first_seq - 1) + 1 if end_seq is None else end_seq

    def _gifts(
        self, segment: Segment, sound: dict[int, Entry], first_seq: int, bound: int | None
    ) -> dict[int, Entry]:
        """What donors have of this file's missing records, as far as signed marks vouch for it."""
        taken: dict[int, Entry] = {}
        before = -1
        while before < len(taken):  # what one donor gave may make another's records fit
            before = len(taken)
            for donor in self._donors:
                known = {**sound, **taken}
                gifts = _missing_here(donor, known, first_seq, bound)
                taken |= self._vouched(segment, {**known, **gifts}, gifts, first_seq) if gifts else {}
        return taken

    def _vouched(
        self, segment: Segment, entries: dict[int, Entry], gifts: dict[int, Entry], first_seq: int
    ) -> dict[int, Entry]:
        """The gifts of each group that is whole and whose signed mark fits: no other is believed."""
        chain = self._chain_before(segment, first_seq)
        good: dict[int, Entry] = {}
        group: list[int] = []
        expected, is_whole = first_seq, True
        for seq in sorted(entries):
            is_whole &= seq == expected
            expected = seq + 1
            group.append(seq)
            mark = self._true_mark(entries[seq])
            if mark is None:
                if chain is not None:
                    chain.feed(entries[seq].frame)
                continue
            if is_whole and chain is not None and chain.value() == mark.chain:
                good |= {number: gifts[number] for number in group if number in gifts}
            chain, group, is_whole = Chain(mark.chain), [], True
        return good

    def _chain_before(self, segment: Segment, first_seq: int) -> Chain | None:
        """The chain as it stood before a file's first record; None where nobody knows it."""
        if first_seq == 0:
            return Chain(first_chain(self._reader.log))
        if self._last_chain is not None and self._last_chain[0] == first_seq:
            return Chain(self._last_chain[1])
        return Chain(segment.head.chain) if segment.head is not None and segment.head.chain else None

    def _true_mark(self, entry: Entry) -> MarkRecord | SealRecord | None:
        try:
            if kind_of(entry.payload) not in (MarkRecord.KIND, SealRecord.KIND):
                return None
            record = decode(entry.payload)
        except WireError:
            return None
        assert isinstance(record, MarkRecord | SealRecord)
        is_true = is_signed(self._certificate, self._reader.log, entry.seq, record)
        return record if is_true and record.count == entry.seq else None

    def _missing_files(self, before: Segment, first_seq: int) -> None:
        """Whole files are gone: bring them back from a donor as one, or name the loss."""
        end_seq = before.first_seq
        assert end_seq is not None
        number = segment_number(before.path) - 1
        path = segment_path(self._reader.folder, number)
        segment = Segment(path=path, head=None, first_seq=first_seq)
        gifts = {} if number < 0 or path.exists() else self._gifts(segment, {}, first_seq, end_seq)
        self._name_losses(gifts, first_seq, end_seq, is_unsure_end=False)
        if gifts:
            self._filled += len(gifts)
            self._write(path, self._new_head(number, first_seq), gifts)
            self._rewritten.append(path.name)

    def _name_losses(
        self, entries: dict[int, Entry], first_seq: int, bound: int | None, *, is_unsure_end: bool
    ) -> None:
        expected, last_s = first_seq, self._last_s
        for seq in sorted(entries):
            if seq > expected:
                self._lost.append(Loss(expected, seq, last_s, _time_s(entries[seq])))
            expected, last_s = seq + 1, _time_s(entries[seq]) or last_s
        if bound is not None and expected < bound:
            self._lost.append(Loss(expected, bound, last_s, None))
        elif is_unsure_end:
            self._lost.append(Loss(expected, None, last_s, None))

    def _rewrite(self, segment: Segment, entries: dict[int, Entry], first_seq: int) -> None:
        head = segment.head or self._new_head(segment_number(segment.path), first_seq)
        aside = _free_name(segment.path)
        try:
            os.link(segment.path, aside)
        except OSError:  # a file system without links
            shutil.copyfile(segment.path, aside)
        self._write(segment.path, head, entries)
        self._rewritten.append(segment.path.name)

    def _write(self, path: Path, head: SegmentHead, entries: dict[int, Entry]) -> None:
        """The new file appears whole or not at all."""
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fd = self._disk.create(fresh)
        try:
            records = b"".join(entries[seq].frame for seq in sorted(entries))
            self._disk.write(fd, (pack_head(head), records))
            self._disk.sync(fd)
        finally:
            self._disk.close(fd)
        fresh.replace(path)
        self._disk.sync_folder(path.parent)

    def _new_head(self, number: int, first_seq: int) -> SegmentHead:
        """For a head that cannot be read: its chain is not known, so its first mark goes unchecked."""
        return SegmentHead(
            schema=SCHEMA,
            log=self._reader.log,
            number=number,
            first_seq=first_seq,
            chain=b"",
            previous_seal=b"",
            certificate=self._certificate,
        )


def _missing_here(
    donor: LogReader, known: dict[int, Entry], first_seq: int, bound: int | None
) -> dict[int, Entry]:
    gifts: dict[int, Entry] = {}
    for entry in donor.entries(first_seq):
        if bound is not None and entry.seq >= bound:
            break
        if entry.seq not in known:
            gifts[entry.seq] = entry
    return gifts


def _free_name(path: Path) -> Path:
    aside = path.with_name(path.name + ASIDE)
    count = 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.name}{ASIDE}-{count}")
    return aside


def _ends_log(entry: Entry) -> bool:
    try:
        return kind_of(entry.payload) == EndRecord.KIND
    except WireError:
        return False


def _time_s(entry: Entry) -> float | None:
    try:
        record = decode(entry.payload)
    except WireError:
        return None
    return None if isinstance(record, UnknownRecord) else record.sim_time_s
