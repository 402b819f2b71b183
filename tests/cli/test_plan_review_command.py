"""`pitbox plan-review`: a timing sheet held against the plan of a team of ours, from a shell alone."""

import json
import random
from pathlib import Path

import pytest
from spoken import Pitbox

_LAP_S, _VISIT_S, _LAPS = 100.0, 60.0, 20
_PEOPLE = ("Ada Kern", "Bo Lund", "Ada Kern", "Bo Lund")
_LATE = 2
"""The stop behind this stint takes twenty seconds more."""


def _lines(number: str, people: tuple[str, ...], seed: int) -> list[str]:
    chance, at_s, lap, lines = random.Random(seed), 0.0, 0, []
    for stint, who in enumerate(people, 1):
        for each in range(1, _LAPS + 1):
            lap += 1
            is_out, is_in = each == 1 and stint > 1, each == _LAPS and stint < len(people)
            visit_s = _VISIT_S + 20.0 * (stint - 1 == _LATE and number == "7") if is_out else 0.0
            time_s = _LAP_S + chance.gauss(0, 0.2) + visit_s - 10.0 * (is_in + is_out)
            at_s += time_s
            flag = "FF" if stint == len(people) and each == _LAPS else "GF"
            in_pit, pit_s = "B" if is_in else "", f"{visit_s:.3f}" if visit_s else ""
            lines.append(
                f"{number};{lap};{time_s:.3f};{int(at_s // 60)}:{at_s % 60:06.3f};"
                f"{who};GT3;{flag};{in_pit};{pit_s}"
            )
    return lines


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "made_2h.csv"
    head = (
        "NUMBER;LAP_NUMBER;LAP_TIME;ELAPSED;DRIVER_NAME;CLASS;FLAG_AT_FL;CROSSING_FINISH_LINE_IN_PIT;PIT_TIME"
    )
    mates = [line for n in (21, 22, 23, 24) for line in _lines(str(n), (f"Mate {n}",) * 4, n)]
    file.write_text("\n".join([head, *_lines("7", _PEOPLE, 1), *mates]) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def planned(pitbox: Pitbox, tmp_path: Path) -> Pitbox:
    said = [
        ("event", "add", "Made", "length_s=2:16:00"),
        ("event", "member", "Ada Kern"),
        ("event", "member", "Bo Lund"),
        ("event", "team", "Made", "Red", "number=7"),
    ]
    for name in ("Ada Kern", "Bo Lund"):
        said += [("event", "sign-up", "Made", name), ("event", "sign-up", "Made", name, "--team", "Red")]
    said.append(("event", "strategy", "Red", "Plain", "pit_s=60", "lap_s=1:40"))
    rows = tmp_path / "in.csv"
    rows.write_text("driver,laps\n" + "".join(f"{who},{_LAPS}\n" for who in _PEOPLE), encoding="utf-8")
    said.append(("plan-import", "Red", str(rows)))
    for words in said:
        done = pitbox(*words)
        assert done.code == 0, done.err
    return pitbox


def test_a_race_is_held_against_its_plan(planned: Pitbox, sheet: Path) -> None:
    said = planned("plan-review", str(sheet))
    assert said.code == 0, said.err
    for words in (
        "80 laps in",
        "What it cost",
        "Drive time: evenness 1.00",
        "Stops, in seconds",
        "Adherence: 100 %",
    ):
        assert words in said.out
    assert "80.0 s in the pits, 60.0 s were planned" in " ".join(said.out.split())
    found = json.loads(planned("plan-review", str(sheet), "--json", "--team", "Red").out)
    late = next(
        one
        for one in found["account"]["costs"]
        if one["kind"].startswith("stop longer") and one["cost_s"] > 10
    )
    assert late["cost_s"] == pytest.approx(20.0, abs=0.01)
    assert late["low_s"] <= 20.0 <= late["high_s"]
    account = found["account"]
    total_s = sum(one["cost_s"] for one in account["costs"]) + account["remainder_s"]
    assert total_s == pytest.approx(account["driven_s"] - account["planned_s"])
    assert [one["row"] for one in found["adherence"]["stints"]] == [1, 2, 3, 4]


def test_what_cannot_be_reviewed_is_said(pitbox: Pitbox, sheet: Path) -> None:
    for words, told in (
        (("plan-review", str(sheet)), "No team of ours is known in this race"),
        (("plan-review", "nowhere.csv"), "There is no file"),
        (("plan-review", str(sheet), "--team", "Red"), "There is no team"),
    ):
        said = pitbox(*words)
        assert said.code != 0
        assert told in " ".join(said.err.replace("│", " ").split())


def test_a_car_of_another_number_and_a_team_without_a_plan(planned: Pitbox, sheet: Path) -> None:
    assert planned("plan-review", str(sheet), "--team", "Red", "--car", "22").code == 0
    said = planned("plan-review", str(sheet), "--team", "Red", "--car", "99")
    assert "has the number" in said.err
    assert planned("event", "team", "Made", "Blue", "number=21").code == 0
    assert "had no plan of stints" in planned("plan-review", str(sheet), "--team", "Blue").err
