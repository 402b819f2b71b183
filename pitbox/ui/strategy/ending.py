"""When the flag falls, when we may stop counted from both ends, and what fuel does: from the forecast."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from pitbox.ui.race.car.fuel_words import amount
from pitbox.ui.scene.words import count_words
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.strategy.sheet import Sheet
from pitbox.ui.strategy.words import chance_words, litres
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

if TYPE_CHECKING:
    from pitbox.strategy.briefing import Briefing
    from pitbox.strategy.laps import LapChances

_LINE, _BARS, _LABEL = 18, 44, 84
_MOST_BARS = 15
_LIKELY = 0.01
_HEAD = Style("text", Type.BODY, Weight.STRONG)
_SCENARIOS = {
    "last": "last lap",
    "mean 5": "mean of 5",
    "mean 10": "mean of 10",
    "worst": "thirstiest",
    "target": "target",
}


class EndPanel(Sheet):
    name = "Race end and windows"
    empty = "Our last lap, windows from now and from the flag, and fuel stand here after our first lap."
    is_tall = True

    @property
    def has_something(self) -> bool:
        forecast = self.counsel.forecast
        return forecast is not None and forecast.said is not None and forecast.said.end is not None

    def source(self) -> str:
        return self.counsel.forecast_source()

    @property
    def age_s(self) -> int | None:
        return self.counsel.forecast_age_s if self.counsel.is_forecast_old else None

    def draw_sheet(self, pen: Pen, box: QRectF) -> float:
        forecast = self.counsel.forecast
        assert forecast is not None
        said = forecast.said
        assert said is not None
        assert said.end is not None
        bottom = self._end(pen, said, said.end.laps, box)
        bottom = self._windows(pen, said, QRectF(box.left(), bottom + pen.px(PADDING), box.width(), 0))
        if said.fuel is not None:
            bottom = self._fuel(pen, said, QRectF(box.left(), bottom + pen.px(PADDING), box.width(), 0))
        return bottom

    def _end(self, pen: Pen, said: "Briefing", laps: "LapChances", box: QRectF) -> float:
        px = pen.px
        low, high = laps.interval(0.9)
        head = QRectF(box.left(), box.top(), box.width(), px(_LINE))
        pen.write(head, f"Our last lap {laps.quantile(0.5)}", _HEAD)
        pen.write(
            head, f"{low} to {high} in 9 of 10" if high > low else "", Style("dim", Type.NOTE, side="right")
        )
        shown = _shown(laps)
        cell = box.width() / max(1, len(shown))
        most = max(chance for _, chance in shown)
        top = box.top() + px(_LINE)
        for at, (lap, chance) in enumerate(shown):
            bar = QRectF(
                box.left() + at * cell, 0, max(1.0, cell - px(2)), max(1.0, chance / most * px(_BARS - 16))
            )
            bar.moveBottom(top + px(_BARS))
            pen.fill(bar, "accent", 0.9 if low <= lap <= high else 0.45)
            words = chance_words(chance)
            if pen.width(words, NOTE) <= cell - 2:
                room = QRectF(bar.left(), bar.top() - px(14), bar.width(), px(14))
                pen.write(room, words, Style("dim", Type.NOTE, side="middle"))
            if pen.width(str(lap), NOTE) <= cell - 2:
                room = QRectF(bar.left(), top + px(_BARS) + px(2), bar.width(), px(14))
                pen.write(room, str(lap), Style("dim", Type.NOTE, side="middle"))
        bottom = top + px(_BARS + 16)
        assert said.end is not None
        pen.spot(
            QRectF(box.left(), box.top(), box.width(), bottom - box.top()), _sentences(said.end.assumptions)
        )
        return bottom

    def _windows(self, pen: Pen, said: "Briefing", box: QRectF) -> float:
        """Forward: each limit, the tightest first. Backward: from where what is left reaches the flag."""
        px, window, top = pen.px, said.window, box.top()
        pen.write(QRectF(box.left(), top, box.width(), px(_LINE)), "Next stop", _HEAD)
        if window is None:
            pen.write(
                QRectF(box.left(), top, box.width(), px(_LINE)),
                "none needed to the flag",
                Style("good", side="right"),
            )
            return top + px(_LINE)
        stops = count_words(window.stops_left, "stop", "stops")
        words, tone = (
            (f"lap {window.earliest} to {window.latest}", "text")
            if window.is_overlap
            else ("one stop too few", "warn")
        )
        pen.write(
            QRectF(box.left(), top, box.width(), px(_LINE)),
            f"{words}, {stops} to go",
            Style(tone, side="right"),
        )
        pen.spot(QRectF(box.left(), top, box.width(), px(_LINE)), _sentences(window.assumptions))
        top += px(_LINE)
        rows = [("From the flag", window.earliest, "earliest", "full tanks reach it from here on")]
        rows += [(f"Now, {limit.name}", limit.lap, "latest", limit.words) for limit in window.limits]
        span = max(row[1] for row in rows) - said.laps + 1
        for label, lap, side, why in rows:
            self._limit(
                pen, QRectF(box.left(), top, box.width(), px(_LINE)), (label, lap, side), (said.laps, span)
            )
            pen.spot(
                QRectF(box.left(), top, box.width(), px(_LINE)),
                f"{label}: {side} at the end of lap {lap}, {why}.",
            )
            top += px(_LINE)
        return top

    def _limit(self, pen: Pen, row: QRectF, said: tuple[str, int, str], scale: tuple[int, int]) -> None:
        px = pen.px
        (label, lap, side), (now, span) = said, scale
        pen.write(QRectF(row.left(), row.top(), px(_LABEL), row.height()), label, NOTE)
        pen.write(row, str(lap), Style("text", Type.NOTE, side="right"))
        bar = QRectF(
            row.left() + px(_LABEL), row.center().y() - px(2), row.width() - px(_LABEL + 40), px(GRID)
        )
        pen.fill(bar, "raised")
        x = bar.left() + min(1.0, max(0.0, (lap - now) / max(1, span))) * bar.width()
        lit = (
            QRectF(x, bar.top(), bar.right() - x, bar.height())
            if side == "earliest"
            else QRectF(bar.left(), bar.top(), x - bar.left(), bar.height())
        )
        pen.fill(lit, "good" if side == "earliest" else "accent", 0.7)
        pen.stroke([QPointF(x, bar.top() - px(2)), QPointF(x, bar.bottom() + px(2))], "text")

    def _fuel(self, pen: Pen, said: "Briefing", box: QRectF) -> float:
        px, plan, top = pen.px, said.fuel, box.top()
        assert plan is not None
        units = self.stage.look.taste.units
        pen.write(QRectF(box.left(), top, box.width(), px(_LINE)), "Fuel, if each lap took", _HEAD)
        top += px(_LINE)
        right = Style("text", Type.NOTE, side="right")
        for one in plan.scenarios:
            row = QRectF(box.left(), top, box.width(), px(_LINE))
            use, unit = amount(one.use_l, plan.unit, units, 2)
            half = row.width() - px(140)
            pen.write(
                QRectF(row.left(), top, half * 0.62, row.height()), _SCENARIOS.get(one.name, one.name), NOTE
            )
            pen.write(QRectF(row.left(), top, half, row.height()), f"{use} {unit}", right)
            pen.write(
                QRectF(row.left() + half, top, px(72), row.height()), f"{one.laps_left:.1f} laps", right
            )
            pen.write(row, f"lap {one.ends_on_lap}", Style("dim", Type.NOTE, side="right"))
            what = "over" if one.spare_l >= 0 else "missing"
            spare = f"{litres(abs(one.spare_l), plan.unit, units)} {what} at the flag."
            pen.spot(row, f"From {one.words}: {spare}")
            top += px(_LINE)
        return top


def _shown(laps: "LapChances") -> list[tuple[int, float]]:
    """From the first likely one to the last; where they are many, the stretch around the middle."""
    likely = [lap for lap, chance in laps.items() if chance >= _LIKELY] or [laps.most_likely]
    chances = dict(laps.items())
    items = [(lap, chances.get(lap, 0.0)) for lap in range(likely[0], likely[-1] + 1)]
    if len(items) <= _MOST_BARS:
        return items
    middle = next(at for at, (lap, _) in enumerate(items) if lap >= laps.quantile(0.5))
    first = min(max(0, middle - _MOST_BARS // 2), len(items) - _MOST_BARS)
    return items[first : first + _MOST_BARS]


def _sentences(words: tuple[str, ...]) -> str:
    return "\n".join(f"{one[:1].upper()}{one[1:]}." for one in words)
