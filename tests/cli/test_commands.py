"""Each command as a user types it: what it prints, how it ends, and what it says when it cannot."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from spoken import Pitbox

from pitbox.log.disk import Disk
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.ids import SessionId
from pitbox.wall.instance import Instance


def flip(shelf: Shelf, session: SessionId, at: int = 9000) -> Path:
    path = shelf.readers(session)[0].segments()[1].path
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))
    return path


def test_a_demo_is_recorded_stored_and_summed_up(pitbox: Pitbox, shelf: Shelf) -> None:
    said = pitbox("demo", "--scenario", "duel", "--minutes", "4", "--speed", "1000", "--plain")
    assert said.code == 0, said.err
    assert "we are P" in said.out
    assert "whole, signed and sealed" in said.out
    (session,) = shelf.sessions()
    examples = [line.strip() for line in said.out.splitlines() if line.strip().startswith("./scripts/run")]
    assert len(examples) == 3
    for example in examples:
        query = example.removeprefix("./scripts/run store sql ").strip('"')
        assert session in query
        answer = pitbox("store", "sql", query, "--json")
        assert answer.code == 0, answer.err
        assert json.loads(answer.out), query


def test_a_demo_that_ends_before_anybody_looked_still_tells_its_race(
    pitbox: Pitbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that takes seconds for a commit has the race in hand when it is over."""

    def sync(self: Disk, fd: int) -> None:
        time.sleep(2.0)
        sound(self, fd)

    sound = Disk.sync
    monkeypatch.setattr(Disk, "sync", sync)
    said = pitbox("demo", "--scenario", "duel", "--minutes", "1", "--speed", "1000", "--plain")
    assert said.code == 0, said.err
    assert said.out.index("we are P") < said.out.index("The race is recorded")


def test_a_demo_that_is_not_there(pitbox: Pitbox) -> None:
    said = pitbox("demo", "--scenario", "nordschleife")
    assert said.code == 2
    assert "duel, sprint, endurance" in said.err


def test_a_second_instance_is_told_who_is_there(pitbox: Pitbox, home: Path) -> None:
    with Instance.claim(home / "default" / "config" / "pitbox.lock", "driver", time.time()):
        said = pitbox("demo")
    assert said.code == 1
    assert "driver" in said.err
    assert "--profile" in said.err
    assert "Traceback" not in said.err


def test_nothing_recorded_yet(pitbox: Pitbox) -> None:
    assert "pitbox demo" in pitbox("sessions").out
    assert "0 of 0" in pitbox("log", "verify").out
    said = pitbox("store", "sql", "SELECT 1")
    assert said.code != 0
    assert "no database yet" in said.err


def test_sessions_are_listed(pitbox: Pitbox, session: SessionId) -> None:
    said = pitbox("sessions")
    assert session in said.out
    assert "Synthetic" in said.out
    (listed,) = json.loads(pitbox("sessions", "--json").out)
    assert listed["logs"] == 1
    assert listed["recorded_s"] > 60


def test_verify_and_repair_name_what_is_lost(pitbox: Pitbox, shelf: Shelf, session: SessionId) -> None:
    assert pitbox("log", "verify").code == 0
    shutil.copytree(shelf.root, shelf.root.parent / "copy")
    flip(shelf, session)
    said = pitbox("log", "verify", session)
    assert said.code == 3
    assert "NOT WHOLE" in said.out
    count = "SELECT (SELECT count(*) FROM own_car) AS n, (SELECT count(*) FROM lost) AS lost"
    pitbox("store", "project")
    (holed,) = json.loads(pitbox("store", "sql", count, "--json").out)
    said = pitbox("log", "repair", session)
    assert said.code == 3
    assert "lost: records" in said.out
    assert "s of session time" in said.out
    said = pitbox("log", "repair", "--from", str(shelf.root.parent / "copy"))
    assert said.code == 0, said.out
    assert "brought back" in said.out
    assert pitbox("log", "verify").code == 0
    (verdict,) = json.loads(pitbox("log", "verify", "--json").out)
    assert verdict["damages"] == []
    pitbox("store", "project")
    (mended,) = json.loads(pitbox("store", "sql", count, "--json").out)
    assert (holed["lost"], mended["lost"]) == (1, 0), "what came back is in the database too"
    assert mended["n"] >= holed["n"]


