"""The scrubber: the whole race as one slim bar, and the moment that the page shows as its handle."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pitbox.ui.scene.landmark import Landmarks, landmarks_of
from pitbox.ui.scene.race import RaceChange
from pitbox.ui.scene.span import race_words
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.face import face
from pitbox.ui.theme.token import FLAG_COLOURS, GRID, PADDING, Type, Weight
from pitbox.wall.feed import Spring
from pitbox.wall.outlook import Pulse

_HEIGHT, _TRACK, _SIDE, _LIVE = 32, 8, 92, 76
STEP_S = 10.0
_CATCH_S = 1.0
"""So near to its newest moment the page is live again."""


class ScrubBar(QWidget):
    """Drawn over the whole race, whatever stretch the plots show. Live as long as nobody takes the handle."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.setObjectName("scrubber")
        self.setAccessibleName("Scrubber: which moment of the race the page shows")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.stage, self._look, self._timeline = stage, stage.look, stage.timeline
        self.marks = Landmarks(0.0)
        self._pointer_x: float | None = None
        self._is_dragging = False
        self._pulse = stage.bridge.pulse
        stage.bridge.newest.connect(self.show_change)
        stage.bridge.pulsed.connect(self.show_pulse)
        stage.look_back.changed.connect(self.update)
        stage.look.changed.connect(self._wear)

    @property
    def track(self) -> QRect:
        px = self._look.px
        top = (self.height() - px(_TRACK)) // 2
        return QRect(px(_SIDE), top, max(1, self.width() - px(_SIDE) - px(_LIVE)), px(_TRACK))

    @property
    def live_box(self) -> QRect:
        """Says that the page is live, or brings it back."""
        px = self._look.px
        return QRect(
            self.width() - px(_LIVE) + px(PADDING),
            px(GRID),
            px(_LIVE - 2 * PADDING),
            self.height() - px(2 * GRID),
        )

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(400), self._look.px(_HEIGHT))

    def show_change(self, change: RaceChange) -> None:
        story = self.stage.bridge.newest_story
        if change.facts or change.is_other_race:
            self.marks = landmarks_of(story, change.scene.own_car_idx)
        self.update()

    def show_pulse(self, pulse: Pulse) -> None:
        before, self._pulse = self._pulse, pulse
        if _freshness(before) != _freshness(pulse):
            self.update()

    def x_of(self, at_s: float) -> float:
        track, start_s, end_s = self.track, self.marks.start_s, self._end_s
        return track.left() + (at_s - start_s) / max(1.0, end_s - start_s) * track.width()

    def time_at(self, x: float) -> float:
        track, start_s, end_s = self.track, self.marks.start_s, self._end_s
        share = min(1.0, max(0.0, (x - track.left()) / track.width()))
        return start_s + share * (end_s - start_s)

    def go_to(self, at_s: float) -> None:
        """That moment; live when it is the newest one."""
        if at_s >= self._end_s - _CATCH_S:
            self.stage.look_back.go_live()
        else:
            self.stage.look_back.look_at(max(self.marks.start_s, at_s))

    def step(self, by_s: float) -> None:
        self.go_to(self.here_s + by_s)

    def step_laps(self, laps: int) -> None:
        """By the ends of our laps."""
        ends = self.marks.lap_ends_s
        if laps > 0:
            later = [end_s for end_s in ends if end_s > self.here_s + 0.5]
            self.go_to(later[0] if later else self._end_s)
        else:
            earlier = [end_s for end_s in ends if end_s < self.here_s - 0.5]
            self.go_to(earlier[-1] if earlier else self.marks.start_s)

    def go_to_incident(self, step: int) -> None:
        """The one before or after; the car that had it is selected."""
        mark = self.marks.incident_after(self.here_s) if step > 0 else self.marks.incident_before(self.here_s)
        if mark is None:
            self.stage.notices.tell(
                "There is no later incident." if step > 0 else "There is no earlier incident."
            )
            return
        self.stage.selection.select(mark.car_idx)
        self.go_to(mark.at_s)

    @property
    def here_s(self) -> float:
        wished_s = self.stage.look_back.wished_s
        return self._end_s if wished_s is None else wished_s

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_far = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            way = -1 if key == Qt.Key.Key_Left else 1
            self.step_laps(way) if is_far else self.step(way * STEP_S)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.go_to_incident(-1 if key == Qt.Key.Key_PageUp else 1)
        elif key == Qt.Key.Key_Home:
            self.go_to(self.marks.start_s)
        elif key == Qt.Key.Key_End:
            self.stage.look_back.go_live()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self.live_box.contains(event.position().toPoint()):
            self.stage.look_back.go_live()
            return
        self._is_dragging = True
        self.go_to(self.time_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer_x = event.position().x()
        if self._is_dragging:
            self.go_to(self.time_at(self._pointer_x))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_dragging = False

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer_x = None
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._colour("panel"))
        painter.fillRect(0, 0, self.width(), 1, self._colour("line"))
        if self._timeline.now_s is not None:
            self._draw_track(painter)
            self._draw_marks(painter)
            self._draw_handle(painter)
            self._draw_time(painter)
            self._draw_live(painter)
        if self.hasFocus():
            painter.setPen(self._colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    @property
    def _end_s(self) -> float:
        now_s = self._timeline.now_s
        return max(self.marks.start_s + 1.0, now_s if now_s is not None else 0.0)

    def _wear(self) -> None:
        self.updateGeometry()
        self.update()

    def _colour(self, token: str) -> QColor:
        return QColor(getattr(self._look.palette, token))

    def _draw_track(self, painter: QPainter) -> None:
        track = self.track
        painter.fillRect(track, self._colour("raised"))
        wished_s = self.stage.look_back.wished_s
        if wished_s is not None:
            past = QRectF(track.left(), track.top(), self.x_of(wished_s) - track.left(), track.height())
            painter.fillRect(past, self._colour("line"))
        for shade in self.marks.shades:
            left = self.x_of(shade.start_s)
            right = self.x_of(self._end_s if shade.end_s is None else shade.end_s)
            colour = QColor(FLAG_COLOURS.get(shade.flag, FLAG_COLOURS["caution"]))
            painter.fillRect(QRectF(left, track.top(), max(2.0, right - left), track.height()), colour)

    def _draw_marks(self, painter: QPainter) -> None:
        """Incidents above the track, ours larger; our stops below it."""
        track, px = self.track, self._look.px
        faint, bad, text = self._colour("faint"), self._colour("bad"), self._colour("text")
        for mark in self.marks.incidents:
            x, height = round(self.x_of(mark.at_s)), px(GRID)
            if mark.is_ours:
                painter.fillRect(x - 1, track.top() - height - px(2), px(2), height + px(2), bad)
            else:
                painter.fillRect(x, track.top() - height, 1, height - 1, faint)
        for stop in self.marks.stops:
            left = self.x_of(stop.start_s)
            right = self.x_of(self._end_s if stop.end_s is None else stop.end_s)
            box = QRectF(left, track.bottom() + px(2), max(float(px(2)), right - left), px(GRID))
            painter.fillRect(box, text)

    def _draw_handle(self, painter: QPainter) -> None:
        track, px = self.track, self._look.px
        x = self.x_of(self.here_s)
        is_live = self.stage.look_back.is_live
        colour = self._colour(("good" if _freshness(self._pulse)[1] else "faint") if is_live else "accent")
        half = px(3)
        box = QRectF(x - half / 2 - 1, track.top() - px(GRID), half + 2, track.height() + 2 * px(GRID))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(box, px(2), px(2))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _draw_time(self, painter: QPainter) -> None:
        """Of the handle; of the pointer while there is one over the track."""
        is_over = self._pointer_x is not None and not self._is_dragging
        at_s = self.time_at(self._pointer_x) if is_over and self._pointer_x is not None else self.here_s
        font = face(self._look.theme, Type.BODY, Weight.PLAIN if is_over else Weight.STRONG)
        metrics = QFontMetricsF(font)
        words = race_words(self._timeline.race_s(at_s))
        painter.setFont(font)
        painter.setPen(self._colour("dim" if is_over else "text"))
        base = (self.height() + metrics.ascent() - metrics.descent()) / 2
        right = self.track.left() - self._look.px(PADDING + GRID)
        painter.drawText(QPointF(right - metrics.horizontalAdvance(words), base), words)

    def _draw_live(self, painter: QPainter) -> None:
        box, px = self.live_box, self._look.px
        is_live = self.stage.look_back.is_live
        font = face(self._look.theme, Type.BODY, Weight.STRONG)
        metrics = QFontMetricsF(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if not is_live:
            painter.setBrush(self._colour("accent"))
            painter.drawRoundedRect(QRectF(box), px(GRID), px(GRID))
        is_open, is_fresh = _freshness(self._pulse)
        words = ("Live" if is_open else "End") if is_live else ("Go live" if is_open else "To the end")
        painter.setFont(font)
        base = box.top() + (box.height() + metrics.ascent() - metrics.descent()) / 2
        width = metrics.horizontalAdvance(words)
        if is_live:
            dot, left = px(6), box.left() + px(GRID)
            painter.setBrush(self._colour("good" if is_fresh else "faint"))
            painter.drawEllipse(QPointF(left + dot / 2, box.center().y() + 0.5), dot / 2, dot / 2)
            painter.setPen(self._colour("dim" if is_fresh else "faint"))
            painter.drawText(QPointF(left + dot + px(GRID), base), words)
        else:
            painter.setPen(self._colour("ground"))
            painter.drawText(QPointF(box.left() + (box.width() - width) / 2, base), words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _freshness(pulse: Pulse) -> tuple[bool, bool]:
    """(the race still runs, what is shown of it is of now)."""
    is_open = not pulse.has_ended and pulse.spring is not Spring.RECORDING
    return is_open, is_open and not pulse.is_stale
