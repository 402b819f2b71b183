"""The ranking: what each choice is worth, as chances of each place, and how far behind the first it is."""

from collections.abc import Callable
from itertools import zip_longest
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QRectF

from pitbox.ui.shell.pen import FIRST, NOTE, PLAIN, STRONG, Pen, Style
from pitbox.ui.shell.stage import Stage
from pitbox.ui.strategy.heat import draw_heads, draw_heat
from pitbox.ui.strategy.lanes import flag_of
from pitbox.ui.strategy.sheet import Sheet
from pitbox.ui.strategy.trial import Trial
from pitbox.ui.strategy.words import (
    against_words,
    chance_words,
    laps_words,
    place_words,
    prospect_words,
    shown_places,
)
from pitbox.ui.theme.token import GRID, PADDING, Type, Weight

if TYPE_CHECKING:
    from pitbox.strategy.decision.answer import Rated, StrategyAnswer

_HEAD, _ROW, _LINE, _STRIP = 20, 40, 16, 24
_NUMBER, _CELL, _LEAST_CELL, _LEAST_WORDS = 20, 34, 24, 220
_MOST_PLACES = 9
_RISKY, _DANGEROUS = 0.05, 0.2
_SHOWN = 0.005
_RIGHT = Style("dim", Type.NOTE, side="right")


_TAUGHT = "with what earlier races taught"
_TAUGHT_TIP = (
    "Where we finish by the first choice: these races beside a model that has learnt how earlier ones ended."
    "\nThe chance on the cards of our plan is this one. Choices are compared by races alone."
)


def _taught(answer: "StrategyAnswer") -> tuple[float, ...]:
    """Chances of our places where a learned model has a say in them; else they are those of the first row."""
    if not answer.finish or not answer.rated:
        return ()
    raced = answer.rated[0].prospect.class_positions
    pairs = zip_longest(answer.finish, raced, fillvalue=0.0)
    return answer.finish if any(abs(one - other) >= _SHOWN for one, other in pairs) else ()


class _Column(msgspec.Struct, frozen=True):
    title: str
    width: int
    gives_way: int = 0
    """Where there is too little room the lowest of these goes first; 0 never does."""


_MEAN, _AGAINST = _Column("Mean", 44, 4), _Column("To first", 76)
_FUEL, _TYRES, _FLAG = _Column("Dry", 40, 3), _Column("Cliff", 40, 2), _Column("Flag", 64, 1)
_COLUMNS = (_MEAN, _AGAINST, _FUEL, _TYRES, _FLAG)
_MEANINGS = (
    "Mean: place in class over all races.",
    "To first: places won or lost (\u2212) against the first in the same races, give or take the error.",
    "Best: nothing else is ahead of it. Held: it was meant before, and nothing is surely better.",
    "Dry: races in which it runs out of fuel. Cliff: in which a stint is longer than its tyres.",
    "Flag: our last lap, in 8 of 10 races.",
)


class ChoicePanel(Sheet):
    name = "Choices"
    empty = "What each way to the flag is worth stands here as soon as our car has done laps in a race."
    is_tall = True

    def __init__(self, stage: Stage, trial: Trial) -> None:
        self.trial = trial
        super().__init__(stage)
        trial.changed.connect(self.refresh)
        trial.answered.connect(self.refresh)

    @property
    def has_something(self) -> bool:
        return self.counsel.answer is not None and bool(self.counsel.answer.rated)

    def draw_sheet(self, pen: Pen, box: QRectF) -> float:
        answer = self.counsel.answer
        assert answer is not None
        tried = None if self.trial.tried is None else self.trial.tried.rated
        rows = answer.rated if tried is None else (*answer.rated, tried)
        table = _Table(pen, box, shown_places(rows, _MOST_PLACES), answer.laps)
        finish = _taught(answer)
        table.open_for([*(one.prospect.class_positions for one in rows), *([finish] if finish else [])])
        table.rated = answer.rated
        top = table.heads(box.top())
        start = self.trial.start
        for number, one in enumerate(answer.rated, 1):
            is_start = start is not None and one.choice.key == start.choice.key
            if is_start:
                height = table.height(one, is_first=number == 1)
                pen.fill(QRectF(0, top, box.right() + box.left(), height), "raised")
                pen.fill(QRectF(0, top, pen.px(2), height), "accent")
            bottom = table.row(top, str(number), one, is_first=number == 1)
            table.spot((top, bottom), one, lambda key=one.choice.key: self.trial.choose(key))  # type: ignore[misc]
            top = bottom
            if number == 1 and finish:
                top = table.finish(top, finish)
        if tried is not None:
            bottom = table.row(top, "?", tried, is_first=False)
            table.spot((top, bottom), tried, None)
            top = bottom
        return top + pen.px(GRID)


