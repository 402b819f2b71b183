"""Repair names what is lost, keeps the original, and takes back from a copy only what was there."""

import hashlib
import shutil
from pathlib import Path

import pytest
from river import SESSION, open_writer, write_log

from pitbox.identity.device import Identity
from pitbox.log.archive import archive_session
from pitbox.log.errors import LogError, ShelfError
from pitbox.log.reader import LogReader
from pitbox.log.repair import repair_log
from pitbox.log.seal import is_signed
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.log.verify import scrub_segments, verify_log
from pitbox.model.ids import DeviceId, LogId
from pitbox.wire.framing import frame
from pitbox.wire.record import MarkRecord, SealRecord


class Bench:
    def __init__(self, root: Path, identity: Identity) -> None:
        self.folder = write_log(root / "mine", identity)[0].folder
        copy = root / "copy"
        shutil.copytree(root / "mine", copy)
        self.copy = Shelf(copy).readers(SESSION)[0]
        self.reader = LogReader(self.folder)
        self.records = {e.seq: bytes(e.frame) for e in self.reader.entries()}
        self.paths = segment_paths(self.folder)

    def flip(self, seq: int, at: int = 20) -> Path:
        for path in self.paths:
            data = bytearray(path.read_bytes())
            if (start := data.find(self.records[seq])) >= 0:
                data[start + at] ^= 4
                path.write_bytes(bytes(data))
                return path
        raise AssertionError(seq)

    def read(self) -> dict[int, bytes]:
        return {e.seq: bytes(e.frame) for e in LogReader(self.folder).entries()}


@pytest.fixture
def bench(tmp_path: Path, identity: Identity) -> Bench:
    return Bench(tmp_path, identity)


def test_a_whole_log_is_left_alone(bench: Bench) -> None:
    before = [path.read_bytes() for path in bench.paths]
    repair = repair_log(bench.reader)
    assert (repair.rewritten, repair.filled, repair.lost) == ((), 0, ())
    assert [path.read_bytes() for path in bench.paths] == before


def test_what_is_lost_is_named_and_the_original_kept(bench: Bench) -> None:
    path = bench.flip(9)
    damaged = path.read_bytes()
    repair = repair_log(bench.reader)
    assert repair.rewritten == (path.name,)
    (loss,) = repair.lost
    assert (loss.first_seq, loss.end_seq) == (9, 10)
    assert loss.after_s is not None
    assert loss.before_s is not None
    assert path.with_name(path.name + ".damaged").read_bytes() == damaged
    assert set(bench.records) - set(bench.read()) == {9}
    assert len(Shelf(bench.folder.parents[2]).logs(SESSION)) == 1


def test_repairing_twice_changes_nothing_more(bench: Bench) -> None:
    bench.flip(9)
    repair_log(bench.reader)
    again = repair_log(bench.reader)
    assert again.rewritten == ()
    assert [(loss.first_seq, loss.end_seq) for loss in again.lost] == [(9, 10)], "it is still missing"
    assert len(list(bench.folder.glob("*.seg*"))) == len(bench.paths) + 1


@pytest.mark.parametrize("at", [3, 9, 14, 20])
def test_a_copy_brings_it_back(bench: Bench, at: int) -> None:
    bench.flip(9, at)
    bench.flip(20, at)
    repair = repair_log(bench.reader, [bench.copy])
    assert repair.filled >= 2
    assert repair.lost == ()
    assert bench.read() == bench.records
    assert verify_log(bench.reader).is_whole


def test_a_missing_file_comes_back_from_a_copy(bench: Bench) -> None:
    bench.paths[1].unlink()
    assert repair_log(bench.reader).lost
    repair = repair_log(bench.reader, [bench.copy])
    assert repair.lost == ()
    assert bench.read() == bench.records
    assert verify_log(bench.reader).is_whole


def test_a_lost_end_comes_back_from_a_copy(bench: Bench) -> None:
    last = bench.paths[-1]
    last.write_bytes(last.read_bytes()[:-60])
    repair = repair_log(bench.reader, [bench.copy])
    assert repair.lost == ()
    assert bench.read() == bench.records


def test_a_damaged_head_loses_no_record(bench: Bench) -> None:
    data = bytearray(bench.paths[1].read_bytes())
    data[30] ^= 1
    bench.paths[1].write_bytes(bytes(data))
    assert bench.read() == bench.records
    repair = repair_log(bench.reader)
    assert repair.rewritten == (bench.paths[1].name,)
    assert repair.lost == ()
    assert verify_log(bench.reader).is_whole


