"""`pitbox import` as a user types it."""

import json

import pytest
from disk_image import drive, ibt

from pitbox.cli.app import main
from pitbox.log.shelf import Shelf
from pitbox.wall import importer


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "telemetry"
    made.mkdir()
    (made / "lap.ibt").write_bytes(ibt(drive(65)))
    (made / "server.ibt").write_bytes(ibt(drive(30), sub=77))
    return made


def test_a_folder_becomes_sessions_with_laps_in_the_database(home, folder, capsys):
    assert main(["import", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "lap.ibt: GT3, Ring; 3,900 records, 2 laps (ibt-" in said
    assert "(sub-77)" in said
    assert main(["store", "sql", "select count(*) as n from laps", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"n": 2}]
    assert main(["import", str(folder)]) == 0
    assert capsys.readouterr().out.count("It was here already.") == 2
    assert len(Shelf(home / "default" / "data" / "log").sessions()) == 2


def test_json_tells_what_became_of_each_file(home, folder, capsys):
    (folder / "bad.ibt").write_bytes(b"")
    assert main(["import", str(folder), "--json", "--no-store"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(item["file"].rpartition("/")[2], item["state"]) for item in told] == [
        ("bad.ibt", "refused"),
        ("lap.ibt", "imported"),
        ("server.ibt", "imported"),
    ]
    assert (told[1]["car"], told[1]["track"], told[1]["records"], told[1]["laps"]) == ("GT3", "Ring", 3900, 2)
    assert told[0]["problems"] == ["bad.ibt is empty."]
    assert not (home / "default" / "data" / "pitbox.duckdb").exists()


def test_a_folder_without_files_is_said_so(home, tmp_path, capsys):
    assert main(["import", str(tmp_path)]) == 1
    assert "no .ibt file" in capsys.readouterr().err


def test_a_database_in_other_hands_costs_the_database_only(home, folder, capsys, monkeypatch):
    from pitbox.store import rebuild
    from pitbox.store.errors import StoreError

    def refuse(*_):
        raise StoreError("Another PitBox has the database open.")

    monkeypatch.setattr(rebuild, "open_or_renew", refuse)
    assert main(["import", str(folder)]) == 0
    assert "not in the database yet: Another PitBox" in capsys.readouterr().err
    assert len(Shelf(home / "default" / "data" / "log").sessions()) == 2


def test_a_folder_is_summed_up_and_its_sessions_have_a_length(home, folder, capsys):
    (folder / "empty.ibt").write_bytes(b"")
    assert main(["import", "--no-store", str(folder)]) == 1
    said = capsys.readouterr()
    assert "3 files: 2 with something new, 0 known already, 1 not read; 2 sessions." in said.out
    assert main(["sessions", "--json"]) == 0
    spans = sorted(round(item["recorded_s"]) for item in json.loads(capsys.readouterr().out))
    assert spans == [30, 65]


def test_ctrl_c_says_how_far_it_came_and_the_same_command_goes_on(home, folder, capsys, monkeypatch):
    real, seen = importer.import_file, []

    def interrupted(path, shelf, identity, on_progress, **wishes):
        def watch(done, total):
            on_progress(done, total)
            if seen and done:
                raise KeyboardInterrupt

        found = real(path, shelf, identity, watch)
        seen.append(path)
        return found

    monkeypatch.setattr(importer, "import_file", interrupted)
    assert main(["import", str(folder), "--no-store"]) == 130
    assert "Stopped after 1 of 2 files; the same command goes on" in capsys.readouterr().err
    monkeypatch.setattr(importer, "import_file", real)
    assert main(["import", str(folder), "--json", "--no-store"]) == 0
    states = [item["state"] for item in json.loads(capsys.readouterr().out)]
    assert states[0] == "known"
    assert states[1] in ("imported", "filled")
    assert main(["import", str(folder), "--json", "--no-store"]) == 0
    assert {item["state"] for item in json.loads(capsys.readouterr().out)} == {"known"}
