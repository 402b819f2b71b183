"""Images of the real sim's memory, 2013 to 2026, by way of the live source."""

import struct
import time
import tracemalloc
from pathlib import Path

import irsdk
import numpy as np
import pytest

from pitbox.model.channel import LAP_STEP
from pitbox.model.code import TrackSurface
from pitbox.model.source import InfoChanged, Opened, Ticks
from pitbox.sim.iracing.connection import open_file
from pitbox.sim.iracing.errors import ImageError
from pitbox.sim.iracing.header import parse_header
from pitbox.sim.iracing.live import IracingSource
from pitbox.sim.iracing.memory import Memory
from pitbox.sim.iracing.text import SessionTextReader
from pitbox.wire.block import check_layout

NAMES = (
    "h2h_shared-memory_after_ahead_finish_line.bin",
    "h2h_shared-memory_ai_race.bin",
    "h2h_shared-memory_before_ahead_finish_line.bin",
    "h2h_shared-memory_practise.bin",
    "leonb_memmap.bin",
    "teamjorge_live_test_file.bin",
    "teamtactics_limerock.dmp.bin",
)
CARS = {NAMES[3]: 72}
DEADLINE_S = 20.0


@pytest.fixture(params=NAMES)
def dump(request, real_data):
    path = real_data / "memory-dumps" / request.param
    if not path.exists():
        pytest.skip(f"no real recording {request.param} here")
    return path


def seen_in(path: Path):
    """Everything that the source gives of a memory in which nothing moves."""
    source, events = IracingSource(SessionTextReader(), lambda: open_file(path)), []
    deadline = time.monotonic() + DEADLINE_S
    try:
        while time.monotonic() < deadline and not any(isinstance(event, Ticks) for event in events):
            events.extend(source.poll(0.05))
    finally:
        source.close()
    return events


def test_fact_2_every_dump_opens_with_sizes_from_its_header(dump):
    opened, info, *ticks = seen_in(dump)
    assert isinstance(opened, Opened)
    assert isinstance(info, InfoChanged)
    assert all(isinstance(event, Ticks) for event in ticks)
    slots = CARS.get(dump.name, 64)
    assert opened.field.dtype["CarIdxLapDistPct"].shape == (slots,)
    for layout in opened.layouts():
        check_layout(layout)
    lap = next(channel for channel in opened.field.channels if channel.name == "CarIdxLapDistPct")
    assert lap.step == LAP_STEP


def test_every_dump_gives_a_plausible_picture(dump):
    opened, info, *ticks = seen_in(dump)
    sub = info.info.sub_session_id
    assert opened.session == f"sub-{sub}" if sub else opened.session.startswith("local-")
    assert any(entry.car_idx == info.info.own.car_idx for entry in info.info.entries)
    assert info.info.track.length_m > 500
    assert [len(event) for event in ticks] == [1] * len(ticks)
    assert 2 <= len(ticks) <= 3
    times = [float(event.own["SessionTime"][0]) for event in ticks]
    assert min(times) > 0
    assert np.diff(times) == pytest.approx(1 / 60, abs=1e-6)
    field = ticks[-1].field
    surface, pct = field["CarIdxTrackSurface"][0], field["CarIdxLapDistPct"][0]
    assert set(surface.tolist()) <= {int(value) for value in TrackSurface}
    in_world = surface > TrackSurface.NOT_IN_WORLD
    assert ((pct[in_world] > -0.01) & (pct[in_world] <= 1.0)).all()
    entered = {entry.car_idx for entry in info.info.entries}
    assert set(np.flatnonzero(in_world).tolist()) <= entered
    positions = field["CarIdxPosition"][0]
    placed = sorted(positions[positions > 0].tolist())
    assert placed == sorted(set(placed)), "no two cars in one place"


def test_fact_4_the_blank_buffer_of_a_real_dump_is_no_row(real_data, tmp_path):
    """Its cars all stand in the world at 0 %; here its turn has come to be the newest."""
    image = bytearray((real_data / "memory-dumps" / NAMES[6]).read_bytes())
    header = parse_header(memoryview(image))
    blank = header.buffers[0]
    surface = header.variable("CarIdxTrackSurface")
    at = blank.offset + surface.offset
    assert not any(image[at : at + surface.size])
    newest = max(buffer.tick for buffer in header.buffers)
    struct.pack_into("<i", image, 48, newest + 1)
    path = tmp_path / "memory"
    path.write_bytes(image)
    assert Memory(memoryview(image), header).take()[-1].tick == newest + 1
    ticks = [event for event in seen_in(path) if isinstance(event, Ticks)]
    assert [float(event.own["SessionTime"][0]) for event in ticks] == [pytest.approx(118.1667, abs=1e-3)]


def test_a_member_out_of_the_car_sees_a_replay_that_is_the_present(real_data):
    """IsReplayPlaying alone does not mean the past: who waits at the live edge has it set too."""
    for name in NAMES[5:]:
        ticks = [event for event in seen_in(real_data / "memory-dumps" / name) if isinstance(event, Ticks)]
        own = ticks[-1].own
        assert not own["IsOnTrack"][0]
        assert own["IsReplayPlaying"][0]
        assert own["ReplayFrameNumEnd"][0] == 1
        assert own["SessionTime"][0] - own["ReplaySessionTime"][0] < 2.0


def test_rows_are_what_pyirsdk_reads(dump):
    view = memoryview(dump.read_bytes())
    newest = Memory(view, parse_header(view)).take()[-1]
    ticks = [event for event in seen_in(dump) if isinstance(event, Ticks)][-1]
    sim = irsdk.IRSDK()
    assert sim.startup(test_file=str(dump))
    try:
        sim.freeze_var_buffer_latest()
        for rows in (ticks.own, ticks.field, ticks.slow):
            for name in rows.dtype.names:
                if name == "SessionTick" and "SessionTick" not in sim.var_headers_names:
                    assert rows[name][0] == newest.tick
                    continue
                theirs = sim[name]
                if isinstance(theirs, list) and rows[name].ndim == 1:
                    theirs = theirs[-1]  # six samples of which we keep the last under this name
                assert rows[name][0].tolist() == pytest.approx(theirs, nan_ok=True), name
    finally:
        sim.shutdown()


def test_fact_8_cut_dumps_are_refused_for_less_than_a_mebibyte(dump):
    whole = dump.read_bytes()
    header = parse_header(memoryview(whole))
    ends = (111, 4096, header.text_offset + header.text_length - 1, header.buffers[0].offset + 10)
    for end in ends:
        cut = memoryview(whole)[:end]
        tracemalloc.start()
        try:
            with pytest.raises(ImageError):
                parse_header(cut)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 1 << 20


def test_fact_8_what_is_no_telemetry_is_refused_for_less_than_a_mebibyte(real_data):
    for name in ("teamjorge_invalid_test_file.ibt", "teamjorge_empty_test_file.ibt"):
        noise = memoryview((real_data / "ibt" / name).read_bytes())
        tracemalloc.start()
        try:
            with pytest.raises(ImageError):
                parse_header(noise)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 1 << 20
