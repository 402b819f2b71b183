"""What each person is worth to the teams being rebuilt: prices that show which make-ups cannot matter.

Lagrange's relaxation of the rule that nobody sits in two teams, by Polyak's subgradient steps. Any prices
give a valid bound, so no make-up that could belong to something better is lost.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.planning.formation.field import Reals, Whole
from pitbox.planning.formation.seating import Seats

_STEPS = 60


class Kind(msgspec.Struct, frozen=True):
    """Teams that are alike to whoever may be in them."""

    teams: tuple[int, ...]
    core: Seats
    """Who stays: placed by hand, and those who do not drive."""


class MakeUps(msgspec.Struct, frozen=True):
    kind: Kind
    rows: Whole
    """Of each make-up, its people as places in the pool; -1: none."""
    value: Reals


class Prices(msgspec.Struct, frozen=True):
    bound: float
    """Nothing made of these people is worth more."""
    short: list[Reals]
    """Of each make-up: with it, nothing is worth more than the bound less this."""


def prices(offers: Sequence[MakeUps], pool: int, now: float) -> Prices:
    """The best that these steps find; `now` is what there is."""
    # One more place, where -1 points to: an empty seat has no price.
    each = np.full(pool + 1, max(now, 0.0) / max(pool, 1))
    each[pool] = 0.0
    best: tuple[float, Reals] = (np.inf, each)
    for step in range(_STEPS):
        limit, slope = _bound(offers, each)
        if limit < best[0]:
            best = limit, each.copy()
        length = float(slope[:pool] @ slope[:pool])
        if limit <= now or length == 0:
            break
        # Aimed at what there is, more and more timidly.
        each[:pool] -= slope[:pool] * (limit - now) / length * 0.97**step
        each[:pool] = np.maximum(each[:pool], 0.0)
    limit, each = best
    return Prices(limit, [_short(offer, each) for offer in offers])


def _bound(offers: Sequence[MakeUps], each: Reals) -> tuple[float, Reals]:
    """All prices and what each kind of team gains over them; the slope by each price."""
    limit, slope = float(each.sum()), np.ones(len(each))
    for offer in offers:
        if not len(offer.value):
            continue
        gain = offer.value - each[offer.rows].sum(axis=1)
        top = np.argpartition(-gain, min(len(offer.kind.teams), len(gain)) - 1)[: len(offer.kind.teams)]
        taken = top if offer.kind.core else top[gain[top] > 0]  # a team with a core is not left out
        limit += float(gain[taken].sum())
        np.subtract.at(slope, offer.rows[taken].ravel(), 1.0)
    return limit, slope


def _short(offer: MakeUps, each: Reals) -> Reals:
    """How much less than the best each make-up gains, where it takes the place of the least that is taken."""
    if not len(offer.value):
        return offer.value
    gain = offer.value - each[offer.rows].sum(axis=1)
    count = min(len(offer.kind.teams), len(gain))
    least = float(np.partition(gain, len(gain) - count)[len(gain) - count])
    short: Reals = np.maximum((least if offer.kind.core else max(least, 0.0)) - gain, 0.0)
    return short
