"""A race of one car as its folds would tell it, from a list of who drove how long."""

from collections.abc import Iterable

import msgspec

from pitbox.model.drive_rules import DriveRules
from pitbox.model.fact import DriverStint, Fact, FlagPhase, Service, Stint, Stop
from pitbox.model.relay import Leg, Legs, Relay, Seat
from pitbox.planning.live.course import Course, course_of
from pitbox.planning.live.follow import Plan
from pitbox.strategy.story import Story

GREEN_S, CAR = 130.0, 7
LAP_S, PIT_S, TANK_S = 100.0, 60.0, 3600.0
NAMES = ("Ada", "Bo", "Cleo", "Dag")
KEYS = tuple(name.lower() for name in NAMES)


def user(key: str) -> int:
    """0 where nobody knows; somebody who is in no team is `?`."""
    return 0 if not key else 999 if key == "?" else 100 + KEYS.index(key)


def relay(length_s: float = 6 * 3600.0, **changes: object) -> Relay:
    seats = tuple(Seat(key, name, user(key)) for key, name in zip(KEYS, NAMES, strict=True))
    made = Relay(length_s, seats, DriveRules(), lap_s=LAP_S, pit_s=PIT_S, most_stint_s=TANK_S)
    return msgspec.structs.replace(made, **changes)


def plan(order: str = "abcdab", of: Relay | None = None, length_s: float | None = None) -> Plan:
    """One letter for each stint, all of one length: as long as the race demands, or as said."""
    of = of or relay()
    each_s = length_s or (of.length_s - (len(order) - 1) * of.pit_s) / len(order)
    legs, at_s = [], 0.0
    for number, letter in enumerate(order, 1):
        key = next(key for key in KEYS if key[0] == letter)
        legs.append(Leg(f"s{number}", key, at_s, at_s + each_s))
        at_s += each_s + of.pit_s
    return Plan(of, tuple(legs), base=1)


class Drove(msgspec.Struct, frozen=True):
    """A spell at the wheel, and what was done at the stop behind it."""

    driver: str
    length_s: float
    stop_s: float = PIT_S
    service: tuple[str, ...] = ("fuel",)
    is_tow: bool = False


def drove(order: str, length_s: float) -> list[Drove]:
    return [Drove(next((key for key in KEYS if key[0] == letter), letter), length_s) for letter in order]


def facts(spells: Iterable[Drove], now_s: float, *, is_told: bool = True, end: str = "") -> list[Fact]:
    """Everything until `now_s` after green; `is_told`: somebody knows who drives. `end`: of the last one."""
    told: list[Fact] = [FlagPhase(0, 0, 1, "green", GREEN_S)]
    at_s, number, before = 0.0, 0, ""
    some = list(spells)
    for number, spell in enumerate(some, 1):
        if at_s > now_s:
            break
        who = user(spell.driver) if is_told else 0
        end_s = at_s + spell.length_s
        is_running = end_s > now_s
        last = number == len(some)
        until_s = None if is_running else GREEN_S + end_s
        how = "" if is_running else end if last and end else "stop"
        laps = int((min(end_s, now_s) - at_s) // LAP_S)
        told.append(Stint(0, 0, CAR, number, who, 0, GREEN_S + at_s, 1, laps, until_s, how))
        if before != spell.driver:
            told.append(DriverStint(0, 0, CAR, number, who, GREEN_S + at_s, 1, laps, until_s))
        before = spell.driver
        if is_running or (last and end):
            break
        following = some[number] if number < len(some) else None
        told.append(_stop(number, spell, following, end_s, now_s, is_told=is_told))
        at_s = end_s + spell.stop_s
    return told


def _stop(
    number: int, spell: Drove, following: Drove | None, end_s: float, now_s: float, *, is_told: bool
) -> Stop:
    out_s = end_s + spell.stop_s
    is_swap = following is not None and following.driver != spell.driver
    what = (*spell.service, *(["swap"] if is_swap else []))
    is_out = out_s <= now_s
    return Stop(
        session_num=0,
        run=0,
        car_idx=CAR,
        stop=number,
        lap=1,
        lane_in_s=GREEN_S + end_s,
        user_id_in=user(spell.driver) if is_told else 0,
        compound_in=0,
        lane_out_s=GREEN_S + out_s if is_out else None,
        is_tow=spell.is_tow,
        service=tuple(Service(each, 0.8) for each in what) if is_out else (),
    )


def course(some: Iterable[Fact], now_s: float) -> Course:
    story = Story()
    story.take_all(some)
    return course_of(story, CAR, GREEN_S + now_s)


def drivers(legs: Legs) -> str:
    return "".join(leg.driver[:1] or "?" for leg in legs)
