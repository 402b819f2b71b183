"""Where a stop brings us out on the road: between whom, how clear, and what is right ahead.

Everybody goes on at the pace of now until we are out; who is in the lane is left out.
"""

from collections import Counter

import msgspec

from pitbox.strategy.story import RUNNING, CarNow, Moment

_NEAR_S = 15.0
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class RoadRejoin(msgspec.Struct, frozen=True):
    ahead: int | None
    """CarIdx of the next car on the road, whatever its class."""
    behind: int | None
    ahead_s: float
    behind_s: float
    slower: tuple[tuple[int, int], ...]
    """Cars of other classes within a quarter of a minute ahead: class and how many."""


def road_rejoin(moment: Moment, own: CarNow, lap: int, loss_s: float) -> RoadRejoin | None:
    """After a stop at the end of that lap; None before anybody's pace is known."""
    lap_s = own.story.typical_lap_s()
    if lap_s is None:
        return None
    horizon_s = max(0.0, lap - own.place) * lap_s + loss_s
    place = own.place + (horizon_s - loss_s) / lap_s
    gaps: list[tuple[float, CarNow]] = []
    for car in moment.cars:
        other_s = car.story.typical_lap_s()
        if car.car_idx == own.car_idx or car.status != RUNNING or car.is_in_pits or other_s is None:
            continue
        apart = (car.place + horizon_s / other_s - place) % 1.0
        gaps.append(((apart if apart < 0.5 else apart - 1.0) * lap_s, car))
    ahead = min((one for one in gaps if one[0] > 0), key=lambda one: one[0], default=None)
    behind = max((one for one in gaps if one[0] <= 0), key=lambda one: one[0], default=None)
    others = Counter(
        car.class_id for gap_s, car in gaps if 0 < gap_s <= _NEAR_S and car.class_id != own.class_id
    )
    return RoadRejoin(
        None if ahead is None else ahead[1].car_idx,
        None if behind is None else behind[1].car_idx,
        0.0 if ahead is None else ahead[0],
        0.0 if behind is None else -behind[0],
        tuple(others.most_common()),
    )


def rejoin_words(moment: Moment, seen: RoadRejoin) -> str:
    """`Out between 23 and 41, 2.1 s clear, three GTD ahead`."""
    ahead, behind = (
        None if car_idx is None else number_of(moment, car_idx) for car_idx in (seen.ahead, seen.behind)
    )
    if ahead is not None and behind is not None:
        words = f"Out between {ahead} and {behind}, {min(seen.ahead_s, seen.behind_s):.1f} s clear"
    elif ahead is not None:
        words = f"Out {seen.ahead_s:.1f} s behind {ahead}"
    elif behind is not None:
        words = f"Out {seen.behind_s:.1f} s ahead of {behind}"
    else:
        return "Out on an empty road"
    for class_id, cars in seen.slower[:1]:
        count = _COUNTS[cars] if cars < len(_COUNTS) else str(cars)
        words += f", {count} {class_name(moment, class_id)} ahead"
    return words


def number_of(moment: Moment, car_idx: int) -> str:
    """As painted on the car."""
    entry = None if moment.info is None else moment.info.entry(car_idx)
    return str(car_idx) if entry is None else entry.number


def class_name(moment: Moment, class_id: int) -> str:
    classes = () if moment.info is None else moment.info.classes
    return next((one.name for one in classes if one.class_id == class_id), "others")
