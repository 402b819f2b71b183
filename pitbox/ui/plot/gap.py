"""The gap plot: who lost and won time, lap by lap, against the leader, one car, or a pace."""

from collections.abc import Iterable

import msgspec
import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent, QWheelEvent

from pitbox.strategy.story import Story
from pitbox.ui.plot.boldtrace import Bold, BoldTraces
from pitbox.ui.plot.card import CardLine, draw_card
from pitbox.ui.plot.label import Label, spread
from pitbox.ui.plot.sheet import Ink, TraceSheet
from pitbox.ui.plot.timeplot import TimePlot
from pitbox.ui.plot.view import Range, View, level_words, levels, range_of
from pitbox.ui.scene.dayclock import day_words
from pitbox.ui.scene.landmark import shades_of
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.row import CarRow
from pitbox.ui.scene.span import race_words
from pitbox.ui.scene.trace import Against, GapBook, Trace
from pitbox.ui.scene.words import NONE, lap_words, signed
from pitbox.ui.shell.selection import NOBODY
from pitbox.ui.shell.stage import Stage
from pitbox.ui.theme.look import class_colour
from pitbox.ui.theme.token import GRID

_REACH_LAPS = 2.6
"""Cars further away than this from ours are beyond the edge until somebody zooms out."""
_LAP_S = 100.0
"""Until one was driven."""
_LABEL, _LEVEL_ROOM = 14, 34
_MANY_THIN, _FEW_THIN = 0.5, 0.8
_FEW = 8
_NEAR_PX = 24
_CARD_CARS = 5


class Sight(msgspec.Struct, frozen=True):
    """What a person chose to see."""

    against: Against = Against()
    cars: str = "class"
    """`class` of our car or of the one held against, `all`, or `chosen`."""
    chosen: frozenset[int] = frozenset()


