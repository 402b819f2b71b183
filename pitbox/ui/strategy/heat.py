"""Chances of each place as a strip: the darker the likelier, the figure in it where there is room."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF

from pitbox.ui.shell.pen import NOTE, Pen, Style
from pitbox.ui.strategy.words import chance_words
from pitbox.ui.theme.token import Type, Weight

_LEAST_SAID = 0.05
_FULL = 0.6
"""At this chance and over it the strip is as dark as it gets."""
_STRONG = 0.62
_FAINTER = 0.4
"""What is old is written in the colour that it is filled with."""
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


def _readable(pen: Pen, alpha: float) -> str:
    """Whichever of both stands out more from the accent, laid so thick on the panel."""
    if pen.is_faint:
        return "text"
    mixed = [
        alpha * one + (1.0 - alpha) * other
        for one, other in zip(_shares(pen, "accent"), _shares(pen, "raised"), strict=True)
    ]
    light = _light(mixed) + 0.05
    ratios = {}
    for tone in ("text", "ground"):
        own = _light(_shares(pen, tone)) + 0.05
        ratios[tone] = max(own / light, light / own)
    return max(ratios, key=lambda tone: ratios[tone])


def _shares(pen: Pen, tone: str) -> tuple[float, float, float]:
    colour = pen.colour(tone)
    return colour.redF(), colour.greenF(), colour.blueF()


def _light(rgb: Sequence[float]) -> float:
    """Relative luminance, as contrast is reckoned with."""
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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
        alpha = (0.06 + 0.84 * share) * (_FAINTER if pen.is_faint else 1.0)
        pen.fill(room, "accent", alpha if chance >= 0.005 else 0.0)
        words = chance_words(chance).removesuffix(" %")
        tone = _readable(pen, alpha)
        style = Style(tone, Type.NOTE, Weight.STRONG if share > _STRONG else Weight.PLAIN, "middle")
        if chance >= _LEAST_SAID and pen.width(words, style) <= room.width() - 4:
            pen.write(room, words, style)
