"""A strip over our car's figures: the stint of whoever drives, who is next and when, and fair shares."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from pitbox.ui.scene.turn import Share, ShareDot, Turn, countdown, turn_of
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight
from pitbox.wall.outlook import Pulse

_HIGH, _BAR, _DOTS = 78, 4, 18
_RIGHT = Style("text", Type.HEAD, Weight.STRONG, "right")


class TurnStrip(Picture):
    """Not there while no plan is followed. Arrow keys walk over what it tells more of."""

    def __init__(self, stage: Stage) -> None:
        self.turn: Turn | None = None
        super().__init__(stage.look, "Stint and next driver", self.draw)
        self._stage = stage
        stage.plans.changed.connect(self.refresh)
        stage.bridge.pulsed.connect(self._age)
        stage.look.changed.connect(self._fit_height)
        self._fit_height()
        self.refresh()

    def refresh(self) -> None:
        turn = turn_of(self._stage.plans.now)
        if turn != self.turn:
            self.turn = turn
            self.renew(is_faint=self.is_faint)
        self.setVisible(turn is not None)

    def _age(self, pulse: Pulse) -> None:
        if pulse.is_stale != self.is_faint:
            self.renew(is_faint=pulse.is_stale)

    def draw(self, pen: Pen, box: QRectF) -> float:
        turn, px = self.turn, pen.px
        if turn is None:
            return box.top()
        room = box.adjusted(px(PADDING), px(GRID), -px(PADDING), 0)
        half = room.width() / 2
        self._draw_now(pen, QRectF(room.left(), room.top(), half, px(36)), turn)
        self._draw_next(pen, QRectF(room.left() + half, room.top(), half, px(36)), turn)
        top = room.top() + px(38)
        self._draw_bar(pen, QRectF(room.left(), top, room.width(), px(_BAR)), turn)
        self._draw_dots(pen, QRectF(room.left(), top + px(_BAR + GRID), room.width(), px(_DOTS)), turn)
        pen.fill(QRectF(box.left(), px(_HIGH) - 1, box.width(), 1), "line")
        return float(px(_HIGH))

    def _draw_now(self, pen: Pen, box: QRectF, turn: Turn) -> None:
        px = pen.px
        line, below = box.adjusted(0, 0, 0, -px(18)), box.adjusted(0, px(18), 0, -px(2))
        if not turn.driver:
            pen.write(line, "nobody drives", Style("dim", Type.HEAD))
            return
        words, tone = f"{_clock(turn.stint_s)} h", "warn" if turn.is_over else "text"
        if turn.is_over:
            words += ", over the plan" if not turn.is_too_long else ", over the limit"
        elif turn.planned_s is not None:
            words = f"{_clock(turn.stint_s)} of {_clock(turn.planned_s)} h"
        laps = "" if turn.laps is None else f", {turn.laps} laps"
        stretch = ""
        if turn.longest_s is not None and turn.stretch_s is not None:
            stretch = f", {_clock(turn.stretch_s)} of {_clock(turn.longest_s)} on end"
        pen.write(line, words, Style(tone, Type.HEAD, Weight.STRONG))
        note = f"{turn.driver}{laps}"
        room = below.width() - px(GRID)
        pen.write(
            below.adjusted(0, 0, -px(GRID), 0),
            note + stretch if pen.width(note + stretch, NOTE) <= room else note,
            NOTE,
        )
        tip = f"{turn.driver}: {words} of this stint as it is planned{laps}{stretch}"
        pen.spot(box, f"{tip}\nNobody says who drives: {turn.odds}" if turn.odds else tip)

    def _draw_next(self, pen: Pen, box: QRectF, turn: Turn) -> None:
        px = pen.px
        line, below = box.adjusted(0, 0, 0, -px(18)), box.adjusted(0, px(18), 0, -px(2))
        right = Style("dim", Type.NOTE, side="right")
        if not turn.next_driver:
            pen.write(line, "to the flag", _RIGHT)
            pen.write(below, "nobody takes over", right)
            pen.spot(box, "Whoever drives takes the flag.")
            return
        when = countdown(turn.next_in_s)
        pen.write(line, f"in {when}" if when else "at the start", _RIGHT)
        stops = turn.stops_before
        stay = f", after {stops} stop{'' if stops == 1 else 's'}" if stops else ""
        name = f"next {turn.next_driver}"
        words = name + stay if pen.width(name + stay, NOTE) <= below.width() else name
        pen.write(below, words, right)
        pen.spot(box, f"Next driver: {turn.next_driver}{f' in {when}' if when else ''}{stay}.")

    def _draw_bar(self, pen: Pen, box: QRectF, turn: Turn) -> None:
        """The stint: how much of it is driven; all of it in amber when it is over."""
        pen.fill(box, "line")
        if turn.stint_s is None or not turn.planned_s:
            return
        share = min(1.0, turn.stint_s / turn.planned_s)
        pen.fill(
            QRectF(box.left(), box.top(), box.width() * share, box.height()),
            "warn" if turn.is_over else "accent",
        )

    def _draw_dots(self, pen: Pen, box: QRectF, turn: Turn) -> None:
        px, left = pen.px, box.left()
        for dot in turn.dots:
            style = Style(
                "text" if dot.is_driving else "dim",
                Type.NOTE,
                Weight.STRONG if dot.is_driving else Weight.PLAIN,
            )
            wide = px(14) + pen.width(dot.name, style)
            if left + wide > box.right():
                break
            _draw_dot(pen, QPointF(left + px(5), box.center().y()), dot)
            pen.write(QRectF(left + px(14), box.top(), wide, box.height()), dot.name, style)
            pen.spot(QRectF(left, box.top(), wide, box.height()), dot.words)
            left += wide + px(PADDING)

    def _fit_height(self) -> None:
        self.setFixedHeight(self.look.px(_HIGH))


def _draw_dot(pen: Pen, at: QPointF, dot: ShareDot) -> None:
    """Full: the share is driven. A pie: it is planned. A cross in a ring: the plan gives too little."""
    radius = pen.px(5)
    if dot.share is Share.DONE:
        pen.dot(at, radius, "good")
        return
    tone = "bad" if dot.share is Share.OWED else "accent"
    pen.dot(at, radius - 0.6, tone, is_hollow=True)
    if dot.share is Share.OWED:
        reach = radius * 0.5
        for way in (1, -1):
            pen.stroke([at + QPointF(-reach, -reach * way), at + QPointF(reach, reach * way)], tone)
    elif pen.painter is not None and dot.done > 0:
        painter: QPainter = pen.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(pen.colour(tone))
        painter.drawPie(
            QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius), 90 * 16, -round(dot.done * 5760)
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _clock(seconds: float | None) -> str:
    minutes = int((seconds or 0.0) // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"
