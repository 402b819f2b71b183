"""On which lap a car stops next: as a distribution over all that may happen, and apart from it under green.

Lap by lap there is a chance that it comes in: because its tank is nearly empty (`capacity`), because a
caution makes a stop cheap, or early for reasons of its own. The cautions to come are one future each: none,
or one that begins on some lap from now.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from statistics import median

import msgspec
import numpy as np

from pitbox.strategy.capacity import SIZES, Floats, limit_chance, mean_size
from pitbox.strategy.caution import CautionProcess, caution_process
from pitbox.strategy.gauge import Gauge, empty_chance
from pitbox.strategy.laps import LapChances
from pitbox.strategy.outing import CAUTION_USE, Outing
from pitbox.strategy.stop_book import StopBook, caution_chance
from pitbox.strategy.story import FINISHED, CarNow, Moment

NEAR_LAPS = 2
"""`chance` is the chance of being right within so many laps."""
_SLOW_PACE = 1.7
"""A lap behind the safety car against one under green."""
_STAYS_OUT = 0.05
"""Of an eager car's chance, on a caution in which it has stopped already."""
_HOME_EARLY, _HOME_LIMIT = 0.3, 0.15
"""Who can reach the flag without a stop comes in that much less."""
_MOST_CHANCE = 0.97
_ONSETS = 24
_LEAST_WEIGHT = 2e-3
_LONGEST = 160
_CLASS_STINTS = 5.0
"""The median stint of the class counts as so many of the car's own."""
_SAME = 0.005
"""A chance that is no difference between two laps when a gauge narrows them down."""


class StopOutlook(msgspec.Struct, frozen=True):
    """When the next stop comes."""

    lap: int
    """At the end of which it comes in: the lap around which most of the chance lies."""
    chance: float
    """That it is this lap, give or take two."""
    first: int
    last: int
    """It comes between these two in 9 of 10 races in which it comes at all."""
    no_stop: float
    """The chance that it does not stop again."""
    laps: LapChances
    """Of each lap, if it stops at all."""


class NextStop(msgspec.Struct, frozen=True):
    car_idx: int
    overall: StopOutlook
    if_green: StopOutlook
    """If no further caution comes; one that runs already ends as cautions do."""
    tank_laps: float
    """How far a full tank goes under green."""
    assumptions: tuple[str, ...]
    source: str = "stops so far"
    """Or `fuel gauge`, of our own car while somebody of ours drives it."""
    middle_lap: float = 0.0
    """Half of the chances lie before it; held by the median stint of its class while its stops are few."""

    @property
    def likely(self) -> tuple[int, int, int] | None:
        """Between which laps it comes in 9 of 10 races, and the middle of them; None: rather not at all."""
        said = self.overall
        if said.no_stop > 0.5:
            return None
        return said.first, min(max(round(self.middle_lap or said.lap), said.first), said.last), said.last

    @property
    def words(self) -> str:
        """`stops about lap 41, 38 to 45`; empty where it rather does not stop again."""
        if self.likely is None:
            return ""
        first, middle, last = self.likely
        return f"stops on lap {middle}" if first == last else f"stops about lap {middle}, {first} to {last}"


class _Tanks(msgspec.Struct, frozen=True):
    """Sizes that the tank may have, in green laps."""

    sizes: Floats
    shares: Floats
    mean: float