def test_an_unknown_session_is_a_sentence(pitbox: Pitbox, session: SessionId) -> None:
    said = pitbox("log", "verify", "local-nobody")
    assert said.code == 2
    assert "pitbox sessions" in said.err


def test_stat_says_what_a_day_would_take(pitbox: Pitbox, session: SessionId) -> None:
    said = pitbox("log", "stat")
    assert "24 h of it" in said.out
    assert "closed" in said.out


def test_archive_and_restore(pitbox: Pitbox, session: SessionId, shelf: Shelf, home: Path) -> None:
    assert "No session is due" in pitbox("log", "archive").out
    said = pitbox("log", "archive", session)
    assert said.code == 0, said.err
    assert shelf.sessions() == []
    (file,) = (home / "default" / "data" / "archive").iterdir()
    assert pitbox("log", "restore", str(file)).code == 0
    assert shelf.sessions() == [session]
    said = pitbox("log", "restore", str(file))
    assert (said.code, "here already" in said.err) == (1, True)


def test_the_database_follows_the_log(pitbox: Pitbox, session: SessionId) -> None:
    assert pitbox("store", "project").code == 0
    count = "SELECT count(*) AS n FROM own_car"
    before = json.loads(pitbox("store", "sql", count, "--json").out)
    assert before[0]["n"] > 3600
    assert "Made again" in pitbox("store", "rebuild").out
    assert json.loads(pitbox("store", "sql", count, "--json").out) == before
    said = pitbox("store", "sql", "DROP TABLE laps")
    assert said.code == 1
    assert "read-only" in said.err
    assert "Candidate" in pitbox("store", "sql", "SELECT tyres FROM laps").err


def test_a_damaged_database_is_made_anew_by_itself(pitbox: Pitbox, stored: SessionId, home: Path) -> None:
    path = home / "default" / "data" / "pitbox.duckdb"
    data = bytearray(path.read_bytes())
    data[:12_288] = bytes(12_288)
    path.write_bytes(bytes(data))
    said = pitbox("store", "project")
    assert said.code == 0, said.err
    assert "damaged" in said.out
    assert json.loads(pitbox("store", "sql", "SELECT count(*) AS n FROM laps", "--json").out)[0]["n"] >= 0


def test_settings(pitbox: Pitbox) -> None:
    assert pitbox("settings", "get", "storage.keep_days").out.strip() == "0"
    assert pitbox("settings", "set", "storage.warn_free_bytes", "3 GiB").code == 0
    assert pitbox("settings", "get", "storage.warn_free_bytes").out.strip() == str(3 << 30)
    said = pitbox("settings", "set", "storage.keep_days", "40000")
    assert said.code == 1
    assert "0 to 36500" in said.err
    said = pitbox("settings", "get", "storage.keep_day")
    assert "Did you mean storage.keep_days" in said.err
    assert "(default 2 GiB)" in pitbox("settings", "list").out
    pitbox("settings", "reset", "storage.warn_free_bytes")
    assert json.loads(pitbox("settings", "list", "--json").out)["storage.warn_free_bytes"] == 2 << 30


def test_profiles_are_kept_apart(pitbox: Pitbox, session: SessionId) -> None:
    assert session in pitbox("sessions").out
    assert session not in pitbox("--profile", "league", "sessions").out
    said = pitbox("--profile", "../up", "sessions")
    assert said.code == 1
    assert "profile" in said.err


def test_without_a_remembered_mode_the_help_is_shown(pitbox: Pitbox) -> None:
    assert "Usage" in pitbox().out


