"""The scribe beside a disk that is full, broken or slow: visible, never silent, and it recovers."""

import subprocess
import threading
import time
from collections.abc import Iterator
from errno import EIO
from pathlib import Path

import pytest
from replayed import replayed
from river import INFO, OPENED, ticks
from test_writer import FailingDisk

from pitbox.crew.health import Health, Level
from pitbox.crew.queue import BoundedQueue, Full
from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.log.disk import Disk
from pitbox.log.reader import LogReader
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.log.writer import Committed
from pitbox.model.ids import SessionId
from pitbox.model.source import Closed, Opened, SourceEvent, Ticks
from pitbox.wire.record import LostRecord, decode


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return 1.7e9 + self.now_s


class Desk:
    """A scribe, its clock, and all it said."""

    def __init__(self, root: Path, identity: Identity, disk: Disk | None = None, **limits: object) -> None:
        self.root = root
        self.clock = Clock()
        self.health: list[Health] = []
        self.committed: list[Committed] = []
        self.scribe = Scribe(
            root,
            identity,
            on_commit=self.committed.append,
            on_health=self.health.append,
            limits=ScribeLimits(**{"reserve_bytes": 1 << 20, "warn_free_bytes": 0, **limits}),
            disk=disk,
            clock=self.clock,
        )

    def record(self, first: int, seconds: int = 1) -> None:
        for number in range(first, first + seconds * 60, 15):
            self.clock.now_s += 0.25
            self.scribe.take([ticks(number, 15)])
            self.scribe.tick()

    def words(self, subject: str) -> list[str]:
        return [h.words for h in self.health if h.subject == subject]

    def level(self, subject: str) -> Level:
        return next((h.level for h in reversed(self.health) if h.subject == subject), Level.OK)

    def readers(self) -> list[LogReader]:
        shelf = Shelf(self.root)
        return [reader for session in shelf.sessions() for reader in shelf.readers(session)]

    def rows_on_disk(self) -> int:
        return sum(len(e) for reader in self.readers() for e in replayed(reader) if isinstance(e, Ticks))


def lost_rows(reader: LogReader) -> int:
    records = [decode(entry.payload) for entry in reader.entries()]
    return sum(r.count for r in records if isinstance(r, LostRecord))


def test_commits_come_four_times_a_second(tmp_path: Path, identity: Identity) -> None:
    desk = Desk(tmp_path, identity)
    desk.scribe.take([OPENED, INFO])
    desk.record(0, seconds=10)
    assert 38 <= len(desk.committed) <= 41
    desk.scribe.close("done")
    assert desk.rows_on_disk() == 600
    assert all(verify_log(reader).is_whole for reader in desk.readers())


def test_a_failed_sync_is_shown_and_nothing_is_lost(tmp_path: Path, identity: Identity) -> None:
    disk = FailingDisk()
    desk = Desk(tmp_path, identity, disk)
    desk.scribe.take([OPENED, INFO])
    desk.record(0, seconds=2)
    disk.failing["sync"] = EIO
    desk.record(120, seconds=5)
    assert desk.level("storing") is Level.FAILED
    assert "tried again" in desk.words("storing")[-1]
    disk.failing.clear()
    desk.record(420, seconds=3)
    assert desk.level("storing") is Level.OK
    desk.scribe.close("done")
    assert desk.rows_on_disk() == 600
    reader = desk.readers()[0]
    assert verify_log(reader).is_whole
    assert lost_rows(reader) == 0


def test_when_memory_runs_out_the_log_says_what_is_missing(tmp_path: Path, identity: Identity) -> None:
    disk = FailingDisk()
    desk = Desk(tmp_path, identity, disk, backlog_bytes=20_000)
    desk.scribe.take([OPENED, INFO])
    desk.record(0, seconds=2)
    disk.failing["write"] = EIO
    desk.record(120, seconds=60)
    assert "being lost" in desk.words("storing")[-1]
    disk.failing.clear()
    desk.record(3720, seconds=5)
    desk.scribe.close("done")
    reader = desk.readers()[0]
    assert verify_log(reader).is_whole
    assert lost_rows(reader) > 0
    assert desk.rows_on_disk() + lost_rows(reader) == 67 * 60


