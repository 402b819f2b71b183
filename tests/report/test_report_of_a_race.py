"""A whole report of a race that came from a driver's machine, against the truth of the sim that made it."""

import re
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import Any

import msgspec
import numpy as np
import pytest
import raced
from by_hand import clear_laps, line
from made_once import MadeOnce

from pitbox.analysis.outline import circle
from pitbox.analysis.score import Session, scores
from pitbox.log.edits import recordings
from pitbox.log.merge import merged
from pitbox.log.shelf import Shelf
from pitbox.model.fact import Fact, Lap
from pitbox.model.ledger import Ledger
from pitbox.report import contents
from pitbox.report.audit import Audit, Auditor
from pitbox.report.cards import cards
from pitbox.report.contents import Beside, report_of
from pitbox.report.document import Document, Facts, Missing, Paragraph
from pitbox.report.figure import CornerBars, Figure, PositionChart, StintBars, TrackMap
from pitbox.report.gather import race_of
from pitbox.report.scores import why_dashes
from pitbox.report.table import Cell, Table
from pitbox.report.told import Telling
from pitbox.store.ask import Answer, ask
from pitbox.store.database import Database
from pitbox.store.projector import Projector
from pitbox.store.rows import BatchSize
from pitbox.strategy.briefing import Case
from pitbox.strategy.listen import Listener

_numpy = partial(Auditor, engine="numpy")  # compiling the races takes longer than all of these tests
TARGET_L = 2.95
_DECODER = msgspec.msgpack.Decoder(tuple[Fact, ...])


@pytest.fixture(scope="session")
def race(made_once: MadeOnce) -> Path:
    def make(folder: Path) -> None:
        raced.make(folder)
        with Database(folder / "race.duckdb") as database:
            Projector(database, Shelf(folder / "log"), BatchSize(seconds=300.0)).catch_up()

    return made_once("report-raced", make)


@pytest.fixture(scope="module")
def truth(race: Path) -> raced.Told:
    return raced.told(race)


@pytest.fixture(scope="module")
def calls(race: Path) -> Ledger:
    return raced.ledger(race, raced.SESSION)


@pytest.fixture(scope="module")
def document(race: Path, calls: Ledger) -> Document:
    shelf = Shelf(race / "log")
    beside = Beside(
        ledger=calls,
        plans=raced.ledger(race, raced.TEAM_PLANS),
        logs=tuple(recordings(shelf, raced.SESSION)),
        outline=circle(raced.TRACK_M),
        case=Case(target_l=TARGET_L),
    )
    with pytest.MonkeyPatch.context() as patch, Database(race / "race.duckdb", is_read_only=True) as database:
        patch.setattr(contents, "Auditor", _numpy)
        return report_of(database.cursor(), raced.SESSION, beside)


def tables(document: Document, key: str) -> list[Table]:
    return [one for one in blocks(document, key) if isinstance(one, Table)]


def blocks(document: Document, key: str) -> tuple[Any, ...]:
    return next(section for section in document.sections if section.key == key).blocks


def drawn(document: Document, key: str, kind: type) -> list[Figure]:
    return [one for one in blocks(document, key) if isinstance(one, Figure) and isinstance(one.drawing, kind)]


def column(table: Table, title: str) -> list[Any]:
    at = [one.title for one in table.columns].index(title)
    return [row[at].value if isinstance(row[at], Cell) else row[at] for row in table.rows]


def test_every_section_is_filled(document: Document) -> None:
    filled = {
        section.key: [b for b in section.blocks if not isinstance(b, Missing)]
        for section in document.sections
    }
    assert all(filled.values()), [key for key, found in filled.items() if not found]
    assert drawn(document, "plan", StintBars)
    assert drawn(document, "corners", CornerBars)
    assert drawn(document, "corners", TrackMap)
    assert drawn(document, "incidents", TrackMap)
    hands = next(one for one in tables(document, "corners") if one.title == "Hands and feet")
    assert {"steering", "throttle", "brake"} == set(column(hands, "Input"))
    assert all(0.0 < value < 100.0 for value in column(hands, "Smoothness"))


def test_stints_and_drivers_are_those_of_the_sim(document: Document, truth: raced.Told) -> None:
    drivers, stints = tables(document, "stints")
    own = [one for one in truth.stints if one.car_idx == raced.OWN]
    assert column(stints, "Laps") == [one.laps for one in own]
    by_user: dict[int, list[Any]] = {}
    for one in own:
        by_user.setdefault(one.user_id, []).append(one)
    assert column(drivers, "Stints") == [len(found) for found in by_user.values()]
    for told_s, found in zip(column(drivers, "At the wheel"), by_user.values(), strict=True):
        assert told_s == pytest.approx(sum(one.end_s - one.start_s for one in found), abs=3.0)
    assert sum(column(drivers, "Laps")) == sum(one.car_idx == raced.OWN for one in truth.laps)


