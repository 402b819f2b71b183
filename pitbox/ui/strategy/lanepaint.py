"""How the race timeline is drawn: stints as bars, stops as strokes, the flag with its spread, windows."""

from collections.abc import Callable, Mapping

import msgspec
from PySide6.QtCore import QPointF, QRectF

from pitbox.ui.plot.tone import tone_of
from pitbox.ui.scene.span import race_words
from pitbox.ui.scene.words import Units
from pitbox.ui.shell.pen import DIM, NOTE, STRONG, Pen, Style
from pitbox.ui.strategy.lanes import Lane, Lanes, RivalLane
from pitbox.ui.strategy.lapscale import LapScale
from pitbox.ui.strategy.words import litres, stop_words
from pitbox.ui.theme.look import class_colour
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

LABEL, AXIS = 64, 32
TRIED, LANE, RIVAL, SIGNS = 44, 24, 18, 16
_MARK_ROOM = 56
_TEXT = Style("text", Type.NOTE)


class Manner(msgspec.Struct, frozen=True):
    """What the lanes are told beside themselves."""

    unit: str
    units: Units
    rank: int
    """Of our class."""
    names: Mapping[int, str]
    """Of drivers."""
    tones: Mapping[int, int]
    time_at: Callable[[float], float] | None
    """Race time at a lap, roughly; None: not known."""
    chosen: int = -1
    """The stop that the keys act on."""


class Handle(msgspec.Struct, frozen=True):
    """A stop that can be dragged."""

    stop: int
    x: float
    top: float
    bottom: float


