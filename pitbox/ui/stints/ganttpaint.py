"""How the plan is drawn over race time: a lane a person, blocks for stints, night, free time, the axis."""

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush

from pitbox.model.plan_offer import Shares
from pitbox.model.relay import Leg
from pitbox.model.span import Spans
from pitbox.planning.person_clock import place
from pitbox.ui.plot.tone import tone_of
from pitbox.ui.scene.plan import Person, PlanScene
from pitbox.ui.scene.plan_words import (
    at_words,
    clock_words,
    fuel_words,
    hours_words,
    laps_of,
    share_tip,
)
from pitbox.ui.scene.span import Span, marks, step_s
from pitbox.ui.scene.words import short_name
from pitbox.ui.shell.pen import NOTE, STRONG, Pen, Style
from pitbox.ui.theme.look import class_colour
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

LABEL, AXIS, HEAD = 196, 36, 18
_LEAST_LANE, _MOST_LANE = 24, 60
_TWO_LINES = 42
_MARK_ROOM = 56
_EDGE = 3
_FREE = 3
_PLAN = 3
_SIGN = 5
_TEXT = Style("text", Type.NOTE)
_BOLD = Style("text", Type.NOTE, Weight.STRONG)
_MIDDLE = Style("dim", Type.NOTE, side="middle")
_RIGHT = Style("dim", Type.NOTE, side="right")


class Block(msgspec.Struct, frozen=True):
    """A stint as it lies in the picture."""

    key: str
    left: float
    right: float
    top: float
    bottom: float


class Lane(msgspec.Struct, frozen=True):
    person: Person
    top: float
    bottom: float


class Axis(msgspec.Struct, frozen=True):
    """Race time between two edges."""

    span: Span
    left: float
    right: float

    def x(self, race_s: float) -> float:
        return self.left + self.span.share(race_s) * (self.right - self.left)

    def at(self, x: float) -> float:
        return self.span.at((x - self.left) / max(1.0, self.right - self.left))

    def room(self, start_s: float, end_s: float) -> tuple[float, float] | None:
        """What of it is seen."""
        left, right = max(self.left, self.x(start_s)), min(self.right, self.x(end_s))
        return (left, right) if right > left else None


