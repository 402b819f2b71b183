"""`pitbox status`: what the pit wall would say at a moment of a race, on one screen."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import Desk, desk_of, print_json
from pitbox.cli.race_told import RaceTold

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.model.amendment import Amendment
    from pitbox.model.session import SessionInfo
    from pitbox.strategy.allowance import Limits
    from pitbox.strategy.listen import Listener
    from pitbox.strategy.pit_rule import PitRules
    from pitbox.wall.pace_fold import PaceFold

SERVICES = "together, in-turn, least-time, circuit"
"""Written down, so that a command line does not load what it does not need."""
_LONGEST_S = 604_800.0


def status(
    context: typer.Context,
    session: Annotated[
        str | None,
        typer.Argument(help="A session's name, or a timing sheet; without it, the newest session."),
    ] = None,
    *,
    at: Annotated[
        str,
        typer.Option("--at", help="Race time, as 13:42:07, 42:07 or seconds, or 'lap 120'; else the end."),
    ] = "",
    car: Annotated[
        str, typer.Option("--car", help="The number on the car; else ours, else the leader.")
    ] = "",
    stint: Annotated[str, typer.Option("--stint", help="Longest stint, as 1:05:00 or seconds.")] = "",
    drive: Annotated[str, typer.Option("--drive", help="Longest drive time of a driver.")] = "",
    tyres: Annotated[int | None, typer.Option("--tyres", min=1, help="Laps that a set may do.")] = None,
    drivers: Annotated[int | None, typer.Option("--drivers", min=1, max=64, help="Who will drive.")] = None,
    service: Annotated[str, typer.Option("--service", help=f"Rules of service: {SERVICES}.")] = "",
    target: Annotated[
        float | None, typer.Option("--target", min=0.01, max=1000, help="Fuel a lap to reckon with too.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure with its assumptions.")] = False,
) -> None:
    """Race end, fuel, pit windows, rivals, catch and rejoin, as known at that moment."""
    from pitbox.strategy.allowance import Limits
    from pitbox.wall.terms import narrowed

    stint_s = _seconds(stint, "--stint") if stint else None
    drive_s = _seconds(drive, "--drive") if drive else None
    desk = desk_of(context)
    terms = desk.settings.strategy
    limits = narrowed(terms, Limits(tyres, stint_s, drive_s, drivers))
    rules, target = _rules(service or terms.service), target or terms.fuel_target or None
    race = RaceTold(desk, session)
    listener = _listener(race, _until_s(race, at, car))
    said = race.set_right(listener.story)
    _say(listener, car, (limits, rules, target), (said, _models(desk, listener)), as_json=as_json)


def _say(
    listener: "Listener",
    number: str,
    wishes: "tuple[Limits, PitRules | None, float | None]",
    known: "tuple[Mapping[int, Amendment], PaceFold | None]",
    *,
    as_json: bool,
) -> None:
    from pitbox.cli.status_page import page
    from pitbox.model.amendment import amend_standings
    from pitbox.strategy.briefing import Case, briefing
    from pitbox.strategy.forecast import moment_of

    folded, (limits, rules, target_l), (said, models) = listener.fold.standings(), wishes, known
    standings = None if folded is None else amend_standings(folded, said)
    moment = moment_of(listener.story, standings)
    moment = moment if models is None else models.lay_on(moment)
    car_idx = _car_idx(moment.info, number, moment.own_car_idx)
    if car_idx is None or (not number and moment.car(car_idx) is None):
        car_idx = moment.cars[0].car_idx
    case = Case(standings, listener.wetness, limits, rules, target_l=target_l)
    found = briefing(moment, car_idx, case)
    if as_json:
        print_json(found)
    else:
        print(page(found, moment.info, listener.story.people, is_race=listener.story.is_race))
        _tell_amended(said, car_idx, listener)


def _models(desk: Desk, listener: "Listener") -> "PaceFold | None":
    """The promoted models, told of this race; what keeps them from speaking is told on standard error."""
    if not desk.folders.models.is_dir() or listener.story.info is None:
        return None
    from pitbox.crew.clock import SystemClock
    from pitbox.crew.health import Health, Level
    from pitbox.predict.registry import Registry
    from pitbox.wall.models import Models
    from pitbox.wall.pace_fold import PaceFold, driven_of

    def tell(health: Health) -> None:
        if health.level > Level.NOTE:
            print(health.words, file=sys.stderr)

    standings = listener.fold.standings()
    fold = PaceFold(Models(Registry(desk.folders.models), tell, SystemClock(), who=""))
    wet_steps = () if standings is None else standings.wet_steps
    fold.retell("", listener.story.info, driven_of(listener.story), wet_steps)
    return fold


def _tell_amended(said: "Mapping[int, Amendment]", car_idx: int, listener: "Listener") -> None:
    """What people set right about this car: the figures above stand on it."""
    from pitbox.ui.scene.amended import amended_of

    if car_idx in said:
        for one in amended_of(said[car_idx], listener.story.people):
            print(f"Corrected  {one.words}")


def _rules(service: str) -> "PitRules | None":
    if not service:
        return None
    from pitbox.strategy.pit_rule import CIRCUIT, IN_TURN, LEAST_TIME, TOGETHER

    known = dict(zip(SERVICES.split(", "), (TOGETHER, IN_TURN, LEAST_TIME, CIRCUIT), strict=True))
    if service not in known:
        raise typer.BadParameter(f"There are no rules of service {service!r}; there are {SERVICES}.")
    return known[service]


def _until_s(race: RaceTold, at: str, car: str) -> float:
    """The race time that is meant; a lap is over when the car in question crosses the line."""
    words = at.lower().split()
    if not at:
        return float("inf")
    if words[:1] != ["lap"]:
        return _seconds(at, "--at")
    if len(words) != 2 or not words[1].isdecimal() or int(words[1]) < 1:
        raise typer.BadParameter(f"{at!r} names no lap; write 'lap 120'.")
    story, lap = _listener(race, float("inf")).story, int(words[1])
    moment = story.at(max((one.line_s or 0.0 for one in story.cars.values()), default=0.0))
    car_idx = _car_idx(moment.info, car, moment.own_car_idx)
    driven = story.cars.get(moment.cars[0].car_idx if car_idx is None else car_idx)
    crossed = None if driven is None else driven.laps.get(lap)
    if driven is None or crossed is None:
        done = 0 if driven is None else driven.laps_done
        raise typer.BadParameter(f"This car has not done lap {lap}; its last one is lap {done}.")
    return crossed.end_s


def _listener(race: RaceTold, until_s: float) -> "Listener":
    from pitbox.strategy.listen import listen

    return listen(race.records(), until_s)


def _seconds(text: str, option: str) -> float:
    parts = text.strip().split(":")
    try:
        figures = [float(part) for part in parts]
    except ValueError:
        figures = []
    total = 0.0
    for figure in figures:
        total = 60.0 * total + figure
    if not 1 <= len(figures) <= 3 or not 0 <= total < _LONGEST_S:
        also = ", or 'lap 120'" if option == "--at" else ""
        raise typer.BadParameter(f"{option} {text!r} is no time; write 13:42:07, 42:07 or seconds{also}.")
    return total


def _car_idx(info: "SessionInfo | None", number: str, own: int) -> int | None:
    if not number:
        return own if own >= 0 else None
    entries = () if info is None else info.entries
    found = next((entry.car_idx for entry in entries if entry.number == number), None)
    if found is None:
        raise typer.BadParameter(f"No car in this race has the number {number!r}.")
    return found
