"""Where the chosen laps were driven: their lines, the corners, the cursor on each, and mistakes as heat."""

from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout

from pitbox.analysis.even import length_of
from pitbox.ui.laps.board import WHOLE, LapBoard
from pitbox.ui.laps.ink import lap_tone
from pitbox.ui.laps.tracehead import fault_tip
from pitbox.ui.scene.lap_fault import count_of
from pitbox.ui.scene.lap_way import NO_WAY, Hot, Spread, Ways, habit_words, hot_places, spread_of, ways_of
from pitbox.ui.scene.words import count_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_EMPTY = "The lines of the laps that are chosen stand here, over each other."
_MARGIN, _NOTE, _MOST_NOTES = 20, 16, 3
_NEAR = 14
_LEAST_M, _ROAD_M = 30.0, 12.0
_APART, _NEAR_M = 4.0, 800.0


class _Frame:
    """Metres to pixels: all that is shown fits, north up."""

    def __init__(self, box: QRectF, x_m: np.ndarray, y_m: np.ndarray) -> None:
        wide, high = max(_LEAST_M, float(np.ptp(x_m))), max(_LEAST_M, float(np.ptp(y_m)))
        self.scale = min(box.width() / wide, box.height() / high)
        self._x_m = (float(x_m.max()) + float(x_m.min())) / 2
        self._y_m = (float(y_m.max()) + float(y_m.min())) / 2
        self._middle = box.center()

    def at(self, x_m: float, y_m: float) -> QPointF:
        x = self._middle.x() + (x_m - self._x_m) * self.scale
        return QPointF(x, self._middle.y() - (y_m - self._y_m) * self.scale)

    def points(self, x_m: np.ndarray, y_m: np.ndarray) -> list[QPointF]:
        x = self._middle.x() + (x_m - self._x_m) * self.scale
        y = self._middle.y() - (y_m - self._y_m) * self.scale
        return list(map(QPointF, x.tolist(), y.tolist()))