def test_scores_are_what_their_formulas_give(document: Document, truth: raced.Told, race: Path) -> None:
    (table,) = tables(document, "scores")
    told = dict(zip(column(table, "Score"), column(table, "the car"), strict=True))
    laps = [one for one in truth.laps if one.car_idx == raced.OWN]
    assert truth.green_s is not None
    with Database(race / "race.duckdb", is_read_only=True) as database:
        sectors = database.connection.execute(
            "SELECT sectors_s FROM laps WHERE car_idx = ? AND is_clean", [raced.OWN]
        ).fetchall()
    clear = clear_laps(truth, raced.OWN)
    lap_s = float(np.median([one.end_s - one.start_s for one in clear]))
    best_s = float(np.array([one for (one,) in sectors]).min(axis=0).sum())
    fall_off_s, spread_s = line(truth, clear, has_fuel=True)
    theirs_s = [line(truth, clear_laps(truth, car_idx), has_fuel=False)[0] for car_idx in (2, 3)]
    used_l = float(np.mean([one.fuel_used_l for one in laps if not (one.is_in or one.is_out)]))
    race_s, goal_s = laps[-1].end_s - truth.green_s, planned_s(len(laps))
    by_hand = {
        "targets": (halved(race_s - goal_s, 0.005 * goal_s) + halved(used_l - TARGET_L, 0.03 * TARGET_L)) / 2,
        "pace": halved(lap_s / best_s - 1, 0.015),
        "consistency": halved(spread_s / lap_s, 0.006),
        "fuel": halved(used_l / TARGET_L - 1, 0.03),
        "tyres": halved((fall_off_s - np.median(theirs_s)) / lap_s, 0.0005),
        "incidents": halved(sum(one.car_idx == raced.OWN for one in truth.incidents) / 0.5, 4.0),
    }
    # Two thousandths of a second in the slopes, which the price of fuel moves, are a tenth of that score.
    assert told.pop("tyres") == pytest.approx(by_hand.pop("tyres"), rel=0.15)
    assert told == pytest.approx(by_hand, rel=0.02)
    assert table.total[1] == pytest.approx(np.mean(column(table, "the car")))


def halved(excess: float, half: float) -> float:
    return 100.0 * 2.0 ** (-max(0.0, excess) / half)


def test_a_dash_among_the_scores_has_its_reason(document: Document) -> None:
    (table,) = tables(document, "scores")
    assert table.note == "Targets are set for the car alone."
    whole = Session(9, 1.0, lap_s=20.0, optimum_s=19.8, spread_s=0.1, incidents=("spin",))
    short = Session(3, 0.2, incidents=())
    told = [(name, scores(one)) for name, one in (("the car", whole), ("Ada", whole), ("Bo", short))]
    few = "3 clear laps, 5 are needed"
    assert why_dashes(told) == (
        f"Bo: no pace and consistency and fuel and tyres, {few}; over all, too few are known."
    )


def test_stops_are_those_of_the_sim(document: Document, truth: raced.Told) -> None:
    (table,) = tables(document, "pit-ledger")
    own = [one for one in truth.stops if one.car_idx == raced.OWN]
    assert column(table, "Lap") == [one.lap for one in own]
    assert column(table, "Fuel") == pytest.approx([one.fuel_added_l for one in own], abs=0.3)
    assert column(table, "Visit") == pytest.approx([one.lane_out_s - one.lane_in_s for one in own], abs=0.3)


def test_incidents_and_mistakes_are_dated_and_belong_to_who_drove(
    document: Document, truth: raced.Told
) -> None:
    (table,) = tables(document, "incidents")
    own = [one for one in truth.incidents if one.car_idx == raced.OWN]
    assert truth.green_s is not None
    assert column(table, "At") == pytest.approx([one.start_s - truth.green_s for one in own], abs=1.0)
    assert column(table, "Place") == pytest.approx([100.0 * one.lap_pct for one in own], abs=1.0)
    names = column(tables(document, "stints")[0], "Driver")
    users = list(dict.fromkeys(one.user_id for one in truth.stints if one.car_idx == raced.OWN))
    drove = [
        next(
            s.user_id for s in truth.stints if s.car_idx == raced.OWN and s.start_s <= one.start_s <= s.end_s
        )
        for one in own
    ]
    assert column(table, "Driver") == [names[users.index(user)] for user in drove]
    mistakes = next(one for one in tables(document, "corners") if one.title.startswith("Mistakes"))
    laps = {one.lap for one in truth.laps if one.car_idx == raced.OWN and not (one.is_in or one.is_out)}
    offs = [(one, user) for one, user in zip(own, drove, strict=True) if one.lap in laps]
    assert sum(column(mistakes, "off track")) == len(offs) > 0
    for user, name in zip(users, names, strict=True):
        assert sum(column(mistakes, name)) >= sum(who == user for _, who in offs)


