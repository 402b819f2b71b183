"""The folder that iRacing writes into: new files are imported when nobody races, each once."""

import json
import os
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from disk_image import drive, ibt

from pitbox.crew.health import Level
from pitbox.crew.thread import Hand
from pitbox.log.shelf import Shelf
from pitbox.wall.errand import pitbox_command
from pitbox.wall.settings import Settings, Sim
from pitbox.wall.telemetry_folder import TelemetryFolder, telemetry_folder

NOTE = "import sys; open(sys.argv[1], 'a').write(sys.argv[2] + chr(10))"


def wait_for(condition, within_s=30.0):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


class Watch:
    def __init__(self, root, command):
        self.folder, self.ledger = root / "telemetry", root / "config" / "seen.json"
        self.folder.mkdir(exist_ok=True)
        self.command = command
        self.is_free = True
        self.imported = 0
        self.told = []

    def _count(self):
        self.imported += 1

    @contextmanager
    def running(self):
        watch = TelemetryFolder(
            self.folder, self.ledger, self.command, is_free=lambda: self.is_free, on_import=self._count,
            on_health=self.told.append, look_s=0.02, settled_s=0.5,
        )  # fmt: skip
        hand = Hand("telemetry-folder", watch.main, self.told.append)
        hand.start()
        wait_for(self.ledger.exists)
        try:
            yield
        finally:
            assert hand.stop(timeout_s=20.0)

    def put(self, name, data=b"x", age_s=60.0):
        path = self.folder / name
        path.write_bytes(data)
        at_s = time.time() - age_s
        os.utime(path, (at_s, at_s))
        return path


@pytest.fixture
def noted(tmp_path):
    """A watch whose command only notes what it was asked for."""
    notes = tmp_path / "notes.txt"
    notes.touch()
    watch = Watch(tmp_path, [sys.executable, "-c", NOTE, str(notes)])
    watch.notes = lambda: [line.rpartition(os.sep)[2] for line in notes.read_text().splitlines()]
    return watch


def test_what_lay_there_before_is_left_alone_and_what_is_new_is_taken_once(noted):
    noted.put("old.ibt")
    with noted.running():
        noted.put("new.ibt")
        noted.put("notes.txt")
        wait_for(lambda: noted.imported == 1)
        noted.put("later.ibt")
        wait_for(lambda: noted.imported == 2)
    assert noted.notes() == ["new.ibt", "later.ibt"]
    noted.put("while-away.ibt")
    with noted.running():
        wait_for(lambda: noted.imported == 3)
    assert noted.notes()[2:] == ["while-away.ibt"], "known from last time, and only that"
    assert len(json.loads(noted.ledger.read_text())) == 4


def test_a_file_that_is_being_written_waits(noted):
    with noted.running():
        path = noted.put("growing.ibt", age_s=0.0)
        before_s = time.time()
        wait_for(lambda: noted.imported == 1)
        assert time.time() - before_s > 0.4
        noted.put("growing.ibt", b"more", age_s=60.0)
        wait_for(lambda: noted.imported == 2)
    assert noted.notes() == [path.name, path.name], "a file that has grown is new"


def test_while_a_session_is_open_nothing_is_begun(noted):
    noted.is_free = False
    with noted.running():
        noted.put("a.ibt")
        noted.put("b.ibt")
        threading.Event().wait(0.3)
        assert noted.notes() == []
        noted.is_free = True
        wait_for(lambda: noted.imported == 2)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="there a signal 0 ends a process")
def test_a_session_that_opens_ends_the_child_and_it_is_done_afterwards(tmp_path):
    pids = tmp_path / "pids"
    pids.touch()
    code = (
        "import os, sys, time; is_first = not open(sys.argv[1]).read(); "
        "open(sys.argv[1], 'a').write(f'{os.getpid()} '); time.sleep(60 * is_first)"
    )
    watch = Watch(tmp_path, [sys.executable, "-c", code, str(pids)])
    with watch.running():
        watch.put("a.ibt")
        wait_for(lambda: pids.read_text().endswith(" "))
        first = int(pids.read_text())
        watch.is_free = False
        wait_for(lambda: not is_alive(first))
        assert watch.imported == 0
        watch.is_free = True
        wait_for(lambda: watch.imported == 1)
    assert len(pids.read_text().split()) == 2


def test_a_file_that_cannot_be_read_is_told_once(tmp_path):
    watch = Watch(tmp_path, [sys.executable, "-c", "raise SystemExit('Not read: it is empty.')"])
    with watch.running():
        watch.put("bad.ibt")
        wait_for(lambda: watch.told)
        threading.Event().wait(0.2)
    assert [(health.level, health.words) for health in watch.told] == [
        (Level.DEGRADED, "bad.ibt was not imported. Not read: it is empty.")
    ]
    assert watch.imported == 0


def test_a_ledger_that_is_damaged_begins_anew(noted):
    noted.ledger.parent.mkdir()
    noted.ledger.write_text("{nonsense")
    noted.put("old.ibt")
    with noted.running():
        wait_for(lambda: "old.ibt" in noted.ledger.read_text())
        noted.put("new.ibt")
        wait_for(lambda: noted.imported == 1)
    assert noted.notes() == ["new.ibt"]


def test_where_the_folder_is(tmp_path):
    assert telemetry_folder(Settings(sim=Sim(telemetry_folder=str(tmp_path)))) == tmp_path
    assert telemetry_folder(Settings()).parts[-2:] == ("iRacing", "telemetry")


@pytest.mark.slow
def test_the_real_command_fills_the_shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path / "home"))
    watch = Watch(tmp_path, pitbox_command("default", "import", "--no-store"))
    with watch.running():
        watch.put("server.ibt", ibt(drive(30), sub=77))
        wait_for(lambda: watch.imported == 1)
    assert Shelf(tmp_path / "home" / "default" / "data" / "log").sessions() == ["sub-77"]
