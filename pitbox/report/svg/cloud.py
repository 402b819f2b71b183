"""Many values at once: boxes with their dots, points with a fit and its band, a histogram."""

import math
from collections.abc import Sequence

from pitbox.report.figure import Distribution, Fit, Group, Histogram, Scatter
from pitbox.report.svg.frame import Frame, draw_x_axis, draw_y_axis, tick_room
from pitbox.report.svg.ink import hue
from pitbox.report.svg.label import Label, placed
from pitbox.report.svg.pen import Pen, fitted, n, polyline, width_of
from pitbox.report.svg.scale import Scale, lap_time_label, lap_time_ticks, number_ticks, span_of
from pitbox.report.words import number_words

_FEW = 120
"""So many values are drawn one by one as well."""
_ROW = 30
_FENCE = 4.0
"""Times the middle half: values further from it are not worth an axis."""
_MOST_POINTS = 3000


def draw_distribution(chart: Distribution, width: float) -> Pen:
    groups = [_finite(group) for group in chart.groups]
    names = min(max((width_of(group.name) for group in groups), default=0) + 16, width * 0.28)
    frame = Frame(names, 16, width - 56, 16 + _ROW * max(len(groups), 1))
    pen = Pen(width, frame.bottom + 36)
    pen.text(frame.right + 6, 8, "median", "dim", size=10)
    low, high = span_of([v for group in groups for v in _shown(group.values)])
    across = frame.across(low, high)
    ticks = (lap_time_ticks if chart.is_lap_time else number_ticks)(low, high, frame.x_room)
    title = f"{chart.title}, {chart.unit}" if chart.unit else chart.title
    draw_x_axis(pen, frame, across, ticks, title)
    for number, group in enumerate(groups):
        middle = frame.top + _ROW * (number + 0.5)
        pen.text(names - 8, middle, fitted(group.name, names - 14), anchor="end", title=group.name)
        if group.values:
            _draw_box(pen, group, across, middle)
            said = _said(quantile(group.values, 0.5), low, high, is_lap_time=chart.is_lap_time)
            pen.text(frame.right + 6, middle, said, "dim")
    return pen


def _draw_box(pen: Pen, group: Group, across: Scale, middle: float) -> None:
    ink = hue(group.hue)
    p5, p25, p50, p75, p95 = (
        min(max(across.at(quantile(group.values, q)), across.first), across.last)
        for q in (0.05, 0.25, 0.5, 0.75, 0.95)
    )
    pen.line(p5, middle, p95, middle, ink)
    pen.rect(p25, middle - 7, max(p75 - p25, 1), 14, "paper")
    pen.rect(p25, middle - 7, max(p75 - p25, 1), 14, ink, look='opacity="0.3"')
    if len(group.values) <= _FEW:
        for number, value in enumerate(group.values):
            x = across.at(value)
            if across.first <= x <= across.last:
                # Side by side in a fixed pattern: equal values shall not hide each other.
                pen.dot(x, middle + (number * 7 % 11 - 5), 1.25, ink, look='opacity="0.55"')
    pen.line(p50, middle - 9, p50, middle + 9, "paper", look='stroke-width="4"')
    pen.line(p50, middle - 9, p50, middle + 9, ink, look='stroke-width="2"')


def draw_scatter(chart: Scatter, width: float) -> Pen:
    ys = [y for points in chart.points for y in points.y] + [y for fit in chart.fits for y in fit.y]
    low, high = span_of(ys)
    y_ticks = (lap_time_ticks if chart.is_lap_time else number_ticks)(low, high, 6)
    many = [(points.name, hue(points.hue)) for points in chart.points if points.name]
    names = min(max((width_of(name) for name, _ in many), default=0), width * 0.25) if len(many) > 1 else 0
    frame = Frame(tick_room(y_ticks), 22, width - (names + 26 if names else 8), 262)
    pen = Pen(width, frame.bottom + 36)
    xs = [x for points in chart.points for x in points.x] + [x for fit in chart.fits for x in fit.x]
    left, right = span_of(xs)
    across, up = frame.across(left, right), frame.up(low, high)
    draw_x_axis(
        pen, frame, across, number_ticks(left, right, frame.x_room), _titled(chart.x_title, chart.x_unit)
    )
    draw_y_axis(pen, frame, up, y_ticks, _titled(chart.y_title, chart.y_unit))
    for fit in chart.fits:
        _draw_band(pen, fit, across, up, frame)
    for points in chart.points:
        pairs = [
            (x, y) for x, y in zip(points.x, points.y, strict=True) if math.isfinite(x) and math.isfinite(y)
        ]
        every = max(1, math.ceil(len(pairs) / _MOST_POINTS))
        pen.path(_dots([(across.at(x), up.at(y)) for x, y in pairs[::every]]), hue(points.hue), look=_DOT)
    for fit in chart.fits:
        line = polyline((across.at(x), up.at(y)) for x, y in zip(fit.x, fit.y, strict=True))
        pen.path(line, "paper", look='stroke-width="3.5"')
        pen.path(line, hue(fit.hue), look='stroke-width="1.75"')
    labels = [Label(frame.top + 8 + 14 * number, name, ink) for number, (name, ink) in enumerate(many)]
    for place, label in placed(labels if names else [], frame.top + 8, frame.bottom, 14):
        pen.dot(frame.right + 12, place, 3, label.ink)
        pen.text(frame.right + 20, place, fitted(label.words, names), label.ink, title=label.words)
    return pen


