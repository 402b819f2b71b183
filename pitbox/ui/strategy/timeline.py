"""The race timeline: our way to the flag by each choice, rivals' windows, and a trial with stops to drag."""

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from pitbox.ui.scene.words import count_words
from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.shell.picture import Picture
from pitbox.ui.shell.stage import Stage
from pitbox.ui.strategy.lanepaint import AXIS, LABEL, LANE, RIVAL, TRIED, Handle, LanePainter, Manner
from pitbox.ui.strategy.lanes import Lane, Lanes, flag_of, lanes_of
from pitbox.ui.strategy.lapscale import LapScale
from pitbox.ui.strategy.sheet import Sheet
from pitbox.ui.strategy.trial import Trial
from pitbox.ui.strategy.words import place_words, places_words
from pitbox.ui.theme.token import GRID, Type, Weight

_NEAR = 8
_VERDICT = 20
_ZOOM = 1.25
_HINT = "Drag a stop, or move it with the arrow keys; double click adds one."
_DRAG_PX = 3


class TimelinePanel(Sheet):
    name = "Race timeline"
    empty = "Our way to the flag by each choice stands here, with stops that can be dragged."

    def __init__(self, stage: Stage, trial: Trial) -> None:
        self.trial = trial
        self.scale: LapScale | None = None
        self.handles: list[Handle] = []
        self._zoom: tuple[float, float] | None = None
        super().__init__(stage)
        trial.changed.connect(self.refresh)
        trial.answered.connect(self.refresh)

    @property
    def has_something(self) -> bool:
        return self.counsel.answer is not None and bool(self.counsel.answer.rated)

    def make_picture(self) -> Picture:
        return _TimelinePicture(self)

    def fit(self) -> None:
        self._zoom = None
        self.refresh()

    def zoom(self, factor: float, x: float | None = None) -> None:
        scale, lanes = self.scale, self.lanes()
        if scale is None:
            return
        whole = msgspec.structs.replace(scale, first=float(lanes.now), last=lanes.last + 1.0)
        stop = self.trial.stop
        around = scale.lap(x) if x is not None else scale.first if stop is None else float(stop.lap)
        scale = scale.zoomed(factor, around, whole)
        self._zoom = (
            None if scale.last - scale.first >= whole.last - whole.first - 1e-6 else (scale.first, scale.last)
        )
        self.refresh()

    def lanes(self) -> Lanes:
        answer, start = self.counsel.answer, self.trial.start
        assert answer is not None
        assert start is not None
        tried = None if self.trial.tried is None else self.trial.tried.rated
        flag = flag_of(tried or start, answer.laps)
        lane = Lane("Trial", "What you try", self.trial.shown, flag, is_tried=True)
        return lanes_of(answer, self.counsel.forecast, self.stage.bridge.scene, lane, start.choice.key)

    def draw_sheet(self, pen: Pen, box: QRectF) -> float:
        px, lanes = pen.px, self.lanes()
        self._verdict(pen, QRectF(box.left(), box.top(), box.width(), px(_VERDICT)))
        body = box.adjusted(0, px(_VERDICT), 0, 0)
        left, right = body.left() + px(LABEL), body.right() - px(GRID)
        first, last = self._zoom or (float(lanes.now), lanes.last + 1.0)
        self.scale = scale = LapScale(first, last, left, right)
        painter = LanePainter(pen, body, scale, self._manner())
        bottom = body.bottom() - px(AXIS)
        painter.axis(lanes, bottom)
        top = body.top()
        for lane in lanes.lanes:
            height = px(TRIED if lane.is_tried else LANE)
            if top + height > bottom:
                break
            painter.lane(lane, lanes.now, top, height)
            top += height
        if lanes.rivals and top + px(GRID + RIVAL) <= bottom:
            pen.fill(QRectF(body.left(), top + px(2), body.width(), 1), "line")
            top += px(GRID)
        for rival in lanes.rivals:
            if top + px(RIVAL) > bottom:
                break
            painter.rival(rival, top, px(RIVAL))
            top += px(RIVAL)
        self.handles = painter.handles
        return box.bottom()

    def _verdict(self, pen: Pen, box: QRectF) -> None:
        """What comes of the trial; broken rules in words."""
        words, tone = self.verdict()
        weight = Weight.PLAIN if tone == "dim" else Weight.STRONG
        pen.write(box, words, Style(tone, Type.BODY if tone != "dim" else Type.NOTE, weight))
        if tone not in ("dim", "bad"):
            self._source(pen, box, pen.width(words, Style(weight=weight)))

    def _source(self, pen: Pen, box: QRectF, taken: float) -> None:
        tried = self.trial.tried
        if tried is None:
            return
        words = "older answer" if self.trial.is_waiting else f"{count_words(tried.races, 'race', 'races')}"
        room = box.adjusted(taken + pen.px(12), 0, 0, 0)
        if pen.width(words, NOTE) <= room.width():
            pen.write(room, words, NOTE)

    def verdict(self) -> tuple[str, str]:
        """(words, tone)."""
        trial = self.trial
        if trial.is_empty:
            return _HINT, "dim"
        tried = trial.tried
        if tried is not None and tried.broken:
            return f"Breaks a rule: {'; '.join(tried.broken)}", "bad"
        if tried is None or tried.rated is None:
            return (
                "No adviser works here." if not self.counsel.is_there else "Racing what you try ..."
            ), "dim"
        rated = tried.rated
        words = f"{place_words(rated.prospect.mean_class_position)} in class"
        against = rated.against_best
        if against is None:
            return f"{words}, as good as the best", "good"
        tone = "good" if against.mean < -against.error else "text"
        return f"{words}, {places_words(against.mean, against.error)} places to the best", tone

    def _manner(self) -> Manner:
        answer, forecast, bridge = self.counsel.answer, self.counsel.forecast, self.stage.bridge
        assert answer is not None
        row = bridge.scene.row(answer.car_idx)
        head = None if row is None else bridge.scene.class_of(row.class_id)
        names = dict(bridge.story.people)
        names.update(bridge.scene.crews.get(answer.car_idx, {}))
        names[0] = "" if row is None else row.entry.driver
        said = None if forecast is None else forecast.said
        drivers = [] if said is None else [share.user_id for share in said.drivers]
        tones = {user_id: at for at, user_id in enumerate(drivers)} | {0: 0}
        return Manner(
            unit="l" if answer.fuel is None else answer.fuel.unit,
            units=self.stage.look.taste.units,
            rank=0 if head is None else head.rank,
            names=names,
            tones=tones,
            time_at=self._clock(),
            chosen=min(self.trial.at, max(0, len(self.trial.stops) - 1)),
        )

    def _clock(self) -> "LapClock | None":
        answer, forecast = self.counsel.answer, self.counsel.forecast
        if answer is None or forecast is None or forecast.lap_s is None:
            return None
        return LapClock(self.stage.timeline.race_s(answer.moment_s), answer.laps, forecast.lap_s)


