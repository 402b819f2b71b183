"""Plans out and in: the same again, and nothing in a cell that somebody else's program would run."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from plan_sheets import GREEN_S, SHEETS, spa

from pitbox.planning.exchange.calendar import folded, write_calendar
from pitbox.planning.exchange.cell import duration_s, guarded, number, truth, unguarded
from pitbox.planning.exchange.csv_file import write_csv
from pitbox.planning.exchange.csv_import import read_csv
from pitbox.planning.exchange.errors import NoStartError, UnreadableError
from pitbox.planning.exchange.json_file import read_json, write_json
from pitbox.planning.exchange.sheet import PlanLine, PlanPerson, PlanSheet
from pitbox.planning.exchange.span_cell import between_s


@settings(max_examples=40)
@given(SHEETS)
def test_json_comes_back_the_same(sheet: PlanSheet) -> None:
    assert read_json(write_json(sheet)) == sheet


@settings(max_examples=40)
@given(SHEETS)
def test_csv_comes_back_the_same(sheet: PlanSheet) -> None:
    found = read_csv(write_csv(sheet))
    assert found.faults == ()
    assert found.unread == ("stint", "race_start")
    assert found.lines == tuple(line.bare() for line in sheet.lines)


@settings(max_examples=40)
@given(SHEETS)
def test_no_cell_begins_a_formula(sheet: PlanSheet) -> None:
    text = write_csv(sheet).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in row if cell.lstrip()[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")]


@given(st.text(max_size=20) | st.text("'=+-@ \t\r\na", max_size=6))
def test_a_guarded_cell_is_itself_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


@settings(max_examples=40)
@given(SHEETS)
def test_a_calendar_reads_as_it_was_meant(sheet: PlanSheet) -> None:
    """By the package `icalendar`, which others wrote."""
    from icalendar import Calendar

    data = write_calendar(sheet, alarms_min=(15,))
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    events = Calendar.from_ical(data).walk("VEVENT")
    laid = [line for line in sheet.lines if line.start_s is not None]
    assert len(events) == len(laid)
    for event, line in zip(events, laid, strict=True):
        assert event.start.timestamp() == GREEN_S + line.start_s
        assert event.end.timestamp() == GREEN_S + line.end_s
        assert not event.errors
        if line.instructions and line.instructions.isprintable():
            assert str(event["DESCRIPTION"]).endswith(line.instructions)
    assert len({str(event["UID"]) for event in events}) == len(events)


def test_a_calendar_of_one_person() -> None:
    from icalendar import Calendar

    sheet = spa()
    events = Calendar.from_ical(write_calendar(sheet, "kai", (30, 5))).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events[:3]] == [
        "Drive, Spa 24 h",
        "Drive, Spa 24 h",
        "Spot for Sam O'Neill, Spa 24 h",
    ]
    assert len(events) == 12
    assert events[0]["SEQUENCE"] == 42
    assert [alarm["TRIGGER"].dt.total_seconds() for alarm in events[0].walk("VALARM")] == [-1800, -300]
    again = Calendar.from_ical(write_calendar(replace(sheet, base=43, event="Renamed"), "kai"))
    assert [str(e["UID"]) for e in again.walk("VEVENT")] == [str(e["UID"]) for e in events]


def test_no_calendar_without_a_start() -> None:
    with pytest.raises(NoStartError, match="Set the start time"):
        write_calendar(replace(spa(), start_utc_s=None))


@given(st.text(max_size=300))
def test_folding_cuts_no_letter_and_loses_none(text: str) -> None:
    line = text.replace("\r", "").replace("\n", "")
    cut = folded(line)
    assert cut.replace("\r\n ", "") == line
    assert all(len(piece.encode()) <= 75 for piece in cut.split("\r\n"))


FOREIGN = """Stint;Driver;Start Time;End Time;Laps;Fuel (L);Tire Change;Notes;Pit
1;ada lovelace;13:00;14:05;28;98,5;x;go easy;A
2;Kai Nakamura;23:40;00:45;;102 l;no;;B

