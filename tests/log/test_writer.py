"""Commits, seals and what the writer does when the disk refuses."""

import os
import shutil
import sys
from collections.abc import Sequence
from errno import EIO, ENOSPC
from pathlib import Path

import pytest
from river import INFO, OPENED, open_writer, ticks, write_log

from pitbox.identity.device import Identity
from pitbox.log.disk import Disk
from pitbox.log.errors import LogWriteError
from pitbox.log.reader import LogReader
from pitbox.log.recorder import Recorder
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.log.writer import WriterLimits
from pitbox.wire.record import EndRecord, InfoRecord, LayoutRecord, MarkRecord, RunRecord, SealRecord, decode


class FailingDisk(Disk):
    """Refuses the operations it is told to."""

    def __init__(self) -> None:
        self.failing: dict[str, int] = {}
        self.writes = 0
        self.syncs = 0

    def _meet(self, what: str) -> None:
        code = self.failing.get(what)
        if code is not None:
            raise OSError(code, "injected")

    def create(self, path: Path) -> int:
        self._meet("create")
        return super().create(path)

    def write(self, fd: int, data: Sequence[bytes]) -> None:
        if self.failing.get("write") is not None:
            whole = b"".join(data)
            super().write(fd, (whole[: len(whole) // 2],))  # a torn write first
        self._meet("write")
        self.writes += 1
        super().write(fd, data)

    def sync(self, fd: int) -> None:
        self._meet("sync")
        self.syncs += 1
        super().sync(fd)


def payload(number: int) -> bytes:
    return b"\x94\x01\x63\x01" + bytes([number & 0x7F])


def payloads_on_disk(folder: Path) -> list[bytes]:
    entries = LogReader(folder).entries()
    return [bytes(e.payload) for e in entries if e.payload[2] not in (MarkRecord.KIND, SealRecord.KIND)]


def test_a_closed_log_is_whole_and_signed(tmp_path: Path, identity: Identity) -> None:
    writer, done = write_log(tmp_path, identity)
    verdict = verify_log(LogReader(writer.folder))
    assert verdict.is_whole, verdict
    assert verdict.is_closed
    assert verdict.seals >= 3
    assert verdict.unmarked == 0
    assert verdict.records == done[-1].durable_seq == LogReader(writer.folder).next_seq


def test_each_later_segment_starts_with_what_it_needs(tmp_path: Path, identity: Identity) -> None:
    writer, _ = write_log(tmp_path, identity)
    reader = LogReader(writer.folder)
    for segment in reader.segments()[1:]:
        assert segment.first_seq is not None
        kinds = {type(decode(e.payload)) for e in list(reader.entries(segment.first_seq))[:6]}
        assert {LayoutRecord, InfoRecord, RunRecord} <= kinds or kinds == {EndRecord, SealRecord}


def test_a_file_of_another_device_is_no_part_of_the_log(tmp_path: Path, identity: Identity) -> None:
    stranger = Identity.load_or_create(tmp_path / "stranger")
    folder = open_writer(tmp_path / "mine", identity).folder
    writer = open_writer(tmp_path / "theirs", stranger)
    writer.append(payload(1))
    writer.commit(1.0)
    writer.abandon()
    data = segment_paths(writer.folder)[0].read_bytes()
    (folder / "00000000.seg").write_bytes(data)
    verdict = verify_log(LogReader(folder))
    assert verdict.records == 0, "a stranger's file is no part of this log"
    assert not verdict.is_whole


@pytest.mark.parametrize(
    ("what", "code", "is_first"),
    [
        ("write", EIO, True),
        ("write", EIO, False),
        ("write", ENOSPC, True),
        ("write", ENOSPC, False),
        ("sync", EIO, True),
        ("sync", EIO, False),
        ("create", ENOSPC, True),
    ],
)
def test_a_refused_commit_is_kept_and_written_into_a_new_file(
    tmp_path: Path, identity: Identity, what: str, code: int, *, is_first: bool
) -> None:
    disk = FailingDisk()
    writer = open_writer(tmp_path, identity, disk=disk, limits=WriterLimits(segment_bytes=1500))
    wanted = []
    if not is_first:
        writer.append(payload(0))
        wanted.append(payload(0))
        writer.commit(0.0)
    durable = writer.durable_seq
    disk.failing[what] = code
    for number in range(1, 4):
        writer.append(payload(number))
        wanted.append(payload(number))
        with pytest.raises(LogWriteError):
            writer.commit(float(number))
        assert writer.durable_seq == durable, "nothing is acknowledged that was not synced"
    disk.failing.clear()
    writer.append(payload(9))
    wanted.append(payload(9))
    committed = writer.commit(9.0)
    assert committed is not None
    assert [data for _, data in committed.entries] == wanted[0 if is_first else 1 :]
    writer.close(10.0, "done")
    reader = LogReader(writer.folder)
    assert payloads_on_disk(writer.folder)[:-1] == wanted
    verdict = verify_log(reader)
    assert verdict.is_whole, verdict
    assert [e.seq for e in reader.entries()] == list(range(verdict.records))


def test_files_that_never_held_anything_do_not_pile_up(tmp_path: Path, identity: Identity) -> None:
    disk = FailingDisk()
    writer = open_writer(tmp_path, identity, disk=disk)
    writer.append(payload(1))
    disk.failing["write"] = ENOSPC
    for number in range(50):
        with pytest.raises(LogWriteError):
            writer.commit(float(number))
    assert segment_paths(writer.folder) == []


def test_the_sync_comes_before_the_acknowledgement(tmp_path: Path, identity: Identity) -> None:
    disk = FailingDisk()
    writer = open_writer(tmp_path, identity, disk=disk)
    for number in range(5):
        writer.append(payload(number))
        writer.commit(float(number))
        assert disk.syncs == number + 1


def test_a_segment_closes_by_age_too(tmp_path: Path, identity: Identity) -> None:
    writer = open_writer(tmp_path, identity, limits=WriterLimits(segment_s=0.0))
    for number in range(3):
        writer.append(payload(number))
        writer.commit(float(number))
    assert len(segment_paths(writer.folder)) == 3


def test_rows_survive_the_way_to_disk(tmp_path: Path, identity: Identity) -> None:
    recorder = Recorder()
    payloads = [p for event in (OPENED, INFO, ticks(0, 30)) for p in recorder.take(event)] + recorder.flush()
    writer = open_writer(tmp_path, identity)
    for item in payloads:
        writer.append(item.data)
    writer.commit(recorder.sim_time_s)
    assert payloads_on_disk(writer.folder) == [item.data for item in payloads]


def test_a_copy_under_another_name_is_no_second_log(tmp_path: Path, identity: Identity) -> None:
    writer, _ = write_log(tmp_path, identity)
    shutil.copytree(writer.folder, writer.folder.with_name("00000000000000ff"))
    reader = LogReader(writer.folder.with_name("00000000000000ff"))
    assert list(reader.entries()) == []
    assert not verify_log(reader).is_whole


def test_files_gone_from_the_end_leave_the_log_not_closed(tmp_path: Path, identity: Identity) -> None:
    writer, _ = write_log(tmp_path, identity)
    assert verify_log(LogReader(writer.folder)).is_closed
    for path in segment_paths(writer.folder)[1:]:
        path.unlink()
    assert not verify_log(LogReader(writer.folder)).is_closed


def test_a_strange_entry_on_the_shelf_stands_in_nobodys_way(tmp_path: Path, identity: Identity) -> None:
    (tmp_path / "local-old" / ("a" * 64) / "0000000000000001" / "00000000.seg").mkdir(parents=True)
    (tmp_path / "local-odd" / ("b" * 64) / "0000000000000001").mkdir(parents=True)
    (tmp_path / "local-odd" / ("b" * 64) / "0000000000000001" / "00000000.seg").symlink_to(
        tmp_path / "nowhere"
    )
    write_log(tmp_path, identity)
    assert Shelf(tmp_path).sessions() == ["local-river"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_real_disk_syncs_data_and_every_new_name(
    tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen from the system calls: what is taken out of Disk or the writer is missed here."""
    synced: list[str] = []

    def note(name: str) -> None:
        real = getattr(os, name)

        def call(fd: int) -> None:
            synced.append(f"{name} {Path(f'/proc/self/fd/{fd}').readlink().name}")
            real(fd)

        monkeypatch.setattr(os, name, call)

    note("fdatasync")
    note("fsync")
    writer = open_writer(tmp_path / "log", identity)
    assert {f"fsync {name}" for name in ("log", *writer.folder.parts[-3:-1])} <= set(synced)
    synced.clear()
    writer.append(payload(1))
    writer.commit(1.0)
    assert synced == ["fdatasync 00000000.seg", f"fsync {writer.folder.name}"]
    synced.clear()
    writer.append(payload(2))
    writer.commit(2.0)
    assert synced == ["fdatasync 00000000.seg"]
    writer.abandon()
