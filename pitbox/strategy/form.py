"""How one car has driven so far: its pace, its stints and what its stops cost, from its laps alone.

What a car has not shown yet is taken from its class, then from the field: `Field.form_of` says whose it is.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean, median

import msgspec

from pitbox.model.fact import Lap
from pitbox.strategy.story import LEAST_LAP_S, CarStory, Moment

_RECENT = 60
"""Flying laps that tell the pace: a stint or two, so that fuel and tyres of all ages are in it."""
_LONG = 1.35
"""A flying lap that much over the median is a mishap, not pace."""
_FEW = 6
"""Fewer flying laps than this are mixed with the class's."""
_STOP_LONGEST_S = 240.0
"""A stop that lost more was no service but a repair."""
_PRIOR_SLOW = 0.55
_PRIOR_SLOW_LAPS = 4.0
_PRIOR_STOP_LOSS_S = 70.0
_PRIOR_STINT_S = 3000.0


class Form(msgspec.Struct, frozen=True):
    """What one car's laps say; lists are as short as what they come from."""

    flying_s: float | None
    """Mean of its recent flying laps under green."""
    spread_s: float
    flying: int
    """How many laps that figure stands on."""
    slow_s: tuple[float, ...]
    """Laps that were under caution from line to line."""
    stop_losses_s: tuple[float, ...]
    """Of each stop, against driving on."""
    stints_s: tuple[float, ...]
    """Driven between two stops, the finished ones."""
    since_stop_s: float
    """Driven since the last stop, up to the line."""
    repairs: int
    """Stops that cost so much that something was broken."""


def form_of(car: CarStory) -> Form:
    laps = [lap for lap in car.laps if lap.time_s >= LEAST_LAP_S]
    flying = [lap.time_s for lap in laps if lap.lap > 1 and _is_flying(lap)][-_RECENT:]
    if flying:
        limit_s = _LONG * median(flying)
        flying = [time_s for time_s in flying if time_s <= limit_s]
    flying_s = fmean(flying) if flying else None
    spread_s = _spread(flying)
    slow = tuple(lap.time_s for lap in laps if lap.lap > 1 and _is_slow(lap))
    losses, repairs = _stop_losses(laps, flying_s, median(slow) if slow else None)
    stints_s, since_s = _stints(laps)
    return Form(flying_s, spread_s, len(flying), slow, losses, stints_s, since_s, repairs)


def _is_flying(lap: Lap) -> bool:
    kind = lap.kind
    return not (kind.is_in or kind.is_out or kind.is_caution or kind.is_tow or kind.is_broken)


def _is_slow(lap: Lap) -> bool:
    kind = lap.kind
    return kind.is_caution and not (kind.is_in or kind.is_out or kind.is_tow or kind.is_broken)


def _spread(times_s: Sequence[float]) -> float:
    if len(times_s) < 3:
        return 0.0
    middle = median(times_s)
    return 1.4826 * median(abs(time_s - middle) for time_s in times_s)


def _stop_losses(
    laps: Sequence[Lap], flying_s: float | None, slow_s: float | None
) -> tuple[tuple[float, ...], int]:
    """In-lap and out-lap against two laps as they would have been; repairs are only counted."""
    if flying_s is None:
        return (), 0
    losses: list[float] = []
    repairs = 0
    for before, after in pairwise(laps):
        if not (before.kind.is_in and after.lap == before.lap + 1 and after.kind.is_out):
            continue
        usual_s = sum(
            slow_s if lap.kind.is_caution and slow_s is not None else flying_s for lap in (before, after)
        )
        loss_s = before.time_s + after.time_s - usual_s
        if loss_s > _STOP_LONGEST_S:
            repairs += 1
        else:
            losses.append(max(0.0, loss_s))
    return tuple(losses), repairs


def _stints(laps: Sequence[Lap]) -> tuple[tuple[float, ...], float]:
    done: list[float] = []
    running_s = 0.0
    for lap in laps:
        running_s += lap.time_s
        if lap.kind.is_in:
            done.append(running_s)
            running_s = 0.0
    return tuple(done), running_s


