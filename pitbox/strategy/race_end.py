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
from pitbox.strategy.laps import LapChances, certain, counted
from pitbox.strategy.luck import SAMPLES, Floats, Luck, fresh_rng, luck_for
from pitbox.strategy.story import FINISHED, CarNow, Moment

Ints = np.ndarray[Any, np.dtype[np.int64]]


class Doubt(msgspec.Struct, frozen=True):
    """How wrong the plain figures turn out: spreads and mishaps, the same for every race."""

    common_pace: float = 0.006
    """Of everybody's pace from now on (track, weather), after one hour; grows with the root of time."""
    own_pace: float = 0.006
    """Of one car's pace beside that."""
    stint: float = 0.15
    stop_loss: float = 0.25
    mishaps_per_hour: float = 0.05
    """That cost a car more than a stop does, and after which it goes on."""
    mishap_s: float = 240.0
    mishap_spread: float = 1.3
    overdue_laps: float = 1.5
    """After so many laps' time without a crossing a car is in trouble."""
    given_up_s: float = 1800.0
    """Overdue by so long, two of three do not come back."""


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
        self.moment, self.cars, self.cautions, self.doubt = moment, cars, cautions, doubt
        self.outlooks = [outlooks[car.car_idx] for car in cars]
        order = sorted(range(len(cars)), key=lambda at: cars[at].car_idx)
        rows = np.empty(len(cars), dtype=np.int64)
        rows[order] = np.arange(len(cars))
        self._luck: Luck = luck_for(len(cars))
        self._rows = rows  # a car keeps its luck when positions change
        self.lap_s = self._column("lap_s")
        self.slow_share = self._column("slow_share")
        self.overdue_s = np.array([self._overdue_s(at) for at in range(len(cars))])[:, None]
        self.is_out = self._of("is_out") < 1.0 - np.exp(-self.overdue_s / doubt.given_up_s)
        self.place = np.array([[self._place(at)] for at in range(len(cars))])
        self.pending_s = np.array([[self._pending_s(at)] for at in range(len(cars))])
        self.stops = np.zeros((len(cars), SAMPLES))

    def result(self, ends: dict[int, CarEnd]) -> RaceEnd:
        if self.moment.is_checkered:
            end_s = np.zeros(SAMPLES)
            laps = np.floor(self.place).astype(np.int64) + 1 + np.zeros((1, SAMPLES), dtype=np.int64)
            lead_laps = laps.max(axis=0)
        else:
            end_s, lead_laps, laps = self._finish()
        found = dict(ends)
        for at, car in enumerate(self.cars):
            found[car.car_idx] = self._car_end(at, car, laps[at])
        quantiles = np.quantile(end_s, (0.05, 0.5, 0.95))
        return RaceEnd(
            cars=found,
            class_laps=self._class_laps(laps, ends),
            leader_laps=counted(lead_laps),
            end_s=(float(quantiles[0]), float(quantiles[1]), float(quantiles[2])),
            assumptions=(f"race over {self.moment.length.words()}", self.cautions.words),
        )

    def _finish(self) -> tuple[Floats, Ints, Ints]:
        """When the flag falls, on which lap of the leader, and everybody's laps."""
        clock_s, total = self.moment.time_left_s, self.moment.length.laps
        end_s, lead_laps = np.full(SAMPLES, np.inf), np.zeros(SAMPLES)
        if clock_s is not None:
            end_s, lead_laps = self._by_clock(clock_s)
        if total is not None:
            by_laps_s = self._by_laps(total, end_s if clock_s is not None else None)
            is_first = (by_laps_s <= end_s) | (lead_laps >= total)
            end_s = np.where(is_first, np.minimum(by_laps_s, end_s), end_s)
            lead_laps = np.where(is_first, total, lead_laps)
        place = self._places(end_s)
        laps = np.floor(place + 1e-9).astype(np.int64) + 1
        laps = np.minimum(laps, lead_laps.astype(np.int64))
        least = np.array([[car.laps + 1] for car in self.cars])  # who runs crosses the line once more
        laps = np.maximum(laps, least)
        lead = np.argmax(np.where(self.is_out, -1.0, place), axis=0)
        laps[lead, np.arange(SAMPLES)] = np.maximum(lead_laps.astype(np.int64), least[lead, 0])
        return end_s, laps.max(axis=0), laps

    def _by_clock(self, clock_s: float) -> tuple[Floats, Floats]:
        place = self._places(np.full(SAMPLES, clock_s))
        standing = np.where(self.is_out, -1.0, place)
        lead = np.argmax(standing, axis=0)
        columns = np.arange(SAMPLES)
        at_zero = standing[lead, columns]
        pace_s = self.lap_s[lead, 0]
        lead_laps = np.ceil(at_zero - 1e-9)
        if self.moment.length.has_white_lap:
            lead_laps = lead_laps + self._is_white_missed(at_zero, lead)
        return clock_s + (lead_laps - at_zero) * pace_s, lead_laps

    def _is_white_missed(self, at_zero: Floats, lead: Ints) -> Floats:
        """The leader began its last lap before zero without white: then it gets white, and a lap more.

        White is shown when the lap before took longer than what was left on the clock.
        """
        share = at_zero - np.floor(at_zero)
        missed = share > 1.0 + 0.02 * self._luck.last_lap
        for at in np.unique(lead):
            car, left_s = self.cars[at], self.moment.time_left_s
            is_on_it = (lead == at) & (np.floor(at_zero) <= car.laps)
            last = car.story.laps.last
            if not is_on_it.any() or last is None or left_s is None or car.line_s is None:
                continue
            is_white = self.moment.is_white or left_s + self.moment.now_s - car.line_s < last.time_s
            missed = np.where(is_on_it, not is_white, missed)
        return missed.astype(np.float64)

    def _by_laps(self, total: int, clock_s: Floats | None) -> Floats:
        """When the first car completes the distance; never later than that matters."""
        runs = ~self.is_out
        to_go = np.where(runs, total - self.place, np.inf)
        about_s = float(np.median(np.min(to_go * self.lap_s, axis=0))) * 1.1
        guess_s = np.full(SAMPLES, max(about_s, 0.0))
        for _ in range(2):
            place = self._places(guess_s)
            per_lap_s = np.maximum(guess_s / np.maximum(place - self.place, 0.5), self.lap_s)
            need_s = np.where(runs, guess_s + (total - place) * per_lap_s, np.inf)
            guess_s = np.maximum(need_s.min(axis=0), 0.0)
            if clock_s is not None:
                guess_s = np.minimum(guess_s, 2.0 * clock_s + 1.0)
        return guess_s

    def _places(self, horizon_s: Floats) -> Floats:
        """How far everybody is after so long: laps from the start, with the fraction."""
        doubt = self.doubt
        slow_s = self.cautions.slow_s(horizon_s, fresh_rng())
        hours = horizon_s / 3600.0
        root = np.sqrt(hours / (1.0 + 0.25 * hours))  # what goes wrong for one hour mends in the next
        drift = doubt.common_pace * root * self._luck.common + doubt.own_pace * root * self._of("pace")
        spread = np.array([[o.lap_spread_s / o.lap_s] for o in self.outlooks])
        pace_s = self.lap_s * np.exp(drift + spread * self._of("own_pace_known"))
        lost_s = self._stops_s(horizon_s - 0.5 * slow_s) + self._mishaps_s(hours) + self._delay_s()
        driven_s = np.maximum(horizon_s - slow_s + self.slow_share * slow_s - lost_s, 0.0)
        place: Floats = self.place + driven_s / pace_s
        return place

    def _stops_s(self, driving_s: Floats) -> Floats:
        stint_s = self._column("stint_s") * np.exp(self.doubt.stint * self._of("stint"))
        first_s = np.maximum(stint_s - self._column("since_stop_s"), 0.0)
        rest_s = driving_s - first_s
        self.stops = np.where(rest_s > 0, 1.0 + np.floor(np.maximum(rest_s, 0.0) / stint_s), 0.0)
        loss_s = self._column("stop_loss_s")
        spread_s = self.doubt.stop_loss * loss_s * np.sqrt(self.stops) * self._of("stop")
        lost_s: Floats = np.maximum(self.stops * loss_s + spread_s, 0.0) + self.pending_s
        return lost_s

    def _mishaps_s(self, hours: Floats) -> Floats:
        doubt = self.doubt
        chance = 1.0 - np.exp(-doubt.mishaps_per_hour * hours)
        size_s = doubt.mishap_s * np.exp(doubt.mishap_spread * self._of("mishap_size"))
        lost_s: Floats = np.where(self._of("mishap") < chance, size_s, 0.0)
        return lost_s

    def _delay_s(self) -> Floats:
        """Whoever is overdue stays so for about as long again."""
        delay_s: Floats = self.overdue_s * (self._of("delay") ** -0.7 - 1.0)
        return delay_s

    def _place(self, at: int) -> float:
        car = self.cars[at]
        return car.laps + (0.0 if self.overdue_s[at, 0] > 0 else car.lap_pct)

    def _overdue_s(self, at: int) -> float:
        car, outlook = self.cars[at], self.outlooks[at]
        if car.line_s is None:
            return 0.0
        lap_s = outlook.lap_s / (outlook.slow_share if self.moment.is_caution else 1.0)
        due_s = self.doubt.overdue_laps * lap_s + (2.0 * outlook.stop_loss_s if car.is_in_pits else 0.0)
        return max(0.0, self.moment.now_s - car.line_s - due_s)

    def _pending_s(self, at: int) -> float:
        """What the stop that a car is in still costs it."""
        return 0.7 * self.outlooks[at].stop_loss_s if self.cars[at].is_in_pits else 0.0

    def _car_end(self, at: int, car: CarNow, laps: Ints) -> CarEnd:
        outlook = self.outlooks[at]
        stops = float(self.stops[at].mean())
        finish_chance = float(1.0 - np.exp(-self.overdue_s[at, 0] / self.doubt.given_up_s))
        words = [outlook.words, f"{stops:.1f} stops to come", self.cautions.words]
        if self.overdue_s[at, 0] > 0:
            words.append(f"overdue by {self.overdue_s[at, 0]:.0f} s")
        return CarEnd(car.car_idx, car.class_id, counted(laps), 1.0 - finish_chance, stops, tuple(words))

    def _class_laps(self, laps: Ints, ends: Mapping[int, CarEnd]) -> dict[int, LapChances]:
        best: dict[int, Ints] = {}
        for at, car in enumerate(self.cars):
            own = np.where(self.is_out[at], car.laps, laps[at])
            known = best.get(car.class_id)
            best[car.class_id] = own if known is None else np.maximum(known, own)
        for end in ends.values():
            known = best.get(end.class_id, np.zeros(SAMPLES, dtype=np.int64))
            best[end.class_id] = np.maximum(known, end.laps.last)
        return {class_id: counted(found) for class_id, found in best.items()}

    def _column(self, name: str) -> Floats:
        return np.array([[getattr(outlook, name)] for outlook in self.outlooks])

    def _of(self, name: str) -> Floats:
        found: Floats = getattr(self._luck, name)[self._rows]
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
