"""`pitbox import-timing`: the lap-by-lap sheets of real endurance series, as sessions."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pitbox.cli.desk import EXIT_ERROR, console, desk_of, print_json
from pitbox.cli.words import count_words
from pitbox.log.shelf import Shelf
from pitbox.model.errors import PitBoxError

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.identity.device import Identity


class Outcome(msgspec.Struct, frozen=True):
    """What became of one file; without a session it could not be read."""

    file: str
    problem: str = ""
    session: str = ""
    title: str = ""
    cars: int = 0
    classes: int = 0
    drivers: int = 0
    laps: int = 0
    is_new: bool = False


def import_timing(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Lap-by-lap CSV files, `;` or `,`.")],
    as_json: Annotated[bool, typer.Option("--json", help="One object for each file, for programs.")] = False,
) -> None:
    """Read timing sheets: sessions with cars, classes, drivers, laps, stops and flags."""
    from pitbox.identity.device import Identity

    desk = desk_of(context)
    identity = Identity.load_or_create(desk.profile.identity_folder)
    outcomes = [_import(path, desk.shelf, identity) for path in files]
    if as_json:
        print_json(outcomes)
    else:
        for outcome in outcomes:
            _print(outcome)
        if any(outcome.is_new for outcome in outcomes):
            print("`pitbox store project` brings them into the database.")
    if any(outcome.problem for outcome in outcomes):
        raise typer.Exit(EXIT_ERROR)


def _import(path: Path, shelf: Shelf, identity: "Identity") -> Outcome:
    from pitbox.wall.sheets import import_sheet

    try:
        found = import_sheet(path, shelf, identity)
    except PitBoxError as error:
        return Outcome(str(path), str(error))
    except OSError as error:
        return Outcome(str(path), f"{path.name} cannot be read: {error.strerror or error}.")
    return Outcome(str(path), **msgspec.structs.asdict(found))


def _print(outcome: Outcome) -> None:
    if outcome.problem:
        print(outcome.problem, file=sys.stderr)
        return
    figures = (
        count_words(outcome.cars, "car", "cars"),
        count_words(outcome.classes, "class", "classes"),
        count_words(outcome.drivers, "driver", "drivers"),
        count_words(outcome.laps, "lap", "laps"),
    )
    state = "" if outcome.is_new else " It was here already."
    console().print(
        f"{outcome.title}: {', '.join(figures)} ({outcome.session}).{state}", markup=False, soft_wrap=True
    )
