"""Bars: stints on a time axis, stops by what they were made of, corners by what they cost."""

from collections.abc import Sequence

from pitbox.report.figure import Bar, BarRow, CornerBars, LedgerBars, Stack, StintBars
from pitbox.report.svg.frame import (
    NARROW,
    Frame,
    draw_spans,
    draw_x_axis,
    x_axis_title,
    x_ticks,
)
from pitbox.report.svg.ink import HUES, hue
from pitbox.report.svg.pen import Pen, fitted, width_of
from pitbox.report.svg.scale import Scale, number_ticks, span_of
from pitbox.report.words import number_words

_ROW, _BAR = 24, 16
_STOP_ROW, _CLOSE_ROW = 22, 14
_MANY_STOPS = 16
"""From more on they stand closer: the stops of a day share a page with what comes before."""
_NAME_SHARE = 0.26
_QUIET = 0.3
"""Depth of who is not ours: so pale that words on it are read like words on the page."""
_SHADES = (1.0, 0.62, 0.38, 0.82, 0.24, 0.5)
"""Parts of one bar, told apart by depth and by the gap between them."""


def draw_stints(chart: StintBars, width: float) -> Pen:
    names = _name_room([row.name for row in chart.rows], width)
    meanings = _meanings(chart)
    top = (_draw_groups(Pen(width, 0), list(meanings.values()), width) if meanings else 4) + 16
    frame = Frame(names, top, width - 8, top + _ROW * max(len(chart.rows), 1))
    pen = Pen(width, frame.bottom + 36)
    edges = [edge for row in chart.rows for bar in row.bars for edge in (bar.start, bar.end)]
    edges += [edge for span in chart.spans for edge in (span.start, span.end)]
    first, last = (min(edges), max(edges)) if edges else (0.0, 1.0)
    across = frame.across(first, last)
    if meanings:
        _draw_groups(pen, list(meanings.values()), width, [hue(number) for number in meanings])
    draw_spans(pen, frame, across, chart.spans)
    ticks = x_ticks(chart.x_axis, first, last, frame.x_room)
    draw_x_axis(pen, frame, across, ticks, x_axis_title(chart.x_axis, last - first))
    has_ours = any(row.is_ours for row in chart.rows)
    for number, row in enumerate(chart.rows):
        middle = frame.top + _ROW * (number + 0.5)
        _draw_name(pen, row, names, middle)
        for bar in row.bars:
            _draw_bar(pen, bar, across, middle, is_quiet=has_ours and not row.is_ours)
    return pen


def _meanings(chart: StintBars) -> dict[int, str]:
    """What each colour means, where it means one thing: words in short bars are cut."""
    words: dict[int, set[str]] = {}
    for row in chart.rows:
        for bar in row.bars:
            if bar.words:
                words.setdefault(bar.hue % HUES, set()).add(bar.words)
    return {number: next(iter(said)) for number, said in sorted(words.items()) if len(said) == 1}


def _draw_name(pen: Pen, row: BarRow, room: float, middle: float) -> None:
    words = fitted(row.name, room - 14)
    ink = "ours" if row.is_ours else "text"
    pen.text(room - 8, middle, words, ink, anchor="end", is_strong=row.is_ours, title=row.name)


def _draw_bar(pen: Pen, bar: Bar, across: Scale, middle: float, *, is_quiet: bool) -> None:
    left, right = across.at(bar.start), across.at(bar.end)
    # A gap of one unit keeps two stints of one driver apart.
    wide = max(right - left - 1, 0.8)
    ink = hue(bar.hue)
    if bar.is_planned:
        pen.outline(left + 0.5, middle - _BAR / 2, wide - 1, _BAR, ink, title=bar.words)
    else:
        look = f'opacity="{_QUIET}"' if is_quiet else ""
        pen.rect(left, middle - _BAR / 2, wide, _BAR, ink, look=look, title=bar.words)
    words = bar.words if width_of(bar.words, 10) <= wide - 6 else _initials(bar.words)
    if words and width_of(words, 10) <= wide - 3:
        over = ink if bar.is_planned else "text" if is_quiet else "paper"
        pen.text(left + wide / 2, middle, words, over, anchor="middle", size=10)


def _initials(words: str) -> str:
    return "".join(word[0] for word in words.split()[:3])


def draw_ledger(chart: LedgerBars, width: float) -> Pen:
    names = _name_room([stack.name for stack in chart.stacks], width)
    kinds = list(dict.fromkeys(part.name for stack in chart.stacks for part in stack.parts if part.value > 0))
    tails = [_tail(stack, chart.unit) for stack in chart.stacks]
    tail = min(max((width_of(words) for words in tails), default=0) + 12, width * 0.3)
    top = _draw_key(Pen(width, 0), kinds, width, has_need=any(s.need is not None for s in chart.stacks)) + 6
    row = _STOP_ROW if len(chart.stacks) <= _MANY_STOPS else _CLOSE_ROW
    frame = Frame(names, top, width - tail, top + row * max(len(chart.stacks), 1))
    pen = Pen(width, frame.bottom + 36)
    needs = any(stack.need is not None for stack in chart.stacks)
    _draw_key(pen, kinds, width, has_need=needs, need_words=chart.need_words)
    longest = max((max(_sum(stack), stack.need or 0) for stack in chart.stacks), default=1.0) or 1.0
    across = frame.across(0, longest * 1.02)
    draw_x_axis(pen, frame, across, number_ticks(0, longest, frame.x_room), _axis_title(chart.unit))
    shades = {kind: number for number, kind in enumerate(kinds)}
    for number, stack in enumerate(chart.stacks):
        middle = top + row * (number + 0.5)
        pen.text(names - 8, middle, fitted(stack.name, names - 14), anchor="end", title=stack.name)
        _draw_stack(pen, stack, shades, across, middle, half=(row - 4) / 2 if row < _STOP_ROW else 7.0)
        pen.text(
            max(across.at(_sum(stack)), across.at(stack.need or 0)) + 6,
            middle,
            fitted(tails[number], tail),
            "dim",
        )
    return pen


