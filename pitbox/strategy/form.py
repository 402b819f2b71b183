"""How one car has driven so far: its pace, its stints and what its stops cost, from its laps alone.

What a car has not shown yet is taken from its class, then from the field: `Field.form_of` says whose it is.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean, median

import msgspec

from pitbox.model.fact import Lap
from pitbox.strategy.pit_rule import CIRCUIT, TOGETHER
from pitbox.strategy.story import LEAST_LAP_S, CarStory, Moment

_RECENT = 25
"""Flying laps that tell the pace of now: about a stint, so that fuel and tyres of all ages are in it."""
_NORMAL = 1.05
"""Up to so much over its quick laps a car laps normally; slower flying laps mean rain or a wounded car."""
_QUICK_SHARE, _QUICK_LAPS = 0.3, 6
"""How many of its laps are quick ones: few, so that a dry start of a wet race still shows."""
_LONG = 1.35
"""A flying lap that much over the median is a mishap, not pace."""
_FEW = 6
"""Fewer flying laps than this are mixed with the class's."""
_FIRST_LAP = 0.955
"""A flying lap against the first one, which begins slowly and in a crowd."""
_UNKNOWN_PACE = 0.02
"""Doubt of a pace that no flying lap has shown yet."""
_STOP_LONGEST_S = 240.0
"""A stop that lost more was no service but a repair."""
_PRIOR_SLOW = 1.8
"""A lap under caution against one under green."""
_PRIOR_SLOW_LAPS = 40.0
_WHOLLY_SLOW = 1.15
"""Laps under caution that are quicker, against a flying one, began or ended under green."""
_USUAL_FILL_L = 60.0
"""At a stop, while nobody says what the tank holds."""
_PRIOR_STINT_S = 3000.0
_MEASURED_DOUBT = 0.3
_IN_HAND_LAPS = 1.0
"""Nobody drives a tank dry: the lap that does not fit any more, and a reserve."""
_FUEL_LAPS = 12
_TANK_STINTS = 12.0
"""A measured tank counts as much for the class as so many stints that were seen."""
_NOT_YET = 1.6
"""While no car has stopped, a stint is taken to be so much longer than it is already."""


class Tally(msgspec.Struct, frozen=True):
    """So many values, and their sum."""

    count: int = 0
    total: float = 0.0

    def mean(self, prior: float, weight: float) -> float:
        """With a prior that counts as `weight` values."""
        return (self.total + weight * prior) / (self.count + weight)


def _tally(values: Iterable[float]) -> Tally:
    found = list(values)
    return Tally(len(found), sum(found))


def _joined(tallies: Iterable[Tally]) -> Tally:
    found = list(tallies)
    return Tally(sum(tally.count for tally in found), sum(tally.total for tally in found))


class Form(msgspec.Struct, frozen=True):
    """What one car's laps say; lists are as short as what they come from."""

    flying_s: float | None
    """Mean of its normal flying laps under green."""
    recent_s: float | None
    """Mean of the last ones, whatever they were like."""
    spread_s: float
    flying: int
    """How many laps that figure stands on."""
    slow: "Tally"
    """Laps that were wholly under caution, in flying laps."""
    stop_losses_s: "Tally"
    """Of each stop, against driving on."""
    stints_s: "Tally"
    """Driven between two stops, the finished ones."""
    since_stop_s: float
    """Driven since the last stop, up to the line."""
    use_l: float | None
    """A clean lap's fuel, where somebody measures it."""
    left_l: float | None
    """At the line."""
    repairs: int
    """Stops that cost so much that something was broken."""


