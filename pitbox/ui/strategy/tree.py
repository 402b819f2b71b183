"""What to do if this or that happens: knots with their chance, and the best choice at each."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from pitbox.ui.shell.pen import NOTE, STRONG, Pen, Style
from pitbox.ui.strategy.sheet import Sheet
from pitbox.ui.strategy.words import chance_words, place_words
from pitbox.ui.theme.token import Type, Weight

if TYPE_CHECKING:
    from pitbox.strategy.decision.answer import Branch

_INDENT, _LINE, _KNOT, _GAP = 20, 16, 36, 4
_CHANCE, _PLACE = 40, 44


class TreePanel(Sheet):
    name = "Tree"
    empty = "What to do if a caution or rain comes, and if not, stands here with the chance of each."
    is_tall = is_aside = True

    @property
    def has_something(self) -> bool:
        return self.counsel.answer is not None and self.counsel.answer.tree is not None

    def draw_sheet(self, pen: Pen, box: QRectF) -> float:
        answer = self.counsel.answer
        assert answer is not None
        root = answer.tree
        assert root is not None
        return self._branch(pen, root, box, (0, 1.0))

    def _branch(self, pen: Pen, knot: "Branch", box: QRectF, way: tuple[int, float]) -> float:
        """Returns where what hangs on it ends. `way`: how deep it lies, and the chance of coming here."""
        px, top, (depth, chance) = pen.px, box.top(), way
        left = box.left() + depth * px(_INDENT)
        y = top + px(_LINE) / 2
        pen.dot(QPointF(left + px(4), y), px(3), "accent" if depth == 0 else "dim", is_hollow=depth > 0)
        words = knot.words or "Now"
        head = QRectF(left + px(14), top, box.right() - left - px(14), px(_LINE))
        share = "" if depth == 0 else chance_words(knot.chance)
        if share:
            pen.write(head, share, Style("text", Type.NOTE, Weight.STRONG))
            head.adjust(px(_CHANCE), 0, 0, 0)
        pen.write(QRectF(head).adjusted(0, 0, -px(_PLACE), 0), f"{words[:1].upper()}{words[1:]}", NOTE)
        pen.write(head, place_words(knot.mean_class_position), Style("text", Type.BODY, side="right"))
        best = QRectF(left + px(14), top + px(_LINE), box.right() - left - px(14), px(_LINE))
        said = "No choice is better than another" if knot.best is None else knot.best.words
        pen.write(best, said, STRONG if depth == 0 else Style())
        pen.spot(QRectF(left, top, box.right() - left, px(_KNOT)), _tip(knot, chance, said))
        bottom = top + px(_KNOT + _GAP)
        for branch in knot.branches:
            joint = bottom + px(_LINE) / 2
            x = left + px(4)
            pen.stroke(
                [QPointF(x, y + px(4)), QPointF(x, joint), QPointF(x + px(_INDENT - 4), joint)], "line"
            )
            room = QRectF(box.left(), bottom, box.width(), 0)
            bottom = self._branch(pen, branch, room, (depth + 1, chance * branch.chance))
        return bottom


def _tip(knot: "Branch", chance: float, said: str) -> str:
    lines = [f"{said}: {place_words(knot.mean_class_position)} in class in the mean."]
    if knot.words:
        lines.insert(0, f"If {knot.words}: {chance_words(knot.chance)} there, {chance_words(chance)} in all.")
    return "\n".join(lines)
