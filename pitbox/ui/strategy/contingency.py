"""What to do if it happens now: worked out before it is needed, so that nobody has to think first."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from pitbox.ui.shell.pen import NOTE, STRONG, Pen, Style
from pitbox.ui.strategy.sheet import Sheet
from pitbox.ui.strategy.words import chance_words, place_words, places_words, prospect_words
from pitbox.ui.theme.token import GRID, Type, Weight

if TYPE_CHECKING:
    from pitbox.strategy.decision.answer import Contingency

_LINE, _GAP = 16, 8


class ContingencyPanel(Sheet):
    name = "If it happens now"
    empty = "What to do under a caution, in rain or after a spin stands here before it is needed."
    is_tall = is_aside = True

    @property
    def has_something(self) -> bool:
        return self.counsel.answer is not None and bool(self.counsel.answer.contingencies)

    def draw_sheet(self, pen: Pen, box: QRectF) -> float:
        answer = self.counsel.answer
        assert answer is not None
        top = box.top()
        for at, one in enumerate(answer.contingencies):
            if at:
                pen.fill(QRectF(box.left(), top, box.width(), 1), "raised")
                top += pen.px(GRID)
            top = self._card(pen, one, QRectF(box.left(), top, box.width(), 0))
        return top

    def _card(self, pen: Pen, one: "Contingency", box: QRectF) -> float:
        px = pen.px
        laps = 0 if self.counsel.answer is None else self.counsel.answer.laps
        figure, note, tone = _figures(one)
        wide = max(pen.width(note, NOTE), pen.width(figure, STRONG)) + 1
        left = QRectF(box.left(), box.top(), box.width() - wide, px(_LINE))
        right = QRectF(left.right(), box.top(), wide, px(_LINE))
        pen.write(left, one.title, Style("dim", Type.NOTE))
        pen.write(right, figure, Style("text", Type.BODY, Weight.STRONG, "right"))
        pen.write(right.translated(0, px(_LINE)), note, Style(tone, Type.NOTE, side="right"))
        words = one.words if one.rated is None else one.rated.choice.words
        room = QRectF(left.left(), left.bottom(), left.width() - px(_GAP), px(_LINE))
        bottom = pen.wrap(room, words, STRONG if one.rated is not None else Style(), most=2)
        more = one.words.removeprefix(words).lstrip(": ") if one.rated is not None else ""
        if more:
            more = f"{more[:1].upper()}{more[1:]}"
            bottom = pen.wrap(QRectF(box.left(), bottom, box.width(), 0), more, NOTE, most=2)
        bottom = max(bottom, right.bottom() + px(_LINE)) + px(GRID)
        pen.spot(QRectF(box.left(), box.top(), box.width(), bottom - box.top()), _tip(one, laps))
        return bottom


def _figures(one: "Contingency") -> tuple[str, str, str]:
    """(mean place, against what we mean to do, the tone of that)."""
    place = "" if one.rated is None else place_words(one.rated.prospect.mean_class_position)
    against = one.against_staying
    if against is None:
        return place, "", "dim"
    tone = "good" if against.mean < -against.error else "warn" if against.mean > against.error else "dim"
    return place, f"{places_words(against.mean, against.error)} places", tone


def _tip(one: "Contingency", laps: int) -> str:
    lines = [f"{one.title}: {one.words}"]
    if one.against_staying is not None:
        against = one.against_staying
        held = one.against or "what we mean to do"
        lines.append(
            f"Against {held} {places_words(against.mean, against.error)} places in the same races; "
            f"ahead of that or level in {chance_words(against.better)}."
        )
    if one.rated is not None:
        lines += prospect_words(one.rated.prospect, laps)
    lines += [f"{words[:1].upper()}{words[1:]}." for words in one.assumptions]
    return "\n".join(lines)
