"""The doctor: every finding is a sentence, and each illness has its injection."""

import errno
import os
import re
import socket
import sys
from pathlib import Path

import msgspec
import pytest

from pitbox.wall.checkup import clocks, disk, machine, network, software
from pitbox.wall.checkup.clocks import examine_clocks, read_clocks
from pitbox.wall.checkup.finding import Context, Finding
from pitbox.wall.doctor import examine
from pitbox.wall.instance import Instance

GIB = 1 << 30


class FakeClock:
    """Both clocks run evenly unless told otherwise."""

    def __init__(self, wall_s: float = 1_800_000_000.0) -> None:
        self.now_s = 50.0
        self.start_wall_s = wall_s
        self.step_s = 0.001

    def monotonic_s(self) -> float:
        self.now_s += self.step_s
        return self.now_s

    def wall_s(self) -> float:
        return self.start_wall_s + self.now_s


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(tmp_path / "data", tmp_path / "config" / "pitbox.lock", warn_free_bytes=0)


def test_a_whole_examination(context: Context):
    findings = examine(context)
    names = [finding.name for finding in findings]
    assert names == [
        "python", "machine", "settings", "profile", "data folder", "disk space", "disk speed", "window",
        "database", "iracing", "discovery", "listening", "clock",
    ]  # fmt: skip
    for finding in findings:
        assert finding.words.endswith("."), finding
        assert finding.level == "ok" or finding.advice or finding.name in {"iracing", "python", "machine"}
    by_name = {finding.name: finding for finding in findings}
    assert by_name["python"].level == by_name["database"].level == by_name["data folder"].level == "ok"
    assert list(context.data_folder.iterdir()) == []
    assert msgspec.json.decode(msgspec.json.encode(findings), type=list[Finding]) == findings


def test_it_loads_neither_qt_nor_duckdb(context: Context):
    before = set(sys.modules)
    examine(context)
    assert not {name for name in set(sys.modules) - before if name.startswith(("PySide6", "duckdb", "irsdk"))}


def _only(findings: list[Finding], name: str) -> Finding:
    (finding,) = [finding for finding in findings if finding.name == name]
    return finding


def test_problems_with_settings_are_repeated(tmp_path: Path):
    context = Context(tmp_path, tmp_path / "lock", 0, problems=("store.batch_s cannot be 'x'.", "And more."))
    findings = [finding for finding in examine(context) if finding.name == "settings"]
    assert [(finding.level, finding.words) for finding in findings] == [
        ("note", "store.batch_s cannot be 'x'."),
        ("note", "And more."),
    ]


def test_another_pitbox_is_named(context: Context):
    with Instance.claim(context.lock_file, "driver", 1_800_000_000.0):
        finding = _only(examine(context), "profile")
    assert finding.level == "note"
    assert f"process {os.getpid()}, running as driver" in finding.words


def test_a_data_folder_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("")
    (finding,) = disk.examine_disk(Context(tmp_path / "file" / "data", tmp_path / "lock", 0))
    assert (finding.name, finding.level) == ("data folder", "bad")
    assert "Nothing can be recorded" in finding.words
    assert "storage.data_folder" in finding.advice


