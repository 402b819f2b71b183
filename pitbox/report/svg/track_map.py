"""The track from above, north up: heat along it, places on it, corners named beside it."""

import math
from collections.abc import Sequence

from pitbox.report.figure import TrackMap
from pitbox.report.svg.frame import NARROW
from pitbox.report.svg.outline import thinned
from pitbox.report.svg.pen import Pen, fitted, polyline, width_of

_PADDING = 34
_HEAT_STEPS = 6

At = tuple[float, float]


def draw_map(chart: TrackMap, width: float) -> Pen:
    if not chart.x_m:
        return Pen(width, 40)
    spread_x, spread_y = (max(values) - min(values) or 1.0 for values in (chart.x_m, chart.y_m))
    most = 440 if width >= NARROW else 340
    ratio = min((width - 2 * _PADDING) / spread_x, (most - 2 * _PADDING) / spread_y)
    height = spread_y * ratio + 2 * _PADDING + (18 if chart.heat_words else 0)
    pen = Pen(width, height)
    left = (width - spread_x * ratio) / 2 - min(chart.x_m) * ratio

    def at(x_m: float, y_m: float) -> At:
        return left + x_m * ratio, _PADDING + (max(chart.y_m) - y_m) * ratio

    line = [at(x, y) for x, y in zip(chart.x_m, chart.y_m, strict=True)]
    round_look = 'stroke-linejoin="round" stroke-linecap="round"'
    pen.path(polyline(thinned([*line, line[0]], 0.2)), "field", look=f'stroke-width="5" {round_look}')
    if chart.heat:
        _draw_heat(pen, line, chart.heat)
    for place in sorted(chart.places, key=lambda place: -place.weight):
        x, y = at(place.x_m, place.y_m)
        ink = place.tone if place.tone in {"good", "bad", "warn"} else "dim"
        radius = 2.5 + 5 * math.sqrt(min(max(place.weight, 0), 1))
        pen.dot(x, y, radius, ink, title=place.words, look='fill-opacity="0.6"')
    _draw_corners(pen, chart, line, [at(corner.x_m, corner.y_m) for corner in chart.corners])
    if chart.heat_words:
        _draw_key(pen, chart.heat_words, height - 10)
    return pen


def _draw_heat(pen: Pen, line: Sequence[At], heat: Sequence[float]) -> None:
    """In a few steps of depth and width, so that it is read without colour too."""
    closed = [*line, line[0]]
    step = [min(int(min(max(value, 0), 1) * _HEAT_STEPS), _HEAT_STEPS) for value in heat]
    first = 0
    for index in range(1, len(line) + 1):
        if index < len(line) and step[index] == step[first]:
            continue
        if step[first]:
            share = step[first] / _HEAT_STEPS
            look = f'stroke-width="{2 + 5 * share:.1f}" stroke-opacity="{0.35 + 0.65 * share:.2f}"'
            pen.path(
                polyline(thinned(closed[first : index + 1], 0.2)),
                "bad",
                look=look + ' stroke-linecap="round"',
            )
        first = index


def _draw_corners(pen: Pen, chart: TrackMap, line: Sequence[At], places: Sequence[At]) -> None:
    """Outside of the track as seen from its middle; one that would touch another stays a title on the map."""
    middle_x = sum(x for x, _ in line) / len(line)
    middle_y = sum(y for _, y in line) / len(line)
    taken: list[tuple[float, float, float]] = []
    for corner, (x, y) in zip(chart.corners, places, strict=True):
        dx, dy = x - middle_x, y - middle_y
        away = math.hypot(dx, dy) or 1.0
        words = fitted(corner.words, 120)
        half = width_of(words) / 2
        at_x = min(max(x + dx / away * (12 + half * abs(dx / away)), half + 2), pen.width - half - 2)
        at_y = y + dy / away * 14
        if any(abs(at_x - ox) < half + oh + 4 and abs(at_y - oy) < 12 for ox, oy, oh in taken):
            continue
        taken.append((at_x, at_y, half))
        pen.text(at_x, at_y, words, "dim", anchor="middle", has_halo=True, title=corner.words)


def _draw_key(pen: Pen, words: str, y: float) -> None:
    for number in range(1, _HEAT_STEPS + 1):
        share = number / _HEAT_STEPS
        look = f'stroke-width="{2 + 5 * share:.1f}" stroke-opacity="{0.35 + 0.65 * share:.2f}"'
        pen.line(10 * number, y, 10 * number + 9, y, "bad", look=look)
    pen.text(10 * _HEAT_STEPS + 18, y, fitted(f"more {words}", pen.width - 90), "dim")