def _draw_stack(
    pen: Pen, stack: Stack, kinds: dict[str, int], across: Scale, middle: float, *, half: float
) -> None:
    done = 0.0
    for part in stack.parts:
        if part.value <= 0:
            continue
        left, right = across.at(done), across.at(done + part.value)
        number = kinds[part.name]
        title = f"{part.name} {number_words(part.value, 1)}"
        shade = f'opacity="{_SHADES[number % len(_SHADES)]}"'
        wide = max(right - left - 0.8, 0.8)
        pen.rect(left, middle - half, wide, 2 * half, hue(number), look=shade, title=title)
        done += part.value
    if stack.need is not None:
        x = across.at(stack.need)
        over = half + 3
        pen.line(x, middle - over, x, middle + over, "paper", look='stroke-width="4"')
        pen.line(x, middle - over, x, middle + over, "text", look='stroke-width="1.75"')


def _draw_key(
    pen: Pen, kinds: Sequence[str], width: float, *, has_need: bool, need_words: str = "need"
) -> float:
    """What the shades mean, in as many lines as it takes; says where it ends."""
    x, y = 0.0, 8.0
    for number, kind in enumerate(kinds):
        words = fitted(kind, width - 16)
        wide = width_of(words) + 30
        if x and x + wide - 16 > width:
            x, y = 0.0, y + 16
        shade = f'opacity="{_SHADES[number % len(_SHADES)]}"'
        pen.rect(x, y - 5, 10, 10, hue(number), look=shade)
        pen.text(x + 14, y, words, "dim", title=kind)
        x += wide
    if has_need:
        if x and x + width_of(need_words) + 20 > width:
            x, y = 0.0, y + 16
        pen.line(x + 4, y - 6, x + 4, y + 6, "text", look='stroke-width="1.75"')
        pen.text(x + 12, y, need_words, "dim")
    return y + 8


def draw_corners(chart: CornerBars, width: float) -> Pen:
    """Corner below corner, within each a bar a driver; the largest have their value behind them."""
    names = _name_room(list(chart.corners), width)
    thick = 12 if len(chart.groups) == 1 else 8
    row = thick * max(len(chart.groups), 1) + 8
    key = [group.name for group in chart.groups]
    top = _draw_groups(Pen(width, 0), key, width) + 4 if len(key) > 1 else 8.0
    frame = Frame(names, top, width - 44, top + row * max(len(chart.corners), 1))
    pen = Pen(width, frame.bottom + 36)
    if len(key) > 1:
        _draw_groups(pen, key, width, [hue(group.hue) for group in chart.groups])
    low, high = span_of([0.0, *(value for group in chart.groups for value in group.values)], 0.02)
    across = frame.across(low, high)
    draw_x_axis(
        pen, frame, across, number_ticks(low, high, frame.x_room), f"{chart.unit}, to the right is lost"
    )
    pen.line(across.at(0), frame.top, across.at(0), frame.bottom, "dim")
    most = max((abs(v) for group in chart.groups for v in group.values), default=0.0)
    for number, corner in enumerate(chart.corners):
        y = frame.top + row * number
        pen.text(names - 8, y + row / 2, fitted(corner, names - 14), anchor="end", title=corner)
        for place, group in enumerate(chart.groups):
            value = group.values[number]
            start, end = sorted((across.at(0), across.at(value)))
            at = y + 4 + thick * place
            words = f"{corner}, {group.name}: {number_words(value, 3, is_signed=True)} {chart.unit}"
            pen.rect(start, at, max(end - start, 0.6), thick - 1, hue(group.hue), title=words)
            if most and abs(value) == most:
                said = number_words(value, 2, is_signed=True)
                pen.text(end + 4, at + thick / 2, said, "dim", size=10)
    return pen


def _draw_groups(pen: Pen, names: Sequence[str], width: float, inks: Sequence[str] = ()) -> float:
    """Names of groups with their colour; says where they end."""
    x, y = 0.0, 8.0
    for number, name in enumerate(names):
        words = fitted(name, width - 16)
        if x and x + width_of(words) + 14 > width:
            x, y = 0.0, y + 16
        if inks:
            pen.rect(x, y - 5, 10, 10, inks[number])
        pen.text(x + 14, y, words, "dim")
        x += width_of(words) + 30
    return y + 8


def _name_room(names: Sequence[str], width: float) -> float:
    share = _NAME_SHARE if width >= NARROW else 0.3
    return min(max((width_of(name) for name in names), default=0) + 16, width * share)


def _axis_title(unit: str) -> str:
    return "Seconds" if unit == "s" else unit


def _sum(stack: Stack) -> float:
    return sum(max(part.value, 0) for part in stack.parts)


def _tail(stack: Stack, unit: str) -> str:
    return stack.words or f"{number_words(_sum(stack), 1)} {unit}".strip()
