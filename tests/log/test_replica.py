"""A copy of a log: the same bytes, proved by signed marks, whatever way its records come."""

import contextlib
import os
import random
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import write_log

from pitbox.identity.device import Identity
from pitbox.log import replica, seal
from pitbox.log.cursor import Cursor, Gap, Stretch
from pitbox.log.disk import Disk
from pitbox.log.errors import ForgedError, LogWriteError, ReplicaError
from pitbox.log.hold import is_held
from pitbox.log.reader import LogReader
from pitbox.log.replica import Replica, proved_end
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.ids import LogId
from pitbox.wire.framing import frame, unframe
from pitbox.wire.record import LostRecord, MarkRecord, SealRecord, TrailRecord, decode, encode, kind_of


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> LogReader:
    root = tmp_path_factory.mktemp("origin")
    writer, _ = write_log(root, identity)
    return Shelf(root).reader(writer.log)


def raw(reader: LogReader) -> bytes:
    return b"".join(bytes(entry.frame) for entry in reader.entries())


def pieces(reader: LogReader, size: int) -> list[Stretch]:
    cursor, found, end = Cursor(reader), [], proved_end(reader)
    while (stretch := cursor.take(size, end)) is not None:
        assert isinstance(stretch, Stretch)
        found.append(stretch)
    return found


def files(reader: LogReader) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(reader.folder.glob("*.seg"))}


@pytest.mark.parametrize("size", [1, 700, 5000, 1 << 20])
def test_a_cursor_gives_every_record_once_and_as_it_lies_there(origin: LogReader, size: int) -> None:
    found = pieces(origin, size)
    assert b"".join(piece.data for piece in found) == raw(origin)
    assert all(a.end_seq == b.first_seq for a, b in pairwise(found))
    assert len(found) > 3 or size > 4000


def test_a_cursor_goes_on_where_a_writer_went_on(tmp_path: Path, origin: LogReader) -> None:
    copy = Replica(tmp_path, origin.log, origin.certificate)
    cursor, seen = Cursor(LogReader(tmp_path / os.path.relpath(origin.folder, origin.folder.parents[2]))), b""
    for piece in pieces(origin, 700):
        copy.take(piece.first_seq, piece.data)
        copy.prove()
        copy.store()
        while (stretch := cursor.take(1 << 20, copy.durable_seq)) is not None:
            seen += stretch.data
    copy.close()
    assert seen == raw(origin)


def test_a_copy_has_the_same_files(tmp_path: Path, origin: LogReader) -> None:
    copy = Replica(tmp_path, origin.log, origin.certificate)
    for piece in pieces(origin, 3000):
        copy.take(piece.first_seq, piece.data)
        copy.prove()
        copy.store()
    copy.close()
    reader = Shelf(tmp_path).reader(origin.log)
    assert files(reader) == files(origin)
    assert len(files(reader)) > 2
    assert verify_log(reader).is_whole


class TornDisk(Disk):
    """A write that is cut short at any byte, as by a kill or for want of space."""

    def __init__(self, rng: random.Random) -> None:
        self.is_torn = False
        self._rng = rng

    def write(self, fd: int, data: list[bytes]) -> None:
        if self.is_torn:
            whole = b"".join(data)
            os.write(fd, whole[: self._rng.randrange(len(whole))])
            raise OSError(28, "No space left on device")
        super().write(fd, data)


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_any_cut_repetition_and_restart_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, origin: LogReader, seed: int
) -> None:
    rng = random.Random(seed)
    root = tmp_path_factory.mktemp("copy")
    every = pieces(origin, rng.choice([1, 500, 3000]))
    disk = TornDisk(rng)
    copy = Replica(root, origin.log, origin.certificate, disk)
    while copy.durable_seq < proved_end(origin):
        fitting = [piece for piece in every if piece.first_seq <= copy.expected_seq]
        piece = rng.choice(fitting[-3:])
        new, known = copy.take(piece.first_seq, piece.data)
        assert new + known == piece.end_seq - piece.first_seq
        copy.prove(is_more_coming=rng.random() < 0.5)
        if rng.random() < 0.6:
            copy.store()
        if rng.random() < 0.1:
            disk.is_torn = True
            with contextlib.suppress(LogWriteError):
                copy.store()
            disk.is_torn = False
            copy.close()
            copy = Replica(root, origin.log, origin.certificate, disk)
    copy.close()
    reader = Shelf(root).reader(origin.log)
    assert raw(reader) == raw(origin)
    assert verify_log(reader).is_whole