def test_the_plan_is_held_against_what_was_driven(document: Document, truth: raced.Told) -> None:
    costs, stints, _ = tables(document, "plan")
    values = column(costs, "Cost")
    assert costs.total[0] == pytest.approx(sum(values))
    laps = [one for one in truth.laps if one.car_idx == raced.OWN]
    assert truth.green_s is not None
    driven_s = laps[-1].end_s - truth.green_s
    assert costs.total[0] == pytest.approx(driven_s - planned_s(len(laps)), abs=1.5)
    assert column(stints, "Laps") == [one.laps for one in truth.stints if one.car_idx == raced.OWN]


def planned_s(laps: int) -> float:
    """Rows of eight laps for each in turn, with the laps that the plan has for them, and stops with swaps."""
    second = min(16, laps - 8) if laps <= 24 else 8 + laps - 24
    return (laps - second) * 18.9 + second * 18.93 + 3 * (17.8 + 16.2)


def test_what_a_setup_is_worth_is_told_and_what_was_changed(document: Document) -> None:
    effects, changed = tables(document, "setups")
    truth_s = raced.WING_SHARE * raced.scenario().classes[0].lap_s
    (effect,) = [row[4] for row in effects.rows]
    assert abs(effect.value - truth_s) <= effect.spread < abs(truth_s)
    assert column(effects, "Setup") == [changed.rows[0][0]] == ["less wing.sto"]
    assert column(effects, "Runs") == [2]
    assert column(effects, "Says") == ["found"]
    assert changed.rows == (("less wing.sto", "Chassis, rear: rear wing angle 8 degrees to 6 degrees", ""),)


def test_each_query_runs_as_it_is_printed_and_gives_what_is_shown(race: Path, document: Document) -> None:
    asked = {query.id: query.sql for query in document.queries if query.sql}
    assert all("\n" in sql and max(map(len, sql.splitlines())) <= 160 for sql in asked.values())
    with Database(race / "race.duckdb", is_read_only=True) as database:
        answers = {key: ask(database, sql) for key, sql in asked.items()}
    drivers, stints = tables(document, "stints")
    shown = (
        (drivers, "drivers", {"Laps": "laps", "Best": "best_s", "At the wheel": "time_s"}),
        (stints, "stints", {"Mean": "mean_s", "Fuel a lap": "fuel_l"}),
        (tables(document, "pit-ledger")[0], "stops", {"Visit": "lane_s", "Stall": "stall_s", "Lap": "lap"}),
        (tables(document, "incidents")[0], "incidents", {"At": "race_s", "Lap lost": "lost_s"}),
        (tables(document, "fuel-tyres")[0], "fuel", {"A lap": "mean_l", "Most": "most_l"}),
    )
    for table, key, columns in shown:
        for title, name in columns.items():
            assert column(table, title) == values(answers[key], name), (key, title)
    (figure,) = drawn(document, "result", PositionChart)
    assert sorted(line.y for line in figure.drawing.lines) == sorted(
        tuple(map(float, places)) for places in values(answers["positions"], "place")
    )


def values(answer: Answer, name: str) -> list[Any]:
    at = answer.columns.index(name)
    return [row[at] for row in answer.rows]


def test_what_is_told_is_what_the_fold_of_the_log_had_said(race: Path) -> None:
    """Against a fold of the log up to the moment."""
    listener = Listener()
    with Database(race / "race.duckdb", is_read_only=True) as database:
        telling = Telling(database.cursor(), race_of(database.cursor(), raced.SESSION))
        assert telling.is_exact
        moments = iter((104.0, 142.5, 330.0))
        now_s = next(moments)
        for item in merged(recordings(Shelf(race / "log"), raced.SESSION)):
            if item.axis.sim_time_s + getattr(item.record, "row_count", 0) / 60 > now_s:
                assert facts_of(telling.until(now_s)) == facts_of(listener.story)
                now_s = next(moments, float("inf"))
                if now_s == float("inf"):
                    break
            listener.fold_record(item.record, item.log)