class GapPlot(TimePlot):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.setAccessibleName("Gaps over race time")
        self.book = GapBook()
        self.sight = Sight()
        self.scene = RaceScene()
        self.sheet = TraceSheet()
        self._story = Story()
        self._range: Range | None = None
        self._is_range_held = False
        self._bold = BoldTraces(stage.look)
        self._rows: dict[int, CarRow] = {}
        self._traces: dict[int, Trace] = {}
        self._pointer_y: float | None = None
        stage.selection.car_changed.connect(lambda _: self.update())
        stage.selection.reference_changed.connect(lambda _: self.restart())

    # What the panel does.

    def show_race(self, scene: RaceScene, story: Story, changed: Iterable[int], *, is_other: bool) -> None:
        """`changed`: cars with new laps."""
        self.scene, self._story = scene, story
        self._rows = {row.car_idx: row for row in scene.rows}
        self.shades = shades_of(story)
        if is_other:
            self.restart()
            return
        cars = {car for car in changed if car in self._rows}
        if self.against.car_idx in cars:
            self._traces.clear()
        for car in cars:
            self._traces.pop(car, None)
        if not cars:
            return
        if self.against.car_idx in cars:
            self._begin()
        elif not self._has_other_range():
            inks = [(car, self._ink(car)) for car in self.shown_cars() if car in cars]
            self.sheet.extend(inks)
            self.update()

    def restart(self) -> None:
        """Everything may be another thing."""
        self._is_range_held = False
        self._range = None
        self._bold.drop()
        self._traces.clear()
        self._begin()

    def see(self, sight: Sight) -> None:
        if sight != self.sight:
            self.sight = sight
            self.restart()

    def fit(self) -> None:
        """All of the time, and every gap that is near."""
        self.timeline.fit()
        self.restart()

    def beat(self) -> None:
        if self.sheet.is_working and self.isVisible() and self.sheet.work():
            self.update()

    @property
    def against(self) -> Against:
        return self.sight.against

    @property
    def focus_idx(self) -> int:
        """Whose laps the cursor snaps to: the selected car's, else ours, else the first one's."""
        selected = self.stage.selection.car_idx
        for car_idx in (selected, self.scene.own_car_idx):
            if car_idx in self._rows:
                return car_idx
        return next(iter(self._rows), NOBODY)

    def shown_cars(self) -> list[int]:
        """In order of position."""
        if self.sight.cars == "chosen" and self.sight.chosen:
            return [car for car in self._rows if car in self.sight.chosen or self._is_bold(car)]
        if self.sight.cars == "all":
            return list(self._rows)
        middle = self._rows.get(self._middle_idx())
        if middle is None:
            return list(self._rows)
        return [
            car for car, row in self._rows.items() if row.class_id == middle.class_id or self._is_bold(car)
        ]

    def trace(self, car_idx: int) -> Trace:
        found = self._traces.get(car_idx)
        if found is None:
            found = self._traces[car_idx] = self.book.trace(car_idx, self.against)
        return found

    def view(self) -> View | None:
        body = self.body
        if self._range is None or body.width() <= 0 or body.height() <= 0:
            return None
        return View(self.timeline.span, self._range, body.width(), body.height())

    # What the plot asks.

    def renew(self) -> None:
        view = self.view()
        if view is None or self._has_other_range() or not self.sheet.aims_at(view):
            self._begin()
        elif any(shade.end_s is None for shade in self.shades):
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._begin()

    def wear(self) -> None:
        self._bold.drop()
        self.sheet.drop()
        super().wear()
        self._begin()

    def snapped(self, at_s: float, y: float) -> float | None:
        self._pointer_y = y
        trace = self.trace(self.focus_idx)
        at = trace.index_at(at_s)
        return None if at < 0 else float(trace.time_s[at])

    def clicked(self, at: QPointF) -> None:
        near = self.nearest(at)
        if near != NOBODY:
            self.stage.selection.select(near)

    def nearest(self, at: QPointF) -> int:
        """The car whose trace or label lies there; NOBODY when none is near."""
        view = self.view()
        if view is None:
            return NOBODY
        body = self.body
        if at.x() > self._label_left(body):
            places = self.labels(body)
            best = min(places, key=lambda car: abs(places[car] - at.y()), default=NOBODY)
            return best if best != NOBODY and abs(places[best] - at.y()) <= self.look.px(_LABEL) else NOBODY
        at_s, best, least = self.time_at(at.x()), NOBODY, float(self.look.px(_NEAR_PX))
        for car in self.shown_cars():
            gap_s = self.trace(car).gap_at(at_s)
            if np.isfinite(gap_s):
                far = abs(body.top() + float(view.y(np.array(gap_s))) - at.y())
                if far < least:
                    best, least = car, far
        return best

    def dragged(self, by: QPointF) -> None:
        super().dragged(by)
        if self._range is not None and by.y():
            self.hold_range(self._range.moved(-by.y() * self._range.length_s / max(1, self.body.height())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Gaps with Ctrl, time without."""
        view = self.view()
        if view is None or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        share = (event.position().y() - self.body.top()) / max(1, self.body.height())
        around_s = view.range.top_s + share * view.range.length_s
        self.hold_range(view.range.zoomed(1.25 ** (-event.angleDelta().y() / 120), around_s))
        event.accept()

    def hold_range(self, shown: Range) -> None:
        """Until somebody fits it again."""
        self._range, self._is_range_held = shown, True
        self._begin()

    def labels(self, body: QRect) -> dict[int, float]:
        """Where each car's number stands, right of its line's end."""
        view = self.view()
        if view is None:
            return {}
        wanted = []
        for car in self.shown_cars():
            trace = self.trace(car)
            known = np.flatnonzero(np.isfinite(trace.gap_s) & (trace.time_s <= view.span.end_s))
            if not len(known):
                continue
            y = body.top() + float(view.y(trace.gap_s[known[-1]]))
            if body.top() <= y <= body.bottom():
                wanted.append(Label(car, y, 0 if self._is_bold(car) else self._rows[car].class_position))
        return spread(wanted, self.look.px(_LABEL), body.top(), body.bottom())

    def draw_body(self, painter: QPainter, body: QRect) -> None:
        view = self.view()
        if view is None:
            return
        self._draw_levels(painter, body, view)
        self.sheet.draw(painter, view, body.left(), body.top())
        painter.save()
        painter.translate(body.left(), body.top())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for car in self.shown_cars():
            if self._is_bold(car) and car != self.scene.own_car_idx:
                self._draw_bold(painter, car, view)
        if self.scene.own_car_idx in self._rows:
            self._draw_bold(painter, self.scene.own_car_idx, view)
        painter.restore()

    def draw_sides(self, painter: QPainter, body: QRect) -> None:
        view, px = self.view(), self.look.px
        if view is None:
            self._draw_nothing(painter, body)
            return
        painter.setFont(self.note)
        painter.setPen(self.colour("dim"))
        middle = (self.note_metrics.ascent() - self.note_metrics.descent()) / 2
        for level in levels(view.range, body.height() // px(_LEVEL_ROOM)):
            words = level_words(level)
            y = body.top() + float(view.y(np.array(level)))
            right = body.left() - px(GRID) - self.note_metrics.horizontalAdvance(words)
            painter.drawText(QPointF(right, y + middle), words)
        for car, y in self.labels(body).items():
            is_bold = self._is_bold(car)
            painter.setFont(self.note_strong if is_bold else self.note)
            painter.setPen(self._word_colour(car))
            left = self._label_left(body)
            painter.fillRect(QRectF(left, y - px(4), px(3), px(8)), QColor(self._ink(car).colour))
            painter.drawText(QPointF(left + px(6), y + middle), self._rows[car].entry.number)

    def draw_over(self, painter: QPainter, body: QRect) -> None:
        at_s = self.timeline.cursor_s
        if at_s is None or not self.timeline.span.holds(at_s) or self.view() is None:
            return
        view = self.view()
        assert view is not None
        self._draw_dots(painter, body, view, at_s)
        is_here = self.underMouse() or self.hasFocus()
        if is_here:
            anchor_y = self._pointer_y if self._pointer_y is not None else float(body.center().y())
            draw_card(painter, self.look, self.read_out(at_s), QPointF(self.x_of(at_s), anchor_y), body)

    def read_out(self, at_s: float) -> list[CardLine]:
        """The moment, then our car, the one held against, the selected one, and those nearest to it."""
        focus = self.trace(self.focus_idx)
        at = focus.index_at(at_s)
        lap = f"Lap {focus.laps[at]}" if at >= 0 else ""
        utc_s = self.timeline.utc_s(at_s)
        day = "" if utc_s is None else day_words(utc_s, self.look.taste.zone)
        lines = [CardLine((lap, race_words(self.timeline.race_s(at_s)), day), is_strong=True)]
        for car in self._card_cars(at_s):
            trace, row = self.trace(car), self._rows[car]
            index = trace.index_at(at_s)
            gap_s = trace.gap_at(at_s)
            lap_s = self._lap_s(car, int(trace.laps[index])) if index >= 0 else None
            head = self.scene.class_of(row.class_id)
            words = (row.entry.number, _gap_words(gap_s), lap_words(lap_s, 1))
            tone = "text" if car == self.focus_idx or row.is_ours else "dim"
            lines.append(CardLine(words, tone, -1 if head is None else head.rank, is_strong=row.is_ours))
        return lines

    # What is its own.

    def _card_cars(self, at_s: float) -> list[int]:
        first = [self.scene.own_car_idx, self.against.car_idx, self.stage.selection.car_idx]
        kept = list(dict.fromkeys(car for car in first if car is not None and car in self._rows))
        focus_s = self.trace(self.focus_idx).gap_at(at_s)
        gaps = {car: self.trace(car).gap_at(at_s) for car in self.shown_cars() if car not in kept}
        near = [car for car, gap_s in gaps.items() if np.isfinite(gap_s)]
        near.sort(key=lambda car: abs(gaps[car] - (focus_s if np.isfinite(focus_s) else 0.0)))
        cars = kept + near[: max(0, _CARD_CARS - len(kept))]
        known = {car: gaps.get(car, self.trace(car).gap_at(at_s)) for car in cars}
        return sorted(cars, key=lambda car: known[car] if np.isfinite(known[car]) else float("inf"))

    def _lap_s(self, car_idx: int, lap: int) -> float | None:
        told = self._story.cars.get(car_idx)
        found = None if told is None else told.laps.get(lap)
        return None if found is None else found.time_s

    def _middle_idx(self) -> int:
        against = self.against.car_idx
        return against if against is not None and against in self._rows else self.focus_class_idx()

    def focus_class_idx(self) -> int:
        """Whose class is shown: ours, where we race."""
        own = self.scene.own_car_idx
        return own if own in self._rows else self.focus_idx

    def _is_bold(self, car_idx: int) -> bool:
        chosen = (self.scene.own_car_idx, self.stage.selection.car_idx, self.against.car_idx)
        return car_idx in chosen

    def _ink(self, car_idx: int) -> Ink:
        if car_idx == self.scene.own_car_idx:
            return Ink(self.look.palette.text)
        head = self.scene.class_of(self._rows[car_idx].class_id)
        colour = class_colour(head.rank) if head is not None else self.look.palette.dim
        return Ink(colour, _FEW_THIN if len(self._rows) <= _FEW else _MANY_THIN)

    def _label_left(self, body: QRect) -> float:
        """Behind the newest moment, so that a number stands at the end of its line."""
        now_s = self.timeline.now_s
        end_x = body.right() if now_s is None else min(self.x_of(now_s), float(body.right()))
        return max(end_x, float(body.left())) + self.look.px(2 * GRID)

    def _word_colour(self, car_idx: int) -> QColor:
        if self.is_stale:
            return self.colour("faint")
        return self.colour("text" if self._is_bold(car_idx) else "dim")

    def _has_other_range(self) -> bool:
        """Fits the range to what there is to see; True when that made another one."""
        if self._is_range_held and self._range is not None:
            return False
        span = self.timeline.span
        gaps = []
        for car in self.shown_cars():
            trace = self.trace(car)
            gaps.append(trace.gap_s[(trace.time_s >= span.begin_s) & (trace.time_s <= span.end_s)])
        wanted = range_of(gaps, self._middle_gap_s(), _REACH_LAPS * self._typical_lap_s())
        if wanted is None:
            changed, self._range = self._range is not None, None
            return changed
        if self._range is not None and self._range.fits(wanted):
            return False
        air = 0.0 if self._range is None else wanted.length_s * 0.1
        self._range = Range(wanted.top_s - air, wanted.bottom_s + air)
        return True

    def _middle_gap_s(self) -> float | None:
        trace = self.trace(self._middle_idx())
        known = trace.gap_s[np.isfinite(trace.gap_s)]
        return float(known[-1]) if len(known) else None

    def _typical_lap_s(self) -> float:
        told = self._story.cars.get(self._middle_idx())
        return (None if told is None else told.typical_lap_s()) or _LAP_S

    def _begin(self) -> None:
        self._has_other_range()
        view = self.view()
        if view is None:
            self.sheet.drop()
            self.update()
            return
        cars = [(car, self._ink(car)) for car in self.shown_cars()]
        self.sheet.begin(view, self.devicePixelRatioF(), cars, self.trace)
        self.update()

    def _draw_levels(self, painter: QPainter, body: QRect, view: View) -> None:
        for level in levels(view.range, body.height() // self.look.px(_LEVEL_ROOM)):
            y = body.top() + round(float(view.y(np.array(level))))
            tone = "faint" if level == 0 and self.against != Against() else "raised"
            painter.fillRect(body.left(), y, body.width(), 1, self.colour(tone))

    def _draw_bold(self, painter: QPainter, car_idx: int, view: View) -> None:
        shown = Bold(self.trace(car_idx), self._story.cars.get(car_idx), self._ink(car_idx).colour)
        self._bold.draw(painter, view, shown, is_ours=car_idx == self.scene.own_car_idx)

    def _draw_dots(self, painter: QPainter, body: QRect, view: View, at_s: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.colour("panel"), 1))
        for car in self._card_cars(at_s):
            gap_s = self.trace(car).gap_at(at_s)
            y = body.top() + float(view.y(np.array(gap_s))) if np.isfinite(gap_s) else -1.0
            if body.top() <= y <= body.bottom():
                painter.setBrush(QColor(self._ink(car).colour))
                painter.drawEllipse(QPointF(self.x_of(at_s), y), self.look.px(3), self.look.px(3))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _draw_nothing(self, painter: QPainter, body: QRect) -> None:
        painter.setFont(self.note)
        painter.setPen(self.colour("dim"))
        words = "Gaps stand here from the first lap on."
        if self._rows and self.against.car_idx is not None:
            words = "That car has no lap yet."
        painter.drawText(body, int(Qt.AlignmentFlag.AlignCenter), words)


def _gap_words(gap_s: float) -> str:
    return NONE if not np.isfinite(gap_s) else signed(f"{gap_s:+.1f}")
