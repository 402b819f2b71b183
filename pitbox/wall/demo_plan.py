"""An example of everything that can be planned, for a demo race: the generator's own people in its own car.

It lies beside the demo and goes with it: nobody finds it among plans of his own.
"""

import time
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from pitbox.crew.clock import SystemClock
from pitbox.log.shelf import Shelf
from pitbox.model import event, member, participation, stint_plan, team, variant
from pitbox.model.drive_rules import DriveRules
from pitbox.model.edit import Draft
from pitbox.model.participation import FreeTime, Part, Participation, Step
from pitbox.model.sign import Signer
from pitbox.model.span import Span, Spans
from pitbox.model.stint_plan import PlannedStint
from pitbox.model.wall_time import words_of
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.wall.edit_book import EditBook
from pitbox.wall.planner import Planner

if TYPE_CHECKING:
    from pitbox.sim.synthetic.cast import Member as Car
    from pitbox.sim.synthetic.cast import Person

EVENT, TEAM, BY_TURNS, DOUBLE = "demo", "demo-team", "demo-turns", "demo-double"
_ZONES = ("Europe/Berlin", "America/New_York", "Europe/Lisbon", "Australia/Sydney")
_HELPER_KEY, _HELPER = "demo-helper", "Robin Sample"
_DAY_S, _HOUR_S = 86_400.0, 3600.0
_NIGHT = (21 * _HOUR_S, 30 * _HOUR_S)
"""From nine in the evening to six in the morning."""


def demo_planner(folder: Path, signer: Signer, scenario: Scenario | None, name: str = "Engineer") -> Planner:
    """With the example in it as soon as somebody steps it, empty without a race; all lies in this folder."""
    book = EditBook(Shelf(folder), signer, SystemClock(), name=name)

    def first() -> list[Draft]:
        return [] if scenario is None else demo_plan(scenario, time.time())

    return Planner(book, first=first, is_shared=False)


def demo_plan(scenario: Scenario, start_utc_s: float) -> list[Draft]:
    """Event, people, team, two strategies and their stints; the same for the same race and start."""
    from pitbox.sim.synthetic.world import World  # noqa: PLC0415 - a window shows something before

    car = World(scenario).own().member
    return [
        *_event(scenario, start_utc_s),
        *team.add_team(TEAM, EVENT, car.team, car=car.model, number=car.number),
        *_people(scenario, car, start_utc_s),
        *_strategy(scenario, car, BY_TURNS, "By turns", stints_on_end=1),
        *_strategy(scenario, car, DOUBLE, "Double stints", stints_on_end=2),
        *team.fill_team(TEAM, variant=BY_TURNS),
    ]


def _event(scenario: Scenario, start_utc_s: float) -> Iterator[Draft]:
    rules = DriveRules(name="iRacing team event", fair_share=0.25, least_drivers=scenario.min_drivers)
    yield from event.rule_drafts(EVENT, rules, DriveRules())
    yield from event.add_event(
        EVENT,
        scenario.title or scenario.name,
        series="Demo",
        track=f"Synthetic Ring {scenario.seed}",
        length_s=scenario.race_s,
        laps=scenario.race_laps,
        zone="Europe/Berlin",
        dark=_dark(scenario),
    )
    yield from event.add_instance("demo-start", EVENT, start_utc_s)


def _dark(scenario: Scenario) -> Spans:
    """Nights of the track over the race, in race time."""
    days = range(-1, ceil((scenario.race_s or _DAY_S) / _DAY_S) + 1)
    nights = [[day * _DAY_S + at_s - scenario.start_of_day_s for at_s in _NIGHT] for day in days]
    cut = [(max(0.0, start_s), min(scenario.race_s or _DAY_S, end_s)) for start_s, end_s in nights]
    return tuple(Span(start_s, end_s) for start_s, end_s in cut if start_s < end_s)


