"""Next stops and rejoins of real races: later rows change nothing, and the plain rules are beaten."""

from functools import cache

import pytest

from pitbox.cli.evaluate_stops import score
from pitbox.cli.stop_trial import answers, questions, tried_stops
from pitbox.sim.sheet.record import Sheet

tried = cache(tried_stops)
"""One of the races is judged alone and among the others."""


def sheets(real_data):
    folder = real_data / "endurance"
    found = sorted([*folder.glob("*-laps.csv"), *folder.glob("*h.csv")], key=lambda path: path.stat().st_size)
    if not found:
        pytest.skip("no timing sheets here")
    return found


def test_poisoned_later_rows_change_no_answer(real_data, tmp_path):
    path = sheets(real_data)[0]
    sheet = Sheet(path)
    cut_s = 0.5 * sheet.end_s
    head, *rows = path.read_text("utf-8-sig").splitlines()
    d = ";" if ";" in head else ","
    names = [name.strip() for name in head.split(d)]
    at = {name: names.index(name) for name in ("LAP_TIME", "ELAPSED", "DRIVER_NAME", "FLAG_AT_FL")}
    known = {(line.number, line.lap) for line in sheet.lines if line.end_s <= cut_s}
    poisoned = []
    for row in rows:
        cells = row.split(d)
        if (cells[names.index("NUMBER")].strip(), int(cells[names.index("LAP_NUMBER")])) not in known:
            cells[at["LAP_TIME"]], cells[at["ELAPSED"]] = "0:30.000", "23:59:59.000"
            cells[at["DRIVER_NAME"]], cells[at["FLAG_AT_FL"]] = "Some BODY", "FCY"
        poisoned.append(d.join(cells))
    other = tmp_path / path.name
    other.write_text("\n".join([head, *poisoned, ""]))
    numbers = {entry.car_idx: entry.number for entry in sheet.info.entries}
    asked = [q for q in questions(sheet) if (numbers[q.car_idx], q.lap) in known and q.kind != "any"]
    clean, dirty = (list(answers(found, asked)) for found in (sheet, Sheet(other)))
    assert len(clean) == len(asked) > 50
    assert clean == dirty


@pytest.mark.slow
def test_a_race_is_told_better_than_by_the_plain_rules(real_data):
    title, found = tried(sheets(real_data)[1])
    result = score(title, found)
    assert result.asked > 100
    assert result.ours >= result.plain + 0.1
    assert result.rejoin_ours > result.rejoin_plain


@pytest.mark.slow
def test_all_races_are_told_better_than_by_the_plain_rules(real_data):
    every = []
    for path in sheets(real_data)[:4]:
        every += tried(path)[1]
    result = score("all", every)
    assert result.ours >= result.plain + 0.1
    assert abs(result.ours - result.said) <= 0.06
    assert result.rejoin_ours >= result.rejoin_plain + 0.15
