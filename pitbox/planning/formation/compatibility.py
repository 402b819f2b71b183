"""How well two people fit into one car, with what it is made of. It is the same whoever is named first."""

import msgspec

from pitbox.model.span import common, total_s
from pitbox.planning.formation.field import TOPICS, Field


class Compatibility(msgspec.Struct, frozen=True):
    total: float
    """0 where one of them does not want the other."""
    overlap: float
    """The share of the race in which both are free, of the start time at which it is greatest; what is
    only maybe counts half."""
    car: float
    """How well the car suits the one it suits less, for the car at which that is best."""
    skill: float
    """1 where the two together are as strong as the middle of all: a strong one completes a weak one."""
    roles: float
    """Of night, rain, start and spotting: does one of them like it?"""
    wishes: float
    """1: each wants the other; 0.75: one does; 0.5: neither said so."""
    is_apart: bool = False


def compatibility(field: Field, a: int, b: int) -> Compatibility:
    if field.apart[a, b]:
        wishes = 0.0
    else:
        wishes = 0.5 + 0.25 * (bool(field.wish[a, b] > 0) + bool(field.wish[b, a] > 0))
    off = abs((field.strength[a] + field.strength[b]) / 2 - field.mean_strength)
    parts = (
        _overlap(field, a, b),
        max(float(min(pair)) for pair in zip(field.liking[a], field.liking[b], strict=True)),
        max(0.0, float(1.0 - off / field.strength_scale)),
        _roles(field, a, b),
        wishes,
    )
    weighed = sum(weight * part for weight, part in zip(field.demand.weights.shares(), parts, strict=True))
    is_apart = bool(field.apart[a, b])
    return Compatibility(0.0 if is_apart else weighed, *parts, is_apart)


def _overlap(field: Field, a: int, b: int) -> float:
    one, other = field.candidates[a], field.candidates[b]
    best = 0.0
    for race in field.demand.races:
        whole = (race.span,)
        surely_s = total_s(common(whole, common(one.free, other.free)))
        perhaps_s = total_s(common(whole, common(field.all_free(a), field.all_free(b))))
        best = max(best, (surely_s + perhaps_s) / (2 * race.span.length_s))
    return best


def _roles(field: Field, a: int, b: int) -> float:
    keenest = [max(float(field.topics[a, at]), float(field.topics[b, at])) for at in range(len(TOPICS))]
    spotting = bool(field.spots[a] or field.spots[b])
    return (sum((liking + 2) / 4 for liking in keenest) + spotting) / (len(TOPICS) + 1)
