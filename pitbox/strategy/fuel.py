"""How much our car takes a lap: from its own laps, each kind of lap apart.

Clean laps count. In-laps, out-laps, tows, laps under caution, laps with holes and laps in which something
went wrong do not; laps in the wet and laps on which somebody saved are kept apart, each with its own figure.
"""

import math
from collections.abc import Callable, Sequence
from statistics import fmean, median

import msgspec

from pitbox.model.fact import Lap
from pitbox.strategy.story import LEAST_LAP_S, CarStory

CLEAN, SAVED, WET, CAUTION, OTHER = "clean", "saved", "wet", "caution", "other"
LEAST_SPREAD = 0.015
"""Of a lap's use: a driver does not repeat a lap more exactly than this, however few laps say so."""
_SAVED_LESS, _SAVED_SLOWER = 0.03, 0.002
"""Saving is that much less fuel on a lap that is that much slower than the driver's usual ones."""
_LEAST_FOR_SAVING = 4
_EARLY_LAPS = 5
"""The first laps of a stint: full tank, cold tyres."""


class LapUse(msgspec.Struct, frozen=True):
    lap: int
    used_l: float
    time_s: float
    user_id: int
    kind: str
    is_early: bool
    """Of a stint's first laps."""


class Use(msgspec.Struct, frozen=True):
    """Litres (kWh in an electric car) a lap."""

    mean_l: float
    spread_l: float
    """One standard deviation of a single lap."""
    laps: int
    """That it stands on; 0: said, not measured."""
    words: str

    @property
    def doubt_l(self) -> float:
        """One standard deviation of the mean itself."""
        return self.spread_l / math.sqrt(max(1, self.laps))


class FuelUse(msgspec.Struct, frozen=True):
    """Everything that our car's laps say about its use."""

    laps: tuple[LapUse, ...]
    earlier_l: float | None = None
    """A lap in practice or qualifying: it is the same car, so it counts until the race speaks."""
    is_wet_now: bool = False
    """So wet laps speak for what is to come, once there are three."""

    def of(
        self, kind: str = CLEAN, user_id: int | None = None, *, is_early: bool | None = None
    ) -> list[LapUse]:
        """Oldest first."""
        return [
            lap
            for lap in self.laps
            if lap.kind == kind
            and (user_id is None or lap.user_id == user_id)
            and (is_early is None or lap.is_early == is_early)
        ]

    def use(
        self, kind: str = CLEAN, user_id: int | None = None, *, is_early: bool | None = None
    ) -> Use | None:
        """None where no such lap was driven."""
        who = "" if user_id is None else " of this driver"
        phase = {None: "", True: " at the start of stints", False: " later in stints"}[is_early]
        return _use(self.of(kind, user_id, is_early=is_early), f"{kind} laps{who}{phase}")

    def last(self) -> Use | None:
        return _use(self.of()[-1:], "the last clean lap", spread_of=self.of())

    def mean(self, count: int) -> Use | None:
        """Of the last clean laps; of fewer if there are not so many, and it says so."""
        return _use(self.of()[-count:], "the last clean laps")

    def worst(self) -> Use | None:
        """The thirstiest clean lap."""
        return _use(
            sorted(self.of(), key=lambda lap: lap.used_l)[-1:],
            "the thirstiest clean lap",
            spread_of=self.of(),
        )

    def best_guess(self, user_id: int | None = None) -> Use | None:
        """The driver's own clean laps if there are some, else everybody's, else what practice said."""
        wet = self.use(WET) if self.is_wet_now else None
        if wet is not None and wet.laps >= 3:
            return wet
        for found in (self.use(user_id=user_id) if user_id is not None else None, self.use()):
            if found is not None and found.laps >= 3:
                return found
        if self.earlier_l is not None and self.earlier_l > 0:
            spread_l = 2 * LEAST_SPREAD * self.earlier_l
            words = "last clean laps, those of practice and qualifying among them"
            return Use(self.earlier_l, spread_l, 0, words)
        return self.use()

    def saving_cost_s(self) -> tuple[float, str]:
        """Seconds a lap for each 1 % of fuel saved, and where that comes from."""
        clean, saved = self.of(), self.of(SAVED)
        if len(saved) >= 2 and len(clean) >= _LEAST_FOR_SAVING:
            less = 1.0 - median(lap.used_l for lap in saved) / median(lap.used_l for lap in clean)
            slower_s = median(lap.time_s for lap in saved) - median(lap.time_s for lap in clean)
            if less > 0.01 and slower_s > 0:
                return slower_s / (100.0 * less), f"{len(saved)} laps of saving"
        lap_s = median(lap.time_s for lap in clean) if clean else 100.0
        return 0.0012 * lap_s, "rule of thumb: 0.12 % of a lap for each 1 %"


