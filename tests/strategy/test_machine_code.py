"""Compiled races in files: kept, found again without numba, thrown away when they are not whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pitbox.strategy.montecarlo import machine_code

# The first test may have to compile the races.
pytestmark = pytest.mark.timeout(400)

LOOK = """
import sys
from pitbox.strategy.montecarlo import machine_code
from pitbox.strategy.montecarlo.lottery import Lottery
from pitbox.strategy.montecarlo.race_model import RaceCar, RaceModel
model = RaceModel((RaceCar("a", 90.0), RaceCar("b", 90.3)), 12)
outcome = Lottery(model, 5, "best").run(100)
print(outcome.time_s.sum().hex(), machine_code.state().is_ready, "numba" in sys.modules)
"""


def look(folder: Path) -> list[str]:
    env = {**os.environ, machine_code.FOLDER: str(folder)}
    run = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True, env=env)
    return run.stdout.split()


@pytest.fixture(scope="module")
def kept() -> Path:
    machine_code.made()
    path = Path(machine_code.state().kept_in)
    assert path.is_file()
    return path


def test_the_next_process_finds_them_and_needs_no_numba(kept, tmp_path):
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    total, is_ready, has_numba = look(tmp_path)
    plain, was_ready, _ = look(tmp_path / "empty")
    assert (is_ready, has_numba, was_ready) == ("True", "False", "False")
    assert total == plain


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-100], lambda data: b"", lambda data: data[:4000] + data[3999:]]
)
def test_a_file_that_is_not_whole_is_no_file(kept, tmp_path, harm):
    path = tmp_path / kept.name
    path.write_bytes(kept.read_bytes())
    assert machine_code.read(path) is not None
    path.write_bytes(harm(path.read_bytes()))
    assert machine_code.read(path) is None


def test_where_nothing_can_be_kept_races_run_and_the_state_says_so(kept, tmp_path, monkeypatch):
    blocked = tmp_path / "a file"
    blocked.write_text("no folder")
    monkeypatch.setenv(machine_code.FOLDER, str(blocked))
    code = machine_code.read(kept)
    assert code is not None
    told = machine_code.keep(code)
    assert told.is_ready
    assert not told.kept_in
    assert "not kept" in told.trouble
    monkeypatch.setenv(machine_code.FOLDER, str(tmp_path))
    assert machine_code.keep(code).kept_in == str(tmp_path / kept.name)
