"""What each lap of the race would have taken as things were: by plan, driver, car and track.

usual = the plan's lap for whoever drove + what the car was off for everybody + what the track did then
"""

from statistics import fmean

import msgspec

from pitbox.model.fact import Lap
from pitbox.planning.after.driven import Raced
from pitbox.planning.after.estimate import middle, scatter
from pitbox.planning.after.itinerary import Itinerary, expected_s
from pitbox.planning.after.noun import Estimate

LEAST_LAPS = 5
"""Clean laps before anything is said of a stint or a person."""
_USUAL_SHARE = 0.005
"""Of a lap, by which clean laps scatter."""
_FAR = 3.0
"""Spreads above the middle: traffic or a mistake."""


class Timed(msgspec.Struct, frozen=True):
    """One lap and what stands beside it."""

    lap: Lap
    stint: int
    """Index of it."""
    planned_s: float
    """By whom the plan named for this lap."""
    expected_s: float
    """By whoever drove it, as the plan had that person."""
    track_s: float
    is_clean: bool

    @property
    def off_s(self) -> float:
        """Against the person's plan, the track taken out."""
        return self.lap.time_s - self.expected_s - self.track_s


class Laps(msgspec.Struct, frozen=True):
    timed: tuple[Timed, ...]
    common: Estimate
    """What the car was slower a lap than planned, whoever drove it; 0 where it cannot be told."""
    sigma_s: float
    """Of a clean lap around the middle of its stint."""
    is_told: bool
    """False: one driver alone, or too few laps; what the car did is then not told from what people did."""

    def usual_s(self, one: Timed) -> float:
        return one.expected_s + self.common.value + one.track_s

    def clean(self, stint: int) -> list[Timed]:
        return [one for one in self.timed if one.stint == stint and one.is_clean]

    def slow(self, stint: int) -> list[Timed]:
        """Of the clean laps those that traffic or a mistake is in."""
        some = self.clean(stint)
        if len(some) < LEAST_LAPS:
            return []
        offs = [one.off_s for one in some]
        limit_s = middle(offs).value + _FAR * max(scatter(offs), self.sigma_s)
        return [one for one in some if one.off_s > limit_s]


def timed_laps(race: Raced, plan: Itinerary) -> Laps:
    timed = tuple(_timed(race, plan, lap) for lap in race.laps)
    stints = sorted({one.stint for one in timed})
    by_stint = {at: [o.off_s for o in timed if o.stint == at and o.is_clean] for at in stints}
    enough = {at: offs for at, offs in by_stint.items() if len(offs) >= LEAST_LAPS}
    sigma_s = fmean([scatter(offs) for offs in enough.values()]) if enough else _rough_s(timed, race)
    found = Laps(timed, Estimate(0.0, 0.0, 0.0), sigma_s, is_told=False)
    paces = _paces(race, found)
    if len(paces) < 2:
        return found
    # Of an even number the quicker one of the middle two: who is slow does not make the car slow.
    ordered = sorted(paces, key=lambda pace: pace.value)
    return msgspec.structs.replace(found, common=ordered[(len(ordered) - 1) // 2], is_told=True)


def _rough_s(timed: tuple[Timed, ...], race: Raced) -> float:
    """Where no stint has enough clean laps: of each person's, else as much as is usual."""
    offs: dict[str, list[float]] = {}
    for one in timed:
        if one.is_clean:
            offs.setdefault(race.stints[one.stint].seat, []).append(one.off_s)
    enough = [scatter(some) for some in offs.values() if len(some) >= LEAST_LAPS]
    return fmean(enough) if enough else _USUAL_SHARE * race.relay.lap_s


def _paces(race: Raced, found: Laps) -> list[Estimate]:
    """Of each driver with enough laps: the middle of what was off."""
    offs: dict[str, list[float]] = {}
    for at, stint in enumerate(race.stints):
        slow = {id(one) for one in found.slow(at)}
        offs.setdefault(stint.seat, []).extend(o.off_s for o in found.clean(at) if id(o) not in slow)
    return [middle(some) for key, some in offs.items() if key and len(some) >= LEAST_LAPS]


def _timed(race: Raced, plan: Itinerary, lap: Lap) -> Timed:
    stint = race.stint_at(lap)
    seat = race.seat(race.stints[stint].seat) if race.stints else None
    planned_s = plan.rolled_s(lap.lap - 1.0, float(lap.lap))
    middle_s = (lap.start_s + lap.end_s) / 2 - race.green_s
    own_s = planned_s if seat is None else expected_s(race.relay, seat, middle_s)
    is_clean = lap.lap > 1 and lap.kind.is_clean()
    return Timed(lap, stint, planned_s, own_s, race.track.off_s(lap.start_s, lap.end_s), is_clean)
