"""A session in six figures of 0 to 100, each with its formula; None, with the reason, where data is missing.

All are 100 * 2 ** (-x / h): nothing wrong is 100, `h` halves it. So each falls with what is bad and never
jumps.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec
import numpy as np

LEAST_LAPS = 5
"""Clear laps; fewer are no session."""
_TARGET_HALF = 1.0
"""Tolerances by which a target was missed."""
_PACE_HALF, _STEADY_HALF, _TYRE_HALF = 0.015, 0.006, 0.0005
"""Shares of a lap's time: behind the optimum, scatter of a lap, fall-off each lap beyond the others'."""
_FUEL_HALF = 0.03
"""Of the target: used beyond it."""
_POINTS_HALF = 4.0
"""Incident points an hour."""
_POINTS = {"off_track": 1.0, "slow": 1.0, "spin": 2.0, "contact": 4.0, "tow": 4.0}
"""As the sim counts them; a tow is the end of something grave."""


class ScoreKind(StrEnum):
    TARGET = "targets"
    PACE = "pace"
    CONSISTENCY = "consistency"
    FUEL = "fuel"
    TYRES = "tyres"
    INCIDENTS = "incidents"


class Score(msgspec.Struct, frozen=True):
    kind: ScoreKind
    value: float | None
    why: str
    """The figures behind it, or what is missing."""


class Target(msgspec.Struct, frozen=True):
    """Something that was set before: less is better."""

    name: str
    goal: float
    reached: float
    tolerance: float
    """Missing it by so much halves the score; above 0."""


class Session(msgspec.Struct, frozen=True):
    """What scores are made of; None where nobody knows."""

    clear_laps: int
    hours: float
    """At the wheel."""
    targets: tuple[Target, ...] = ()
    lap_s: float | None = None
    """The middle of the clear laps, with fuel and tyres taken out where that can be done."""
    optimum_s: float | None = None
    """Of the best sectors, or of the fastest in the class."""
    spread_s: float | None = None
    """Of a clear lap around the line of its stint."""
    fuel_per_lap_l: float | None = None
    fuel_target_l: float | None = None
    fall_off_s: float | None = None
    """Of the tyres, each lap."""
    others_fall_off_s: float | None = None
    """The middle of the class on the same compound."""
    incidents: tuple[str, ...] | None = None
    """Their kinds, as facts have them."""


def scores(session: Session) -> tuple[Score, ...]:
    """All six, in their order."""
    return (
        _targets(session.targets), _pace(session), _consistency(session), _fuel(session), _tyres(session),
        _incidents(session),
    )  # fmt: skip


def overall(found: Sequence[Score]) -> float | None:
    """The mean of those that are known; None when more than half are not."""
    known = [score.value for score in found if score.value is not None]
    return float(np.mean(known)) if known and 2 * len(known) >= len(found) else None


def _halved(excess: float, half: float) -> float:
    return float(100.0 * 2.0 ** (-max(0.0, excess) / half))


def _targets(targets: Sequence[Target]) -> Score:
    if not targets:
        return Score(ScoreKind.TARGET, None, "no targets were set")
    each = [_halved((t.reached - t.goal) / t.tolerance, _TARGET_HALF) for t in targets]
    reached = sum(t.reached <= t.goal for t in targets)
    why = f"{reached} of {_counted(len(targets), 'target')} reached"
    return Score(ScoreKind.TARGET, float(np.mean(each)), why)


def _pace(session: Session) -> Score:
    kind = ScoreKind.PACE
    missing = _too_few(session)
    if missing or session.lap_s is None or not session.optimum_s:
        return Score(kind, None, missing or "no optimum to compare with")
    behind_s = session.lap_s - session.optimum_s
    return Score(
        kind, _halved(behind_s / session.optimum_s, _PACE_HALF), f"{behind_s:.3f} s a lap off the optimum"
    )


def _consistency(session: Session) -> Score:
    kind = ScoreKind.CONSISTENCY
    missing = _too_few(session)
    if missing or session.spread_s is None or not session.lap_s:
        return Score(kind, None, missing or "no stint was long enough to tell its scatter")
    value = _halved(session.spread_s / session.lap_s, _STEADY_HALF)
    return Score(kind, value, f"a lap lies {session.spread_s:.3f} s beside its stint's line")


def _fuel(session: Session) -> Score:
    kind = ScoreKind.FUEL
    missing = _too_few(session)
    used_l, target_l = session.fuel_per_lap_l, session.fuel_target_l
    if missing or used_l is None:
        return Score(kind, None, missing or "no fuel of this car is known")
    if not target_l:
        return Score(kind, None, "no fuel target was set")
    return Score(
        kind, _halved(used_l / target_l - 1.0, _FUEL_HALF), f"{used_l:.2f} l a lap against {target_l:.2f} l"
    )


def _tyres(session: Session) -> Score:
    kind = ScoreKind.TYRES
    missing = _too_few(session)
    own_s, others_s = session.fall_off_s, session.others_fall_off_s
    if missing or own_s is None or not session.lap_s:
        return Score(kind, None, missing or "no stint was long enough to tell its fall-off")
    if others_s is None:
        return Score(kind, None, "nobody else's fall-off is known")
    value = _halved((own_s - others_s) / session.lap_s, _TYRE_HALF)
    return Score(kind, value, f"{own_s:.3f} s a lap against {others_s:.3f} s of the class")


def _incidents(session: Session) -> Score:
    kind = ScoreKind.INCIDENTS
    if session.incidents is None:
        return Score(kind, None, "incidents were not looked for")
    if not session.hours > 0:
        return Score(kind, None, "no time at the wheel")
    points = sum(_POINTS.get(each, 1.0) for each in session.incidents)
    # A short run must not turn one slide into many an hour.
    value = _halved(points / max(session.hours, 0.5), _POINTS_HALF)
    return Score(kind, value, f"{_counted(round(points), 'point')} in {session.hours:.1f} h")


def _too_few(session: Session) -> str:
    few = session.clear_laps < LEAST_LAPS
    return f"{_counted(session.clear_laps, 'clear lap')}, {LEAST_LAPS} are needed" if few else ""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
