"""Figures of a report as data: what is shown, not how it is drawn. `svg` draws each kind.

Numbers are finite; only a line may have gaps.
"""

from enum import StrEnum
from math import isfinite

import msgspec

from pitbox.report.errors import ReportError

Floats = tuple[float, ...]


class Axis(StrEnum):
    RACE_TIME = "race time"
    """Seconds of the race, shown as hours and minutes."""
    LAP = "lap"
    NUMBER = "number"


class Rank(StrEnum):
    """How much a line matters, and so how it is drawn."""

    OURS = "ours"
    RIVAL = "rival"
    """Named at its end, in the colour of its class."""
    FIELD = "field"
    """Thin and faint, unnamed."""


class Line(msgspec.Struct, frozen=True):
    name: str
    x: Floats
    y: tuple[float | None, ...]
    """`None` breaks the line."""
    rank: Rank = Rank.FIELD
    hue: int = 0
    """A class by its rank in pace, a driver, a car: one number is one colour in the whole report."""

    def __post_init__(self) -> None:
        _same_length(self.name, self.x, self.y)
        if not all(y is None or isfinite(y) for y in self.y):
            # JSON has no word for what is no number; here it means the same as nothing.
            ys = tuple(y if y is not None and isfinite(y) else None for y in self.y)
            msgspec.structs.force_setattr(self, "y", ys)


class Span(msgspec.Struct, frozen=True):
    """A stretch of the x axis, drawn behind: a caution, rain, night."""

    start: float
    end: float
    words: str
    tone: str = "warn"
    """`warn`, `rain`, `night` or `quiet`."""


class Mark(msgspec.Struct, frozen=True):
    """A point on a line that means something: a stop, an incident."""

    x: float
    y: float
    words: str
    tone: str = "plain"


class PositionChart(msgspec.Struct, frozen=True, tag="positions"):
    """1 on top; a line goes in steps."""

    lines: tuple[Line, ...]
    x_axis: Axis = Axis.RACE_TIME
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()


class GapChart(msgspec.Struct, frozen=True, tag="gaps"):
    """Seconds to `reference`: behind it is positive and drawn below."""

    lines: tuple[Line, ...]
    reference: str
    x_axis: Axis = Axis.RACE_TIME
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()


class LineChart(msgspec.Struct, frozen=True, tag="lines"):
    """Any value over time or laps: temperatures, wetness, fuel, pace."""

    lines: tuple[Line, ...]
    y_title: str
    unit: str = ""
    x_axis: Axis = Axis.RACE_TIME
    x_title: str = ""
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()
    is_step: bool = False
    is_lap_time: bool = False
    """`y` is seconds of a lap, shown `2:18.4`."""


class Bar(msgspec.Struct, frozen=True):
    start: float
    end: float
    words: str
    """Written inside where there is room."""
    hue: int = 0
    is_planned: bool = False
    """Drawn as an outline."""


class BarRow(msgspec.Struct, frozen=True):
    name: str
    bars: tuple[Bar, ...]
    is_ours: bool = False


class StintBars(msgspec.Struct, frozen=True, tag="stints"):
    """A row for each car, driver, or plan against actual, on one time axis."""

    rows: tuple[BarRow, ...]
    x_axis: Axis = Axis.RACE_TIME
    spans: tuple[Span, ...] = ()


class Part(msgspec.Struct, frozen=True):
    name: str
    """The same name is the same shade in all bars."""
    value: float


class Stack(msgspec.Struct, frozen=True):
    name: str
    parts: tuple[Part, ...]
    need: float | None = None
    """What it would have taken: a tick across the bar."""
    words: str = ""
    """Behind the bar; its sum if empty."""


class LedgerBars(msgspec.Struct, frozen=True, tag="ledger"):
    """One stacked bar a stop: lane, stall, service, lost."""

    stacks: tuple[Stack, ...]
    unit: str = "s"
    need_words: str = "need"


class Group(msgspec.Struct, frozen=True):
    name: str
    values: Floats
    hue: int = 0


class Distribution(msgspec.Struct, frozen=True, tag="distribution"):
    """Box from quarter to quarter, middle, whiskers from 5 % to 95 %, and each value as a dot if few."""

    groups: tuple[Group, ...]
    title: str
    unit: str = ""
    is_lap_time: bool = False


class Points(msgspec.Struct, frozen=True):
    name: str
    x: Floats
    y: Floats
    hue: int = 0

    def __post_init__(self) -> None:
        _same_length(self.name, self.x, self.y)


class Fit(msgspec.Struct, frozen=True):
    """A fitted curve with the band that it says to hold; the band may be left out."""

    name: str
    x: Floats
    y: Floats
    low: Floats = ()
    high: Floats = ()
    hue: int = 0

    def __post_init__(self) -> None:
        _same_length(self.name, self.x, self.y)
        if self.low or self.high:
            _same_length(self.name, self.x, self.low)
            _same_length(self.name, self.x, self.high)


class Scatter(msgspec.Struct, frozen=True, tag="scatter"):
    points: tuple[Points, ...]
    x_title: str
    y_title: str
    x_unit: str = ""
    y_unit: str = ""
    fits: tuple[Fit, ...] = ()
    is_lap_time: bool = False


class Place(msgspec.Struct, frozen=True):
    x_m: float
    y_m: float
    words: str
    weight: float = 1.0
    """0 to 1: how large it is drawn."""
    tone: str = "bad"


class TrackMap(msgspec.Struct, frozen=True, tag="map"):
    """North up, closed. `heat` has a value from 0 to 1 for each point of the outline, or is empty."""

    x_m: Floats
    y_m: Floats
    heat: Floats = ()
    heat_words: str = ""
    """What much heat means: `time lost`."""
    places: tuple[Place, ...] = ()
    corners: tuple[Place, ...] = ()
    """Names only."""

    def __post_init__(self) -> None:
        _same_length("outline", self.x_m, self.y_m)
        if self.heat:
            _same_length("heat", self.x_m, self.heat)


class CornerBars(msgspec.Struct, frozen=True, tag="corners"):
    """Seconds lost in each corner (negative: gained), one bar a driver."""

    corners: tuple[str, ...]
    groups: tuple[Group, ...]
    """`values` as many as corners."""
    unit: str = "s"

    def __post_init__(self) -> None:
        for group in self.groups:
            _same_length(group.name, self.corners, group.values)


class Histogram(msgspec.Struct, frozen=True, tag="histogram"):
    """`counts` has one value less than `edges`."""

    edges: Floats
    counts: Floats
    title: str
    unit: str = ""
    marks: tuple[Mark, ...] = ()
    """`x` and `words` only: what was planned, what happened."""
    is_share: bool = False
    """Counts are shares from 0 to 1."""

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.counts) + 1:
            raise ReportError("A histogram has one edge more than counts.")


Drawing = (
    PositionChart
    | GapChart
    | LineChart
    | StintBars
    | LedgerBars
    | Distribution
    | Scatter
    | TrackMap
    | CornerBars
    | Histogram
)


class Figure(msgspec.Struct, frozen=True, tag="figure"):
    title: str
    """What it shows, in a sentence that says the finding if there is one."""
    drawing: Drawing
    description: str
    """For who does not see it: what can be read off it."""
    query: str = ""
    note: str = ""


def _same_length(name: str, first: tuple[object, ...], second: tuple[object, ...]) -> None:
    if len(first) != len(second):
        raise ReportError(f"{name!r} has {len(first)} values against {len(second)}.")