class LanePainter:
    def __init__(self, pen: Pen, box: QRectF, scale: LapScale, manner: Manner) -> None:
        self._pen, self._box, self._scale, self._manner = pen, box, scale, manner
        self.handles: list[Handle] = []

    def axis(self, lanes: Lanes, bottom: float) -> None:
        """Laps, and below them race time, each of them about right."""
        pen, px, scale, top = self._pen, self._pen.px, self._scale, self._box.top()
        pen.fill(QRectF(scale.left, bottom, scale.right - scale.left, 1), "line")
        label = QRectF(self._box.left(), bottom, px(LABEL - GRID), px(AXIS / 2))
        pen.write(label, "lap", NOTE)
        time_at = self._manner.time_at
        if time_at is not None:
            pen.write(label.translated(0, px(AXIS / 2)), "≈ time", NOTE)
        for lap in scale.marks(px(_MARK_ROOM)):
            x = scale.x(lap)
            pen.fill(QRectF(round(x), top, 1, bottom - top), "raised")
            room = QRectF(x - px(_MARK_ROOM) / 2, bottom, px(_MARK_ROOM), px(AXIS / 2))
            pen.write(room, str(lap), _as(NOTE, "middle"))
            if time_at is not None:
                words = race_words(time_at(lap), 60)
                pen.write(room.translated(0, px(AXIS / 2)), words, _as(NOTE, "middle"))
        if lanes.window is not None:
            self._window(lanes.window, bottom)

    def lane(self, lane: Lane, now: int, top: float, height: float) -> None:
        pen, px = self._pen, self._pen.px
        bar = QRectF(0, top + (px(SIGNS) if lane.is_tried else px(2)), 0, 0)
        bar.setHeight(top + height - px(2) - bar.top())
        style = STRONG if lane.is_tried or lane.is_start else DIM
        pen.write(QRectF(self._box.left(), bar.top(), px(LABEL - GRID), bar.height()), lane.label, style)
        flag = lane.flag or (float(now), float(now), float(now))
        ends = [float(now), *(float(stop.lap) for stop in lane.stops), max(flag[1], float(now))]
        users = [0, *(stop.user_id for stop in lane.stops)]
        free = self._scale.x(flag[0]) if flag[2] > flag[0] else self._scale.right
        for at, user_id in enumerate(users):
            said = "" if lane.is_tried else _fuel_words(lane, at, self._manner.unit, self._manner.units)
            self._stint((ends[at], ends[at + 1]), user_id, bar, said, free)
        self._flag(flag, bar)
        for at in range(len(lane.stops)):
            self._stop(lane, at, bar, top)

    def rival(self, lane: RivalLane, top: float, height: float) -> None:
        pen, px, scale = self._pen, self._pen.px, self._scale
        label = QRectF(self._box.left(), top, px(LABEL - GRID), height)
        pen.write(label, lane.label, NOTE)
        pen.write(label, lane.place, _as(NOTE, "right"))
        left = max(scale.left, scale.x(lane.first - 1))
        right = min(scale.right, scale.x(lane.last))
        colour, end = class_colour(lane.rank), scale.left
        if right > left:
            room = QRectF(left, top + px(3), max(px(3), right - left), height - px(6))
            pen.fill(room, colour, 0.10 + 0.30 * lane.confidence)
            pen.frame(room, colour, is_dashed=True)
            end = room.right()
        pen.spot(QRectF(label.left(), top, scale.right - label.left(), height), lane.tip)
        if lane.likely is not None:
            end = max(end, self._likely(lane.likely, QRectF(scale.left, top, 0, height), colour))
        left = end + px(GRID + 2)
        if left + pen.width(lane.note, NOTE) <= scale.right:
            pen.write(QRectF(left, top, scale.right - left, height), lane.note, NOTE)

    def _likely(self, laps: tuple[int, int, int], row: QRectF, colour: str) -> float:
        """A line from first to last and a bar where the middle is; says where the line ends."""
        pen, px, scale = self._pen, self._pen.px, self._scale
        begin, middle, end = (min(scale.right, max(scale.left, scale.x(lap))) for lap in laps)
        line = row.center().y()
        pen.fill(QRectF(begin, line - px(1) / 2, max(1.0, end - begin), max(1, px(1))), colour)
        if scale.left <= scale.x(laps[1]) <= scale.right:
            pen.fill(QRectF(middle - px(1), row.top() + px(2), px(3), row.height() - px(4)), colour)
        return end

    def _window(self, window: tuple[int, int], bottom: float) -> None:
        pen, scale, top = self._pen, self._scale, self._box.top()
        left, right = max(scale.left, scale.x(window[0] - 1)), min(scale.right, scale.x(window[1]))
        if right > left:
            room = QRectF(left, top, right - left, bottom - top)
            pen.fill(room, "accent", 0.10)
            pen.fill(QRectF(left, bottom - pen.px(2), right - left, pen.px(3)), "accent")

    def _stint(self, laps: tuple[float, float], user_id: int, bar: QRectF, fuel: str, free: float) -> None:
        """What came in with it, who drives and for how many laps; no words from `free` on."""
        pen, px, scale = self._pen, self._pen.px, self._scale
        left, right = max(scale.left, scale.x(laps[0]) + 1), min(scale.right, scale.x(laps[1]) - 1)
        if right - left < 2:
            return
        room = QRectF(left, bar.top(), right - left, bar.height())
        tone = tone_of(pen.look.palette, class_colour(self._manner.rank), self._manner.tones.get(user_id, 0))
        pen.fill(room, "raised" if pen.is_faint else tone)
        pen.fill(QRectF(left, bar.bottom() - px(2), right - left, px(2)), class_colour(self._manner.rank))
        inner = room.adjusted(px(GRID + 2), 0, 0, 0)
        inner.setRight(min(inner.right(), free) - px(GRID + 2))
        said = f"{self._manner.names.get(user_id, '')[:1]} {laps[1] - laps[0]:.0f}".strip()
        wants = pen.width(said, NOTE)
        if fuel and wants + pen.width(fuel, NOTE) + px(2 * PADDING) <= inner.width():
            pen.write(inner, fuel, _TEXT)
            pen.write(inner, said, _as(_TEXT, "right"))
        elif wants <= inner.width():
            pen.write(inner, said, _as(_TEXT, "right"))

    def _flag(self, flag: tuple[float, float, float], bar: QRectF) -> None:
        """Its 8 of 10 as a whisker, the middle as a stroke."""
        pen, scale = self._pen, self._scale
        low, middle, high = (min(max(scale.left, scale.x(lap)), scale.right) for lap in flag)
        y = bar.center().y()
        pen.fill(QRectF(low, bar.top(), max(1.0, high - low), bar.height()), "text", 0.10)
        pen.stroke([QPointF(low, y), QPointF(max(high, low + 1), y)], "text")
        for x in (low, high):
            pen.stroke([QPointF(x, y - pen.px(3)), QPointF(x, y + pen.px(3))], "text")
        pen.fill(QRectF(middle - 1, bar.top(), 2, bar.height()), "text")

    def _stop(self, lane: Lane, at: int, bar: QRectF, top: float) -> None:
        pen, px, stop = self._pen, self._pen.px, lane.stops[at]
        x = self._scale.x(stop.lap)
        if not self._scale.left <= x <= self._scale.right:
            return
        words = stop_words(
            stop, self._manner.unit, self._manner.units, self._manner.names.get(stop.user_id, "")
        )
        is_chosen = lane.is_tried and at == self._manner.chosen
        tone = "accent" if is_chosen else "text"
        pen.fill(QRectF(round(x) - px(1), bar.top(), px(2), bar.height()), tone)
        if stop.has_tyres:
            pen.dot(QPointF(x, bar.top() + px(5)), px(3), tone, is_hollow=True)
        if lane.is_tried:
            self._handle(lane, at, x, bar, is_chosen=is_chosen)
        pen.spot(QRectF(x - px(5), top, px(10), bar.bottom() - top), words)

    def _handle(self, lane: Lane, at: int, x: float, bar: QRectF, *, is_chosen: bool) -> None:
        pen, px, stop = self._pen, self._pen.px, lane.stops[at]
        self.handles.append(Handle(at, x, bar.top() - px(SIGNS), bar.bottom()))
        fuel = (
            "as needed" if stop.fuel_l is None else litres(stop.fuel_l, self._manner.unit, self._manner.units)
        )
        words = f"{stop.lap}: {fuel}"
        style = Style(
            "accent" if is_chosen else "dim", Type.NOTE, Weight.STRONG if is_chosen else Weight.PLAIN
        )
        wide = pen.width(words, style)
        near = [self._scale.x(other.lap) for one, other in enumerate(lane.stops) if one != at]
        room = min([abs(other - x) for other in near], default=1e9)
        if not is_chosen and room < wide + px(GRID):
            words, wide = str(stop.lap), pen.width(str(stop.lap), style)
            if room < wide + px(GRID):
                return
        left = min(max(self._scale.left, x - wide / 2), self._scale.right - wide)
        others = [ink.box for ink in pen.inks]
        box = QRectF(left, bar.top() - px(SIGNS), wide + 0.5, px(SIGNS))
        if is_chosen or not any(box.intersects(other) for other in others):
            pen.write(box, words, style)


def _fuel_words(lane: Lane, at: int, unit: str, units: Units) -> str:
    """Litres of the stop that begins the stint."""
    stop = lane.stops[at - 1] if at else None
    return "" if stop is None or stop.fuel_l is None else litres(stop.fuel_l, unit, units)


def _as(style: Style, side: str) -> Style:
    return msgspec.structs.replace(style, side=side)