class NextStopModel:
    """The plain model. One for a race: it learns as the moments go by."""

    def __init__(
        self,
        book: StopBook | None = None,
        cautions: Callable[[Moment], CautionProcess] = caution_process,
    ) -> None:
        self.book = book or StopBook()
        self._cautions = cautions
        self._usual = _Usual()

    def next_stop(self, moment: Moment, car: CarNow, gauge: Gauge | None = None) -> NextStop | None:
        """None for a car that has finished, or has not driven yet. A gauge beats what stops suggest."""
        self.book.read(moment)
        known, pace_s = self.book.cars.get(car.car_idx), self.book.pace_s(car)
        if known is None or pace_s is None or car.status == FINISHED:
            return None
        outing, tank = known.outing, _Tanks(*self._sizes(car))
        if gauge is not None:
            outing, tank = known.outing.measured(gauge.drunk_laps), _Tanks(*gauge.sizes(), gauge.full_laps)
        futures = _futures(
            moment, self._cautions(moment), outing, pace_s, int(min(_LONGEST, 1.35 * tank.mean + 12))
        )
        rates = self.book.rates
        limit = limit_chance if gauge is None else empty_chance
        chances = _stop_chances(futures, outing, tank, (rates.early_per_tank, rates.eagerness), limit)
        by_future = chances @ tank.shares
        overall = np.asarray(futures.weights @ by_future)
        stops, tanks = len(car.story.stops), len(self.book.classes[car.class_id].visits_s)
        same = 0.0 if gauge is None else _SAME
        outlook = _outlook(overall, car.laps, same)
        return NextStop(
            car_idx=car.car_idx,
            overall=outlook,
            if_green=_outlook(by_future[0], car.laps, same),
            tank_laps=tank.mean,
            assumptions=(
                f"a tank lasts {tank.mean:.1f} laps under green ("
                + (f"{stops} stops of its own, {tanks} of its class)" if gauge is None else "by our gauge)"),
                f"{outing.drunk:.1f} of them used" if gauge is None else gauge.words,
                futures.words,
            ),
            source="stops so far" if gauge is None else "fuel gauge",
            middle_lap=outlook.laps.quantile(0.5) if gauge else self._held(moment, car, outlook),
        )

    def _held(self, moment: Moment, car: CarNow, outlook: StopOutlook) -> float:
        middle, usual = float(outlook.laps.quantile(0.5)), self._usual.stint(moment, car.class_id)
        if usual is None:
            return middle
        last, stints = car.story.stops.last, len(car.story.stops) + 1
        plain = max(car.laps + 1.0, (0 if last is None else last.lap) + usual)
        return (_CLASS_STINTS * plain + stints * middle) / (_CLASS_STINTS + stints)

    def _sizes(self, car: CarNow) -> tuple[Floats, Floats, float]:
        weights = self.book.tank_laps(car.car_idx)
        is_kept = weights > _LEAST_WEIGHT
        return SIZES[is_kept], weights[is_kept] / weights[is_kept].sum(), mean_size(weights)

    def soon(self, moment: Moment, car: CarNow, laps: int) -> float:
        """The chance that it comes in at the end of one of the next `laps`, the flag staying as it is."""
        self.book.read(moment)
        known = self.book.cars.get(car.car_idx)
        if known is None or laps <= 0:
            return 0.0
        rates, outing = self.book.rates, known.outing
        weights = self.book.tank_laps(car.car_idx)
        tank, out = mean_size(weights), np.ones_like(weights)
        for ahead in range(1, laps + 1):
            drunk = outing.drunk + ahead * (1.0 if outing.age_s is None else CAUTION_USE)
            if outing.age_s is None:
                other = rates.early_per_tank / tank
            elif outing.is_again:
                other = _STAYS_OUT * min(rates.eagerness, 1.5)
            else:
                age_s = outing.age_s + ahead * _SLOW_PACE * (self.book.pace_s(car) or 100.0)
                other = rates.eagerness * float(caution_chance(drunk / tank, age_s))
            out *= 1.0 - np.minimum(_MOST_CHANCE, other + limit_chance(drunk))
        return float(1.0 - weights @ out)


class _Usual:
    """The median stint of a class, worked out once a moment; none while most cars drive their first."""

    def __init__(self) -> None:
        self._moment: Moment | None = None
        self._stints: dict[int, float | None] = {}

    def stint(self, moment: Moment, class_id: int) -> float | None:
        if self._moment is not moment:
            self._moment, self._stints = moment, {}
        if class_id not in self._stints:
            cars = list(moment.of_class(class_id))
            found = [laps for car in cars for laps in stints_of(car)]
            # Until as many are over as run, the short ones are all that there is: early stops for damage.
            self._stints[class_id] = float(median(found)) if found and len(found) >= len(cars) else None
        return self._stints[class_id]


def stints_of(car: CarNow) -> list[int]:
    """Laps of those that ended with a stop."""
    ends = [0, *(stop.lap for stop in car.story.stops)]
    return [after - before for before, after in pairwise(ends) if after > before]


class _Futures(msgspec.Struct, frozen=True):
    """Rows are futures (the first: no further caution), columns the laps to come."""

    weights: Floats
    age_s: Floats
    """Of the caution that runs on that lap; negative under green."""
    is_again: Floats
    used: Floats
    """Green laps driven from now to the end of that lap."""
    left: Floats
    """Green laps that remain until the flag after it; infinite where nobody knows."""
    words: str