_DOT = 'stroke-width="4" stroke-linecap="round" stroke-opacity="0.55"'


def _dots(places: Sequence[tuple[float, float]]) -> str:
    """One path of many points: a stroke of no length with round ends."""
    return "".join(f"M{n(x)} {n(y)}h0" for x, y in places)


def _draw_band(pen: Pen, fit: Fit, across: Scale, up: Scale, frame: Frame) -> None:
    if not fit.low:
        return

    def inside(value: float) -> float:
        return min(max(up.at(value), frame.top), frame.bottom)

    upper = [(across.at(x), inside(y)) for x, y in zip(fit.x, fit.high, strict=True)]
    lower = [(across.at(x), inside(y)) for x, y in zip(fit.x, fit.low, strict=True)]
    pen.path(polyline(upper + lower[::-1]) + "z", hue(fit.hue), look='opacity="0.18"', is_filled=True)


def draw_histogram(chart: Histogram, width: float) -> Pen:
    top = max((c for c in chart.counts if math.isfinite(c)), default=1.0) or 1.0
    scale_by = 100 if chart.is_share else 1
    y_ticks = number_ticks(0, top * scale_by * 1.05, 4)
    frame = Frame(tick_room(y_ticks), 22 + 14 * bool(chart.marks), width - 8, 200)
    pen = Pen(width, frame.bottom + 36)
    low, high = min(chart.edges), max(chart.edges)
    across, up = frame.across(low, high), frame.up(0, top * scale_by * 1.05)
    draw_x_axis(pen, frame, across, number_ticks(low, high, frame.x_room), _titled(chart.title, chart.unit))
    draw_y_axis(pen, frame, up, y_ticks, "Share, %" if chart.is_share else "Count")
    for start, end, count in zip(chart.edges, chart.edges[1:], chart.counts, strict=False):
        left, right, peak = across.at(start), across.at(end), up.at(count * scale_by)
        pen.rect(left, peak, max(right - left - 0.8, 0.8), frame.bottom - peak, "ours", look='opacity="0.7"')
    written_to = -1e9
    for mark in sorted(chart.marks, key=lambda mark: mark.x):
        x = across.at(mark.x)
        pen.line(x, frame.top - 4, x, frame.bottom, "text", look='stroke-width="1.5"')
        half = width_of(mark.words) / 2
        at = min(max(x, half), width - half)
        if at - half > written_to + 4:
            pen.text(at, frame.top - 11, mark.words, anchor="middle")
            written_to = at + half
    return pen


def quantile(values: Sequence[float], share: float) -> float:
    """Between the two nearest values in order."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _finite(group: Group) -> Group:
    return Group(group.name, tuple(v for v in group.values if math.isfinite(v)), group.hue)


def _shown(values: Sequence[float]) -> list[float]:
    """What the axis reaches over: whiskers, not the few laps with a spin or behind a safety car."""
    if not values:
        return []
    low, first, last, high = (quantile(values, share) for share in (0.02, 0.25, 0.75, 0.98))
    far = _FENCE * (last - first)
    return [max(low, first - far), min(high, last + far)] if far > 0 else [low, high]


def _said(value: float, low: float, high: float, *, is_lap_time: bool) -> str:
    digits = 2 if high - low < 20 else 1
    return lap_time_label(value, digits) if is_lap_time else number_words(value, digits)


def _titled(title: str, unit: str) -> str:
    return f"{title}, {unit}" if unit else title
