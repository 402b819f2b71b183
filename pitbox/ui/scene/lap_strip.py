"""What the traces show: for each strip the values of each lap, over distance or time. Loads no Qt."""

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.driven import DrivenLap
from pitbox.analysis.formula import PATH, PLACE, TIME, FormulaError, formula
from pitbox.ui.scene.lap_axis import LapAxis
from pitbox.ui.scene.lap_layout import DELTA, LapLayout
from pitbox.ui.scene.lap_unit import DELTA as DELTA_SCALE
from pitbox.ui.scene.lap_unit import Scale, friendly, scale_of
from pitbox.ui.scene.words import Units
from pitbox.wall.lap_set import LapSet, SetLap

Floats = NDArray[np.float64]
_AIR = 0.06
_MOST_DEVIANT = 1e30


class StripLap(msgspec.Struct, frozen=True, eq=False):
    at: int
    """Place of the lap among those that were chosen: its colour."""
    pct: Floats
    t_s: Floats
    y: Floats
    """In the unit that is shown; NaN in a hole."""
    is_stepped: bool = False

    def value_at(self, place: float, *, is_by_time: bool) -> float:
        x = self.t_s if is_by_time else self.pct
        if not len(x) or not x[0] <= place <= x[-1]:
            return float("nan")
        if self.is_stepped:
            return float(self.y[int(np.searchsorted(x, place, side="right")) - 1])
        return float(np.interp(place, x, self.y))


class Strip(msgspec.Struct, frozen=True, eq=False):
    name: str
    title: str
    scale: Scale
    laps: tuple[StripLap, ...]
    low: float
    high: float
    """Of all laps, with a little air."""
    why: tuple[str, ...] = ()
    """Laps that have it not, or what is wrong with the formula."""
    air: float = 0.0
    """Above and below what the laps reach."""

    @property
    def is_level(self) -> bool:
        """One value all along: two would say the same."""
        return self.scale.words(self.most) == self.scale.words(self.least)

    @property
    def most(self) -> float:
        return self.high - self.air

    @property
    def least(self) -> float:
        return self.low + self.air


def strips_of(
    laps: LapSet, layout: LapLayout, sim_units: Mapping[str, str], units: Units
) -> tuple[Strip, ...]:
    """From above, as the layout has them."""
    return tuple(_strip(name, laps, layout, sim_units, units) for name in layout.strips)


def seen_range(strip: Strip, axis: LapAxis) -> Strip:
    """The delta fills its room at any zoom; channels keep their scale, so that a corner looks like itself."""
    if strip.name != DELTA or not strip.laps:
        return strip
    seen = []
    for lap in strip.laps:
        places = lap.t_s if axis.is_by_time else lap.pct
        seen.append(lap.y[(places >= axis.begin) & (places <= axis.end)])
    low, high, air = _range(seen, least=0.01)
    return msgspec.structs.replace(strip, low=low, high=high, air=air)


def channels_needed(layout: LapLayout) -> tuple[str, ...]:
    """Beyond those that every lap is read with."""
    found: dict[str, None] = {}
    for name in layout.strips:
        for channel in needed_by(name, layout):
            found[channel] = None
    return tuple(found)


def needed_by(name: str, layout: LapLayout) -> tuple[str, ...]:
    if name == DELTA:
        return ()
    text = layout.formulas.get(name)
    if text is None:
        return (name,)
    try:
        return tuple(one for one in formula(text).names if one not in (TIME, PLACE, PATH))
    except FormulaError:
        return ()


def values_of(lap: DrivenLap, name: str, layout: LapLayout) -> Floats:
    """One value a sample, in the sim's unit; raises FormulaError with the reason where there is none."""
    text = layout.formulas.get(name)
    if text is None:
        values = lap.channels.get(name)
        if values is None:
            raise FormulaError(f"{name} was not recorded.")
        return values
    own = {TIME: lap.t_s, PLACE: lap.pct, PATH: lap.path_m}
    return formula(text).value({**lap.channels, **own}, lap.t_s)


def _strip(name: str, laps: LapSet, layout: LapLayout, sim_units: Mapping[str, str], units: Units) -> Strip:
    if name == DELTA:
        return _delta(laps)
    is_formula = name in layout.formulas
    scale = Scale() if is_formula else scale_of(name, sim_units.get(name, ""), units)
    found, why = [], []
    for one in laps.laps:
        try:
            found.append(_lap(one, values_of(one.lap, name, layout), scale, name in one.lap.stepped))
        except FormulaError as error:
            why.append(str(error))
    low, high, air = _range([lap.y for lap in found])
    title = name if is_formula else friendly(name)
    return Strip(name, title, msgspec.structs.replace(scale, factor=1.0, offset=0.0), tuple(found), low, high,
                 tuple(dict.fromkeys(why)), air)  # fmt: skip


def _lap(one: SetLap, values: Floats, scale: Scale, is_stepped: bool) -> StripLap:
    lap = one.lap
    y = values * scale.factor + scale.offset
    for begin, end in lap.holes:  # nothing is drawn where nothing was recorded
        y = np.where((lap.pct > begin) & (lap.pct < end), np.nan, y)
    return StripLap(one.at, lap.pct, lap.t_s, y, is_stepped)


def _delta(laps: LapSet) -> Strip:
    """Of the reference it is nought all along, which is the line of zero."""
    found = []
    for one in laps.laps[1:]:
        reference_s = np.interp(one.delta.pct, laps.laps[0].lap.pct, laps.laps[0].lap.t_s)
        found.append(StripLap(one.at, one.delta.pct, reference_s, one.delta.delta_s))
    low, high, air = _range([*(lap.y for lap in found), np.zeros(1)], least=0.1)
    why = ("A second lap gives a difference.",) if len(laps.laps) == 1 else ()
    return Strip(DELTA, "Delta", DELTA_SCALE, tuple(found), low, high, why, air)


def _range(values: list[Floats], least: float = 1e-6) -> tuple[float, float, float]:
    """From where to where, and how much of it is air."""
    known = [one[np.isfinite(one) & (np.abs(one) < _MOST_DEVIANT)] for one in values]
    known = [one for one in known if len(one)]
    if not known:
        return 0.0, 1.0, 0.0
    low, high = min(float(one.min()) for one in known), max(float(one.max()) for one in known)
    air = max((high - low) * _AIR, least)
    return low - air, high + air, air
