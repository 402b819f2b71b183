"""Timing sheets of real races: the sheet's own counts, by another way of reading it."""

import csv
import io
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise

import pytest

from pitbox.cli.app import main
from pitbox.log.shelf import Shelf
from pitbox.model.fact import DriverStint, FlagPhase, Lap, Stint, Stop
from pitbox.sim.sheet.record import Sheet
from pitbox.timing.race import RaceFold
from pitbox.wire.record import decode, encode

KEYS = {Lap: "lap", Stop: "stop", Stint: "stint", DriverStint: "driver_stint", FlagPhase: "phase"}


def sheets(real_data):
    folder = real_data / "endurance"
    found = sorted([*folder.glob("*-laps.csv"), *folder.glob("*h.csv")])
    if not found:
        pytest.skip("no timing sheets here")
    return found


def raw_rows(path):
    """The file as a spreadsheet would read it."""
    text = path.read_text("utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    names = [name.strip() for name in next(reader)]
    return [dict(zip(names, (cell.strip() for cell in cells), strict=False)) for cells in reader if cells]


@cache
def facts_of(path):
    sheet, fold, facts = Sheet(path), RaceFold(), {}
    for record in sheet.records():
        for fact in fold.fold(decode(encode(record))):
            number = next(
                name for name in ("lap", "stop", "driver_stint", "stint", "phase") if hasattr(fact, name)
            )
            number = "stop" if isinstance(fact, Stop) else number
            facts[type(fact), getattr(fact, "car_idx", 0), getattr(fact, number)] = fact
    return sheet, fold, facts


def test_every_sheet_gives_its_own_laps_stops_and_drivers(real_data):
    for path in sheets(real_data):
        rows = raw_rows(path)
        sheet, fold, facts = facts_of(path)
        numbers = {entry.car_idx: entry.number for entry in sheet.info.entries}
        names = {(lap.car_idx, lap.user_id) for lap in facts.values() if isinstance(lap, Lap)}
        of = defaultdict(Counter)
        for kind, car_idx, _ in facts:
            of[kind][numbers.get(car_idx)] += 1
        assert of[Lap] == Counter(row["NUMBER"] for row in rows), path.name
        entered = Counter(row["NUMBER"] for row in rows if row["CROSSING_FINISH_LINE_IN_PIT"] == "B")
        assert of[Stop] == entered, path.name
        assert len(names) == len({(row["NUMBER"], row["DRIVER_NAME"]) for row in rows}), path.name
        assert {found.name for found in sheet.info.classes} == {row["CLASS"] for row in rows}
        changes = sum(
            a["NUMBER"] == b["NUMBER"] and a["DRIVER_NAME"] != b["DRIVER_NAME"] for a, b in pairwise(rows)
        )
        turns = [fact for fact in facts.values() if isinstance(fact, DriverStint)]
        assert len(turns) == changes + len(numbers), path.name
        assert not [turn for turn in turns if turn.end_s is None], path.name
        flags = [fact.flag for fact in facts.values() if isinstance(fact, FlagPhase)]
        assert (flags[0], flags[-1]) == ("green", "checkered")
        assert len(fold.standings().cars) == len(numbers)


def test_each_lap_has_the_time_that_the_sheet_gives_it(real_data):
    for path in sheets(real_data):
        sheet, _, facts = facts_of(path)
        numbers = {entry.number: entry.car_idx for entry in sheet.info.entries}
        for line in sheet.lines:
            lap = facts[Lap, numbers[line.number], line.lap]
            assert lap.time_s == pytest.approx(line.time_s, abs=1e-6)


def test_the_winner_is_the_one_of_the_results(real_data):
    """Results are another file of the series."""
    for path in sheets(real_data):
        results = path.with_name(path.name.replace("-laps.csv", "-results.csv"))
        if results == path or not results.exists():
            continue
        first = next(iter(csv.DictReader(io.StringIO(results.read_text("utf-8-sig")))))
        sheet, fold, _ = facts_of(path)
        numbers = {entry.car_idx: entry.number for entry in sheet.info.entries}
        leader = fold.standings().cars[0]
        assert int(first["LAPS"]) == leader.laps, path.name
        assert first["NUMBER"] == numbers[leader.car_idx], path.name


@pytest.mark.slow
def test_import_timing_is_idempotent(real_data, tmp_path, monkeypatch, capsys):
    path = min(sheets(real_data), key=lambda found: found.stat().st_size)
    monkeypatch.setenv("PITBOX_HOME", str(tmp_path))
    assert main(["import-timing", str(path)]) == 0
    assert main(["import-timing", str(path), "--json"]) == 0
    assert '"is_new": false' in capsys.readouterr().out
    (root,) = tmp_path.rglob("log")
    shelf = Shelf(root)
    (session,) = shelf.sessions()
    assert len(shelf.logs(session)) == 1
    assert main(["store", "project"]) == 0
    capsys.readouterr()
    assert main(["store", "sql", "--json", "SELECT count(*) AS n FROM v_laps WHERE driver IS NOT NULL"]) == 0
    assert f'"n": {len(Sheet(path).lines)}' in capsys.readouterr().out
