"""The whole river in one process: started upward, stopped downward, nothing lost on the way."""

import threading
import time
from pathlib import Path

import pytest
from replayed import replayed
from short_race import SESSION, race

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, Level
from pitbox.crew.queue import BoundedQueue, Full
from pitbox.crew.thread import Hand
from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.ids import LogId
from pitbox.model.source import Closed, Missed, Opened, SourceEvent, Ticks
from pitbox.wall.caretaker import Care, Caretaker
from pitbox.wall.hub import Hub
from pitbox.wall.profile import Profile, find_profile
from pitbox.wall.sampler import Sampler
from pitbox.wall.settings import Settings
from pitbox.wall.wall import Wall


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return find_profile("default", {"PITBOX_HOME": str(tmp_path)})


def wait_for(condition: object, within_s: float = 90.0) -> None:
    assert callable(condition)
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_race_runs_through_and_everything_is_on_disk(profile: Profile) -> None:
    source = race()
    wall = Wall(profile, Settings(), source, is_paced_by_us=True)
    wall.start()
    wait_for(lambda: wall.has_ended)
    assert wall.stop()
    assert wall.errors() == []
    (reader,) = wall.shelf.readers(SESSION)
    verdict = verify_log(reader)
    assert verdict.is_whole
    assert verdict.is_closed
    ticks = sum(len(event) for event in replayed(reader) if isinstance(event, Ticks))
    world, made = race(), 0
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


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A minute of racing in several segments."""
    from pitbox.log.writer import WriterLimits

    limits = ScribeLimits(reserve_bytes=0, writer=WriterLimits(segment_bytes=50_000))
    scribe = Scribe(tmp_path / "log", Identity.load_or_create(tmp_path / "identity"), limits=limits)
    source = race(60.0)
    for _ in range(200):
        scribe.take(source.poll(0.0))
        scribe.commit()
    scribe.close("done")
    return Shelf(tmp_path / "log")


def look_after(shelf: Shelf, care: Care, until: object, now_s: float = 0.0) -> list[Health]:
    """Let the caretaker run until something holds; what it told."""
    assert callable(until)

    class Later(SystemClock):
        def wall_s(self) -> float:
            return now_s

    heard: list[Health] = []
    damaged: list[tuple[LogId, int]] = []
    caretaker = Hand("caretaker", Caretaker(shelf, care, Later(), heard.append, damaged.append).main)
    caretaker.start()
    try:
        wait_for(lambda: until(heard))
    finally:
        assert caretaker.stop()
    assert bool(damaged) == any(told.subject == "stored data" for told in heard)
    return heard


def test_the_caretaker_finds_a_flipped_bit_and_says_what_to_do(shelf: Shelf, tmp_path: Path) -> None:
    path = shelf.readers(SESSION)[0].segments()[1].path
    whole = path.read_bytes()
    path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])

    def mend(heard: list[Health]) -> bool:
        if heard:
            path.write_bytes(whole)
        return bool(heard) and heard[-1].level is Level.OK

    heard = look_after(shelf, Care(tmp_path / "away", pause_s=0.001, most_share=1.0), mend)
    assert f"pitbox log repair {SESSION}" in heard[0].words
    assert heard[0].level is Level.DEGRADED


def test_re_reading_costs_a_thousandth_of_a_core_whatever_the_machine(shelf: Shelf, tmp_path: Path) -> None:
    caretaker = Caretaker(shelf, Care(tmp_path), SystemClock(), lambda _: None)
    assert [caretaker._pause_s(spent_s) for spent_s in (0.0, 0.001, 0.01, 3.0)] == [2.0, 2.0, 10.0, 30.0]


def test_the_caretaker_puts_away_what_is_old(shelf: Shelf, tmp_path: Path) -> None:
    later_s = time.time() + 40 * 86_400
    away = tmp_path / "away"
    look_after(
        shelf,
        Care(away, keep_days=30, pause_s=0.001, most_share=1.0),
        lambda _: not shelf.sessions(),
        later_s,
    )
    assert [path.name for path in away.iterdir()] == [f"{SESSION}.pitbox.tar"]


def test_what_cannot_be_put_away_stays_and_is_told(shelf: Shelf, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.write_text("no folder")
    care = Care(away, keep_days=30, pause_s=0.001, most_share=1.0)
    heard = look_after(shelf, care, bool, time.time() + 40 * 86_400)
    assert "stays here" in heard[0].words
    assert shelf.sessions() == [SESSION]


def test_the_same_session_opened_again_is_one_log(tmp_path: Path) -> None:
    scribe = Scribe(tmp_path, Identity.load_or_create(tmp_path / "identity"))
    opened = next(event for event in race().poll(0.0) if isinstance(event, Opened))
    scribe.take([opened])
    scribe.take([opened])
    scribe.close("done")
    assert len(Shelf(tmp_path).logs(SESSION)) == 1


def test_a_bug_leaves_a_report_and_an_error_of_the_world_does_not(tmp_path: Path) -> None:
    from pitbox.wall.crash import CrashReporter
    from pitbox.wall.errors import ProfileError

    def end_with(error: Exception) -> list[Path]:
        with pytest.raises(type(error)), CrashReporter(tmp_path, lambda: ["the last words"]):
            raise error
        return list(tmp_path.glob("crash-*.txt"))

    assert end_with(ProfileError("The folder is no use.")) == []
    (report,) = end_with(ZeroDivisionError("a bug"))
    assert "the last words" in report.read_text()
    assert "a bug" in report.read_text()
