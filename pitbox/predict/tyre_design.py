"""Clean laps as the lines that tyres are fitted with: columns, and what is believed of each before."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import msgspec
import numpy as np

from pitbox.predict.lap_row import LapRow
from pitbox.predict.tyre_prior import TyrePriors

Array = np.ndarray[Any, np.dtype[np.float64]]
_LEVEL_SPREAD, _OFFSET_SPREAD = 40.0, 10.0
_HEAT_SPREAD, _WET_SPREAD = 0.5, 20.0
_USUAL_LAP_S = 90.0


class Design(msgspec.Struct, frozen=True):
    """In thousandths of the level."""

    names: tuple[str, ...]
    x: Array
    y: Array
    mean: Array
    spread: Array
    ages: dict[str, Array]
    """By compound: the age in its laps, zero in others."""
    level_s: float
    before: "np.ndarray[Any, np.dtype[np.int64]]"
    """Of each lap, where the one before it in its stint stands; -1 for the first."""
    people: tuple[tuple[str, str], ...] = ()
    """Cars and drivers that have a level of their own."""
    hinges: dict[str, float] = {}

    def at(self, name: str) -> int | None:
        return self.names.index(name) if name in self.names else None


def design_of(rows: Sequence[LapRow], priors: TyrePriors, *, is_refuelled: bool) -> Design:
    """A level for each car and driver, an offset and a slope for each compound, fuel, heat and water."""
    level_s = median(row.time_s for row in rows) if rows else _USUAL_LAP_S
    circuit = rows[0].circuit if rows else ""
    columns: dict[str, tuple[Array, float, float]] = {}
    driving = [(row.car, row.driver) for row in rows]
    people = tuple(sorted(set(driving)))
    are_theirs = {one: np.array([who == one for who in driving], dtype=float) for one in people}
    for person, is_theirs in are_theirs.items():
        columns[f"level {person[0]} {person[1]}"] = is_theirs, 0.0, _LEVEL_SPREAD
    ages: dict[str, Array] = {}
    known_age = np.maximum(0.0, np.nan_to_num([row.tyre_age for row in rows]))
    for compound in sorted({row.compound for row in rows}):
        is_this = np.array([row.compound == compound for row in rows], dtype=float)
        ages[compound] = is_this * known_age
        belief = priors.of(circuit, compound or "?")
        columns[f"offset {compound}"] = is_this, 0.0, _OFFSET_SPREAD
        columns[f"age {compound}"] = ages[compound], belief.mean, belief.spread
    fuel = priors.of(circuit, "")
    columns["fuel"] = _burnt_laps(rows, is_refuelled=is_refuelled), fuel.mean, fuel.spread
    for name, values, spread in (
        ("heat", [row.track_temp_c for row in rows], _HEAT_SPREAD),
        ("wet", [row.wetness for row in rows], _WET_SPREAD),
    ):
        measured = np.array(values, dtype=float)
        if np.isfinite(measured).any():
            columns[name] = np.nan_to_num(measured - np.nanmean(measured)), 0.0, spread
    x = np.column_stack([column for column, _, _ in columns.values()]).reshape(len(rows), len(columns))
    return Design(
        names=tuple(columns),
        x=x,
        y=(np.array([row.time_s for row in rows]) / level_s - 1.0) * 1000.0,
        mean=np.array([mean for _, mean, _ in columns.values()]),
        spread=np.array([spread for _, _, spread in columns.values()]),
        ages=ages,
        level_s=level_s,
        before=_before(rows),
        people=people,
    )


def with_hinges(design: Design, hinges: dict[str, float], spread: float) -> Design:
    """With a bend at that age for some compounds."""
    if not hinges:
        return design
    bends = [np.maximum(0.0, design.ages[compound] - knot) for compound, knot in hinges.items()]
    return msgspec.structs.replace(
        design,
        names=(*design.names, *(f"cliff {compound}" for compound in hinges)),
        x=np.column_stack([design.x, *bends]),
        mean=np.concatenate([design.mean, np.zeros(len(hinges))]),
        spread=np.concatenate([design.spread, np.full(len(hinges), spread)]),
        hinges=dict(hinges),
    )


def _before(rows: Sequence[LapRow]) -> "np.ndarray[Any, np.dtype[np.int64]]":
    last: dict[tuple[str, int], int] = {}
    found = np.full(len(rows), -1)
    for at, row in enumerate(rows):
        found[at] = last.get((row.car, row.stint), -1)
        last[row.car, row.stint] = at
    return found


def _burnt_laps(rows: Sequence[LapRow], *, is_refuelled: bool) -> Array:
    if not is_refuelled:
        return np.array([float(row.lap) for row in rows])
    first: dict[tuple[str, int], int] = {}
    for row in rows:
        key = row.car, row.stint
        first[key] = min(first.get(key, row.lap), row.lap)
    return np.array([float(row.lap - first[row.car, row.stint]) for row in rows])
