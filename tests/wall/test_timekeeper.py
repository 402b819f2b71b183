"""What the timekeeper publishes is what the log holds, however it came to it."""

from functools import cached_property
from pathlib import Path

import msgspec
import pytest
from short_race import SESSION, race

from pitbox.identity.device import Identity
from pitbox.log.merge import merged
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.log.writer import Committed, WriterLimits
from pitbox.model.fact import Fact
from pitbox.model.source import Ticks
from pitbox.timing.race import RaceFold
from pitbox.wall.checkpoint import make_checkpoint, read_checkpoint, write_checkpoint
from pitbox.wall.hub import Hub
from pitbox.wall.timekeeper import Timekeeper

_ROWS_A_COMMIT = 37
"""No divisor of anything: blocks are cut where they are cut."""


class Recording:
    """A race in a log of several segments, and the commits as the scribe told them."""

    def __init__(self, root: Path) -> None:
        self.shelf = Shelf(root / "log")
        self.commits: list[Committed] = []
        limits = ScribeLimits(reserve_bytes=0, writer=WriterLimits(segment_bytes=200_000))
        identity = Identity.load_or_create(root / "identity")
        scribe = Scribe(root / "log", identity, on_commit=self.commits.append, limits=limits)
        source = race(120.0)
        waiting = 0
        while events := source.poll(0.0):
            for event in events:
                scribe.take([event])
                waiting += len(event) if isinstance(event, Ticks) else 0
                if waiting >= _ROWS_A_COMMIT:
                    scribe.commit()
                    waiting = 0

    @cached_property
    def replayed(self) -> tuple[bytes, list[Fact]]:
        """The fold of all of it at once, as its bytes, and what it told."""
        fold, facts = RaceFold(), []
        for item in merged(self.shelf.readers(SESSION)):
            facts += fold.fold(item.record, item.log.epoch)
        return fold.to_bytes(), facts


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return Recording(tmp_path_factory.mktemp("recording"))


def keep(recording: Recording, checkpoints: Path, commits: list[Committed]) -> tuple[Timekeeper, Hub]:
    hub = Hub()
    keeper = Timekeeper(recording.shelf, hub, checkpoints)
    for committed in commits:
        keeper.take(committed)
    keeper.store_checkpoint()
    return keeper, hub


def state(checkpoints: Path) -> bytes:
    checkpoint = read_checkpoint(checkpoints, SESSION)
    assert checkpoint is not None
    return checkpoint.state


def test_the_live_fold_is_the_replayed_fold_byte_for_byte(recording: Recording, tmp_path: Path) -> None:
    _, hub = keep(recording, tmp_path, recording.commits)
    bytes_at_once, facts = recording.replayed
    assert len(facts) > 30
    assert hub.facts_since(0)[1] == facts
    assert state(tmp_path) == bytes_at_once


@pytest.mark.parametrize("lost", [slice(0, 5), slice(40, 90), slice(100, None, 3)])
def test_commits_that_never_came_are_read_from_the_log(
    recording: Recording, tmp_path: Path, lost: slice
) -> None:
    commits = list(recording.commits)
    del commits[lost]
    commits.append(recording.commits[-1])
    _, hub = keep(recording, tmp_path, commits)
    bytes_at_once, facts = recording.replayed
    assert hub.facts_since(0)[1] == facts
    assert state(tmp_path) == bytes_at_once


def test_a_restart_goes_on_from_the_checkpoint(recording: Recording, tmp_path: Path) -> None:
    half = len(recording.commits) // 2
    keep(recording, tmp_path, recording.commits[:half])
    before = read_checkpoint(tmp_path, SESSION)
    keep(recording, tmp_path, recording.commits[-1:])
    assert before is not None
    assert state(tmp_path) == recording.replayed[0]


def test_a_damaged_checkpoint_is_no_loss(recording: Recording, tmp_path: Path) -> None:
    keep(recording, tmp_path, recording.commits)
    (path,) = tmp_path.glob("*.fold")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    assert read_checkpoint(tmp_path, SESSION) is None
    keep(recording, tmp_path, recording.commits[-1:])
    assert state(tmp_path) == recording.replayed[0]


def test_a_checkpoint_of_another_version_is_no_loss(recording: Recording, tmp_path: Path) -> None:
    write_checkpoint(tmp_path, SESSION, make_checkpoint((), b"the folds of 2019"))
    _, hub = keep(recording, tmp_path, recording.commits)
    assert hub.facts_since(0)[1] == recording.replayed[1]


def test_a_checkpoint_that_leads_its_log_is_not_believed(recording: Recording, tmp_path: Path) -> None:
    """The log was restored from a backup: what it no longer holds was never folded."""
    keep(recording, tmp_path, recording.commits)
    checkpoint = read_checkpoint(tmp_path, SESSION)
    assert checkpoint is not None
    (place,) = checkpoint.places
    ahead = msgspec.structs.replace(place, next_seq=place.next_seq + 500)
    write_checkpoint(tmp_path, SESSION, make_checkpoint((ahead,), RaceFold().to_bytes()))
    keep(recording, tmp_path, recording.commits[-1:])
    assert state(tmp_path) == recording.replayed[0]


def test_a_flipped_place_in_a_checkpoint_is_noticed(recording: Recording, tmp_path: Path) -> None:
    keep(recording, tmp_path, recording.commits)
    checkpoint = read_checkpoint(tmp_path, SESSION)
    assert checkpoint is not None
    moved = tuple(msgspec.structs.replace(place, next_seq=place.next_seq - 1) for place in checkpoint.places)
    write_checkpoint(tmp_path, SESSION, msgspec.structs.replace(checkpoint, places=moved))
    assert read_checkpoint(tmp_path, SESSION) is None
