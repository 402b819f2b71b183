"""New plans on offer, as what they change: before over after, each change in words, accept or refuse."""

from functools import partial

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QVBoxLayout

from pitbox.model.plan_offer import Offer
from pitbox.model.relay import Leg
from pitbox.ui.plot.tone import tone_of
from pitbox.ui.scene.plan import PlanScene
from pitbox.ui.scene.plan_words import at_words, fault_words, level_words
from pitbox.ui.scene.span import Span
from pitbox.ui.scene.words import count_words
from pitbox.ui.shell.panel import Panel
from pitbox.ui.shell.pen import NOTE, STRONG, Pen, Style
from pitbox.ui.shell.picture import Picture, Scroll
from pitbox.ui.shell.stage import Stage
from pitbox.ui.stints.board import StintBoard
from pitbox.ui.stints.ganttpaint import Axis
from pitbox.ui.stints.solving import Solving
from pitbox.ui.stints.wishes import draw_wishes
from pitbox.ui.theme.look import class_colour
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

_ROW, _LINE, _STRIP, _LABEL = 20, 18, 22, 40
_MOST_CHANGES = 12
_SAME = "Nothing changes: the plan is as good as it gets."
_EMPTY = (
    "A new plan stands here as what it changes, to be accepted or refused: solve, or ask for one in the race."
)


