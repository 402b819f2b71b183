"""What stands in a report: of a race of the synthetic sim, and of hours of 63 cars."""

from pathlib import Path

import day_store
import long_race
import pytest

from pitbox.report import contents
from pitbox.report.audit import Audit, Auditor
from pitbox.report.contents import report_of
from pitbox.report.document import Document, Missing, used_queries
from pitbox.report.errors import NothingToReportError
from pitbox.report.gather import race_of
from pitbox.report.table import Cell, Table
from pitbox.report.told import Telling
from pitbox.store.ask import ask
from pitbox.store.database import Database

_END_S, _CUT_S = 11_000.0, 10_000.0


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hours of 63 cars."""
    return day_store.store(tmp_path_factory.mktemp("hours") / "hours.duckdb", long_race.facts(_END_S))


@pytest.fixture(scope="module")
def document(hours: Path) -> Document:
    with pytest.MonkeyPatch.context() as patch, Database(hours, is_read_only=True) as database:
        # Simulated races have tests of their own; compiling them takes longer than all of these.
        patch.setattr(contents, "MOST_ASKED", 0)
        return report_of(database.cursor(), day_store.SESSION)


def tables(document: Document, key: str) -> list[Table]:
    section = next(section for section in document.sections if section.key == key)
    return [block for block in section.blocks if isinstance(block, Table)]


def test_every_section_stands_or_says_what_is_missing(document: Document) -> None:
    keys = [section.key for section in document.sections]
    assert keys == [
        "result", "stints", "pit-ledger", "plan", "fuel-tyres", "corners", "scores", "incidents", "weather",
        "setups", "audit",
    ]  # fmt: skip
    for section in document.sections:
        assert section.blocks, section.key
        for block in section.blocks:
            assert not isinstance(block, Missing) or block.text.endswith("."), section.key


def test_each_query_of_the_appendix_runs_and_gives_the_number_that_stands_there(
    hours: Path, document: Document
) -> None:
    asked = {query.id: query.sql for query in document.queries if query.sql}
    assert set(asked) >= {"result", "stints", "drivers", "stops", "positions", "gaps"}
    with Database(hours, is_read_only=True) as database:
        answers = {key: ask(database, sql) for key, sql in asked.items()}
    (drivers, stints), (stops,) = tables(document, "stints"), tables(document, "pit-ledger")
    for table, key, shown in (
        (drivers, "drivers", ("laps", "best_s")),
        (stints, "stints", ("laps", "mean_s")),
        (stops, "stops", ("lap", "lane_s")),
    ):
        answer = answers[key]
        for name in shown:
            at = answer.columns.index(name)
            for row, told in zip(table.rows, answer.rows, strict=True):
                values = [value.value if isinstance(value, Cell) else value for value in row]
                assert told[at] in values, (key, name)
    assert set(used_queries(document)) <= {query.id for query in document.queries}


def test_laps_of_our_drivers_add_up(document: Document) -> None:
    drivers, stints = tables(document, "stints")
    laps = next(fact.value for fact in document.facts if fact.label == "Laps")
    assert sum(int(row[1]) for row in drivers.rows) == int(laps)
    assert sum(int(row[3]) for row in stints.rows) == int(laps)


def audit_of(path: Path) -> Audit:
    with Database(path, is_read_only=True) as database:
        cursor = database.cursor()
        race = race_of(cursor, day_store.SESSION)
        whole = Telling(cursor, race).whole().cars[race.car_idx]
        return Auditor(Telling(cursor, race), most_asked=0).audit(whole)


def test_what_was_known_then_is_the_same_whatever_happened_later(tmp_path: Path, hours: Path) -> None:
    """The race as it stood at a moment, by the facts said until then, against the whole of it."""
    then = audit_of(day_store.store(tmp_path / "then.duckdb", long_race.facts(_CUT_S))).decisions
    later = audit_of(hours).decisions
    before = [one for one in then if one.at_s < _CUT_S - 200.0]
    assert len(before) >= 2
    assert len(later) > len(before)
    for one, same in zip(before, later, strict=False):
        assert one.known == same.known
        assert one.advised == same.advised
        assert one.known.now_s <= one.at_s


def test_a_stop_is_told_in_parts_and_no_fact_comes_before_its_time(hours: Path) -> None:
    with Database(hours, is_read_only=True) as database:
        cursor = database.cursor()
        race = race_of(cursor, day_store.SESSION)
        stops = list(Telling(cursor, race).whole().cars[race.car_idx].stops)
        telling = Telling(cursor, race)
        for stop in stops:
            assert stop.stall_out_s is not None
            story = telling.until(stop.stall_out_s - 0.5)
            seen = story.cars[race.car_idx].stops.last
            assert seen is not None
            assert (seen.stop, seen.lane_out_s, seen.service, seen.user_id_out) == (stop.stop, None, (), 0)
            ends_s = [lap.end_s for car in story.cars.values() for lap in car.laps]
            assert max(ends_s) <= stop.stall_out_s - 0.5
            assert all(phase.end_s is None or phase.end_s <= stop.stall_out_s for phase in story.phases)


def test_a_session_without_laps_and_a_car_that_is_not_there_are_named(hours: Path) -> None:
    with Database(hours, is_read_only=True) as database:
        with pytest.raises(NothingToReportError, match="no lap"):
            report_of(database.cursor(), day_store.SESSION.__class__("sub-0"))
        with pytest.raises(NothingToReportError, match="'999'"):
            report_of(database.cursor(), day_store.SESSION, number="999")
