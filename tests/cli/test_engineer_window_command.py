"""`pitbox engineer` with its window, and `pitbox demo --shots`: as processes, where no screen is."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "pyqtgraph",
    "numba",
    "duckdb",
    "polars",
    "pyarrow",
    "scipy",
    "sklearn",
    "lightgbm",
    "zeroconf",
    "ssl",
)
LATER = (
    "pitbox.wall.wall",
    "pitbox.wall.engineer",
    "pitbox.wall.radio",
    "pitbox.wall.office",
    "pitbox.wall.pit_menu",
    "pitbox.timing.race",
    "pitbox.log.scribe",
    "pitbox.sim.iracing",
    "pitbox.sim.synthetic",
)
"""Our own rooms that a window needs when something comes, and not to stand there."""
_FIRST_PAINT = """
import sys, time
from pitbox.ui.engineer.desk import EngineerDesk
from pitbox.ui.engineer.meter import open_once
from pitbox.wall.feed import StillFeed
from pitbox.wall.health import HealthRegistry
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Settings
desk = EngineerDesk(StillFeed(HealthRegistry(time.time)), find_profile("first"), Settings())
open_once(desk)
print(*sys.modules)
desk.close()
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PITBOX_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", **more}


def pitbox(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pitbox", *words]
    env = environment(home, **more)
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=False)


def test_nothing_heavy_is_loaded_before_the_first_picture(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_PAINT],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "PySide6" in loaded
    assert not loaded & set(HEAVY)
    assert not set(done.stdout.split()) & set(LATER)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    home = tmp_path_factory.mktemp("shots")
    words = (
        "demo",
        "--scenario",
        "duel",
        "--minutes",
        "1",
        "--speed",
        "200",
        "--shots",
        str(home / "pictures"),
    )
    return home, pitbox(home, *words)


@pytest.mark.slow
def test_a_demo_with_no_screen_draws_its_pictures_sums_up_and_ends(drawn) -> None:
    home, done = drawn
    assert done.returncode == 0, done.stderr
    assert "Database:" in done.stdout
    names = sorted(file.name for file in (home / "pictures").iterdir())
    assert names == [
        f"{page}-{theme}.png"
        for page in ("health", "race", "settings", "strategy")
        for theme in ("dark", "light")
    ]
    assert done.stderr.count("leaked") == 0


@pytest.mark.slow
def test_a_recording_opens_in_the_window_and_ctrl_c_closes_it(drawn) -> None:
    home, _ = drawn
    name = json.loads(pitbox(home, "sessions", "--json").stdout)[0]["session"]
    command = [sys.executable, "-m", "pitbox", "engineer", "--session", name]
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        assert window.stdout.readline().startswith(f"{name} opens")
        window.send_signal(signal.SIGINT)
        assert window.wait(30) == 0


def test_without_a_screen_the_engineer_is_told_what_works(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "DISPLAY")}
    env["PITBOX_HOME"] = str(tmp_path)
    if sys.platform != "linux" or "WAYLAND_DISPLAY" in env:
        pytest.skip("there is a screen here")
    done = subprocess.run(
        [sys.executable, "-m", "pitbox", "engineer"],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "pitbox engineer --headless" in done.stderr
