"""Plans out of the command line and in again, by files alone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from icalendar import Calendar

from pitbox.__main__ import main

Said = Callable[..., str]


@pytest.fixture
def pitbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Said:
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path / "home"))

    def run(*words: str, code: int = 0) -> str:
        capfd.readouterr()
        done = main(words)
        said = capfd.readouterr()
        assert done == code, said.err
        return said.out + said.err

    return run


@pytest.fixture
def planned(pitbox: Said, tmp_path: Path) -> Said:
    pitbox("event", "add", "Spa", "length_s=4:00:00", "zone=Europe/Berlin")
    pitbox("event", "start", "Spa", "2026-03-28T13:00")
    for name, zone in (("Ada", "Europe/Berlin"), ("Kai", "Asia/Tokyo")):
        pitbox("event", "member", name, f"zone={zone}")
    pitbox("event", "team", "Spa", "Red")
    for name in ("Ada", "Kai"):
        pitbox("event", "sign-up", "Spa", name)
        pitbox("event", "sign-up", "Spa", name, "--team", "Red")
    pitbox("event", "strategy", "Red", "Plain", "pit_s=60", "lap_s=2:00")
    file = tmp_path / "in.csv"
    file.write_text("Who,Minutes,Notes\nada,59,=go\nkai,59,\nBob,59,\n", encoding="utf-8")
    said = pitbox("plan-import", "Red", str(file), "--column", "driver=Who")
    assert "Line 4, Who: Bob is not in the team: Ada, Kai." in said
    assert "2 stints came in, 1 lines have a fault." in said
    return pitbox


def test_out_and_in_again(planned: Said, tmp_path: Path) -> None:
    paths = {form: tmp_path / f"plan.{form}" for form in ("csv", "json", "ics", "html")}
    for form, path in paths.items():
        assert "2 stints of Red" in planned("plan-export", "Red", "--format", form, "--out", str(path))
    first = json.loads(paths["json"].read_bytes())["lines"]
    assert [(line["start_s"], line["end_s"], line["instructions"]) for line in first] == [
        (0.0, 3540.0, "=go"),
        (3600.0, 7140.0, None),
    ]
    assert b"'=go" in paths["csv"].read_bytes()
    assert b"Europe" not in paths["html"].read_bytes()
    for form in ("csv", "json"):
        assert "2 stints came in, 0 lines" in planned("plan-import", "Red", str(paths[form]), "--replace")
        again = json.loads(planned("plan-export", "Red", "--format", "json"))["lines"]
        assert again == first
    planned("plan-export", "Red", "--format", "ics", "--person", "Kai", "--out", str(paths["ics"]))
    (event,) = Calendar.from_ical(paths["ics"].read_bytes()).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Drive, Spa"
    assert event.start.isoformat() == "2026-03-28T13:00:00+00:00"


def test_checked_only_and_undone(planned: Said, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text("driver;length\nAda;1:05\n", encoding="utf-8")
    assert "1 stints would come in" in planned("plan-import", "Red", str(file), "--check")
    lines = json.loads(planned("plan-export", "Red", "--format", "json"))["lines"]
    assert len(lines) == 2
    planned("plan-import", "Red", str(file))
    lines = json.loads(planned("plan-export", "Red", "--format", "json"))["lines"]
    assert lines[2]["length_s"] == 3900.0
    planned("event", "undo")
    assert len(json.loads(planned("plan-export", "Red", "--format", "json"))["lines"]) == 2


def test_refusals_are_sentences(planned: Said, tmp_path: Path) -> None:
    file = tmp_path / "none.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "No column says who drives" in planned("plan-import", "Red", str(file), code=1)
    assert "calendar" in planned("plan-export", "Red", "--person", "Ada", code=1)
    assert "no team" in planned("plan-export", "Blue", code=1)
    assert "No such file" in planned("plan-import", "Red", str(tmp_path / "x.csv"), code=1)
