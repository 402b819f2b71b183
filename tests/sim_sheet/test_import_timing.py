"""`pitbox import-timing` as a user types it, on sheets made here."""

import json

import pytest
from test_sheet_table import row, sheet

from pitbox.cli.app import main
from pitbox.log.shelf import Shelf
from pitbox.wall import sheets
from pitbox.wire.record import EndRecord, SheetRecord, decode

LAPS = [
    row(";", 7, 1, "1:40.0", "1:40.0"),
    row(";", 8, 1, "1:41.0", "1:41.0", kind="P2", driver="Bo POLE"),
    row(";", 7, 2, "1:40.5", "3:20.5", into="B"),
]


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path / "home"))
    return Shelf(tmp_path / "home" / "default" / "data" / "log")


def told(capsys):
    return json.loads(capsys.readouterr().out)


def records_of(shelf):
    (session,) = shelf.sessions()
    return [[decode(entry.payload) for entry in reader.entries()] for reader in shelf.readers(session)]


def test_the_same_sheet_twice_is_one_session_with_one_log(tmp_path, shelf, capsys):
    path = sheet(tmp_path, *LAPS)
    for is_new in (True, False):
        assert main(["import-timing", str(path), "--json"]) == 0
        (item,) = told(capsys)
        assert (item["is_new"], item["problem"]) == (is_new, "")
        assert (item["cars"], item["classes"], item["drivers"], item["laps"]) == (2, 2, 2, 3)
        assert [item["session"]] == shelf.sessions()
    (log,) = records_of(shelf)
    assert sum(len(record.laps) for record in log if isinstance(record, SheetRecord)) == 3
    assert main(["import-timing", str(path)]) == 0
    assert "It was here already." in capsys.readouterr().out


def test_a_sheet_that_was_cut_short_is_imported_again(tmp_path, shelf, capsys, monkeypatch):
    path = sheet(tmp_path, *LAPS)

    def cut(written, writer):
        for record in list(written.records())[:2]:
            writer.append(sheets.encode(record))
        writer.commit(0.0)
        writer.abandon()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sheets, "_write", cut)
        assert main(["import-timing", str(path)]) == 130
    assert main(["import-timing", str(path), "--json"]) == 0
    assert told(capsys)[0]["is_new"] is True
    assert sum(any(isinstance(record, EndRecord) for record in log) for log in records_of(shelf)) == 1
    assert main(["import-timing", str(path), "--json"]) == 0
    assert told(capsys)[0]["is_new"] is False


def test_what_is_no_sheet_is_told_and_the_next_one_is_read(tmp_path, shelf, capsys):
    long = LAPS[0].replace("Blue Team", "B" * 300)
    endless = LAPS[0].replace("Blue Team", "B" * 200_000)
    crowd = [row(";", number, 1, "1:40.0", "1:40.0") for number in range(300)]
    bad = [
        sheet(tmp_path, long, name="long.csv"),
        sheet(tmp_path, endless, name="endless.csv"),
        sheet(tmp_path, *crowd, name="crowd.csv"),
        tmp_path / "none.csv",
    ]
    (tmp_path / "noise.csv").write_bytes(bytes(range(256)))
    good = sheet(tmp_path, *LAPS)
    names = [str(path) for path in (*bad, tmp_path / "noise.csv", good)]
    assert main(["import-timing", "--json", *names]) == 1
    problems = [item["problem"] for item in told(capsys)]
    assert problems[0] == "Line 2 of long.csv makes no sense: a cell is as long as no name is."
    assert problems[1].startswith("Line 2 of endless.csv makes no sense: field larger than")
    assert "more than 256 cars" in problems[2]
    assert problems[3] == "none.csv cannot be read: No such file or directory."
    assert "no text in UTF-8" in problems[4]
    assert problems[5] == ""
    assert len(shelf.sessions()) == 1


def test_a_lap_of_no_time_does_not_end_the_import(tmp_path, shelf, capsys):
    path = sheet(tmp_path, row(";", 7, 1, "0:00.0", "0:00.0"), *LAPS[1:])
    assert main(["import-timing", str(path), "--json"]) == 0
    assert told(capsys)[0]["laps"] == 3
