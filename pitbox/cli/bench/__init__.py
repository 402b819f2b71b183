"""`pitbox bench`: figures of this machine, measured in one run, as ratios where they can be."""

from pathlib import Path
from typing import Annotated

import typer

from pitbox.cli.bench.figure import Figure, show_figures
from pitbox.cli.desk import console

app = typer.Typer(help="Measure PitBox on this machine.", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command("log")
def bench_log(
    as_json: JsonOption = False,
    seconds: Annotated[float, typer.Option(min=5, help="Of racing to record.")] = 120.0,
) -> None:
    """Append against a bare write and sync, scan, cost while recording, size of 24 hours."""
    from pitbox.cli.bench.log import measure_log

    _show("log", measure_log(seconds), as_json=as_json)


@app.command("fold")
def bench_fold(
    as_json: JsonOption = False,
    seconds: Annotated[float, typer.Option(min=30, help="Of racing to fold.")] = 600.0,
) -> None:
    """Folding a 63-car field at 60 Hz, against real time."""
    from pitbox.cli.bench.fold import measure_fold

    _show("fold", measure_fold(seconds), as_json=as_json)


@app.command("store")
def bench_store(
    as_json: JsonOption = False,
    hours: Annotated[float, typer.Option(min=0.05, help="Of racing to project.")] = 1.0,
) -> None:
    """Projecting a recorded hour, and one lap's channels out of 24 hours."""
    from pitbox.cli.bench.store import measure_store

    _show("store", measure_store(hours), as_json=as_json)


@app.command("laps")
def bench_laps(
    as_json: JsonOption = False,
    hours: Annotated[float, typer.Option(min=0.1, max=1, help="Of racing to make a day of.")] = 0.25,
) -> None:
    """Two laps out of 24 hours from click to data, corners and mistakes of an hour, a report of 24 hours."""
    from pitbox.cli.bench.laps import measure_laps_page

    _show("laps", measure_laps_page(hours), as_json=as_json)


@app.command("capture")
def bench_capture(
    as_json: JsonOption = False,
    seconds: Annotated[float, typer.Option(min=10, help="Of racing beside a live feed.")] = 60.0,
    is_long: Annotated[
        bool, typer.Option("--long", help="Two hours at 20 x real time: is memory flat?")
    ] = False,
) -> None:
    """A collector beside a 63-car sim: ticks lost, CPU, memory, and how late ticks arrive."""
    from pitbox.cli.bench.capture import measure_capture, measure_long

    figures = measure_long(2.0, 20.0) if is_long else measure_capture(seconds)
    _show("capture", figures, as_json=as_json)


@app.command("sync")
def bench_sync(
    as_json: JsonOption = False,
    minutes: Annotated[float, typer.Option(min=1, help="Of recording that a late joiner pulls.")] = 60.0,
    seconds: Annotated[float, typer.Option(min=5, help="Of live values, undisturbed.")] = 20.0,
) -> None:
    """A driver and an engineer over TLS on loopback: live delay, a late joiner, and what rest costs."""
    from pitbox.cli.bench.sync import measure_sync

    _show("sync", measure_sync(minutes, seconds), as_json=as_json)


@app.command("strategy")
def bench_strategy(
    as_json: JsonOption = False,
    updates: Annotated[
        int, typer.Option(min=10, max=1000, help="Laps that come in, each asked about.")
    ] = 150,
    with_races: Annotated[bool, typer.Option("--races/--no-races", help="Simulated races too.")] = True,
) -> None:
    """What is asked of 63 cars at half of a day's race: race end, fuel, windows, next stop, rejoin; races."""
    from pitbox.cli.bench.models import measure_models
    from pitbox.cli.bench.montecarlo import measure_montecarlo
    from pitbox.cli.bench.strategy import measure_advice, measure_strategy

    races = [*measure_advice(updates), *measure_montecarlo()] if with_races else []
    _show("strategy", [*measure_strategy(updates), *measure_models(), *races], as_json=as_json)


@app.command("plan")
def bench_plan(as_json: JsonOption = False) -> None:
    """A day's plan of stints checked, solved and solved anew; teams formed of 200 people."""
    from pitbox.cli.bench.plan import measure_plan

    _show("plan", measure_plan(), as_json=as_json)


@app.command("ibt")
def bench_ibt(
    as_json: JsonOption = False,
    file: Annotated[
        Path | None, typer.Option(help="The .ibt file to compare on; a generated one without.")
    ] = None,
    hours: Annotated[float, typer.Option(min=0.01, help="Of driving to import.")] = 1.0,
) -> None:
    """All channels of one file against pyirsdk, and importing an hour into log and store."""
    from pitbox.cli.bench.ibt import measure_ibt

    _show("ibt", measure_ibt(file, hours), as_json=as_json)


@app.command("ui")
def bench_ui(
    as_json: JsonOption = False,
    seconds: Annotated[float, typer.Option(min=5, help="Of a live race.")] = 60.0,
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="Times real time.")] = 1.0,
    hours: Annotated[
        float,
        typer.Option(min=0, max=24, help="Of racing, for its memory alone."),
    ] = 0.0,
) -> None:
    """The engineer's window: what it costs the main thread, how late it shows, how soon it opens."""
    from pitbox.cli.bench.ui import AROUND_S, measure_ui

    if hours:
        from pitbox.cli.bench.memory import measure_memory

        _show("ui memory", measure_memory(hours, speed), as_json=as_json)
        return
    if not as_json:
        console().print(f"This takes about {seconds + AROUND_S:.0f} s.", style="dim")
    _show("ui", measure_ui(seconds, speed), as_json=as_json)


def _show(name: str, figures: list[Figure], *, as_json: bool) -> None:
    show_figures(name, figures, as_json=as_json)
