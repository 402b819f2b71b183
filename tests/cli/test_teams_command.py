"""`pitbox teams`: a file of sign-ups in, teams out."""

import json
from pathlib import Path

import pytest
from spoken import Pitbox

RACE = ("--start", "2026-03-28T14:00", "--length", "24h")


@pytest.fixture
def people(pitbox: Pitbox, tmp_path: Path) -> str:
    path = tmp_path / "people.csv"
    path.write_text(pitbox("teams", "--sample", "30", *RACE).out, encoding="utf-8")
    return str(path)


def test_teams_are_shown_with_their_scores_and_who_is_left(pitbox: Pitbox, people: str) -> None:
    said = pitbox("teams", people, *RACE, "--size", "4-6", "--engine", "local", "--teams", "3")
    assert said.code == 0
    assert "3 teams, mean score" in said.out
    assert "gap" in said.out
    assert "In no team" in said.out
    assert "All 3 teams are full" in said.out
    assert "Availability" in said.err


def test_json_holds_everything(pitbox: Pitbox, people: str) -> None:
    said = pitbox("teams", people, *RACE, "--engine", "snake", "--json")
    found = json.loads(said.out)
    seated = sum(len(one["members"]) for one in found["formation"]["lineups"])
    assert seated + len(found["formation"]["unplaced"]) == len(found["sign_ups"]["members"]) == 30
    assert found["gap"] >= 0
    assert len(found["sign_ups"]["columns"]) == 12


def test_columns_are_shown_and_set_by_hand(pitbox: Pitbox, people: str) -> None:
    said = pitbox("teams", people, "--columns", "--map", "note=Role")
    assert said.code == 0
    assert "note (by hand)" in said.out
    assert "America/New_York" in said.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "--start and --length"),
        (("--start", "2026-03-28T14:00"), "belong together"),
        ((*RACE, "--size", "6-4"), "the fewer first"),
        ((*RACE, "--engine", "magic"), "no engine"),
        ((*RACE, "--map", "shoe=1"), "no field"),
        (("--start", "soon", "--length", "24h"), "no time"),
    ],
)
def test_words_that_make_no_sense_are_told(
    pitbox: Pitbox, people: str, words: tuple[str, ...], expected: str
) -> None:
    said = pitbox("teams", people, *words)
    assert said.code in (1, 2)
    assert expected in said.err
