"""What each deviation from the plan cost. All costs and the remainder add up to the total.

Compared is the time for the laps that were driven: as it was, and as the plan at the green flag has it. Each
lap's time is the plan's for it, plus what the other driver, the car, the track, a caution, a visit to the
pits, trouble and the driver's own pace put on it; so every second lands in one place.
"""

from collections import defaultdict
from collections.abc import Iterator
from math import sqrt
from statistics import fmean

from pitbox.planning.after.cost import Known, cost
from pitbox.planning.after.cost_of_stint import costs_of_stints
from pitbox.planning.after.cost_of_stop import costs_of_stops
from pitbox.planning.after.driven import Raced
from pitbox.planning.after.estimate import Z90
from pitbox.planning.after.noun import Account, Cost, CostKind
from pitbox.planning.after.passage import LapStory
from pitbox.planning.after.usual import Timed
from pitbox.planning.live.words import clock
from pitbox.strategy.story import CAUTION, RED

_NOTHING_S = 1e-9


def account(known: Known) -> Account:
    race, plan = known.race, known.plan
    last = race.laps[-1].lap
    driven_s, planned_s = race.end_s, plan.took_s(last)
    found = [*costs_of_stints(known), *costs_of_stops(known, last), _common(known), *_cautions(known)]
    costs = [one for one in found if abs(one.cost_s) > _NOTHING_S]
    costs.sort(key=lambda one: (one.stint == 0, one.stint))
    return Account(
        laps=last,
        driven_s=driven_s,
        planned_s=planned_s,
        planned_laps=plan.laps_in(driven_s),
        costs=tuple(costs),
        remainder_s=driven_s - planned_s - sum(one.cost_s for one in costs),
    )


def _common(known: Known) -> Cost:
    common = known.laps.common
    laps = sum(known.is_fair(one) for one in known.laps.timed)
    words = f"{common.value:+.2f} s on each of {laps} laps, whoever drove"
    return cost(CostKind.COMMON, laps * common.value, laps * (common.high - common.low) / 2 / Z90, words)


def _cautions(known: Known) -> Iterator[Cost]:
    """And halts: each with all its laps; of those in the pits what such a lap took then."""
    race = known.race
    groups: dict[float, list[float]] = defaultdict(list)
    for one in known.laps.timed:
        if known.is_fair(one):
            continue
        is_whole = known.kind(one) in (LapStory.CAUTION, LapStory.HALT)
        time_s = one.lap.time_s if is_whole else known.usual_s(one)
        groups[_phase_s(race, one)].append(time_s - one.expected_s)
    for start_s, lost_s in sorted(groups.items()):
        at = clock(max(0.0, start_s - race.green_s))
        words = f"from {at}, {len(lost_s)} laps, {fmean(lost_s):.0f} s each"
        yield cost(CostKind.CAUTION, sum(lost_s), known.laps.sigma_s * sqrt(len(lost_s)), words)


def _phase_s(race: Raced, one: Timed) -> float:
    """When the slow phase that the lap lies in began."""
    began = [p.start_s for p in race.phases() if p.flag in (CAUTION, RED) and p.start_s < one.lap.end_s]
    return max(began, default=one.lap.start_s)
