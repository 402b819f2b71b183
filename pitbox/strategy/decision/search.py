"""Ways to the flag within the rules, the promising ones first by a sum that takes no race.

From the tank forward and from the flag backward come the laps of the first stop; the rest is laid out evenly
or as late as tanks allow, filled up or with what is needed, with and without tyres, by drivers who may drive.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise, product

import msgspec

from pitbox.strategy.decision.answer import Choice, PlannedStop
from pitbox.strategy.decision.rule import broken, drivers_of, fuel_walk, stretches
from pitbox.strategy.decision.situation import DriverNow, Situation
from pitbox.strategy.decision.words import choice_key, choice_words

_MARGIN_LAPS = 0.5
"""In hand at a stop that is planned: a race takes more or less than the mean."""
_FIRST_LAPS = 9
_MORE_STOPS = 1
_MOST_STOPS = 40
_PUMP_L = 0.5
"""Less is no other fill."""


class Sketch(msgspec.Struct, frozen=True):
    """A choice within the rules, and what it loses by sums alone."""

    choice: Choice
    lost_s: float


def sketches(
    situation: Situation, most: int = 10, is_meant: Callable[[Choice], bool] | None = None
) -> list[Sketch]:
    """The best by sums, with the laps of a first stop that are worth asking about; what is meant stays in."""
    found: dict[str, Sketch] = {}
    for choice in _choices(situation):
        if choice.key not in found and not broken(choice, situation):
            found[choice.key] = Sketch(choice, lost_s(choice, situation))
    order = sorted(found.values(), key=_rank)
    meant = next((one for one in order if is_meant is not None and is_meant(one.choice)), None)
    return _spread(order, situation, most, meant)


def forbidden(situation: Situation) -> tuple[str, ...]:
    """The fewest rules that any way breaks."""
    return min((broken(choice, situation) for choice in _choices(situation)), key=len, default=())


def served_again(
    stops: tuple[PlannedStop, ...], situation: Situation, save_share: float = 0.0
) -> Choice | None:
    """The same tyres and drivers at these laps, with the fuel that they need; None if none is enough."""
    laps = tuple(stop.lap for stop in stops)
    if list(laps) != sorted(set(laps)):
        return None
    litres = _litres(laps, situation, save_share, is_full=False)
    if litres is None:
        return None
    kept = [(stop.has_tyres, stop.user_id) for stop in stops]
    return _named(_with(laps, litres, kept, situation), situation, save_share, (False,) * len(laps))


def brimmed(choice: Choice, situation: Situation) -> Choice:
    """Its first stop takes what reaches the flag, or all that fits; the choice itself where it does."""
    if not choice.stops or not situation.is_measured:
        return choice
    stop, at_stall_l, added_l = next(fuel_walk(choice, situation))
    need_l = (situation.fuel_lap - stop.lap) * situation.use_of(choice.save_share) + situation.reserve_l
    litres = math.floor(10.0 * min(need_l, situation.tank_l) - 10.0 * max(0.0, at_stall_l)) / 10.0
    if litres < added_l + _PUMP_L:
        return choice
    stops = (msgspec.structs.replace(stop, fuel_l=litres), *choice.stops[1:])
    words = choice_words(stops, situation, choice.save_share)
    return Choice(f"{choice.key} brim", words, stops, choice.save_share)


def latest_stop(situation: Situation) -> int:
    """At whose end the tank, the tyres or a stint call it in: the last lap of the first stop."""
    limits = [situation.laps + reach_of(situation.fuel_l, situation)]
    if situation.tyre_limit is not None:
        limits.append(situation.laps + situation.tyre_limit - situation.tyre_age)
    if situation.stint_left_laps is not None:
        limits.append(situation.laps + situation.stint_left_laps)
    now = situation.driver_of(situation.driver)
    if now is not None and now.left_laps is not None:
        limits.append(situation.laps + now.left_laps)
    return min(limits)


def reach_of(fuel_l: float, situation: Situation, save_share: float = 0.0) -> int:
    """Whole laps to a stop, with a margin."""
    use_l = situation.use_of(save_share)
    return max(0, math.floor((fuel_l - situation.reserve_l) / use_l - _margin(situation) + 1e-6))


def lost_s(choice: Choice, situation: Situation) -> float:
    """Against driving through with this driver on tyres that never age."""
    total = 0.0
    drivers = drivers_of(choice, situation)
    for (stop, _, added_l), (before, after) in zip(
        fuel_walk(choice, situation), pairwise(drivers), strict=True
    ):
        comes = 1.0 - situation.final.at_most(stop.lap)  # the flag may be out before
        total += comes * situation.times.loss_s(
            added_l, has_tyres=stop.has_tyres, is_swap=before != after, repair_s=stop.repair_s
        )
    age = situation.tyre_age
    for at, (begin, end) in enumerate(stretches(choice, situation)):
        if at and (choice.stops[at - 1].has_tyres or not situation.is_measured):
            age = 0
        total += situation.tyres.sum_s(age, end - begin)
        age += end - begin
        person = situation.driver_of(drivers[at])
        total += (end - begin) * (0.0 if person is None else person.pace_s)
    total += 100.0 * choice.save_share * situation.save_s * (situation.planned_lap - situation.laps)
    return total


def first_laps(situation: Situation) -> list[int]:
    """Of the first stop: this lap and the next ones, and on to the last that is possible."""
    earliest, latest = situation.first_lap, min(latest_stop(situation), situation.fuel_lap - 1)
    if latest < earliest:
        return [earliest] if earliest < situation.planned_lap else []
    near = [earliest, earliest + 1, earliest + 2, earliest + 3, latest, latest - 1, latest - 2]
    backward = situation.planned_lap - reach_of(situation.tank_l, situation)
    near += [backward, backward + 1]
    step = max(1, (latest - earliest) // _FIRST_LAPS)
    near += range(earliest, latest + 1, step)
    return sorted({lap for lap in near if earliest <= lap <= latest})


def _choices(situation: Situation) -> Iterator[Choice]:
    yield from _without_stop(situation)
    tank_laps = max(1, reach_of(situation.tank_l, situation))
    stint = min(tank_laps, situation.stint_laps or tank_laps)
    for first in first_laps(situation):
        least = max(1, math.ceil((situation.planned_lap - first) / stint))
        least = max(least, situation.rules.least_stops - situation.stops_done)
        for stops in range(least, min(least + _MORE_STOPS, _MOST_STOPS) + 1):
            for laps in _layouts(first, stops, stint, situation):
                yield from _served(laps, situation, 0.0)


def _without_stop(situation: Situation) -> Iterator[Choice]:
    """To the flag as it is, or by saving; and with one stop less than it takes, by saving."""
    yield _named((), situation, 0.0, ())
    if situation.laps + situation.reach(situation.fuel_l) >= situation.fuel_lap:
        return  # nothing to save for
    for percent in range(1, round(100 * situation.rules.most_saving) + 1):
        share = percent / 100.0
        if situation.laps + situation.reach(situation.fuel_l, share) >= situation.fuel_lap:
            yield _named((), situation, share, ())
            return
    least = _least_stops(situation, 0.0)
    for percent in range(1, round(100 * situation.rules.most_saving) + 1):
        share = percent / 100.0
        if _least_stops(situation, share) < least:
            first = situation.laps + reach_of(situation.fuel_l, situation, share)
            stint = reach_of(situation.tank_l, situation, share)
            for at in (first, first - 1):
                for plan in _layouts(at, least - 1, stint, situation):
                    yield from _served(plan, situation, share)
            return


def _least_stops(situation: Situation, save_share: float) -> int:
    """By fuel alone."""
    first = situation.laps + reach_of(situation.fuel_l, situation, save_share)
    stint = max(1, reach_of(situation.tank_l, situation, save_share))
    return max(0, math.ceil((situation.fuel_lap - first) / stint))


def _layouts(first: int, stops: int, stint: int, situation: Situation) -> Iterator[tuple[int, ...]]:
    """Evenly, and each as late as a tank allows: a last one so late that the flag may be out before."""
    if stops < 1:
        return
    end = situation.planned_lap if first < situation.planned_lap else situation.fuel_lap
    rest = end - first
    if rest > stops * stint or rest < stops:
        return
    even = tuple(first + round(at * rest / stops) for at in range(stops))
    yield even
    late = tuple(min(first + at * stint, situation.fuel_lap - 1) for at in range(stops))
    if late != even and len(set(late)) == stops:
        yield late


def _served(laps: tuple[int, ...], situation: Situation, save_share: float) -> Iterator[Choice]:
    """With fuel, tyres and drivers for stops on these laps."""
    fills = [(is_full, _litres(laps, situation, save_share, is_full=is_full)) for is_full in (False, True)]
    poured = [(is_full, litres) for is_full, litres in fills if litres is not None]
    for tyres, people in product(_tyre_plans(laps, situation), _line_ups(laps, situation)):
        for is_full, litres in poured:
            stops = _with(laps, litres, zip(tyres, people, strict=False), situation)
            if all(_has_purpose(stop, situation) for stop in stops):
                full = tuple(is_full and at < len(laps) - 1 for at in range(len(laps)))
                yield _named(stops, situation, save_share, full)


def _with(
    laps: tuple[int, ...], litres: list[float], rest: Iterable[tuple[bool, int]], situation: Situation
) -> tuple[PlannedStop, ...]:
    """`rest`: new tyres and who gets in, of each."""
    return tuple(
        PlannedStop(lap, added_l if situation.is_measured else None, is_new, user_id)
        for lap, added_l, (is_new, user_id) in zip(laps, litres, rest, strict=False)
    )


def _has_purpose(stop: PlannedStop, situation: Situation) -> bool:
    """Nobody comes in for nothing, but where a stop is owed."""
    is_owed = situation.stops_done < situation.rules.least_stops
    return stop.fuel_l != 0.0 or stop.has_tyres or stop.user_id != 0 or is_owed


def _litres(
    laps: tuple[int, ...], situation: Situation, save_share: float, *, is_full: bool
) -> list[float] | None:
    """What the next stretch needs, or all that the tank takes; the last one reaches the flag.

    None where it does not, or where nothing is filled up because it is the only stop.
    """
    if is_full and len(laps) < 2:
        return None
    fuel_l, lap, use_l = situation.fuel_l, situation.laps, situation.use_of(save_share)
    found = []
    for at, stop_lap in enumerate(laps):
        fuel_l -= (stop_lap - lap) * use_l
        is_last = at == len(laps) - 1
        following = situation.fuel_lap if is_last else laps[at + 1] + _margin(situation)
        following = min(following, situation.fuel_lap)
        room_l = situation.tank_l - max(0.0, fuel_l)
        need_l = max(0.0, (following - stop_lap) * use_l + situation.reserve_l - fuel_l)
        if need_l > room_l + 1e-9 and is_last:
            return None
        added_l = room_l if is_full and not is_last else min(need_l, room_l)
        # A pump takes tenths; up where it must be enough, but never above the brim.
        added_l = min(math.ceil(added_l * 10.0 - 1e-6) / 10.0, math.floor(room_l * 10.0) / 10.0)
        found.append(added_l)
        fuel_l, lap = fuel_l + added_l, stop_lap
    return found


def _named(
    stops: tuple[PlannedStop, ...], situation: Situation, save_share: float, is_full: tuple[bool, ...]
) -> Choice:
    key = choice_key(stops, save_share, is_full=is_full)
    return Choice(key, choice_words(stops, situation, save_share), stops, save_share)


def _tyre_plans(laps: tuple[int, ...], situation: Situation) -> Iterable[tuple[bool, ...]]:
    """Always, never, and every second time; what the rules want is asked of each."""
    if not situation.rules.is_refuelled:
        return ((True,) * len(laps),)
    if not situation.is_measured:  # nobody sees tyres on a sheet
        return ((False,) * len(laps),)
    count = len(laps)
    plans = [(True,) * count, (False,) * count]
    if count > 1:
        plans += [tuple(at % 2 == 0 for at in range(count)), tuple(at % 2 == 1 for at in range(count))]
        plans.append((*(False,) * (count - 1), True))
        plans.append((True, *(False,) * (count - 1)))
    return dict.fromkeys(plans)


def _line_ups(laps: tuple[int, ...], situation: Situation) -> list[tuple[int, ...]]:
    """Who gets in at each stop, 0 for nobody: stays as long as may be, or changes each time."""
    if not any(one.owed_laps or one.left_laps is not None for one in situation.drivers):
        return [(0,) * len(laps)]
    ends = [*laps, situation.planned_lap]
    found = [_line_up(ends, situation, is_early=is_early) for is_early in (True, False)]
    return list(dict.fromkeys(found))


def _line_up(ends: Sequence[int], situation: Situation, *, is_early: bool) -> tuple[int, ...]:
    """Those who owe laps drive early or late; nobody beyond what is allowed."""
    left = {one.user_id: one.left_laps for one in situation.drivers}
    owed = {one.user_id: one.owed_laps for one in situation.drivers}
    now, at, found = situation.driver, situation.laps, list[int]()
    _drive(left, owed, now, ends[0] - at)
    for number, (begin, end) in enumerate(pairwise(ends)):
        laps, rest = end - begin, len(ends) - 1 - number
        due = [one for one in situation.drivers if one.user_id != now and owed[one.user_id] > 0]
        is_must = bool(due) and (is_early or len(due) >= rest or _is_last_chance(due, ends, number))
        fit = [one for one in situation.drivers if _may(left.get(one.user_id), laps)]
        pick = now
        if is_must:
            pick = max(due, key=lambda one: owed[one.user_id]).user_id
        elif not _may(left.get(now), laps) and fit:
            pick = max(fit, key=lambda one: (owed[one.user_id], -one.pace_s)).user_id
        found.append(0 if pick == now else pick)
        now = pick
        _drive(left, owed, now, laps)
    return tuple(found)


def _is_last_chance(due: Sequence[DriverNow], ends: Sequence[int], number: int) -> bool:
    """What is owed does not fit into the stretches after the next one."""
    return sum(one.owed_laps for one in due) > ends[-1] - ends[number + 1]


def _drive(left: dict[int, int | None], owed: dict[int, int], who: int, laps: int) -> None:
    had = left.get(who)
    if had is not None:
        left[who] = had - laps
    owed[who] = max(0, owed.get(who, 0) - laps)


def _may(left: int | None, laps: int) -> bool:
    return left is None or left >= laps


def _margin(situation: Situation) -> float:
    """None where fuel is a guess: the tank is believed to be that size on average."""
    return _MARGIN_LAPS if situation.is_measured else 0.0


def _spread(order: Sequence[Sketch], situation: Situation, most: int, meant: Sketch | None) -> list[Sketch]:
    """The best, then the best of other first stops, then other ways; what was planned is always there."""
    if not order:
        return []
    by_lap: dict[int, Sketch] = {}
    for one in order:
        by_lap.setdefault(one.choice.stops[0].lap if one.choice.stops else 0, one)
    planned = by_lap[max(by_lap)] if 0 not in by_lap else by_lap[0]
    kept = {order[0].choice.key: order[0], planned.choice.key: planned}
    if meant is not None:
        kept.setdefault(meant.choice.key, meant)
    now = by_lap.get(situation.first_lap)
    if now is not None:
        kept.setdefault(now.choice.key, now)
    best_lap = order[0].choice.stops[0].lap if order[0].choice.stops else None
    if best_lap is not None and best_lap + 1 in by_lap:
        kept.setdefault(by_lap[best_lap + 1].choice.key, by_lap[best_lap + 1])
    near = sorted(by_lap.values(), key=lambda one: one.lost_s)
    for one in (*islice(near, most - 2), *order):
        if len(kept) >= most:
            break
        kept.setdefault(one.choice.key, one)
    return sorted(kept.values(), key=_rank)


def _rank(one: Sketch) -> tuple[float, int, str]:
    """Tyres that cost nothing are taken: no model knows of all that they bring."""
    changes = sum(stop.has_tyres for stop in one.choice.stops)
    return round(one.lost_s, 2), -changes, one.choice.key
