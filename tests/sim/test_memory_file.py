"""The memory file is read here by pyirsdk, unchanged, as it would read the sim."""

import mmap
import struct
import threading
from itertools import pairwise

import irsdk
import msgspec
import numpy as np
import pytest

from pitbox.model.source import joined_rows
from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.frame import Frames, memory_variables, packed
from pitbox.sim.synthetic.memory import IMAGE_BYTES, MemoryFile
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.simulator import Simulator
from pitbox.sim.synthetic.text import UTF8, session_text

RELAY = SCENARIOS["relay"]
SECTIONS = (
    "WeekendInfo",
    "SessionInfo",
    "CameraInfo",
    "RadioInfo",
    "DriverInfo",
    "SplitTimeInfo",
    "CarSetup",
)


@pytest.fixture(scope="module")
def played():
    """Frames of the first 100 seconds, with the rows that they are made of."""
    event = Event(RELAY)
    frames = Frames(event.world)
    parts = []
    for _ in range(400):
        step, own = event.step()
        parts.append((frames.rows(step, own), own, step.field, step.slow))
    return event, *(joined_rows(rows) for rows in zip(*parts, strict=True))


@pytest.fixture
def reader(tmp_path):
    opened = []

    def read(path):
        sim = irsdk.IRSDK()
        assert sim.startup(test_file=str(path))
        opened.append(sim)
        return sim

    yield read
    for sim in opened:
        sim.shutdown()


def test_a_new_sim_leaves_the_memory_that_a_reader_has_mapped(tmp_path):
    """Truncated in place, a reader's look at the wrong moment would end its process."""
    path = tmp_path / "sim.bin"
    with MemoryFile(path, memory_variables(64)), path.open("rb") as file:
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        before = view[:]
        with MemoryFile(path, memory_variables(72)):
            assert path.read_bytes()[:112] != before[:112]
            assert view[:] == before
        view.close()
    assert [found.name for found in tmp_path.iterdir()] == ["sim.bin"]


def test_pyirsdk_reads_every_variable_of_a_row(played, reader, tmp_path):
    _, rows, *_ = played
    path = tmp_path / "sim.bin"
    with MemoryFile(path, memory_variables(RELAY.slots)) as memory:
        for row in rows[-3:]:
            memory.write_row(row.tobytes())
        assert path.stat().st_size == IMAGE_BYTES
        sim = reader(path)
        assert sim.is_connected
        assert sim.var_headers_names == list(rows.dtype.names)
        sim.freeze_var_buffer_latest()
        for name in rows.dtype.names:
            expected = rows[-1][name]
            got = np.asarray(sim[name])
            np.testing.assert_array_equal(got, expected.astype(got.dtype), err_msg=name)
    assert sim._header.status == 0


def test_frames_repeat_the_streams(played):
    _, frames, own, field, slow = played
    for stream in (own, field, slow):
        for name in stream.dtype.names:
            np.testing.assert_array_equal(frames[name], stream[name], err_msg=name)
    assert frames.dtype.itemsize == 8619, "as in an image of a real session with 72 slots"


def test_what_the_streams_leave_out_is_there_too(played):
    _, frames, _, field, _ = played
    seen = field["CarIdxTrackSurface"] >= 0
    racing = seen & (field["CarIdxTrackSurface"] == 3)
    assert (frames["CarIdxGear"][racing] >= 1).mean() > 0.99
    assert (frames["CarIdxRPM"][~seen] == -1).all()
    rpm = frames["CarIdxRPM"][racing]
    assert ((rpm >= 1900) & (rpm <= 8400)).all()
    assert np.abs(frames["CarIdxSteer"][racing]).max() > 0.3
    lap_s = np.array([0.0, *(plan.lap_s for plan in RELAY.classes for _ in range(plan.cars))])
    estimated = frames["CarIdxEstTime"][:, : len(lap_s)]
    assert (estimated <= lap_s + 1e-3).all()
    assert (np.diff(estimated[:, 1:], axis=0) > -lap_s[1:] - 1).all()
    behind = frames["CarIdxPaceRow"][10]
    assert sorted(behind[behind >= 0]) == list(range(RELAY.cars)), "in rows behind the pace car"
    assert (frames["CarIdxPaceRow"][-1] == -1).all()


def test_six_samples_run_from_tick_to_tick(played):
    _, frames, *_ = played
    for name in ("LatAccel", "VelocityX", "LFshockVel"):
        fine = frames[f"{name}_ST"]
        np.testing.assert_allclose(fine[:, 5], frames[name], rtol=1e-5, atol=1e-6)
        between = (fine[1:] - frames[name][:-1, None]) * (frames[name][1:] - frames[name][:-1])[:, None]
        assert (between >= -1e-5).all()


