"""What a stop costs: from own stops when there are some, else from the class, else from the series' rules."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean, median

import msgspec

from pitbox.model.fact import Lap, Stop
from pitbox.strategy.pit_rule import REPAIRS, TOGETHER, TYRES, PitRules
from pitbox.strategy.story import LEAST_LAP_S, CarNow, CarStory, Moment

_LEAST_OWN, _LEAST_CLASS = 2, 3
_LAST = 8
"""Own stops that count: teams get quicker, rules change with the weather."""
_REPAIR_S = 180.0
"""A visit that lost more was no service."""
_LEAST_SPREAD_S = 2.5
_RULES_SPREAD_S = 12.0
_USUAL_FUEL_L = 60.0
_OUT_SHARE = 0.75
"""Of the loss that falls on the lap after the line, before a stop has shown it."""
_AROUND = 12
"""Laps before a stop that tell what a lap was like then."""


class SeenStop(msgspec.Struct, frozen=True):
    """One stop that is over, and what it lost on its way in and out."""

    stop: Stop
    loss_s: float
    out_loss_s: float
    """The part of it that fell on the lap after the line."""
    is_slow: bool
    """It was made under caution."""

    @property
    def services(self) -> frozenset[str]:
        return frozenset(service.what for service in self.stop.service if service.confidence >= 0.9)


class StopCost(msgspec.Struct, frozen=True):
    loss_s: float
    """Against driving on."""
    spread_s: float
    """One standard deviation of a single stop."""
    out_share: float
    """Of the loss that falls on the lap after the line."""
    stops: int
    source: str
    """`own stops`, `class` or the name of the rule set."""
    words: str


class StopCosts:
    """What every car lost at its stops; reads again only cars that did something since."""

    def __init__(self, rules: PitRules = TOGETHER) -> None:
        self.rules = rules
        self._seen: dict[int, tuple[int, list[SeenStop]]] = {}

    def seen(self, car: CarStory) -> list[SeenStop]:
        known = self._seen.get(car.car_idx)
        if known is None or known[0] != car.changes:
            known = self._seen[car.car_idx] = (car.changes, seen_stops(car))
        return known[1]

    def of(self, moment: Moment, car: CarNow, *, has_tyres: bool | None = None) -> StopCost:
        """Of a stop of this car now; `has_tyres`: only such stops count, where one can see the difference."""
        own = _like(self.seen(car.story), has_tyres, is_slow=moment.is_caution)[-_LAST:]
        mates = [seen for mate in moment.of_class(car.class_id) for seen in self.seen(mate.story)]
        alike = _like(mates, has_tyres, is_slow=moment.is_caution)
        if len(own) >= _LEAST_OWN:
            return _cost(own, alike, "own stops")
        if len(alike) >= _LEAST_CLASS:
            return _cost(alike, alike, "class")
        return self._by_rules(has_tyres=bool(has_tyres))

    def class_mean_s(self, moment: Moment, class_id: int) -> float | None:
        """The plain rule: the mean loss of all stops of the class so far."""
        losses = [seen.loss_s for mate in moment.of_class(class_id) for seen in self.seen(mate.story)]
        return fmean(losses) if losses else None

    def _by_rules(self, *, has_tyres: bool) -> StopCost:
        loss_s = self.rules.loss_s(_USUAL_FUEL_L, has_tyres=has_tyres)
        words = f"{loss_s:.0f} s by the rules of thumb ({self.rules.name}): no stop was seen yet"
        return StopCost(loss_s, _RULES_SPREAD_S, _OUT_SHARE, 0, self.rules.name, words)


def seen_stops(car: CarStory) -> list[SeenStop]:
    """In- and out-lap against two laps as they were around that time; repairs and tows are left out."""
    found: list[SeenStop] = []
    by_lap = {stop.lap: stop for stop in car.stops}
    around: list[Lap] = []
    for lap, after in pairwise(car.laps):
        stop = by_lap.get(lap.lap)
        if stop is None:
            if lap.lap > 1 and not lap.kind.is_out and LEAST_LAP_S <= lap.time_s:
                around = [*around[-_AROUND:], lap]
            continue
        if after.lap != lap.lap + 1 or stop.is_tow or stop.lane_out_s is None or after.lap in by_lap:
            continue
        usual_s = [_usual_s(around, is_slow=one.kind.is_caution) for one in (lap, after)]
        if usual_s[0] is None or usual_s[1] is None:
            continue
        out_loss_s = after.time_s - usual_s[1]
        loss_s = out_loss_s + lap.time_s - usual_s[0]
        if 0.0 < loss_s < _REPAIR_S and REPAIRS not in {service.what for service in stop.service}:
            is_slow = lap.kind.is_caution or after.kind.is_caution
            found.append(SeenStop(stop, loss_s, out_loss_s, is_slow))
    return found


def _usual_s(around: Sequence[Lap], *, is_slow: bool) -> float | None:
    alike = [lap.time_s for lap in around if lap.kind.is_caution == is_slow]
    return median(alike) if alike else None


def _like(seen: Iterable[SeenStop], has_tyres: bool | None, *, is_slow: bool) -> list[SeenStop]:
    """Those under the same flag if there are enough; with or without tyres where that was seen."""
    stops = list(seen)
    if has_tyres is not None:
        told = [one for one in stops if one.services]
        stops = [one for one in told if (TYRES in one.services) == has_tyres] or stops
    alike = [one for one in stops if one.is_slow == is_slow]
    return alike if len(alike) >= _LEAST_OWN else stops


def _cost(stops: Sequence[SeenStop], mates: Sequence[SeenStop], source: str) -> StopCost:
    losses = [one.loss_s for one in stops]
    loss_s = median(losses)
    shares = [min(1.0, max(0.0, one.out_loss_s / one.loss_s)) for one in mates] or [_OUT_SHARE]
    spread_s = 1.4826 * median(abs(loss - loss_s) for loss in losses)
    if source == "own stops":
        class_s = [one.loss_s for one in mates]
        spread_s = max(spread_s, 0.5 * 1.4826 * median(abs(loss - median(class_s)) for loss in class_s))
    return StopCost(
        loss_s,
        max(_LEAST_SPREAD_S, spread_s),
        median(shares),
        len(losses),
        source,
        f"{loss_s:.0f} s, median of {len(losses)} stops ({source})",
    )
