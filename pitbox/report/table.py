"""Tables of a report: typed columns, and cells whose values the writers format."""

from enum import StrEnum

import msgspec

from pitbox.report.errors import ReportError


class ColumnKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    """With `unit` and `digits`."""
    LAP_TIME = "lap time"
    """Seconds, shown `2:18.412`."""
    RACE_TIME = "race time"
    """Seconds, shown `13:42:07`."""
    DELTA = "delta"
    """With its sign always: `+0.312`."""


class Tone(StrEnum):
    """Said by colour and by a sign or weight, never by colour alone."""

    PLAIN = "plain"
    DIM = "dim"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    BEST = "best"
    """Best of all: the timing screens' purple."""


class Column(msgspec.Struct, frozen=True):
    title: str
    kind: ColumnKind = ColumnKind.TEXT
    unit: str = ""
    digits: int = 0
    query: str = ""
    """Id of the query behind its numbers."""
    hint: str = ""
    """What the title means, for who does not know."""


class Cell(msgspec.Struct, frozen=True):
    """A value that needs more said than its column says."""

    value: str | float | None
    tone: Tone = Tone.PLAIN
    note: str = ""
    """Small and dim behind the value: `corrected by Ada`."""
    spread: float | None = None
    """Half width of its interval, shown `± 0.04`, in the column's unit."""
    query: str = ""
    """Where it is another than the column's."""


Value = str | float | Cell | None
Row = tuple[Value, ...]


class Table(msgspec.Struct, frozen=True, tag="table"):
    """`None` shows as a dash: it was not there, which is not nought."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: str = ""
    note: str = ""
    marked: tuple[int, ...] = ()
    """Rows that are ours, by number from 0."""
    total: Row = ()
    """A last row below a line."""

    def __post_init__(self) -> None:
        width = len(self.columns)
        rows = (*self.rows, self.total) if self.total else self.rows
        if any(len(row) != width for row in rows):
            raise ReportError(f"A row of the table {self.title!r} has not {width} cells.")


def text(title: str, *, query: str = "", hint: str = "") -> Column:
    return Column(title, ColumnKind.TEXT, query=query, hint=hint)


def number(title: str, unit: str = "", digits: int = 0, *, query: str = "", hint: str = "") -> Column:
    return Column(title, ColumnKind.NUMBER, unit, digits, query, hint)


def lap_time(title: str, *, digits: int = 3, query: str = "", hint: str = "") -> Column:
    return Column(title, ColumnKind.LAP_TIME, "", digits, query, hint)


def race_time(title: str, *, query: str = "", hint: str = "") -> Column:
    return Column(title, ColumnKind.RACE_TIME, "", 0, query, hint)


def delta(title: str, unit: str = "s", digits: int = 3, *, query: str = "", hint: str = "") -> Column:
    return Column(title, ColumnKind.DELTA, unit, digits, query, hint)
