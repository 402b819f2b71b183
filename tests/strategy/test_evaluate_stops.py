"""`pitbox evaluate stops` and `pitbox status` on a made sheet: later lines change no answer."""

import json

import msgspec
import pytest

from pitbox.cli.app import main
from pitbox.cli.evaluate_stops import reliability, score
from pitbox.cli.stop_trial import Answer, Question, answers, questions
from pitbox.sim.sheet.record import Sheet

HEAD = (
    "NUMBER;LAP_NUMBER;LAP_TIME;CROSSING_FINISH_LINE_IN_PIT;KPH;ELAPSED;DRIVER_NAME;PIT_TIME;CLASS;TEAM;"
    "MANUFACTURER;FLAG_AT_FL"
)
LENGTH_S = 10_800.0
CARS = {"7": (90.0, "A", 24), "8": (90.4, "A", 25), "9": (90.9, "A", 24), "54": (101.0, "B", 22)}


def clock(time_s):
    return f"{int(time_s // 3600)}:{int(time_s % 3600 // 60):02}:{time_s % 60:06.3f}"


def rows(poison_after_s=float("inf")):
    found = []
    for number, (lap_s, car_class, stint) in CARS.items():
        end_s = 0.0
        for lap in range(1, int(LENGTH_S / lap_s)):
            is_in, is_out = lap % stint == 0, lap > 1 and (lap - 1) % stint == 0
            time_s = lap_s * (1.0 + 0.004 * (lap % 3)) + 15.0 * is_in + 45.0 * is_out
            end_s += time_s
            driver, flag, in_lane = f"Driver {number} {(lap - 1) // (2 * stint)}", "GF", "B" if is_in else ""
            told_s = end_s
            if end_s > poison_after_s:
                driver, flag, in_lane, told_s, time_s = "Some BODY", "FCY", "B", end_s + 7000.0, 30.0
            cells = [number, lap, clock(time_s), in_lane, 180, clock(told_s), driver]
            cells += [clock(50.0) if is_out else "", car_class, f"Team {number}", "Make", flag]
            found.append((told_s, ";".join(map(str, cells))))
    return [row for _, row in sorted(found)]


def written(path, lines):
    path.write_text("\n".join([HEAD, *lines, ""]))
    return path


@pytest.fixture
def path(tmp_path):
    return written(tmp_path / "2031_ring_3h.csv", rows())


def test_even_stints_are_seen_coming_and_asked_at_their_half(path):
    sheet = Sheet(path)
    asked = questions(sheet)
    half = [question for question in asked if question.kind == "half"]
    assert half
    assert all(question.stop_lap - question.lap in (11, 12, 13) for question in half)
    found = score("made", list(answers(sheet, asked)))
    assert found.asked == len(half)
    assert found.plain == 1.0
    assert found.ours >= 0.8
    assert found.rejoins > len(half)
    assert found.rejoin_ours == 1.0


def test_poisoned_later_lines_change_no_answer(path, tmp_path):
    cut_s = 7000.0
    clean, dirty = Sheet(path), Sheet(written(tmp_path / "2031_ring_3h_too.csv", rows(cut_s)))
    asked = questions(clean)
    known = {line.number: set() for line in clean.lines}
    for line in clean.lines:
        if line.end_s <= cut_s:
            known[line.number].add(line.lap)
    entry = {e.car_idx: e.number for e in clean.info.entries}
    early = [question for question in asked if question.lap in known[entry[question.car_idx]]]
    assert 10 < len(early) < len(asked)
    first, second = (
        sorted(answers(sheet, early), key=lambda a: (a.question.car_idx, a.question.lap, a.question.kind))
        for sheet in (clean, dirty)
    )
    assert first == second
    assert any(answer.lap for answer in first)


def test_the_judge_counts_what_is_right():
    right = Answer(
        Question(1, 10, "half", 20, plain_lap=25.0, is_swap=True), lap=22, chance=0.75, swap_chance=0.9
    )
    wrong = msgspec.structs.replace(right, lap=23, chance=0.72, swap_chance=0.1)
    found = score("x", [right, wrong])
    assert (found.plain, found.ours, found.swaps_ours) == (0.0, 0.5, 0.5)
    table = reliability([right, wrong], "half")
    assert [(row.answers, row.came_true) for row in table] == [(2, 0.5)]
    assert reliability([right], "any") == []


def test_the_commands_speak_both_ways(path, capsys):
    assert main(["evaluate", "stops", "--json", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["total"]["asked"] > 0
    assert found["reliability"]["at half of the stint"]
    assert main(["evaluate", "stops", str(path)]) == 0
    assert "all races" in capsys.readouterr().out
    assert main(["status", str(path), "--at", "1:40:00", "--car", "8", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["moment_s"] <= 6000.0
    assert said["next_stop"]["assumptions"]
    assert main(["status", str(path), "--at", "1:40:00"]) == 0
    shown = capsys.readouterr().out
    assert "Race end" in shown
    assert "a stop as usual: P" in shown
    assert "Not said" in shown
    assert "Traffic" not in shown, "a sheet sees cars at the line only"
    assert "tyres" not in shown
    lap = main(["status", str(path), "--at", "lap 60", "--car", "8", "--json"])
    assert lap == 0
    assert json.loads(capsys.readouterr().out)["laps"] == 60
    assert main(["status", str(path), "--car", "99"]) != 0
    assert main(["status", str(path), "--at", "noon"]) != 0