def fuel_use(
    car: CarStory,
    is_wet: Callable[[Lap], bool] | None = None,
    earlier_l: float | None = None,
    *,
    is_wet_now: bool = False,
) -> FuelUse:
    """`is_wet` tells laps on a wet track, where somebody knows; `earlier_l` comes from before the race."""
    told = [lap for lap in car.laps if lap.fuel_used_l is not None and lap.time_s >= LEAST_LAP_S]
    starts = {stint.stint: stint.start_lap for stint in car.stints}
    found = [
        LapUse(
            lap.lap,
            lap.fuel_used_l or 0.0,
            lap.time_s,
            lap.user_id,
            _kind(lap, is_wet),
            lap.lap - starts.get(lap.stint, 0) < _EARLY_LAPS,
        )
        for lap in told
        if lap.fuel_used_l is not None and lap.fuel_used_l > 0
    ]
    return FuelUse(tuple(_mark_saved(found)), earlier_l, is_wet_now)


def _kind(lap: Lap, is_wet: Callable[[Lap], bool] | None) -> str:
    kind = lap.kind
    if kind.is_in or kind.is_out or kind.is_tow or kind.is_broken or kind.is_incident:
        return OTHER
    if kind.is_caution:
        return CAUTION
    return WET if is_wet is not None and is_wet(lap) else CLEAN


def _mark_saved(laps: Sequence[LapUse]) -> list[LapUse]:
    """Against the same driver's clean laps, so that a slow driver is no saver."""
    usual: dict[int, tuple[float, float]] = {}
    for user_id in {lap.user_id for lap in laps}:
        clean = [lap for lap in laps if lap.kind == CLEAN and lap.user_id == user_id]
        if len(clean) >= _LEAST_FOR_SAVING:
            usual[user_id] = (median(lap.used_l for lap in clean), median(lap.time_s for lap in clean))
    marked = []
    for lap in laps:
        known = usual.get(lap.user_id)
        is_saved = (
            lap.kind == CLEAN
            and known is not None
            and lap.used_l < (1.0 - _SAVED_LESS) * known[0]
            and lap.time_s > (1.0 + _SAVED_SLOWER) * known[1]
        )
        marked.append(msgspec.structs.replace(lap, kind=SAVED) if is_saved else lap)
    return marked


def _use(laps: Sequence[LapUse], words: str, spread_of: Sequence[LapUse] = ()) -> Use | None:
    if not laps:
        return None
    mean_l = fmean(lap.used_l for lap in laps)
    wide = spread_of or laps
    centre_l = fmean(lap.used_l for lap in wide)
    squares = math.fsum((lap.used_l - centre_l) ** 2 for lap in wide)
    seen_l = math.sqrt(squares / (len(wide) - 1)) if len(wide) > 1 else 2 * LEAST_SPREAD * mean_l
    if 1 < len(wide) < 10:  # few laps understate how different laps can be
        seen_l *= 1.0 + 1.0 / len(wide)
    spread_l = max(LEAST_SPREAD * mean_l, seen_l)
    count = f"{len(laps)} of " if words.startswith("the ") else f"{len(laps)} "
    return Use(mean_l, spread_l, len(laps), count + words if len(laps) > 1 else words)