3;Nobody;01:00;02:00;;;;;C
4;Léa Fournier;01:00;later;;;;;D
5;Léa Fournier;;;many;;;;E
6;Léa Fournier;;;12,5;;;;E
7;Léa Fournier;;;12;2000;;;E
8;Léa Fournier;;;12;;maybe;;E
9;Léa Fournier
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_another_planners_file(encoding: str) -> None:
    found = read_csv(FOREIGN.encode(encoding), people=spa().people)
    assert found.lines == (
        PlanLine("", "ada", 28, 98.5, True, length_s=3900.0, instructions="go easy"),
        PlanLine("", "kai", None, 102.0, False, length_s=3900.0),
        PlanLine("", "lea"),
    )
    assert [str(fault).partition(": it is")[0] for fault in found.faults] == [
        "Line 5, Driver: Nobody is not in the team: Ada Lovelace, Kai Nakamura, Léa Fournier, Sam O'Neill.",
        "Line 6, End Time: '01:00' to 'later' is no stretch of time.",
        "Line 7, Laps: 'many' is no whole number.",
        "Line 8, Laps: '12,5' is no whole number.",
        "Line 9, Fuel (L): fuel_l of a planned stint cannot be 2000.0",
        "Line 10, Tire Change: 'maybe' is neither yes nor no.",
    ]
    assert found.unread == ("Stint", "Pit")


def test_columns_can_be_named() -> None:
    data = b"Who,How long (min),Free text\nAda,65,a\nKai,1:05,b\n"
    found = read_csv(data, {"driver": "Who", "length": "How long (min)", "instructions": "Free text"})
    assert [(one.driver, one.length_s, one.instructions) for one in found.lines] == [
        ("Ada", 3900.0, "a"),
        ("Kai", 3900.0, "b"),
    ]
    with pytest.raises(UnreadableError, match="no column 'What'"):
        read_csv(data, {"driver": "What"})
    with pytest.raises(UnreadableError, match="no column 'fuel'"):
        read_csv(data, {"fuel": "Who"})


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"a,b\n1,2\n", b'driver\n"' + b"x" * 200_000, b"x" * (2 << 20), b"\xff\xfe\x00"]
)
def test_what_is_no_plan_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_csv(data)
    with pytest.raises(UnreadableError):
        read_json(data)


@given(st.binary(max_size=200) | st.text("driver,length\n;\"'=1:a", max_size=80).map(str.encode))
def test_any_bytes_are_lines_faults_or_a_refusal(data: bytes) -> None:
    try:
        found = read_csv(b"driver,length\n" + data)
    except UnreadableError:
        return
    assert len(found.lines) + len(found.faults) <= data.count(b"\n") + data.count(b"\r") + 1


def test_keys_that_stand_twice_and_a_newer_plan() -> None:
    found = read_csv(b"driver,key\nAda,x\nKai,x\n")
    assert [str(fault) for fault in found.faults] == ["Line 3, key: The key stands here twice."]
    with pytest.raises(UnreadableError, match="newer PitBox"):
        read_json(write_json(spa()).replace(b'"schema": 1', b'"schema": 9'))


def test_names_that_mean_two_people() -> None:
    twins = (PlanPerson("1", "Sam"), PlanPerson("2", "sam"))
    assert "several" in str(read_csv(b"driver\nSAM\n", people=twins).faults[0])
    assert read_csv(b"driver,driver_key\nSam,2\n", people=twins).lines[0].driver == "2"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:05:00", 3900), ("1:05", 3900), ("52:30", 3150), ("65 min", 3900), ("1h 5m", 3900), ("1.5 h", 5400),
     ("65", 3900), ("3900 s", 3900), ("0:59:30.5", 3570.5), ("62,5", 3750)],
)  # fmt: skip
def test_lengths_as_people_write_them(text: str, seconds: float) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1:99", "-5", "h", "1:05:00:00", "nan", "inf"])
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        duration_s(text)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [("13:00", "14:05", 3900), ("23:40", "0:45", 3900), ("11:40 PM", "12:45 AM", 3900),
     ("2026-03-28 23:40", "2026-03-29 00:45", 3900), ("28.03.2026 23:40", "29.03.2026 00:45", 3900),
     ("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", 3600)],
)  # fmt: skip
def test_from_clock_to_clock(start: str, end: str, seconds: float) -> None:
    assert between_s(start, end) == seconds


@pytest.mark.parametrize(
    ("start", "end"), [("13:00", "2026-03-28 14:00"), ("2026-03-28 14:00", "2026-03-28 13:00")]
)
def test_clocks_that_make_no_stretch(start: str, end: str) -> None:
    with pytest.raises(ValueError, match="no stretch"):
        between_s(start, end)


def test_small_words() -> None:
    assert [truth(word) for word in ("Yes", "nein", " - ", "")] == [True, False, None, None]
    assert number("98,5 l") == 98.5
