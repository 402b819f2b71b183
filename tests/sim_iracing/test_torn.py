"""Fact 3: the sim asks nobody before it overwrites a row. None that is mixed may pass, none may vanish."""

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from image import Image
from writing_child import row_of

from pitbox.model.source import Missed, Opened, Ticks
from pitbox.sim.iracing.connection import open_file
from pitbox.sim.iracing.header import parse_header
from pitbox.sim.iracing.layout import FLEETING_NAMES
from pitbox.sim.iracing.live import IracingSource
from pitbox.sim.iracing.memory import Memory

CHILD = Path(__file__).with_name("writing_child.py")
DEADLINE_S = 60.0


def read_while_written(path, count, rate, *, is_stamped):
    """Everything the source gave while another process wrote `count` rows."""
    path.write_bytes(Image(is_stamped=is_stamped).build())
    source = IracingSource(lambda _: None, lambda: open_file(path))
    source._attendance._may_open = lambda _: source._attendance._visit is not None
    events = []
    args = [sys.executable, str(CHILD), str(path), str(count), str(rate), "1" if is_stamped else "0"]
    with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            deadline = time.monotonic() + DEADLINE_S
            while time.monotonic() < deadline:
                events.extend(source.poll(0.05))
                ticks = [event for event in events[-4:] if isinstance(event, Ticks)]
                if ticks and ticks[-1].own["SessionTick"][-1] == count:
                    break
        finally:
            source.close()
            child.communicate("end\n")
    return events


@pytest.mark.parametrize("is_stamped", [True, False], ids=["stamped twice", "stamped after"])
@pytest.mark.parametrize(("rate", "count"), [(60.0, 120), (600.0, 1200), (20_000.0, 12_000)])
def test_fact_3_no_mixed_row_passes_and_every_missing_one_is_counted(tmp_path, rate, count, is_stamped):
    events = read_while_written(tmp_path / "memory", count, rate, is_stamped=is_stamped)
    assert isinstance(events[0], Opened)
    rows = [event for event in events if isinstance(event, Ticks)]
    for ticks in rows:
        tick = int(ticks.own["SessionTick"][0])
        assert ticks.own["SessionTime"][0] == tick / 60
        assert ticks.own["FuelLevel"][0] == tick % 100
        for name in ("CarIdxLapDistPct", "CarIdxLap", "CarIdxTrackSurface"):
            assert (ticks.field[name] == tick % 100).all()
        assert (ticks.slow["CarIdxLastLapTime"] == tick % 100).all()
    numbers = [int(ticks.own["SessionTick"][0]) for ticks in rows]
    assert all(before < after for before, after in pairwise(numbers))
    missed = sum(event.count for event in events if isinstance(event, Missed))
    assert len(numbers) + missed == count - numbers[0] + 1
    if rate == 60.0:
        # A busy machine may take a turn or two; a reader that loses rows by itself loses far more.
        assert missed <= count // 4


def test_the_checksum_would_show_a_mixed_row():
    """The proof above is one only if a row of two ticks looks like neither."""
    image = Image()
    old, new = row_of(image, 41), row_of(image, 42)
    at = image.offsets["CarIdxLap"] + 100
    mixed = np.frombuffer(new[:at] + old[at:], np.uint8)
    assert (mixed != np.frombuffer(new, np.uint8)).any()
    lap = mixed[image.offsets["CarIdxLap"] :][:288].view("<i4")
    assert set(lap.tolist()) == {41, 42}
    assert "CarIdxRPM" in FLEETING_NAMES


@pytest.mark.parametrize("is_stamped", [True, False])
def test_fact_3_a_row_overwritten_during_its_copy_is_dropped_and_the_next_one_taken(is_stamped):
    image = Image(is_stamped=is_stamped)
    raw = image.build()
    for tick in (1, 2, 3):
        image.write(raw, tick, row_of(image, tick))
    memory = Memory(memoryview(raw), parse_header(memoryview(raw)))
    look, looks = memory.look, []

    def meddling_look():
        """Two more rows come between the copy of the oldest row and the look that judges it."""
        looks.append(1)
        if len(looks) == 2:
            for tick in (4, 5):
                image.write(raw, tick, row_of(image, tick))
        return look()

    memory.look = meddling_look
    frames = memory.take()
    numbers = [frame.tick for frame in frames]
    assert memory.torn >= 1
    assert numbers == [3, 4, 5] if is_stamped else numbers == [4, 5]
    assert all(frame.row == row_of(image, frame.tick) for frame in frames)


def test_fact_3_without_the_stamp_before_the_row_next_in_turn_is_not_trusted():
    image = Image(is_stamped=False)
    raw = image.build()
    for tick in (1, 2, 3):
        image.write(raw, tick, row_of(image, tick))
    half = row_of(image, 4)[:900] + row_of(image, 1)[900:]
    image.write(raw, 4, half, is_stamp=False)  # row 4 is being written over row 1
    memory = Memory(memoryview(raw), parse_header(memoryview(raw)))
    assert [frame.tick for frame in memory.take()] == [2, 3]


def test_fact_3_with_the_stamp_before_all_three_are_caught_up():
    image = Image()
    raw = image.build()
    for tick in (1, 2, 3):
        image.write(raw, tick, row_of(image, tick))
    memory = Memory(memoryview(raw), parse_header(memoryview(raw)))
    assert [frame.tick for frame in memory.take()] == [1, 2, 3]
    image.write(raw, 4, row_of(image, 4), is_stamp=False)  # begun, not done
    assert memory.take() == []
    image.write(raw, 4, row_of(image, 4))
    assert [frame.tick for frame in memory.take()] == [4]
