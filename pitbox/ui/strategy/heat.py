"""Chances of each place as a strip: the darker the likelier, the figure in it where there is room."""

from PySide6.QtCore import QRectF

from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.strategy.words import chance_words
from pitbox.ui.theme.token import Type, Weight

_LEAST_SAID = 0.05
_FULL = 0.6
"""At this chance and over it the strip is as dark as it gets."""
_STRONG = 0.62
_HEAD = Style("dim", Type.NOTE, side="middle")


def draw_heads(pen: Pen, box: QRectF, places: range, ends: tuple[bool, bool]) -> None:
    """`P4` above each column of strips; at an end that is open the sign says which way."""
    cell = box.width() / max(1, len(places))
    step = 1 if all(pen.width(f"≤P{place}", NOTE) <= cell - 2 for place in places) else 2
    for at, place in enumerate(places):
        if (len(places) - 1 - at) % step == 0:
            words = f"P{place}+" if ends[1] and place == places[-1] else f"P{place}"
            words = f"≤{words}" if ends[0] and place == places[0] else words
            room = QRectF(box.left() + (at + 1 - step) * cell, box.top(), cell * step, box.height())
            pen.write(room, words, _HEAD)


def draw_heat(pen: Pen, box: QRectF, chances: tuple[float, ...], places: range) -> None:
    cell = box.width() / max(1, len(places))
    for at, place in enumerate(places):
        chance = chances[place - 1] if place <= len(chances) else 0.0
        if place == places[-1]:  # and all behind it, as the first one all ahead: a strip adds up to the whole
            chance = sum(chances[place - 1 :])
        elif place == places[0]:
            chance = sum(chances[:place])
        room = QRectF(box.left() + at * cell, box.top(), cell - 1, box.height())
        share = min(1.0, chance / _FULL)
        pen.fill(room, "raised")
        pen.fill(room, "accent", 0.06 + 0.84 * share if chance >= 0.005 else 0.0)
        words = chance_words(chance).removesuffix(" %")
        tone = "ground" if share > _STRONG and not pen.is_faint else "text"
        style = Style(tone, Type.NOTE, Weight.STRONG if share > _STRONG else Weight.PLAIN, "middle")
        if chance >= _LEAST_SAID and pen.width(words, style) <= room.width() - 4:
            pen.write(room, words, style)
