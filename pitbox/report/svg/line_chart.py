"""Lines over race time or laps: positions, gaps, any value. Ours is thick, rivals have names."""

from collections.abc import Callable, Sequence

import msgspec

from pitbox.report.figure import Axis, GapChart, Line, LineChart, Mark, PositionChart, Rank, Span
from pitbox.report.svg.frame import (
    NARROW,
    Frame,
    draw_spans,
    draw_x_axis,
    draw_y_axis,
    tick_room,
    x_axis_title,
    x_ticks,
)
from pitbox.report.svg.ink import HUES, hue
from pitbox.report.svg.label import Label, placed
from pitbox.report.svg.outline import Point, pieces, steps, thinned
from pitbox.report.svg.pen import Pen, fitted, polyline, width_of
from pitbox.report.svg.scale import Scale, Tick, lap_time_ticks, number_ticks, span_of

_TOLERANCE = 0.25
_PITCH = 13
_MOST_NAMES = 0.3
"""Of the width: no more for the names at the right."""
_DASHES = ("", ' stroke-dasharray="7 2.5"', ' stroke-dasharray="2 2"', ' stroke-dasharray="9 2 2 2"')
_WEIGHTS = {Rank.OURS: 2.25, Rank.RIVAL: 1.25, Rank.FIELD: 0.75}
_ORDER = {Rank.FIELD: 0, Rank.RIVAL: 1, Rank.OURS: 2}
_CROWD = 1500
_FAINT, _FAINTER = 0.6, 0.35
"""Lines of the field: where they change so often, they would be a wall before those that matter."""


class _Plan(msgspec.Struct, frozen=True):
    lines: Sequence[Line]
    low: float
    high: float
    ticks: Sequence[Tick]
    y_title: str
    x_axis: Axis
    x_title: str
    spans: Sequence[Span]
    marks: Sequence[Mark]
    height: float
    is_step: bool
    is_down: bool


def draw_positions(chart: PositionChart, width: float, share: float = 1.0) -> Pen:
    """`share` of the height that it has where there is room."""
    worst = max((y for line in chart.lines for y in line.y if y is not None), default=1.0)
    height = share * min(max(worst * 9, 180), 440 if width >= NARROW else 400)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if worst / step <= height / 30 + 1 or step == 100)
    values = sorted({1, *range(step, int(worst) + 1, step)})
    ticks = [Tick(value, str(value)) for value in values]
    return _draw(
        _Plan(
            chart.lines, 0.4, worst + 0.6, ticks, "Position", chart.x_axis, "", chart.spans, chart.marks,
            height, is_step=True, is_down=True,
        ),
        width,
    )  # fmt: skip


def draw_gaps(chart: GapChart, width: float, share: float = 1.0) -> Pen:
    """As far as named lines reach: a car that is an hour behind would press them into one."""
    named = [line for line in chart.lines if line.rank is not Rank.FIELD] or chart.lines
    low, high = span_of([y for line in named for y in line.y if y is not None], 0.12)
    lines = [_within(line, low, high) for line in chart.lines]
    ticks = number_ticks(low, high, 7)
    title = f"Gap to {chart.reference}, s (further down is behind)"
    return _draw(
        _Plan(
            lines, low, high, ticks, title, chart.x_axis, "", chart.spans, chart.marks,
            share * 280, is_step=False, is_down=True,
        ),
        width,
    )  # fmt: skip


def draw_lines(chart: LineChart, width: float) -> Pen:
    low, high = span_of([y for line in chart.lines for y in line.y if y is not None])
    ticks = (lap_time_ticks if chart.is_lap_time else number_ticks)(low, high, 6)
    title = f"{chart.y_title}, {chart.unit}" if chart.unit else chart.y_title
    return _draw(
        _Plan(
            chart.lines, low, high, ticks, title, chart.x_axis, chart.x_title, chart.spans, chart.marks,
            220, is_step=chart.is_step, is_down=False,
        ),
        width,
    )  # fmt: skip


def _draw(plan: _Plan, width: float) -> Pen:
    named = [line for line in plan.lines if line.rank is not Rank.FIELD and line.name]
    names = min(max((width_of(line.name) for line in named), default=0), width * _MOST_NAMES)
    left, top = tick_room(plan.ticks), 32.0 if plan.spans else 20.0
    frame = Frame(left, top, width - (names + 14 if names else 8), top + plan.height)
    pen = Pen(width, frame.bottom + 36)
    x_values = [x for line in plan.lines for x in line.x]
    x_values += [edge for span in plan.spans for edge in (span.start, span.end)] if x_values else []
    first, last = (min(x_values), max(x_values)) if x_values else (0.0, 1.0)
    if plan.x_axis is not Axis.NUMBER and 0 < first < 0.1 * last:
        first = 0.0
    across = frame.across(first, last)
    up = (frame.down if plan.is_down else frame.up)(plan.low, plan.high)
    draw_spans(pen, frame, across, plan.spans)
    ticks = x_ticks(plan.x_axis, first, last, frame.x_room)
    draw_x_axis(pen, frame, across, ticks, x_axis_title(plan.x_axis, last - first, plan.x_title))
    draw_y_axis(pen, frame, up, plan.ticks, plan.y_title)
    if plan.low < 0 < plan.high:
        pen.line(frame.left, up.at(0), frame.right, up.at(0), "dim", look='stroke-opacity="0.6"')
    dashes = _dashes(plan.lines)
    crowd = sum(len(line.x) for line in plan.lines if line.rank is Rank.FIELD)
    faint = _FAINT if crowd <= _CROWD else _FAINTER
    for line in sorted(plan.lines, key=lambda line: _ORDER[line.rank]):
        _draw_line(pen, line, across.at, up.at, dash=dashes.get(line, ""), faint=faint, is_step=plan.is_step)
    _draw_marks(pen, plan.marks, across, up)
    if names:
        _draw_names(pen, frame, named, across, up)
    return pen


