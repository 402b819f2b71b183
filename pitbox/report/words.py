"""How a report writes values: times, numbers, signs. A dash stands for what was not there."""

import math

from pitbox.report.table import Cell, Column, ColumnKind, Value

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
_NARROW = "\N{NARROW NO-BREAK SPACE}"
_GROUPED_FROM = 10_000
"""Below it four figures read well without a gap."""


def number_words(value: float, digits: int = 0, *, is_signed: bool = False) -> str:
    if not math.isfinite(value):
        return DASH
    rounded = round(value, digits) + 0.0
    size = abs(rounded)
    text = f"{size:,.{digits}f}".replace(",", _NARROW if size >= _GROUPED_FROM else "")
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if is_signed else text


def lap_time_words(time_s: float, digits: int = 3) -> str:
    """`2:18.412`; below a minute `58.412`."""
    if not math.isfinite(time_s):
        return DASH
    unit = 10**digits
    whole, part = divmod(round(abs(time_s) * unit), unit)
    minutes, seconds = divmod(whole, 60)
    tail = f".{part:0{digits}d}" if digits else ""
    text = f"{minutes}:{seconds:02d}{tail}" if minutes else f"{seconds}{tail}"
    return (MINUS if time_s < 0 else "") + text


def race_time_words(time_s: float) -> str:
    """`13:42:07`."""
    if not math.isfinite(time_s):
        return DASH
    minutes, seconds = divmod(round(abs(time_s)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{MINUS if time_s < 0 else ''}{hours}:{minutes:02d}:{seconds:02d}"


def value_words(value: Value, column: Column) -> str:
    """A cell's value as its column has it, without note and spread; a text in a column of numbers stays."""
    if isinstance(value, Cell):
        value = value.value
    if value is None:
        return DASH
    return value if isinstance(value, str) else _figure(value, column)


def spread_words(value: Value, column: Column) -> str:
    """`± 0.04`, or nothing."""
    if not isinstance(value, Cell) or value.spread is None:
        return ""
    return f"± {number_words(value.spread, column.digits)}"


def _figure(value: float, column: Column) -> str:
    match column.kind:
        case ColumnKind.LAP_TIME:
            return lap_time_words(value, column.digits)
        case ColumnKind.RACE_TIME:
            return race_time_words(value)
        case ColumnKind.DELTA:
            return number_words(value, column.digits, is_signed=True)
        case ColumnKind.NUMBER:
            return number_words(value, column.digits)
        case ColumnKind.TEXT:
            return f"{value:g}"
