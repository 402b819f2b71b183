"""`pitbox evaluate stops`: next stops, their kind and the place after them, on races that are over."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pitbox.cli.desk import EXIT_ERROR, print_json
from pitbox.model.errors import PitBoxError

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.cli.stop_trial import Answer

_NEAR_LAPS, _NEAR_PLACES = 2, 1
_BINS = 10
_HELD = 0.9
_TABLES = {"at half of the stint": "half", "on every seventh lap": "any", "of a place": "before"}
_NOTES = """\
Next stop: of every car after its second stop, asked when half of the stint was driven, rounded down; right is
within two laps. The plain rule is the median of the car's earlier stints. "Green" are the stints without a
caution between the question and the stop, held against the answer for that case. Asking at half of a stint
whose length nobody knows then asks early in stints that end early; so the second table asks on every seventh
lap. Another driver: right is more likely than not; the plain rule says what was more common in the race.
Rejoin: place in class at the first line after the stop, asked a lap before the car came in; right is within
one place. The plain rule: everybody goes on at the pace of now, and we lose the mean of the class so far;
"stay": the place before the stop. What a stop costs: mean absolute error a lap before it, against the mean of
the class so far; with --learning, drawn to what the files before taught of this place. "Apart": the share
inside an interval whose width was chosen on the other files alone, of stops that stops of the race spoke of.
One set of figures serves all races; ten of them were looked at when it was chosen."""


class Reliability(msgspec.Struct, frozen=True):
    """Of the answers that said about this chance."""

    answers: int
    said: float
    came_true: float


class StopScore(msgspec.Struct, frozen=True):
    title: str
    asked: int
    plain: float
    """Share right of the plain rule."""
    ours: float
    said: float
    """The mean chance that was given."""
    gain: float
    green_asked: int
    green_ours: float
    green_said: float
    swaps_asked: int
    swaps_ours: float
    swaps_plain: float
    rejoins: int
    rejoin_plain: float
    rejoin_ours: float
    rejoin_said: float
    rejoin_stay: float
    """Of the rule that a stop costs no place."""
    cost_stops: int = 0
    """Stops under green whose cost is known."""
    cost_error_s: float = 0.0
    """Mean absolute, as said a lap before."""
    cost_plain_s: float = 0.0
    """Of the mean of the class so far."""
    cost_covered: float = 0.0
    """By the 90 % interval."""
    cost_covered_apart: float | None = None
    """By one as wide as the other races say that it must be; None where there is no other race."""
    cost_spreads_apart: float | None = None
    """On each side, in spreads: what the other races say."""


def stops(
    files: Annotated[list[Path], typer.Argument(help="Lap-by-lap CSV files, `;` or `,`.")],
    learning: Annotated[
        bool, typer.Option("--learning", help="What stops cost is learnt from each file for those after it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Every answer too, for programs.")] = False,
) -> None:
    """When every car stops next, whether for a driver change, and where it comes out."""
    from pitbox.cli.stop_trial import tried_stops
    from pitbox.predict.pit_level import PitLevels

    levels = PitLevels() if learning else None
    races, every, problems, told_s = [], [], [], list[list[float]]()
    for path in files:
        try:
            title, found = tried_stops(path, levels)
        except (PitBoxError, OSError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        races.append(score(title, found))
        told_s.append(widths(found))
        every += found
    races, total = apart(races, told_s), score("all races", every)
    total = msgspec.structs.replace(total, cost_covered_apart=_over(races))
    tables = {title: reliability(every, kind) for title, kind in _TABLES.items()}
    if as_json:
        notes, told = " ".join(_NOTES.split()), {"races": races, "total": total, "reliability": tables}
        print_json({**told, "notes": notes, "answers": every, "problems": problems})
    else:
        _print([*races, total], tables)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems or not races:
        raise typer.Exit(EXIT_ERROR)


def score(title: str, answers: "Sequence[Answer]") -> StopScore:
    half = [answer for answer in answers if answer.question.kind == "half"]
    green = [answer for answer in half if answer.question.stays_green]
    told = [answer for answer in half if answer.question.is_swap is not None]
    rejoins = [answer for answer in answers if answer.question.kind == "before"]
    swap_share = _share([answer.question.is_swap is True for answer in told])
    told_s = [(a, a.question.loss_s) for a in rejoins if a.question.loss_s is not None and a.cost_s > 0.0]
    plain = _share([abs(a.question.plain_lap - a.question.stop_lap) <= _NEAR_LAPS for a in half])
    ours = _share([is_near(answer) for answer in half])
    return StopScore(
        title=title,
        asked=len(half),
        plain=plain,
        ours=ours,
        said=_share([answer.chance for answer in half]),
        gain=ours - plain,
        green_asked=len(green),
        green_ours=_share([abs(a.green_lap - a.question.stop_lap) <= _NEAR_LAPS for a in green]),
        green_said=_share([answer.green_chance for answer in green]),
        swaps_asked=len(told),
        swaps_ours=_share([(answer.swap_chance >= 0.5) == answer.question.is_swap for answer in told]),
        swaps_plain=max(swap_share, 1.0 - swap_share) if told else 0.0,
        rejoins=len(rejoins),
        rejoin_plain=_share(
            [abs(a.plain_position - a.question.class_position) <= _NEAR_PLACES for a in rejoins]
        ),
        rejoin_ours=_share(
            [abs(a.class_position - a.question.class_position) <= _NEAR_PLACES for a in rejoins]
        ),
        rejoin_said=_share([answer.near_chance for answer in rejoins]),
        rejoin_stay=_share(
            [abs(a.stay_position - a.question.class_position) <= _NEAR_PLACES for a in rejoins]
        ),
        cost_stops=len(told_s),
        cost_error_s=_share([abs(a.cost_s - loss_s) for a, loss_s in told_s]),
        cost_plain_s=_share([abs(a.plain_cost_s - loss_s) for a, loss_s in told_s]),
        cost_covered=_share([a.cost_low_s <= loss_s <= a.cost_high_s for a, loss_s in told_s]),
    )


def widths(answers: "Sequence[Answer]") -> list[float]:
    """Of each stop that stops of its race spoke of: how many spreads its cost was off by."""
    from pitbox.strategy.stop_cost import TAIL_SPREADS

    found = []
    for answer in answers:
        loss_s, wide_s = answer.question.loss_s, answer.cost_high_s - answer.cost_s
        is_seen = answer.source in {"own stops", "class"}
        if loss_s is not None and is_seen and wide_s > 0.0:
            found.append(abs(loss_s - answer.cost_s) / (wide_s / TAIL_SPREADS))
    return found


def apart(races: Sequence[StopScore], told: Sequence[list[float]]) -> list[StopScore]:
    """Each race by an interval whose width was chosen on the others alone, to hold 90 % of their stops."""
    found = []
    for at, race in enumerate(races):
        others = sorted(value for other, some in enumerate(told) if other != at for value in some)
        if not others or not told[at]:
            found.append(race)
            continue
        spreads = others[min(len(others) - 1, int(_HELD * len(others)))]
        covered = _share([value <= spreads for value in told[at]])
        found.append(
            msgspec.structs.replace(race, cost_covered_apart=covered, cost_spreads_apart=round(spreads, 3))
        )
    return found


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _over(races: Sequence[StopScore]) -> float | None:
    """Mean over stops."""
    told = [(race.cost_covered_apart, race.cost_stops) for race in races]
    known = [(covered, stops) for covered, stops in told if covered is not None]
    count = sum(stops for _, stops in known)
    return sum(covered * stops for covered, stops in known) / count if count else None


def _said(answer: "Answer") -> float:
    return answer.near_chance if answer.question.kind == "before" else answer.chance


def is_near(answer: "Answer") -> bool:
    if answer.question.kind == "before":
        return abs(answer.class_position - answer.question.class_position) <= _NEAR_PLACES
    return abs(answer.lap - answer.question.stop_lap) <= _NEAR_LAPS


def reliability(answers: "Sequence[Answer]", kind: str) -> list[Reliability]:
    """By what was said, in tenths."""
    bins: list[list[Answer]] = [[] for _ in range(_BINS)]
    for answer in answers:
        if answer.question.kind == kind:
            bins[min(_BINS - 1, int(_said(answer) * _BINS))].append(answer)
    return [
        Reliability(len(some), _share([_said(a) for a in some]), _share([is_near(a) for a in some]))
        for some in bins
        if some
    ]


def _share(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _print(scores: Sequence[StopScore], tables: dict[str, list[Reliability]]) -> None:
    heads = f"{'------- next stop within 2 laps -------':>46} {'- swap -':>14} {'------- rejoin -------':>31}"
    print(f"{'':34} {heads}")
    print(
        f"{'race':34} {'asked':>6} {'plain':>6} {'ours':>6} {'said':>6} {'green':>6} {'said':>6} {'gain':>6}"
        f" {'plain':>7} {'ours':>6} {'stops':>6} {'plain':>6} {'stay':>6} {'ours':>6} {'said':>5}"
    )
    for s in scores:
        print(
            f"{s.title[:34]:34} {s.asked:6} {s.plain:6.1%} {s.ours:6.1%} {s.said:6.1%} {s.green_ours:6.1%}"
            f" {s.green_said:6.1%} {100 * s.gain:+6.1f} {s.swaps_plain:7.1%} {s.swaps_ours:6.1%}"
            f" {s.rejoins:6} {s.rejoin_plain:6.1%} {s.rejoin_stay:6.1%} {s.rejoin_ours:6.1%}"
            f" {s.rejoin_said:5.0%}"
        )
    print(
        f"\n{'what a stop under green costs':34} {'stops':>6} {'plain':>7} {'ours':>7} {'in 90 %':>8}"
        f" {'apart':>7}"
    )
    for s in scores:
        print(
            f"{s.title[:34]:34} {s.cost_stops:6} {s.cost_plain_s:6.2f}s {s.cost_error_s:6.2f}s"
            f" {s.cost_covered:8.1%} {_percent(s.cost_covered_apart):>7}"
        )
    for title, rows in tables.items():
        print(f"\nWhen a chance was said {title}, it came true:")
        print(f"  {'answers':>8} {'said':>7} {'true':>7}")
        for row in rows:
            print(f"  {row.answers:8} {row.said:7.1%} {row.came_true:7.1%}")
    print(f"\n{_NOTES}")
