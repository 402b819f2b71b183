"""What a stop costs: by own stops, the class's, and what earlier races here taught; with none, by rule."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean, median

import msgspec

from pitbox.model.fact import Lap, Stop
from pitbox.predict.pit_level import CIRCUIT as HERE
from pitbox.strategy.learned_pit import make_of
from pitbox.strategy.outing import CAUTION_USE
from pitbox.strategy.pace import PitCall
from pitbox.strategy.pit_rule import CIRCUIT, REPAIRS, SWAP, TOGETHER, TYRES, PitRules
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
_OWN_WEIGHT = 4.0
_FAR_OUT = 1.6
_NEAR_DRUNK = 0.2
"""Of a tank: stops that filled about as much are alike."""
_TOLD_S = 0.5
"""A difference between services that is worth a word."""
_AROUND = 12
"""Laps before a stop that tell what a lap was like then."""
EARLIER = "earlier races"
_MOST_EARLIER = 6.0
"""Stops of the class that earlier races count as, however sure they are: a race has a habit of its own."""
_Z, TAIL_SPREADS = 1.645, 3.5
"""Spreads on each side that hold 90 %: of what is near enough normal, and of stops as crews make them."""


class SeenStop(msgspec.Struct, frozen=True):
    """One stop that is over, and what it lost on its way in and out."""

    stop: Stop
    loss_s: float
    out_loss_s: float
    """The part of it that fell on the lap after the line."""
    is_slow: bool
    """It was made under caution."""
    drunk: float
    """Green laps driven since the stop before: as much had to be filled."""

    moved_by: str = ""
    """The rule set by which its loss was carried over to another service."""

    @property
    def has_tyres(self) -> bool | None:
        """None where nobody can tell."""
        told = [service for service in self.stop.service if service.what == TYRES]
        if any(service.confidence >= 0.9 for service in told):
            return True
        return False if self.services and not told else None

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
    """`own stops`, `class`, `earlier races` or the name of the rule set."""
    words: str
    low_s: float = 0.0
    high_s: float = 0.0
    """90 % of single stops lie between."""


class Wanted(msgspec.Struct, frozen=True):
    """What is known of the stop to come; None: nothing."""

    has_tyres: bool | None = None
    drunk: float | None = None
    """Green laps that are missing from the tank."""
    tank_laps: float = 0.0
    swap_chance: float | None = None
    fuel_l: float | None = None
    """Litres to come in; of our own car, where its gauge tells them."""


class StopCosts:
    """What every car lost at its stops; reads again only cars that did something since."""

    def __init__(self, rules: PitRules | None = None) -> None:
        self.rules = rules
        self._seen: dict[int, tuple[int, list[SeenStop]]] = {}

    def seen(self, car: CarStory) -> list[SeenStop]:
        known = self._seen.get(car.car_idx)
        if known is None or known[0] != car.changes:
            known = self._seen[car.car_idx] = (car.changes, seen_stops(car))
        return known[1]

    def of(self, moment: Moment, car: CarNow, want: Wanted | None = None) -> StopCost:
        """Of a stop of this car at the end of this lap."""
        wanted = want or Wanted()
        own = self.seen(car.story)
        mates = [
            seen
            for mate in moment.of_class(car.class_id)
            if mate.car_idx != car.car_idx
            for seen in self.seen(mate.story)
        ]
        is_slow = moment.is_caution
        near = _like(own, wanted, is_slow=is_slow)[-_LAST:]
        others = _like(mates, wanted, is_slow=is_slow)
        told = None if is_slow else self._earlier(moment, car, wanted)
        if len(near) < _LEAST_OWN and len(near) + len(others) < _LEAST_CLASS:
            return self._by_rules(moment, wanted) if told is None else _by_earlier(told)
        near, others = (self._moved(some, wanted, moment) for some in (near, others))
        weighted = [(one, _OWN_WEIGHT) for one in near] + [(one, 1.0) for one in others]
        cost = _cost(weighted, wanted, len(near))
        return cost if told is None else _drawn(cost, sum(weight for _, weight in weighted), told)

    def class_mean_s(self, moment: Moment, class_id: int) -> float | None:
        """The plain rule: the mean loss of all stops of the class so far."""
        losses = [seen.loss_s for mate in moment.of_class(class_id) for seen in self.seen(mate.story)]
        return fmean(losses) if losses else None

    def rules_of(self, moment: Moment) -> PitRules:
        """What was said, else what is usual where this race is driven."""
        return self.rules or (CIRCUIT if moment.is_sheet else TOGETHER)

    def _moved(self, stops: Sequence[SeenStop], wanted: Wanted, moment: Moment) -> list[SeenStop]:
        """As they would have been with the service that is wanted, as far as it shows what they had.

        Only the difference of two services is the rule's; what the lane and this crew cost was seen.
        """
        rules, found = self.rules_of(moment), list[SeenStop]()
        for one in stops:
            had_l, had_tyres = one.stop.fuel_added_l, one.has_tyres
            fuel_l = wanted.fuel_l if wanted.fuel_l is not None and had_l is not None else had_l
            tyres = had_tyres if wanted.has_tyres is None else wanted.has_tyres
            if had_tyres is None or fuel_l is None or had_l is None:
                found.append(one)
                continue
            more_s = rules.box_s(fuel_l, has_tyres=bool(tyres)) - rules.box_s(had_l, has_tyres=had_tyres)
            loss_s = max(0.5 * one.loss_s, one.loss_s + more_s)
            is_moved = abs(more_s) >= _TOLD_S
            found.append(msgspec.structs.replace(one, loss_s=loss_s, moved_by=rules.name if is_moved else ""))
        return found

    def _earlier(self, moment: Moment, car: CarNow, wanted: Wanted) -> PitCall | None:
        """What a model says of this make of car here; what is not a whole service is reckoned by rule."""
        entry = None if moment.info is None else moment.info.entry(car.car_idx)
        if moment.info is None or entry is None:
            return None
        told = moment.learned.pits.get(make_of(moment.info, entry))
        if told is None or (wanted.fuel_l is None and wanted.has_tyres is None):
            return told
        rules = self.rules_of(moment)
        fuel_l = _USUAL_FUEL_L if wanted.fuel_l is None else wanted.fuel_l
        more_s = rules.box_s(fuel_l, has_tyres=wanted.has_tyres is not False)
        more_s -= rules.box_s(_USUAL_FUEL_L, has_tyres=True)
        more_s = max(more_s, -0.5 * told.loss_s)
        return msgspec.structs.replace(
            told,
            loss_s=told.loss_s + more_s,
            low_s=max(0.0, told.low_s + more_s),
            high_s=told.high_s + more_s,
        )

    def _by_rules(self, moment: Moment, wanted: Wanted) -> StopCost:
        rules = self.rules_of(moment)
        fuel_l = _USUAL_FUEL_L if wanted.fuel_l is None else wanted.fuel_l
        loss_s = rules.loss_s(fuel_l, has_tyres=bool(wanted.has_tyres))
        words = f"rule of thumb, {rules.name}: too few stops seen yet"
        return _spanned(StopCost(loss_s, _RULES_SPREAD_S, _OUT_SHARE, 0, rules.name, words), _Z)


def seen_stops(car: CarStory) -> list[SeenStop]:
    """In- and out-lap against two laps as they were around that time; repairs and tows are left out."""
    found: list[SeenStop] = []
    by_lap = {stop.lap: stop for stop in car.stops}
    around: list[Lap] = []
    drunk = 0.0
    for lap, after in pairwise(car.laps):
        drunk += CAUTION_USE if lap.kind.is_caution else 1.0
        stop = by_lap.get(lap.lap)
        if stop is None:
            if lap.lap > 1 and not lap.kind.is_out and lap.time_s >= LEAST_LAP_S:
                around = [*around[-_AROUND:], lap]
            continue
        filled, drunk = drunk, 0.0
        if after.lap != lap.lap + 1 or stop.is_tow or stop.lane_out_s is None or after.lap in by_lap:
            continue
        usual_s = [_usual_s(around, is_slow=one.kind.is_caution) for one in (lap, after)]
        if usual_s[0] is None or usual_s[1] is None:
            continue
        out_loss_s = after.time_s - usual_s[1]
        loss_s = out_loss_s + lap.time_s - usual_s[0]
        if 0.0 < loss_s < _REPAIR_S and REPAIRS not in {service.what for service in stop.service}:
            is_slow = lap.kind.is_caution or after.kind.is_caution
            found.append(SeenStop(stop, loss_s, out_loss_s, is_slow, filled))
    return found


def _usual_s(around: Sequence[Lap], *, is_slow: bool) -> float | None:
    alike = [lap.time_s for lap in around if lap.kind.is_caution == is_slow]
    return median(alike) if alike else None


def _like(seen: Iterable[SeenStop], wanted: Wanted, *, is_slow: bool) -> list[SeenStop]:
    """Those under the same flag and of a like tank if there are enough; with or without tyres if it shows."""
    stops = list(seen)
    if wanted.has_tyres is not None:
        told = [one for one in stops if one.services]
        stops = [one for one in told if (TYRES in one.services) == wanted.has_tyres] or stops
    alike = [one for one in stops if one.is_slow == is_slow]
    stops = alike if len(alike) >= _LEAST_OWN else stops
    if wanted.drunk is None:
        return stops
    near = [one for one in stops if abs(one.drunk - wanted.drunk) <= _NEAR_DRUNK * wanted.tank_laps]
    return near if len(near) >= _LEAST_OWN else stops


def _cost(weighted: Sequence[tuple[SeenStop, float]], wanted: Wanted, own: int) -> StopCost:
    stops = [one for one, _ in weighted]
    swaps = sum(weight for one, weight in weighted if SWAP in one.services)
    plain = sum(weight for _, weight in weighted) - swaps
    chance = wanted.swap_chance
    weights = [weight for _, weight in weighted]
    if chance is not None and swaps > 0 and plain > 0:
        weights = [
            weight * (chance / swaps if SWAP in one.services else (1.0 - chance) / plain)
            for one, weight in weighted
        ]
    loss_s = _core_mean([one.loss_s for one in stops], weights)
    spread_s = 1.4826 * _middle([abs(one.loss_s - loss_s) for one in stops], weights)
    out_share = median(min(1.0, max(0.0, one.out_loss_s / one.loss_s)) for one in stops)
    is_own = own >= _LEAST_OWN
    source = "own stops" if is_own else "class"
    words = _sources(own, len(stops) - own)
    moved_by = {one.moved_by for one in stops if one.moved_by}
    if moved_by:
        words += f", other service reckoned by rule: {', '.join(sorted(moved_by))}"
    count = own if is_own else len(stops)
    return _spanned(StopCost(loss_s, max(_LEAST_SPREAD_S, spread_s), out_share, count, source, words))


def _spanned(cost: StopCost, spreads: float = TAIL_SPREADS) -> StopCost:
    wide_s = spreads * cost.spread_s
    return msgspec.structs.replace(cost, low_s=max(0.0, cost.loss_s - wide_s), high_s=cost.loss_s + wide_s)


def _by_earlier(told: PitCall) -> StopCost:
    """Before this race has shown enough."""
    words = f"{_earlier_words(told)}: too few stops seen yet"
    spread_s = max(_LEAST_SPREAD_S, (told.high_s - told.low_s) / (2.0 * _Z))
    return StopCost(
        told.loss_s, spread_s, _OUT_SHARE, told.stops, EARLIER, words, low_s=told.low_s, high_s=told.high_s
    )


def _drawn(cost: StopCost, weight: float, told: PitCall) -> StopCost:
    """The stops of this race with earlier ones beside them, which count the less the more were made."""
    noise_s = max(cost.spread_s, (told.high_s - told.low_s) / (2.0 * _Z))
    earlier = min(_MOST_EARLIER, (noise_s / max(told.unsure_s, 0.1)) ** 2)
    share = earlier / (earlier + weight)
    loss_s = (1.0 - share) * cost.loss_s + share * told.loss_s
    if abs(loss_s - cost.loss_s) < _TOLD_S:
        return _spanned(msgspec.structs.replace(cost, loss_s=loss_s))
    words = f"{cost.words}, drawn to {_earlier_words(told)}"
    return _spanned(msgspec.structs.replace(cost, loss_s=loss_s, words=words))


def _earlier_words(told: PitCall) -> str:
    if told.stops:
        return f"{told.stops} stops of this car here in earlier races"
    return "other cars here in earlier races" if told.step == HERE else "stops elsewhere in earlier races"


def _sources(own: int, others: int) -> str:
    told = []
    if own:
        told.append(f"{own} own stop{'s' * (own > 1)}")
    if others:
        told.append(f"{others} of the class like it")
    return " and ".join(told)


def _core_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """The mean without what is far out: a driver change is common, a stuck wheel is not."""
    middle = _middle(values, weights)
    core = [(v, w) for v, w in zip(values, weights, strict=True) if 0.5 * middle <= v <= _FAR_OUT * middle]
    total = sum(weight for _, weight in core)
    return sum(value * weight for value, weight in core) / total if total > 0 else middle


def _middle(values: Sequence[float], weights: Sequence[float]) -> float:
    """The weighted median."""
    order = sorted(zip(values, weights, strict=True))
    half, total = 0.5 * sum(weights), 0.0
    for value, weight in order:
        total += weight
        if total >= half:
            return value
    return order[-1][0]
