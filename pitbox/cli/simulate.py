"""`pitbox simulate`: a race out of a file, by the thousand."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pitbox.cli.desk import print_json

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.strategy.montecarlo.outcome import Outcome

_SHOWN_PLACES = 5


def simulate(
    race: Annotated[Path, typer.Argument(help="A race as TOML; docs/montecarlo.md tells what it holds.")],
    *,
    runs: Annotated[int, typer.Option(min=1, max=1_000_000, help="Races to drive.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Another one, another set of races.")] = 1,
    without: Annotated[
        list[str] | None, typer.Option(help="An effect to switch off; may be repeated.")
    ] = None,
    plain: Annotated[bool, typer.Option(help="In numpy, nothing compiled: the same answer, later.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
) -> None:
    """Where every car ends up, how sure that is, and what each strategy risks."""
    from pitbox.strategy.montecarlo import machine_code, race_model
    from pitbox.strategy.montecarlo.lottery import Lottery
    from pitbox.strategy.montecarlo.race_file import race_of

    unknown = sorted(set(without or ()) - set(race_model.EFFECTS))
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is no effect; there are: {', '.join(race_model.EFFECTS)}.")
    model = race_model.without(race_of(race.read_text("utf-8")), *(without or ()))
    lottery = Lottery(model, seed, "numpy" if plain else "best")
    began_s = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="pitbox-races") as pool:
        outcome = lottery.run(runs, spread=pool.map)
    took_s = time.perf_counter() - began_s
    effects = {name: name not in (without or ()) for name in race_model.EFFECTS}
    if as_json:
        print_json(_everything(outcome, effects, seed, took_s))
    else:
        _print(outcome, effects, took_s)
    if not plain and machine_code.ready() is None:  # numpy has answered; the next time it is compiled
        sys.stdout.flush()
        machine_code.made()


def _everything(outcome: "Outcome", effects: dict[str, bool], seed: int, took_s: float) -> dict[str, Any]:
    return {
        "runs": outcome.races,
        "seed": seed,
        "took_s": round(took_s, 4),
        "effects": effects,
        "cars": [outcome.prospect(car) for car in range(len(outcome.model.cars))],
    }


def _print(outcome: "Outcome", effects: dict[str, bool], took_s: float) -> None:
    cars = [outcome.prospect(car) for car in range(len(outcome.model.cars))]
    width = max(4, *(len(car.name) for car in cars))
    heads = " ".join(f"{'P' + str(place):>5}" for place in range(1, _SHOWN_PLACES + 1))
    print(f"{'car':{width}} {'class':8} {'place':>6} {heads} {'home':>6} {'laps':>5} {'stops':>6} {'dry':>6}")
    for car in sorted(cars, key=lambda one: one.mean_position):
        chances = " ".join(f"{chance:5.0%}" for chance in (*car.positions, *(0.0,) * 5)[:_SHOWN_PLACES])
        laps = f"{car.laps[1]:5.0f}" if car.laps else "    -"
        print(
            f"{car.name:{width}} {car.class_name[:8]:8} {car.mean_position:6.2f} {chances}"
            f" {car.finishes:6.1%} {laps} {car.stops:6.2f} {car.fuel_risk:6.1%}"
        )
    off = [name for name, is_on in effects.items() if not is_on]
    print(f"\n{outcome.races:,} races in {took_s:.2f} s." + (f" Without: {', '.join(off)}." if off else ""))
