"""`pitbox evaluate plan`: stint plans made before real races, run through the live logic against them."""

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pitbox.cli.desk import EXIT_ERROR, print_json
from pitbox.model.errors import PitBoxError

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.cli.plan_trial import CarTrial
    from pitbox.cli.wheel_trial import Said

_NOTES = """\
A plan is made for each car that drove at least four stints, from the entry list (its people and who starts),
the drive time rules of its series, the race's planned length, and what the other cars of its class did in
their first stints, in place of the team's own practice. The team never saw that plan and drove another one,
so adherence is low: it is the matching that is on trial. Stints: those that the live plan shows with the
right driver and both ends within a lap and a half, against the sheet's own lines; swaps: stops at which it
shows that the driver changed. Told without drivers: the share of the time with the right person where nobody
says who is in the car, by the live plan and by the plan's clock alone; `answers`: the mean of it after one to
four times somebody said who drove the stint that was least certain; `said`: names as they were said live, by
the chance that they were said with, and how many of these were right. New plans: asked for whenever
something happened and the plan did not keep the rules any more; valid ones keep all that can still be kept;
none: the solver finds no plan that does, either."""


class PlanScore(msgspec.Struct, frozen=True):
    title: str
    cars: int
    stints: int
    found: float
    swaps: int
    swaps_found: float
    supposed: float
    plain: float
    in_plan: float
    by_row: float
    by_clock: float
    surprises: float
    """A car."""
    mends: int
    valid: int
    impossible: int
    answered: tuple[float, ...] = ()
    """Mean of the cars: right by time after none, one and more answers."""
    said: tuple[tuple[float, int, float], ...] = ()
    """Least chance of a group a tenth wide, names said with it, share of these that were right."""


def plan(
    files: Annotated[list[Path], typer.Argument(help="Lap-by-lap CSV files, `;` or `,`.")],
    cars: Annotated[int, typer.Option(help="At most so many cars of each race; 0: all.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Every car too, for programs.")] = False,
) -> None:
    """Plans made before the start, followed through what really happened."""
    from pitbox.cli.plan_trial import tried_plans

    scores, every, problems = [], [], []
    for path in files:
        try:
            title, found = tried_plans(path, cars or None)
        except (PitBoxError, OSError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        scores.append(score(title, found))
        every += found
    if every:
        scores.append(score("all races", every))
    if as_json:
        print_json({"races": scores, "cars": every, "notes": " ".join(_NOTES.split()), "problems": problems})
    else:
        _print(scores)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems or not scores:
        raise typer.Exit(EXIT_ERROR)


def score(title: str, cars: "Sequence[CarTrial]") -> PlanScore:
    stints, swaps = sum(car.stints for car in cars), sum(car.swaps for car in cars)
    return PlanScore(
        title=title,
        cars=len(cars),
        stints=stints,
        found=sum(car.found for car in cars) / max(1, stints),
        swaps=swaps,
        swaps_found=sum(car.swaps_found for car in cars) / max(1, swaps),
        supposed=median([car.supposed for car in cars] or [0.0]),
        plain=median([car.plain for car in cars] or [0.0]),
        in_plan=median([car.adherence.in_plan for car in cars] or [0.0]),
        by_row=median([car.adherence.by_row for car in cars] or [0.0]),
        by_clock=median([car.adherence.by_clock for car in cars] or [0.0]),
        surprises=sum(car.surprises for car in cars) / max(1, len(cars)),
        mends=sum(car.mends for car in cars),
        valid=sum(car.valid for car in cars),
        impossible=sum(car.impossible for car in cars),
        answered=tuple(mean(shares) for shares in zip(*(car.answered for car in cars), strict=False)),
        said=_calibrated([one for car in cars for one in car.said]),
    )


def _calibrated(said: "Sequence[Said]") -> tuple[tuple[float, int, float], ...]:
    groups: dict[int, list[bool]] = {}
    for one in said:
        groups.setdefault(min(9, int(one.chance * 10)), []).append(one.is_right)
    return tuple((tenth / 10, len(right), mean(right)) for tenth, right in sorted(groups.items()))


def _print(scores: Sequence[PlanScore]) -> None:
    heads = f"{'---- told who drives ----':>34} {'- untold -':>14} {'--- adherence ---':>21}"
    print(f"{'':34} {heads} {'new plans':>22}")
    print(
        f"{'race':34} {'cars':>5} {'stints':>6} {'seen':>6} {'swaps':>6} {'seen':>6} {'live':>7} {'clock':>6}"
        f" {'in plan':>8} {'row':>6} {'clock':>6} {'asked':>6} {'valid':>6} {'none':>5}"
    )
    for s in scores:
        print(
            f"{s.title[:34]:34} {s.cars:5} {s.stints:6} {s.found:6.1%} {s.swaps:6} {s.swaps_found:6.1%}"
            f" {s.supposed:7.1%} {s.plain:6.1%} {s.in_plan:8.1%} {s.by_row:6.1%} {s.by_clock:6.1%}"
            f" {s.mends:6} {s.valid:6} {s.impossible:5}"
        )
    for s in scores[-1:]:
        print(f"\nanswers: {', '.join(f'{count}: {share:.1%}' for count, share in enumerate(s.answered))}")
        print(
            f"said: {', '.join(f'from {least:.0%} {right:.0%} of {count}' for least, count, right in s.said)}"
        )
    print(f"\n{_NOTES}")
