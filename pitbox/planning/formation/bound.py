"""How good any formation of these people could be: a relaxation that is worked out at once.

Every part of the score is taken to its best by itself, as if it had not to share its people with the other
parts; within a part, people are counted, hour by hour and topic by topic. No formation that places as many
drivers gets above it; how far below the true best it lies is not known.
"""

from collections import Counter
from functools import lru_cache
from itertools import pairwise

import numpy as np

from pitbox.planning.formation.field import TOPICS, Field, Reals

NAME = "each part by itself, people counted"


@lru_cache(maxsize=4)  # moving people by hand asks for it at every move
def bound(field: Field, placed: int) -> float:
    """On the mean score of formations that place so many drivers, or more."""
    if placed <= 0:
        return 0.0
    best = (
        _coverage(field, placed),
        _greatest(field.liking[field.drivers].max(axis=1), placed),
        1.0,
        _roles(field, placed),
        _wishes(field, placed),
    )
    return float(sum(weight * min(1.0, part) for weight, part in zip(_weights(field), best, strict=True)))


def _weights(field: Field) -> tuple[float, ...]:
    return field.demand.weights.shares()


def _greatest(each: Reals, placed: int) -> float:
    """The mean of the greatest ones, one for each who is placed."""
    return float(np.sort(each)[::-1][:placed].mean())


def _coverage(field: Field, placed: int) -> float:
    """Who is free at an hour is the first, or one of two, in one team only, and no team is above its size."""
    # Over several start times: each as if it had the people to itself, and the drivers go where more is won.
    slopes: list[tuple[float, float]] = []
    for race, grid in enumerate(field.grids):
        sure = _count(field.sure[race][field.drivers], grid.slots)
        some = _count(field.some[race][field.drivers], grid.slots)
        tops = np.concatenate([sure, some // 2]) * field.demand.most
        slopes += _pieces(np.minimum(tops, placed) / placed)
    left, won = 1.0, 0.0
    for slope, length in sorted(slopes, reverse=True):
        won += slope * min(left, length)
        left -= min(left, length)
    return won


def _pieces(tops: Reals) -> list[tuple[float, float]]:
    """The mean of min(x, top) over all tops as slopes and how long each holds: concave in x."""
    edges = np.unique(np.concatenate([[0.0], tops]))
    return [(float((tops > low).mean()), float(high - low)) for low, high in pairwise(edges)]


def _count(bits: np.ndarray, slots: int) -> Reals:
    """How many are free in each slot."""
    cells = np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little")[:, :slots]
    counted: Reals = cells.sum(axis=0).astype(float)
    return counted


def _roles(field: Field, placed: int) -> float:
    """The keenest each speak for a whole team of the greatest size."""
    most = field.demand.most
    best = []
    for topic in range(len(TOPICS)):
        keen = np.sort((field.topics[field.drivers, topic] + 2.0) / 4.0)[::-1]
        best.append(float(np.repeat(keen, most)[:placed].mean()))
    if field.demand.spotters:
        best.append(min(1.0, most * float(field.spots.sum()) / field.demand.spotters / placed))
    return float(np.mean(best))


def _wishes(field: Field, placed: int) -> float:
    """As many of one's wishes as there are seats, and none of who must not be beside one."""
    wish = np.where(field.apart, 0.0, field.wish)
    beside = ~np.append(field.is_driver, True)  # those who do not drive take no seat
    seats = np.sort(wish[:, ~beside], axis=1)[:, ::-1][:, : field.demand.most - 1].sum(axis=1)
    each = seats + wish[:, beside].sum(axis=1) + (1.0 - field.has_wish)
    most = np.minimum(each[field.drivers], 1.0)
    return min(_greatest(most, placed), float(most.sum() - _parted(field)) / placed)


def _parted(field: Field) -> float:
    """Wishes that no formation grants: who hang together by wishes and are too many for one team.

    To cut c people into teams of at most m, at least ceil(c / m) - 1 of their ties have to go; the
    cheapest that there are.
    """
    mutual = field.wish + field.wish.T
    ties = [
        (i, j) for i, j in np.argwhere(np.triu(mutual) > 0).tolist() if field.drives[i] and field.drives[j]
    ]
    group = {i: i for i in field.drivers}
    for i, j in ties:
        low, high = sorted((group[i], group[j]))
        group = {one: low if of == high else of for one, of in group.items()}
    lost = 0.0
    for name, people in Counter(group.values()).items():
        cheapest = sorted(float(mutual[i, j]) for i, j in ties if group[i] == name)
        lost += sum(cheapest[: -(-people // field.demand.most) - 1])
    return lost
