"""`pitbox evaluate race-end` on a made sheet: only rows before the cut count, and the judging is right."""

import json

import pytest

from pitbox.cli.app import main
from pitbox.cli.race_end_trial import CUTS, Trial, forecasts, scores, tried
from pitbox.sim.sheet.errors import NotASheetError
from pitbox.sim.sheet.record import Sheet
from pitbox.strategy.length import RaceLength

HEAD = (
    "NUMBER;LAP_NUMBER;LAP_TIME;CROSSING_FINISH_LINE_IN_PIT;KPH;ELAPSED;DRIVER_NAME;PIT_TIME;CLASS;TEAM;"
    "MANUFACTURER;FLAG_AT_FL"
)
LENGTH_S = 7_200.0
CARS = {
    "7": (90.0, "HYPERCAR", 24),
    "8": (90.7, "HYPERCAR", 25),
    "54": (101.0, "LMGT3", 22),
    "9": (103.0, "LMGT3", 21),
}


def clock(time_s):
    return f"{int(time_s // 3600)}:{int(time_s % 3600 // 60):02}:{time_s % 60:06.3f}"


def lines():
    """(end_s, cells): four cars, a stop each twenty-odd laps; the leader ends it after zero."""
    found, flag_s = [], None
    for number, (lap_s, car_class, stint) in CARS.items():
        end_s, lap = 0.0, 0
        while True:
            lap += 1
            is_in, is_out = lap % stint == 0, lap > 1 and (lap - 1) % stint == 0
            time_s = lap_s * (1.0 + 0.004 * (lap % 3)) + 20.0 * is_in + 45.0 * is_out
            end_s += time_s
            if flag_s is None and end_s >= LENGTH_S:
                flag_s = end_s
            shown = "FF" if flag_s is not None and end_s >= flag_s else "GF"
            cells = [number, lap, clock(time_s), "B" if is_in else "", 180, clock(end_s), f"Driver {number}"]
            cells += [clock(50.0) if is_out else "", car_class, f"Team {number}", "Make", shown]
            found.append((end_s, ";".join(map(str, cells))))
            if shown == "FF":
                break
    return sorted(found)


def written(path, rows):
    path.write_text("\n".join([HEAD, *(row for _, row in rows), ""]))
    return path


@pytest.fixture
def sheet(tmp_path):
    return written(tmp_path / "2031_ring_2h.csv", lines())


@pytest.mark.parametrize("cut", CUTS)
def test_rows_after_the_cut_are_not_even_looked_at(tmp_path, sheet, cut):
    """Later rows of another world (times, drivers, classes, flags): the same output to the last digit."""
    cut_s = cut * LENGTH_S
    poisoned = []
    for end_s, row in lines():
        cells = row.split(";")
        if end_s > cut_s:
            cells[2], cells[3], cells[5] = clock(33.3), "B", clock(cut_s + 1.0 + 1e4 * (end_s % 1.0))
            cells[6], cells[8], cells[11] = "Some BODY", "GTP", "FCY"
        poisoned.append((end_s, ";".join(cells)))
    (tmp_path / "poison").mkdir()
    other = written(tmp_path / "poison" / sheet.name, poisoned)
    assert sheet.read_text() != other.read_text()
    length = RaceLength(LENGTH_S, None, has_white_lap=False)
    clean, dirty = (forecasts(Sheet(path), cut_s, length) for path in (sheet, other))
    assert clean == dirty
    assert len(clean) == len(CARS)


def test_a_calm_race_is_told_to_the_lap_near_its_end(sheet):
    race = tried(sheet)
    assert race.scheduled_s == LENGTH_S
    assert not race.is_cut_short
    assert len(race.trials) == len(CARS) * len(CUTS)
    assert all(trial.took_flag for trial in race.trials)
    last = [trial for trial in race.trials if trial.cut == CUTS[-1]]
    assert all(abs(trial.said - trial.actual) <= 1 and trial.is_inside for trial in last)
    assert sum(trial.is_class_leader for trial in last) == 2


def test_a_race_that_is_cut_short_is_said_to_be(tmp_path):
    short = [(end_s, row) for end_s, row in lines() if end_s < 4_000.0]
    race = tried(written(tmp_path / "2031_ring_2h.csv", short))
    assert race.is_cut_short
    assert {trial.cut for trial in race.trials} == {0.10, 0.25, 0.50}


def test_who_stops_for_good_is_counted_apart(tmp_path):
    rows = [(end_s, row) for end_s, row in lines() if not (row.startswith("8;") and end_s > 5_000.0)]
    race = tried(written(tmp_path / "2031_ring_2h.csv", rows))
    out = [trial for trial in race.trials if trial.number == "8"]
    assert out
    assert not any(trial.took_flag for trial in out)
    assert {trial.cut for trial in out} == {0.10, 0.25, 0.50}


def test_figures_are_what_they_say():
    def trial(actual, said, low, high):
        return Trial("f", 0.5, "1", False, True, False, actual, said, low, high, 110, 130, 90)

    (score,) = scores([trial(100, 95, 90, 99), trial(100, 100, 90, 110)])
    assert score.error == pytest.approx(0.025)
    assert score.formulas == pytest.approx((0.1, 0.3, 0.1))
    assert score.gain == pytest.approx(0.75)
    assert score.covered == 0.5
    assert score.width_laps == pytest.approx(14.5)


def test_the_command_prints_tables_and_json(sheet, capsys):
    assert main(["evaluate", "race-end", str(sheet)]) == 0
    printed = capsys.readouterr().out
    assert "All races, every car" in printed
    assert "2 h (the name says so)" in printed
    assert main(["evaluate", "race-end", str(sheet), "--json", "--length", "2:00"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [score["cut"] for score in found["scores"]["every_car"]] == list(CUTS)
    assert len(found["races"][0]["trials"]) == len(CARS) * len(CUTS)
    assert found["races"][0]["schedule"] == "2 h (as told)"


def test_what_is_no_sheet_is_named_and_the_rest_is_judged(sheet, tmp_path, capsys):
    other = tmp_path / "notes.csv"
    other.write_text("a;b\n1;2\n")
    assert main(["evaluate", "race-end", str(other), str(sheet)]) == 1
    shown = capsys.readouterr()
    assert "notes.csv" in shown.err
    assert "All races" in shown.out
    assert main(["evaluate", "race-end", str(sheet), "--length", "soon"]) != 0


def test_before_the_first_lap_there_is_nothing_to_say(sheet):
    with pytest.raises(NotASheetError, match="holds no lap before"):
        Sheet(sheet).before(10.0)