def facts_of(story: Any) -> list[list[Fact]]:
    return [
        [*car.laps, *car.stops, *car.stints, *car.driver_stints, *car.tyre_stints, *car.incidents]
        for _, car in sorted(story.cars.items())
    ]


def test_calls_stand_in_the_audit_with_what_was_done(document: Document, truth: raced.Told) -> None:
    (table,) = tables(document, "audit")
    kinds, done = column(table, "Decision"), column(table, "Done")
    stops = [at for at, what in enumerate(kinds) if what.startswith("stop")]
    said = [at for at, what in enumerate(kinds) if what.startswith("call")]
    assert len(stops) == sum(one.car_idx == raced.OWN for one in truth.stops)
    assert column(table, "At") == sorted(column(table, "At"))
    assert any(done[at].startswith("accepted") for at in said)
    assert any("turned into" in done[at] for at in said)
    for at in stops:
        assert "asked afresh" not in column(table, "Recommended")[at], "a call stood there"
    costs = {at: next(cell for cell in table.rows[at] if isinstance(cell, Cell)) for at in stops}
    assert any(cell.value is not None for cell in costs.values())
    assert all(cell.value is not None or "not to be raced" in cell.note for cell in costs.values())


def test_later_records_change_hindsight_and_nothing_that_was_known(
    race: Path, calls: Ledger, tmp_path: Path
) -> None:
    """All that was said and written after the second stop is another race; races are simulated."""
    before = audit_of(race / "race.duckdb", calls)
    (one,) = [one for one in before.decisions if one.what == "stop 2"]
    other = tmp_path / "other.duckdb"
    copyfile(race / "race.duckdb", other)
    cut_s = one.at_s + 60.0
    injure(other, cut_s)
    after = audit_of(other, rewritten(calls, one.at_s + 1.0))
    early = [one for one in before.decisions if one.at_s <= one.at_s and one.known.now_s < cut_s - 60.0]
    assert sum(one.price is not None for one in early) == 2
    for one, same in zip(early, after.decisions, strict=False):
        assert (one.what, one.known, one.advised, one.price) == (
            same.what,
            same.known,
            same.advised,
            same.price,
        )
    places = [one.hindsight.class_position for one in before.decisions if one.what.startswith("stop")]
    assert places != [one.hindsight.class_position for one in after.decisions if one.what.startswith("stop")]


def audit_of(path: Path, calls: Ledger) -> Audit:
    with Database(path, is_read_only=True) as database:
        cursor = database.cursor()
        race = race_of(cursor, raced.SESSION)
        whole = Telling(cursor, race).whole().cars[race.car_idx]
        return _numpy(Telling(cursor, race), cards(calls, race), most_asked=2).audit(whole)


def injure(path: Path, cut_s: float) -> None:
    """Each later saying has every lap of it slower, in traffic and far behind."""
    with Database(path) as database:
        later = database.connection.execute(
            "SELECT seq, epoch, facts FROM said_facts WHERE until_s > ?", [cut_s]
        ).fetchall()
        assert later
        for seq, epoch, data in later:
            facts = tuple(
                msgspec.structs.replace(fact, end_s=fact.end_s + 9.0, class_position=7, fuel_left_l=1.0)
                if isinstance(fact, Lap)
                else fact
                for fact in _DECODER.decode(data)
            )
            database.connection.execute(
                "UPDATE said_facts SET facts = ? WHERE seq = ? AND epoch = ?",
                [msgspec.msgpack.encode(facts), seq, epoch],
            )


def rewritten(calls: Ledger, from_s: float) -> Ledger:
    """The same edits up to there, and other words in all that come later."""
    found = Ledger()
    for edit in calls.history():
        is_later = edit.at.sim_time_s > from_s and edit.field == "words"
        found.take(msgspec.structs.replace(edit, value="Stay out for ever") if is_later else edit)
    return found


def test_no_sentence_has_a_number_in_the_wrong_number(document: Document) -> None:
    found = [block for section in document.sections for block in section.blocks]
    words = " ".join(block.text for block in found if isinstance(block, Paragraph | Missing))
    rows = [row for one in found if isinstance(one, Table) for row in one.rows]
    words += " ".join(str(getattr(cell, "value", cell)) for row in rows for cell in row)
    assert not re.search(r"\b1 (incidents|cars|laps|stops|points|targets)\b", words)
    assert [one for one in blocks(document, "plan") if isinstance(one, Facts)]
