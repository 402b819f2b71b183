"""The demo race with a driver's process behind it: sent by the real sync, and gone without a trace."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pitbox.log.shelf import Shelf
from pitbox.model.fact import Lap
from pitbox.model.ids import Axis
from pitbox.wall import demo_team
from pitbox.wall.demo_team import DemoPlan, DemoTeam, demo_place
from pitbox.wall.folders import folders_of
from pitbox.wall.profile import Profile, find_profile
from pitbox.wall.settings import Settings, Storage
from pitbox.wall.wall import archive_folder

SETTINGS = Settings(storage=Storage(reserve_bytes=1 << 20))


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return find_profile("default", {"PITBOX_HOME": str(tmp_path / "home")})


def wait_for(condition: Callable[[], object], within_s: float = 60.0) -> None:
    deadline_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_a_driver_records_and_this_machine_follows_to_the_flag(profile: Profile, tmp_path: Path) -> None:
    team = DemoTeam(profile, SETTINGS, DemoPlan("duel", minutes=1, speed=40))
    homes, untils, sources = [], set(), set()
    team.start()
    try:
        assert team.child is not None
        homes = list(tmp_path.glob("pitbox-demo-*"))
        while not team.has_ended:
            untils.add(team.link.until)
            ticks = team.hub.live.take()[1]
            if ticks is not None:
                sources.add(ticks.origins[0].device)
                assert ticks.origins[0].age_s(time.monotonic()) >= 0
                assert ticks.own["FuelLevel"].shape == (1,)
            assert team.errors() == []
            time.sleep(0.02)
        standings, key = team.hub.standings.take()[1], team.hub.key
        laps = [fact for fact in team.hub.facts_since(0)[1] if isinstance(fact, Lap)]
        reach = team.moments.reaches()[-1]
        still = team.moments.at(Axis(reach.session_num, reach.run, (reach.start_s + reach.end_s) / 2))
    finally:
        assert team.stop()
    assert standings is not None
    assert standings.phase == "over"
    assert len({(lap.car_idx, lap.lap) for lap in laps}) == len(laps) > 3
    assert key is not None
    assert key.session == team.session
    assert still is not None
    assert still.standings is not None
    assert still.standings.sim_time_s < standings.sim_time_s
    assert len(sources) == 1
    assert any("sector" in until for until in untils)
    assert team.child.returncode == 0
    assert len(homes) == 1
    assert not list(tmp_path.glob("pitbox-demo-*"))
    recording = Shelf(profile.data / "log")
    assert recording.sessions() == [team.session]


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_the_driver_ends_with_a_parent_that_was_killed(profile: Profile, tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("demo_parent.py")), str(tmp_path / "home")]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        pid, home = parent.stdout.readline().split()
        assert _is_alive(int(pid))
        parent.send_signal(signal.SIGKILL)
    wait_for(lambda: not _is_alive(int(pid)))
    assert Path(home).is_dir()
    os.utime(home, (0, 0))
    demo_team.sweep()
    assert not Path(home).exists()


def test_a_driver_that_does_not_start_is_told(profile: Profile, tmp_path: Path) -> None:
    team = DemoTeam(profile, SETTINGS, DemoPlan("nothing-like-it"))
    team.start()
    wait_for(team.errors)
    assert team.stop()
    assert not list(tmp_path.glob("pitbox-demo-*"))
    assert any("did not start" in told.health.words for told in team.health.snapshot().states)


def _is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_demo_races_of_a_window_lie_apart_wherever_the_team_keeps_its_own(tmp_path: Path) -> None:
    chosen = Storage(data_folder=str(tmp_path / "team"), archive_folder=str(tmp_path / "attic"))
    profile, settings = demo_place(Settings(storage=chosen))
    folders = folders_of(profile, settings)
    assert folders.data == profile.data
    assert archive_folder(folders, settings).is_relative_to(profile.data)
