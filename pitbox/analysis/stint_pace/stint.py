"""One stint, and a car's stints together: pace without fuel, fall-off of the tyres, price of traffic.

Fuel burns off as tyres wear, so within one stint nobody can tell them apart by looking. What a litre costs is
therefore taken as known roughly, from what is usual or from what the caller knows better, and its uncertainty
is part of the interval. The sum of both, `net_s`, needs no such knowledge.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.analysis.driven import Floats
from pitbox.analysis.stint_pace.pace_lap import PaceLap
from pitbox.analysis.stint_pace.robust import Estimate, Fit, around, fitted

LEAST_LAPS = 6
"""Clear laps of a stint; fewer have no slope worth telling."""
_LEAST_TRAFFIC = 3
_SLOWEST = 1.06
"""Of the stint's middle: a slower lap was driven for something else."""
_LITRE_SHARE, _LITRE_SPREAD = 0.00025, 0.00008
"""Of a lap's time, by which a litre makes it longer; and how unsure that is."""
_BURN_LPS, _BURN_SPREAD = 0.029, 0.25
"""Litres a second of a car whose tank nobody knows, and how unsure that is, as a share."""
_NORMAL_90 = 1.6449


class FuelCost(msgspec.Struct, frozen=True):
    """What one litre on board costs a lap."""

    s_per_l: float
    sd: float


class StintPace(msgspec.Struct, frozen=True):
    stint: int
    compound: int
    user_ids: tuple[int, ...]
    clear_laps: int
    left_out: dict[str, int]
    """Laps by the reason why they say nothing."""
    pace_s: Estimate | None = None
    """A clear lap on tyres as old as this stint's are on average, with `reference_l` on board; in the middle
    of its fuel where nobody knows it."""
    net_s: Estimate | None = None
    """Slower by so much each lap, tyres and fuel together."""
    fall_off_s: Estimate | None = None
    """Of the tyres alone, each lap."""
    traffic_s: Estimate | None = None
    """What a lap behind somebody costs."""
    spread_s: float | None = None
    """Of a clear lap around the line: the consistency of the stint."""
    missing: tuple[str, ...] = ()


class CompoundPace(msgspec.Struct, frozen=True):
    """All stints on one compound, with one slope for all of them."""

    compound: int
    stints: int
    clear_laps: int
    fall_off_s: Estimate | None
    traffic_s: Estimate | None
    fuel_s_per_l: Estimate | None
    """As learnt from these stints and what was known before; None where no fuel is known."""
    spread_s: float | None = None
    missing: tuple[str, ...] = ()


def usual_fuel_cost(lap_s: float) -> FuelCost:
    return FuelCost(_LITRE_SHARE * lap_s, _LITRE_SPREAD * lap_s)


def stint_paces(
    laps: Sequence[PaceLap], cost: FuelCost | None = None, reference_l: float | None = None
) -> tuple[StintPace, ...]:
    """Of one car, by stint. `cost`: what a litre costs if it is known better than usual."""
    fuels = [lap.fuel_l for lap in laps if lap.fuel_l is not None]
    base_l = reference_l if reference_l is not None else float(np.median(fuels)) if fuels else 0.0
    numbers = sorted({lap.stint for lap in laps})
    return tuple(_stint([lap for lap in laps if lap.stint == n], cost, base_l) for n in numbers)


def compound_paces(laps: Sequence[PaceLap], cost: FuelCost | None = None) -> tuple[CompoundPace, ...]:
    """Of one car: stints share the slope of their compound and the price of a litre."""
    found = []
    for compound in sorted({lap.compound for lap in laps}):
        mine = [lap for lap in laps if lap.compound == compound]
        found.append(_compound(compound, mine, cost))
    return tuple(found)


def is_clear(lap: PaceLap, slowest_s: float) -> bool:
    return not _why(lap, slowest_s)


def limit_s(laps: Sequence[PaceLap]) -> float:
    """The slowest time that is still pace."""
    flying = [lap.time_s for lap in laps if not lap.left_out]
    return _SLOWEST * float(np.median(flying)) if flying else 0.0


def _why(lap: PaceLap, slowest_s: float) -> str:
    """Why the lap is no clear one; empty for one that is."""
    return lap.left_out or ("traffic" if lap.is_traffic else "slow" if lap.time_s > slowest_s else "")


