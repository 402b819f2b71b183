"""On which lap everybody takes the flag, as a distribution: samples of the rest of the race.

The overall leader's crossing ends the race: by the clock the first one after zero (in the sim after a lap
under white), by laps the one that completes them. Everybody else then finishes the lap that they are on.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np

from pitbox.strategy.caution import CautionProcess, caution_process
from pitbox.strategy.errors import NoLengthError, NoRaceError
from pitbox.strategy.form import Forms, Outlook
from pitbox.strategy.laps import LapChances, certain, counted_rows
from pitbox.strategy.luck import SAMPLES, Doubt, Floats, fresh_rng, luck_for
from pitbox.strategy.story import FINISHED, CarNow, Moment

Ints = np.ndarray[Any, np.dtype[np.int64]]


_TINY = 1e-9
_LAP_SPREAD = 0.02
"""Of one lap of the leader against the one before."""
_OVER_TIME = 0.1
_PENDING = 0.7
"""What is left to lose of the stop that a car is in, against a whole one."""


class OutlookModel(Protocol):
    """Pace, stints and stop losses from here on; plain means now, learned models later."""

    def outlooks(self, moment: Moment) -> dict[int, Outlook]: ...


class CautionModel(Protocol):
    def __call__(self, moment: Moment) -> CautionProcess: ...


class CarEnd(msgspec.Struct, frozen=True):
    """One car's end of the race."""

    car_idx: int
    class_id: int
    laps: LapChances
    """On which it takes the flag, if it does."""
    finish_chance: float
    """That it still runs at all; 1 for a car that crosses the line as expected."""
    stops_to_come: float
    """In the mean."""
    assumptions: tuple[str, ...]


class RaceEnd(msgspec.Struct, frozen=True):
    cars: dict[int, CarEnd]
    class_laps: dict[int, LapChances]
    """By class: the laps of whoever wins it, whether or not its leader of now comes through."""
    leader_laps: LapChances
    end_s: tuple[float, float, float]
    """From now to the chequered flag: 5 %, 50 % and 95 %."""
    assumptions: tuple[str, ...]


class RaceEndModel:
    """Keeps what it knows of each car's form between calls; ask again after a lap or a stop."""

    def __init__(
        self,
        outlooks: OutlookModel | None = None,
        cautions: CautionModel = caution_process,
        doubt: Doubt | None = None,
    ) -> None:
        self._outlooks = outlooks or Forms()
        self._cautions = cautions
        self._doubt = doubt or Doubt()

    def at(self, moment: Moment) -> RaceEnd:
        """Raises NoLengthError where nobody says how long the race is, NoRaceError before the first lap."""
        if moment.time_left_s is None and moment.length.laps is None:
            raise NoLengthError("Nobody says how long this race is, so its end cannot be told.")
        outlooks = self._outlooks.outlooks(moment)
        racing = [car for car in moment.cars if car.status != FINISHED and car.car_idx in outlooks]
        ends = {car.car_idx: _ended(car) for car in moment.cars if car.status == FINISHED}
        if not racing:
            if not ends:
                raise NoRaceError("No car has completed a lap yet.")
            return _over(ends)
        run = _Run(moment, racing, outlooks, self._cautions(moment), self._doubt)
        return run.result(ends)


def race_end(moment: Moment) -> RaceEnd:
    """The plain model's answer, asked once."""
    return RaceEndModel().at(moment)


