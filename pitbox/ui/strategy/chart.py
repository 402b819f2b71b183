"""A small chart: two axes with few marks, from values to places. Needs a pen, and no widget."""

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QPointF, QRectF

from pitbox.ui.shell.pen import NOTE, Pen
from pitbox.ui.theme.token import GRID

LEFT, BOTTOM, TOP, RIGHT = 36, 18, 20, 12
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)


class Chart:
    """`title` stands over the upright axis with its unit."""

    def __init__(
        self, pen: Pen, box: QRectF, across: tuple[float, float], up: tuple[float, float], right: int = RIGHT
    ) -> None:
        px = pen.px
        self._pen = pen
        self.body = box.adjusted(px(LEFT), px(TOP), -px(right), -px(BOTTOM))
        self._across, self._up = across, (up[0], up[1] if up[1] > up[0] else up[0] + 1.0)

    def x(self, value: float) -> float:
        low, high = self._across
        return self.body.left() + (value - low) / max(1e-9, high - low) * self.body.width()

    def y(self, value: float) -> float:
        low, high = self._up
        return self.body.bottom() - (value - low) / (high - low) * self.body.height()

    def at(self, across: Sequence[float], up: Sequence[float]) -> list[QPointF]:
        return [QPointF(self.x(one), self.y(other)) for one, other in zip(across, up, strict=True)]

    def axes(self, title: str, below: str, shown: Callable[[float], str]) -> None:
        pen, px, body = self._pen, self._pen.px, self.body
        head = QRectF(body.left() - px(LEFT), body.top() - px(TOP), body.width() + px(LEFT), px(TOP - GRID))
        pen.write(head, title, NOTE)
        right, middle = (
            msgspec.structs.replace(NOTE, side="right"),
            msgspec.structs.replace(NOTE, side="middle"),
        )
        for value in marks(*self._up, body.height() / px(28)):
            y = round(self.y(value))
            pen.fill(QRectF(body.left(), y, body.width(), 1), "raised")
            pen.write(QRectF(body.left() - px(LEFT), y - px(8), px(LEFT - 6), px(16)), shown(value), right)
        pen.fill(QRectF(body.left(), body.bottom(), body.width(), 1), "line")
        pen.write(QRectF(body.left() - px(LEFT), body.bottom() + px(2), px(LEFT - 8), px(16)), below, NOTE)
        for value in marks(*self._across, body.width() / px(48)):
            if value != int(value):
                continue
            pen.write(
                QRectF(self.x(value) - px(24), body.bottom() + px(2), px(48), px(16)), f"{value:.0f}", middle
            )

    def band(
        self, across: Sequence[float], low: Sequence[float], high: Sequence[float], tone: str, alpha: float
    ) -> None:
        self._pen.area([*self.at(across, low), *reversed(self.at(across, high))], tone, alpha)


def marks(low: float, high: float, most: float) -> list[float]:
    """Round values between both, at most so many."""
    step = next((one for one in _STEPS if (high - low) / one <= max(1.0, most)), _STEPS[-1])
    found, value = [], -(-low // step) * step + 0.0  # no minus before zero
    while value <= high + 1e-9:
        found.append(value)
        value += step
    return found
