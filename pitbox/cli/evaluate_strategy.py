"""`pitbox evaluate strategy`: the rest of real races simulated, and what teams did against what we would."""

import math
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pitbox.cli.desk import EXIT_ERROR, console, print_json
from pitbox.model.errors import PitBoxError

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.cli.strategy_trial import Decision, Judged, Places

_WHO = ("direct", "ours", "blend")
_NEAR_LAPS = 2
_TABLES = ".parquet"
_NOTES = """\
Ranked probability score of the finish place in class; 0 is right and sure. Direct: the learned predictor of
the models; ours: the rest of the race driven 2,048 times from the cut; blend: as much of ours as of it, and
a quarter of ours where nobody fuels. Ours knows the race so far and nothing of earlier ones: whose team is
good is news to it. Judged are cars that still run at the cut, which is a share of the distance or of the
scheduled time. Calibration: of the chances to be at a place or better. Next stops of cars that did stop
again: the lap around which most of the chance lies (likely), and the middle of chances, held by the class
(middle); the plain rule lays the median stint of the class so far on the car's last stop. A decision is a
stop that a team made, asked about as that lap begins: near is within two laps of it; same lap means that we
would have come in on it too; the cost is what the model has it lose against our choice, in places, in the
same races. Of tables of laps, seasons before the one that is judged train the predictor; of sheets, the
files before. In tables of laps nobody fuels: tyres and a stop that is owed decide there.
"""


class PlaceScore(msgspec.Struct, frozen=True):
    cut: float
    cars: int
    rps: dict[str, float]
    calibration: dict[str, float]


class StopScore(msgspec.Struct, frozen=True):
    cut: float
    stops: int
    plain: float
    """Mean error, laps."""
    ours: float
    """Of the lap around which most of the chance lies."""
    middle: float = 0.0
    """Of the middle of chances, held by the class."""
    plain_near: float = 0.0
    """The share within two laps."""
    ours_near: float = 0.0


class Agreement(msgspec.Struct, frozen=True):
    decisions: int
    near: float
    same_lap: float
    cost: float
    """Places, in the mean of those that were raced."""
    cost_error: float
    """Half of its 95 % interval."""
    raced: int


class StrategyScores(msgspec.Struct, frozen=True):
    races: list[str]
    places: list[PlaceScore]
    stops: list[StopScore]
    agreement: Agreement | None


def strategy(
    files: Annotated[list[Path], typer.Argument(help="Timing sheets (CSV), or tables of laps (Parquet).")],
    train_before: Annotated[
        int | None, typer.Option(help="Of tables: judge this season and later ones; else the last.")
    ] = None,
    decisions: Annotated[
        int, typer.Option(min=0, help="Stops of each race that our recommendation is asked about.")
    ] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Every answer too, for programs.")] = False,
) -> None:
    """Places at the flag, the field's stops and teams' decisions, from 25, 50 and 75 % of real races."""
    tables = [path for path in files if path.suffix == _TABLES]
    sheets = [path for path in files if path not in tables]
    problems: list[str] = []
    found: dict[str, Judged] = {}
    try:
        found |= dict(_of_tables(tables, train_before, decisions)) if tables else {}
        found |= dict(_of_sheets(sheets, decisions, problems))
    except PitBoxError as error:
        problems.append(str(error))
    if found:
        scores = scored(found)
        if as_json:
            print_json({"scores": scores, "notes": " ".join(_NOTES.split()), "answers": found})
        else:
            _print(scores)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems or not found:
        raise typer.Exit(EXIT_ERROR)


def _of_tables(files: list[Path], before: int | None, decisions: int) -> "Iterator[tuple[str, Judged]]":
    from pitbox.cli.strategy_trial import Direct, judged
    from pitbox.cli.told_race import told_laps, visits_of
    from pitbox.predict.trial.race_laps import split
    from pitbox.predict.trial.tables import read_lap_tables

    old, new = split(read_lap_tables(files), before)
    visits, direct = visits_of(files), Direct()
    for race in old:
        direct.teach(told_laps(race, visits))
    direct.fit()
    for race in new:
        told = told_laps(race, visits)
        yield told.title, judged(told, direct, decisions, _say)
        direct.teach(told)


