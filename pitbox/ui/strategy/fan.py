"""Fuel on board to the flag by the best choice, with its spread, the tank's line and what was driven."""

from PySide6.QtCore import QPointF, QRectF

from pitbox.ui.scene.words import volume
from pitbox.ui.shell.pen import Pen, Style
from pitbox.ui.strategy.chart import Chart
from pitbox.ui.strategy.sheet import Sheet
from pitbox.ui.strategy.words import litres
from pitbox.ui.theme.token import Type

_DRIVEN = 60
"""Laps before now that are shown, at most a third of the laps to come."""
_RISKY = 0.05
_LITRES_A_GALLON = 3.785411784


class FuelPanel(Sheet):
    name = "Fuel to the flag"
    empty = "Fuel on board until the flag stands here as soon as somebody of ours is in the car."

    @property
    def has_something(self) -> bool:
        answer = self.counsel.answer
        return answer is not None and answer.fuel is not None and bool(answer.fuel.laps)

    def draw_sheet(self, pen: Pen, box: QRectF) -> float:
        answer = self.counsel.answer
        assert answer is not None
        fan = answer.fuel
        assert fan is not None
        driven = self._driven(answer.car_idx, answer.laps, max(3, min(_DRIVEN, len(fan.laps) // 3)))
        units = self.stage.look.taste.units
        per = _LITRES_A_GALLON if fan.unit == "l" and units == "imperial" else 1.0
        unit = volume(0.0, units)[1] if fan.unit == "l" else fan.unit
        first = min([fan.laps[0], *(lap for lap, _ in driven)])
        chart = Chart(pen, box, (first, fan.laps[-1]), (0.0, fan.tank_l * 1.08), right=48)
        chart.axes(f"On board, {unit}", "lap", lambda value: f"{value / per:.0f}")
        self._lines(pen, chart, fan.tank_l, f"tank {litres(fan.tank_l, fan.unit, units)}")
        chart.band(fan.laps, fan.low_l, fan.high_l, "accent", 0.22)
        points = chart.at(fan.laps, fan.middle_l)
        pen.stroke(points, "accent", 2.0)
        for lap, fuel_l in driven:
            pen.dot(QPointF(chart.x(lap), chart.y(fuel_l)), pen.px(2), "text")
        low, middle, high = fan.low_l[-1], fan.middle_l[-1], fan.high_l[-1]
        end = QRectF(chart.body.right() + pen.px(4), points[-1].y() - pen.px(8), pen.px(44), pen.px(16))
        end.moveBottom(min(end.bottom(), chart.body.bottom()))
        is_short = bool(answer.rated) and answer.rated[0].prospect.fuel_risk >= _RISKY
        tone = "bad" if is_short else "text"
        pen.write(end, f"{max(0.0, middle) / per:.0f} {unit}", Style(tone, Type.NOTE))
        tip = (
            f"At the flag {middle / per:.0f} {unit}.",
            f"{max(0.0, low) / per:.0f} to {high / per:.0f} {unit} in 9 of 10 races.",
            "Dots: what was on board at the end of laps that were driven.",
            *(f"{words[:1].upper()}{words[1:]}." for words in answer.assumptions),
        )
        pen.spot(QRectF(box), "\n".join(tip))
        return box.bottom()

    def _lines(self, pen: Pen, chart: Chart, tank_l: float, words: str) -> None:
        y, body = chart.y(tank_l), chart.body
        pen.stroke([QPointF(body.left(), y), QPointF(body.right(), y)], "dim", is_dashed=True)
        room = QRectF(body.left() + body.width() / 2, y - pen.px(17), body.width() / 2, pen.px(16))
        pen.write(room, words, Style("dim", Type.NOTE, side="right"))

    def _driven(self, car_idx: int, laps: int, most: int) -> list[tuple[int, float]]:
        told = self.stage.bridge.story.cars.get(car_idx)
        if told is None:
            return []
        return [
            (lap.lap, lap.fuel_left_l)
            for lap in told.laps
            if lap.fuel_left_l is not None and laps - most < lap.lap <= laps
        ]
