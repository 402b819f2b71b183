"""Pace and consistency of one car on one track over its sessions, with intervals, as two small plots."""

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from pitbox.analysis.trend import Interval, SessionPace, Trend, spread_interval
from pitbox.ui.scene.words import count_words, lap_words
from pitbox.ui.sessions.comparing import Comparing
from pitbox.ui.sessions.words import date_words, figure_words, half_words, pace_words, slope_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import DIM, NOTE, STRONG, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.team.field import Choice
from pitbox.ui.theme.token import GRID, PADDING

EMPTY = "Choose a session whose car and track are known: where pace and consistency go stands here."
FEW = "No trend yet: it takes three dated sessions of this car and track with three clean dry laps each."
RUNNING = "Working it out ..."
EVERYBODY = "everybody's laps"
_NAME = 14
_PLOT, _ROW, _SCALE, _FOOT, _GAP = 140, 18, 56, 18, 24
_DAY_S = 86_400.0


class Dot(msgspec.Struct, frozen=True):
    """One session in a plot."""

    at_s: float
    value: float
    low: float
    high: float
    key: str
    tip: str


class Plot(msgspec.Struct, frozen=True):
    title: str
    dots: tuple[Dot, ...]
    slope: Interval | None
    """Change a week."""
    words: Callable[[float], str]


class TrendPanel(Panel):
    def __init__(self, stage: Stage, comparing: Comparing) -> None:
        super().__init__(stage)
        self.comparing = comparing
        self.driver = Choice("Whose laps", comparing.choose_driver)
        self.driver.setMinimumContentsLength(_NAME)
        self.bar_parts = [self.driver]
        self._trend: Trend | None = None
        self.plots: tuple[Plot, ...] = ()
        self.picture = Picture(stage.look, "Trend", self.draw, is_tall=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture))
        self.setFocusProxy(self.picture)
        comparing.changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.comparing.refresh()

    def refresh(self) -> None:
        names = dict.fromkeys((*self.comparing.formed.drivers, *filter(None, (self.comparing.driver,))))
        self.driver.offer([("", EVERYBODY), *((name, name) for name in names)], self.comparing.driver)
        trend = self.comparing.formed.trend
        if trend is not self._trend:
            self._trend, self.plots = trend, () if trend is None else plots_of(trend)
        self.picture.renew()

    def draw(self, pen: Pen, box: QRectF) -> float:
        px, formed = pen.px, self.comparing.formed
        pad = px(PADDING)
        room = box.adjusted(pad, px(GRID), -pad, 0)
        trend = formed.trend
        if trend is None:
            wrong = self.comparing.wrong
            words = wrong or (RUNNING if self.comparing.is_running else EMPTY)
            return pen.wrap(room, words, Style("warn" if wrong else "dim"), row=20) + pad
        if not trend.sessions:
            words = f"{formed.title}: nothing yet. {FEW}"
            return pen.wrap(room, words, Style("dim"), row=20) + pad
        count = count_words(len(trend.sessions), "session", "sessions")
        pen.write(QRectF(room.left(), room.top(), room.width(), px(_ROW)), f"{formed.title}: {count}", STRONG)
        top = room.top() + px(_ROW + GRID)
        plots = self.plots
        if any(plot.dots for plot in plots):
            top = self._draw_plots(pen, QRectF(room.left(), top, room.width(), px(_PLOT)), plots)
        for line in _lines(trend):
            top = pen.wrap(QRectF(room.left(), top, room.width(), 0), line, Style(), row=_ROW)
        for line in trend.words:
            top = pen.wrap(QRectF(room.left(), top, room.width(), 0), line, DIM, row=_ROW)
        return top + pad

    def _draw_plots(self, pen: Pen, box: QRectF, plots: Sequence[Plot]) -> float:
        """Side by side; below each other where there is too little room."""
        px, gap = pen.px, pen.px(_GAP)
        is_wide = box.width() >= px(560)
        wide = (box.width() - gap) / 2 if is_wide else box.width()
        top = box.top()
        for at, plot in enumerate(plots):
            left = box.left() + (wide + gap) * at if is_wide else box.left()
            self._draw_plot(pen, QRectF(left, top, wide, box.height()), plot)
            top += 0 if is_wide else box.height() + px(PADDING)
        return (box.bottom() if is_wide else top) + px(PADDING)

    def _draw_plot(self, pen: Pen, box: QRectF, plot: Plot) -> None:
        px = pen.px
        pen.write(QRectF(box.left(), box.top(), box.width(), px(_ROW)), plot.title, NOTE)
        if not plot.dots:
            return
        field = box.adjusted(px(_SCALE), px(_ROW + PADDING), -px(GRID), -px(_FOOT))
        place = _Place(field, plot.dots)
        for share in (0.0, 0.5, 1.0):
            value = place.low + share * (place.high - place.low)
            y = place.y(value)
            pen.fill(QRectF(field.left(), y, field.width(), 1), "raised")
            label = QRectF(box.left(), y - px(_ROW) / 2, px(_SCALE - PADDING), px(_ROW))
            pen.write(label, plot.words(value), Style("dim", NOTE.size, side="right"))
        zone = self.stage.look.taste.zone
        foot = QRectF(field.left(), field.bottom(), field.width(), px(_FOOT))
        first, last = date_words(place.begin_s, zone), date_words(place.end_s, zone)
        pen.write(foot, first, NOTE)
        if first != last:
            pen.write(foot, last, Style("dim", NOTE.size, side="right"))
        if plot.slope is not None:
            _draw_slope(pen, place, plot)
        if pen.painter is not None:  # who only measures needs none of them
            for dot in plot.dots:
                self._draw_dot(pen, place, dot)

    def _draw_dot(self, pen: Pen, place: "_Place", dot: Dot) -> None:
        px, x = pen.px, place.x(dot.at_s)
        is_chosen = dot.key == self.comparing.board.key
        tone = "accent" if is_chosen else "text"
        pen.stroke([QPointF(x, place.y(dot.low)), QPointF(x, place.y(dot.high))], "faint")
        pen.dot(QPointF(x, place.y(dot.value)), px(4 if is_chosen else 3), tone)
        box = QRectF(x - px(5), place.field.top(), px(10), place.field.height())
        pen.spot(box, dot.tip, lambda: self.comparing.board.choose(dot.key))


