"""The synthetic sim in another thread; our reader and unchanged pyirsdk look at the same memory."""

import threading
import time

import irsdk
import msgspec
import pytest
from rig import missed_of

from pitbox.model.source import InfoChanged, Opened, Ticks
from pitbox.sim.iracing.connection import open_file
from pitbox.sim.iracing.header import parse_header
from pitbox.sim.iracing.layout import Sieve
from pitbox.sim.iracing.live import IracingSource
from pitbox.sim.iracing.memory import Memory
from pitbox.sim.iracing.text import SessionTextReader
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.simulator import Simulator

DUEL = SCENARIOS["duel"]
DEADLINE_S = 30.0


@pytest.fixture(scope="module")
def race(tmp_path_factory):
    """Ten seconds of a race at five times its pace: what the source gave, and the memory as it stayed."""
    path, stop = tmp_path_factory.mktemp("sim") / "memory", threading.Event()
    simulator = Simulator(msgspec.structs.replace(DUEL), path, 5.0)
    written = []
    sim = threading.Thread(target=lambda: written.append(simulator.run(stop, 10.0)))
    source, events = IracingSource(SessionTextReader(), lambda: open_file(path)), []
    deadline = time.monotonic() + DEADLINE_S
    sim.start()
    try:
        while time.monotonic() < deadline and (sim.is_alive() or not events):
            events.extend(source.poll(0.05))
        events.extend(source.poll(0.0))
    finally:
        stop.set()
        sim.join()
        source.close()
    return path, events, written[0]


def test_a_race_is_taken_from_its_opening_on_and_every_tick_is_accounted_for(race):
    _, events, written = race
    assert isinstance(events[0], Opened)
    assert isinstance(events[1], InfoChanged)
    assert events[0].session == f"sub-{events[1].info.sub_session_id}"
    assert events[1].text.startswith(b"---\nWeekendInfo:")
    rows = [event for event in events if isinstance(event, Ticks)]
    numbers = [int(ticks.own["SessionTick"][0]) for ticks in rows]
    missed = sum(event.count for event in missed_of(events))
    assert len(numbers) + missed == numbers[-1] - numbers[0] + 1
    assert len(numbers) > written // 2
    assert rows[-1].own["Speed"].dtype == "<f4"


def test_our_rows_are_what_pyirsdk_reads(race):
    """Variable by variable, in a row that nobody writes any more."""
    path, *_ = race
    sim = irsdk.IRSDK()
    view = memoryview(path.read_bytes())
    header = parse_header(view)
    frame = Memory(view, header).take()[-1]
    ticks = Sieve(header).ticks(frame.row, frame.tick)
    assert sim.startup(test_file=str(path))
    try:
        sim.freeze_var_buffer_latest()
        assert sim["SessionTick"] == ticks.own["SessionTick"][0]
        seen = 0
        for rows in (ticks.own, ticks.field, ticks.slow):
            for name in rows.dtype.names:
                assert rows[name][0].tolist() == pytest.approx(sim[name], nan_ok=True), name
                seen += 1
        assert seen > 300
    finally:
        sim.shutdown()
