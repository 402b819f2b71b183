"""`pitbox driver` as a process: JSON lines, a sealed log, one at a time, and nothing heavy loaded."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.wall.profile import find_profile
from pitbox.wall.settings_file import read

HEAVY = ("PySide6", "shiboken6", "duckdb", "pyarrow", "polars", "numba", "sklearn", "lightgbm", "scipy")
SPY = f"""
import sys
from pitbox.cli.app import main
code = main(sys.argv[1:])
print("loaded:", *[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""
RACE = ("driver", "--headless", "--demo", "duel")


def environ(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PITBOX_HOME": str(home), **more}


def run(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pitbox", *words],
        env=environ(home, **more), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@contextmanager
def running(home: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Until it has acknowledged something; ended by SIGTERM if the test did not."""
    with subprocess.Popen(
        [sys.executable, "-c", SPY, *words],
        env=environ(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        try:
            for line in process.stdout:
                if json.loads(line)["event"] == "durable":
                    break
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=60)


def is_sealed(home: Path) -> bool:
    shelf = Shelf(home / "default" / "data" / "log")
    (session,) = shelf.sessions()
    (reader,) = shelf.readers(session)
    verdict = verify_log(reader)
    return verdict.is_whole and verdict.is_closed


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with running(tmp_path, *RACE) as process:
        yield process


@pytest.mark.timeout(300)
def test_a_race_from_the_first_line_to_the_last(tmp_path: Path) -> None:
    done = run(tmp_path, *RACE, "--minutes", "0.5", "--speed", "1000")
    assert (done.returncode, done.stderr) == (0, "")
    events: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = {event["event"] for event in events}
    assert {"state", "session", "durable", "lap", "stint", "flag", "health", "end"} <= kinds
    assert events[0] == {"event": "state", "state": "recording", "words": "Recording"}
    states = [event["state"] for event in events if event["event"] == "state"]
    assert states[-1] == "ended"
    seqs = [event["seq"] for event in events if event["event"] == "durable"]
    assert seqs == sorted(set(seqs))
    lap = next(event for event in events if event["event"] == "lap")
    assert lap["kind"]["is_out"] in (True, False)
    assert lap["end_s"] > lap["start_s"]
    assert events[-1]["event"] == "end"
    assert events[-1]["missed"] == 0
    assert events[-1]["ticks"] > 3600
    assert {"store", "projection", "ok"} <= {
        word for event in events if event["event"] == "health" for word in event.values()
    }
    assert is_sealed(tmp_path)
    rows = run(tmp_path, "store", "sql", "--json", "SELECT count(*) AS laps FROM laps")
    assert json.loads(rows.stdout)[0]["laps"] > 0


@pytest.mark.parametrize("ask", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_seals_and_loads_nothing_heavy(
    lasting: subprocess.Popen[str], tmp_path: Path, ask: signal.Signals
) -> None:
    lasting.send_signal(ask)
    out, err = lasting.communicate(timeout=60)
    assert (lasting.returncode, err) == (0, "loaded:\n")
    assert json.loads(out.splitlines()[-1])["event"] == "end"
    assert is_sealed(tmp_path)


def test_a_second_one_says_who_is_there(lasting: subprocess.Popen[str], tmp_path: Path) -> None:
    second = run(tmp_path, *RACE)
    assert second.returncode == 1
    assert f"process {lasting.pid}, running as driver" in second.stderr


def test_a_reader_that_goes_away_costs_no_recording(tmp_path: Path) -> None:
    with running(tmp_path, *RACE, "--speed", "20") as process:
        assert process.stdout
        process.stdout.close()
        folder = tmp_path / "default" / "data" / "log"
        before = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        deadline = time.monotonic() + 60
        while sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) < before + 300_000:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)  # the recording process needs the core
        process.terminate()
        assert process.wait(timeout=60) == 0
        assert process.stderr
        assert process.stderr.read() == "loaded:\n"
    assert is_sealed(tmp_path)


def test_without_a_screen_it_says_what_works(tmp_path: Path) -> None:
    without = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"), "")
    done = run(tmp_path, "driver", **without)
    assert done.returncode == 1
    assert "--headless" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_race_that_is_not_there(tmp_path: Path) -> None:
    done = run(tmp_path, "driver", "--headless", "--demo", "monza")
    assert done.returncode == 2
    assert "no scenario 'monza'" in done.stderr


def test_a_demo_is_not_remembered(lasting: subprocess.Popen[str], tmp_path: Path) -> None:
    profile = find_profile("default", {"PITBOX_HOME": str(tmp_path)})
    assert read(profile.settings_file).settings.general.mode == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "sign"), [("driver", "driver window opened"), ("engineer", "engineer's window opened")]
)
def test_a_window_as_a_process_is_remembered_and_quits_cleanly(tmp_path: Path, mode: str, sign: str) -> None:
    """Offscreen, as a user starts it: plain `pitbox` opens it the second time."""
    profile = find_profile("default", {"PITBOX_HOME": str(tmp_path)})
    journal = profile.data / "pitbox.log"
    for opened, words in enumerate(((mode,), ()), start=1):
        with subprocess.Popen(
            [sys.executable, "-m", "pitbox", *words],
            env=environ(tmp_path, QT_QPA_PLATFORM="offscreen"), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            deadline = time.monotonic() + 60
            while not journal.exists() or journal.read_text().count(sign) < opened:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)  # the starting process needs the core
            assert read(profile.settings_file).settings.general.mode == mode
            process.terminate()
            _, err = process.communicate(timeout=60)
            assert (process.returncode, err) == (0, "")