class _Place:
    """Where what stands in a plot: all whiskers inside, but for one that would press the others flat."""

    def __init__(self, field: QRectF, dots: Sequence[Dot]) -> None:
        self.field = field
        self.begin_s, self.end_s = min(dot.at_s for dot in dots), max(dot.at_s for dot in dots)
        values = [dot.value for dot in dots]
        room = max(max(values) - min(values), 0.1)
        low = max(min(dot.low for dot in dots), min(values) - room)
        high = min(max(dot.high for dot in dots), max(values) + room)
        edge = 0.06 * max(high - low, 0.1)
        self.low, self.high = low - edge, high + edge

    def x(self, at_s: float) -> float:
        length_s = self.end_s - self.begin_s
        inner = self.field.adjusted(8, 0, -8, 0)
        return (
            inner.center().x()
            if length_s <= 0
            else inner.left() + (at_s - self.begin_s) / length_s * inner.width()
        )

    def y(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.field.bottom() - share * self.field.height()


def plots_of(trend: Trend) -> tuple[Plot, Plot]:
    """Of the dated sessions that have a pace."""
    known = [one for one in trend.sessions if one.began_utc_s > 0 and one.pace_s is not None]
    pace = tuple(
        Dot(one.began_utc_s, one.pace_s.middle, one.pace_s.low, one.pace_s.high, one.session, _tip(one))
        for one in known
        if one.pace_s is not None
    )
    spread = tuple(
        Dot(one.began_utc_s, found.middle, found.low, found.high, one.session, _tip(one))
        for one in known
        if (found := spread_interval(one)) is not None
    )
    return (
        Plot(
            "Pace, with its 95 % interval; lower is faster",
            pace,
            trend.pace_s_per_week,
            lambda v: lap_words(v, 1),
        ),
        Plot(
            "Spread of laps in seconds; lower is steadier",
            spread,
            trend.spread_s_per_week,
            lambda v: f"{v:.2f}",
        ),
    )


def _draw_slope(pen: Pen, place: _Place, plot: Plot) -> None:
    """The line of the trend through the middle of the sessions, and the band in which it may lie."""
    slope = plot.slope
    if slope is None or place.end_s <= place.begin_s:
        return
    weeks = [(dot.at_s - place.begin_s) / (7 * _DAY_S) for dot in plot.dots]
    middle = sum(weeks) / len(weeks)
    value = sum(dot.value for dot in plot.dots) / len(plot.dots)
    end = (place.end_s - place.begin_s) / (7 * _DAY_S)

    def at(week: float, change: float) -> QPointF:
        return QPointF(place.x(place.begin_s + week * 7 * _DAY_S), place.y(value + change * (week - middle)))

    for first, last in ((0.0, middle), (middle, end)):
        corners = [at(first, slope.low), at(last, slope.low), at(last, slope.high), at(first, slope.high)]
        pen.area(corners, "accent", 0.14)
    pen.stroke(
        [at(0.0, slope.middle), at(end, slope.middle)], "accent", is_dashed=slope.low <= 0 <= slope.high
    )


def _lines(trend: Trend) -> list[str]:
    if trend.pace_s_per_week is None:
        return [FEW]
    fuel, heat = trend.fuel_s_per_l, trend.heat_s_per_c
    lines = [
        slope_words("Pace", trend.pace_s_per_week, better="faster", worse="slower"),
        slope_words("Spread", trend.spread_s_per_week, better="steadier", worse="wider"),
        "" if fuel is None else f"Taken out: {fuel.middle:.3f} s for each litre of fuel.",
        "" if heat is None else f"Taken out: {heat.middle:.3f} s for each degree of the track.",
    ]
    return [line for line in lines if line]


def _tip(one: SessionPace) -> str:
    wet = f", {one.wet_laps} wet ones left out" if one.wet_laps else ""
    return "\n".join(
        (
            f"{one.session}: {count_words(one.laps, 'lap', 'laps')}{wet}",
            f"pace {pace_words(one.pace_s)} {half_words(one.pace_s)}, spread {figure_words(one.spread_s)} s",
            f"best {lap_words(one.best_s)}",
        )
    )
