"""`pitbox teams`: balanced teams out of a file of sign-ups."""

import csv
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import EXIT_ERROR, print_json
from pitbox.cli.formation_words import columns_words, formation_words, problem_words

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.planning.formation.noun import CarChoice, Demand, Formation, Opening, Race
    from pitbox.planning.sign_up.file import SignUps

_WIDEST = 60
_DAY_S = 86400.0


SignUpsFile = Annotated[Path | None, typer.Argument(help="A CSV file of sign-ups, of any make.")]
Starts = Annotated[
    list[str] | None,
    typer.Option(help="When the race starts: `2026-03-28T14:00`; again for further start times."),
]
Length = Annotated[str, typer.Option(help="Of the race: `24h`, `6h`, `2:40`, `90min`.")]
Zone = Annotated[str, typer.Option(help="The clock of --start, and of people who name none.")]
Size = Annotated[str, typer.Option(help="Drivers in a team: `4-6`, `4`.")]
Count = Annotated[int | None, typer.Option("--teams", min=1, help="At most so many teams.")]
Cars = Annotated[list[str] | None, typer.Option(help="A car that may be driven; `NAME=2`: by so many teams.")]
Spotters = Annotated[int, typer.Option(min=0, max=9, help="Wished for in each team.")]
Holes = Annotated[bool, typer.Option(help="Teams that cannot cover the race may stand.")]
Fields = Annotated[
    list[str] | None,
    typer.Option("--map", help="What a column holds: `name=Driver`, `free=#4`, `note=` for none."),
]
EngineName = Annotated[str, typer.Option(help="snake, draft, local or cp-sat.")]
Seed = Annotated[int, typer.Option(min=0, help="Another one, perhaps another formation.")]
Limit = Annotated[float, typer.Option(min=0.1, max=600, help="Seconds to search at most.")]
Columns = Annotated[bool, typer.Option(help="Only show what is read from which column.")]
Sample = Annotated[int, typer.Option(min=0, max=2000, help="Write so many made-up sign-ups.")]
AsJson = Annotated[bool, typer.Option("--json", help="Everything, for programs.")]


def teams(
    signups: SignUpsFile = None,
    *,
    start: Starts = None,
    length: Length = "",
    zone: Zone = "UTC",
    size: Size = "3-5",
    count: Count = None,
    car: Cars = None,
    spotters: Spotters = 1,
    holes: Holes = False,
    field: Fields = None,
    engine: EngineName = "cp-sat",
    seed: Seed = 1,
    limit: Limit = 7.0,
    columns: Columns = False,
    sample: Sample = 0,
    as_json: AsJson = False,
) -> None:
    """Form teams that cover the race, suit their cars and are alike in strength."""
    races = _races(start or [], length, zone)
    if sample:
        _write_sample(sample, races, seed)
        return
    if signups is None:
        raise typer.BadParameter("A file of sign-ups is missing; `--sample 30` writes one to try.")
    found = _read(signups, races, zone, field or [])
    if columns:
        print_json(found) if as_json else print(columns_words(found))
        return
    _tell(found)
    if not found.participations:
        raise typer.Exit(EXIT_ERROR)
    demand = _demand(races, size, count, car or [], spotters, holes=holes, openings=_openings(found))
    formed = _form(found, demand, engine, seed, limit)
    if as_json:
        print_json({"formation": formed, "gap": formed.gap, "sign_ups": found})
    else:
        print(formation_words(formed, found, demand, zone))


def _races(starts: list[str], length: str, zone: str) -> "tuple[Race, ...]":
    from pitbox.model.span import Span
    from pitbox.model.wall_time import moment_s, zone_of
    from pitbox.planning.formation.noun import Race
    from pitbox.planning.sign_up.cells import length_s

    zone_of(zone)
    if bool(starts) != bool(length):
        raise typer.BadParameter("--start and --length belong together.")
    lasts_s = length_s(length) if length else 0.0
    if lasts_s is None or lasts_s > 7 * _DAY_S:
        raise typer.BadParameter(f"{length!r} is no length of a race; one looks like 24h.")
    found = []
    for number, words in enumerate(starts, 1):
        is_utc = words.endswith("Z")
        begins_s = moment_s(words.rstrip("Z").replace(" ", "T"), "UTC" if is_utc else zone)
        found.append(Race(f"start-{number}", Span(begins_s, begins_s + lasts_s), words))
    return tuple(found)


