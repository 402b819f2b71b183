"""Timing sheets as files: both dialects, and what is none."""

import pytest

from pitbox.sim.sheet.entry import user_id
from pitbox.sim.sheet.errors import NotASheetError, SheetLineError
from pitbox.sim.sheet.record import Sheet
from pitbox.sim.sheet.table import read_table, seconds
from pitbox.wire.record import SheetRecord, decode, encode

HEAD = (
    "NUMBER{d} DRIVER_NUMBER{d} LAP_NUMBER{d} LAP_TIME{d} LAP_IMPROVEMENT{d} CROSSING_FINISH_LINE_IN_PIT{d}"
    " S1{d} S2{d} S3{d} KPH{d} ELAPSED{d} HOUR{d}DRIVER_NAME{d}PIT_TIME{d}CLASS{d}GROUP{d}TEAM{d}"
    "MANUFACTURER{d}FLAG_AT_FL{d}"
)


def row(d, number, lap, time, elapsed, *, driver="Ann ODE", pit="", into="", flag="GF", kind="P1"):
    cells = [number, 1, lap, time, 0, into, "30.0", "31.0", "", "180.0", elapsed, "12:00:00.000", driver, pit]
    return d.join(str(cell) for cell in [*cells, kind, "", "Blue Team", "Make", flag, ""])


def sheet(tmp_path, *rows, d=";", bom=True, name="2031_ring_6h.csv"):
    path = tmp_path / name
    text = "\n".join([HEAD.format(d=d), *rows, ""])
    path.write_bytes(text.encode("utf-8-sig" if bom else "utf-8"))
    return path


@pytest.mark.parametrize("d", [";", ","])
@pytest.mark.parametrize("bom", [True, False])
def test_both_dialects_say_the_same(tmp_path, d, bom):
    path = sheet(
        tmp_path,
        row(d, "007", 1, "1:40.500", "1:40.500"),
        row(d, "007", 2, "1:41.250", "3:21.750", into="B", flag="FCY"),
        row(d, "007", 3, "2:50.000", "6:11.750", driver="Bo  POLE", pit="0:01:10.000"),
        d=d,
        bom=bom,
    )
    one, two, three = read_table(path)
    assert (one.number, one.lap, one.time_s, one.end_s) == ("007", 1, 100.5, 100.5)
    assert (one.driver, one.team, one.maker, one.car_class) == ("Ann ODE", "Blue Team", "Make", "P1")
    assert one.sectors_s == (30.0, 31.0, None)
    assert (two.flag, two.is_in_pit, two.pit_s) == ("caution", True, None)
    assert (three.driver, three.pit_s) == ("Bo POLE", 70.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("23.155", 23.155), ("1:35.365", 95.365), ("0:01:17.492", 77.492), ("23:59:59.9", 86399.9), ("7", 7.0)],
)
def test_times_are_read(text, value):
    assert seconds(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "x", "1:", "-1", "1:2:3:4", "nan", "inf", "1e5", "12345678"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="is no time"):
        seconds(text)


def test_the_same_content_is_the_same_session_under_any_name(tmp_path):
    lines = (row(";", 1, 1, "1:40.5", "1:40.5"), row(";", 22, 1, "1:41.5", "1:41.5", kind="P2"))
    one, other = sheet(tmp_path, *lines), sheet(tmp_path, *lines, name="copy-laps.csv")
    third = sheet(tmp_path, *lines[:1], name="third.csv")
    assert Sheet(one).session == Sheet(other).session != Sheet(third).session
    assert (Sheet(one).info.title, Sheet(other).info.title) == ("2031 ring 6h", "copy")


def test_numbers_are_words_and_classes_go_by_pace(tmp_path):
    path = sheet(
        tmp_path,
        row(";", "7", 1, "1:50.0", "1:50.0", kind="Slow"),
        row(";", "007", 1, "1:40.0", "1:40.0", kind="Quick"),
    )
    info = Sheet(path).info
    assert [(entry.car_idx, entry.number) for entry in info.entries] == [(1, "7"), (2, "007")]
    assert [(found.class_id, found.name) for found in info.classes] == [(1, "Quick"), (2, "Slow")]
    assert info.classes[0].relative_speed > info.classes[1].relative_speed


def test_people_have_numbers_of_their_own_below_zero():
    assert user_id("Ann ODE") == user_id("ann Ode") != user_id("Bo POLE")
    assert user_id("Ann ODE") < 0


def test_records_go_in_the_order_of_the_line_and_come_back_from_bytes(tmp_path):
    rows = [
        row(";", number, lap, "1:40.0", f"{100 * lap + number}.0") for number in (1, 2) for lap in range(1, 4)
    ]
    records = [decode(encode(record)) for record in Sheet(sheet(tmp_path, *rows)).records()]
    lines = [lap for record in records if isinstance(record, SheetRecord) for lap in record.laps]
    assert [lap.end_s for lap in lines] == sorted(lap.end_s for lap in lines)
    assert len(lines) == 6
    assert records[-1].is_last


def test_what_is_no_sheet_is_said_so(tmp_path):
    other = tmp_path / "other.csv"
    for content, words in (
        (b"", "no column NUMBER"),
        (b"\xff\xfe\x00", "no text"),
        (b"a;b\n1;2\n", "no column NUMBER"),
        (HEAD.format(d=";").encode() + b"\n", "holds no lap"),
    ):
        other.write_bytes(content)
        with pytest.raises(NotASheetError, match=words):
            read_table(other)


def test_a_line_that_makes_no_sense_is_named(tmp_path):
    path = sheet(tmp_path, row(";", 1, 1, "1:40.0", "1:40.0"), row(";", 1, 2, "soon", "3:20.0"))
    with pytest.raises(SheetLineError, match=r"Line 3 .* 'soon' is no time"):
        read_table(path)
