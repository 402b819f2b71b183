"""The sheet on which our car's figures are painted: all of it in one go, and only when it is another page."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from pitbox.ui.race.car.band import paint_band, paint_trend
from pitbox.ui.race.car.figure import Ages, Figure
from pitbox.ui.race.car.layout import HEAD_LABEL, HEAD_NOTE, ROW, Layout, Spot, lay_out
from pitbox.ui.race.car.page import Page
from pitbox.ui.theme.face import face
from pitbox.ui.theme.look import Look
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_WIDTH = 280
"""Less, and columns of figures would touch."""
_TREND = 56
_KEYS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
}


class CarSheet(QWidget):
    """Arrow keys walk from figure to figure; the one reached tells where it is from, as the pointer does."""

    reached = Signal(QRectF)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Our car")
        self._look = look
        self._page: Page | None = None
        self._ages = Ages()
        self._layout: Layout | None = None
        self._metrics: dict[tuple[Type, Weight], QFontMetricsF] = {}
        self._at = 0
        self._is_walking = False
        """The keys lead: only then it is marked where they are."""
        look.changed.connect(self._wear)
        self.setMinimumWidth(look.px(_WIDTH))

    @property
    def page(self) -> Page | None:
        return self._page

    @property
    def layout_now(self) -> Layout | None:
        return self._layout

    @property
    def current(self) -> Figure | None:
        """The one that the keys have reached."""
        layout = self._layout
        return layout.spots[self._at].figure if layout is not None and self._at < len(layout.spots) else None

    def show_page(self, page: Page | None, ages: Ages) -> None:
        is_same = page == self._page and _oldness(ages) == _oldness(self._ages)
        self._ages = ages
        if not is_same:
            self._page = page
            self._lay_out()

    def sizeHint(self) -> QSize:
        height = 0.0 if self._layout is None else self._layout.height
        return QSize(self._look.px(_WIDTH), round(height))

    def width_of(self, text: str, size: Type, weight: Weight) -> float:
        return self._measure(size, weight).horizontalAdvance(text)

    def walk(self, steps: int) -> None:
        """To another figure; its tip is shown beside it."""
        layout = self._layout
        if layout is None or not layout.spots:
            return
        self._at = min(max(0, self._at + steps), len(layout.spots) - 1)
        self._is_walking = True
        spot = layout.spots[self._at]
        tip = spot.figure.tip(self._ages)
        self.setAccessibleDescription(tip)
        self.reached.emit(spot.box)
        QToolTip.showText(self.mapToGlobal(spot.box.bottomLeft().toPoint()), tip, self)
        self.update()

    def spot_at(self, place: QPointF) -> Spot | None:
        spots = () if self._layout is None else self._layout.spots
        return next((spot for spot in spots if spot.box.contains(place)), None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            spot = self.spot_at(QPointF(event.pos()))
            if spot is None:
                QToolTip.hideText()
            else:
                tip = spot.figure.tip(self._ages)
                QToolTip.showText(event.globalPos(), tip, self, spot.box.toAlignedRect())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = Qt.Key(event.key()), 0 if self._layout is None else len(self._layout.spots)
        steps = {Qt.Key.Key_Home: -count, Qt.Key.Key_End: count, **_KEYS}.get(key)
        if steps is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        self.walk(steps)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spots = () if self._layout is None else self._layout.spots
        hit = next((at for at, spot in enumerate(spots) if spot.box.contains(event.position())), None)
        if hit is not None:
            self._at, self._is_walking = hit, False
            self.update()
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.walk(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        page, layout, look = self._page, self._layout, self._look
        if page is None or layout is None:
            return
        painter = QPainter(self)
        foot = self._foot
        for rule in layout.rules:
            if rule.bottom() + look.px(ROW) <= foot:
                painter.fillRect(rule, QColor(look.palette.line))
        for text in layout.texts:
            if text.box.intersects(QRectF(event.rect())) and max(text.foot, text.box.bottom()) <= foot:
                style = (text.tone, Type.BODY if text.tone == "text" else Type.NOTE, text.weight)
                self._write(painter, text.box, text.text, style, is_right=text.is_right)
        is_led = self._is_walking and self.hasFocus()
        for at, spot in enumerate(layout.spots):
            if spot.box.intersects(QRectF(event.rect())) and spot.box.bottom() <= foot:
                self._paint_spot(painter, spot, is_current=at == self._at and is_led)
        if layout.band is not None and page.band is not None and layout.band.bottom() <= foot:
            is_old = self._ages.is_old(page.band.figure.origin)
            paint_band(painter, page.band, layout.band, look, is_old=is_old)
        painter.end()

    @property
    def _foot(self) -> float:
        """What does not end above it is not seen whole, and so not shown: half a figure can be misread."""
        return float(self.visibleRegion().boundingRect().bottom() + 1)

    def _paint_spot(self, painter: QPainter, spot: Spot, *, is_current: bool) -> None:
        px, figure, box = self._look.px, spot.figure, spot.box
        is_old = self._ages.is_old(figure.origin)
        tone = "faint" if is_old or not figure.is_known else figure.tone
        if is_current:
            painter.setPen(QColor(self._look.palette.accent))
            painter.drawRect(box.adjusted(-px(2), 0, px(2), -1))
        if spot.is_head:
            label = QRectF(box.left(), box.top(), box.width(), px(HEAD_LABEL))
            note = QRectF(box.left(), box.bottom() - px(HEAD_NOTE), box.width(), px(HEAD_NOTE))
            value = QRectF(box.left(), label.bottom(), box.width(), note.top() - label.bottom())
            self._write(painter, label, spot.label, ("dim", Type.NOTE, Weight.PLAIN))
            self._write(painter, value, figure.value, (tone, spot.size, spot.weight))
            note_tone = "faint" if is_old else "dim"
            self._write(painter, note, figure.note, (note_tone, Type.NOTE, Weight.PLAIN))
            return
        style = (tone, spot.size, spot.weight)
        if spot.is_right:
            self._write(painter, box, figure.value, style, is_right=True)
            return
        self._write(painter, box, spot.label, ("dim", Type.NOTE, Weight.PLAIN))
        self._paint_words(painter, spot, style, "faint" if is_old else "dim")

    def _paint_words(
        self, painter: QPainter, spot: Spot, style: tuple[str, Type, Weight], note_tone: str
    ) -> None:
        """The value first; of its note as many parts as there is room for."""
        px, figure, box = self._look.px, spot.figure, spot.box
        right = box.right()
        if spot.line is not None and spot.line.trend:
            right -= px(_TREND)
            room = QRectF(right, box.top() + px(GRID), px(_TREND), box.height() - 2 * px(GRID))
            paint_trend(painter, spot.line, room, self._look)
            right -= px(PADDING)
        left = box.left() + spot.label_room
        metrics = self._measure(style[1], style[2])
        words = metrics.elidedText(figure.value, Qt.TextElideMode.ElideRight, right - left)
        self._write(painter, QRectF(left, box.top(), right - left, box.height()), words, style)
        left += metrics.horizontalAdvance(words) + px(PADDING)
        note = self.fitting(figure.note, right - left)
        where = QRectF(left, box.top(), right - left, box.height())
        self._write(painter, where, note, (note_tone, Type.NOTE, Weight.PLAIN))

    def fitting(self, note: str, room: float) -> str:
        """Whole parts only, between commas; the tip has them all."""
        parts = note.split(", ")
        while parts and self.width_of(", ".join(parts), Type.NOTE, Weight.PLAIN) > room:
            parts.pop()
        return ", ".join(parts)

    def _write(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        style: tuple[str, Type, Weight],
        *,
        is_right: bool = False,
    ) -> None:
        if not text:
            return
        tone, size, weight = style
        metrics = self._measure(size, weight)
        painter.setFont(face(self._look.theme, size, weight))
        painter.setPen(QColor(getattr(self._look.palette, tone)))
        baseline = box.top() + (box.height() + metrics.ascent() - metrics.descent()) / 2
        left = box.right() - metrics.horizontalAdvance(text) if is_right else box.left()
        painter.drawText(QPointF(left, baseline), text)

    def _measure(self, size: Type, weight: Weight) -> QFontMetricsF:
        known = self._metrics.get((size, weight))
        if known is None:
            known = self._metrics[size, weight] = QFontMetricsF(face(self._look.theme, size, weight))
        return known

    def _lay_out(self) -> None:
        look = self._look
        self._layout = None
        if self._page is not None:
            width = max(self.width(), look.px(_WIDTH))
            self._layout = lay_out(self._page, width, look.px, self.width_of)
            self.setMinimumHeight(round(self._layout.height))
            self._at = min(self._at, len(self._layout.spots) - 1)
        self.update()

    def _wear(self) -> None:
        self._metrics.clear()
        self.setMinimumWidth(self._look.px(_WIDTH))
        self._lay_out()


def _oldness(ages: Ages) -> tuple[bool, bool, bool]:
    return ages.is_sim_old, ages.is_record_old, ages.is_ahead_old
