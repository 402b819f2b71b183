"""Races of one car with a known truth: each lap is the driver's pace and a little chance, and no more."""

import random

import msgspec
from live_world import CAR, GREEN_S, KEYS, LAP_S, PIT_S, relay, user

from pitbox.model.fact import Fact, FlagPhase, Lap, LapKind, Service, Stint, Stop
from pitbox.model.relay import Leg, Relay
from pitbox.planning.live.follow import Plan
from pitbox.strategy.story import Story

LANE_S = 20.0
"""What driving past the pits takes: the lane stands for it."""
STINT_LAPS = 30
_STALL_AT_S = 12.0
_SIGMA_S = 0.3


class Stand(msgspec.Struct, frozen=True):
    """One stint and the stop behind it."""

    driver: str
    laps: int = STINT_LAPS
    slower_s: float = 0.0
    """On each lap."""
    visit_s: float = PIT_S
    fuel_l: float | None = None
    service: tuple[str, ...] = ("fuel",)
    wear_s: float = 0.0
    """More with each lap of the stint."""


class Slow(msgspec.Struct, frozen=True):
    """Laps under caution, from and to by number, both in it."""

    first: int
    last: int
    lap_s: float = 160.0


def planned(order: str = "abcdab", of: Relay | None = None) -> Plan:
    """Stints of thirty laps."""
    of = of or relay(length_s=len(order) * (STINT_LAPS * LAP_S + PIT_S) - PIT_S)
    legs, at_s = [], 0.0
    for number, letter in enumerate(order, 1):
        end_s = at_s + STINT_LAPS * LAP_S
        legs.append(Leg(f"s{number}", key_of(letter), at_s, end_s))
        at_s = end_s + of.pit_s
    return Plan(of, tuple(legs), event="spa", team="red", variant="plain", base=1)


def key_of(letter: str) -> str:
    return next(key for key in KEYS if key[0] == letter)


def stands(order: str = "abcdab", **changes: object) -> list[Stand]:
    return [msgspec.structs.replace(Stand(key_of(letter)), **changes) for letter in order]


class Told:
    """Facts of one car, and what it took: the truth beside them."""

    def __init__(self, some: list[Stand], *, seed: int = 1, car: int = CAR, slow: Slow | None = None) -> None:
        self._chance, self._car, self._slow = random.Random(seed), car, slow
        self._at_s, self._lap = GREEN_S, 0
        self.facts: list[Fact] = []
        self._flags()
        for number, one in enumerate(some, 1):
            self._stint(number, one, some[number] if number < len(some) else None)

    @property
    def end_s(self) -> float:
        return self._at_s

    def _flags(self) -> None:
        self._slow_s: float | None = None
        self.facts.append(FlagPhase(0, 0, 1, "green", GREEN_S))

    def _stint(self, number: int, one: Stand, after: Stand | None) -> None:
        start_s, first = self._at_s, self._lap + 1
        for lap in range(1, one.laps + 1):
            is_out, is_in = lap == 1 and number > 1, lap == one.laps and after is not None
            self._drive(number, one, lap, is_out=is_out, is_in=is_in)
            if is_out:
                start_s = self._out_s
        end = "stop" if after is not None else "finish"
        self.facts.append(
            Stint(0, 0, self._car, number, user(one.driver), 0, start_s, first, one.laps, self._at_s, end)
        )
        if after is not None:
            self._stop(number, one, after)

    def _drive(self, number: int, one: Stand, lap: int, *, is_out: bool, is_in: bool) -> None:
        self._lap += 1
        slow = self._slow
        is_slow = slow is not None and slow.first <= self._lap <= slow.last
        time_s = slow.lap_s if is_slow and slow is not None else LAP_S + one.slower_s + one.wear_s * lap
        time_s += self._chance.gauss(0.0, _SIGMA_S)
        time_s -= LANE_S / 2 * (is_out + is_in)
        if is_out:
            time_s += self._visit_s
            self._out_s = self._at_s + self._visit_s
        self._flag(is_slow=is_slow)
        kind = LapKind(is_out=is_out, is_in=is_in, is_caution=is_slow)
        end_s = self._at_s + time_s
        self.facts.append(
            Lap(0, 0, self._car, self._lap, user(one.driver), self._at_s, end_s, kind, number, 1, 1, 0)
        )
        self._at_s = end_s

    def _flag(self, *, is_slow: bool) -> None:
        if is_slow and self._slow_s is None:
            self._slow_s = self._at_s
            self.facts += [
                FlagPhase(0, 0, 1, "green", GREEN_S, self._at_s),
                FlagPhase(0, 0, 2, "caution", self._at_s),
            ]
        elif not is_slow and self._slow_s is not None and self.facts:
            self.facts += [
                FlagPhase(0, 0, 2, "caution", self._slow_s, self._at_s),
                FlagPhase(0, 0, 3, "green", self._at_s),
            ]
            self._slow_s = None

    def _stop(self, number: int, one: Stand, after: Stand) -> None:
        in_s, self._visit_s = self._at_s, one.visit_s
        what = (*one.service, *(("swap",) if after.driver != one.driver else ()))
        self.facts.append(
            Stop(
                session_num=0,
                run=0,
                car_idx=self._car,
                stop=number,
                lap=self._lap,
                lane_in_s=in_s,
                user_id_in=user(one.driver),
                compound_in=0,
                stall_in_s=in_s + _STALL_AT_S,
                stall_out_s=in_s + one.visit_s - _STALL_AT_S,
                lane_out_s=in_s + one.visit_s,
                user_id_out=user(after.driver),
                fuel_added_l=one.fuel_l,
                service=tuple(Service(each, 1.0 if one.fuel_l is not None else 0.6) for each in what),
            )
        )


def story_of(*cars: Told) -> Story:
    story = Story()
    for car in cars:
        story.take_all(car.facts)
    return story