def _people(scenario: Scenario, car: "Car", start_utc_s: float) -> Iterator[Draft]:
    for number, person in enumerate(car.drivers):
        key, zone = _key(person), _ZONES[number % len(_ZONES)]
        yield from member.add_member(
            key, person.name, user_id=person.user_id, zone=zone, rating=max(0, person.irating)
        )
        yield from _sign_up(key, (Part.DRIVER, Part.SPOTTER))
        lap_s = round(car.plan.lap_s * (1.0 + person.slowness), 2)
        yield from participation.fill_participation(_said(key).key, lap_s=lap_s, night=1 - number % 3)
        yield from _free(scenario, key, zone, start_utc_s, number)
    yield from member.add_member(_HELPER_KEY, _HELPER, zone="UTC")
    yield from _sign_up(_HELPER_KEY, (Part.ENGINEER, Part.SPOTTER))


def _sign_up(key: str, parts: tuple[Part, ...]) -> Iterator[Draft]:
    said = _said(key)
    yield from participation.sign_up(EVENT, key, Step.SIGNED_UP)
    yield from participation.set_parts(said, parts)
    yield from participation.join_team(said, TEAM)


def _said(key: str) -> Participation:
    return Participation(participation.participation_key(EVENT, key), EVENT, key, Step.SIGNED_UP)


def _free(scenario: Scenario, key: str, zone: str, start_utc_s: float, number: int) -> Iterator[Draft]:
    """The first is there all along, the second comes a sixth later, the third goes a sixth earlier."""
    length_s = scenario.race_s or _DAY_S
    late_s, early_s = (length_s / 6 if number % 3 == which else 0.0 for which in (1, 2))
    start, end = start_utc_s - _HOUR_S + late_s, start_utc_s + length_s + _HOUR_S - early_s
    if late_s:
        start += _HOUR_S
    if early_s:
        end -= _HOUR_S
    free = FreeTime("race", words_of(start, zone), words_of(end, zone), zone)
    yield participation.be_free(_said(key).key, free)


def _strategy(scenario: Scenario, car: "Car", key: str, name: str, *, stints_on_end: int) -> Iterator[Draft]:
    plan, pit = car.plan, scenario.pit
    lane_s = (1.0 - pit.lane_in + pit.lane_out) * scenario.track_length_m / pit.speed_mps
    fuel_s = plan.tank_l / pit.fuel_lps
    pit_s = round(lane_s + pit.still_s + fuel_s, 1)
    swap_s = round(max(0.0, pit.swap_s - fuel_s), 1)  # it runs beside the fuel
    yield from variant.add_variant(
        key,
        TEAM,
        name,
        pit_s=pit_s,
        swap_s=swap_s,
        fuel_per_stint_l=plan.tank_l,
        fuel_per_lap_l=plan.fuel_per_lap_l,
        stints_per_set=stints_on_end,
    )
    rows = _rows(scenario, car, key, pit_s + swap_s / stints_on_end, stints_on_end)
    yield from stint_plan.rewrite((), rows, salt=sum(map(ord, key)))


def _rows(scenario: Scenario, car: "Car", key: str, stop_s: float, stints_on_end: int) -> list[PlannedStint]:
    """As few stints as tanks allow, all of one length, the seat handed on after so many of them."""
    lap_s = car.plan.lap_s * (1.0 + min(person.slowness for person in car.drivers))
    tank_s = max(1, int(car.plan.tank_l / car.plan.fuel_per_lap_l)) * lap_s
    length_s = scenario.race_s or (scenario.race_laps or 1) * lap_s
    count = max(1, ceil((length_s + stop_s) / (tank_s + stop_s)))
    laps = ceil((length_s - (count - 1) * stop_s) / count / lap_s)
    return [
        PlannedStint(
            f"{key}-{number + 1}",
            "",
            driver=_key(car.drivers[number // stints_on_end % len(car.drivers)]),
            laps=laps,
            fuel_l=min(car.plan.tank_l, round(laps * car.plan.fuel_per_lap_l, 1)),
            is_new_tyres=number % stints_on_end == 0,
            variant=key,
            spotter=_HELPER_KEY,
        )
        for number in range(count)
    ]


def _key(person: "Person") -> str:
    return f"demo-{person.user_id}"
