"""`pitbox practice`: a sim to open, from the command line to a reader of its memory."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import irsdk
import pytest

DEADLINE_S = 60.0


def test_the_races_have_names(pitbox: Any) -> None:
    said = pitbox("practice", "--list")
    assert said.code == 0
    for name in ("duel", "chaos", "night-24"):
        assert name in said.out


def test_a_short_practice_leaves_the_memory_of_a_sim_that_is_gone(pitbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "sim.bin"
    said = pitbox("practice", "duel", "--file", str(path), "--minutes", "0.1", "--speed", "20")
    assert said.code == 0, said.err
    assert str(path) in said.out
    assert "Played 0:0" in said.out
    sim = irsdk.IRSDK()
    assert sim.startup(test_file=str(path))
    assert sim["SessionTime"] == pytest.approx(6.0, abs=0.6)
    assert sim["WeekendInfo"]["TrackLength"] == "5.6000 km"
    assert sim._header.status == 0
    sim.shutdown()


def test_a_race_that_is_not_there(pitbox: Any) -> None:
    said = pitbox("practice", "nordschleife")
    assert said.code == 2
    assert "duel" in said.err


@pytest.mark.slow
def test_a_reader_sees_it_run_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "sim.bin"
    command = [sys.executable, "-m", "pitbox", "practice", "duel", "--file", str(path), "--speed", "5"]
    sim = irsdk.IRSDK()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as practice:
        try:
            deadline = time.monotonic() + DEADLINE_S
            while not (path.exists() and path.stat().st_size and sim.startup(test_file=str(path))):
                sim.shutdown()
                assert practice.poll() is None
                assert time.monotonic() < deadline
            seen: set[float] = set()
            while len(seen) < 20 and time.monotonic() < deadline:
                sim.freeze_var_buffer_latest()
                seen.add(sim["SessionTime"])
                sim.unfreeze_var_buffer_latest()
            assert len(seen) >= 20
            assert sim.is_connected
            practice.send_signal(signal.SIGINT)
            assert "Played" in practice.communicate(timeout=DEADLINE_S)[0]
            assert practice.returncode == 0
            assert sim._header.status == 0
        finally:
            practice.kill()
            sim.shutdown()
