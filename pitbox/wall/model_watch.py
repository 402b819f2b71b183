"""How a version does live against what its card promises: worse by a tenth, and it has to go.

Judged are the last answers only, in blocks, since laps that follow each other err alike: what is said is
said beyond the noise of those blocks.
"""

from collections import deque
from collections.abc import Iterator
from statistics import fmean, stdev

import msgspec

from pitbox.predict.registry_card import Card
from pitbox.wall.forecast_log import Asked, Came

WORSE = 0.1
_KEPT, _LEAST, _BLOCK, _BLOCKS = 6000, 180, 30, 12
_SETTLED, _LEAST_LAPS = 5, 8
"""Laps of a stint before its answers are judged, and of a race: its first laps are harder than the rest."""
_SURE = 2.0
"""Standard errors."""
_PENDING_LAPS = 16


class Answer(msgspec.Struct, frozen=True):
    """One forecast that came true, or did not."""

    error: float
    """Thousandths of a lap."""
    expected: float
    is_inside: bool
    promised: float
    lap: int


class Verdict(msgspec.Struct, frozen=True):
    """Of the answers so far."""

    answers: int
    error: float
    expected: float
    covered: float
    promised: float
    why: str
    """Empty while all is as it was in training."""


class ModelWatch:
    """Of one version, over all races in which it speaks."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self._pending: dict[tuple[str, int, int, int], deque[Asked]] = {}
        self._answers: deque[Answer] = deque(maxlen=_KEPT)

    def ask(self, asked: Asked) -> None:
        if asked.version == self.card.version:
            key = asked.session, asked.session_num, asked.run, asked.car_idx
            self._pending.setdefault(key, deque(maxlen=_PENDING_LAPS)).append(asked)

    def is_awaited(self, came: Came) -> bool:
        return next(self._asked_of(came), None) is not None

    def hear(self, came: Came) -> list[tuple[Asked, int]]:
        """Which forecasts it answers, and at which of their distances."""
        found = list(self._asked_of(came))
        for asked, at in found:
            score = self.card.score(asked.ahead[at])
            if score is None or asked.stint_lap <= _SETTLED:
                continue
            error = abs(asked.median_s[at] - came.time_s) / asked.ref_s * 1000.0
            is_inside = asked.low_s[at] <= came.time_s <= asked.high_s[at]
            self._answers.append(Answer(error, score.error, is_inside, score.covered, came.lap))
        return found

    def verdict(self) -> Verdict | None:
        """None before there is enough to judge by."""
        every = list(self._answers)
        if len(every) < _LEAST or len({one.lap for one in every}) < _LEAST_LAPS:
            return None
        error, expected = fmean(one.error for one in every), fmean(one.expected for one in every)
        covered, promised = fmean(one.is_inside for one in every), fmean(one.promised for one in every)
        why = ""
        if _is_beyond([one.error - (1.0 + WORSE) * one.expected for one in every]):
            why = f"errs by {error:.2f} thousandths of a lap, in training by {expected:.2f}"
        elif _is_beyond([(1.0 - WORSE) * one.promised - one.is_inside for one in every]):
            why = f"covers {100 * covered:.0f} % with its interval, in training {100 * promised:.0f} %"
        return Verdict(len(every), error, expected, covered, promised, why)

    def _asked_of(self, came: Came) -> Iterator[tuple[Asked, int]]:
        key = came.session, came.session_num, came.run, came.car_idx
        for asked in self._pending.get(key, ()):
            ahead = came.lap - asked.lap
            if asked.stint == came.stint and ahead in asked.ahead:
                yield asked, asked.ahead.index(ahead)


def _is_beyond(values: list[float]) -> bool:
    """Their mean is above zero, and not by chance."""
    size = max(_BLOCK, len(values) // _BLOCKS)
    blocks = [fmean(values[at : at + size]) for at in range(0, len(values) - size + 1, size)]
    return bool(fmean(blocks) > _SURE * stdev(blocks) / len(blocks) ** 0.5)
