"""A sheet's lines as they stand in the file, whichever of the two dialects it is written in."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pitbox.sim.sheet.errors import NotASheetError, SheetLineError

MAX_BYTES = 64 << 20
"""A day of racing has four; refused before it is read."""
_MAX_SECTORS = 9
_MAX_CARS = 256
_MAX_CELL = 200
"""Characters."""
_NEEDED = ("NUMBER", "LAP_NUMBER", "LAP_TIME", "ELAPSED", "DRIVER_NAME", "CLASS")
_TIME = re.compile(r"(?:(\d{1,3}):)?(?:(\d{1,3}):)?(\d{1,3}(?:\.\d{1,6})?)")
_FLAGS = {"GF": "green", "FCY": "caution", "SF": "caution", "SC": "caution", "RF": "red", "FF": "checkered"}
"""FCY slows everybody where they are, behind SF and SC drives a safety car: racing is off under each."""


class Line(msgspec.Struct, frozen=True):
    """One lap of one car; times in seconds since the start."""

    number: str
    """As painted on the car: 007 is not 7."""
    lap: int
    driver: str
    car_class: str
    team: str
    maker: str
    end_s: float
    time_s: float
    flag: str
    is_in_pit: bool
    pit_s: float | None
    sectors_s: tuple[float | None, ...]
    kph: float | None


def read_table(path: Path) -> list[Line]:
    """The lines in the file's order; raises SheetError in words that name the line."""
    if path.stat().st_size > MAX_BYTES:
        raise NotASheetError(f"{path.name} is too large for a timing sheet.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotASheetError(f"{path.name} is no text in UTF-8, as timing sheets are.") from None
    head = text.partition("\n")[0]
    names = [name.strip() for name in head.split(_delimiter(head))]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise NotASheetError(f"{path.name} is no timing sheet: it has no column {' or '.join(missing)}.")
    lines: list[Line] = []
    for at, cells in enumerate(_cells(text, path), 2):
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        if not any(row.values()):
            continue
        try:
            lines.append(_line(row))
        except (ValueError, KeyError) as error:
            raise SheetLineError(f"Line {at} of {path.name} makes no sense: {error}.") from None
    if not lines:
        raise NotASheetError(f"{path.name} holds no lap.")
    if len({line.number for line in lines}) > _MAX_CARS:
        raise NotASheetError(f"{path.name} is no timing sheet: it has more than {_MAX_CARS} cars.")
    return lines


def seconds(text: str) -> float:
    """`23.155`, `1:35.365` or `0:01:17.492`; raises ValueError."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no time")
    first, second, last = match.groups()
    hours, minutes = (first, second) if second is not None else (None, first)
    return round(3600 * int(hours or 0) + 60 * int(minutes or 0) + float(last), 6)


def _cells(text: str, path: Path) -> Iterator[list[str]]:
    """Those of each line behind the head."""
    head, *rest = text.splitlines()
    reader = csv.reader(rest, delimiter=_delimiter(head))
    try:
        yield from reader
    except csv.Error as error:
        raise SheetLineError(f"Line {reader.line_num + 1} of {path.name} makes no sense: {error}.") from None


def _delimiter(head: str) -> str:
    return ";" if head.count(";") > head.count(",") else ","


def _line(row: dict[str, str]) -> Line:
    lap = int(row["LAP_NUMBER"])
    if not 0 < lap < 10_000 or not row["NUMBER"]:
        raise ValueError("it has no car or no lap")
    if max(map(len, row.values())) > _MAX_CELL:
        raise ValueError("a cell is as long as no name is")
    sectors = [_maybe(row[f"S{n}"]) for n in range(1, _MAX_SECTORS + 1) if f"S{n}" in row]
    return Line(
        number=row["NUMBER"],
        lap=lap,
        driver=" ".join(row["DRIVER_NAME"].split()),
        car_class=row["CLASS"],
        team=row.get("TEAM", ""),
        maker=row.get("MANUFACTURER", ""),
        end_s=seconds(row["ELAPSED"]),
        time_s=seconds(row["LAP_TIME"]),
        flag=_FLAGS.get(row.get("FLAG_AT_FL", ""), ""),
        is_in_pit=row.get("CROSSING_FINISH_LINE_IN_PIT", "") == "B",
        pit_s=_maybe(row.get("PIT_TIME", "")),
        sectors_s=tuple(sectors),
        kph=_maybe(row.get("KPH", "")),
    )


def _maybe(text: str) -> float | None:
    """A time, or None where the sheet has none that can be read."""
    try:
        return seconds(text)
    except ValueError:
        return None
