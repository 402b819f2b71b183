"""A list of painted lines: chosen by mouse and keys, and drawn anew only when they differ."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from pitbox.ui.shell.line import Line, LineColumn, Part, Sign
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look, class_colour
from pitbox.ui.theme.token import GRID, MARK, PADDING, Type, Weight

_BAR = 3
_WORDS = 1000
_WRAP = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)


class LineList(QAbstractScrollArea):
    chosen = Signal(str)
    """The key of a line that a person chose."""
    opened = Signal(str)
    """Enter or a click on a line."""

    def __init__(self, look: Look, columns: Sequence[LineColumn], name: str) -> None:
        super().__init__()
        self._look, self._columns = look, tuple(columns)
        self.lines: tuple[Line, ...] = ()
        self.key = ""
        """The chosen line's."""
        self.empty = ""
        """Said while there are no lines."""
        self.follows_end = False
        """Whoever looks at the last line sees the next one come."""
        self._is_stale = False
        self._tops: list[int] = []
        self._faces: dict[bool, tuple[QFont, QFontMetricsF]] = {}
        self._words: dict[tuple[str, int, bool], tuple[str, float]] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        look.changed.connect(self._wear)

    @property
    def room(self) -> int:
        """Plain lines that can be seen at once."""
        return max(1, self.viewport().height() // self._look.row_height)

    def show_lines(self, lines: Sequence[Line]) -> None:
        if tuple(lines) != self.lines:
            self.lines = tuple(lines)
            self._lay_out()

    def choose(self, key: str) -> None:
        """Without a word to anybody."""
        if key != self.key:
            self.key = key
            self._show_chosen()
            self.viewport().update()

    def set_stale(self, *, is_stale: bool) -> None:
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self.viewport().update()

    def box(self, at: int) -> QRect:
        """Of a line, as it is scrolled now."""
        foot = self._tops[at + 1] if at + 1 < len(self._tops) else self._tops[at]
        return QRect(
            0,
            self._tops[at] - self.verticalScrollBar().value(),
            self.viewport().width(),
            foot - self._tops[at],
        )

    def slots(self) -> list[QRect]:
        """Where the columns stand in a line at the top; without width where one gives way to the others."""
        px = self._look.px
        room = self.viewport().width() - 2 * px(GRID)
        shown = set(range(len(self._columns)))
        for at in sorted(shown, key=lambda at: self._columns[at].gives_way):
            wanted = sum(px(self._columns[each].width or self._columns[each].least) for each in shown)
            if wanted > room and self._columns[at].gives_way:
                shown.discard(at)
        fixed = sum(px(self._columns[at].width) for at in shown)
        boxes, left = [], px(GRID)
        for at, column in enumerate(self._columns):
            wide = px(column.width) if column.width else max(0, room - fixed)
            boxes.append(QRect(left, 0, wide if at in shown else 0, self._look.row_height))
            left += wide if at in shown or not column.width else 0
        return boxes

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self._look.palette.panel))
        if not self.lines:
            self._draw_empty(painter)
        slots = self.slots()
        for at, line in enumerate(self.lines):
            box = self.box(at)
            if box.intersects(event.rect()) and not self._is_rest(at, box):
                self._draw_line(painter, line, box, slots)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._line_at(event.position().toPoint().y())
        if at is not None:
            self._pick(at)
            if event.button() is Qt.MouseButton.LeftButton:
                self.opened.emit(self.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self.lines) - 1}
        key = Qt.Key(event.key())
        if not self.lines or key not in (*steps, *ends, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        now = next((at for at, line in enumerate(self.lines) if line.key == self.key), None)
        if key in ends:
            self._pick(ends[key])
        elif key in steps:
            self._pick(0 if now is None else min(max(now + steps[key], 0), len(self.lines) - 1))
        elif now is not None:
            self.opened.emit(self.key)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = self._line_at(event.pos().y())
            QToolTip.showText(event.globalPos(), "" if at is None else self.lines[at].tip, self)
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: ARG002
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: ARG002
        self.viewport().update()

    def _is_rest(self, at: int, box: QRect) -> bool:
        """What an edge cuts: half a line says nothing, and whoever scrolls sees all of it."""
        bar, line = self.verticalScrollBar(), self.lines[at]
        if box.top() > 0 and box.bottom() >= self.viewport().height():
            return not line.body and line.key != self.key
        is_last = at == len(self.lines) - 1
        return self.follows_end and box.top() < 0 and bar.value() == bar.maximum() and not is_last

    def _pick(self, at: int) -> None:
        self.choose(self.lines[at].key)
        self.chosen.emit(self.key)

    def _line_at(self, y: int) -> int | None:
        return next(
            (at for at in range(len(self.lines)) if self.box(at).top() <= y <= self.box(at).bottom()), None
        )

    def _wear(self) -> None:
        self._faces.clear()
        self._words.clear()
        self._lay_out()

    def _face(self, *, is_strong: bool) -> tuple[QFont, QFontMetricsF]:
        """Made once for each look: a font that is asked for anew costs more than the word it draws."""
        known = self._faces.get(is_strong)
        if known is None:
            font = face(self._look.theme, Type.BODY, Weight.STRONG if is_strong else Weight.PLAIN)
            known = self._faces[is_strong] = (font, QFontMetricsF(font))
        return known

    def _lay_out(self) -> None:
        row, px, top = self._look.row_height, self._look.px, 0
        metrics = self._face(is_strong=False)[1]
        room = QRectF(0, 0, self.viewport().width() - 2 * px(PADDING), 10_000)
        self._tops = []
        for line in self.lines:
            self._tops.append(top)
            top += row
            if line.body:
                top += round(metrics.boundingRect(room, _WRAP, line.body).height()) + px(GRID)
        self._tops.append(top)
        bar = self.verticalScrollBar()
        is_at_end = bar.value() >= bar.maximum()
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(row)
        bar.setRange(0, max(0, top - self.viewport().height()))
        if self.follows_end and is_at_end:
            bar.setValue(bar.maximum())
        self.viewport().update()

    def _show_chosen(self) -> None:
        for at, line in enumerate(self.lines):
            if line.key == self.key:
                box, bar = self.box(at), self.verticalScrollBar()
                if box.top() < 0:
                    bar.setValue(bar.value() + box.top())
                elif box.bottom() > self.viewport().height():
                    bar.setValue(bar.value() + box.bottom() - self.viewport().height())

    def _draw_empty(self, painter: QPainter) -> None:
        edge = self._look.px(2 * PADDING)
        painter.setFont(self._face(is_strong=False)[0])
        painter.setPen(QColor(self._look.palette.dim))
        middle = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(self.viewport().rect().adjusted(edge, edge, -edge, -edge), middle, self.empty)

    def _draw_line(self, painter: QPainter, line: Line, box: QRect, slots: Sequence[QRect]) -> None:
        px, palette = self._look.px, self._look.palette
        is_chosen = line.key == self.key
        ground = (
            palette.line if is_chosen else palette.raised if line.is_ours or line.is_new else palette.panel
        )
        painter.fillRect(box, QColor(ground))
        painter.fillRect(0, box.bottom(), box.width(), 1, QColor(palette.raised))
        for at, (part, column) in enumerate(zip(line.parts, self._columns, strict=True)):
            slot = _room_of(at, line, slots) if column.is_left else slots[at]
            if slot.width() > 0:
                self._draw_part(painter, part, slot.translated(0, box.top()), is_left=column.is_left)
        if line.body:
            painter.setFont(self._face(is_strong=line.is_new)[0])
            painter.setPen(QColor(palette.faint if self._is_stale else palette.text))
            body = box.adjusted(px(PADDING), self._look.row_height - px(GRID) // 2, -px(PADDING), 0)
            painter.drawText(body, _WRAP, line.body)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if line.is_ours or line.is_new:
            painter.fillRect(0, box.top(), px(_BAR), box.height(), QColor(palette.accent))
        if line.is_ours:
            painter.setPen(QColor(palette.text))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if is_chosen and self.hasFocus():
            painter.setPen(QColor(palette.accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _draw_part(self, painter: QPainter, part: Part, slot: QRect, *, is_left: bool) -> None:
        px, palette = self._look.px, self._look.palette
        tone = "faint" if self._is_stale else part.tone
        box = slot.adjusted(px(GRID), 0, -px(GRID), 0)
        if part.rank >= 0:
            bar = QRect(box.left(), box.top() + px(GRID), px(_BAR), box.height() - 2 * px(GRID))
            painter.fillRect(bar, QColor(class_colour(part.rank)))
            box.setLeft(box.left() + px(_BAR + GRID))
        font, metrics = self._face(is_strong=part.is_strong)
        colour = QColor(getattr(palette, tone))
        if part.sign:
            room = px(MARK + GRID)
            wide = 0.0 if is_left else metrics.horizontalAdvance(part.text)
            left = box.left() if is_left else box.right() - wide - room
            _draw_sign(
                painter,
                part.sign,
                QRectF(left, box.center().y() - px(MARK) / 2 + 1, px(MARK), px(MARK)),
                colour,
            )
            if is_left:
                box.setLeft(box.left() + room)
        painter.setFont(font)
        painter.setPen(colour)
        words, wide = self._fitting(part.text, box.width() + 1, is_strong=part.is_strong)
        left = float(box.left()) if is_left else box.left() + box.width() - wide
        baseline = box.top() + (box.height() - metrics.height()) / 2 + metrics.ascent()
        painter.drawText(QPointF(left, baseline), words)  # a box would be laid out anew for each word

    def _fitting(self, text: str, room: int, *, is_strong: bool) -> tuple[str, float]:
        """(as much of it as there is room for, its width)."""
        known = self._words.get((text, room, is_strong))
        if known is None:
            if len(self._words) >= _WORDS:
                self._words.clear()
            metrics = self._face(is_strong=is_strong)[1]
            words = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            known = self._words[text, room, is_strong] = (words, metrics.horizontalAdvance(words))
        return known


def _room_of(at: int, line: Line, slots: Sequence[QRect]) -> QRect:
    """Words run on over columns in which nothing stands."""
    slot = slots[at]
    if slot.width() > 0:
        for part, after in zip(line.parts[at + 1 :], slots[at + 1 :], strict=True):
            if part.text:
                break
            slot = slot.united(after) if after.width() > 0 else slot
    return slot


def _draw_sign(painter: QPainter, sign: Sign, box: QRectF, colour: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    middle = box.center()
    corners = {
        Sign.UP: [(middle.x(), box.top()), (box.right(), box.bottom()), (box.left(), box.bottom())],
        Sign.DOWN: [(middle.x(), box.bottom()), (box.right(), box.top()), (box.left(), box.top())],
        Sign.SAME: [
            (middle.x(), box.top()),
            (box.right(), middle.y()),
            (middle.x(), box.bottom()),
            (box.left(), middle.y()),
        ],
        Sign.ALERT: [
            (box.left(), box.top()),
            (box.right(), box.top()),
            (box.right(), box.bottom()),
            (box.left(), box.bottom()),
        ],
    }.get(sign)
    if corners is not None:
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    elif sign is Sign.RING:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(colour)
        painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        painter.drawEllipse(box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