def _futures(moment: Moment, cautions: CautionProcess, outing: Outing, pace_s: float, laps: int) -> _Futures:
    slow_lap_s = _SLOW_PACE * pace_s
    length_s = math.exp(cautions.log_length + cautions.spread**2 / 4)
    count = max(2, round(length_s / slow_lap_s))
    onsets = np.unique(np.linspace(0, laps - 1, min(laps, _ONSETS)).astype(int))
    age_s = np.full((1 + len(onsets), laps), -1.0)
    is_again = np.zeros_like(age_s)
    if outing.age_s is not None:
        rest = max(1, round(max(length_s - outing.age_s, 0.3 * length_s) / slow_lap_s))
        age_s[:, :rest] = outing.age_s + slow_lap_s * np.arange(1, rest + 1)[: min(rest, laps)]
        is_again[:, :rest] = outing.is_again
    for row, onset in enumerate(onsets, 1):
        end = min(laps, onset + count)
        age_s[row, onset:end] = slow_lap_s * (np.arange(end - onset) + 0.5)
        is_again[row, onset:end] = False
    is_slow = age_s >= 0
    now_s = np.cumsum(np.where(is_slow, slow_lap_s, pace_s), axis=1)
    weights, words = _onset_weights(cautions, onsets, laps, pace_s)
    return _Futures(
        weights,
        age_s,
        is_again,
        np.cumsum(np.where(is_slow, CAUTION_USE, 1.0), axis=1),
        _laps_left(moment, now_s, pace_s),
        words,
    )


def _onset_weights(
    cautions: CautionProcess,
    onsets: "np.ndarray[tuple[int, ...], np.dtype[np.int_]]",
    laps: int,
    pace_s: float,
) -> tuple[Floats, str]:
    """How likely each future is, a caution being as likely on each lap."""
    per_hour = cautions.rate_shape / cautions.rate_h if cautions.rate_h > 0 else 0.0
    keep = math.exp(-per_hour * pace_s / 3600.0)
    until = np.append(onsets[1:], laps)
    weights = keep**onsets - keep ** until.astype(np.float64)
    return np.concatenate(([keep**laps], weights)), f"{per_hour:.1f} cautions an hour ({cautions.words})"


def _laps_left(moment: Moment, now_s: Floats, pace_s: float) -> Floats:
    left = np.full_like(now_s, np.inf)
    if moment.time_left_s is not None:
        left = np.minimum(left, np.maximum(0.0, moment.time_left_s - now_s) / pace_s)
    leader = moment.leader
    if moment.length.laps is not None and leader is not None:
        left = np.minimum(left, np.maximum(0.0, moment.length.laps - leader.place - now_s / pace_s))
    return left


def _stop_chances(
    futures: _Futures,
    outing: Outing,
    tanks: _Tanks,
    rates: tuple[float, float],
    limit_of: Callable[[Floats, Floats], Floats],
) -> Floats:
    """Of stopping on each lap and not before, by future, lap and size of the tank."""
    (early, eagerness), tank = rates, tanks.mean
    drunk = outing.drunk + futures.used
    is_slow, is_home = futures.age_s >= 0, drunk + futures.left <= tank
    rush = eagerness * caution_chance(drunk / tank, futures.age_s)
    rush = np.where(futures.is_again > 0, _STAYS_OUT * min(eagerness, 1.5), rush)
    early_now = np.where(is_home, _HOME_EARLY, 1.0) * early / tank
    other = np.where(is_slow, rush, early_now)
    # Futures share most of what is drunk by then: each amount is asked once. All else is done in place.
    amounts, at = np.unique(drunk, return_inverse=True)
    chance: Floats = limit_of(amounts[:, None], tanks.sizes)[at.reshape(drunk.shape)]
    chance *= np.where(is_home, _HOME_LIMIT, 1.0)[:, :, None]
    chance += other[:, :, None]
    np.minimum(_MOST_CHANCE, chance, out=chance)
    chance[futures.left <= 0] = 0.0
    goes_on = 1.0 - chance
    for lap in range(1, goes_on.shape[1]):  # numpy's cumprod along this axis takes ten times as long
        goes_on[:, lap] *= goes_on[:, lap - 1]
    chance[:, 1:] *= goes_on[:, :-1]
    return chance


def _outlook(chances: Floats, done: int, same: float) -> StopOutlook:
    total = float(chances.sum())
    near = np.convolve(chances, np.ones(2 * NEAR_LAPS + 1), mode="same")
    if len(chances) < 2 * NEAR_LAPS + 1:
        near = np.full_like(chances, total)
    # Where several laps have about the same chance around them, the likeliest of them.
    best = int(np.where(near >= near.max() - same, chances, -1.0).argmax())
    shares = chances / total if total > 0 else np.full_like(chances, 1.0 / len(chances))
    laps = LapChances(done + 1, tuple(shares.tolist()))
    first, last = laps.interval(0.9)
    return StopOutlook(
        lap=done + 1 + best,
        chance=min(1.0, float(near[best])),
        first=first,
        last=last,
        no_stop=max(0.0, 1.0 - total),
        laps=laps,
    )
