"""What laps lost by the age of the tyres, and the curve that is reckoned with."""

from PySide6.QtCore import QPointF, QRectF

from pitbox.ui.shell.pen import Pen, Style
from pitbox.ui.strategy.chart import Chart
from pitbox.ui.strategy.sheet import Sheet
from pitbox.ui.theme.token import Type

_LEAST_S = 0.5


class TyrePanel(Sheet):
    name = "Tyres"
    empty = "How much a lap loses with each lap on the same tyres stands here after some clean laps."

    @property
    def has_something(self) -> bool:
        answer = self.counsel.answer
        return answer is not None and answer.tyres is not None and bool(answer.tyres.ages)

    def draw_sheet(self, pen: Pen, box: QRectF) -> float:
        answer = self.counsel.answer
        assert answer is not None
        fit = answer.tyres
        assert fit is not None
        least = min([0.0, *fit.low_s, *(loss for _, loss in fit.points)])
        most = max([least + _LEAST_S, *fit.high_s, *(loss for _, loss in fit.points)])
        last = max([*fit.ages, *(age for age, _ in fit.points)])
        chart = Chart(pen, box, (0, max(1, last)), (least, most * 1.05), right=48)
        chart.axes("Lost a lap, s", "age", lambda value: f"{value:.1f}")
        chart.band(fit.ages, fit.low_s, fit.high_s, "accent", 0.22)
        for age, loss in fit.points:
            pen.dot(QPointF(chart.x(age), chart.y(loss)), pen.px(2), "dim")
        curve = chart.at(fit.ages, fit.middle_s)
        pen.stroke(curve, "accent", 2.0)
        end = QRectF(chart.body.right() + pen.px(4), curve[-1].y() - pen.px(8), pen.px(44), pen.px(16))
        pen.write(end, f"+{fit.middle_s[-1]:.1f} s", Style("text", Type.NOTE))
        if fit.high_s[-1] < 0:  # fuel burnt and a better track outweigh the wear
            head = QRectF(chart.body.left(), box.top(), chart.body.width(), pen.px(16))
            pen.write(head, "laps get quicker: taken as no wear", Style("dim", Type.NOTE, side="right"))
        tip = (
            f"After {fit.ages[-1]} laps on them a lap takes {fit.middle_s[-1]:.1f} s more.",
            f"{fit.low_s[-1]:.1f} to {fit.high_s[-1]:.1f} s in 9 of 10.",
            f"{len(fit.points)} laps of ours as dots; the curve is from {fit.speaker}.",
        )
        pen.spot(QRectF(box), "\n".join(tip))
        return box.bottom()
