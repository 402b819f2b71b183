"""The race from here on with our own car as it truly is: its tank, its driver, its tyres, its stops.

race = OurRace(around, situation)
model = race.model(choice, Assumed(lose_s=20.0))         # for a `Lottery`
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from pitbox.strategy.decision.answer import Choice, PlannedStop
from pitbox.strategy.decision.rule import drivers_of, fuel_walk
from pitbox.strategy.decision.situation import Situation
from pitbox.strategy.montecarlo.race_model import (
    AS_NEEDED,
    RaceCar,
    RaceModel,
    RainModel,
    Stint,
    StopPolicy,
)
from pitbox.strategy.montecarlo.race_now import RaceAround

_EXACT_STOPS = 3
"""Stops that can be driven as planned, litre by litre; those far ahead come as the tank asks."""
_RIPE, _RIPE_NOW = 0.5, 0.6
"""Of a tank that is gone: a caution is worth a stop then; of the stint that runs already."""
_SLOW_LAPS = 6
"""Of a caution that runs: whoever means to stay out does not come in under it."""
_MOST_AGES = 160


class Assumed(msgspec.Struct, frozen=True):
    """What is taken for granted in a race beside the choice; the plain one takes nothing."""

    pace_s: float = 0.0
    lose_s: float = 0.0
    caution_in_s: float | None = None
    rain_in_s: float | None = None
    rain_s: float = 1200.0
    rain_chance: float = 1.0
    is_as_planned: bool = False
    """Every stop comes as it is planned; else later ones come as the tank and cautions ask."""
    holds_plan: bool = False
    """So it does until a caution or rain calls us in: from then on as the tank and cautions ask."""
    tank_after: int | None = None
    """Stops that are planned more than so many laps from now come when the tank asks, and not before."""


class OurRace:
    """Models for choices: the same field and the same chance for all of them."""

    def __init__(self, around: RaceAround, situation: Situation) -> None:
        self.around, self.situation = around, situation

    @property
    def own(self) -> RaceCar:
        return self.around.model.cars[self.around.own]

    def model(self, choice: Choice, assumed: Assumed | None = None) -> RaceModel:
        given = assumed or Assumed()
        base, cars = self.around.model, list(self.around.model.cars)
        cautions, rain = base.cautions, base.rain
        if given.caution_in_s is not None:
            cars = list(self.around.under_caution(cars, int(given.caution_in_s / self.situation.lap_s)))
            cautions = replace(cautions, first_s=self.around.clock_s + given.caution_in_s, first_length_s=0.0)
        if given.rain_in_s is not None:
            rain = RainModel(
                chance=given.rain_chance,
                start_s=self.around.clock_s + given.rain_in_s,
                start_spread_s=60.0,
                length_s=given.rain_s,
            )
        cars[self.around.own] = self._car(choice, given)
        return replace(base, cars=tuple(cars), cautions=cautions, rain=rain)

    def is_followed(self, choice: Choice) -> bool:
        """Each of its stops counts, litre by litre, also where it is not driven as planned at all costs."""
        here = self.situation  # where nobody refuels no tank asks for the later ones
        return not here.rules.is_refuelled or self._certain(choice) <= 1

    def _certain(self, choice: Choice) -> int:
        return sum(stop.lap < self.situation.planned_lap for stop in choice.stops)

    def _car(self, choice: Choice, given: Assumed) -> RaceCar:
        own, here = self.own, self.situation
        in_s, out_s, litre_s = self._stop_parts(choice)
        save_s = 100.0 * choice.save_share * here.save_s
        is_exact = self.is_followed(choice)
        is_every = given.is_as_planned or given.holds_plan
        is_exact = is_exact or (is_every and self._certain(choice) <= _EXACT_STOPS)
        poured = len(choice.stops) if is_exact else 1
        if given.tank_after is not None:
            poured = sum(stop.lap - here.laps <= given.tank_after for stop in choice.stops)
        return replace(
            own,
            pace_s=own.pace_s + given.pace_s + save_s - self._wear_now_s(),
            start_s=(own.start_s or 0.0) + given.lose_s,
            fuel_l=here.fuel_l,
            tank_l=here.tank_l,
            lap_l=here.use_of(choice.save_share) if here.rules.is_refuelled else 0.0,
            lap_spread=here.use_doubt,
            stop_in_s=in_s,
            stop_out_s=out_s,
            stop_spread_s=here.times.spread_s,
            fill_lps=1.0 / litre_s if litre_s > 0 else 0.0,
            stints=tuple(self._stints(choice, poured)),
            stops=self._policy(choice, given, is_exact=is_exact),
        )

    def _policy(self, choice: Choice, given: Assumed, *, is_exact: bool) -> StopPolicy:
        """Under a caution we come in as rivals do, once half of the tank is gone: then the plan is void."""
        here = self.situation
        plan = tuple(stop.lap - here.laps for stop in choice.stops)
        runs_dry = is_exact and here.is_measured
        if given.tank_after is not None:
            return StopPolicy(plan=tuple(lap for lap in plan if lap <= given.tank_after), least_stint=1)
        if given.is_as_planned or not plan:
            return StopPolicy(plan=plan, least_stint=1, runs_dry=runs_dry)
        tank, drunk = here.full_laps, (here.tank_l - here.fuel_l) / here.use_l
        if not here.rules.is_refuelled:
            drunk = float(here.tyre_age)
        is_slow_now = self.around.model.cautions.first_s is not None
        least = max(_SLOW_LAPS if is_slow_now else 3, round(max(_RIPE * tank, _RIPE_NOW * tank - drunk)))
        # Counted from now: the stop is made only if no other came before.
        gaps = [after - before for before, after in pairwise((0, *plan))]
        kept = plan if is_exact or given.holds_plan else plan[:1]
        return StopPolicy(
            plan=kept,
            least_stint=min(gaps) if is_exact else plan[0],
            under_caution=True,
            caution_stint=least,
            runs_dry=runs_dry,
            holds_plan=given.holds_plan,
        )

    def _stints(self, choice: Choice, poured: int) -> list[Stint]:
        """`poured`: first stops that take the litres of the plan; later ones take what is needed."""
        here = self.situation
        drivers = drivers_of(choice, here)
        age, lap = here.tyre_age, here.laps
        found = [self._stint(drivers[0], age, AS_NEEDED)]
        for at, stop in enumerate(choice.stops):
            # Where nobody sees tyres, age is that of the stint: what laps lose from stop to stop.
            is_new = stop.has_tyres or not here.is_measured
            age, lap = (0 if is_new else age + stop.lap - lap), stop.lap
            fuel_l = stop.fuel_l if at < poured and stop.fuel_l is not None else AS_NEEDED
            found.append(self._stint(drivers[at + 1], age, fuel_l))
        # A stop that nobody planned: a splash, as much as is needed.
        last = found[-1]
        return [*found, replace(last, fuel_l=AS_NEEDED)]

    def _stint(self, driver: int, age: int, fuel_l: float) -> Stint:
        here = self.situation
        person = here.driver_of(driver)
        curve = here.tyres
        loss_s: tuple[float, ...] = ()
        if curve.is_known:
            loss_s = tuple(curve.loss_s(at) for at in range(_MOST_AGES))
        return Stint(
            pace_s=0.0 if person is None else person.pace_s, tyre_s=loss_s, tyre_age=age, fuel_l=fuel_l
        )

    def _wear_now_s(self) -> float:
        """The car's pace is a mean over tyres of all ages: what a mean age costs is in it already."""
        here = self.situation
        return here.tyres.loss_s(here.full_laps / 2) if here.tyres.is_known else 0.0

    def _stop_parts(self, choice: Choice) -> tuple[float, float, float]:
        """Way in, way out and seconds a litre, so that all stops of the plan together cost what they cost.

        A model's car has one kind of stop: what services add is laid on its litres, which a caution does
        not make cheaper, or on the lane where it takes none. Stops count by the chance that they come.
        """
        here, times, own = self.situation, self.situation.times, self.own
        if not here.rules.is_refuelled:
            in_s = 0.15 * times.lane_s
            return in_s, times.tyres_at_s - in_s, 0.0
        if not here.is_measured:  # as everybody's: longer where more laps are filled
            return own.stop_in_s, own.stop_out_s, 1.0 / own.fill_lps if own.fill_lps > 0 else 0.0
        box_s = litres = stops = 0.0
        for stop, _, added_l, is_swap in _visits(choice, here):
            loss_s = times.loss_s(added_l, has_tyres=stop.has_tyres, is_swap=is_swap, repair_s=stop.repair_s)
            comes = 1.0 if not stops else 1.0 - here.final.at_most(stop.lap)
            box_s, litres = box_s + comes * max(0.0, loss_s - times.lane_s), litres + comes * added_l
            stops += comes
        in_s = 0.15 * times.lane_s
        if not stops:
            return in_s, max(0.0, times.fuel_at_s - in_s), times.litre_s
        if litres <= 0:
            return in_s, times.lane_s - in_s + box_s / stops, 0.0
        return in_s, times.lane_s - in_s, box_s / litres


def _visits(choice: Choice, situation: Situation) -> list[tuple[PlannedStop, float, float, bool]]:
    drivers: Sequence[int] = drivers_of(choice, situation)
    return [
        (stop, at_stall_l, added_l, drivers[at + 1] != drivers[at])
        for at, (stop, at_stall_l, added_l) in enumerate(fuel_walk(choice, situation))
    ]
