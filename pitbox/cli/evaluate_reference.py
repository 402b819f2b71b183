"""`pitbox evaluate reference`: our simulated races against a public race simulator's."""

import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import EXIT_ERROR, print_json
from pitbox.model.errors import PitBoxError

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.cli.reference_trial import Comparison


def reference(
    files: Annotated[list[Path], typer.Argument(help="Its parameter files, its results beside them.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Laps without traffic, finishing order, winner's time and chances of winning, by its own parameters."""
    from pitbox.cli.reference_trial import CHANCES, compared

    found, alone, problems = list["Comparison"](), list[str](), list[str]()
    for path in files:
        if path.name == CHANCES:
            continue  # what all races share; read with each of them
        try:
            comparison = compared(path)
        except (PitBoxError, OSError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        if comparison is None:
            alone.append(path.name)
        else:
            found.append(comparison)
    if as_json:
        print_json({"races": found, "without_reference": alone, "problems": problems})
    else:
        _print(found, alone)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        raise typer.Exit(EXIT_ERROR)


def _print(found: "list[Comparison]", alone: list[str]) -> None:
    print(f"{'race':20} {'free laps':>9} {'p99':>8} {'in 0.02 s':>9} {'order':>7} {'winner':>8}")
    for one in found:
        print(
            f"{one.race[:20]:20} {one.free_laps:9} {one.free_p99_s:6.3f} s {one.free_within:9.2%}"
            f" {one.spearman:7.3f} {one.winner_share:8.3%}"
        )
    for name in alone:
        print(f"{name}: driven; there is no reference of it.")
    if found:
        order = statistics.median(one.spearman for one in found)
        winner = statistics.median(one.winner_share for one in found)
        near = sum(one.winner_share <= 0.001 for one in found)
        print(
            f"\nMedian of {len(found)} races: order {order:.3f}, winner's time {winner:.4%} off;"
            f" {near} within 0.1 %."
        )
    for one in found:
        for name, (theirs, ours) in (one.wins or {}).items():
            if max(theirs, ours) >= 0.005:
                print(f"{one.race}: {name} wins {theirs:6.1%} there, {ours:6.1%} here.")
