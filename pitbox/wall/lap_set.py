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


class SetLap(msgspec.Struct, frozen=True, eq=False):
    """One of those that were asked for; `at` is its place among them."""

    at: int
    listed: ListedLap
    lap: DrivenLap
    delta: Delta
    loss: LapLoss | None
    """None of the reference itself."""


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
            )
            for at, one, lap in read
        ),
        refused,
        corners,
        theoretical_best(laps),
        _line(laps, outline),
    )


def habit_of(number: int, laps: Sequence[DrivenLap], outline: Outline | None) -> Habit:
    corners = corners_of(laps, outline) if laps else ()
    mistakes = find_mistakes(laps, corners) if laps else ()
    return Habit(
        number,
        len(laps),
        mistakes,
        heat_map(mistakes, corners),
        steadiness(laps, corners),
        theoretical_best(laps),
    )


def _line(laps: Sequence[DrivenLap], outline: Outline | None) -> DrivenLine | None:
    """None too where positions were told and mean nothing."""
    line = driven_line(laps, outline)
    return None if line is None or not np.isfinite(line.x_m).all() else line