@pytest.mark.parametrize("encoding", ["ISO_8859_1", UTF8])
def test_pyirsdk_parses_the_session_text(played, reader, tmp_path, encoding):
    event, *_ = played
    path = tmp_path / "sim.bin"
    with MemoryFile(path, memory_variables(RELAY.slots)) as memory:
        memory.write_text(session_text(event, encoding))
        sim = reader(path)
        assert all(sim[section] for section in SECTIONS)
        info = event.world.info()
        drivers = {driver["CarIdx"]: driver for driver in sim["DriverInfo"]["Drivers"]}
        assert sorted(drivers) == [entry.car_idx for entry in info.entries]
        for entry in info.entries:
            told = drivers[entry.car_idx]
            assert (told["UserID"], told["TeamID"]) == (entry.user_id, entry.team_id)
            assert (told["CarNumber"], told["CarClassID"]) == (entry.number, entry.class_id)
            names = (entry.driver, entry.team)
            if encoding != UTF8:
                names = tuple(name.encode("cp1252", "replace").decode("cp1252") for name in names)
            assert (told["UserName"], told["TeamName"]) == names
        assert sim["DriverInfo"]["DriverUserID"] == event.world.own().member.drivers[1].user_id
        assert sim["SessionInfo"]["Sessions"][0]["SessionTime"] == "3600.0000 sec"


def test_a_shorter_text_leaves_nothing_of_the_longer_one(tmp_path):
    path = tmp_path / "sim.bin"
    with MemoryFile(path, memory_variables(64)) as memory:
        memory.write_text(b"---\n" + b"x" * 5000)
        memory.write_text(b"---\nshort\n")
        raw = path.read_bytes()
    assert raw[112 : 112 + 524_288].rstrip(b"\0") == b"---\nshort\n"
    assert struct.unpack_from("<i", raw, 12) == (2,)


def test_rows_rotate_and_are_stamped_after(tmp_path):
    table = memory_variables(64)
    size = packed(table).itemsize
    path = tmp_path / "sim.bin"
    with MemoryFile(path, table) as memory:
        for tick in range(1, 8):
            memory.write_row(bytes([tick]) * size)
            raw = path.read_bytes()
            stamps = [struct.unpack_from("<iii", raw, 48 + 16 * at) for at in range(3)]
            newest, at = struct.unpack_from("<iB", raw, 40)
            assert (newest, stamps[at][0]) == (tick, tick)
            assert sorted(stamp[0] for stamp in stamps) == [max(0, tick - 2), max(0, tick - 1), tick]
            for done, offset, begun in stamps:
                assert done == begun
                assert raw[offset : offset + size] == bytes([done]) * size


def test_too_much_is_refused(tmp_path):
    table = memory_variables(64)
    with MemoryFile(tmp_path / "sim.bin", table) as memory, pytest.raises(ValueError, match="text"):
        memory.write_text(b"x" * 600_000)
    with pytest.raises(ValueError, match="variables"):
        MemoryFile(tmp_path / "big.bin", memory_variables(400))


class LeapingClock:
    """Every look is a tick later than the last one: nobody waits."""

    def __init__(self):
        self.now_s = 0.0

    def monotonic_s(self) -> float:
        self.now_s += 1.0
        return self.now_s

    def wall_s(self) -> float:
        return self.now_s


def test_a_simulator_plays_through_sessions_and_a_restart(reader, tmp_path):
    path = tmp_path / "sim.bin"
    short = msgspec.structs.replace(
        SCENARIOS["chaos"], practice_s=0.5, qualify_s=0.5, race_s=None, race_laps=1, parade_s=20.0
    )
    player = Simulator(short, path, 1.0, clock=LeapingClock())
    seen = []
    step = player._step

    def noted(memory):
        rows = step(memory)
        ids = ("SessionNum", "SessionUniqueID", "SessionTime")
        seen.append(tuple(rows[name][0].item() for name in ids))
        return rows

    player._step = noted
    player.run(threading.Event())
    assert {(number, unique) for number, unique, _ in seen} == {(0, 1), (1, 2), (2, 3)}
    backwards = sum(one[2] > two[2] for one, two in pairwise(seen))
    assert backwards == 3, "a session, the race, and the race again"
    sim = reader(path)
    assert not sim._header.status
    assert sim["SessionInfo"]["CurrentSessionNum"] == 2
    assert len(sim["SessionInfo"]["Sessions"]) == 3
    assert sim["QualifyResultsInfo"] is None or sim["QualifyResultsInfo"]["Results"] is None


def test_a_simulator_keeps_pace_and_stops_when_told(tmp_path):
    stop, ticks = threading.Event(), []
    player = Simulator(SCENARIOS["duel"], tmp_path / "sim.bin", 4.0)
    thread = threading.Thread(target=lambda: ticks.append(player.run(stop)))
    thread.start()
    stop.wait(1.0)
    stop.set()
    thread.join(10.0)
    assert not thread.is_alive()
    assert 30 < ticks[0] <= 4 * 60 * 1.2