def test_a_copy_of_another_log_is_not_believed(bench: Bench, tmp_path: Path, identity: Identity) -> None:
    bench.flip(9)
    other = write_log(tmp_path / "other", identity, at_s=500.0)[0].folder
    false = tmp_path / "false" / Path(*bench.folder.parts[-3:])
    false.parent.mkdir(parents=True)
    shutil.copytree(other, false)
    repair = repair_log(bench.reader, [LogReader(false)])
    assert repair.filled == 0
    assert [(loss.first_seq, loss.end_seq) for loss in repair.lost] == [(9, 10)]


def test_a_copy_that_leaves_out_records_cannot_change_the_others(bench: Bench) -> None:
    """Marks are true in it and each group lacks one record: what else stands there is not vouched for."""
    first, end = (segment.first_seq for segment in bench.reader.segments()[1:3])
    assert first is not None
    assert end is not None
    path = segment_paths(bench.copy.folder)[1]
    head = path.read_bytes()[: path.read_bytes().index(bench.records[first])]
    forged = b""
    for seq in range(first, end):
        payload = bench.records[seq][16:]
        is_mark = payload[2] in (MarkRecord.KIND, SealRecord.KIND)
        after_mark = bench.records[seq - 1][16 + 2] in (MarkRecord.KIND, SealRecord.KIND)
        if is_mark:
            forged += bench.records[seq]
        elif not after_mark:
            forged += frame(seq, payload[:-1] + bytes([payload[-1] ^ 1]))
    path.write_bytes(head + forged)
    bench.paths[1].unlink()
    repair_log(bench.reader, [bench.copy])
    assert all(bench.records[seq] == data for seq, data in bench.read().items())


def test_two_copies_each_with_a_part_fill_one_hole(bench: Bench, tmp_path: Path) -> None:
    shutil.copytree(bench.copy.folder.parents[2], tmp_path / "third")
    third = Shelf(tmp_path / "third").readers(SESSION)[0]
    for folder, number in ((bench.copy.folder, 1), (third.folder, 2)):
        segment_paths(folder)[number].unlink()
    for path in bench.paths[1:3]:
        path.unlink()
    assert repair_log(bench.reader, [bench.copy, third]).lost == ()
    assert bench.read() == bench.records


def test_a_log_that_is_being_written_is_left_alone(tmp_path: Path, identity: Identity) -> None:
    writer = open_writer(tmp_path, identity)
    with pytest.raises(LogError, match="is being written"):
        repair_log(LogReader(writer.folder))
    writer.append(bytes([0x93, 1, 0x63, 0]))
    writer.commit(0.0)
    with pytest.raises(ShelfError, match="is being recorded"):
        archive_session(Shelf(tmp_path), SESSION, tmp_path / "away", is_removing=True)
    writer.abandon()
    assert repair_log(LogReader(writer.folder)).lost == ()


def test_two_copies_with_different_damage_heal_each_other(bench: Bench) -> None:
    bench.flip(9)
    theirs = Bench.__new__(Bench)
    theirs.paths, theirs.records = segment_paths(bench.copy.folder), bench.records
    theirs.flip(20)
    assert repair_log(bench.reader, [bench.copy]).lost == ()
    assert repair_log(bench.copy, [bench.reader]).lost == ()
    assert bench.read() == bench.records


def test_damage_to_a_file_and_to_the_head_of_the_next_is_healed_together(bench: Bench) -> None:
    last, before = bench.paths[-1], bench.paths[-2]
    before.write_bytes(before.read_bytes()[:-200])
    data = bytearray(last.read_bytes())
    data[40] ^= 2
    last.write_bytes(bytes(data))
    repair = repair_log(bench.reader, [bench.copy])
    assert repair.lost == ()
    assert bench.read() == bench.records
    assert verify_log(bench.reader).is_whole


def test_a_certificate_that_is_none_vouches_for_nothing() -> None:
    certificate = b"no certificate at all"
    log = LogId(SESSION, DeviceId(hashlib.sha256(certificate).hexdigest()), 1)
    mark = MarkRecord(sim_time_s=0.0, count=0, chain=bytes(32), signature=b"x")
    assert not is_signed(certificate, log, 0, mark)


def test_scrubbing_finds_what_nobody_read(bench: Bench) -> None:
    assert [hole for _, hole in scrub_segments(bench.reader)] == [None] * len(bench.paths)
    path = bench.flip(9)
    assert [p.name for p, hole in scrub_segments(bench.reader) if hole is not None] == [path.name]