def form_of(car: CarStory) -> Form:
    laps, flying, slow = _sorted_out(car)
    flying_s = recent_s = None
    if flying:
        limit_s = _NORMAL * sorted(flying)[min(_QUICK_LAPS, int(_QUICK_SHARE * len(flying)))]
        flying_s = fmean(time_s for time_s in flying if time_s <= limit_s)
        last = flying[-_RECENT:]
        limit_s = _LONG * median(last)
        recent_s = fmean(time_s for time_s in last if time_s <= limit_s)
    elif laps:  # a first lap is better than nothing
        flying_s = recent_s = _FIRST_LAP * min(lap.time_s for lap in laps)
    spread_s = _spread(flying[-_RECENT:])
    losses, repairs = _stop_losses(laps, flying_s, median(slow) if slow else None)
    stints_s, since_s = _stints(laps)
    used = [lap.fuel_used_l for lap in laps if lap.fuel_used_l and (_is_flying(lap) or not flying)]
    used = used[-_FUEL_LAPS:]
    ratios = [] if flying_s is None else [time_s / flying_s for time_s in slow]
    return Form(
        flying_s=flying_s,
        recent_s=recent_s,
        spread_s=spread_s,
        flying=len(flying),
        slow=_tally(ratio for ratio in ratios if ratio > _WHOLLY_SLOW),
        stop_losses_s=_tally(losses),
        stints_s=_tally(stints_s),
        since_stop_s=since_s,
        use_l=fmean(used) if used else None,
        left_l=laps[-1].fuel_left_l if laps else None,
        repairs=repairs,
    )


def _sorted_out(car: CarStory) -> tuple[list[Lap], list[float], list[float]]:
    """Its laps, and the times of the flying and of the slow ones; each lap is looked at once."""
    laps: list[Lap] = []
    flying: list[float] = []
    slow: list[float] = []
    for lap in car.laps:
        time_s, kind = lap.time_s, lap.kind
        if time_s < LEAST_LAP_S:
            continue
        laps.append(lap)
        if lap.lap <= 1 or kind.is_in or kind.is_out or kind.is_tow or kind.is_broken:
            continue
        (slow if kind.is_caution else flying).append(time_s)
    return laps, flying, slow


def _is_flying(lap: Lap) -> bool:
    kind = lap.kind
    return not (kind.is_in or kind.is_out or kind.is_caution or kind.is_tow or kind.is_broken)


def _spread(times_s: Sequence[float]) -> float:
    if len(times_s) < 3:
        return 0.0
    middle = median(times_s)
    return 1.4826 * median(abs(time_s - middle) for time_s in times_s)


def _stop_losses(
    laps: Sequence[Lap], flying_s: float | None, slow_s: float | None
) -> tuple[list[float], int]:
    """In-lap and out-lap against two laps as they would have been; repairs are only counted."""
    if flying_s is None:
        return [], 0
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
    return losses, repairs


def _stints(laps: Sequence[Lap]) -> tuple[list[float], float]:
    done: list[float] = []
    running_s = 0.0
    for lap in laps:
        running_s += lap.time_s
        if lap.kind.is_in:
            done.append(running_s)
            running_s = 0.0
    return done, running_s


class Outlook(msgspec.Struct, frozen=True):
    """What is expected of one car from now on."""

    lap_s: float
    """Of a flying lap under green."""
    excess: float
    """How much slower it is now, as a share; it wears off with the hours."""
    lap_spread_s: float
    """Of that figure itself, as little as is known of it."""
    slow_share: float
    """Pace under caution against its pace under green."""
    stop_loss_s: float
    stint_s: float
    since_stop_s: float
    stint_doubt: float
    """Share of the usual spread of stints: little where the fuel in the tank is measured."""
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
        whole = _Group(list(forms.values()), None, usual_loss_s=_usual_loss_s(moment))
        tank_l = 0.0 if moment.info is None else moment.info.own.tank_l
        own = moment.car(moment.own_car_idx)
        own_class = None if own is None else own.class_id
        tank = None if own is None else _tank_s(forms[own.car_idx], tank_l)
        groups = {
            class_id: _Group(found, whole, tank[0] if tank is not None and class_id == own_class else None)
            for class_id, found in classes.items()
        }
        found = {}
        for car in moment.cars:
            learned = moment.learned.pace(car.car_idx, car.story.laps_done)
            form = forms[car.car_idx]
            if learned is not None and form.recent_s is not None:
                form = msgspec.structs.replace(form, recent_s=learned.soon_s)
            outlook = groups[car.class_id].outlook(form)
            if outlook is not None:
                is_measured = tank is not None and car is own
                found[car.car_idx] = _with_fuel(outlook, *tank) if tank and is_measured else outlook
        return found