class _Run:
    """All cars and all samples of one moment: rows are cars, columns samples."""

    def __init__(
        self,
        moment: Moment,
        cars: Sequence[CarNow],
        outlooks: Mapping[int, Outlook],
        cautions: CautionProcess,
        doubt: Doubt,
    ) -> None:
        # By number and not by position, so that a car keeps its luck when it is overtaken.
        self.cars = sorted(cars, key=lambda car: car.car_idx)
        self.moment, self.cautions, self.doubt = moment, cautions, doubt
        self.outlooks = [outlooks[car.car_idx] for car in self.cars]
        self.luck = luck_for(len(cars), doubt)
        self.lap_s = self._column("lap_s")
        self.silence_s = self._silence_s()
        self.overdue_s = np.array([[self._overdue_s(at)] for at in range(len(cars))])
        self.finish_chance = np.exp(-self.overdue_s / doubt.given_up_s)
        self.is_out = self._of("is_out") > self.finish_chance
        self.place = np.array([[self._place(at)] for at in range(len(cars))])
        self.stops = np.zeros((len(cars), SAMPLES))

    def result(self, ends: dict[int, CarEnd]) -> RaceEnd:
        if self.moment.is_checkered:
            end_s = np.zeros(SAMPLES)
            laps = np.floor(self.place).astype(np.int64) + np.ones((1, SAMPLES), dtype=np.int64)
        else:
            end_s, laps = self._finish()
        found = dict(ends)
        stops = self.stops.mean(axis=1).tolist()
        for at, (car, chances) in enumerate(zip(self.cars, counted_rows(laps), strict=True)):
            found[car.car_idx] = self._car_end(at, car, chances, stops[at])
        quantiles = np.quantile(end_s, (0.05, 0.5, 0.95))
        standing = np.where(self.is_out, self.place.astype(np.int64), laps)
        classes = self._class_laps(standing, ends)
        return RaceEnd(
            cars=found,
            class_laps=classes,
            leader_laps=max(classes.values(), key=lambda chances: chances.mean),
            end_s=(float(quantiles[0]), float(quantiles[1]), float(quantiles[2])),
            assumptions=(f"race over {self.moment.length.words()}", self.cautions.words),
        )

    def _finish(self) -> tuple[Floats, Ints]:
        """When the flag falls, and everybody's laps."""
        clock_s, total = self.moment.time_left_s, self.moment.length.laps
        if clock_s is None:
            assert total is not None
            end_s, lead_laps, place = self._by_laps(total)
        else:
            end_s, lead_laps, place = self._by_clock(clock_s)
            if total is not None and lead_laps.max() >= total:
                end_s, lead_laps, place = self._whichever_first(total, end_s, lead_laps, place)
        laps = np.floor(place + _TINY).astype(np.int64) + 1
        least = np.array([[car.laps + 1] for car in self.cars])  # who runs crosses the line once more
        laps = np.maximum(np.minimum(laps, lead_laps.astype(np.int64)), least)
        lead = np.argmax(np.where(self.is_out, -1.0, place), axis=0)
        columns = np.arange(SAMPLES)
        laps[lead, columns] = np.maximum(lead_laps.astype(np.int64), least[lead, 0])
        return end_s, laps

    def _by_clock(self, clock_s: float) -> tuple[Floats, Floats, Floats]:
        """The first crossing of the leader after zero, or the one after that if white was missed."""
        place, pace_s = self._places(np.full(SAMPLES, clock_s))
        standing = np.where(self.is_out, -1.0, place)
        lead = np.argmax(standing, axis=0)
        columns = np.arange(SAMPLES)
        at_zero = standing[lead, columns]
        lead_laps = np.ceil(at_zero - _TINY)
        if self.moment.length.has_white_lap:
            lead_laps = lead_laps + self._is_white_missed(at_zero, lead)
        after_s = (lead_laps - at_zero) * pace_s[lead, columns]
        return clock_s + after_s, lead_laps, place + after_s / pace_s

    def _is_white_missed(self, at_zero: Floats, lead: Ints) -> Floats:
        """The leader began its last lap before zero without white: then it gets white, and a lap more.

        White is shown when the lap before took longer than what was left on the clock.
        """
        share = at_zero - np.floor(at_zero)
        missed = share > 1.0 + _LAP_SPREAD * self.luck.last_lap
        for at in np.unique(lead):
            car, left_s = self.cars[at], self.moment.time_left_s
            is_on_it = (lead == at) & (np.floor(at_zero) <= car.laps)
            last = car.story.laps.last
            if not is_on_it.any() or last is None or left_s is None or car.line_s is None:
                continue
            is_white = self.moment.is_white or left_s + self.moment.now_s - car.line_s < last.time_s
            missed = np.where(is_on_it, not is_white, missed)
        return missed.astype(np.float64)

    def _by_laps(self, total: int) -> tuple[Floats, Floats, Floats]:
        """When the first car completes the distance."""
        to_go = np.maximum(np.where(self.is_out, np.inf, total - self.place), 0.0)
        horizon_s = np.min(to_go * self.lap_s, axis=0)
        for _ in range(2):  # stops and cautions on the way make it longer
            place, pace_s = self._places(horizon_s)
            need_s = np.where(self.is_out, np.inf, (total - place) * pace_s)
            horizon_s = np.maximum(horizon_s + need_s.min(axis=0), 0.0)
        place, pace_s = self._places(horizon_s)
        rest_s = np.where(self.is_out, np.inf, (total - place) * pace_s).min(axis=0)
        return np.maximum(horizon_s + rest_s, 0.0), np.full(SAMPLES, float(total)), place + rest_s / pace_s

    def _whichever_first(
        self, total: int, end_s: Floats, lead_laps: Floats, place: Floats
    ) -> tuple[Floats, Floats, Floats]:
        laps_s, total_laps, laps_place = self._by_laps(total)
        is_laps = lead_laps >= total
        return (
            np.where(is_laps, np.minimum(laps_s, end_s), end_s),
            np.where(is_laps, total_laps, lead_laps),
            np.where(is_laps, laps_place, place),
        )

    def _places(self, horizon_s: Floats) -> tuple[Floats, Floats]:
        """How far everybody is after so long, in laps from the start, and what a lap takes then."""
        doubt, luck = self.doubt, self.luck
        slow_s = self.cautions.slow_s(horizon_s, fresh_rng())
        hours = horizon_s / 3600.0
        root = np.sqrt(hours / (1.0 + 0.25 * hours))  # what goes wrong for one hour mends in the next
        # What makes a car slow now (rain, mostly) wears off: the mean excess over the stretch.
        wear = np.maximum(hours / doubt.excess_h, _TINY)
        wear_off = -np.expm1(-wear) / wear
        spread = self._column("lap_spread_s") / self.lap_s
        pace_s = luck.common + self._of("pace")
        pace_s *= root
        pace_s += spread * self._of("pace_known")
        pace_s += 1.0
        pace_s *= self.lap_s * (1.0 + self._column("excess") * wear_off)
        lost_s = self._stops_s(horizon_s - 0.5 * slow_s)
        lost_s += self._mishaps_s(hours)
        if self.overdue_s.any():  # whoever is overdue stays so for about as long again
            lost_s += self.overdue_s * self._of("delay")
        place: Floats = (1.0 - self._column("slow_share")) * slow_s
        np.subtract(horizon_s, place, out=place)
        place -= self._stoppage_s(horizon_s)
        place -= lost_s
        np.maximum(place, 0.0, out=place)
        place /= pace_s
        place += self.place
        return place, pace_s

    def _stops_s(self, driving_s: Floats) -> Floats:
        """The stops to come, and what is left of the one that a car is in."""
        # In place: a fresh table costs more than the sum in it.
        stint_s = self._column("stint_doubt") * self._of("stint")
        stint_s += 1.0
        stint_s *= self._column("stint_s")
        since_s, loss_s = self._column("since_stop_s"), self._column("stop_loss_s")
        # Who is over time already has some more in the tank, and nobody knows how much.
        first_s = _OVER_TIME * since_s * self._of("over_time")
        stops = stint_s - since_s
        np.maximum(stops, first_s, out=first_s)
        np.subtract(driving_s, first_s, out=stops)
        stops /= stint_s
        np.ceil(stops, out=stops)
        self.stops = np.maximum(stops, 0.0, out=stops)
        pending = np.array([[_PENDING if car.is_in_pits else 0.0] for car in self.cars])
        lost_s: Floats = self.stops + pending
        lost_s *= loss_s
        spread_s = np.sqrt(self.stops, out=first_s)
        spread_s *= loss_s
        spread_s *= self._of("stop")
        lost_s += spread_s
        return np.maximum(lost_s, 0.0, out=lost_s)

    def _mishaps_s(self, hours: Floats) -> Floats:
        chance = -np.expm1(-self.doubt.mishaps_per_hour * hours)
        lost_s: Floats = np.where(self._of("mishap") < chance, self._of("mishap_s"), 0.0)
        return lost_s

    def _stoppage_s(self, horizon_s: Floats) -> Floats:
        """Of the clock, until racing goes on; where the clock was stopped too it costs nothing."""
        if self.silence_s <= 0:
            return np.zeros(SAMPLES)
        rest_s = np.where(self.luck.is_clock_stopped < 0.5, 0.0, self.silence_s * self.luck.halt)
        return np.minimum(rest_s, horizon_s)

    def _silence_s(self) -> float:
        """Since anybody crossed the line, if that is so long that the race must have been stopped."""
        lines_s = [car.line_s for car in self.cars if car.line_s is not None]
        quiet_s = self.moment.now_s - max(lines_s) if lines_s else 0.0
        lap_s = min(outlook.lap_s / outlook.slow_share for outlook in self.outlooks)
        return quiet_s if quiet_s > self.doubt.stopped_laps * lap_s else 0.0

    def _overdue_s(self, at: int) -> float:
        car, outlook = self.cars[at], self.outlooks[at]
        if car.line_s is None:
            return 0.0
        lap_s = outlook.lap_s / (outlook.slow_share if self.moment.is_caution else 1.0)
        due_s = self.doubt.overdue_laps * lap_s + (2.0 * outlook.stop_loss_s if car.is_in_pits else 0.0)
        return max(0.0, self.moment.now_s - self.silence_s - car.line_s - due_s)

    def _place(self, at: int) -> float:
        car = self.cars[at]
        return car.laps + (0.0 if self.overdue_s[at, 0] > 0 else car.lap_pct)

    def _car_end(self, at: int, car: CarNow, laps: LapChances, stops: float) -> CarEnd:
        overdue_s = self.overdue_s[at, 0]
        words = [self.outlooks[at].words, f"{stops:.1f} stops to come", self.cautions.words]
        if overdue_s > 0:
            words.append(f"overdue by {overdue_s:.0f} s")
        chance = float(self.finish_chance[at, 0])
        return CarEnd(car.car_idx, car.class_id, laps, chance, stops, tuple(words))

    def _class_laps(self, standing: Ints, ends: Mapping[int, CarEnd]) -> dict[int, LapChances]:
        rows: dict[int, list[int]] = {}
        for at, car in enumerate(self.cars):
            rows.setdefault(car.class_id, []).append(at)
        best = {class_id: standing[some].max(axis=0) for class_id, some in rows.items()}
        for end in ends.values():
            known = best.get(end.class_id, np.zeros(SAMPLES, dtype=np.int64))
            best[end.class_id] = np.maximum(known, end.laps.last)
        return dict(zip(best, counted_rows(np.array(list(best.values()))), strict=True))

    def _column(self, name: str) -> Floats:
        return np.array([[getattr(outlook, name)] for outlook in self.outlooks])

    def _of(self, name: str) -> Floats:
        found: Floats = getattr(self.luck, name)[: len(self.cars)]
        return found


def _ended(car: CarNow) -> CarEnd:
    return CarEnd(car.car_idx, car.class_id, certain(car.laps), 1.0, 0.0, ("it took the flag",))


def _over(ends: dict[int, CarEnd]) -> RaceEnd:
    classes: dict[int, int] = {}
    for end in ends.values():
        classes[end.class_id] = max(classes.get(end.class_id, 0), end.laps.last)
    return RaceEnd(
        cars=ends,
        class_laps={class_id: certain(laps) for class_id, laps in classes.items()},
        leader_laps=certain(max(classes.values())),
        end_s=(0.0, 0.0, 0.0),
        assumptions=("the race is over",),
    )
