"""What the tyres of our class cost, fitted anew once a lap of ours; and so what its laps to come will be."""

from typing import TYPE_CHECKING

import numpy as np

from pitbox.predict.feature import VERSION
from pitbox.predict.lap_row import LapRow
from pitbox.strategy.pace import Speaker, TyreCall, TyreLoss
from pitbox.wall.claim_watch import Race
from pitbox.wall.forecast_log import Asked
from pitbox.wall.lap_book import LapBook
from pitbox.wall.models import Standing
from pitbox.wall.race_calls import speaker_of

if TYPE_CHECKING:
    from pitbox.predict.tyre import TyreFit

AHEAD = (5, 10)
"""Laps of the same stint, as its scores are of."""
_ROWS = 1500
_AGES = 61
"""Laps of age that a curve is told for."""
_Z = 1.645


class TyreCalls:
    """Of one race."""

    def __init__(self, race: Race) -> None:
        self._race = race
        self._fit: tuple[int, str, TyreFit] | None = None
        self._asked: dict[str, int] = {}
        """By car: the last lap after which it was forecast."""
        self.claims: list[Asked] = []
        """What was said of cars since somebody took it."""

    def of(self, standing: Standing, own: LapRow, laps: LapBook) -> tuple[TyreCall | None, Speaker | None]:
        key = (laps.count_of(own.car), standing.card.version)
        if self._fit is None or self._fit[:2] != key:
            from pitbox.predict.tyre import fit_tyres  # noqa: PLC0415 - not before a model is promoted

            mates = laps.mates(own.class_name, _ROWS)
            fit = fit_tyres(mates, standing.tyres, is_refuelled=True)
            self._fit = (*key, fit)
            self.claims += self._claimed(standing, fit, mates)
        fit = self._fit[2]
        curve = fit.curves.get(own.compound)
        if curve is None or not np.isfinite(curve.slope_s.value):
            return None, None
        cliff = curve.cliff_age.value
        who = (own.car, own.driver)
        call = TyreCall(
            slope_s=curve.slope_s.value,
            low_s=curve.slope_s.low,
            high_s=curve.slope_s.high,
            cliff_age=cliff if np.isfinite(cliff) else None,
            laps=curve.laps,
            compound=own.compound,
            curves={name: _losses(fit, name, who) for name in fit.curves},
        )
        return call, speaker_of(standing, fit.step)

    def _claimed(self, standing: Standing, fit: "TyreFit", mates: list[LapRow]) -> list[Asked]:
        """Of each car whose newest lap is a clean one, once."""
        newest = {row.car: row for row in mates}
        found = []
        for row in newest.values():
            if row.is_pace and self._asked.get(row.car) != row.lap:
                self._asked[row.car] = row.lap
                asked = _asked(standing, fit, row, self._race)
                found += [] if asked is None else [asked]
        return found


def _asked(standing: Standing, fit: "TyreFit", row: LapRow, race: Race) -> Asked | None:
    """Its lap time, and what tyres and fuel add to it; with the noise of both laps, as in training."""
    card, curve = standing.card, fit.curves.get(row.compound)
    told = [fit.change(row.compound, row.tyre_age, float(ahead)) for ahead in AHEAD]
    noise_s = _Z * 2.0**0.5 * fit.noise_s
    if curve is None or not all(np.isfinite([one.low, one.high, noise_s]).all() for one in told):
        return None
    inputs = (row.tyre_age, curve.slope_s.value, curve.cliff_age.value, curve.cliff_slope_s.value)
    return Asked(
        *race,
        car_idx=int(row.car),
        lap=row.lap,
        end_s=row.end_s,
        stint=row.stint,
        stint_lap=int(row.tyre_age),
        world=card.world,
        model=card.model,
        version=card.version,
        step=fit.step,
        ref_s=row.time_s,
        plain_s=row.time_s,
        ahead=AHEAD,
        median_s=tuple(row.time_s + one.value for one in told),
        low_s=tuple(row.time_s + one.low - noise_s for one in told),
        high_s=tuple(row.time_s + one.high + noise_s for one in told),
        features=VERSION,
        inputs=np.array([*inputs, fit.fuel_s.value, fit.noise_s], dtype="<f4").tobytes(),
    )


def _losses(fit: "TyreFit", compound: str, who: tuple[str, str]) -> tuple[TyreLoss, ...]:
    told = fit.curve(compound, _AGES, who)
    return tuple(TyreLoss(*(round(value, 4) for value in (one.low, one.value, one.high))) for one in told)
