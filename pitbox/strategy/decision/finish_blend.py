"""Where we finish with what we mean to do: races of now beside what a learned model knows of earlier ones.

Of a plan as it stands only. Differences between plans come from paired races alone: the learned model does
not know what we are about to do.
"""

from collections.abc import Sequence
from itertools import zip_longest

from pitbox.strategy.pace import FinishCall

_FUELLED, _UNFUELLED = 0.5, 0.25
"""Of the races, the rest is the learned model's: where stops bring fuel, and where not. With each race left
out, the others choose 0.4 or 0.5 in ten endurance races, 0.2 or 0.25 in a season of single-seaters."""


def races_share(*, is_refuelled: bool) -> float:
    return _FUELLED if is_refuelled else _UNFUELLED


def blended(
    races: Sequence[float], learned: FinishCall | None, *, is_refuelled: bool = True
) -> tuple[float, ...]:
    """Chances of places in class, the first one first; those of the races where no model speaks."""
    if learned is None or sum(learned.chances) <= 0.0:
        return tuple(races)
    whole = sum(learned.chances)
    share = races_share(is_refuelled=is_refuelled)
    pairs = zip_longest(races, learned.chances, fillvalue=0.0)
    return tuple(share * one + (1.0 - share) * other / whole for one, other in pairs)


def best_place(chances: Sequence[float]) -> tuple[float, int]:
    """The best place that is more likely than not, with its chance."""
    chance = 0.0
    for place, one in enumerate(chances, 1):
        chance += one
        if chance >= 0.5:
            return min(1.0, chance), place
    return chance, max(1, len(chances))
