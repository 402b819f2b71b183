"""`pitbox evaluate lap-time` and `pitbox evaluate tyres`: models on seasons not seen before."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import EXIT_ERROR, console, print_json
from pitbox.model.errors import PitBoxError

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.predict.trial.lap_time import LapTimeTrial
    from pitbox.predict.trial.race_laps import RaceLaps
    from pitbox.predict.trial.tyres import TyreTrial

_LAP_TIME_NOTES = """\
Judged are clean laps under green, asked when the same car crossed the line so many laps before, in the same
stint. Mean absolute errors in seconds. Rolling: the driver's median of the last five clean laps; last: the
last clean lap; ridge: a regularised line through our features; LightGBM: its default settings with the same
features, target and rows. Nothing is trained on the seasons that are judged; after each of their races its
circuit's level and the errors of the intervals are remembered for the races that follow. 80 %: share of laps
inside the interval; early: asked in the first three laps of a stint."""

_TYRES_NOTES = """\
Judged are clean laps of a stint after its first three, against the median of those three. Ours and the line
know the race up to that third lap, and earlier races. Mean absolute errors in seconds. No loss: age and fuel
change nothing. Linear: a straight line in age for each compound, within stints."""

_Files = Annotated[list[Path], typer.Argument(help="Lap tables (Parquet, one row for each lap of each car).")]
_Before = Annotated[
    int | None, typer.Option(help="Train on seasons before this one, judge by it and later; else the last.")
]
_Json = Annotated[bool, typer.Option("--json", help="For programs.")]


def lap_time(files: _Files, train_before: _Before = None, as_json: _Json = False) -> None:
    """Lap times 1 to 15 laps ahead: the model against plain rules and against LightGBM as it comes."""
    from pitbox.predict.trial.lap_time import tried_lap_time

    found = tried_lap_time(*_split(files, train_before), tell=_say)
    if as_json:
        print_json(found)
        return
    _print_lap_time(found)


def tyres(files: _Files, train_before: _Before = None, as_json: _Json = False) -> None:
    """What tyres lose 1 to 15 laps into stints that the fit has not seen, against linear in age."""
    from pitbox.predict.trial.tyres import tried_tyres

    found = tried_tyres(*_split(files, train_before), tell=_say)
    if as_json:
        print_json(found)
        return
    _print_tyres(found)


def _split(files: list[Path], before: int | None) -> "tuple[list[RaceLaps], list[RaceLaps]]":
    from pitbox.predict.trial.race_laps import read_races, split

    try:
        return split(read_races(files), before)
    except PitBoxError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(EXIT_ERROR) from error


def _say(what: str) -> None:
    """Progress, for who waits at a terminal."""
    if sys.stderr.isatty():
        print(what, file=sys.stderr)


def _print_lap_time(found: "LapTimeTrial") -> None:
    print(
        f"trained on {found.trained[0]} to {found.trained[-1]} ({found.trained_laps} pairs of laps), "
        f"judged by {len(found.tested)} races; step: {found.step}"
    )
    print(
        f"  {'ahead':>5} {'laps':>7} {'rolling':>8} {'last':>7} {'ridge':>7} {'LightGBM':>9} {'ours':>7}"
        f" {'better by':>10} {'80 %':>7} {'early':>7} {'width':>8}"
    )
    for score in found.scores:
        print(
            f"  {score.ahead or 'all':>5} {score.laps:7} {score.rolling_median:8.3f} {score.last_lap:7.3f}"
            f" {score.ridge:7.3f} {score.lightgbm:9.3f} {score.ours:7.3f} {score.gain:10.1%}"
            f" {score.covered:7.1%} {score.covered_early:7.1%} {score.width_s:6.2f} s"
        )
    print()
    console().print(_LAP_TIME_NOTES, markup=False, soft_wrap=True)


def _print_tyres(found: "TyreTrial") -> None:
    print(f"learnt from {len(found.trained)} races, judged by {found.stints} stints of {len(found.tested)}")
    print(f"  {'ahead':>7} {'laps':>7} {'no loss':>8} {'linear':>7} {'ours':>7} {'better by':>10}")
    for score in found.scores:
        print(
            f"  {score.from_lap:3}-{score.to_lap:<3} {score.laps:7} {score.no_loss:8.3f} {score.linear:7.3f}"
            f" {score.ours:7.3f} {score.gain:10.1%}"
        )
    print()
    console().print(_TYRES_NOTES, markup=False, soft_wrap=True)
