"""Making a damaged log readable again: the original is kept aside, what is lost is named.

What another copy of the same log still has (a peer's, an archive's) is put back, and only where the
signed marks then fit: a hole can be filled with nothing but the records that stood there.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pitbox.log.disk import Disk
from pitbox.log.reader import LogReader, Segment, bound_of, read_segment
from pitbox.log.scan import Entry, Hole
from pitbox.log.segment import SegmentHead, pack_head, segment_number, segment_path
from pitbox.log.verify import ChainWalk
from pitbox.model.ids import LogId
from pitbox.wire.errors import WireError
from pitbox.wire.record import SCHEMA, EndRecord, UnknownRecord, decode, kind_of

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
            next_seq = self._segment(segment, next_seq, limit, end_seq, is_last=follower is None)
        return Repair(self._reader.log, tuple(self._rewritten), self._filled, tuple(self._lost))

    def _segment(
        self, segment: Segment, next_seq: int, limit: int | None, end_seq: int | None, *, is_last: bool
    ) -> int:
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
        # A copy may know more of a log's end than its own folder, so the last file always asks.
        if is_unreadable or is_last or len(sound) < wanted:
            gifts = {} if self._has_ended else self._gifts(segment, sound, first_seq, limit)
            kept = {**sound, **gifts}
            self._filled += len(gifts)
            is_unsure_end &= not gifts and not self._has_ended
            self._name_losses(kept, first_seq, end_seq, is_unsure_end=is_unsure_end)
            if is_unreadable or gifts:
                self._rewrite(segment, kept, first_seq)
            sound = kept
        if sound:
            self._last_s = _time_s(sound[max(sound)])
            self._has_ended |= any(_ends_log(entry) for entry in sound.values())
        return max(sound, default=first_seq - 1) + 1 if end_seq is None else end_seq

    def _gifts(
        self, segment: Segment, sound: dict[int, Entry], first_seq: int, bound: int | None
    ) -> dict[int, Entry]:
        """What donors have of this file's missing records, if the marks vouch for the whole."""
        for donor in self._donors:
            gifts: dict[int, Entry] = {}
            for entry in donor.entries(first_seq):
                if bound is not None and entry.seq >= bound:
                    break
                if entry.seq not in sound:
                    gifts[entry.seq] = entry
            if gifts and self._fits(segment, {**sound, **gifts}, first_seq):
                return gifts
        return {}

    def _fits(self, segment: Segment, entries: dict[int, Entry], first_seq: int) -> bool:
        chain = None if segment.head is None else segment.head.chain or None
        walk = ChainWalk(self._reader.log, self._certificate, chain, next_seq=first_seq)
        for seq in sorted(entries):
            walk.step(entries[seq])
        return not walk.problems and walk.unmarked == 0

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
        os.link(segment.path, aside)
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
