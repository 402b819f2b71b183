"""`pitbox plan EVENT.toml`: who drives when, or why nobody can."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from pitbox.cli.desk import EXIT_ERROR, console, print_json
from pitbox.model.errors import EditError
from pitbox.model.plan_check.figures import clock, hours

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.model.plan_offer import Solved
    from pitbox.model.relay import Relay, Violation
    from pitbox.planning.event_file import EventFile

_EMPTY = "-"


def plan(
    event: Annotated[Path, typer.Argument(help="An event file (TOML).")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the answer as JSON into this file too.")] = None,
    seconds: Annotated[
        float, typer.Option(min=0.5, max=600, help="How long to look for better ones.")
    ] = 10.0,
    seed: Annotated[int, typer.Option(help="Another one finds other plans of the same worth.")] = 1,
    engine: Annotated[str, typer.Option(help="cp-sat, or plain: without OR-Tools.")] = "",
) -> None:
    """Makes a plan of stints that keeps every rule, as fair as can be; or says what makes it impossible."""
    from pitbox.planning.event_file import read_event, relay_of_file
    from pitbox.planning.solver import solve

    if engine not in ("", "cp-sat", "plain"):
        raise typer.BadParameter("cp-sat or plain", param_hint="--engine")
    try:
        file = read_event(event.read_text(encoding="utf-8"))
        relay = relay_of_file(file)
    except UnicodeDecodeError as error:
        raise EditError(f"{event.name}: This is no text in UTF-8.") from error
    except EditError as error:
        raise EditError(f"{event.name}: {error}") from error
    solved = solve(relay, seed=seed, budget_s=seconds, engine=engine)
    answer = _answer(file, relay, solved)
    if out is not None:
        import json

        import msgspec

        text = json.dumps(msgspec.to_builtins(answer, enc_hook=str), indent=2, ensure_ascii=False)
        out.write_text(text + "\n", encoding="utf-8")
    if as_json:
        print_json(answer)
    else:
        _print(file, relay, solved)
    if not solved.is_feasible:
        raise typer.Exit(EXIT_ERROR)


def _answer(file: "EventFile", relay: "Relay", solved: "Solved") -> dict[str, Any]:
    from pitbox.model.plan_check import violations

    return {
        "event": file.event.name,
        "team": file.team.name,
        "is_feasible": solved.is_feasible,
        "legs": solved.legs,
        "drive_s": _driven(solved),
        "levels": [
            {"name": one.name, "value": one.value, "bound": one.bound, "gap": one.gap, "unit": one.unit}
            for one in solved.levels
        ],
        "violations": violations(relay, solved.legs) if solved.legs else (),
        "clashes": solved.clashes,
        "is_minimal": solved.is_minimal,
        "relaxation": solved.relaxation,
        "engine": solved.engine,
        "took_s": solved.took_s,
    }


def _driven(solved: "Solved") -> dict[str, float]:
    out: dict[str, float] = {}
    for leg in solved.legs:
        out[leg.driver] = out.get(leg.driver, 0.0) + leg.span.length_s
    return out


def _print(file: "EventFile", relay: "Relay", solved: "Solved") -> None:
    from pitbox.model.plan_check import violations

    if not solved.is_feasible:
        _print_why(relay, solved)
        return
    screen = console()
    screen.print(_stints(file, relay, solved))
    screen.print()
    screen.print(_shares(relay, solved))
    screen.print()
    for level in solved.levels[1:]:
        words = f"{level.name}: {hours(abs(level.value)) if level.unit == 's' else level.value}"
        sign = "-" if level.value < 0 else ""
        name, _, figure = words.partition(": ")
        screen.print(f"{name:<11} {sign}{figure:>8}   gap {100 * level.gap:.1f} %", style="dim")
    screen.print(f"{solved.engine}, {solved.took_s:.1f} s", style="dim")
    _print_broken(violations(relay, solved.legs))


def _print_broken(broken: "tuple[Violation, ...]") -> None:
    for one in broken:
        print(f"{one.rule.value}: {one.words}")
    print("Every rule is kept." if not broken else f"{len(broken)} rules are broken.")


def _print_why(relay: "Relay", solved: "Solved") -> None:
    from pitbox.planning.solver import clash_words

    if not solved.clashes:
        print("No plan was found in time, nor a reason why there is none. Give it more --seconds.")
        if solved.relaxation is not None:
            print(f"With this there is one: {solved.relaxation.words}")
        return
    print(_why_heading(solved))
    for words in clash_words(relay, solved.clashes):
        print(f"  {words}")
    if solved.relaxation is not None:
        several = solved.relaxation.more
        heading = "What would help, all of it together" if several else "What would help most cheaply"
        print(f"{heading}: {solved.relaxation.words}")


def _why_heading(solved: "Solved") -> str:
    if len(solved.clashes) == 1:
        return "No plan can keep this:"
    if not solved.is_minimal:
        return "No plan can keep all of these (time ran out: some may have nothing to do with it):"
    if solved.relaxation is not None and solved.relaxation.more:
        return "No plan can keep all of these together, and more than these stands in the way:"
    return "No plan can keep all of these; without any one of them the others can be kept:"


def _stints(file: "EventFile", relay: "Relay", solved: "Solved") -> Table:
    zones = {member.key: member.zone for member in file.members}
    names = {seat.key: seat.name for seat in relay.seats}
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("stint", "race time", "length", "driver", "own clock", "spotter", "fuel", "tyres"):
        justify: Literal["left", "right"] = "right" if head in ("stint", "length", "fuel") else "left"
        table.add_column(head, justify=justify, no_wrap=True)
    for number, leg in enumerate(solved.legs, start=1):
        table.add_row(
            str(number),
            f"{clock(leg.start_s)}-{clock(leg.end_s)}",
            hours(leg.span.length_s),
            names.get(leg.driver, leg.driver),
            _own_clock(relay, leg.start_s, zones.get(leg.driver, "UTC")),
            names.get(leg.spotter, leg.spotter) or _EMPTY,
            _EMPTY if leg.fuel_l is None else f"{leg.fuel_l:.1f} l",
            "new" if leg.is_new_tyres else _EMPTY,
        )
    return table


def _own_clock(relay: "Relay", race_s: float, zone: str) -> str:
    if relay.start_utc_s is None:
        return _EMPTY
    at = datetime.fromtimestamp(relay.start_utc_s + race_s, UTC).astimezone(ZoneInfo(zone))
    return f"{at:%a %H:%M} {at.tzname()}"


def _shares(relay: "Relay", solved: "Solved") -> Table:
    driven = _driven(solved)
    share_s = sum(driven.values()) / max(1, sum(seat.can_drive for seat in relay.seats))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("driver", "drives", "stints", "of an equal share"):
        table.add_column(head, justify="left" if head == "driver" else "right")
    for seat in relay.seats:
        if seat.can_drive:
            own_s = driven.get(seat.key, 0.0)
            stints = sum(leg.driver == seat.key for leg in solved.legs)
            table.add_row(seat.name, hours(own_s), str(stints), f"{100 * own_s / share_s:.0f} %")
    return table