def _read(path: Path, races: "tuple[Race, ...]", zone: str, fields: list[str]) -> "SignUps":
    from pitbox.model.span import joined
    from pitbox.planning.sign_up.file import Setting, read_sign_ups

    wishes = {}
    for wish in fields:
        name, sign, head = wish.partition("=")
        if not sign:
            raise typer.BadParameter(f"{wish!r} is no mapping; one looks like name=Driver.")
        wishes[name.strip()] = head.strip()
    setting = Setting(races=joined(race.span for race in races), zone=zone)
    return read_sign_ups(path.read_bytes(), setting, wishes)


def _tell(found: "SignUps") -> None:
    """What was guessed and what could not be read: for people, beside the answer."""
    print(columns_words(found), file=sys.stderr)
    for problem in found.problems:
        print(problem_words(problem), file=sys.stderr)


def _openings(found: "SignUps") -> "tuple[Opening, ...]":
    """Where a column places people, those teams."""
    from pitbox.planning.formation.noun import Opening

    placed: dict[str, list[str]] = {}
    for one in found.participations:
        if one.team:
            placed.setdefault(one.team, []).append(one.member)
    return tuple(Opening(name, name, members=tuple(members)) for name, members in placed.items())


def _demand(
    races: "tuple[Race, ...]",
    size: str,
    count: int | None,
    cars: list[str],
    spotters: int,
    *,
    holes: bool,
    openings: "tuple[Opening, ...]",
) -> "Demand":
    from pitbox.planning.formation.noun import Demand

    if not races:
        raise typer.BadParameter("--start and --length say which race is to be covered.")
    least, _, most = size.partition("-")
    if not least.isdecimal() or not (most or least).isdecimal():
        raise typer.BadParameter(f"{size!r} is no size of a team; one looks like 4-6.")
    low, high = int(least), int(most or least)
    if not 1 <= low <= high <= _WIDEST:
        raise typer.BadParameter(f"A team has from 1 to {_WIDEST} drivers, the fewer first: not {size}.")
    return Demand(
        races,
        low,
        high,
        teams=count,
        cars=tuple(_car(words) for words in cars),
        spotters=spotters,
        openings=openings,
        must_cover=not holes,
    )


def _car(words: str) -> "CarChoice":
    from pitbox.planning.formation.noun import CarChoice

    name, _, most = words.rpartition("=")
    if name and most.isdecimal():
        return CarChoice(name.strip(), most_teams=int(most))
    return CarChoice(words.strip())


def _form(found: "SignUps", demand: "Demand", engine: str, seed: int, limit_s: float) -> "Formation":
    from pitbox.planning.formation.field import Field
    from pitbox.planning.formation.former import Engine, Former
    from pitbox.planning.formation.sign_ups import candidates_of

    if engine not in set(Engine):
        raise typer.BadParameter(f"{engine!r} is no engine; there are: {', '.join(Engine)}.")
    members = {member.key: member for member in found.members}
    field = Field(candidates_of(members, found.participations, demand.races), demand)
    with _until_stopped() as stopped:
        former = Former(
            field,
            Engine(engine),
            seed=seed,
            limit_s=limit_s,
            is_stopped=lambda: bool(stopped),
            on_better=_tell_progress if sys.stderr.isatty() else None,
        )
        return former.form()


@contextmanager
def _until_stopped() -> Iterator[list[int]]:
    """Ctrl+C ends the search, not the command: the best so far is shown. A second one ends it all."""
    stopped: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, _frame: object) -> None:
        stopped.append(number)
        signal.signal(signal.SIGINT, before)

    try:
        signal.signal(signal.SIGINT, stop)
    except ValueError:  # not on the main thread: nobody presses keys there
        yield stopped
        return
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _tell_progress(better: "Formation") -> None:
    print(f"{better.took_s:5.1f} s  {better.score.total:.4f}  {better.engine}", file=sys.stderr)


def _write_sample(count: int, races: "tuple[Race, ...]", seed: int) -> None:
    from pitbox.planning.formation.sample import sample_table

    if not races:
        raise typer.BadParameter("--start and --length say for which race people are to be made up.")
    csv.writer(sys.stdout, lineterminator="\n").writerows(sample_table(count, races, seed))