def ink_of(line: Line) -> str:
    match line.rank:
        case Rank.OURS:
            # Not the team's colour: that may be the one of a class.
            return "text"
        case Rank.RIVAL:
            return hue(line.hue)
        case Rank.FIELD:
            return "field"


def _draw_line(
    pen: Pen,
    line: Line,
    x_at: Callable[[float], float],
    y_at: Callable[[float], float],
    *,
    dash: str,
    faint: float,
    is_step: bool,
) -> None:
    weight = _WEIGHTS[line.rank]
    paths = []
    for run in pieces(zip(line.x, line.y, strict=True)):
        points = [(x_at(x), y_at(y)) for x, y in run]
        drawn = (
            steps(_by_column(points) if line.rank is Rank.FIELD else points)
            if is_step
            else thinned(points, _TOLERANCE)
        )
        if len(drawn) == 1:
            pen.dot(*drawn[0], weight, ink_of(line))
        paths.append(polyline(drawn))
    look = f'stroke-width="{weight}"{dash}'
    if line.rank is Rank.FIELD:
        look += f' stroke-opacity="{faint}"'
    d = "".join(paths)
    if line.rank is Rank.OURS:
        pen.path(d, "paper", look=f'stroke-width="{weight + 2}"')
    pen.path(d, ink_of(line), look=look)


def _within(line: Line, low: float, high: float) -> Line:
    if line.rank is not Rank.FIELD:
        return line
    return msgspec.structs.replace(
        line, y=tuple(y if y is not None and low <= y <= high else None for y in line.y)
    )


def _dashes(lines: Sequence[Line]) -> dict[Line, str]:
    """Rivals of one hue are told apart where they cross."""
    count: dict[int, int] = {}
    found = {}
    for line in lines:
        if line.rank is Rank.RIVAL:
            number = count.get(line.hue % HUES, 0)
            count[line.hue % HUES] = number + 1
            found[line] = _DASHES[number % len(_DASHES)]
    return found


def _by_column(points: list[Point], pitch: float = 0.4) -> list[Point]:
    """The last value of each narrow column: what happened within it would be one blot."""
    kept: list[Point] = []
    for x, y in points:
        if len(kept) > 1 and x - kept[-2][0] < pitch:
            kept[-1] = (x, y)
        else:
            kept.append((x, y))
    return kept


def _draw_marks(pen: Pen, marks: Sequence[Mark], across: Scale, up: Scale) -> None:
    inks = {"good": "good", "bad": "bad", "warn": "warn"}
    radius = 2.75 if pen.width >= NARROW else 1.75
    for mark in marks:
        x, y = across.at(mark.x), up.at(mark.y)
        pen.dot(x, y, radius + 1.25, "paper")
        pen.dot(x, y, radius, inks.get(mark.tone, "text"), title=mark.words)


def _draw_names(pen: Pen, frame: Frame, lines: Sequence[Line], across: Scale, up: Scale) -> None:
    """At the right end, each beside its line; a thin leader where it had to move, or its line ended early."""
    labels, ends = [], {}
    room = pen.width - frame.right - 10
    for number, line in enumerate(lines):
        run = [(x, y) for x, y in zip(line.x, line.y, strict=True) if y is not None]
        if not run:
            continue
        x, y = run[-1]
        label = Label(
            up.at(y),
            line.name,
            ink_of(line),
            line.rank is Rank.OURS,
            0 if line.rank is Rank.OURS else 1 + number,
        )
        labels.append(label)
        ends[label] = (across.at(x), up.at(y))
    for place, label in placed(labels, frame.top + 4, frame.bottom - 4, _PITCH):
        x, y = ends[label]
        if abs(place - y) > 3 or frame.right - x > 3:
            pen.line(
                x + 1, y, frame.right + 7, place, label.ink, look='stroke-width="0.6" stroke-opacity="0.55"'
            )
        words = fitted(label.words, room)
        pen.text(frame.right + 9, place, words, label.ink, is_strong=label.is_strong, title=label.words)
