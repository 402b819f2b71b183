"""kill -9 while projecting or rebuilding, anywhere: afterwards everything is there exactly once."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from recorded import assert_same, contents, project

from pitbox.log.shelf import Shelf
from pitbox.store.database import Database, Limits
from pitbox.store.projector import Projector
from pitbox.store.rebuild import open_or_renew, rebuild
from pitbox.store.rows import BatchSize

DOOMED = Path(__file__).with_name("doomed.py")
TRIPWIRE = Path(__file__).with_name("tripwire.py")
_REBUILDING = """
import sys
from pathlib import Path
from pitbox.log.shelf import Shelf
from pitbox.store.rebuild import rebuild
print("open", flush=True)
rebuild(Path(sys.argv[1]), Shelf(Path(sys.argv[2])))
"""


def kill_a_rebuild(path, logs, delay_s):
    child = subprocess.Popen([sys.executable, "-c", _REBUILDING, path, logs], stdout=subprocess.PIPE)
    with child:
        assert child.stdout.readline() == b"open\n"
        time.sleep(delay_s)  # a random point is the point
        os.kill(child.pid, signal.SIGKILL)


def kill_through(path, logs, kills, seed):
    chance = random.Random(seed)
    ends = [f"{chance.randrange(1, 6)}:{chance.uniform(0, 0.06)}" for _ in range(kills)]
    done = subprocess.run(
        [sys.executable, DOOMED, path, logs, *ends], stdout=subprocess.PIPE, check=True, timeout=280
    )
    return int(done.stdout)


def kill_at_each_call(path, logs, first, last):
    """How many were killed: before each call to the engine, from the first to the last."""
    done = subprocess.run(
        [sys.executable, TRIPWIRE, path, logs, str(first), str(last)],
        stdout=subprocess.PIPE,
        check=True,
        timeout=280,
    )
    return int(done.stdout)


@pytest.mark.chaos
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_at_each_call_to_the_engine(tmp_path, race_logs, race_store, monkeypatch):
    """From making the file over its columns to rows, marks and facts: nothing is doubled or lost."""
    path = tmp_path / "pitbox.duckdb"
    assert kill_at_each_call(path, race_logs, 1, 16) == 15
    with Database(path) as database:  # through the hundreds of calls that make the columns
        assert not Projector(database, Shelf(race_logs), BatchSize(seconds=1.0)).catch_up(0.0).is_done
    assert kill_at_each_call(path, race_logs, 10, 36) >= 20
    with monkeypatch.context() as patch, Database(path) as database:
        patch.setattr(Projector, "_fold", lambda *_, **__: ())  # all rows, and no fact yet
        Projector(database, Shelf(race_logs)).catch_up()
    assert kill_at_each_call(path, race_logs, 5, 36) >= 25
    project(path, race_logs)
    assert_same(contents(path), contents(race_store))


@pytest.mark.chaos
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("seed", [2, pytest.param(3, marks=pytest.mark.long)])
def test_a_projector_killed_twenty_times_loses_and_doubles_nothing(tmp_path, race_logs, race_store, seed):
    path = tmp_path / "pitbox.duckdb"
    assert kill_through(path, race_logs, 20, seed) >= 8
    open_or_renew(path, Limits())[0].close()
    project(path, race_logs)
    assert_same(contents(path), contents(race_store))
    rebuild(path, Shelf(race_logs))
    assert_same(contents(path), contents(race_store))


@pytest.mark.chaos
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_rebuild_leaves_one_database_whole(sprint_logs, sprint_store):
    good, chance = contents(sprint_store), random.Random(6)
    for _ in range(3):
        kill_a_rebuild(sprint_store, sprint_logs, chance.uniform(0.0, 1.2))
        with Database(sprint_store) as database:
            Projector(database, Shelf(sprint_logs)).catch_up()
        assert_same(contents(sprint_store), good)
    rebuild(sprint_store, Shelf(sprint_logs))
    assert_same(contents(sprint_store), good)
    assert not sprint_store.with_name(sprint_store.name + ".new").exists()
