"""The mistakes of a driver's laps.

found = find_mistakes(laps, corners)      # all of one driver, car and track; in any order
found[0].mistakes                         # by place
found[0].not_judged                       # which kinds could not be told, and why
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.analysis.driven import Corner, DrivenLap, Mistake, MistakeKind
from pitbox.analysis.mistake.apex import Apexes
from pitbox.analysis.mistake.departure import offs, spins
from pitbox.analysis.mistake.lift import lifts
from pitbox.analysis.mistake.need import WHEELS, what_is_missing
from pitbox.analysis.mistake.ordinary import LEAST_LAPS, Ordinary, ordinary
from pitbox.analysis.mistake.price import prices
from pitbox.analysis.mistake.stretch import Mask, Stretch, around
from pitbox.analysis.mistake.wheel import lock_ups, wheelspins

_EXCUSED_S = (0.4, 4.0)
"""Before and after a mistake of another kind: a lift there is its consequence."""
_FULL_LOSS_S = 2.0
"""A mistake that cost so much is as grave as can be."""
_ENGINE_ONLY = "lock-ups need wheel speeds; without them only wheels that the engine turns show"
_COMPARED = (MistakeKind.MISSED_APEX, MistakeKind.EARLY_LIFT)


class LapMistakes(msgspec.Struct, frozen=True):
    lap: str
    mistakes: tuple[Mistake, ...]
    """By their start."""
    not_judged: dict[MistakeKind, str]
    """The kinds that could not be told on this lap, or not on every wheel, and why."""


def find_mistakes(
    laps: Sequence[DrivenLap], corners: Sequence[Corner] = (), usual: Ordinary | None = None
) -> tuple[LapMistakes, ...]:
    """In the order of the laps. `usual`: as known from elsewhere; else of these laps themselves."""
    known = usual or ordinary(laps)
    apexes = Apexes(laps, known, corners)
    return tuple(_lap_mistakes(lap, at, known, corners, apexes) for at, lap in enumerate(laps))


def _lap_mistakes(
    lap: DrivenLap, at: int, usual: Ordinary | None, corners: Sequence[Corner], apexes: Apexes
) -> LapMistakes:
    found = [*offs(lap), *spins(lap, usual)]
    # A car that is off or around locks and spins its wheels as it must; who stops at the stall, too.
    is_excused = _near(lap, found) | _in_lane(lap)
    found += [each for each in (*lock_ups(lap), *wheelspins(lap)) if not is_excused[each.first]]
    excused = _near(lap, found)
    missed = [(each, number) for each, number in apexes.missed(at) if not excused[each.first]]
    found += [*lifts(lap, usual, excused), *(each for each, _ in missed)]
    found.sort(key=lambda each: (each.first, each.kind))
    numbers = {(each.kind, each.first): number for each, number in missed}
    mistakes = tuple(
        _mistake(lap, each, lost_s, numbers.get((each.kind, each.first), _corner(lap, each, corners)))
        for each, lost_s in zip(found, prices(lap, usual, found), strict=True)
    )
    return LapMistakes(lap.name, mistakes, _not_judged(lap, usual, corners))


def _in_lane(lap: DrivenLap) -> Mask:
    """Where it is not known, nowhere."""
    on_pit_road = lap.channels.get("OnPitRoad")
    return np.zeros(len(lap.t_s), np.bool_) if on_pit_road is None else on_pit_road > 0.5


def _near(lap: DrivenLap, found: list[Stretch]) -> Mask:
    holds = np.zeros(len(lap.t_s), np.bool_)
    for each in found:
        holds[each.first : each.last + 1] = True
    return around(holds, lap.t_s, *_EXCUSED_S)


def _mistake(lap: DrivenLap, each: Stretch, lost_s: float | None, corner: int | None) -> Mistake:
    severity = max(each.measure, min(1.0, max(0.0, lost_s or 0.0) / _FULL_LOSS_S))
    where = "" if corner is None else f" at corner {corner}"
    cost = "" if lost_s is None or lost_s < 0.005 else f"; {lost_s:.2f} s lost"
    return Mistake(
        kind=each.kind,
        start=float(lap.pct[each.first]),
        end=float(lap.pct[each.last]),
        severity=round(severity, 3),
        t_s=float(lap.t_s[each.first]),
        lost_s=lost_s,
        corner=corner,
        words=f"{each.kind.capitalize()}{where}: {each.words}{cost}.",
    )


def _corner(lap: DrivenLap, each: Stretch, corners: Sequence[Corner]) -> int | None:
    """The corner that it happened in, or on the way into: its braking belongs to it."""
    return corner_at(float(lap.pct[each.first]), corners)


def corner_at(pct: float, corners: Sequence[Corner]) -> int | None:
    """The corner that begins or lies at most a fortieth of the lap ahead; None on the long straights."""
    best: tuple[float, int] | None = None
    for corner in corners:
        length = corner.end - corner.start
        into = (pct - corner.start + 0.025) % 1.0
        if into <= length + 0.025 and (best is None or abs(into - 0.025) < best[0]):
            best = (abs(into - 0.025), corner.number)
    return None if best is None else best[1]


def _not_judged(lap: DrivenLap, usual: Ordinary | None, corners: Sequence[Corner]) -> dict[MistakeKind, str]:
    found = what_is_missing(lap.channels)
    if not lap.channels.keys() >= set(WHEELS):
        found.setdefault(MistakeKind.LOCK_UP, _ENGINE_ONLY)
    for kind in _COMPARED:
        if kind in found:
            continue
        if usual is None:
            found[kind] = f"fewer than {LEAST_LAPS} flying laps to compare with"
        elif not usual.is_flying(lap):
            found[kind] = "the lap was not driven for time"
    if not corners:
        found.setdefault(MistakeKind.MISSED_APEX, "no corners are known")
    return found
