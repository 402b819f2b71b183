"""One picture of one figure."""

from pitbox.report.figure import (
    CornerBars,
    Distribution,
    Drawing,
    GapChart,
    Histogram,
    LedgerBars,
    LineChart,
    PositionChart,
    Scatter,
    StintBars,
    TrackMap,
)
from pitbox.report.svg.bars import draw_corners, draw_ledger, draw_stints
from pitbox.report.svg.cloud import draw_distribution, draw_histogram, draw_scatter
from pitbox.report.svg.ink import Inks, named, rules
from pitbox.report.svg.line_chart import draw_gaps, draw_lines, draw_positions
from pitbox.report.svg.pen import SIZE, Pen, clean, n
from pitbox.report.svg.track_map import draw_map

WIDE, PHONE = 720, 350
LOW = 0.68
"""Of the height that a chart over time has elsewhere: where a page has less room for it."""


def inline_svg(drawing: Drawing, width: int, label: str) -> str:
    """For a page: colours come from its style, which knows the scheme."""
    return _picture(draw(drawing, width), f'role="img" aria-label="{clean(label)}"', "")


def plain_svg(drawing: Drawing, width: int, inks: Inks) -> str:
    """A picture of its own, in fixed colours."""
    return _picture(draw(drawing, width), "", f"<style>{rules(named(inks))}</style>")


def low_svg(drawing: Drawing, width: int, inks: Inks) -> str | None:
    """The same chart over time, less high; None for what has one height."""
    match drawing:
        case PositionChart() if _has_data(drawing):
            pen = draw_positions(drawing, width, LOW)
        case GapChart() if _has_data(drawing):
            pen = draw_gaps(drawing, width, LOW)
        case _:
            return None
    return _picture(pen, "", f"<style>{rules(named(inks))}</style>")


def draw(drawing: Drawing, width: int) -> Pen:
    """A figure without data says so: an empty frame would look like nought."""
    if _has_data(drawing):
        return _draw(drawing, width)
    pen = Pen(width, 32)
    pen.text(0, 16, "Nothing was recorded for this figure.", "dim")
    return pen


def _has_data(drawing: Drawing) -> bool:  # noqa: PLR0911 - one case a kind of figure
    match drawing:
        case PositionChart() | GapChart() | LineChart():
            return any(y is not None for line in drawing.lines for y in line.y)
        case StintBars():
            return any(row.bars for row in drawing.rows)
        case LedgerBars():
            return bool(drawing.stacks)
        case Distribution():
            return any(group.values for group in drawing.groups)
        case Scatter():
            return any(points.x for points in drawing.points) or any(fit.x for fit in drawing.fits)
        case TrackMap():
            return len(drawing.x_m) > 1
        case CornerBars():
            return bool(drawing.corners and drawing.groups)
        case Histogram():
            return bool(drawing.counts)


def _draw(drawing: Drawing, width: int) -> Pen:  # noqa: C901, PLR0911 - one case a kind of figure
    match drawing:
        case PositionChart():
            return draw_positions(drawing, width)
        case GapChart():
            return draw_gaps(drawing, width)
        case LineChart():
            return draw_lines(drawing, width)
        case StintBars():
            return draw_stints(drawing, width)
        case LedgerBars():
            return draw_ledger(drawing, width)
        case Distribution():
            return draw_distribution(drawing, width)
        case Scatter():
            return draw_scatter(drawing, width)
        case TrackMap():
            return draw_map(drawing, width)
        case CornerBars():
            return draw_corners(drawing, width)
        case Histogram():
            return draw_histogram(drawing, width)


def _picture(pen: Pen, attributes: str, style: str) -> str:
    box = f'viewBox="0 0 {n(pen.width)} {n(pen.height)}" width="{n(pen.width)}" height="{n(pen.height)}"'
    look = f'class="plot" font-family="Inter, sans-serif" font-size="{SIZE}" stroke-width="1"'
    # What only has a line is not filled: said once for all of them.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} {look} {attributes}>{style}'
        f'<g fill="none">{pen.body()}</g></svg>'
    )
