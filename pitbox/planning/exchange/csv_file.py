"""A plan as CSV: one line a stint, for a spreadsheet, and back. What the reader wants exactly stands last."""

import csv
import io

from pitbox.planning.exchange.cell import guarded, race_clock
from pitbox.planning.exchange.sheet import PlanLine, PlanSheet
from pitbox.planning.person_clock import moment

COLUMNS = (
    "stint", "driver", "race_start", "start", "end", "length", "laps", "fuel_l", "new_tyres", "spotter",
    "instructions", "state", "length_s", "driver_key", "spotter_key", "key",
)  # fmt: skip
"""`start` and `end` are on the event's clock; `length` is how long it is, `length_s` what was asked for."""


def write_csv(sheet: PlanSheet) -> bytes:
    """UTF-8 with a mark that spreadsheets look for; no cell of it is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number, line in enumerate(sheet.lines, 1):
        writer.writerow([guarded(cell) for cell in _cells(sheet, line, number)])
    return out.getvalue().encode("utf-8-sig")


def _cells(sheet: PlanSheet, line: PlanLine, number: int) -> tuple[str, ...]:
    return (
        str(number),
        sheet.name(line.driver),
        "" if line.start_s is None else race_clock(line.start_s),
        _clock(sheet, line.start_s),
        _clock(sheet, line.end_s),
        "" if line.drive_s is None else race_clock(line.drive_s),
        "" if line.laps is None else str(line.laps),
        _figure(line.fuel_l),
        "" if line.is_new_tyres is None else ("yes" if line.is_new_tyres else "no"),
        sheet.name(line.spotter),
        line.instructions or "",
        line.state or "",
        _figure(line.length_s),
        line.driver or "",
        line.spotter or "",
        line.key,
    )


def _clock(sheet: PlanSheet, race_s: float | None) -> str:
    """`2026-03-28 13:00+01:00`; empty where the start is not known."""
    utc_s = sheet.utc_s(race_s)
    if utc_s is None:
        return ""
    at = moment(utc_s, sheet.zone)
    offset = f"{at:%z}"
    return f"{at:%Y-%m-%d %H:%M}{offset[:3]}:{offset[3:5]}"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if float(f"{value:g}") == value else repr(value)