def _usual_loss_s(moment: Moment) -> float:
    """Of a stop before one is seen: by the rules of thumb that the rejoin goes by too."""
    info = moment.info
    if info is not None and info.sim == "timing sheet":
        return CIRCUIT.loss_s(_USUAL_FILL_L)
    return TOGETHER.loss_s(_USUAL_FILL_L if info is None or info.own.tank_l <= 0 else info.own.tank_l)


def _tank_s(form: Form, tank_l: float) -> tuple[float, float] | None:
    """Driving in a full tank, and in what is left of it; None where nobody measures."""
    if form.flying_s is None or not form.use_l or form.left_l is None or tank_l < form.use_l:
        return None
    in_tank, left = (max(litres / form.use_l - _IN_HAND_LAPS, 0.0) for litres in (tank_l, form.left_l))
    return max(in_tank, 1.0) * form.flying_s, left * form.flying_s


def _with_fuel(outlook: Outlook, stint_s: float, left_s: float) -> Outlook:
    return msgspec.structs.replace(
        outlook,
        stint_s=stint_s,
        since_stop_s=max(0.0, stint_s - left_s),
        stint_doubt=_MEASURED_DOUBT,
        words=f"{outlook.words}, fuel measured",
    )


class _Group:
    """What cars have in common: a class, or the whole field behind it."""

    def __init__(
        self,
        forms: Sequence[Form],
        behind: "_Group | None",
        tank_s: float | None = None,
        usual_loss_s: float = 0.0,
    ) -> None:
        """`tank_s`: what our own tank lasts, if we are one of these; `usual_loss_s`: with nobody behind."""
        paces = [form.flying_s for form in forms if form.flying_s is not None and form.flying >= _FEW]
        paces = paces or [form.flying_s for form in forms if form.flying_s is not None]
        self.lap_s: float | None = median(paces) if paces else (None if behind is None else behind.lap_s)
        # By time and not by laps: what stands still for an hour counts as an hour.
        self.slow_share = min(
            1.0, 1.0 / _joined(form.slow for form in forms).mean(_PRIOR_SLOW, _PRIOR_SLOW_LAPS)
        )
        losses_s, stints_s = (
            _joined(form.stop_losses_s for form in forms),
            _joined(form.stints_s for form in forms),
        )
        self.stop_loss_s: float = losses_s.mean(usual_loss_s if behind is None else behind.stop_loss_s, 3.0)
        prior_s = _PRIOR_STINT_S if behind is None else behind.stint_s
        self.stint_s: float = stints_s.mean(tank_s or prior_s, _TANK_STINTS if tank_s else 3.0)
        is_known = stints_s.count > 0 or tank_s is not None
        self.is_stint_known: bool = is_known or (behind is not None and behind.is_stint_known)

    def outlook(self, form: Form) -> Outlook | None:
        own_s, n = form.flying_s, form.flying
        if self.lap_s is None and own_s is None:
            return None
        group_s = self.lap_s if self.lap_s is not None else own_s
        assert group_s is not None
        share = min(1.0, n / _FEW) if own_s is not None else 0.0
        lap_s = group_s if own_s is None else share * own_s + (1.0 - share) * group_s
        stops = form.stop_losses_s.count
        stint_s = form.stints_s.mean(self.stint_s, 2.0)
        if not self.is_stint_known:  # nobody knows how long a stint is here: longer than this one
            stint_s = max(stint_s, _NOT_YET * form.since_stop_s)
        return Outlook(
            lap_s=lap_s,
            excess=0.0 if own_s is None or form.recent_s is None else share * (form.recent_s / own_s - 1.0),
            lap_spread_s=form.spread_s / max(1.0, n) ** 0.5 + _UNKNOWN_PACE * lap_s / (1.0 + n),
            slow_share=self.slow_share,
            stop_loss_s=form.stop_losses_s.mean(self.stop_loss_s, 3.0),
            stint_s=stint_s,
            since_stop_s=form.since_stop_s,
            stint_doubt=1.0,
            laps_known=n,
            words=f"{n} flying laps, {stops} stops" if n >= _FEW else "pace of its class",
        )
