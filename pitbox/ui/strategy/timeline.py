"""The race timeline: our way to the flag by each choice, rivals' windows, and a trial with stops to drag."""

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from pitbox.strategy.decision.answer import PlannedStop
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
_PAN = 0.1
"""Of what is shown, a notch of the wheel."""
_HINT = "Drag a stop of the trial (Shift: and all behind it) or use the arrow keys; double click adds one."
_DRAG_PX = 3
_END = 3 * GRID
"""Right of the last lap, so that its mark is whole."""


class Row(msgspec.Struct, frozen=True):
    """Where one way to the flag is drawn."""

    top: float
    bottom: float
    key: str
    """Of the choice; empty for the trial."""


class TimelinePanel(Sheet):
    name = "Race timeline"
    empty = "Our way to the flag by each choice stands here, with stops that can be dragged."

    def __init__(self, stage: Stage, trial: Trial) -> None:
        self.trial = trial
        self.scale: LapScale | None = None
        self.handles: list[Handle] = []
        self.rows: list[Row] = []
        self._picked: tuple[int, PlannedStop | None] = (0, None)
        self._zoom: tuple[float, float] | None = None
        super().__init__(stage)
        trial.changed.connect(self._follow_pick)
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
        """Around a place, else around the stop that the keys act on."""
        scale = self.scale
        if scale is None or not self.has_something:
            return
        stop, whole = self.trial.stop, self._whole(scale)
        around = scale.lap(x) if x is not None else scale.first if stop is None else float(stop.lap)
        self._show(scale.zoomed(factor, around, whole), whole)

    def pan(self, share: float) -> None:
        """By so much of what is shown, as far as there are laps."""
        scale = self.scale
        if scale is not None and self.has_something:
            whole = self._whole(scale)
            self._show(scale.moved(share * (scale.last - scale.first), whole), whole)

    def _whole(self, scale: LapScale) -> LapScale:
        lanes = self.lanes()
        return msgspec.structs.replace(scale, first=float(lanes.now), last=lanes.last + 1.0)

    def _show(self, scale: LapScale, whole: LapScale) -> None:
        is_whole = scale.last - scale.first >= whole.last - whole.first - 1e-6
        self._zoom = None if is_whole else (scale.first, scale.last)
        self.scale = scale  # what is not painted yet counts for the next step
        self.refresh()

    def _follow_pick(self) -> None:
        """Another stop was picked, or moved: it is never out of sight."""
        stop, scale, picked = self.trial.stop, self.scale, (self.trial.at, self.trial.stop)
        if picked == self._picked or stop is None or scale is None or self._zoom is None:
            self._picked = picked
            return
        self._picked = picked
        if not scale.first <= stop.lap <= scale.last and self.has_something:
            middle = (scale.first + scale.last) / 2
            whole = self._whole(scale)
            self._show(scale.moved(stop.lap - middle, whole), whole)

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
        whole = LapScale(float(lanes.now), lanes.last + 1.0, body.left() + px(LABEL), body.right() - px(_END))
        self.scale = scale = whole if self._zoom is None else whole.near(*self._zoom)
        painter = LanePainter(pen, body, scale, self._manner())
        bottom = body.bottom() - px(AXIS)
        painter.axis(lanes, bottom)
        top = body.top()
        self.rows = []
        for lane in lanes.lanes:
            height = px(TRIED if lane.is_tried else LANE)
            if top + height > bottom:
                break
            painter.lane(lane, lanes.now, top, height)
            self.rows.append(Row(top, top + height, lane.key))
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
        if tone == "bad" and self.trial.tried is not None:
            pen.spot(box, "\n".join(f"{one[:1].upper()}{one[1:]}." for one in self.trial.tried.broken))
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
            more = len(tried.broken) - 1
            words = f"Breaks a rule: {tried.broken[0]}"
            return (f"{words}; and {more} more" if more else words), "bad"
        if tried is None or tried.rated is None:
            return (
                "No adviser works here." if not self.counsel.is_there else "Racing what you try ..."
            ), "dim"
        rated = tried.rated
        place, against = place_words(rated.prospect.mean_class_position), rated.against_best
        if against is None:
            return f"As the first, {place} in class", "text"
        tone = "good" if against.mean < -against.error else "text"
        places = places_words(against.mean, against.error)
        return f"{places} places to the first, {place} in class", tone

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

    def row_at(self, place: QPointF) -> Row | None:
        return next((row for row in self._panel.rows if row.top <= place.y() < row.bottom), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        scale = self._panel.scale
        if self._pressed is None or self._grip is None or scale is None:
            super().mouseMoveEvent(event)
            row = self.row_at(event.position())
            if self.handle_at(event.position()) is not None:
                self.setCursor(Qt.CursorShape.SizeHorCursor)
            elif row is not None and row.key:
                self.setCursor(Qt.CursorShape.PointingHandCursor)
            return
        if (event.position() - self._pressed).manhattanLength() > _DRAG_PX:
            shift = self._grip.x - self._pressed.x()
            lap = round(scale.lap(event.position().x() + shift))
            with_later = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._panel.trial.drag(lap, with_later=with_later)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag; or a click on a choice, which starts the trial from it."""
        if event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            row, place = self.row_at(self._pressed), event.position()
            is_click = (place - self._pressed).manhattanLength() <= _DRAG_PX
            if self._grip is not None:
                self._panel.trial.end_drag()
            elif is_click and row is not None and row.key:
                self._panel.trial.choose(row.key)
        self._pressed = self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Another stop of the trial there."""
        scale, place = self._panel.scale, event.position()
        row = self.row_at(place)
        if scale is None or row is None or row.key or self.handle_at(place) is not None:
            return
        if scale.left <= place.x() <= scale.right:
            self._panel.trial.insert(round(scale.lap(place.x())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms; sideways, or with Shift, it goes along the race."""
        by, aside = event.angleDelta().y(), event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            by, aside = 0, aside or by
        if aside:
            self._panel.pan(-aside / 120 * _PAN)
        elif by:
            self._panel.zoom(_ZOOM ** (-by / 120), event.position().x())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) == Qt.Key.Key_Escape and self._grip is not None:
            self._grip = None
            self._panel.trial.end_drag(is_kept=False)
            return
        super().keyPressEvent(event)
