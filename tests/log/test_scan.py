"""What a damaged segment still gives: never a wrong record, never one missing unnoticed."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import write_log

from pitbox.identity.device import Identity
from pitbox.log.reader import LogReader
from pitbox.log.segment import segment_paths
from pitbox.wire.framing import frame


class Copy:
    """A log on disk and its records in memory; each trial damages it and puts it right again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {path: path.read_bytes() for path in segment_paths(folder)}
        self.records = {e.seq: bytes(e.frame) for e in LogReader(folder).entries()}

    def read(self) -> tuple[dict[int, bytes], LogReader]:
        reader = LogReader(self.folder)
        return {e.seq: bytes(e.frame) for e in reader.entries()}, reader

    def restore(self) -> None:
        for path, data in self.files.items():
            path.write_bytes(data)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> Copy:
    writer, _ = write_log(tmp_path_factory.mktemp("scan"), identity)
    copy = Copy(writer.folder)
    assert len(copy.files) >= 3
    assert sorted(copy.records) == list(range(len(copy.records)))
    return copy


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_cut_of_the_last_file_gives_an_exact_prefix(copy: Copy, data: st.DataObject) -> None:
    path = list(copy.files)[-1]
    whole = copy.files[path]
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at])
    try:
        records, reader = copy.read()
    finally:
        copy.restore()
    assert list(records) == list(range(len(records)))
    assert all(copy.records[seq] == record for seq, record in records.items())
    assert len(records) < len(copy.records)
    assert all(damage.is_unfinished or damage.first_seq >= len(records) for damage in reader.damages)


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_flips_give_no_wrong_and_no_silently_missing_record(copy: Copy, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(copy.files)))
    whole = bytearray(copy.files[path])
    for _ in range(data.draw(st.integers(1, 3))):
        bit = data.draw(st.integers(0, len(whole) * 8 - 1))
        whole[bit // 8] ^= 1 << (bit % 8)
    path.write_bytes(bytes(whole))
    try:
        records, reader = copy.read()
    finally:
        copy.restore()
    assert all(copy.records[seq] == record for seq, record in records.items())
    missing = set(copy.records) - set(records)
    end = len(copy.records)
    named = {s for d in reader.damages for s in range(d.first_seq, end if d.end_seq is None else d.end_seq)}
    assert missing <= named


def test_one_flip_in_a_payload_loses_one_record(copy: Copy) -> None:
    path = list(copy.files)[1]
    first = LogReader(copy.folder).segments()[1].first_seq
    assert first is not None
    victim = copy.records[first + 2]
    damaged = bytearray(copy.files[path])
    damaged[copy.files[path].index(victim) + 20] ^= 0x10
    path.write_bytes(bytes(damaged))
    try:
        records, reader = copy.read()
    finally:
        copy.restore()
    assert set(copy.records) - set(records) == {first + 2}
    assert [(d.first_seq, d.end_seq) for d in reader.damages] == [(first + 2, first + 3)]


def test_a_log_inside_a_message_is_not_taken_for_records(tmp_path: Path, identity: Identity) -> None:
    """Bytes that look like the next records, behind damage, are no records: no mark vouches for them."""
    from river import open_writer

    writer = open_writer(tmp_path, identity)
    writer.append(b"\x93\x01\x63\x01")
    forged = b"".join(frame(seq, b"\x93\x01\x63\x07") for seq in range(3, 9))
    writer.append(b"\x94\x01\x63\x02\xc4" + bytes([len(forged)]) + forged)
    writer.commit(1.0)
    writer.abandon()
    path = segment_paths(writer.folder)[0]
    data = bytearray(path.read_bytes())
    data[data.index(forged) - 15] ^= 0x40  # the carrier's own head
    path.write_bytes(bytes(data))
    reader = LogReader(writer.folder)
    assert [entry.seq for entry in reader.entries()] == [0, 2]
    assert bytes(next(reader.entries(2)).payload)[2] == 1, "record 2 is the true mark"


def test_a_missing_file_is_named(copy: Copy) -> None:
    path = list(copy.files)[1]
    segments = LogReader(copy.folder).segments()
    path.unlink()
    try:
        records, reader = copy.read()
    finally:
        copy.restore()
    first, end = segments[1].first_seq, segments[2].first_seq
    assert first is not None
    assert end is not None
    assert set(copy.records) - set(records) == set(range(first, end))
    assert [(d.first_seq, d.end_seq) for d in reader.damages] == [(first, end)]


@pytest.mark.parametrize("size", [0, 3, 8, 12, 100])
def test_a_file_that_was_only_just_made_is_no_damage(copy: Copy, size: int) -> None:
    path = list(copy.files)[-1]
    after = path.with_name(f"{int(path.stem) + 1:08d}.seg")
    after.write_bytes(copy.files[path][:size])
    try:
        records, reader = copy.read()
    finally:
        after.unlink()
    assert records == copy.records
    assert [d.is_unfinished for d in reader.damages] == [True]


def test_an_unfinished_write_is_told_from_damage(copy: Copy) -> None:
    path = list(copy.files)[-1]
    path.write_bytes(copy.files[path][:-7])
    try:
        _, torn = copy.read()
        flipped = bytearray(copy.files[path])
        flipped[-7] ^= 1
        path.write_bytes(bytes(flipped))
        _, damaged = copy.read()
    finally:
        copy.restore()
    assert [d.is_unfinished for d in torn.damages] == [True]
    assert [d.is_unfinished for d in damaged.damages] == [False]