def test_a_slow_disk_is_shown_and_forgiven(tmp_path: Path, identity: Identity) -> None:
    class SlowDisk(Disk):
        delay_s = 0.1

        def sync(self, fd: int) -> None:
            desk.clock.now_s += self.delay_s
            super().sync(fd)

    disk = SlowDisk()
    desk = Desk(tmp_path, identity, disk)
    desk.scribe.take([OPENED, INFO])
    desk.record(0, seconds=2)
    assert desk.level("disk speed") is Level.DEGRADED
    assert "100 ms" in desk.words("disk speed")[-1]
    disk.delay_s = 0.001
    desk.record(120, seconds=8)
    assert desk.level("disk speed") is Level.OK
    desk.scribe.close("done")
    assert desk.rows_on_disk() == 600


def test_the_thread_keeps_up_beside_a_truly_slow_sync(tmp_path: Path, identity: Identity) -> None:
    class SlowDisk(Disk):
        def sync(self, fd: int) -> None:
            time.sleep(0.1)
            super().sync(fd)

    heard: list[Health] = []
    queue: BoundedQueue[SourceEvent] = BoundedQueue(10_000, Full.REFUSE)
    scribe = Scribe(
        tmp_path, identity, on_health=heard.append, disk=SlowDisk(), limits=ScribeLimits(reserve_bytes=0)
    )
    hand = Hand("scribe", lambda stop: scribe.main(queue, stop))
    hand.start()
    for event in (OPENED, INFO):
        queue.put(event)
    for number in range(0, 3000, 5):
        assert queue.put(ticks(number, 5)), "the sampler's queue never fills up behind a slow disk"
    assert _eventually(lambda: any(h.subject == "disk speed" for h in heard))
    assert hand.stop(20)
    assert hand.error is None
    (reader,) = Shelf(tmp_path).readers(OPENED.session)
    assert sum(len(e) for e in replayed(reader) if isinstance(e, Ticks)) == 3000


def test_another_session_gets_a_log_of_its_own(tmp_path: Path, identity: Identity) -> None:
    desk = Desk(tmp_path, identity)
    desk.scribe.take([OPENED, INFO])
    desk.record(0)
    desk.scribe.take([OPENED])
    desk.record(60)
    other = Opened(SessionId("sub-77"), OPENED.own, OPENED.field, OPENED.slow)
    desk.scribe.take([other, INFO])
    desk.record(0)
    desk.scribe.take([Closed(11.0, "the sim ended")])
    shelf = Shelf(tmp_path)
    assert shelf.sessions() == ["local-river", "sub-77"]
    assert [len(shelf.logs(session)) for session in shelf.sessions()] == [1, 1]
    assert all(verify_log(reader).is_closed for reader in desk.readers())


def test_the_reserve_is_given_back_when_the_log_closes(tmp_path: Path, identity: Identity) -> None:
    desk = Desk(tmp_path, identity)
    desk.scribe.take([OPENED])
    assert (tmp_path / "reserve.bin").stat().st_size == 1 << 20
    desk.scribe.close("done")
    assert not (tmp_path / "reserve.bin").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 4 MiB; needs the right to mount."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "pitbox-test", str(folder)],
        capture_output=True,
        check=False,
    )
    if mount.returncode:
        pytest.skip("no right to mount a small file system here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.chaos
def test_a_full_disk_stops_recording_last_and_it_goes_on_when_there_is_room(
    small_disk: Path, identity: Identity
) -> None:
    hog = small_disk / "hog"
    root = small_disk / "log"
    desk = Desk(root, identity, warn_free_bytes=2 << 20)
    desk.scribe.take([OPENED, INFO])
    desk.record(0, seconds=12)
    assert (root / "reserve.bin").exists()
    _fill(hog)
    desk.record(720, seconds=12)
    assert desk.level("free space") is Level.DEGRADED
    assert "reserve is in use" in desk.words("reserve")[-1], "the reserve carries recording on"
    assert desk.level("storing") is Level.OK
    _fill(small_disk / "more")
    desk.record(1440, seconds=12)
    assert desk.level("storing") is Level.FAILED
    assert "disk is full" in desk.words("storing")[-1]
    hog.unlink()
    desk.record(2160, seconds=12)
    assert desk.level("storing") is Level.OK
    desk.scribe.close("done")
    reader = desk.readers()[0]
    assert verify_log(reader).is_whole
    assert desk.rows_on_disk() == 48 * 60
    assert lost_rows(reader) == 0


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 10, 64, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def _eventually(condition: object, within_s: float = 10.0) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    while time.monotonic() < deadline:
        if condition():
            return True
        pause.wait(0.01)
    return False