def _of_sheets(files: list[Path], decisions: int, problems: list[str]) -> "Iterator[tuple[str, Judged]]":
    from pitbox.cli.strategy_trial import Direct, judged
    from pitbox.cli.told_race import told_sheet

    direct = Direct()
    for path in files:
        try:
            told = told_sheet(path)
        except (PitBoxError, OSError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        yield told.title, judged(told, direct, decisions, _say)
        direct.teach(told)
        direct.fit()


def scored(found: "Mapping[str, Judged]") -> StrategyScores:
    from pitbox.cli.strategy_trial import CUTS

    every = list(found.values())
    places = [_places([one for race in every for one in race.places if one.cut == cut]) for cut in CUTS]
    stops = [
        StopScore(
            cut,
            len(some),
            _mean([abs(one.plain - one.lap) for one in some]),
            _mean([abs(one.said - one.lap) for one in some]),
            _mean([abs(one.middle - one.lap) for one in some]),
            _mean([abs(one.plain - one.lap) <= _NEAR_LAPS for one in some]),
            _mean([abs(one.said - one.lap) <= _NEAR_LAPS for one in some]),
        )
        for cut in CUTS
        if (some := [one for race in every for one in race.stops if one.cut == cut])
    ]
    decisions = [one for race in every for one in race.decisions]
    return StrategyScores(
        races=list(found),
        places=[one for one in places if one is not None],
        stops=stops,
        agreement=_agreement(decisions) if decisions else None,
    )


def _places(asked: "Sequence[Places]") -> PlaceScore | None:
    import numpy as np

    from pitbox.predict.trial.calibration import calibration_error

    if not asked:
        return None
    rps, calibration = {}, {}
    for who in _WHO:
        said, true = list[float](), list[float]()
        for one in asked:
            chances = one.chances(who)
            said += np.cumsum(chances, axis=1)[:, :-1].ravel().tolist()
            true += (np.array(one.places)[:, None] <= np.arange(1, chances.shape[1])).ravel().tolist()
        rps[who] = _mean([score for one in asked for score in one.scores(who)])
        calibration[who] = calibration_error(said, true)
    return PlaceScore(asked[0].cut, sum(len(one.places) for one in asked), rps, calibration)


def _agreement(decisions: "Sequence[Decision]") -> Agreement:
    costs = [one.cost for one in decisions if one.cost is not None]
    error = 1.96 * statistics.stdev(costs) / math.sqrt(len(costs)) if len(costs) > 1 else 0.0
    return Agreement(
        decisions=len(decisions),
        near=_mean([one.said is not None and abs(one.said - one.lap) <= _NEAR_LAPS for one in decisions]),
        same_lap=_mean([one.is_now for one in decisions]),
        cost=_mean(costs),
        cost_error=error,
        raced=len(costs),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _say(what: str) -> None:
    """Progress, for who waits at a terminal."""
    if sys.stderr.isatty():
        print(what, file=sys.stderr)


def _print(scores: StrategyScores) -> None:
    print(f"{len(scores.races)} races\n")
    print(f"  {'':>4} {'':>5} {'--- ranked probability ---':>28} {'------ calibration ------':>28}")
    heads = " ".join(f"{who:>8}" for who in _WHO)
    print(f"  {'cut':>4} {'cars':>5}  {heads}   {heads}")
    for one in scores.places:
        rps, calibration = (
            " ".join(f"{values[who]:8.4f}" for who in _WHO) for values in (one.rps, one.calibration)
        )
        print(f"  {one.cut:4.0%} {one.cars:5}  {rps}   {calibration}")
    print(f"\n  {'':>4} {'':>5}  {'-- mean error in laps --':>24}   {'within 2 laps':>13}   of next stops")
    print(f"  {'cut':>4} {'stops':>5}  {'plain':>7} {'likely':>8} {'middle':>7}   {'plain':>6} {'likely':>6}")
    for stop in scores.stops:
        errors = f"{stop.plain:7.2f} {stop.ours:8.2f} {stop.middle:7.2f}"
        print(f"  {stop.cut:4.0%} {stop.stops:5}  {errors}   {stop.plain_near:6.0%} {stop.ours_near:6.0%}")
    found = scores.agreement
    if found is not None:
        print(
            f"\n  {found.decisions} stops of teams: ours within {_NEAR_LAPS} laps in {found.near:.0%},"
            f" on the same lap in {found.same_lap:.0%};\n  theirs costs {found.cost:+.3f} ±"
            f" {found.cost_error:.3f} places ({found.raced} raced)"
        )
    print()
    console().print(_NOTES, markup=False, soft_wrap=True)