class LinePicture(Picture):
    def __init__(self, stage: Stage, board: LapBoard) -> None:
        super().__init__(stage.look, "Lines of laps", self._draw_map)
        self.board = board
        self.is_hot = False
        """Mistakes are shown."""
        self.is_apart = True
        """From near, lines are drawn further apart than they are; the note says so."""
        self._true: Ways | None = None
        self._true_spread: Spread | None = None
        self.ways: Ways | None = None
        """As they are drawn."""
        self.spread: Spread | None = None
        self._frame: _Frame | None = None
        self._shown = np.empty(0, np.intp)
        board.drawn.connect(self._take)
        board.picked.connect(self.renew)
        board.zoomed.connect(self._draw_apart)
        board.pointed.connect(self.update)

    def turn_heat(self) -> None:
        self.is_hot = not self.is_hot
        self.renew()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        share = self.share_at(event.position())
        if share is not None:
            self.board.point_at(share)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self.board.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.board.zoom(1.25 ** (-event.angleDelta().y() / 120), self.share_at(event.position()))
        event.accept()

    def share_at(self, at: QPointF) -> float | None:
        """Of the lap, of the line's place near there."""
        if self.ways is None or self._frame is None or not len(self._shown):
            return None
        places = self._frame.points(self.ways.x_m[self._shown], self.ways.y_m[self._shown])
        far = np.array([(one - at).manhattanLength() for one in places])
        near = int(far.argmin())
        return float(self.ways.pct[self._shown[near]]) if far[near] <= self.look.px(_NEAR) else None

    def draw_over(self, painter: QPainter, event: QPaintEvent) -> None:  # noqa: ARG002
        """Each lap's car at the cursor."""
        cursor, ways, laps = self.board.cursor, self.ways, self.board.set
        if cursor is None or ways is None or self._frame is None or laps is None:
            return
        pen = Pen(self.look, painter)
        for one in reversed(laps.laps):
            place = ways.place(cursor, one.at)
            if place is not None:
                at = self._frame.at(*place)
                pen.dot(at, self.look.px(5), "panel")
                pen.dot(at, self.look.px(4), lap_tone(self.look, one.at))

    def _take(self) -> None:
        chart = self.board.outline
        laps = self.board.set
        self._true = None if laps is None else ways_of(laps, chart)
        self._true_spread = None if laps is None else spread_of(laps, self.board.habit)
        self._draw_apart()

    @property
    def factor(self) -> float:
        """By which lines are drawn further apart than they are."""
        return _APART if self.is_apart and self._can_be_apart else 1.0

    @property
    def _can_be_apart(self) -> bool:
        laps, ways, (begin, end) = self.board.set, self._true, self.board.span
        if laps is None or not laps.laps or ways is None or not ways.is_exact:
            return False
        return (end - begin) * length_of(laps.laps[0].lap) <= _NEAR_M

    def turn_apart(self) -> None:
        self.is_apart = not self.is_apart
        self._draw_apart()

    def _draw_apart(self) -> None:
        factor, ways, spread = self.factor, self._true, self._true_spread
        is_plain = factor == 1.0 or ways is None
        self.ways = ways if is_plain or ways is None else ways.drawn_apart(factor)
        self.spread = (
            spread if is_plain or spread is None or ways is None else spread.drawn_apart(ways, factor)
        )
        self.renew()

    def _draw_map(self, pen: Pen, box: QRectF) -> float:
        pad, ways = pen.px(2 * PADDING), self.ways
        self._frame = None
        if ways is None:
            is_drawn = self.board.set is not None and bool(self.board.set.laps)
            words = NO_WAY if is_drawn else _EMPTY
            return pen.wrap(box.adjusted(pad, pad, -pad, 0), words, Style("dim"), row=20)
        begin, end = self.board.span
        self._shown = np.flatnonzero((ways.pct >= begin) & (ways.pct <= end))
        if len(self._shown) < 2:
            return box.bottom()
        margin = pen.px(_MARGIN)
        room = box.adjusted(margin, margin, -margin, -margin - pen.px(2 * _NOTE + 20))
        self._frame = frame = _Frame(room, ways.x_m[self._shown], ways.y_m[self._shown])
        self._draw_lines(pen, ways, frame)
        if self.is_hot and self.board.habit is not None:
            self._draw_heat(pen, ways, frame, hot_places(self.board.habit))
        self._draw_faults(pen, ways, frame)
        self._draw_corners(pen, ways, frame, box)
        self._draw_notes(pen, ways, box)
        return box.bottom()

    def _draw_lines(self, pen: Pen, ways: Ways, frame: _Frame) -> None:
        middle = frame.points(ways.x_m[self._shown], ways.y_m[self._shown])
        wide = _ROAD_M * self.factor * frame.scale / pen.look.theme.scale
        pen.stroke(middle, "raised", max(9.0, min(60.0, wide)))
        if self.spread is not None:
            self._draw_spread(pen, self.spread, frame)
        for way in sorted(ways.laps, key=lambda one: (one.at == self.board.focus, one.at)):
            points = frame.points(way.x_m[self._shown], way.y_m[self._shown])
            is_thick = way.at in (0, self.board.focus)
            pen.stroke(points, lap_tone(self.look, way.at), 1.75 if is_thick else 1.25)

    def _draw_spread(self, pen: Pen, spread: Spread, frame: _Frame) -> None:
        """Where the driver ordinarily passes; wide enough to be seen only from near."""
        begin, end = self.board.span
        part = (spread.pct >= begin) & (spread.pct <= end)
        left, right = spread.left_m[part], spread.right_m[part]
        edge = np.concatenate((left, right[::-1]))
        pen.area(frame.points(edge.real, edge.imag), "accent", 0.22)

    def _draw_faults(self, pen: Pen, ways: Ways, frame: _Frame) -> None:
        """On the line of the lap that each was made on."""
        own = {way.at: way for way in ways.laps}
        begin, end = self.board.span
        for fault in self.board.faults:
            way = own.get(fault.at)
            if way is None or fault.end < begin or fault.begin > end:
                continue
            part = (ways.pct >= max(begin, fault.begin)) & (ways.pct <= min(end, fault.end))
            points = frame.points(way.x_m[part], way.y_m[part])
            if not points:
                continue
            pen.stroke(points, "bad", 3.0)
            at, side = points[0], pen.px(7)
            pen.dot(at, pen.px(4), "bad")
            pen.dot(at, pen.px(2), lap_tone(self.look, fault.at))
            box = QRectF(at.x() - side, at.y() - side, 2 * side, 2 * side)
            pen.spot(box, fault_tip(fault), partial(self.board.zoom_to_fault, fault))

    def _draw_heat(self, pen: Pen, ways: Ways, frame: _Frame, places: list[Hot]) -> None:
        for hot in places:
            part = np.flatnonzero((ways.pct >= hot.start) & (ways.pct <= hot.end))
            points = frame.points(ways.x_m[part], ways.y_m[part])
            if len(points) < 2 or not set(part.tolist()) & set(self._shown.tolist()):
                continue
            pen.stroke(points, "bad", 3.0 + 7.0 * hot.share)
            middle = points[len(points) // 2]
            side = pen.px(12)
            tip = f"{count_words(hot.count, 'mistake', 'mistakes')} here, {hot.lost_s:.2f} s lost."
            pen.spot(QRectF(middle.x() - side, middle.y() - side, 2 * side, 2 * side), tip)

    def _draw_corners(self, pen: Pen, ways: Ways, frame: _Frame, box: QRectF) -> None:
        """Numbers outside the bend; a click zooms to the corner."""
        laps = self.board.set
        taken: list[QRectF] = []
        for corner in laps.corners if laps is not None else ():
            share, side = corner.apex % 1.0, pen.px(9)
            if not self.board.span[0] <= share <= self.board.span[1]:
                continue
            here = np.array([share - 0.002, share, share + 0.002])
            x, y = np.interp(here, ways.pct, ways.x_m), np.interp(here, ways.pct, ways.y_m)
            ahead = complex(x[2] - x[0], y[2] - y[0])
            turn = -1j if corner.side == "left" else 1j
            away = ahead / max(1e-9, abs(ahead)) * turn if corner.side else complex(0, 1)
            at = frame.at(float(x[1]), float(y[1])) + QPointF(away.real, -away.imag) * pen.px(17)
            at.setX(min(max(at.x(), box.left() + side), box.right() - side))
            room = QRectF(at.x() - side, at.y() - side, 2 * side, 2 * side)
            if any(room.intersects(other) for other in taken):
                continue
            taken.append(room)
            words = str(corner.number)
            pen.write(room, words, Style("text", Type.NOTE, Weight.STRONG, side="middle"))
            tip = f"Corner {corner.number}, {corner.side}, {abs(corner.turn_deg):.0f}°: click to zoom to it."
            pen.spot(room, tip, partial(self.board.zoom_to, corner))

    def _draw_notes(self, pen: Pen, ways: Ways, box: QRectF) -> None:
        pad = pen.px(PADDING)
        room = QRectF(box.left() + pad, 0, box.width() - 2 * pad, 0)
        lines = pen.lines(self._note(ways), room.width(), NOTE)
        top = box.bottom() - pen.px(28 + _NOTE * min(_MOST_NOTES, len(lines)))
        pen.wrap(room.translated(0, top), self._note(ways), NOTE, row=_NOTE, most=_MOST_NOTES)
        left, top = box.left() + pad, box.bottom() - pen.px(24)
        tip = "Where the driver of lap A makes mistakes, over all valid laps but those in and out (H)"
        left = pen.button(left, top, "Heat map", tip, self.turn_heat, is_first=self.is_hot)
        if self.board.span != WHOLE:
            left = pen.button(left + pen.px(GRID), top, "Whole lap", "Show all of it (F)", self.board.fit)
        if self.board.span != WHOLE and self._can_be_apart:
            tip = f"From near: lines {_APART:.0f} times as far apart as they are (X)"
            pen.button(left + pen.px(GRID), top, "Apart", tip, self.turn_apart, is_first=self.factor > 1)

    @property
    def _driver(self) -> str:
        """Whose laps the heat is about."""
        laps = self.board.set
        return laps.laps[0].listed.driver if laps is not None and laps.laps else ""

    def _note(self, ways: Ways) -> str:
        """What is most worth knowing of what stands here."""
        if self.is_hot:
            return habit_words(self.board.habit, self._driver)
        if self.spread is not None and self.board.span != WHOLE:
            drawn = f" Sideways {self.factor:.0f} times as far." if self.factor > 1 else ""
            return f"{self.spread.words}{drawn} {ways.note}".strip()
        return f"{count_of(self.board.faults)} {ways.note}".strip()


class MapPanel(Panel):
    def __init__(self, stage: Stage, board: LapBoard) -> None:
        super().__init__(stage)
        self.picture = LinePicture(stage, board)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.picture)
        self.setFocusProxy(self.picture)
