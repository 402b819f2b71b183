"""When people can be there, as lanes over the race: race time and the event's clock on top, one's own below.

A stretch is marked by dragging or with the keys, and set to free, maybe or not.
"""

import secrets
from bisect import bisect_right
from itertools import groupby

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from pitbox.model.errors import EditError
from pitbox.model.participation import Part
from pitbox.model.span import Span, Spans
from pitbox.planning.person_clock import clock, moment, place
from pitbox.planning.presence import Presence, be_there, presence_at
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.team.board import TeamBoard
from pitbox.ui.team.scene import Attendant
from pitbox.ui.team.words import hours
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_NAME, _AXIS, _DEPTH, _OWN = 148, 16, 28, 18
_STEPS_S = (60.0, 300.0, 900.0, 1800.0, 3600.0)
_MOST_CELLS = 96
_TICKS_S = (300.0, 900.0, 1800.0, 3600.0, 7200.0, 10800.0, 14400.0, 21600.0)
_TICK_ROOM = 56
_WORDS = {Presence.FREE: "free", Presence.MAYBE: "maybe, only if it must be", Presence.NOT: "not there"}


class FreeView(QAbstractScrollArea):
    """Rows of those who take part. Paints what can be seen of them, and nothing else."""

    marked = Signal()
    """Another stretch is marked."""

    def __init__(self, look: Look, board: TeamBoard) -> None:
        super().__init__()
        self._look, self.board = look, board
        self.tool = Presence.FREE
        self.rows: tuple[Attendant, ...] = ()
        self.team = ""
        """Only these are shown; empty: all."""
        self.first = self.last = 0
        """Marked cells of the chosen person, both ends in it; `last` is where the keys are."""
        self._depth: list[int] = []
        self._is_dragging = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Free times")
        self.viewport().setMouseTracking(True)
        look.changed.connect(self._lay_out)
        board.changed.connect(self.refresh)
        board.chosen.connect(self._go_to_row)
        self.refresh()

    @property
    def step_s(self) -> float:
        length_s = self.board.scene.length_s
        return next((step for step in _STEPS_S if length_s / step <= _MOST_CELLS), _STEPS_S[-1])

    @property
    def cells(self) -> int:
        return max(1, round(self.board.scene.length_s / self.step_s))

    @property
    def span(self) -> Span | None:
        """The marked stretch, in UTC."""
        race = self.board.scene.span
        if race is None:
            return None
        low, high = sorted((self.first, self.last))
        end_s = race.end_s if high >= self.cells - 1 else race.start_s + (high + 1) * self.step_s
        return Span(race.start_s + low * self.step_s, end_s)

    @property
    def row(self) -> Attendant | None:
        """The one whose lane the keys are in."""
        return next((one for one in self.rows if one.key == self.board.person_key), None)

    def refresh(self) -> None:
        scene = self.board.scene
        self.rows = tuple(
            one for one in scene.signed if not self.team or (one.said and one.said.team == self.team)
        )
        self.first, self.last = (min(at, self.cells - 1) for at in (self.first, self.last))
        self._depth = self._count()
        self._lay_out()
        self._show_row()

    def step(self, by: int, *, is_longer: bool = False) -> None:
        """Mark the cell beside, or as much more as `by`."""
        self.last = min(max(0, self.last + by), self.cells - 1)
        if not is_longer:
            self.first = self.last
        self._tell()

    def mark_all(self) -> None:
        self.first, self.last = 0, self.cells - 1
        self._tell()

    def step_row(self, by: int) -> None:
        keys = [one.key for one in self.rows]
        if keys:
            at = keys.index(self.board.person_key) + by if self.board.person_key in keys else 0
            self.board.choose(keys[min(max(0, at), len(keys) - 1)])

    def set_presence(self, presence: Presence) -> None:
        """Of the marked stretch."""
        row, span = self.row, self.span
        if row is None or row.said is None or span is None:
            return
        said, zone = row.said, row.member.zone
        words = f"{row.member.name}: {_WORDS[presence].partition(',')[0]}"
        try:
            drafts = be_there(said, span, presence, zone, lambda: secrets.token_hex(4))
        except EditError as error:
            self.board.tell(str(error))
            return
        self.board.do(words, lambda: drafts)

    def words_at(self, one: Attendant, cell: int) -> str:
        """`Ada: free at race time 5:30, 03:30 Sun in Sydney`."""
        race = self.board.scene.span
        if race is None:
            return one.member.name
        at_s = race.start_s + cell * self.step_s
        there = _WORDS[presence_at(one.sure, one.maybe, at_s)] if one.said and one.said.free else "not said"
        own = f"{moment(at_s, one.member.zone):%H:%M %a} in {place(one.member.zone)}"
        return f"{one.member.name}: {there} at race time {hours(cell * self.step_s)}, {own}"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        pen = Pen(self._look, painter)
        painter.fillRect(event.rect(), pen.colour("panel"))
        if self.rows and self.board.scene.span is not None:
            for at, one in enumerate(self.rows):
                box = self.box(at)
                if box.bottom() > self._head_height and box.top() < self.viewport().height():
                    self._draw_row(pen, one, box)
            self._draw_head(pen)
        else:
            box = QRectF(self.viewport().rect()).adjusted(pen.px(16), pen.px(16), -pen.px(16), 0)
            pen.wrap(box, self._empty(), Style("dim"), row=20)
        painter.end()

    def box(self, at: int) -> QRectF:
        """Of a row, as it is scrolled now."""
        row, own = self._look.row_height, self._look.px(_OWN)
        chosen = next(
            (n for n, one in enumerate(self.rows) if one.key == self.board.person_key), len(self.rows)
        )
        top = self._head_height + at * row + (own if at > chosen else 0) - self.verticalScrollBar().value()
        return QRectF(0, top, self.viewport().width(), row + (own if at == chosen else 0))

    def x_of(self, race_s: float) -> float:
        room = self._room
        return room.left() + room.width() * race_s / self.board.scene.length_s

    def cell_at(self, x: float) -> int:
        room = self._room
        share = (x - room.left()) / max(1.0, room.width())
        return min(max(0, int(share * self.cells)), self.cells - 1)

    def row_at(self, y: float) -> int | None:
        if y < self._head_height:
            return None
        return next(
            (at for at in range(len(self.rows)) if self.box(at).top() <= y < self.box(at).bottom()), None
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.row_at(event.position().y())
        if at is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.board.choose(self.rows[at].key)
        if event.position().x() >= self._room.left():
            self.last = self.cell_at(event.position().x())
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.first = self.last
            self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self.row is not None:
            cell = self.cell_at(event.position().x())
            if cell != self.last:
                self._is_dragging, self.last = True, cell
                self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_dragging:
            self._is_dragging = False
            self.set_presence(self.tool)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = self.row_at(event.pos().y())
            words = "" if at is None else self.words_at(self.rows[at], self.cell_at(event.pos().x()))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        is_by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason  # rows stay under the pointer
        if self.row is None and self.rows and not is_by_mouse:
            self.board.choose(self.rows[0].key)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    @property
    def _room(self) -> QRectF:
        px = self._look.px
        return QRectF(px(_NAME), 0, self.viewport().width() - px(_NAME + 2 * PADDING), 1)

    @property
    def _head_height(self) -> int:
        return self._look.px(2 * _AXIS + _DEPTH + GRID)

    def _empty(self) -> str:
        if self.board.scene.event is None:
            return "When each can be there stands here, as soon as there is an event."
        if self.board.scene.span is None:
            return "Say when the event starts: free times are drawn over the race."
        return "When each can be there stands here, as soon as somebody has signed up."

    def _tell(self) -> None:
        row = self.row
        if row is not None:
            self.setAccessibleDescription(self.words_at(row, self.last))
        self.marked.emit()
        self.viewport().update()

    def _lay_out(self) -> None:
        bar, row = self.verticalScrollBar(), self._look.row_height
        height = len(self.rows) * row + self._look.px(_OWN) + self._head_height
        bar.setSingleStep(row)
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, height - self.viewport().height()))
        self.viewport().update()

    def _go_to_row(self, _: str) -> None:
        self._show_row()
        self.viewport().update()

    def _show_row(self) -> None:
        at = next((n for n, one in enumerate(self.rows) if one.key == self.board.person_key), None)
        if at is None:
            return
        box, bar = self.box(at), self.verticalScrollBar()
        if box.top() < self._head_height:
            bar.setValue(bar.value() + round(box.top()) - self._head_height)
        elif box.bottom() > self.viewport().height():
            bar.setValue(bar.value() + round(box.bottom()) - self.viewport().height())

    def _count(self) -> list[int]:
        """Drivers who are surely free, in each cell."""
        race = self.board.scene.span
        if race is None:
            return []
        change = [0] * (self.cells + 1)
        starts = [race.start_s + at * self.step_s for at in range(self.cells)]
        for one in self.rows:
            if one.said is not None and Part.DRIVER in one.said.parts:
                for span in one.sure:
                    low, high = (
                        bisect_right(starts, span.start_s - 1e-6),
                        bisect_right(starts, span.end_s - 1e-6),
                    )
                    if high > low:
                        change[low] += 1
                        change[high] -= 1
        depth, now = [], 0
        for by in change[: self.cells]:
            now += by
            depth.append(now)
        return depth

    def _draw_head(self, pen: Pen) -> None:
        px, width, event = pen.px, float(self.viewport().width()), self.board.scene.event
        assert event is not None
        pen.fill(QRectF(0, 0, width, self._head_height), "panel")
        race = self.board.scene.span
        assert race is not None
        for at, (title, zone) in enumerate((("Race time", ""), (place(event.zone), event.zone))):
            top = float(px(at * _AXIS))
            pen.write(QRectF(px(PADDING), top, px(_NAME - PADDING), px(_AXIS)), title, NOTE)
            self._draw_ticks(pen, top, zone)
        self._draw_depth(pen, QRectF(self._room.left(), px(2 * _AXIS), self._room.width(), px(_DEPTH)))
        pen.fill(QRectF(0, self._head_height - 1, width, 1), "line")

    def _draw_depth(self, pen: Pen, box: QRectF) -> None:
        """How many drivers are free: as high as many, in red where it is nobody."""
        px = pen.px
        few, most = (min(self._depth, default=0), max(self._depth, default=0))
        at = self._depth.index(few) if self._depth else 0
        words = f"Drivers free, {few} to {most}"
        pen.write(QRectF(px(PADDING), box.top(), px(_NAME - PADDING), box.height()), words, NOTE)
        wide = box.width() / max(1, len(self._depth))
        room = box.height() - px(GRID)
        cell = 0
        for count, same in groupby(self._depth):
            start, cell = cell, cell + len(list(same))
            left, right = (round(box.left() + at * wide) for at in (start, cell))
            high = round(room * count / max(1, most)) or px(3)
            tone, alpha = ("accent", 0.35) if count else ("bad", 1.0)
            pen.fill(QRectF(left, box.bottom() - high, right - left, high), tone, alpha)
        if not few and self._depth:
            pen.write(
                QRectF(box.left() + at * wide, box.top(), box.width(), px(_AXIS)),
                "nobody",
                Style("bad", Type.NOTE),
            )

    def _draw_ticks(self, pen: Pen, top: float, zone: str, style: Style = NOTE) -> None:
        """On the hours of that clock; of race time without one."""
        race, length_s = self.board.scene.span, self.board.scene.length_s
        assert race is not None
        wanted = pen.px(_TICK_ROOM) * length_s / max(1.0, self._room.width())
        step_s = next((step for step in _TICKS_S if step >= wanted), _TICKS_S[-1])
        offset_s = 0.0
        if zone:
            start = moment(race.start_s, zone)
            since_s = start.hour * 3600.0 + start.minute * 60.0 + start.second
            offset_s = -since_s % step_s
        at_s = offset_s
        while at_s < length_s:
            words = clock(race.start_s + at_s, zone) if zone else hours(at_s)
            left = self.x_of(at_s)
            if left + pen.width(words, style) < self.viewport().width():
                pen.write(QRectF(left + pen.px(2), top, pen.px(_TICK_ROOM), pen.px(_AXIS)), words, style)
            pen.fill(QRectF(left, top + pen.px(3), 1, pen.px(_AXIS - 5)), "line")
            at_s += step_s

    def _draw_row(self, pen: Pen, one: Attendant, box: QRectF) -> None:
        px, row = pen.px, self._look.row_height
        is_chosen = one.key == self.board.person_key
        if is_chosen:
            pen.fill(box, "raised")
            pen.fill(QRectF(0, box.top(), px(2), box.height()), "accent")
        lane = QRectF(self._room.left(), box.top(), self._room.width(), row)
        for dark in self.board.scene.event.dark if self.board.scene.event is not None else ():
            self._band(pen, Span(dark.start_s, dark.end_s), lane, "line", 0.55)
        style = Style("text", weight=Weight.STRONG if is_chosen else Weight.PLAIN)
        pen.write(QRectF(px(PADDING), box.top(), px(_NAME - 2 * PADDING), row), one.member.name, style)
        middle = lane.center().y()
        pen.fill(QRectF(lane.left(), middle, lane.width(), 1), "line")
        if one.said is not None and not one.said.free:
            words = QRectF(lane.left() + px(GRID), box.top(), lane.width(), row)
            pen.write(words, "has not said when", Style("faint", Type.NOTE))
        self._draw_free(pen, one.maybe, lane, is_maybe=True)
        self._draw_free(pen, one.sure, lane, is_maybe=False)
        if is_chosen:
            own = QRectF(px(PADDING), box.top() + row - px(2), px(_NAME - PADDING), px(_OWN))
            pen.write(own, f"{place(one.member.zone)}, own clock", NOTE)
            self._draw_ticks(pen, box.top() + row - px(2), one.member.zone, Style("text", Type.NOTE))
            self._draw_mark(pen, lane)
        pen.fill(QRectF(0, box.bottom() - 1, box.width(), 1), "raised")

    def _draw_free(self, pen: Pen, spans: Spans, lane: QRectF, *, is_maybe: bool) -> None:
        """Surely: a full bar. Maybe: half as high, with a dashed frame."""
        race = self.board.scene.span
        assert race is not None
        edge = lane.height() * (0.32 if is_maybe else 0.2)
        for span in spans:
            low, high = max(span.start_s, race.start_s), min(span.end_s, race.end_s)
            if low >= high:
                continue
            left, right = self.x_of(low - race.start_s), self.x_of(high - race.start_s)
            box = QRectF(left, lane.top() + edge, right - left, lane.height() - 2 * edge)
            pen.fill(box, "accent", 0.2 if is_maybe else 0.75)
            if is_maybe:
                pen.frame(box, "accent", is_dashed=True)

    def _draw_mark(self, pen: Pen, lane: QRectF) -> None:
        low, high = sorted((self.first, self.last))
        left, right = (lane.left() + lane.width() * at / self.cells for at in (low, high + 1))
        box = QRectF(left, lane.top() + 1, right - left, lane.height() - 2)
        tone = "text" if self.hasFocus() or self._is_dragging else "dim"
        pen.fill(box, tone, 0.12)
        pen.frame(box, tone)
        if low != high:
            return
        points = [QPointF(box.center().x(), box.top()), QPointF(box.center().x(), box.bottom())]
        pen.stroke(points, tone)

    def _band(self, pen: Pen, race: Span, lane: QRectF, tone: str, alpha: float) -> None:
        left, right = self.x_of(max(0.0, race.start_s)), self.x_of(min(race.end_s, self.board.scene.length_s))
        pen.fill(QRectF(left, lane.top(), max(0.0, right - left), lane.height()), tone, alpha)