def swallow(copy: Replica, data: bytes, first_seq: int = 0, *, is_more_coming: bool = False) -> None:
    copy.take(first_seq, data)
    copy.prove(is_more_coming=is_more_coming)


@pytest.mark.parametrize("what", ["payload", "order", "stranger", "mark"])
def test_nobody_can_forge_a_record(tmp_path: Path, origin: LogReader, what: str) -> None:
    data = bytearray(raw(origin))
    records = []
    at = 0
    while at < len(data):
        seq, payload, behind = unframe(memoryview(data), at)
        records.append((seq, bytes(payload)))
        at = behind
    if what == "payload":
        lie = encode(LostRecord(sim_time_s=1.0, session_num=0, run=0, count=9, until_s=2.0, reason="lie"))
        records[4] = (4, lie)
    elif what == "order":
        records[3], records[4] = (3, records[4][1]), (4, records[3][1])
    elif what == "mark":
        mark = next(seq for seq, payload in records if payload[1:3] == b"\x01\x01")
        records[mark] = (mark, records[mark][1][:-1] + bytes([records[mark][1][-1] ^ 1]))
    certificate = origin.certificate if what != "stranger" else b"somebody else"
    copy = Replica(tmp_path, origin.log, certificate)
    with pytest.raises(ForgedError):
        swallow(copy, b"".join(frame(seq, payload) for seq, payload in records))
    copy.store()
    copy.close()
    assert raw(origin).startswith(raw(LogReader(copy._folder)))
    assert proved_end(LogReader(copy._folder)) < 8


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The marks whose own signature was checked."""
    seen: list[int] = []

    def is_signed(certificate: bytes, log: LogId, seq: int, mark: MarkRecord | SealRecord) -> bool:
        seen.append(seq)
        return seal.is_signed(certificate, log, seq, mark)

    monkeypatch.setattr(replica, "is_signed", is_signed)
    return seen


def marks(reader: LogReader) -> list[int]:
    return [e.seq for e in reader.entries() if kind_of(e.payload) in {MarkRecord.KIND, SealRecord.KIND}]


def bound(reader: LogReader) -> list[int]:
    """The first mark behind each trail."""
    trails = [entry.seq for entry in reader.entries() if kind_of(entry.payload) == TrailRecord.KIND]
    return [next(seq for seq in marks(reader) if seq > trail) for trail in trails]


def test_of_a_long_stretch_one_signature_for_each_trail_is_enough(
    tmp_path: Path, origin: LogReader, checked: list[int]
) -> None:
    copy = Replica(tmp_path, origin.log, origin.certificate)
    for piece in pieces(origin, 700):
        swallow(copy, piece.data, piece.first_seq, is_more_coming=True)
        copy.store()
        assert copy.durable_seq == (checked[-1] + 1 if checked else 0)
    assert checked == bound(origin)
    assert len(checked) >= 3
    copy.prove()
    copy.store()
    copy.close()
    left = [seq for seq in marks(origin) if seq > bound(origin)[-1]]
    assert checked == bound(origin) + left, "what no trail binds is checked one by one"
    assert raw(LogReader(copy._folder)) == raw(origin)


@pytest.mark.parametrize("is_honest", [True, False])
def test_a_copy_that_starts_within_a_trail_checks_each_mark_up_to_its_end(
    tmp_path: Path, origin: LogReader, checked: list[int], is_honest: bool
) -> None:
    begin, (first, second) = marks(origin)[2] + 1, bound(origin)[:2]
    frames = [bytes(entry.frame) for entry in origin.entries()]
    copy = Replica(tmp_path, origin.log, origin.certificate)
    swallow(copy, b"".join(frames[:begin]))
    copy.store()
    copy.close()
    checked.clear()
    loose = [seq for seq in marks(origin) if begin <= seq < first]
    if not is_honest:
        lie = msgspec.structs.replace(decode(unframe(memoryview(frames[loose[0]]))[1]), sim_time_s=1e6)
        frames[loose[0]] = frame(loose[0], encode(lie))
    copy = Replica(tmp_path, origin.log, origin.certificate)
    swallow(copy, b"".join(frames[begin:second]), begin, is_more_coming=True)
    assert checked == []
    with contextlib.nullcontext() if is_honest else pytest.raises(ForgedError):
        swallow(copy, frames[second], second, is_more_coming=True)
    assert checked == [second, *(loose if is_honest else loose[:1])]
    copy.store()
    assert copy.durable_seq == (second + 1 if is_honest else begin)
    copy.close()


@pytest.mark.parametrize("field", ["sim_time_s", "signature", "trail"])
def test_nothing_can_be_changed_in_a_mark_that_waits_for_its_trail(
    tmp_path: Path, origin: LogReader, field: str
) -> None:
    data = [(entry.seq, bytes(entry.payload)) for entry in origin.entries()]
    victim = marks(origin)[1] if field != "trail" else bound(origin)[0] - 1
    record = decode(data[victim][1])
    lie = {"sim_time_s": 1e6, "signature": b"\0" * 70, "trail": None}[field]
    change = {"digest": b"\0" * 32} if field == "trail" else {field: lie}
    data[victim] = (victim, encode(msgspec.structs.replace(record, **change)))
    copy = Replica(tmp_path, origin.log, origin.certificate)
    with pytest.raises(ForgedError):
        swallow(copy, b"".join(frame(seq, payload) for seq, payload in data), is_more_coming=True)
    assert copy.store() is None
    copy.close()


def test_a_log_that_is_being_written_here_is_left_alone(tmp_path: Path, origin: LogReader) -> None:
    first = Replica(tmp_path, origin.log, origin.certificate)
    with pytest.raises(ReplicaError, match="being written"):
        Replica(tmp_path, origin.log, origin.certificate)
    first.close()
    assert not is_held(first._folder)


def test_a_disk_that_refuses_costs_nothing(tmp_path: Path, origin: LogReader) -> None:
    disk = TornDisk(random.Random(1))
    copy = Replica(tmp_path, origin.log, origin.certificate, disk)
    for number, piece in enumerate(pieces(origin, 3000)):
        copy.take(piece.first_seq, piece.data)
        copy.prove()
        disk.is_torn = number % 3 == 1
        if disk.is_torn:
            before = copy.durable_seq
            with pytest.raises(LogWriteError):
                copy.store()
            assert copy.durable_seq == before
            disk.is_torn = False
            again = Cursor(origin, copy.expected_seq).take(1 << 20, piece.end_seq)
            assert isinstance(again, Stretch)
            copy.take(again.first_seq, again.data)
            copy.prove()
        copy.store()
    copy.close()
    assert raw(Shelf(tmp_path).reader(origin.log)) == raw(origin)


def test_a_cursor_names_what_it_cannot_read(tmp_path: Path, identity: Identity) -> None:
    writer, _ = write_log(tmp_path, identity)
    reader = Shelf(tmp_path).reader(writer.log)
    whole, end = raw(reader), proved_end(reader)
    path = min(reader.folder.glob("*.seg"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)
    cursor, found, gaps = Cursor(reader), b"", []
    while (step := cursor.take(1000, end)) is not None:
        if isinstance(step, Gap):
            gaps.append(step)
        else:
            found += step.data
    assert len(gaps) == 1
    assert gaps[0].end_seq - gaps[0].first_seq == 1
    assert len(found) < len(whole)
