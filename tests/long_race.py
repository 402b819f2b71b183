"""A day of racing as facts: the 63 cars of the scenes in the day that benches drive."""

from functools import cache

import scenes

from pitbox.cli.bench.day import CAUTIONS, CREW, GREEN_S, PEOPLE, day_facts
from pitbox.model.fact import Fact

__all__ = ["CAUTIONS", "CREW", "GREEN_S", "facts", "people"]


def people() -> dict[int, str]:
    """Who drives in the crews, besides whoever is in the car now."""
    return PEOPLE


@cache
def facts(end_s: float = 36_173.0) -> tuple[Fact, ...]:
    """Everything that was said until then."""
    return tuple(day_facts(scenes.info().entries, end_s))