class OfferPanel(Panel):
    def __init__(self, stage: Stage, board: StintBoard, solving: Solving) -> None:
        super().__init__(stage)
        self.board, self.solving = board, solving
        self.picture = Picture(stage.look, "New plans", self.draw, is_tall=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scroll(self.picture), 1)
        self.setFocusProxy(self.picture)
        for signal in (board.changed, solving.changed, stage.plans.carded):
            signal.connect(self.picture.renew)
        self.picture.renew()

    def draw(self, pen: Pen, box: QRectF) -> float:
        pad, scene = pen.px(PADDING), self.board.base
        room = box.adjusted(pad + pen.px(GRID), pad, -pad, 0)
        top = room.top()
        if scene is not None and scene.is_live and not scene.is_over:
            top = draw_wishes(pen, room, scene, self.solving, self.stage.plans.cards)
        offer = self.solving.offer
        if self.solving.said:
            top = pen.wrap(_at(room, top), self.solving.said, Style("warn"), row=_LINE, most=4) + pad
        if scene is None or offer is None:
            return pen.wrap(_at(room, top), _EMPTY, Style("dim"), row=_LINE) + pad
        if len(self.solving.offers) > 1:
            top = self._tabs(pen, room, top, offer)
        return self._offer(pen, room, top, scene, offer) + pad

    # What is on offer.

    def _tabs(self, pen: Pen, room: QRectF, top: float, shown: Offer) -> float:
        left = room.left()
        for one in self.solving.offers:
            look = partial(self.solving.look, one.key)
            is_shown = one.key == shown.key
            right = pen.button(left, top, one.reason[:24], one.reason, look, is_first=is_shown)
            left = right + pen.px(GRID)
        return top + pen.px(_ROW + GRID)

    def _offer(self, pen: Pen, room: QRectF, top: float, scene: PlanScene, offer: Offer) -> float:
        px = pen.px
        head = QRectF(room.left(), top, room.width(), px(_ROW))
        pen.write(head, offer.reason, STRONG)
        state = f"{offer.took_s:.1f} s" + ("" if offer.is_final else ", a better one may follow")
        pen.write(head, state, Style("dim", Type.NOTE, side="right"))
        top = self._faults(pen, _at(room, head.bottom()), offer)
        accept, refuse = self.solving.accept, self.solving.refuse
        right = pen.button(room.left(), top, "Accept", "Write it into the plan (A)", accept, is_first=True)
        pen.button(right + px(GRID), top, "Refuse", "Leave the plan as it is (Backspace)", refuse)
        top += px(_ROW + PADDING)
        top = self._strips(pen, room, top, scene, offer)
        for change in offer.changes[:_MOST_CHANGES]:
            when = QRectF(room.left(), top, px(_LABEL), px(_LINE))
            pen.write(when, at_words(change.start_s), NOTE)
            text = QRectF(when.right(), top, room.right() - when.right(), 0)
            bottom = pen.wrap(text, change.words, Style(), row=_LINE, most=2)
            run = partial(self.board.pick, change.leg) if scene.leg(change.leg) is not None else None
            pen.spot(QRectF(0, top, room.right(), bottom - top), change.words, run)
            top = bottom
        more = len(offer.changes) - _MOST_CHANGES
        if more > 0:
            top = pen.wrap(_at(room, top), f"and {more} more", NOTE, row=_LINE)
        if not offer.changes:
            top = pen.wrap(
                _at(room, top), "Nothing changes: the plan is as good as it gets.", NOTE, row=_LINE
            )
        for level in offer.levels:
            top = pen.wrap(_at(room, top), level_words(level), NOTE, row=_LINE, most=2)
        return top

    def _faults(self, pen: Pen, room: QRectF, offer: Offer) -> float:
        """What it mends, and what stays wrong: in words first."""
        before, after = len(offer.before), len(offer.after)
        changed = count_words(len(offer.changes), "change", "changes")
        if after:
            words, tone = f"{changed}; {fault_words(offer.after)} left of {before}", "bad"
        else:
            words, tone = f"{changed}; keeps all rules" + (f", {before} mended" if before else ""), "good"
        top = pen.wrap(room, words, Style(tone, Type.BODY, Weight.STRONG), row=_LINE, most=2)
        for one in offer.after[:3]:
            top = pen.wrap(_at(room, top), f"\u25b2 {one.words}", NOTE, row=_LINE, most=2)
        return top + pen.px(GRID)

    def _strips(self, pen: Pen, room: QRectF, top: float, scene: PlanScene, offer: Offer) -> float:
        """Both plans over the same race time; what changed has a line below it."""
        px = pen.px
        end_s = max(scene.relay.length_s, 60.0)
        span = Span(0.0, end_s)
        axis = Axis(span, room.left() + px(_LABEL), room.right())
        changed = {change.leg for change in offer.changes}
        for title, legs in (("Now", scene.legs), ("New", offer.legs)):
            pen.write(QRectF(room.left(), top, px(_LABEL), px(_STRIP)), title, NOTE)
            for leg in legs:
                self._piece(pen, axis, top, leg, is_changed=leg.key in changed)
            top += px(_STRIP + GRID)
        return top + px(GRID)

    def _piece(self, pen: Pen, axis: Axis, top: float, leg: Leg, *, is_changed: bool) -> None:
        place, px, scene = axis.room(leg.start_s, leg.end_s), pen.px, self.board.base
        if place is None or scene is None:
            return
        people = [one.key for one in scene.people]
        box = QRectF(place[0], top, max(1.0, place[1] - place[0] - 1), px(_STRIP - 4))
        colour = class_colour(people.index(leg.driver)) if leg.driver in people else "warn"
        pen.fill(box, tone_of(pen.look.palette, colour, 0) if leg.driver in people else "raised")
        pen.fill(QRectF(box.left(), box.top(), box.width(), px(2)), colour)
        letter = scene.name(leg.driver)[:1]
        if pen.width(letter, NOTE) <= box.width():
            pen.write(box, letter, Style("text", Type.NOTE, side="middle"))
        if is_changed:
            pen.fill(QRectF(box.left(), box.bottom() + px(1), box.width(), px(2)), "text")
        pen.spot(box, f"{scene.name(leg.driver)}, {at_words(leg.start_s)}\u2013{at_words(leg.end_s)}")


def _at(room: QRectF, top: float) -> QRectF:
    return QRectF(room.left(), top, room.width(), 0)