class LapClock(msgspec.Struct, frozen=True):
    """Race time at a lap of ours, at the pace of now: an axis, no forecast."""

    now_s: float
    laps: int
    lap_s: float

    def __call__(self, lap: float) -> float:
        return self.now_s + (lap - self.laps) * self.lap_s


class _TimelinePicture(Picture):
    """Takes the mouse to the trial: a stop is dragged lap by lap, and asked at each."""

    def __init__(self, panel: TimelinePanel) -> None:
        super().__init__(panel.stage.look, panel.name, panel.draw, panel.counsel.source)
        self._panel = panel
        self._pressed: QPointF | None = None
        self._grip: Handle | None = None

    def handle_at(self, place: QPointF) -> Handle | None:
        near = self.look.px(_NEAR)
        found = [
            h for h in self._panel.handles if h.top <= place.y() <= h.bottom and abs(h.x - place.x()) <= near
        ]
        return min(found, key=lambda h: abs(h.x - place.x()), default=None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed, self._grip = event.position(), self.handle_at(event.position())
        if self._grip is not None:
            self._panel.trial.begin_drag(self._grip.stop)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        scale = self._panel.scale
        if self._pressed is None or self._grip is None or scale is None:
            super().mouseMoveEvent(event)
            if self.handle_at(event.position()) is not None:
                self.setCursor(Qt.CursorShape.SizeHorCursor)
            return
        if (event.position() - self._pressed).manhattanLength() > _DRAG_PX:
            shift = self._grip.x - self._pressed.x()
            self._panel.trial.drag(round(scale.lap(event.position().x() + shift)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._grip is not None:
            self._panel.trial.end_drag()
        self._pressed = self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Another stop there."""
        scale = self._panel.scale
        if (
            scale is not None
            and self.handle_at(event.position()) is None
            and event.position().x() >= scale.left
        ):
            self._panel.trial.insert(round(scale.lap(event.position().x())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        by = event.angleDelta().y()
        if by:
            self._panel.zoom(_ZOOM ** (-by / 120), event.position().x())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) == Qt.Key.Key_Escape and self._grip is not None:
            self._grip = None
            self._panel.trial.end_drag(is_kept=False)
            return
        super().keyPressEvent(event)
