"""Stint bars: each car's race as a row of bars on the shared axis of time, ours first."""

import time
from collections.abc import Sequence, Sized

import msgspec
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPixmap, QWheelEvent

from pitbox.strategy.story import CarStory, Story
from pitbox.ui.plot.barpaint import BarFrame, BarPainter
from pitbox.ui.plot.card import CardLine, draw_card
from pitbox.ui.plot.stintrows import StintRows
from pitbox.ui.plot.stintwords import card_of
from pitbox.ui.plot.timeplot import TimePlot
from pitbox.ui.scene.landmark import shades_of
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.row import CarRow
from pitbox.ui.scene.span import Span
from pitbox.ui.scene.stint import Bar, StintLine, StopMark, stint_line
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import class_colour
from pitbox.ui.theme.token import GRID, Type, Weight

_BAR = 3
_BUDGET_S = 0.005
"""Of a paint, for rows that changed; the others are shown as they were, stretched, until it is their turn."""
_BY_KEY = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class _Kept(msgspec.Struct):
    """A row as it was drawn last."""

    key: object
    span: Span
    picture: QPixmap


class StintPlot(TimePlot):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.setAccessibleName("Stints of all cars")
        self.scene = RaceScene()
        self.classes: frozenset[int] = frozenset()
        self._has_to_wait = False
        self._is_whole = True
        """No row waits for its turn to be drawn anew."""
        self._is_started = False
        """This paint has drawn one: however little time there is, it goes on."""
        self._drawn: tuple[int, Span] | None = None
        self.focus: tuple[int, float] | None = None
        """(car, time) that the keys stand on."""
        self._story = Story()
        self._lines: dict[int, tuple[object, StintLine]] = {}
        """With what each was made of."""
        self._kept_rows = StintRows()
        self._pictures: dict[int, _Kept] = {}
        self._pointer: QPointF | None = None
        self._painter = BarPainter(stage.look)
        stage.selection.car_changed.connect(self._reveal)
        stage.selection.reference_changed.connect(lambda _: self._sort())

    def show_race(self, scene: RaceScene, story: Story, *, is_other: bool) -> None:
        if is_other:
            self._lines.clear()
            self._pictures.clear()
            self.focus = None
            self._rows.rewind()
        self.scene, self._story = scene, story
        self.shades = shades_of(story)
        self._sort()
        if is_other:
            self.update()
        elif any(self._is_old(self.rows[at]) for at in self._rows.visible()):
            self._draw_later()

    def line(self, row: CarRow) -> StintLine | None:
        """Made when it is needed: of sixty cars a dozen are seen. None before the car did anything."""
        told = self._story.cars.get(row.car_idx)
        if told is None:
            return None
        if self._is_old(row):
            line = stint_line(told, self._story.people, row.window)
            self._lines[row.car_idx] = (_version(told, row, self._story.people), line)
        return self._lines[row.car_idx][1]

    def _is_old(self, row: CarRow) -> bool:
        told, kept = self._story.cars.get(row.car_idx), self._lines.get(row.car_idx)
        return told is not None and (kept is None or kept[0] != _version(told, row, self._story.people))

    def see_classes(self, classes: frozenset[int]) -> None:
        """Only these; all when empty."""
        self.classes = classes
        self._sort()

    @property
    def rows(self) -> Sequence[CarRow]:
        """Ours, then the one that others are held against, then by position."""
        return self._kept_rows.cars

    @property
    def _rows(self) -> StintRows:
        """As large as the plot is now."""
        return self._kept_rows.measure(self.row_height, self.body.height())

    @property
    def row_height(self) -> int:
        return self.look.row_height

    def row_at(self, y: float) -> CarRow | None:
        return self._rows.at(y - self.body.top())

    def row_box(self, at: int) -> QRect:
        body = self.body
        return QRect(body.left(), body.top() + self._rows.top_px(at), body.width(), self.row_height)

    def fit(self) -> None:
        self.timeline.fit()

    def scroll_by(self, by_px: float) -> None:
        self._rows.scroll_by(by_px)
        self.update()

    def wear(self) -> None:
        self._pictures.clear()
        self._painter.wear()
        super().wear()

    def beat(self) -> None:
        """Rows for which there was no time go on."""
        if self._has_to_wait:
            self._has_to_wait = False
        elif not self._is_whole:
            self.update()

    def _draw_later(self) -> None:
        """In the beat after this one, which the table and the map need for themselves."""
        self._has_to_wait, self._is_whole = True, False

    def renew(self) -> None:
        """What runs grows by whole pixels; another stretch of time is another picture."""
        now_px = round(self.x_of(self.timeline.now_s or 0.0))
        before, self._drawn = self._drawn, (now_px, self.timeline.span)
        if before is None or before[1] != self.timeline.span:
            self.update()
        elif before[0] != now_px:
            self._draw_later()

    def snapped(self, at_s: float, y: float) -> float | None:
        """To the ends of laps of the car below the pointer."""
        self._pointer = QPointF(self.x_of(at_s), y)
        self.focus = None
        row = self.row_at(y)
        told = None if row is None else self._story.cars.get(row.car_idx)
        if told is None or not len(told.laps):
            return at_s
        return min((lap.end_s for lap in told.laps), key=lambda end_s: abs(end_s - at_s))

    def clicked(self, at: QPointF) -> None:
        row = self.row_at(at.y())
        if row is not None:
            self.stage.selection.select(row.car_idx)

    def dragged(self, by: QPointF) -> None:
        super().dragged(by)
        self.scroll_by(-by.y())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Rows where there are more than fit; time with Ctrl, and where all rows are seen."""
        is_time = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if is_time or len(self.rows) <= self._rows.seen:
            super().wheelEvent(event)
            return
        self.scroll_by(-event.angleDelta().y() / 120 * 3 * self.row_height)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _BY_KEY.get(Qt.Key(event.key())) if not event.modifiers() else None
        if step is not None:
            self._step(*step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focus is not None:
            self.stage.look_back.look_at(self.focus[1])
        else:
            super().keyPressEvent(event)

    def draw_body(self, painter: QPainter, body: QRect) -> None:
        is_whole, end_s = True, time.perf_counter() + _BUDGET_S
        self._is_started = False
        for at in self._rows.visible():
            row, box = self.rows[at], self.row_box(at)
            painter.setClipRect(self._room_of(at, body))
            line = self.line(row)
            if line is not None:
                is_whole &= self._draw_row(painter, row, line, box, end_s)
            painter.fillRect(box.left(), box.bottom(), box.width(), 1, self.colour("raised"))
        painter.setClipRect(body)
        self._is_whole = is_whole
        self._draw_now(painter, body)
        self._draw_focused(painter)

    def draw_sides(self, painter: QPainter, body: QRect) -> None:
        if not self.rows:
            painter.setFont(self.note)
            painter.setPen(self.colour("dim"))
            words = "Stints of all cars stand here as soon as they race."
            painter.drawText(body, int(Qt.AlignmentFlag.AlignCenter), words)
            return
        painter.save()
        wide = QRect(0, body.top(), self.width(), body.height())
        for at in self._rows.visible():
            painter.setClipRect(self._room_of(at, wide))
            self._draw_name(painter, self.rows[at], self.row_box(at))
        painter.setClipRect(wide)
        self._draw_ours(painter, body)
        self._draw_thumb(painter, body)
        painter.restore()

    def draw_over(self, painter: QPainter, body: QRect) -> None:
        found = self._pointed()
        if found is not None:
            row, at_s, point = found
            lines = self.card(row.car_idx, at_s)
            if lines:
                draw_card(painter, self.look, lines, point, body)

    def card(self, car_idx: int, at_s: float) -> list[CardLine]:
        """What a person is told of the bar or stop at that time."""
        row = self.scene.row(car_idx)
        line = None if row is None else self.line(row)
        if line is None or row is None:
            return []
        head = self.scene.class_of(row.class_id)
        rank = -1 if head is None else head.rank
        planned = line.planned
        now_s = self.timeline.now_s or 0.0
        if planned is not None and at_s > now_s and planned.start_s <= at_s <= planned.end_s:
            return card_of(row, rank, planned, self.timeline, self.look.taste)
        return card_of(row, rank, line.at(at_s), self.timeline, self.look.taste)

    def _room_of(self, at: int, room: QRect) -> QRect:
        """Rows that are scrolled end below those that are not."""
        return room.adjusted(0, self._rows.covered_px(at), 0, 0)

    def _draw_ours(self, painter: QPainter, body: QRect) -> None:
        """The outline that our car has in every view."""
        if self.rows and self.rows[0].is_ours:
            box = self.row_box(0)
            painter.setPen(self.colour("text"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRect(0, box.top(), body.right() + 1, box.height() - 1))
            painter.fillRect(0, box.top(), self.look.px(_BAR), box.height(), self.colour("accent"))

    def _ground(self, row: CarRow) -> QColor:
        return self.colour("raised" if row.is_ours else "panel")

    def _pointed(self) -> tuple[CarRow, float, QPointF] | None:
        """By keys or by the pointer."""
        if self.focus is not None and self.hasFocus():
            car_idx, at_s = self.focus
            at = self._rows.number_of(car_idx)
            if at is not None:
                return self.rows[at], at_s, QPointF(self.x_of(at_s), self.row_box(at).center().y())
        if self._pointer is None or not self.underMouse() or self.timeline.cursor_s is None:
            return None
        row = self.row_at(self._pointer.y())
        return None if row is None else (row, self.time_at(self._pointer.x()), self._pointer)

    def _sort(self) -> None:
        first = (self.scene.own_car_idx, self.stage.selection.reference_idx)
        self._rows.sort(self.scene.rows, self.classes, first)
        self.update()

    def _reveal(self, car_idx: int) -> None:
        at = self._rows.number_of(car_idx)
        if at is not None and self.body.height() > 0:
            self._rows.reveal(at)
        self.update()

    def _step(self, rows: int, bars: int) -> None:
        """Another car, or the next thing that this one did."""
        if not self.rows:
            return
        now_s = self.timeline.now_s or 0.0
        car_idx, at_s = self.focus or (self.stage.selection.car_idx, now_s)
        here = self._rows.number_of(car_idx)
        row = self.rows[max(0, min(len(self.rows) - 1, (-rows if here is None else here) + rows))]
        line = self.line(row) or StintLine(row.car_idx)
        if bars:
            at_s = _beside(line, at_s, bars)
        elif self.focus is None and line.bars:
            at_s = _middle(line.bars[-1], now_s)
        self.focus = (row.car_idx, at_s)
        self.timeline.show(at_s)
        self.timeline.point_at(at_s)
        self.stage.selection.select(row.car_idx)
        self._reveal(row.car_idx)

    def _draw_row(self, painter: QPainter, row: CarRow, line: StintLine, box: QRect, end_s: float) -> bool:
        """False when the row is another one by now, and there was no time left to draw it anew."""
        now_s, span = self.timeline.now_s or 0.0, self.timeline.span
        head = self.scene.class_of(row.class_id)
        rank = 0 if head is None else head.rank
        frame = BarFrame(span, now_s, box.width(), box.height(), rank, is_stale=self.is_stale)
        key = (line, span, box.size(), rank, self.is_stale)
        kept, is_whole = self._pictures.get(row.car_idx), True
        if kept is None or kept.key != key:
            if time.perf_counter() > end_s and self._is_started:
                is_whole = False
            else:
                picture = self._painter.picture(line, frame, self.devicePixelRatioF())
                kept = self._pictures[row.car_idx] = _Kept(key, span, picture)
                self._is_started = True
        if kept is None:
            return False
        if kept.span == span:
            painter.drawPixmap(box.topLeft(), kept.picture)
        else:
            left, right = self.x_of(kept.span.begin_s), self.x_of(kept.span.end_s)
            target = QRectF(left, box.top(), right - left, box.height())
            painter.drawPixmap(target, kept.picture, QRectF(kept.picture.rect()))
        self._painter.draw_running(painter, line, frame, box)
        return is_whole

    def _draw_name(self, painter: QPainter, row: CarRow, box: QRect) -> None:
        """Position, the class's bar and the number."""
        px, head = self.look.px, self.scene.class_of(row.class_id)
        strip = QRect(0, box.top(), box.left(), box.height())
        is_chosen = row.car_idx == self.stage.selection.car_idx
        painter.fillRect(strip, self.colour("line") if is_chosen else self._ground(row))
        font = face(self.look.theme, Type.BODY, Weight.STRONG if row.is_ours else Weight.PLAIN)
        metrics = QFontMetricsF(font)
        base = box.top() + (box.height() + metrics.ascent() - metrics.descent()) / 2
        painter.setFont(font)
        painter.setPen(self.colour("faint" if self.is_stale else "dim"))
        place = str(row.position)
        painter.drawText(QPointF(px(26) - metrics.horizontalAdvance(place), base), place)
        if head is not None:
            bar = QRect(px(32), box.top() + px(GRID), px(_BAR), box.height() - 2 * px(GRID))
            painter.fillRect(bar, QColor(class_colour(head.rank)))
        painter.setPen(self.colour("faint" if self.is_stale else "text"))
        painter.drawText(QPointF(px(40), base), row.entry.number)

    def _draw_now(self, painter: QPainter, body: QRect) -> None:
        now_s = self.timeline.now_s
        if now_s is not None and self.timeline.span.holds(now_s):
            painter.fillRect(
                QRectF(round(self.x_of(now_s)), body.top(), 1, body.height()), self.colour("faint")
            )

    def _draw_focused(self, painter: QPainter) -> None:
        found = self._pointed()
        if found is None:
            return
        row, at_s, _ = found
        line = self.line(row)
        thing = None if line is None else line.at(at_s)
        if thing is None:
            return
        at = self.rows.index(row)
        now_s = self.timeline.now_s or 0.0
        left, right = self.x_of(thing.start_s), self.x_of(now_s if thing.end_s is None else thing.end_s)
        box = self.row_box(at)
        painter.setPen(self.colour("accent"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        top = box.top() + self.look.px(2)
        painter.drawRect(QRectF(left - 1, top, max(3.0, right - left + 1), box.height() - self.look.px(5)))

    def _draw_thumb(self, painter: QPainter, body: QRect) -> None:
        """How much of the rows is seen."""
        seen, whole = self._rows.seen * self.row_height, len(self.rows) * self.row_height
        if whole <= seen:
            return
        px = self.look.px
        height = max(px(24), seen * seen // whole)
        top = body.top() + self._rows.scrolled_px * (seen - height) // (whole - seen)
        painter.fillRect(self.width() - px(6), top, px(3), height, self.colour("line"))


def _version(told: CarStory, row: CarRow, people: Sized) -> object:
    """Another one when the line may be: a driver's name can come after the first lap."""
    return (told.changes, row.window, len(people))


def _beside(line: StintLine, at_s: float, step: int) -> float:
    """The middle of the bar or stop before or after the one at that time."""
    things: list[Bar | StopMark] = sorted((*line.bars, *line.stops), key=lambda thing: thing.start_s)
    if not things:
        return at_s
    here = max((at for at, thing in enumerate(things) if thing.start_s <= at_s), default=0)
    thing = things[max(0, min(len(things) - 1, here + step))]
    return _middle(thing, thing.start_s + 1.0)


def _middle(thing: Bar | StopMark, now_s: float) -> float:
    end_s = max(thing.start_s, now_s) if thing.end_s is None else thing.end_s
    return (thing.start_s + end_s) / 2
