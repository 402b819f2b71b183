"""Laps by what happened in them, and visits to the pits with the laps into and out of them."""

from enum import StrEnum
from statistics import median

import msgspec

from pitbox.model.fact import Stop
from pitbox.planning.after.driven import Raced
from pitbox.planning.after.usual import Laps, Timed
from pitbox.planning.after.visit import Visit
from pitbox.strategy.story import RED

_HALT_S = 900.0
"""A lap under caution that took so much longer is a race that stood still, whatever flag was noted."""
_AROUND = 12
"""Laps before and behind that tell what a lap under caution takes."""


class LapStory(StrEnum):
    START = "start"
    CLEAN = "clean"
    CAUTION = "caution"
    HALT = "halt"
    TROUBLE = "trouble"
    PITS = "pits"


class Passage(msgspec.Struct, frozen=True):
    """From one stint to the next."""

    stint: int
    """Index of the one behind it."""
    stop: Stop
    laps: tuple[Timed, ...]
    visit_s: float | None
    loss_s: float | None
    """Of its laps, against such laps without a visit; None where one of them is missing."""
    is_slow: bool
    """Under caution."""
    is_halted: bool = False
    """The race stood still meanwhile: what the visit took says nothing."""

    @property
    def way_s(self) -> float | None:
        """What its laps took beside the visit; below zero, since the lane stands for a piece of the track."""
        return None if self.loss_s is None or self.visit_s is None else self.loss_s - self.visit_s


class Told(msgspec.Struct, frozen=True):
    """The whole race: each lap in one group."""

    kinds: dict[int, LapStory]
    """By number of the lap."""
    slow_s: dict[int, float]
    """By number of the lap, for those under caution: what such a lap took then."""
    passages: tuple[Passage, ...]


def told(race: Raced, laps: Laps) -> Told:
    halts = [(p.start_s, p.end_s) for p in race.phases() if p.flag == RED]
    stops = {at: stop for at in range(1, len(race.stints)) if (stop := race.stop_before(at)) is not None}
    by_lap = {stop.lap: at for at, stop in stops.items()}
    kinds: dict[int, LapStory] = {}
    halted: set[int] = set()
    of_stop: dict[int, list[Timed]] = {at: [] for at in stops}
    for one in laps.timed:
        lap = one.lap
        at = _passage(one, stops, by_lap)
        if _is_halt(one, halts):
            kinds[lap.lap] = LapStory.HALT
            halted |= set() if at is None else {at}
        elif at is not None:
            kinds[lap.lap] = LapStory.PITS
            of_stop[at].append(one)
        else:
            kinds[lap.lap] = _kind(one)
    slow_s = _slow(laps, kinds)
    passages = tuple(
        msgspec.structs.replace(_of(at, stop, of_stop[at], laps, slow_s), is_halted=at in halted)
        for at, stop in stops.items()
    )
    return Told(kinds, slow_s, passages)


def _is_halt(one: Timed, halts: list[tuple[float, float | None]]) -> bool:
    lap = one.lap
    is_red = any(a < lap.end_s and (b is None or b > lap.start_s) for a, b in halts)
    return is_red or (lap.kind.is_caution and lap.time_s - one.expected_s > _HALT_S)


def _passage(one: Timed, stops: dict[int, Stop], by_lap: dict[int, int]) -> int | None:
    """Which change of stint a lap into or out of the pits belongs to."""
    lap = one.lap
    if lap.kind.is_in:
        return by_lap.get(lap.lap)
    if not lap.kind.is_out:
        return None
    return max((at for at, stop in stops.items() if stop.lap in {lap.lap - 1, lap.lap}), default=None)


def _kind(one: Timed) -> LapStory:
    kind = one.lap.kind
    if kind.is_caution and not kind.is_in and not kind.is_tow:
        return LapStory.CAUTION
    if one.is_clean:
        return LapStory.CLEAN
    is_plain = not (kind.is_in or kind.is_tow or kind.is_broken or kind.is_incident)
    return LapStory.START if one.lap.lap == 1 and is_plain else LapStory.TROUBLE


def _slow(laps: Laps, kinds: dict[int, LapStory]) -> dict[int, float]:
    """A lap under caution as those around it were; as it was itself where there is none."""
    plain = {one.lap.lap: one.lap.time_s for one in laps.timed if kinds[one.lap.lap] is LapStory.CAUTION}
    found: dict[int, float] = {}
    for one in laps.timed:
        lap = one.lap
        if not lap.kind.is_caution or kinds[lap.lap] is LapStory.HALT:
            continue
        near = [time_s for number, time_s in plain.items() if abs(number - lap.lap) <= _AROUND]
        found[lap.lap] = median(near) if near else laps.usual_s(one)
    return found


def _of(at: int, stop: Stop, some: list[Timed], laps: Laps, slow_s: dict[int, float]) -> Passage:
    rests_s = [one.lap.time_s - slow_s.get(one.lap.lap, laps.usual_s(one)) for one in some]
    is_whole = any(one.lap.kind.is_in for one in some) and any(one.lap.kind.is_out for one in some)
    return Passage(
        stint=at,
        stop=stop,
        laps=tuple(some),
        visit_s=Visit(stop, 0.0).visit_s,
        loss_s=sum(rests_s) if is_whole else None,
        is_slow=any(one.lap.kind.is_caution for one in some),
    )