def test_a_full_disk(context: Context, monkeypatch: pytest.MonkeyPatch):
    def fail(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", fail)
    monkeypatch.setattr(os, "fsync", fail)
    (finding,) = disk.examine_disk(context)
    assert finding.level == "bad"
    assert "No space left on device" in finding.words
    assert list(context.data_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("free_bytes", "level"), [(3 * GIB, "ok"), (2 * GIB, "ok"), (2 * GIB - 1, "bad"), (0, "bad")]
)
def test_room_on_the_disk(free_bytes: int, level: str):
    assert disk._space(free_bytes, 2 * GIB).level == level


@pytest.mark.parametrize(
    ("times_s", "level"),
    [([0.001] * 15, "ok"), ([0.001] * 14 + [0.5], "ok"), ([0.03] * 15, "note"), ([0.2] * 15, "bad")],
)
def test_speed_of_the_disk(times_s: list[float], level: str):
    finding = disk._speed(times_s)
    assert finding.level == level
    assert f"the slowest of 15 {max(times_s) * 1000:.1f} ms" in finding.words


def test_even_clocks():
    clock = FakeClock()
    (finding,) = examine_clocks(read_clocks(clock), clock)
    assert finding.level == "ok"
    assert "2027-01-15" in finding.words


@pytest.mark.parametrize(
    ("jump_s", "words"), [(3600.0, "+3600.0 s"), (-3600.0, "-3600.0 s"), (0.6, "+0.6 s")]
)
def test_a_clock_that_jumps(jump_s: float, words: str):
    clock = FakeClock()
    first = read_clocks(clock)
    clock.start_wall_s += jump_s
    (finding,) = examine_clocks(first, clock)
    assert finding.level == "note"
    assert words in finding.words


@pytest.mark.parametrize("wall_s", [0.0, 946_684_800.0, 1e11, -1e20])
def test_a_date_that_cannot_be(wall_s: float):
    clock = FakeClock(wall_s)
    (finding,) = examine_clocks(read_clocks(clock), clock)
    assert finding.level == "bad"
    assert "date is wrong" in finding.words


def test_a_monotonic_clock_that_goes_back():
    clock = FakeClock()
    first = read_clocks(clock)
    clock.step_s = -0.001
    (finding,) = clocks.examine_clocks(first, clock)
    assert finding.level == "bad"
    assert "went back" in finding.words


@pytest.mark.parametrize(
    ("version", "level"), [((3, 10), "bad"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "note")]
)
def test_versions_of_python(version: tuple[int, int], level: str):
    assert machine._python(version).level == level


@pytest.mark.parametrize(
    ("total_gib", "cores", "level"), [(16, 8, "ok"), (4, 2, "ok"), (3, 8, "note"), (16, 1, "note")]
)
def test_little_machines(total_gib: int, cores: int, level: str):
    assert machine._memory(total_gib * GIB, GIB, cores).level == level


def test_a_child_tells_its_last_line():
    assert software.in_child("print('noise'); print('6.11')") == (True, "6.11")
    good, words = software.in_child("raise ImportError('libEGL.so.1: cannot open shared object file')")
    assert not good
    assert words == "ImportError: libEGL.so.1: cannot open shared object file"


def test_a_child_that_hangs_or_is_killed_is_said():
    assert software.in_child("import time; time.sleep(60)", timeout_s=0.3) == (
        False,
        "It did not answer within 0.3 s.",
    )
    if sys.platform != "win32":
        good, words = software.in_child("import os; os.kill(os.getpid(), 9)")
        assert (good, words) == (False, "It was ended by signal 9.")


@pytest.mark.parametrize(("check", "name"), [("_qt", "window"), ("_duckdb", "database")])
def test_missing_software_says_what_still_works(monkeypatch: pytest.MonkeyPatch, check: str, name: str):
    monkeypatch.setattr(software, "in_child", lambda code: (False, "ImportError: libEGL.so.1"))
    finding = getattr(software, check)()
    assert (finding.name, finding.level) == (name, "bad")
    assert "libEGL.so.1" in finding.words
    assert re.search("[Rr]ecording .*works? without it", finding.words)
    assert finding.advice


@pytest.mark.parametrize(
    ("answer", "level"),
    [((True, "running"), "ok"), ((True, "idle"), "note"), ((False, "ImportError"), "bad")],
)
def test_iracing_on_windows(monkeypatch: pytest.MonkeyPatch, answer: tuple[bool, str], level: str):
    monkeypatch.setattr(software, "in_child", lambda code: answer)
    assert software._iracing("win32").level == level
    assert "Windows only" in software._iracing("linux").words


def test_a_machine_without_a_network(monkeypatch: pytest.MonkeyPatch):
    class Refusing(socket.socket):
        def bind(self, address: object) -> None:
            raise OSError(errno.EADDRINUSE, "Address already in use")

    monkeypatch.setattr(socket, "socket", Refusing)
    findings = network.examine_network()
    assert [finding.level for finding in findings] == ["note", "note"]
    assert all("Address already in use" in finding.words for finding in findings)