def _stint(laps: Sequence[PaceLap], cost: FuelCost | None, base_l: float) -> StintPace:
    slowest_s = limit_s(laps)
    clear = [lap for lap in laps if is_clear(lap, slowest_s)]
    out = dict(Counter(why for lap in laps if (why := _why(lap, slowest_s))))
    users = tuple(dict.fromkeys(lap.user_id for lap in laps))
    found = StintPace(laps[0].stint, laps[0].compound, users, len(clear), out)
    if len(clear) < LEAST_LAPS:
        return msgspec.structs.replace(found, missing=(f"{len(clear)} clear laps, {LEAST_LAPS} are needed",))
    return _told(found, clear, [lap for lap in laps if _follows(lap, slowest_s)], cost, base_l)


def _follows(lap: PaceLap, slowest_s: float) -> bool:
    return not lap.left_out and lap.is_traffic and lap.time_s <= 2 * slowest_s


def _told(
    found: StintPace,
    clear: Sequence[PaceLap],
    behind: Sequence[PaceLap],
    cost: FuelCost | None,
    base_l: float,
) -> StintPace:
    times_s, age, burnt = _columns(clear)
    middle = float(age.mean())
    fit = fitted(np.stack((np.ones(len(age)), age - middle), axis=1), times_s)
    if fit is None:
        return msgspec.structs.replace(found, missing=("its clear laps are all of one age",))
    price = cost or usual_fuel_cost(float(np.median(times_s)))
    net, level = fit.estimate(1), fit.estimate(0)
    # Litres by which fuel falls with each lap, as it did on these very laps.
    burn_l, burn_sd = _burn(clear, burnt, times_s)
    gain_s = price.s_per_l * burn_l
    gain_sd = float(np.hypot(price.sd * burn_l, price.s_per_l * burn_sd))
    missing = [] if clear[0].fuel_l is not None else ["no fuel of this car: what it burns is taken as usual"]
    over_l = 0.0 if clear[0].fuel_l is None else float(np.mean([lap.fuel_l or 0.0 for lap in clear])) - base_l
    return msgspec.structs.replace(
        found,
        pace_s=_wider(level, -price.s_per_l * over_l, price.sd * over_l),
        net_s=net,
        fall_off_s=_wider(net, gain_s, gain_sd),
        traffic_s=_traffic(fit, clear, behind, middle),
        spread_s=fit.spread,
        missing=tuple(missing) + (() if len(behind) >= _LEAST_TRAFFIC else ("too few laps in traffic",)),
    )


def _columns(laps: Sequence[PaceLap]) -> tuple[Floats, Floats, Floats | None]:
    """Times, ages of tyres, and fuel where it is known of all."""
    times_s = np.array([lap.time_s for lap in laps])
    age = np.array([float(lap.tyre_laps) for lap in laps])
    fuels = [lap.fuel_l for lap in laps]
    known = [fuel for fuel in fuels if fuel is not None]
    return times_s, age, np.array(known) if len(known) == len(fuels) else None


def _burn(laps: Sequence[PaceLap], fuel: Floats | None, times_s: Floats) -> tuple[float, float]:
    """Litres a lap, and how unsure."""
    if fuel is None:
        usual = _BURN_LPS * float(np.median(times_s))
        return usual, _BURN_SPREAD * usual
    at = np.array([float(lap.lap) for lap in laps])
    return -float(np.polyfit(at, fuel, 1)[0]), 0.0


def _wider(estimate: Estimate, shift: float, sd: float) -> Estimate:
    reach = float(np.hypot(estimate.half_width, _NORMAL_90 * sd))
    return Estimate(estimate.value + shift, estimate.value + shift - reach, estimate.value + shift + reach)


def _traffic(fit: Fit, clear: Sequence[PaceLap], behind: Sequence[PaceLap], middle: float) -> Estimate | None:
    """How much slower than the clear laps' line those behind somebody were."""
    if len(behind) < _LEAST_TRAFFIC:
        return None
    ages = np.array([[1.0, lap.tyre_laps - middle] for lap in behind])
    over_s = np.array([lap.time_s for lap in behind]) - ages @ fit.weights
    at = ages.mean(axis=0)
    error = float(np.sqrt(over_s.var(ddof=1) / len(over_s) + at @ fit.covariance @ at))
    return around(float(over_s.mean()), error, len(over_s) - 1 + (len(clear) - 2) / 4)


