"""The whole river in one process: started upward, stopped downward, nothing lost on the way."""

import threading
import time
from pathlib import Path

import pytest
from short_race import SESSION, race

from pitbox.crew.queue import BoundedQueue, Full
from pitbox.identity.device import Identity
from pitbox.log.replay import ReplaySource
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.source import Closed, Missed, Opened, SourceEvent, Ticks
from pitbox.wall.hub import Hub
from pitbox.wall.profile import Profile, find_profile
from pitbox.wall.sampler import Sampler
from pitbox.wall.scrubber import Scrubber
from pitbox.wall.settings import Settings
from pitbox.wall.wall import Wall


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return find_profile("default", {"PITBOX_HOME": str(tmp_path)})


def wait_for(condition: object, within_s: float = 30.0) -> None:
    assert callable(condition)
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_race_runs_through_and_everything_is_on_disk(profile: Profile) -> None:
    source = race(120.0)
    wall = Wall(profile, Settings(), source, is_paced_by_us=True)
    wall.start()
    wait_for(lambda: wall.has_ended)
    assert wall.stop()
    assert wall.errors() == []
    (reader,) = wall.shelf.readers(SESSION)
    verdict = verify_log(reader)
    assert verdict.is_whole
    assert verdict.is_closed
    replay, ticks = ReplaySource(reader), 0
    while events := replay.poll(0.0):
        ticks += sum(len(event) for event in events if isinstance(event, Ticks))
    world, made = race(120.0), 0
    while events := world.poll(0.0):
        made += sum(len(event) for event in events if isinstance(event, Ticks))
    assert ticks == made
    _, standings = wall.hub.standings.take()
    assert standings is not None
    assert len(standings.cars) == 4
    _, facts = wall.hub.facts_since(0)
    assert facts


def test_stopping_in_the_middle_seals_what_there_is(profile: Profile) -> None:
    wall = Wall(profile, Settings(), race(3600.0, speed=50.0), is_paced_by_us=True)
    wall.start()
    wait_for(lambda: wall.hub.durable.take()[1] is not None)
    assert wall.stop()
    (reader,) = wall.shelf.readers(SESSION)
    assert verify_log(reader).is_closed
    assert not [t for t in threading.enumerate() if t.name.startswith("pitbox-")]


def test_a_source_that_breaks_is_told_and_the_log_is_closed(profile: Profile) -> None:
    class Broken:
        def __init__(self) -> None:
            self._inner = race(3600.0)
            self._polls = 0

        def poll(self, timeout_s: float) -> list[SourceEvent]:
            self._polls += 1
            if self._polls > 50:
                raise RuntimeError("the sim spoke in tongues")
            return list(self._inner.poll(timeout_s))

        def close(self) -> None:
            self._inner.close()

    wall = Wall(profile, Settings(), Broken())
    wall.start()
    wait_for(lambda: wall.has_ended)
    assert wall.stop()
    assert "spoke in tongues" in wall.health.snapshot().states[0].health.words
    (reader,) = wall.shelf.readers(SESSION)
    assert verify_log(reader).is_closed


def test_what_the_log_lane_cannot_take_is_counted() -> None:
    source = race()
    ticks = next(e for _ in range(30) for e in source.poll(0.0) if isinstance(e, Ticks))

    class Burst:
        def __init__(self) -> None:
            self.batches: list[list[SourceEvent]] = [[ticks] * 6, [ticks], [Closed(0.0, "done")]]

        def poll(self, timeout_s: float) -> list[SourceEvent]:
            if len(self.batches) == 2:
                queue.take_all(0.0)
            return self.batches.pop(0)

        def close(self) -> None:
            pass

    queue: BoundedQueue[SourceEvent] = BoundedQueue(4, Full.REFUSE)
    Sampler(Burst(), queue, Hub()).main(threading.Event())
    missed = [e for e in queue.take_all(0.0) if isinstance(e, Missed)]
    assert [m.count for m in missed] == [2 * len(ticks)]


def test_the_scrubber_finds_a_flipped_bit_and_says_what_to_do(tmp_path: Path) -> None:
    from pitbox.log.writer import WriterLimits

    limits = ScribeLimits(reserve_bytes=0, writer=WriterLimits(segment_bytes=50_000))
    scribe = Scribe(tmp_path, Identity.load_or_create(tmp_path / "identity"), limits=limits)
    source = race(60.0)
    for _ in range(200):
        scribe.take(source.poll(0.0))
        scribe.commit()
    scribe.close("done")
    (reader,) = Shelf(tmp_path).readers(SESSION)
    path = reader.segments()[1].path
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(bytes(data))
    heard, stop = [], threading.Event()

    def hear(health: object) -> None:
        heard.append(health)
        stop.set()

    thread = threading.Thread(target=Scrubber(Shelf(tmp_path), hear, pause_s=0.001).main, args=(stop,))
    thread.start()
    assert stop.wait(20)
    thread.join()
    assert f"pitbox log repair {SESSION}" in heard[0].words


def test_the_same_session_opened_again_is_one_log(tmp_path: Path) -> None:
    scribe = Scribe(tmp_path, Identity.load_or_create(tmp_path / "identity"))
    opened = next(event for event in race().poll(0.0) if isinstance(event, Opened))
    scribe.take([opened])
    scribe.take([opened])
    scribe.close("done")
    assert len(Shelf(tmp_path).logs(SESSION)) == 1