class _Table:
    """Columns give way to names and strips."""

    def __init__(self, pen: Pen, box: QRectF, places: range, laps: int) -> None:
        px, columns = pen.px, list(_COLUMNS)
        least = px(_NUMBER + _LEAST_WORDS + 2 * PADDING) + len(places) * px(_LEAST_CELL)
        while any(c.gives_way for c in columns) and least + sum(px(c.width) for c in columns) > box.width():
            columns.remove(min((c for c in columns if c.gives_way), key=lambda c: c.gives_way))
        fixed = px(_NUMBER + 2 * PADDING) + sum(px(c.width) for c in columns)
        spare = box.width() - fixed - px(_LEAST_WORDS)
        cell = max(px(14), min(px(_CELL), int(spare / max(1, len(places)))))
        self._pen, self._box, self._places, self._columns = pen, box, places, columns
        self._laps = laps
        self.rated: tuple[Rated, ...] = ()
        """Without what is tried."""
        self._ends = (False, False)
        """Somebody comes to places ahead of those that are shown, and behind them."""
        self._words = QRectF(box.left() + px(_NUMBER), 0, box.width() - fixed - cell * len(places), 0)
        self._heat = QRectF(self._words.right() + px(PADDING), 0, cell * len(places), 0)

    def open_for(self, shares: "list[tuple[float, ...]]") -> None:
        first, last = self._places.start, self._places.stop - 1
        ahead = any(sum(chances[: first - 1]) >= _SHOWN for chances in shares)
        self._ends = ahead, any(sum(chances[last:]) >= _SHOWN for chances in shares)

    def heads(self, top: float) -> float:
        pen, height = self._pen, self._pen.px(_HEAD)
        pen.write(QRectF(self._words.left(), top, self._words.width(), height), "Choice", NOTE)
        heads = QRectF(self._heat.left(), top, self._heat.width(), height)
        draw_heads(pen, heads, self._places, self._ends)
        left = self._heat.right() + pen.px(PADDING)
        for column in self._columns:
            width = pen.px(column.width)
            pen.write(QRectF(left, top, width, height), column.title, _RIGHT)
            left += width
        pen.spot(QRectF(self._heat.right(), top, left - self._heat.right(), height), "\n".join(_MEANINGS))
        pen.fill(QRectF(self._box.left(), top + height - 1, self._box.width(), 1), "line")
        return top + height

    def height(self, one: "Rated", *, is_first: bool) -> float:
        """A long name takes a second line."""
        lines = self._pen.lines(one.choice.words, self._words.width(), FIRST if is_first else STRONG)
        return self._pen.px(_ROW) + (self._pen.px(_LINE) if len(lines) > 1 else 0)

    def row(self, top: float, number: str, one: "Rated", *, is_first: bool) -> float:
        """Returns where it ends."""
        pen, px, height = self._pen, self._pen.px, self.height(one, is_first=is_first)
        row = QRectF(self._box.left(), top, self._box.width(), height)
        pen.write(QRectF(row.left(), top + px(GRID), px(_NUMBER), px(_LINE)), number, Style("dim"))
        room = QRectF(self._words.left(), top + px(GRID), self._words.width(), px(_LINE))
        below = pen.wrap(room, one.choice.words, FIRST if is_first else STRONG, row=_LINE, most=2)
        pen.write(QRectF(room.left(), below, room.width(), px(_LINE)), one.why, NOTE)
        heat = QRectF(self._heat.left(), top + px(10), self._heat.width(), px(20))
        draw_heat(pen, heat, one.prospect.class_positions, self._places)
        left = self._heat.right() + px(PADDING)
        for column in self._columns:
            words, style = self._figure(column, one)
            pen.write(QRectF(left, top, px(column.width), px(_ROW)), words, style)
            left += px(column.width)
        pen.fill(QRectF(row.left(), row.bottom() - 1, row.width(), 1), "raised")
        return row.bottom()

    def finish(self, top: float, chances: tuple[float, ...]) -> float:
        """Below the first choice: its chances as cards say them. Returns where it ends."""
        pen, px = self._pen, self._pen.px
        row = QRectF(self._box.left(), top, self._box.width(), px(_STRIP))
        words = QRectF(self._words.left(), top, self._words.width(), row.height())
        pen.write(words, _TAUGHT, NOTE)
        draw_heat(
            pen, QRectF(self._heat.left(), top + px(2), self._heat.width(), px(_LINE)), chances, self._places
        )
        if _MEAN in self._columns:
            whole = sum(chances)
            mean = sum(place * chance for place, chance in enumerate(chances, 1)) / whole
            room = QRectF(self._heat.right() + px(PADDING), top, px(_MEAN.width), row.height())
            pen.write(room, place_words(mean), _RIGHT)
        pen.fill(QRectF(row.left(), row.bottom() - 1, row.width(), 1), "raised")
        pen.spot(row, _TAUGHT_TIP)
        return row.bottom()

    def spot(self, ends: tuple[float, float], one: "Rated", run: Callable[[], None] | None) -> None:
        lines = [f"{one.choice.words}: {one.why}", *prospect_words(one.prospect, self._laps)]
        if one.against_best is not None:
            places = against_words(one.against_best)
            lines.append(
                f"{places} places against the first in the same races; ahead of it or level in "
                f"{chance_words(one.against_best.better)}."
            )
        if run is not None:
            lines.append("Click to try changes of it below.")
        else:
            lines.append("Its place is that of the first, and in each race what the change does to it.")
        box = QRectF(self._box.left(), ends[0], self._box.width(), ends[1] - ends[0])
        self._pen.spot(box, "\n".join(lines), run)

    def _figure(self, column: _Column, one: "Rated") -> tuple[str, Style]:
        prospect = one.prospect
        if column is _MEAN:
            return place_words(prospect.mean_class_position), Style(side="right")
        if column is _AGAINST:
            words = against_words(one.against_best, self.rated)
            return words, Style("good" if words == "best" else "text", side="right")
        if column is _FLAG:
            return laps_words(flag_of(one, self._laps)), Style("dim", side="right")
        risk = prospect.fuel_risk if column is _FUEL else prospect.tyre_risk
        tone = "bad" if risk >= _DANGEROUS else "warn" if risk >= _RISKY else "dim"
        weight = Weight.STRONG if risk >= _DANGEROUS else Weight.PLAIN  # not by its colour alone
        return chance_words(risk), Style(tone, PLAIN.size, weight, "right")