def _compound(compound: int, laps: Sequence[PaceLap], cost: FuelCost | None) -> CompoundPace:
    by_stint = {n: [lap for lap in laps if lap.stint == n] for n in sorted({lap.stint for lap in laps})}
    clear, behind = [], []
    for mine in by_stint.values():
        slowest_s = limit_s(mine)
        kept = [lap for lap in mine if is_clear(lap, slowest_s)]
        if len(kept) >= LEAST_LAPS // 2:
            clear += kept
            behind += [lap for lap in mine if _follows(lap, slowest_s)]
    numbers = sorted({lap.stint for lap in clear})
    found = CompoundPace(compound, len(numbers), len(clear), None, None, None)
    if len(clear) < LEAST_LAPS + len(numbers):
        return msgspec.structs.replace(found, missing=(f"{len(clear)} clear laps are too few",))
    times_s, _, _ = _columns(clear)
    price = cost or usual_fuel_cost(float(np.median(times_s)))
    has_fuel = all(lap.fuel_l is not None for lap in clear)
    burn_l, burn_sd = _BURN_LPS * float(np.median(times_s)), _BURN_SPREAD
    design = _design(clear, numbers, burn_l, has_fuel=has_fuel)
    sd = price.sd if has_fuel else float(np.hypot(price.sd, price.s_per_l * burn_sd))
    prior = np.array([*np.zeros(len(numbers) + 1), price.s_per_l])
    sds = np.array([*np.full(len(numbers) + 1, np.inf), sd])
    fit = fitted(design, times_s, prior, sds, repeat=_repeat(clear, design, times_s, prior, sds))
    if fit is None:
        return msgspec.structs.replace(found, missing=("its clear laps are all of one age",))
    return msgspec.structs.replace(
        found,
        fall_off_s=fit.estimate(len(numbers)),
        traffic_s=_traffic_of_all(fit, clear, behind, _design(behind, numbers, burn_l, has_fuel=has_fuel)),
        fuel_s_per_l=fit.estimate(len(numbers) + 1) if has_fuel else None,
        spread_s=fit.spread,
        missing=() if has_fuel else ("no fuel of this car: what it burns is taken as usual",),
    )


def _design(laps: Sequence[PaceLap], stints: Sequence[int], burn_l: float, *, has_fuel: bool) -> Floats:
    """A level for each stint, the age of the tyres, the fuel."""
    rows = [
        [
            *(float(lap.stint == n) for n in stints),
            float(lap.tyre_laps),
            (lap.fuel_l or 0.0) if has_fuel else -burn_l * lap.stint_lap,
        ]
        for lap in laps
    ]
    return np.array(rows).reshape(len(laps), len(stints) + 2)


def _repeat(laps: Sequence[PaceLap], design: Floats, y: Floats, prior: Floats, sds: Floats) -> float:
    """How much of a lap's odd part is found again in the next lap of its stint; 0 to 0.6."""
    fit = fitted(design, y, prior, sds)
    if fit is None or len(laps) < 4 * LEAST_LAPS:
        return 0.0
    odd = np.clip(fit.residuals, -3 * fit.spread, 3 * fit.spread)
    pairs = [
        at
        for at in range(1, len(laps))
        if laps[at].stint == laps[at - 1].stint and laps[at].lap == laps[at - 1].lap + 1
    ]
    if len(pairs) < 2 * LEAST_LAPS:
        return 0.0
    before, after = odd[np.array(pairs) - 1], odd[pairs]
    found = float(before @ after / max(odd @ odd, 1e-12) * len(odd) / len(pairs))
    # Each unknown that was fitted takes some of it away.
    return float(np.clip(found + design.shape[1] / len(laps), 0.0, 0.6))


def _traffic_of_all(
    fit: Fit, clear: Sequence[PaceLap], behind: Sequence[PaceLap], design: Floats
) -> Estimate | None:
    if len(behind) < _LEAST_TRAFFIC:
        return None
    over_s = np.array([lap.time_s for lap in behind]) - design @ fit.weights
    at = design.mean(axis=0)
    error = float(np.sqrt(over_s.var(ddof=1) / len(over_s) + at @ fit.covariance @ at))
    return around(float(over_s.mean()), error, len(over_s) - 1 + (len(clear) - design.shape[1]) / 4)