class GanttPainter:
    def __init__(
        self,
        pen: Pen,
        box: QRectF,
        scene: PlanScene,
        span: Span,
        picked: str,
        *,
        is_moving: bool = False,
        first: int = 0,
    ) -> None:
        """`is_moving`: a hand is at it, so nobody reads tips; `first`: of the lanes, where some lack room."""
        self._is_moving, self.first, self.lane_count = is_moving, first, 0
        self._pen, self._box, self._scene, self._picked = pen, box, scene, picked
        px = pen.px
        self.axis = Axis(span, box.left() + px(LABEL), box.right() - px(2 * GRID))
        self._top, self._bottom = box.top() + px(HEAD), box.bottom() - px(AXIS)
        self.lanes = self._lay()
        self.blocks: list[Block] = []
        self._faulty = {one.leg for one in scene.now.violations if one.leg and not one.is_past}
        self._accused = {
            one.seat for one in scene.now.violations if one.seat and not one.leg and not one.is_past
        }

    def draw_ground(self) -> None:
        """What no drag changes: night, axis, who is free when."""
        self._nights()
        self._scale()
        for lane in self.lanes:
            self._lane(lane)

    def draw(self) -> None:
        """What is planned, and everybody's share of it."""
        shares = {share.seat: share for share in self._scene.now.shares}
        for lane in self.lanes:
            self._label(lane, shares.get(lane.person.key))
        by_person = {lane.person.key: lane for lane in self.lanes}
        if self._scene.is_live:
            for leg in self._scene.planned:
                self._plan(leg, by_person)
        for number, leg in enumerate(self._scene.legs, 1):
            if leg.driver in by_person:
                self._block(number, leg, by_person[leg.driver])
        self._now()
        self._bar()

    def _bar(self) -> None:
        """How far down the lanes are, where not all of them have room."""
        if len(self.lanes) >= self.lane_count:
            return
        pen, px, whole = self._pen, self._pen.px, self._low - self._top
        left = self._box.right() - px(GRID)
        share, begin = len(self.lanes) / self.lane_count, self.first / self.lane_count
        pen.fill(QRectF(left, self._top, px(GRID), whole), "raised")
        pen.fill(QRectF(left, self._top + begin * whole, px(GRID), share * whole), "faint")
        more = self.lane_count - len(self.lanes)
        words = f"{more} of {self.lane_count} drivers have no room: turn the wheel over the names"
        pen.spot(QRectF(left - px(GRID), self._top, px(2 * GRID), whole), words)

    def tone(self, person: Person, share: int = 0) -> str:
        palette = self._pen.look.palette
        return tone_of(palette, self.colour(person), share)

    @property
    def ground_mark(self) -> tuple[object, ...]:
        """Another one where the ground is another one."""
        look, scene = self._pen.look, self._scene
        people = tuple(lane.person for lane in self.lanes)
        return (
            look.theme,
            self._box.getRect(),
            self.axis.span,
            scene.relay,
            scene.green_utc_s,
            scene.zone,
            people,
        )

    def number_of(self, driver: str) -> int | None:
        """Of the lane, also of one that has no room."""
        return next((n for n, one in enumerate(self._people) if one.key == driver), None)

    def colour(self, person: Person) -> str:
        return class_colour(next(n for n, one in enumerate(self._scene.people) if one.key == person.key))

    def _lay(self) -> list[Lane]:
        """Whoever drives, and whoever has a stint; nobody's stints have a lane of their own."""
        px, scene = self._pen.px, self._scene
        driving = {leg.driver for leg in scene.legs}
        people = [one for one in scene.people if one.can_drive or one.key in driving]
        known = {one.key for one in people}
        people += [Person(key, key or "Nobody") for key in sorted(driving - known)]
        self._people = people
        room, self.lane_count = self._bottom - self._top, len(people)
        height = min(px(_MOST_LANE), max(px(_LEAST_LANE), room / max(1, len(people))))
        fits = max(1, int((room + 1) // height))
        self.first = max(0, min(self.first, len(people) - fits))
        return [
            Lane(one, self._top + n * height, self._top + (n + 1) * height)
            for n, one in enumerate(people[self.first : self.first + fits])
        ]

    @property
    def _low(self) -> float:
        return self.lanes[-1].bottom if self.lanes else self._bottom

    def _nights(self) -> None:
        for spans, words, tone in (
            (self._scene.relay.dark, "night", "accent"),
            (self._scene.relay.wet, "rain", "good"),
        ):
            for one in spans:
                self._band(one.start_s, one.end_s, words, tone)

    def _band(self, start_s: float, end_s: float, words: str, tone: str) -> None:
        pen, room = self._pen, self.axis.room(start_s, end_s)
        if room is None:
            return
        box = QRectF(room[0], self._top, room[1] - room[0], self._low - self._top)
        pen.fill(box, tone, 0.09)
        pen.fill(QRectF(box.left(), self._top - pen.px(2), box.width(), pen.px(2)), tone, 0.6)
        head = QRectF(box.left(), self._top - pen.px(HEAD), box.width(), pen.px(HEAD - 2))
        if pen.width(words, NOTE) <= box.width():
            pen.write(head, words, NOTE)

    def _scale(self) -> None:
        """Race time, and below it the time of day where the event is."""
        pen, px, scene, axis = self._pen, self._pen.px, self._scene, self.axis
        pen.fill(QRectF(self._box.left(), self._low, axis.right - self._box.left(), 1), "line")
        half = px(AXIS / 2)
        label = QRectF(self._box.left(), self._low, px(LABEL - _MARK_ROOM / 2 - PADDING), half)
        pen.write(label, "race time", _RIGHT)
        if scene.green_utc_s is not None:
            pen.write(label.translated(0, half), place(scene.zone), _RIGHT)
        most = max(2, int((axis.right - axis.left) / px(_MARK_ROOM)))
        step = step_s(axis.span, most)
        for at_s in marks(axis.span, most):
            x = axis.x(at_s)
            pen.fill(QRectF(round(x), self._top, 1, self._low - self._top), "line", 0.6)
            left = min(x - px(_MARK_ROOM) / 2, self._box.right() - px(_MARK_ROOM))
            room = QRectF(left, self._low, px(_MARK_ROOM), half)
            pen.write(room, at_words(at_s) if step >= 60 else f"{at_s:.0f} s", _MIDDLE)
            if scene.green_utc_s is not None:
                pen.write(room.translated(0, half), clock_words(scene, at_s), _MIDDLE)

    def _lane(self, lane: Lane) -> None:
        pen = self._pen
        pen.fill(QRectF(self._box.left(), lane.bottom - 1, self.axis.right - self._box.left(), 1), "raised")
        seat = next((one for one in self._scene.relay.seats if one.key == lane.person.key), None)
        if seat is None or not (seat.free or seat.maybe) or self._scene.green_utc_s is None:
            return
        self._absent(lane, (*seat.free, *seat.maybe))
        self._spans(lane, seat.free, is_maybe=False)
        self._spans(lane, seat.maybe, is_maybe=True)

    def _absent(self, lane: Lane, here: Spans) -> None:
        """Hatched while the person cannot be there."""
        at_s, end_s = self.axis.span.begin_s, self.axis.span.end_s
        for span in sorted(here):
            self._hatch(lane, at_s, span.start_s)
            at_s = max(at_s, span.end_s)
        self._hatch(lane, at_s, end_s)

    def _hatch(self, lane: Lane, start_s: float, end_s: float) -> None:
        room, pen = self.axis.room(start_s, end_s), self._pen
        if room is None:
            return
        box = QRectF(room[0], lane.top, room[1] - room[0], lane.bottom - lane.top - 1)
        pen.fill(box, "ground", 0.55)
        if pen.painter is not None:
            pen.painter.fillRect(box, QBrush(pen.colour("faint", 0.5), Qt.BrushStyle.BDiagPattern))
        pen.spot(box, f"{lane.person.name} is not free {at_words(start_s)}\u2013{at_words(end_s)}")

    def _spans(self, lane: Lane, spans: Spans, *, is_maybe: bool) -> None:
        """A line along the lane's lower edge: whole for free, broken for perhaps."""
        pen, y = self._pen, lane.bottom - self._pen.px(_FREE)
        for span in spans:
            room = self.axis.room(span.start_s, span.end_s)
            if room is None:
                continue
            if is_maybe:
                middle = y + pen.px(1)
                pen.stroke([QPointF(room[0], middle), QPointF(room[1], middle)], "warn", 2, is_dashed=True)
                box = QRectF(room[0], lane.top, room[1] - room[0], lane.bottom - lane.top)
                pen.spot(box, f"{lane.person.name} is here only if it must be")
            else:
                pen.fill(QRectF(room[0], y, room[1] - room[0], pen.px(2)), "good", 0.45)

    def _label(self, lane: Lane, share: Shares | None) -> None:
        """Name, and the share of driving; the clock stands over it, since it follows the cursor."""
        pen, px = self._pen, self._pen.px
        left, height = self._box.left(), lane.bottom - lane.top
        is_tall = height >= px(_TWO_LINES)
        if lane.person.key in {one.key for one in self._scene.people}:
            pen.fill(QRectF(left, lane.top + 2, px(_EDGE), height - 5), self.colour(lane.person))
        line = px(18) if is_tall else height
        top = lane.top + (height - 2 * line) / 2 if is_tall else lane.top
        width = px(LABEL - PADDING) if is_tall else px(84)
        name = QRectF(left + px(PADDING), top, width - px(PADDING) - (px(64) if is_tall else 0), line)
        text = lane.person.name
        text = text if pen.width(text, STRONG) <= name.width() else short_name(text)
        pen.write(name, text, STRONG)
        if share is not None:
            self._share(lane, share, QRectF(left + px(LABEL - PADDING - 70), top, px(70), line))
        pen.spot(
            QRectF(left, lane.top, px(LABEL - PADDING), height),
            lane.person.name if share is None or self._is_moving else share_tip(self._scene, share),
        )

    def _share(self, lane: Lane, share: Shares, box: QRectF) -> None:
        """The dot is full when what the rules ask for is driven or planned; a triangle where it is not."""
        pen, px = self._pen, self._pen.px
        total_s = share.driven_s + share.planned_s
        is_short = share.least_s is not None and total_s < share.least_s - 1.0
        is_faulty = is_short or lane.person.key in self._accused
        words = hours_words(total_s)
        pen.write(box, words, Style("bad" if is_faulty else "text", Type.NOTE, side="right"))
        at = QPointF(box.right() - pen.width(words, _TEXT) - px(10), box.center().y())
        if is_faulty:
            self._triangle(at, "bad")
            return
        done = min(1.0, share.driven_s / share.least_s) if share.least_s else float(total_s > 0)
        pen.dot(at, px(4), "good", is_hollow=True)
        if done >= 0.999 or pen.painter is None:
            pen.dot(at, px(4), "good")
        else:
            side = QRectF(at.x() - px(4), at.y() - px(4), px(8), px(8))
            pen.painter.setPen(Qt.PenStyle.NoPen)
            pen.painter.setBrush(pen.colour("good"))
            pen.painter.drawPie(side, 90 * 16, -round(done * 360 * 16))

    def _plan(self, leg: Leg, lanes: dict[str, Lane]) -> None:
        """Where it was planned: a thin line over what came of it."""
        lane, room = lanes.get(leg.driver), self.axis.room(leg.start_s, leg.end_s)
        if lane is not None and room is not None:
            top = lane.top + 1
            self._pen.fill(QRectF(room[0], top, room[1] - room[0] - 2, self._pen.px(_PLAN)), "faint")

    def _block(self, number: int, leg: Leg, lane: Lane) -> None:
        pen, px = self._pen, self._pen.px
        room = self.axis.room(leg.start_s, leg.end_s)
        if room is None:
            return
        top = lane.top + px(_PLAN) + 2
        box = QRectF(room[0], top, max(2.0, room[1] - room[0]), lane.bottom - px(_FREE + 2) - top)
        is_known = lane.person.key in {one.key for one in self._scene.people}
        colour = self.colour(lane.person) if is_known else "warn"
        solid = self.tone(lane.person) if is_known else "raised"
        light = self.tone(lane.person, 3) if is_known else "raised"
        pen.fill(box, solid if leg.is_done else light)
        if leg.is_driving and self._scene.now.race_s is not None:
            until = min(box.right(), self.axis.x(self._scene.now.race_s))
            pen.fill(QRectF(box.left(), box.top(), max(0.0, until - box.left()), box.height()), solid)
        is_picked, is_faulty = leg.key == self._picked, leg.key in self._faulty
        pen.fill(QRectF(box.left(), box.top(), px(2), box.height()), colour)
        if not leg.is_done:
            pen.frame(box, "bad" if is_faulty else colour, is_dashed=not leg.is_driving and not is_faulty)
            if is_faulty:
                pen.frame(box.adjusted(1, 1, -1, -1), "bad")
        self._words(number, leg, box, is_faulty=is_faulty)
        if is_picked:
            pen.frame(box.adjusted(-1, -1, 1, 1), "text")
            pen.frame(box.adjusted(-2, -2, 2, 2), "text")
        self.blocks.append(Block(leg.key, box.left(), box.right(), lane.top, lane.bottom))
        if not self._is_moving:
            pen.spot(box, leg.key)  # its words are put together when somebody points there

    def _words(self, number: int, leg: Leg, box: QRectF, *, is_faulty: bool) -> None:
        """Number, laps, fuel and a ring for tyres, as far as there is room."""
        pen, px = self._pen, self._pen.px
        inner = box.adjusted(px(GRID), 0, -1, 0)
        row = min(inner.height(), px(16))
        has_two = inner.height() >= px(30)
        top = inner.center().y() - row * (1.0 if has_two else 0.5)
        left, right = inner.left(), inner.right()
        sign = str(number) if self._scene.doubted(leg) is None else f"{number}?"
        for words, style in ((sign, _BOLD), (f"{laps_of(self._scene, leg)} L", _TEXT)):
            wide = pen.width(words, style)
            if left + wide > right:
                break
            pen.write(QRectF(left, top, wide + 0.5, row), words, style)
            left += wide + px(6)
        at = inner.left() if has_two else left
        middle = top + row * (1.5 if has_two else 0.5)
        if is_faulty and right - at >= px(2 * _SIGN):
            self._triangle(QPointF(right - px(_SIGN + 2), middle), "bad")
            right -= px(2 * _SIGN + 2)
        if leg.is_new_tyres and right - at >= px(8):
            pen.dot(QPointF(at + px(4), middle), px(3), "text", is_hollow=True)
            at += px(12)
        fuel = fuel_words(leg.fuel_l, pen.look.taste.units)
        wide = pen.width(fuel, NOTE)
        if fuel and at + wide <= right:
            pen.write(QRectF(at, middle - row / 2, wide + 0.5, row), fuel, _TEXT)

    def _now(self) -> None:
        race_s, pen = self._scene.now.race_s, self._pen
        if race_s is None or not self.axis.span.holds(race_s) or self._scene.is_over:
            return
        x, px = self.axis.x(race_s), pen.px
        pen.fill(QRectF(round(x) - 1, self._top, 2, self._low - self._top), "accent")
        words = f"now {at_words(race_s)}"
        wide = pen.width(words, _BOLD) + px(PADDING)
        left = min(max(self.axis.left, x - wide / 2), self.axis.right - wide)
        box = QRectF(left, self._top - px(HEAD), wide, px(HEAD - 2))
        for ink in [ink for ink in pen.inks if ink.box.intersects(box)]:
            pen.inks.remove(ink)  # the night's name gives way
        pen.fill(box, "accent")
        pen.write(box, words, Style("ground", Type.NOTE, Weight.STRONG, "middle"))

    def _triangle(self, at: QPointF, tone: str) -> None:
        side = self._pen.px(_SIGN)
        points = [
            QPointF(at.x(), at.y() - side),
            QPointF(at.x() + side, at.y() + side * 0.8),
            QPointF(at.x() - side, at.y() + side * 0.8),
        ]
        self._pen.area(points, tone, 1.0)
