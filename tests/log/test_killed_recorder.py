"""kill -9 at random points: what was acknowledged is there, byte for byte, and the next start is quick."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest
from river import write_log

from pitbox.identity.device import Identity
from pitbox.log.reader import LogReader, log_folder
from pitbox.log.repair import repair_log
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.ids import LogId

HERE = Path(__file__).parent


class Victim:
    """A recording child, and what it said was durable."""

    def __init__(self, root: Path, identity: Path, kind: str, *faults: str) -> None:
        self.started_s = time.monotonic()
        command = [sys.executable, str(HERE / "recording_child.py"), str(root), str(identity), kind, *faults]
        environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HERE, env=environment)
        self.acknowledged: list[tuple[int, tuple[tuple[int, bytes], ...]]] = []
        self.first_s: float | None = None
        self._has_first = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        try:
            self._read_pipe()
        finally:
            self._has_first.set()

    def _read_pipe(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            while len(head := pipe.read(4)) == 4:
                size = int.from_bytes(head, "little")
                if len(data := pipe.read(size)) < size:
                    return
                self.first_s = self.first_s or time.monotonic() - self.started_s
                kind = tuple[int, tuple[tuple[int, bytes], ...]]
                self.acknowledged.append(msgspec.msgpack.decode(data, type=kind))
                self._has_first.set()

    def kill(self, after_s: float) -> None:
        assert self._has_first.wait(20)
        assert self.acknowledged, "the recorder never started"
        threading.Event().wait(after_s)
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self._reader.join(10)

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
def test_no_acknowledged_record_is_lost(tmp_path: Path, rounds: int) -> None:
    identity = Identity.load_or_create(tmp_path / "identity")
    root = tmp_path / "log"
    chance = random.Random(rounds)
    records = 0
    slowest_s = 0.0
    for number in range(rounds):
        victim = Victim(root, tmp_path / "identity", "real" if number % 3 == 2 else "volatile")
        victim.kill(chance.uniform(0.0, 0.25))
        assert victim.losses(root, identity) == []
        assert victim.first_s is not None
        slowest_s = max(slowest_s, victim.first_s)
        records += sum(len(entries) for _, entries in victim.acknowledged)
    assert records > 10 * rounds
    seals = sum(verify_log(reader).seals for reader in Shelf(root).readers(Shelf(root).sessions()[0]))
    assert seals > rounds, "kills must also fall among rotations"
    assert len(Shelf(root).logs(Shelf(root).sessions()[0])) == rounds, "every start has its own epoch"
    assert slowest_s < 2.0, f"the first acknowledgement took {slowest_s:.2f} s"


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("fault", "words"),
    [("no-sync", "is not what was acknowledged"), ("no-sign", "is not signed by the log's device")],
)
def test_this_test_notices_when_syncing_or_signing_is_taken_out(
    tmp_path: Path, fault: str, words: str
) -> None:
    identity = Identity.load_or_create(tmp_path / "identity")
    victim = Victim(tmp_path / "log", tmp_path / "identity", "volatile", fault)
    victim.kill(0.2)
    assert any(words in loss for loss in victim.losses(tmp_path / "log", identity))


@pytest.mark.chaos
@pytest.mark.parametrize(
    "rounds", [pytest.param(4, id="4 kills"), pytest.param(20, id="20 kills", marks=pytest.mark.slow)]
)
def test_a_repair_that_is_killed_makes_nothing_worse(tmp_path: Path, identity: Identity, rounds: int) -> None:
    folder = write_log(tmp_path / "log", identity, commits=40)[0].folder
    shutil.copytree(tmp_path / "log", tmp_path / "copy")
    copy = tmp_path / "copy" / Path(*folder.parts[-3:])
    records = {entry.seq: bytes(entry.frame) for entry in LogReader(copy).entries()}
    names = [path.name for path in segment_paths(copy)]
    chance = random.Random(rounds)
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    for _ in range(rounds):
        command = [sys.executable, str(HERE / "repairing_child.py"), str(folder), str(copy)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as child:
            assert child.stdout is not None
            for _ in range(chance.randint(1, 12)):
                assert child.stdout.readline() == b"damaged\n"
            threading.Event().wait(chance.uniform(0.0, 0.02))
            child.kill()
        assert [path.name for path in segment_paths(folder)] == names, "no file goes missing"
        found = {entry.seq: bytes(entry.frame) for entry in LogReader(folder).entries()}
        assert all(records[seq] == frame for seq, frame in found.items()), "no wrong record"
        assert repair_log(LogReader(folder), [LogReader(copy)]).lost == ()
        assert {entry.seq: bytes(entry.frame) for entry in LogReader(folder).entries()} == records
