"""The collector: session after session from one source, each sealed, the database brought up in between."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from quick_duel import quick_duel

from pitbox.log.verify import verify_log
from pitbox.model.ids import SessionId
from pitbox.model.source import Closed, Missed, SourceEvent
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.wall import driver
from pitbox.wall.dashboard import Phase
from pitbox.wall.driver import Collector
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Durable
from pitbox.wall.profile import Profile, find_profile
from pitbox.wall.settings import Settings, Storage
from pitbox.wall.trace import Trace

SETTINGS = Settings(storage=Storage(reserve_bytes=1 << 20))


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return find_profile("default", {"PITBOX_HOME": str(tmp_path)})


@pytest.fixture(autouse=True)
def projections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A child that only notes that it was called: the real one has tests of its own."""
    note = tmp_path / "projections"
    code = f"open({str(note)!r}, 'a').write('x')"
    monkeypatch.setattr(driver, "projection_command", lambda name: [sys.executable, "-c", code])
    return note


def wait_for(condition: Callable[[], object], within_s: float = 90.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


class Visits:
    """Two sessions one after the other and then a sim that stays away."""

    def __init__(self) -> None:
        plan = quick_duel(20.0)
        self.sessions = [SessionId("sub-1"), SessionId("sub-2")]
        self._races = [SyntheticSource(plan, session=session) for session in self.sessions]
        self._idle = threading.Event()

    def poll(self, timeout_s: float) -> Sequence[SourceEvent]:
        if not self._races:
            self._idle.wait(timeout_s)
            return ()
        events = list(self._races[0].poll(timeout_s))
        if any(isinstance(event, Closed) for event in events):
            self._races.pop(0)
            events.insert(0, Missed(3, 1.0, 1.05, "torn"))
        return events

    def close(self) -> None:
        self._idle.set()
        for race in self._races:
            race.close()


def collector_of(profile: Profile, source: object, **options: bool) -> Collector:
    return Collector(profile, SETTINGS, source, HealthRegistry(time.time), is_paced_by_us=True, **options)


def test_session_after_session(profile: Profile, projections: Path) -> None:
    source = Visits()
    collector = collector_of(profile, source)
    sizes: dict[SessionId, list[int]] = {}
    put = collector.hub.durable.put

    def note(durable: Durable) -> None:
        sizes.setdefault(durable.log.session, []).append(durable.bytes)
        put(durable)

    collector.hub.durable.put = note  # type: ignore[method-assign]
    collector.start()
    wait_for(lambda: collector.source.missed_count == 6 and not collector.is_busy)
    wait_for(lambda: collector.projection.done_count and not collector.projection.is_due)
    assert not collector.has_ended
    assert collector.stop()
    assert collector.errors() == []
    shelf = collector._wall.shelf
    for session in source.sessions:
        (reader,) = shelf.readers(session)
        verdict = verify_log(reader)
        assert verdict.is_whole
        assert verdict.is_closed
    assert projections.read_text()
    first, second = (sizes[session] for session in source.sessions)
    assert second[0] < max(first), "what is stored is counted for each session anew"


def test_a_race_that_ends_ends_the_collector_and_is_projected(profile: Profile, projections: Path) -> None:
    collector = collector_of(
        profile, SyntheticSource(quick_duel(20.0), session=SessionId("sub-3")), is_lasting=False
    )
    collector.start()
    wait_for(lambda: collector.has_ended)
    assert collector.look().phase is Phase.ENDED
    collector.settle(threading.Event())
    assert projections.read_text() == "x"
    assert collector.stop()


def test_what_was_recorded_before_is_projected_at_the_start(profile: Profile, projections: Path) -> None:
    test_a_race_that_ends_ends_the_collector_and_is_projected(profile, projections)
    idle = Visits()
    idle._races.clear()
    collector = collector_of(profile, idle)
    collector.start()
    wait_for(lambda: projections.read_text() == "xx")
    assert collector.stop()


def test_a_source_that_breaks_is_shown_as_broken(profile: Profile) -> None:
    class Broken(Visits):
        def poll(self, timeout_s: float) -> Sequence[SourceEvent]:
            raise RuntimeError("The sim's memory makes no sense.")

    collector = collector_of(profile, Broken())
    collector.start()
    wait_for(lambda: collector.has_ended)
    assert collector.look().phase is Phase.BROKEN
    wait_for(lambda: "makes no sense" in collector.look().trouble)
    assert collector.stop()
    (error,) = collector.errors()
    assert isinstance(error, RuntimeError)


def test_the_trace_has_each_tick_and_each_acknowledgement(profile: Profile, tmp_path: Path) -> None:
    collector = collector_of(
        profile, SyntheticSource(quick_duel(20.0), session=SessionId("sub-4")), is_lasting=False
    )
    trace = Trace()
    trace.install(collector.hub)
    collector.start()
    wait_for(lambda: collector.has_ended)
    assert collector.stop()
    trace.write(tmp_path / "trace.json")
    content = msgspec.json.decode((tmp_path / "trace.json").read_bytes())
    times_s = [sim_time_s for sim_time_s, _ in content["live"]]
    assert len(times_s) == collector.source.tick_count > 3600
    assert times_s == sorted(times_s)
    last_s, at_s = content["durable"][-1]
    assert last_s == times_s[-1]
    assert at_s >= content["live"][-1][1]
