"""kill -9 at random points: what was acknowledged is there, byte for byte, and the next start is quick."""

import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from nursery import Child, Nursery, nursery_of
from river import write_log

from pitbox.identity.device import Identity
from pitbox.log.reader import LogReader, log_folder
from pitbox.log.repair import repair_log
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.ids import LogId

HERE = Path(__file__).parent
MOST_COMMITS = 50


Acknowledged = tuple[float, int, tuple[tuple[int, bytes], ...]]
"""The child's own seconds of work so far, the epoch, numbers and bytes."""


@pytest.fixture(scope="module")
def recorders() -> Iterator[Nursery]:
    with nursery_of(HERE / "recording_child.py") as nursery:
        yield nursery


@pytest.fixture(scope="module")
def repairers() -> Iterator[Nursery]:
    with nursery_of(HERE / "repairing_child.py") as nursery:
        yield nursery


class Victim:
    """A recording child, and what it said was durable."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self.acknowledged: list[tuple[int, tuple[tuple[int, bytes], ...]]] = []
        self.first_cpu_s: float | None = None
        self._heard = threading.Condition()
        self._has_ended = False
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        try:
            self._read_pipe()
        finally:
            with self._heard:
                self._has_ended = True
                self._heard.notify()

    def _read_pipe(self) -> None:
        with self._child.out as pipe:
            while len(head := pipe.read(4)) == 4:
                size = int.from_bytes(head, "little")
                if len(data := pipe.read(size)) < size:
                    return
                cpu_s, epoch, entries = msgspec.msgpack.decode(data, type=Acknowledged)
                self.first_cpu_s = cpu_s if self.first_cpu_s is None else self.first_cpu_s
                with self._heard:
                    self.acknowledged.append((epoch, entries))
                    self._heard.notify()

    def kill(self, chance: random.Random) -> None:
        """At a random point of its work, however slow it is, and of what it does there."""
        count = chance.randint(1, MOST_COMMITS)
        with self._heard:
            self._heard.wait_for(lambda: len(self.acknowledged) >= count or self._has_ended, 60)
        threading.Event().wait(chance.uniform(0.0, 0.01))
        self._child.kill()
        self._reader.join(60)
        assert len(self.acknowledged) >= count, "the recorder did not go on"

    def losses(self, root: Path, identity: Identity) -> list[str]:
        """Every way in which the disk does not hold what was acknowledged."""
        epoch = self.acknowledged[0][0]
        reader = LogReader(log_folder(root, LogId(Shelf(root).sessions()[0], identity.device, epoch)))
        found = {entry.seq: bytes(entry.payload) for entry in reader.entries()}
        said = [item for _, entries in self.acknowledged for item in entries]
        losses = [
            f"record {seq} is not what was acknowledged" for seq, data in said if found.get(seq) != data
        ]
        verdict = verify_log(reader)
        losses += [f"damage: {damage.words}" for damage in verdict.damages if not damage.is_unfinished]
        return losses + list(verdict.problems)


@pytest.mark.chaos
@pytest.mark.parametrize(
    "rounds", [pytest.param(6, id="6 kills"), pytest.param(54, id="54 kills", marks=pytest.mark.slow)]
)
@pytest.mark.timeout(300)
def test_no_acknowledged_record_is_lost(tmp_path: Path, recorders: Nursery, rounds: int) -> None:
    identity = Identity.load_or_create(tmp_path / "identity")
    root = tmp_path / "log"
    chance = random.Random(rounds)
    records = 0
    slowest_s = 0.0
    for number in range(rounds):
        kind = "real" if number % 3 == 2 else "volatile"
        victim = Victim(recorders.child(str(root), str(tmp_path / "identity"), kind))
        victim.kill(chance)
        assert victim.losses(root, identity) == []
        assert victim.first_cpu_s is not None
        slowest_s = max(slowest_s, victim.first_cpu_s)
        records += sum(len(entries) for _, entries in victim.acknowledged)
    assert records > 10 * rounds
    seals = sum(verify_log(reader).seals for reader in Shelf(root).readers(Shelf(root).sessions()[0]))
    assert seals > rounds, "kills must also fall among rotations"
    assert len(Shelf(root).logs(Shelf(root).sessions()[0])) == rounds, "every start has its own epoch"
    assert slowest_s < 0.5, f"{slowest_s:.2f} s of work came before the first acknowledgement"


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("fault", "words"),
    [("no-sync", "is not what was acknowledged"), ("no-sign", "is not signed by the log's device")],
)
def test_this_test_notices_when_syncing_or_signing_is_taken_out(
    tmp_path: Path, recorders: Nursery, fault: str, words: str
) -> None:
    identity = Identity.load_or_create(tmp_path / "identity")
    victim = Victim(recorders.child(str(tmp_path / "log"), str(tmp_path / "identity"), "volatile", fault))
    victim.kill(random.Random(MOST_COMMITS))
    assert any(words in loss for loss in victim.losses(tmp_path / "log", identity))


@pytest.mark.chaos
@pytest.mark.parametrize(
    "rounds", [pytest.param(4, id="4 kills"), pytest.param(20, id="20 kills", marks=pytest.mark.slow)]
)
def test_a_repair_that_is_killed_makes_nothing_worse(
    tmp_path: Path, identity: Identity, repairers: Nursery, rounds: int
) -> None:
    folder = write_log(tmp_path / "log", identity, commits=40)[0].folder
    shutil.copytree(tmp_path / "log", tmp_path / "copy")
    copy = tmp_path / "copy" / Path(*folder.parts[-3:])
    records = {entry.seq: bytes(entry.frame) for entry in LogReader(copy).entries()}
    names = [path.name for path in segment_paths(copy)]
    chance = random.Random(rounds)
    for _ in range(rounds):
        child = repairers.child(str(folder), str(copy))
        with child.out:
            for _ in range(chance.randint(1, 12)):
                assert child.out.readline() == b"damaged\n"
            threading.Event().wait(chance.uniform(0.0, 0.02))
            child.kill()
        assert [path.name for path in segment_paths(folder)] == names, "no file goes missing"
        found = {entry.seq: bytes(entry.frame) for entry in LogReader(folder).entries()}
        assert all(records[seq] == frame for seq, frame in found.items()), "no wrong record"
        assert repair_log(LogReader(folder), [LogReader(copy)]).lost == ()
        assert {entry.seq: bytes(entry.frame) for entry in LogReader(folder).entries()} == records
