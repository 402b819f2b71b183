"""What `pitbox evaluate strategy` makes of a race: it never sees what comes later, and counts rightly."""

import json

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from pitbox.cli.app import app_of
from pitbox.cli.evaluate_strategy import scored
from pitbox.cli.strategy_trial import Decision, Direct, Judged, NextStop, Places, judged
from pitbox.cli.told_race import told_sheet
from pitbox.strategy.montecarlo.tyre_stops import TyreStint

_HEAD = "NUMBER;LAP_NUMBER;LAP_TIME;ELAPSED;DRIVER_NAME;CLASS;FLAG_AT_FL;CROSSING_FINISH_LINE_IN_PIT;PIT_TIME"
_CARS, _LAPS, _STINT = 6, 60, 14


def clock(seconds):
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes // 60)}:{int(minutes % 60):02}:{rest:06.3f}"


def sheet(folder, later_s=0.0, after_s=float("inf"), name="2024 ring 105 min.csv"):
    """Six cars of one class, half a second apart in pace, stopping every 14 laps; `later_s` poisons."""
    rows = []
    for car in range(_CARS):
        end_s = 0.0
        for lap in range(1, _LAPS + 1):
            is_in, is_out = (lap + car) % _STINT == 0, (lap + car) % _STINT == 1 and lap > 1
            time_s = 99.0 + 0.5 * car + 0.1 * ((5 * lap + car) % 7) + 25.0 * is_in + 25.0 * is_out
            time_s += later_s * (end_s + time_s > after_s) * (_CARS - car)
            end_s += time_s
            flag, pit = ("FF" if lap == _LAPS else "GF"), "B" if is_in else ""
            lane = "0:50.000" if is_out else ""
            rows.append(
                (end_s, f"{car + 1};{lap};{clock(time_s)};{clock(end_s)};D {car};GT;{flag};{pit};{lane}")
            )
    path = folder / name
    path.write_text("\n".join([_HEAD, *(text for _, text in sorted(rows)), ""]))
    return path


@pytest.fixture(scope="module")
def race(tmp_path_factory):
    return told_sheet(sheet(tmp_path_factory.mktemp("sheets")))


@pytest.fixture(scope="module")
def answers(race):
    return judged(race, Direct(), 3)


def test_a_steady_race_is_told(answers):
    """Who is quicker and ahead stays ahead, so that simulated races are sure of it, and surer late."""
    by_cut = {one.cut: np.mean(one.scores("ours")) for one in answers.places}
    assert sorted(by_cut) == [0.25, 0.5, 0.75]
    assert by_cut[0.75] < 0.06
    for one in answers.places:
        assert np.allclose(one.chances("ours").sum(axis=1), 1.0)
        assert np.allclose(one.chances("blend").sum(axis=1), 1.0)


def test_stops_and_decisions_are_asked(answers):
    assert answers.stops
    assert np.mean([abs(one.said - one.lap) for one in answers.stops]) < 6
    assert 1 <= len(answers.decisions) <= 3
    assert all(one.cost is None or one.cost > -6 for one in answers.decisions)


def test_a_poisoned_future_changes_no_answer(race, answers, tmp_path):
    """All that is said at half of the race and before; the truth is another one, and may be."""
    now_s = race.cut_s(0.5)
    half_s = max(now_s, min(line.end_s for line in race.lines if line.end_s >= now_s))
    other = told_sheet(sheet(tmp_path, later_s=7.0, after_s=half_s))
    assert other.lines[-1] != race.lines[-1]
    asked_by = {(line.number, line.lap) for line in race.lines if line.end_s <= half_s}
    found = judged(other, Direct(), 3)

    def said(result):
        places = [(one.cut, one.direct, one.ours) for one in result.places if one.cut <= 0.5]
        stops = [(one.cut, one.said, one.plain) for one in result.stops if one.cut <= 0.5]
        known = [one for one in result.decisions if (one.car, one.lap - 1) in asked_by]
        return places, stops, [msgspec.structs.replace(one, race="") for one in known]

    assert said(found) == said(answers)
    assert [one.places for one in found.places] != [one.places for one in answers.places]


def test_scores_count_what_they_say():
    sure = Places("r", 0.5, [[0.5, 0.5], [0.5, 0.5]], [[1.0, 0.0], [0.0, 1.0]], [1, 2], 0.25)
    stops = [NextStop(0.5, 20, 25.0, 22), NextStop(0.5, 24, 21.0, 22)]
    decisions = [Decision("r", "1", 10, 12, False, 0.5), Decision("r", "2", 10, None, True, None)]
    found = scored({"r": Judged([sure], stops, decisions)})
    (places,) = found.places
    assert places.rps["ours"] == 0.0
    assert places.rps["direct"] == pytest.approx(0.25)
    assert places.rps["blend"] == pytest.approx(0.375**2)
    assert (found.stops[0].ours, found.stops[0].plain) == (2.0, 2.0)
    agreed = found.agreement
    assert agreed is not None
    assert (agreed.near, agreed.same_lap, agreed.cost, agreed.raced) == (0.5, 0.5, 0.5, 1)


def test_who_has_not_stopped_will_and_who_can_go_home_does():
    rng = np.random.default_rng(1)
    waiting, home = TyreStint(0, 0.4, 0.6), TyreStint(2, 0.1, 0.2)
    assert waiting.again() > 0.9
    assert home.again() < 0.2
    drawn = [waiting.drawn(rng) for _ in range(200)]
    assert all(one is None or 0.0 < one < 0.6 for one in drawn)


def test_the_command_prints_and_names_what_it_cannot_read(tmp_path):
    bad = tmp_path / "none.csv"
    bad.write_text("NUMBER;LAP\n1;2\n")
    result = CliRunner().invoke(
        app_of(["evaluate"]),
        ["evaluate", "strategy", str(sheet(tmp_path)), str(bad), "--decisions", "0", "--json"],
    )
    assert result.exit_code != 0
    found = json.loads(result.stdout)
    assert [one["cut"] for one in found["scores"]["places"]] == [0.25, 0.5, 0.75]
    assert "none.csv" in result.stderr