class Outlook(msgspec.Struct, frozen=True):
    """What is expected of one car from now on."""

    lap_s: float
    """Of a flying lap under green."""
    lap_spread_s: float
    """Of that figure itself, as little as is known of it."""
    slow_share: float
    """Pace under caution against its pace under green."""
    stop_loss_s: float
    stint_s: float
    since_stop_s: float
    laps_known: int
    words: str


class Forms:
    """The field's forms, worked out anew only for cars that did something since."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, Form]] = {}

    def of(self, car: CarStory) -> Form:
        known = self._known.get(car.car_idx)
        if known is None or known[0] != car.changes:
            known = self._known[car.car_idx] = (car.changes, form_of(car))
        return known[1]

    def outlooks(self, moment: Moment) -> dict[int, Outlook]:
        """For each car that has a pace of its own, or a class mate with one."""
        forms = {car.car_idx: self.of(car.story) for car in moment.cars}
        classes: dict[int, list[Form]] = {}
        for car in moment.cars:
            classes.setdefault(car.class_id, []).append(forms[car.car_idx])
        whole = _Group(list(forms.values()), None)
        groups = {class_id: _Group(found, whole) for class_id, found in classes.items()}
        found = {}
        for car in moment.cars:
            outlook = groups[car.class_id].outlook(forms[car.car_idx])
            if outlook is not None:
                found[car.car_idx] = outlook
        return found


class _Group:
    """What cars have in common: a class, or the whole field behind it."""

    def __init__(self, forms: Sequence[Form], behind: "_Group | None") -> None:
        paces = [form.flying_s for form in forms if form.flying_s is not None and form.flying >= _FEW]
        paces = paces or [form.flying_s for form in forms if form.flying_s is not None]
        self.lap_s: float | None = median(paces) if paces else (None if behind is None else behind.lap_s)
        self.slow_share: float = self._slow_share(forms)
        self.stop_loss_s: float = _weighted(
            _all(form.stop_losses_s for form in forms),
            _PRIOR_STOP_LOSS_S if behind is None else behind.stop_loss_s,
            3.0,
        )
        self.stint_s: float = _weighted(
            _all(form.stints_s for form in forms), _PRIOR_STINT_S if behind is None else behind.stint_s, 3.0
        )

    def _slow_share(self, forms: Sequence[Form]) -> float:
        shares = [
            form.flying_s / median(form.slow_s) for form in forms if form.flying_s is not None and form.slow_s
        ]
        return min(1.0, _weighted(shares, _PRIOR_SLOW, _PRIOR_SLOW_LAPS))

    def outlook(self, form: Form) -> Outlook | None:
        own_s, n = form.flying_s, form.flying
        if self.lap_s is None and own_s is None:
            return None
        group_s = self.lap_s if self.lap_s is not None else own_s
        assert group_s is not None
        share = min(1.0, n / _FEW) if own_s is not None else 0.0
        lap_s = group_s if own_s is None else share * own_s + (1.0 - share) * group_s
        stops = len(form.stop_losses_s)
        return Outlook(
            lap_s=lap_s,
            lap_spread_s=form.spread_s / max(1.0, n) ** 0.5 + (0.02 * lap_s if n < _FEW else 0.0),
            slow_share=self.slow_share,
            stop_loss_s=_weighted(form.stop_losses_s, self.stop_loss_s, 3.0),
            stint_s=_weighted(form.stints_s, self.stint_s, 2.0),
            since_stop_s=form.since_stop_s,
            laps_known=n,
            words=f"{n} flying laps, {stops} stops" if n >= _FEW else "pace of its class",
        )


def _all(lists: Iterable[Sequence[float]]) -> list[float]:
    return [value for some in lists for value in some]


def _weighted(values: Sequence[float], prior: float, weight: float) -> float:
    """The mean, with a prior that counts as `weight` values."""
    return (sum(values) + weight * prior) / (len(values) + weight)
