"""What many teams are worth, each judged by itself: the one place where a score is worked out."""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.planning.formation.field import TOPICS, Field, Flags, Reals, Whole
from pitbox.planning.formation.grid import Bits
from pitbox.planning.formation.noun import PART_NAMES, Parts

PLACED = 1.0
"""Worth of having a driver in a team at all, beside the score: nobody is left out for a nicer score."""
OFFENCE = 100.0
"""What a broken rule costs. More than any team is worth: a search can pass through, and does not stay."""


class Verdicts(msgspec.Struct, frozen=True):
    """Row by row, one team each."""

    value: Reals
    """What a search makes as great as it can: drivers x (placed + score), less the offences."""
    offences: Reals
    """0: all hard rules hold."""
    parts: Reals
    """A row of parts for each, in the order of `PART_NAMES`."""
    score: Reals
    drivers: Whole
    car: Whole
    race: Whole

    def parts_of(self, row: int) -> Parts:
        figures = dict(zip(PART_NAMES, (float(part) for part in self.parts[row]), strict=True))
        return Parts(total=float(self.score[row]), **figures)


def table(field: Field, teams: Sequence[Sequence[int]]) -> Whole:
    """Teams of several sizes as rows of one width, filled up with nobody."""
    width = max((len(team) for team in teams), default=1) or 1
    rows = np.full((len(teams), width), field.n)
    for row, team in enumerate(teams):
        rows[row, : len(team)] = team
    return rows


def judged(field: Field, rows: Whole, cars: Flags, races: Flags) -> Verdicts:
    """`cars` and `races` are what each row may take, or what all may; the best for its people is taken."""
    drives = field.drives[rows]
    drivers = drives.sum(axis=1)
    seats = np.maximum(drivers, 1.0)
    car, car_part = _car(field, rows, seats, cars)
    race, coverage, timing_offence = _race(field, rows, races)
    off = np.abs((field.strength[rows] * drives).sum(axis=1) / seats - field.mean_strength)
    skill = np.clip(1.0 - off / field.strength_scale, 0.0, 1.0)
    wishes, quarrels = _company(field, rows, drives, seats)
    parts = np.stack([coverage, car_part, skill, _roles(field, rows), wishes], axis=1)
    parts[drivers == 0] = 0.0
    score = parts @ np.array(field.demand.weights.shares())
    wrong_size = np.maximum(field.demand.least - drivers, 0) + np.maximum(drivers - field.demand.most, 0)
    offences = np.where(drivers > 0, quarrels + wrong_size + timing_offence, 0.0)
    value = drivers * (PLACED + score) - OFFENCE * offences
    return Verdicts(value, offences, parts, score, drivers.astype(np.int64), car, race)


def _car(field: Field, rows: Whole, seats: Reals, allowed: Flags) -> tuple[Whole, Reals]:
    liking = np.where(allowed, field.liking[rows].sum(axis=1), -1.0)
    car = liking.round(9).argmax(axis=1)  # who sits in which order must not decide between equals
    return car, np.maximum(np.take_along_axis(liking, car[:, None], 1)[:, 0], 0.0) / seats


def _race(field: Field, rows: Whole, allowed: Flags) -> tuple[Whole, Reals, Reals]:
    """The start time with the fewest offences, then with the best coverage."""
    count, races = len(rows), len(field.grids)
    coverage, offence = np.zeros((count, races)), np.zeros((count, races))
    for race, grid in enumerate(field.grids):
        sure, _ = _depth(field.sure[race], rows)
        some, pairs = _depth(field.some[race], rows)
        coverage[:, race] = (_filled(sure) + _filled(pairs)) / (2.0 * grid.slots)
        holes = 1.0 - _filled(some) / grid.slots
        idle = (~field.can_race[rows, race]).sum(axis=1)
        offence[:, race] = idle + (np.where(holes > 0, 0.5 + holes, 0.0) if field.demand.must_cover else 0.0)
    best = np.where(allowed, (coverage - OFFENCE * offence).round(9), -np.inf).argmax(axis=1)
    at = best[:, None]
    return best, np.take_along_axis(coverage, at, 1)[:, 0], np.take_along_axis(offence, at, 1)[:, 0]


def _depth(bits: Bits, rows: Whole) -> tuple[Bits, Bits]:
    """Where at least one of them is free, and where at least two are."""
    one = bits[rows[:, 0]].copy()
    two = np.zeros_like(one)
    for seat in range(1, rows.shape[1]):
        here = bits[rows[:, seat]]
        two |= one & here
        one |= here
    return one, two


def _filled(bits: Bits) -> Reals:
    count: Reals = np.bitwise_count(bits).sum(axis=1).astype(float)
    return count


def _roles(field: Field, rows: Whole) -> Reals:
    """Of each topic, the keenest speaks for the team."""
    keenest = (field.topics[rows].max(axis=1) + 2.0) / 4.0
    if not field.demand.spotters:
        middle: Reals = keenest.mean(axis=1)
        return middle
    spotting = np.minimum(field.spots[rows].sum(axis=1) / field.demand.spotters, 1.0)
    roles: Reals = (keenest.sum(axis=1) + spotting) / (len(TOPICS) + 1)
    return roles


def _company(field: Field, rows: Whole, drives: Reals, seats: Reals) -> tuple[Reals, Reals]:
    """The share of their wishes that its drivers get, and how many pairs must not be."""
    beside = rows[:, :, None], rows[:, None, :]
    granted = field.wish[beside].sum(axis=2) + (1.0 - field.has_wish[rows])
    quarrels: Reals = field.apart[beside].sum(axis=(1, 2)) / 2.0
    wishes: Reals = (granted * drives).sum(axis=1) / seats
    return wishes, quarrels