def test_the_doctor_finds_something_to_say(pitbox: Pitbox) -> None:
    findings = json.loads(pitbox("doctor", "--json").out)
    assert {"python", "disk space", "clock"} <= {finding["name"] for finding in findings}
    assert "iRacing" in pitbox("doctor").out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bench", "option", "amount"),
    [
        ("log", "--seconds", "5"),
        ("fold", "--seconds", "30"),
        ("store", "--hours", "0.05"),
        ("strategy", "--updates", "10"),
    ],
)
def test_benches_measure_and_print_honestly(
    pitbox: Pitbox, monkeypatch: pytest.MonkeyPatch, bench: str, option: str, amount: str
) -> None:
    monkeypatch.setattr(
        "pitbox.cli.bench.strategy._NOW_S", 10_800.0
    )  # a quarter of the race that is read first
    monkeypatch.setattr("pitbox.cli.bench.models._ROWS", 2000)
    monkeypatch.setattr("pitbox.store.measure._TILES", 4)
    short = ("--no-races",) if bench == "strategy" else ()
    said = pitbox("bench", bench, option, amount, *short, "--json")
    assert said.code == 0, said.err
    figures = json.loads(said.out)
    assert all(figure["value"] >= 0 for figure in figures)
    assert any(figure["goal"] is not None for figure in figures)
    for figure in figures:
        assert figure["reached"] in (None, True, False)


def test_ctrl_c_seals_the_race_and_sums_it_up_even_when_it_comes_twice(home: Path, shelf: Shelf) -> None:
    command = [sys.executable, "-m", "pitbox", "demo", "--scenario", "duel", "--speed", "60", "--plain"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as demo:
        assert demo.stdout is not None
        while "we are P" not in (line := demo.stdout.readline()):
            assert line, "it ended by itself"
        demo.send_signal(signal.SIGINT)
        demo.send_signal(signal.SIGINT)
        rest = demo.stdout.read()
    assert demo.returncode == 0
    assert "whole, signed and sealed" in rest
    (session,) = shelf.sessions()
    assert all(verify_log(reader).is_closed for reader in shelf.readers(session))


def test_a_killed_demo_loses_nothing_and_stands_in_nobodys_way(
    pitbox: Pitbox, home: Path, shelf: Shelf
) -> None:
    command = [sys.executable, "-m", "pitbox", "demo", "--scenario", "duel", "--speed", "60", "--plain"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as demo:
        assert demo.stdout is not None
        while "we are P" not in (line := demo.stdout.readline()):
            assert line, "it ended by itself"
        demo.kill()
    assert pitbox("log", "verify").code == 0
    said = pitbox("store", "project")
    assert said.code == 0, said.err
    assert json.loads(pitbox("store", "sql", "SELECT count(*) AS n FROM own_car", "--json").out)[0]["n"] > 60
    assert "not closed" in pitbox("log", "stat").out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("log", "restore", "/nowhere/local-x.pitbox.tar"), "There is no file"),
        (("log", "repair", "--from", "/nowhere"), "is no log folder"),
        (("store", "sql", ""), "One statement"),
        (("store", "sql", "SELECT 1; SELECT 2"), "One statement"),
        (("log", "archive", "local-cli", "--to", "/proc/nope"), "/proc/nope"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    pitbox: Pitbox, stored: SessionId, words: tuple[str, ...], sentence: str
) -> None:
    said = pitbox(*words)
    assert said.code in {1, 2}
    assert sentence in said.err


def test_brackets_in_a_name_are_shown_and_many_rows_are_not_fetched(
    pitbox: Pitbox, stored: SessionId
) -> None:
    assert "[b]Kerb[/b]" in pitbox("store", "sql", "SELECT '[b]Kerb[/b]' AS team").out
    said = pitbox("store", "sql", "SELECT * FROM range(100000)", "--limit", "3")
    assert "more than 3 rows" in said.out


def test_a_running_recording_is_not_archived(pitbox: Pitbox, session: SessionId, shelf: Shelf) -> None:
    from pitbox.log.hold import Hold

    hold = Hold(shelf.readers(session)[0].folder)
    said = pitbox("log", "archive", session)
    hold.release()
    assert (said.code, "is being recorded" in said.err) == (1, True)
    assert shelf.sessions() == [session]
