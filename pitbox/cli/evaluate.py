"""`pitbox evaluate`: forecasts on real races, judged by what happened then."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pitbox.cli import (
    evaluate_corners,
    evaluate_models,
    evaluate_plan,
    evaluate_races,
    evaluate_reference,
    evaluate_setups,
    evaluate_stops,
    evaluate_strategy,
)
from pitbox.cli.desk import EXIT_ERROR, console, print_json
from pitbox.model.errors import PitBoxError

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.cli.race_end_trial import Race, Score, Trial

app = typer.Typer(
    help="Forecasts on real races, each made from the rows before its moment and judged by those after it.",
    no_args_is_help=True,
)

_NOTES = """\
Cuts are shares of the scheduled length, which comes from the name, the place or the series, or from --length;
never from a row. Judged are cars that crossed the line after the cut and took the flag; who stopped for good
later is counted apart. A race that is cut short counts in full up to its end, since nobody knew; cuts after
that are left out. The last table leaves such races out. An error is a share of the laps that the car did. The
forecast is the median."""

app.command("stops")(evaluate_stops.stops)
app.command("lap-time")(evaluate_models.lap_time)
app.command("tyres")(evaluate_models.tyres)
app.command("caution")(evaluate_races.caution)
app.command("pit-loss")(evaluate_races.pit_loss)
app.command("finish")(evaluate_races.finish)
app.command("strategy")(evaluate_strategy.strategy)
app.command("plan")(evaluate_plan.plan)
app.command("reference")(evaluate_reference.reference)
app.command("corners")(evaluate_corners.corners)
app.command("setups")(evaluate_setups.setups)


class Groups(msgspec.Struct, frozen=True):
    every_car: "list[Score]"
    class_leaders: "list[Score]"
    also_later_retired: "list[Score]"
    """With cars that stopped for good after the cut: a last lap that no flag decided."""
    run_to_length: "list[Score]"
    """Without races that were cut short."""


@app.command("race-end")
def race_end(
    files: Annotated[list[Path], typer.Argument(help="Lap-by-lap CSV files, `;` or `,`.")],
    length: Annotated[
        str, typer.Option(help="Scheduled length of all of them, as `2:40` or `24:00`; else by their names.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Every forecast too, for programs.")] = False,
) -> None:
    """On which lap everybody takes the flag: said at 10, 25, 50, 75 and 90 % of each race."""
    from pitbox.cli.race_end_trial import tried

    length_s = _seconds(length) if length else None
    races, problems = [], []
    for path in files:
        try:
            races.append(tried(path, length_s))
        except (PitBoxError, OSError) as error:
            problems.append(f"{path.name}: {error}")
    groups = _groups([trial for race in races for trial in race.trials])
    if as_json:
        print_json(
            {"races": races, "scores": groups, "notes": " ".join(_NOTES.split()), "problems": problems}
        )
    else:
        _print(races, groups)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems or not races:
        raise typer.Exit(EXIT_ERROR)


def _seconds(text: str) -> float:
    hours, _, minutes = text.partition(":")
    try:
        found_s = int(hours) * 3600.0 + int(minutes or 0) * 60.0
    except ValueError:
        found_s = 0.0
    if found_s <= 0:
        raise typer.BadParameter(f"{text!r} is no length; write hours and minutes as 2:40.")
    return found_s


def _groups(trials: "list[Trial]") -> Groups:
    from pitbox.cli.race_end_trial import scores

    flagged = [trial for trial in trials if trial.took_flag]
    return Groups(
        every_car=scores(flagged),
        class_leaders=scores(trial for trial in flagged if trial.is_class_leader),
        also_later_retired=scores(trials),
        run_to_length=scores(trial for trial in flagged if not trial.is_cut_short),
    )


def _print(races: "list[Race]", groups: Groups) -> None:
    from pitbox.cli.race_end_trial import scores

    out = console()
    for race in races:
        state = ", cut short" if race.is_cut_short else ""
        out.print(f"{race.title}: {race.schedule}{state}", markup=False, soft_wrap=True)
        _table(scores(trial for trial in race.trials if trial.took_flag))
    for title, found in (
        ("All races, every car that took the flag", groups.every_car),
        ("All races, class leaders at the cut", groups.class_leaders),
        ("With cars that stopped for good later", groups.also_later_retired),
        ("Races that ran to their length", groups.run_to_length),
    ):
        out.print(f"\n{title}", markup=False)
        _table(found)
    out.print()
    out.print(_NOTES, markup=False, soft_wrap=True)


def _table(found: "list[Score]") -> None:
    print(
        f"  {'cut':>4} {'cars':>5} {'error':>7} {'mean lap':>9} {'last green':>11} {'rolling':>8}"
        f" {'better by':>10} {'in 90 %':>8} {'width':>12}"
    )
    for score in found:
        a, b, c = score.formulas
        print(
            f"  {score.cut:4.0%} {score.cars:5} {score.error:7.2%} {a:9.2%} {b:11.2%} {c:8.2%}"
            f" {score.gain:10.0%} {score.covered:8.1%} {score.width_laps:6.1f} laps"
        )
