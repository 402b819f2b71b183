"""The room of a plot: margins, axes with round values, spans behind the lines."""

from collections.abc import Sequence

import msgspec

from pitbox.report.figure import Axis, Span
from pitbox.report.svg.pen import Pen, fitted, width_of
from pitbox.report.svg.scale import Scale, Tick, has_minutes, lap_ticks, number_ticks, time_ticks

NARROW = 480
"""A picture below this width is for a phone."""
_SPAN_INKS = {"warn": "warn", "rain": "rain", "night": "night", "quiet": "quiet"}
_SPAN_DEPTH = {"warn": 0.16, "rain": 0.13, "night": 0.12, "quiet": 0.1}
_X_PITCH = 64


class Frame(msgspec.Struct, frozen=True):
    """Where the data lie, in units of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def across(self, low: float, high: float) -> Scale:
        return Scale(low, high, self.left, self.right)

    def up(self, low: float, high: float) -> Scale:
        return Scale(low, high, self.bottom, self.top)

    def down(self, low: float, high: float) -> Scale:
        return Scale(low, high, self.top, self.bottom)

    @property
    def x_room(self) -> int:
        return max(int(self.width / _X_PITCH), 2)


def x_ticks(axis: Axis, low: float, high: float, most: int) -> list[Tick]:
    match axis:
        case Axis.RACE_TIME:
            return time_ticks(low, high, most)
        case Axis.LAP:
            return lap_ticks(low, high, most)
        case Axis.NUMBER:
            return number_ticks(low, high, most)


def x_axis_title(axis: Axis, span: float, given: str = "") -> str:
    if given:
        return given
    match axis:
        case Axis.RACE_TIME:
            return "Race time, min:s" if has_minutes(span) else "Race time, h:min"
        case Axis.LAP:
            return "Lap"
        case Axis.NUMBER:
            return ""


def draw_x_axis(pen: Pen, frame: Frame, scale: Scale, ticks: Sequence[Tick], title: str = "") -> None:
    """Vertical lines hardly there, words below; the title stands at the right end."""
    for tick in ticks:
        x = scale.at(tick.value)
        pen.line(x, frame.top, x, frame.bottom, "grid")
    drawn_to = -1e9
    for tick in ticks:
        x, half = scale.at(tick.value), width_of(tick.words) / 2
        if x - half > drawn_to + 6 and x + half < pen.width:
            pen.text(x, frame.bottom + 12, tick.words, "dim", anchor="middle")
            drawn_to = x + half
    if title:
        room = frame.right - 2
        pen.text(frame.right, frame.bottom + 27, fitted(title, room), "dim", anchor="end")


def draw_y_axis(pen: Pen, frame: Frame, scale: Scale, ticks: Sequence[Tick], title: str = "") -> None:
    """Horizontal lines hardly there, words left of them; the title stands above, level."""
    for tick in ticks:
        y = scale.at(tick.value)
        pen.line(frame.left, y, frame.right, y, "grid")
        pen.text(frame.left - 6, y, tick.words, "dim", anchor="end")
    if title:
        pen.text(0, 7, fitted(title, pen.width), "dim")


def tick_room(ticks: Sequence[Tick]) -> float:
    """What stands left of the frame needs this much."""
    return max((width_of(tick.words) for tick in ticks), default=0) + 10


def draw_spans(pen: Pen, frame: Frame, scale: Scale, spans: Sequence[Span]) -> None:
    """Behind everything; the words stand above where there is room, and always as a title."""
    said: set[str] = set()
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    written_to = frame.left
    for number, span in enumerate(ordered):
        left = max(scale.at(span.start), frame.left)
        right = min(scale.at(span.end), frame.right)
        if right <= left:
            continue
        ink = _SPAN_INKS.get(span.tone, "quiet")
        look = f'opacity="{_SPAN_DEPTH.get(span.tone, 0.1)}"'
        pen.rect(left, frame.top, max(right - left, 1), frame.height, ink, look=look, title=span.words)
        following = (scale.at(later.start) for later in ordered[number + 1 :])
        room = min(next(following, frame.right), frame.right) - left
        words = fitted(span.words, max(room, right - left) - 4, 10)
        # Half a word helps once; beside the whole one it is only in the way.
        is_wanted = words == span.words or span.words not in said
        if left >= written_to and words and is_wanted:
            said.add(span.words)
            pen.text(left + 1, frame.top - 6, words, "dim", size=10)
            written_to = left + 5 + width_of(words, 10)
