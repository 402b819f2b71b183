"""`pitbox practice`: a synthetic race in iRacing's place, in a file that any tool can open."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from pitbox.cli.desk import desk_of
from pitbox.cli.words import span_words


def practice(
    context: typer.Context,
    *,
    scenario: Annotated[str, typer.Argument(help="Which race; --list names them.")] = "sprint",
    file: Annotated[Path | None, typer.Option(help="Write the sim's memory here.")] = None,
    speed: Annotated[float, typer.Option(min=0.1, max=50, help="Times real time.")] = 1.0,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, max=2880, help="End after this much of the event.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another race of the same kind.")] = None,
    names: Annotated[bool, typer.Option("--list", help="Name the races and end.")] = False,
) -> None:
    """Play a race as iRacing would show it, for any tool that reads the sim's memory; Ctrl+C ends it."""
    from pitbox.sim.synthetic.scenario import SCENARIOS
    from pitbox.sim.synthetic.simulator import Simulator

    if names:
        for plan in SCENARIOS.values():
            print(f"{plan.name:10} {plan.cars:3} cars, {_length(plan.race_s, plan.race_laps)}")
        return
    if scenario not in SCENARIOS:
        raise typer.BadParameter(f"There is no race {scenario!r}: {', '.join(SCENARIOS)}.")
    plan = SCENARIOS[scenario]
    if seed is not None:
        plan = msgspec.structs.replace(plan, seed=seed)
    path = (file or desk_of(context).folders.data / "practice.bin").absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _ended_by_hand() as ended:
        print(
            f"{plan.name}: {plan.cars} cars, {_length(plan.race_s, plan.race_laps)}, at {speed:g} x real time"
        )
        print(f"The sim's memory: {path}")
        print(f'Watch it with:    pitbox driver --memory "{path}"')
        print("Ctrl+C ends it.", flush=True)
        ticks = Simulator(plan, path, speed).run(ended, float("inf") if minutes is None else minutes * 60)
    print(f"Played {span_words(ticks / 60)} of the event.")


@contextmanager
def _ended_by_hand() -> Iterator[threading.Event]:
    """Set by Ctrl+C or a request to end, so that the memory says in the end that the sim is gone."""
    ended = threading.Event()

    def note(*_: Any) -> None:
        ended.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _length(race_s: float | None, laps: int | None) -> str:
    """The race's own; practice and qualifying come before it."""
    clock = "" if race_s is None else span_words(race_s)
    count = "" if laps is None else f"{laps} laps"
    return " or ".join(words for words in (clock, count) if words)
