"""What is found on the laps that somebody chose, and what is ordinary for their driver."""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.analysis.best import TheoreticalBest, theoretical_best
from pitbox.analysis.corner.both import corners_of
from pitbox.analysis.delta import Delta, delta
from pitbox.analysis.driven import Corner, DrivenLap
from pitbox.analysis.line import DrivenLine, driven_line
from pitbox.analysis.loss.lap import LapLoss, lap_loss
from pitbox.analysis.loss.steadiness import Steadiness, steadiness
from pitbox.analysis.mistake.find import LapMistakes, find_mistakes
from pitbox.analysis.mistake.heat import HeatMap, heat_map
from pitbox.analysis.outline import Outline
from pitbox.store.lap_list import ListedLap

_LEAST_LAPS = 3
"""Fewer have no spread."""


class SetLap(msgspec.Struct, frozen=True, eq=False):
    """One of those that were asked for; `at` is its place among them."""

    at: int
    listed: ListedLap
    lap: DrivenLap
    delta: Delta
    loss: LapLoss | None
    """None of the reference itself."""
    mistakes: LapMistakes | None = None
    """Those that need no other lap of the driver; `Habit.of_laps` knows more."""


class LapSet(msgspec.Struct, frozen=True, eq=False):
    """The first lap that could be read is the reference."""

    number: int
    """Of the wish that it answers."""
    laps: tuple[SetLap, ...] = ()
    refused: tuple[tuple[ListedLap, str], ...] = ()
    """And why."""
    corners: tuple[Corner, ...] = ()
    best: TheoreticalBest | None = None
    line: DrivenLine | None = None
    trouble: str = ""


class Habit(msgspec.Struct, frozen=True, eq=False):
    """Of the reference's driver, over his laps in this session."""

    number: int
    laps: int
    mistakes: tuple[LapMistakes, ...]
    heat: HeatMap
    steadiness: tuple[Steadiness, ...]
    best: TheoreticalBest | None
    of_laps: tuple[tuple[int, LapMistakes], ...] = ()
    """By the place among those that were asked for: against what is ordinary for who drove it."""
    line: DrivenLine | None = None
    """Where he ordinarily drives, in the frame of the set's line; None with fewer than three laps."""


def lap_set(
    number: int,
    listed: Sequence[ListedLap],
    found: Sequence[DrivenLap | str],
    outline: Outline | None,
    *,
    is_metric: bool,
) -> LapSet:
    read = [
        (at, one, lap)
        for at, (one, lap) in enumerate(zip(listed, found, strict=True))
        if isinstance(lap, DrivenLap)
    ]
    refused = tuple((one, lap) for one, lap in zip(listed, found, strict=True) if isinstance(lap, str))
    if not read:
        return LapSet(number, refused=refused)
    laps = [lap for _, _, lap in read]
    corners = corners_of(laps, outline)
    reference = laps[0]
    return LapSet(
        number,
        tuple(
            SetLap(
                at,
                one,
                lap,
                delta(lap, reference),
                None if lap is reference else lap_loss(lap, reference, corners, is_metric=is_metric),
                find_mistakes([lap], corners)[0],
            )
            for at, one, lap in read
        ),
        refused,
        corners,
        theoretical_best(laps),
        _line(laps, outline),
    )


class Kin(msgspec.Struct, frozen=True, eq=False):
    """Laps of one driver in one car and session, and at which of them somebody looks."""

    laps: tuple[DrivenLap, ...]
    """By which it is told what is ordinary."""
    chosen: tuple[tuple[int, DrivenLap], ...]
    """With the place of each among those that were asked for; some are among `laps` too."""

    @property
    def all(self) -> tuple[DrivenLap, ...]:
        """Each once, the chosen first."""
        chosen = tuple(lap for _, lap in self.chosen)
        return (*chosen, *(lap for lap in self.laps if not any(lap is one for one in chosen)))


def habit_of(
    number: int, first: Kin, others: Sequence[Kin], corners: Sequence[Corner], outline: Outline | None
) -> Habit:
    """`first`: of who drove the reference, which is the first that he chose; corners as the set has them."""
    laps = first.laps
    known = corners or (corners_of(laps, outline) if laps else ())
    mistakes = find_mistakes(laps, known) if laps else ()
    return Habit(
        number,
        len(laps),
        mistakes,
        heat_map(mistakes, known),
        steadiness(laps, known),
        theoretical_best(laps),
        tuple(found for kin in (first, *others) for found in _of_laps(kin, known)),
        _usual_line(first, outline),
    )


def _of_laps(kin: Kin, corners: Sequence[Corner]) -> list[tuple[int, LapMistakes]]:
    found = find_mistakes(kin.all, corners) if kin.chosen else ()
    return [(at, mistakes) for (at, _), mistakes in zip(kin.chosen, found, strict=False)]


def _usual_line(kin: Kin, outline: Outline | None) -> DrivenLine | None:
    """Counted from where the set's line is counted from: the reference stands first."""
    line = _line(kin.all, outline) if kin.all else None
    return line if line is not None and len(line.laps) >= _LEAST_LAPS else None


def _line(laps: Sequence[DrivenLap], outline: Outline | None) -> DrivenLine | None:
    """None too where positions were told and mean nothing."""
    line = driven_line(laps, outline)
    return None if line is None or not np.isfinite(line.x_m).all() else line
