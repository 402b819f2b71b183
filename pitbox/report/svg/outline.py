"""Lines with fewer points that look the same."""

import math
from collections.abc import Iterable, Iterator, Sequence

Point = tuple[float, float]


def pieces(points: Iterable[tuple[float, float | None]]) -> Iterator[list[Point]]:
    """Unbroken runs of a line; what is missing or not a number breaks it."""
    run: list[Point] = []
    for x, y in points:
        if y is None or not math.isfinite(y) or not math.isfinite(x):
            if run:
                yield run
            run = []
        else:
            run.append((x, y))
    if run:
        yield run


def thinned(points: Sequence[Point], tolerance: float) -> list[Point]:
    """No point that is left out lies further than `tolerance` from what is drawn (Douglas and Peucker)."""
    if len(points) < 3:
        return list(points)
    kept = {0, len(points) - 1}
    stretches = [(0, len(points) - 1)]
    while stretches:
        first, last = stretches.pop()
        farthest, distance = _farthest(points, first, last)
        if distance > tolerance:
            kept.add(farthest)
            stretches += [(first, farthest), (farthest, last)]
    return [points[index] for index in sorted(kept)]


def steps(points: Sequence[Point]) -> list[Point]:
    """A line that holds each value until the next; what does not change is one stretch."""
    if not points:
        return []
    drawn = [points[0]]
    for x, y in points[1:]:
        if y != drawn[-1][1]:
            drawn += [(x, drawn[-1][1]), (x, y)]
    if points[-1][0] > drawn[-1][0]:
        drawn.append((points[-1][0], drawn[-1][1]))
    return drawn


def _farthest(points: Sequence[Point], first: int, last: int) -> tuple[int, float]:
    (x0, y0), (x1, y1) = points[first], points[last]
    dx, dy = x1 - x0, y1 - y0
    length = math.hypot(dx, dy)
    best, most = first, 0.0
    for index in range(first + 1, last):
        x, y = points[index]
        away = abs(dx * (y0 - y) - (x0 - x) * dy) / length if length else math.hypot(x - x0, y - y0)
        if away > most:
            best, most = index, away
    return best, most
