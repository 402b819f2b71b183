"""`pitbox evaluate caution`, `pit-loss` and `finish`: what a whole race does, on seasons not seen before."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import EXIT_ERROR, console, print_json
from pitbox.model.errors import PitBoxError

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.predict.trial.caution import CautionTrial
    from pitbox.predict.trial.finish import FinishTrial
    from pitbox.predict.trial.pit_loss import PitLossTrial

_CAUTION_NOTES = """\
Asked before each lap whose lap before was green: does a caution (safety car, virtual or not, or a red flag)
begin on it, by the car that completes the lap first. Constant: the rate of all earlier green laps. Both learn
after each race. Calibration error: ten groups by what was said, as many answers in each; the mean distance
from what came true. Rates of one world speak for no other."""

_PIT_LOSS_NOTES = """\
Time in the pit lane, entry to exit. Mean: of all earlier races there, or anywhere where there was none.
Before: ours, as said before the race; ours: as said before each stop, the race's earlier stops known. Visits
over 60 s (repairs, stopped races) are left out for everybody. RMS: roots of mean squares."""

_FINISH_NOTES = """\
Ranked probability score of the finish place over all cars that started; judged are cars that still run at the
cut. Stay: the place is kept, with the spread that this place and its neighbours had at that cut in the races
trained on; shifted: with one spread for all places. The model is trained once; only the drivers' form grows.
Final places and the grid are those of the results, where a table of them is given; else of the laps."""

_Files = Annotated[list[Path], typer.Argument(help="Tables (Parquet); each is known by its columns.")]
_Before = Annotated[
    int | None, typer.Option(help="Train on seasons before this one, judge by it and later; else the last.")
]
_Json = Annotated[bool, typer.Option("--json", help="For programs.")]


def caution(files: _Files, train_before: _Before = None, as_json: _Json = False) -> None:
    """When cautions begin: a rate by lap, circuit and field, against the constant rate."""
    from pitbox.predict.trial.caution import tried_cautions
    from pitbox.predict.trial.race_laps import split
    from pitbox.predict.trial.tables import read_lap_tables

    try:
        found = tried_cautions(*split(read_lap_tables(files), train_before), tell=_say)
    except PitBoxError as error:
        raise _refused(error) from error
    if as_json:
        print_json(found)
        return
    _print_caution(found)


def pit_loss(files: _Files, train_before: _Before = None, as_json: _Json = False) -> None:
    """Time in the pit lane, said before each stop, against the circuit's history mean."""
    from pitbox.predict.trial.pit_loss import read_lane_times, tried_pit_loss

    try:
        stops, left_out = read_lane_times(files)
        found = tried_pit_loss(stops, train_before, left_out, tell=_say)
    except PitBoxError as error:
        raise _refused(error) from error
    if as_json:
        print_json(found)
        return
    _print_pit_loss(found)


def finish(files: _Files, train_before: _Before = None, as_json: _Json = False) -> None:
    """Where everybody finishes, said at 0, 25, 50 and 75 % of each race."""
    from pitbox.predict.trial.finish import read_results, tried_finish
    from pitbox.predict.trial.race_laps import split
    from pitbox.predict.trial.tables import read_lap_tables

    try:
        results = read_results(files)
        found = tried_finish(*split(read_lap_tables(files), train_before), results, tell=_say)
    except PitBoxError as error:
        raise _refused(error) from error
    if as_json:
        print_json(found)
        return
    _print_finish(found)


def _refused(error: PitBoxError) -> typer.Exit:
    print(error, file=sys.stderr)
    return typer.Exit(EXIT_ERROR)


def _say(what: str) -> None:
    """Progress, for who waits at a terminal."""
    if sys.stderr.isatty():
        print(what, file=sys.stderr)


def _notes(text: str) -> None:
    print()
    console().print(text, markup=False, soft_wrap=True)


def _print_caution(found: "CautionTrial") -> None:
    print(
        f"{found.world}: learnt from {len(found.trained)} races, judged by {found.cautions} cautions"
        f" in {found.asked} green laps of {len(found.tested)}"
    )
    print(f"  {'':16} {'constant':>9} {'ours':>9} {'calibration':>12}")
    print(
        f"  {'log-loss, a lap':16} {found.constant:9.5f} {found.ours:9.5f} {found.calibration:12.4f}"
        f" (luck alone {found.luck:.4f})"
    )
    print(
        f"  {'within 10 laps':16} {found.constant_ahead:9.5f} {found.ours_ahead:9.5f}"
        f" {found.calibration_ahead:12.4f} (luck alone {found.luck_ahead:.4f},"
        f" constant {found.constant_calibration_ahead:.4f})"
    )
    print(f"\n  {'lap':>6} {'asked':>6} {'constant':>9} {'said':>7} {'true':>7}")
    for group in found.by_lap:
        print(
            f"  {group.laps:>6} {group.asked:6} {group.constant:9.1%} {group.said:7.1%}"
            f" {group.came_true:7.1%}"
        )
    print(f"\n  length: {found.length_laps:.1f} laps said, {found.length_seen:.0f} seen (medians)")
    _notes(_CAUTION_NOTES)


def _print_pit_loss(found: "PitLossTrial") -> None:
    print(f"learnt from {found.trained_stops} stops; {found.left_out} visits were no service")
    print(
        f"  {'season':>6} {'stops':>6} {'mean':>7} {'before':>7} {'ours':>7} {'better by':>10}"
        f" {'mean rms':>9} {'ours rms':>9} {'in 90 %':>8}"
    )
    for score in found.scores:
        print(
            f"  {score.title:>6} {score.stops:6} {score.mean:7.3f} {score.before:7.3f} {score.ours:7.3f}"
            f" {score.gain:10.1%} {score.mean_rms:9.3f} {score.ours_rms:9.3f} {score.covered:8.1%}"
        )
    _notes(_PIT_LOSS_NOTES)


def _print_finish(found: "FinishTrial") -> None:
    print(f"learnt from {len(found.trained)} races, judged by {len(found.tested)}; step: {found.step}")
    if not found.has_grid:
        print("No results were given: nobody knows the grid, so the first row is asked after lap 1.")
    print(
        f"  {'driven':>6} {'cars':>5} {'shifted':>8} {'stay':>8} {'ours':>8} {'better by':>10}"
        f" {'calibration':>12}"
    )
    for score in found.scores:
        print(
            f"  {score.share:6.0%} {score.cars:5} {score.shifted:8.4f} {score.stay:8.4f} {score.ours:8.4f}"
            f" {score.gain:10.1%} {score.calibration:12.4f}"
        )
    _notes(_FINISH_NOTES)
