"""`pitbox import`: recordings from iRacing's telemetry folder, as sessions beside the live ones."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import EXIT_ERROR, Desk, console, desk_of, print_json
from pitbox.cli.words import count_words
from pitbox.model.errors import PitBoxError

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.wall.importer import Imported, ProgressSink


def import_ibt(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="`.ibt` files, and folders that hold some.")],
    as_json: Annotated[bool, typer.Option("--json", help="One object for each file, for programs.")] = False,
    is_projected: Annotated[
        bool, typer.Option("--store/--no-store", help="Bring the database up to the log afterwards.")
    ] = True,
    is_kept: Annotated[
        bool, typer.Option("--keep", help="Keep a copy of each file, so that it can be exported as it came.")
    ] = False,
) -> None:
    """Read iRacing's own recordings; the same file twice is one session, and only what is new is taken."""
    from pitbox.identity.device import Identity
    from pitbox.wall.importer import import_file, recordings

    desk = desk_of(context)
    identity = Identity.load_or_create(desk.profile.identity_folder)
    files = recordings([path.expanduser() for path in paths])
    if not files:
        print("There is no .ibt file there.", file=sys.stderr)
        raise typer.Exit(EXIT_ERROR)
    done: list[Imported] = []
    with _progress(len(files)) as watch:
        try:
            for number, path in enumerate(files):
                done.append(import_file(path, desk.shelf, identity, watch(number, path), is_kept=is_kept))
                if not as_json:
                    _print(done[-1])
        except KeyboardInterrupt:
            words = f"Stopped after {len(done)} of {count_words(len(files), 'file', 'files')}"
            print(f"{words}; the same command goes on from there.", file=sys.stderr)
            raise
    if as_json:
        print_json(done)
    elif len(done) > 1:
        print(_sum(done))
    if is_projected and any(item.new_records for item in done):
        _project(desk)
    if any(item.state == "refused" for item in done):
        raise typer.Exit(EXIT_ERROR)


def _print(item: "Imported") -> None:
    name = Path(item.file).name
    if item.state == "refused":
        print(f"Not read: {' '.join(item.problems)}", file=sys.stderr)
        return
    figures = f"{count_words(item.records, 'record', 'records')}, {count_words(item.laps, 'lap', 'laps')}"
    news = {
        "imported": "",
        "filled": f" {count_words(item.new_records, 'record', 'records')} of them are new in it.",
        "known": " It was here already.",
    }[item.state]
    words = f"{name}: {item.car or 'a car'}, {item.track or 'a track'}; {figures} ({item.session}).{news}"
    console().print(words, markup=False, soft_wrap=True)
    for problem in item.problems:
        print(f"  {problem}", file=sys.stderr)


def _sum(done: list["Imported"]) -> str:
    count = {state: sum(item.state == state for item in done) for state in ("known", "refused")}
    new = len(done) - count["known"] - count["refused"]
    sessions = len({item.session for item in done if item.session})
    return (
        f"{count_words(len(done), 'file', 'files')}: {new} with something new, {count['known']} known "
        f"already, {count['refused']} not read; {count_words(sessions, 'session', 'sessions')}."
    )


def _project(desk: Desk) -> None:
    """The log is what counts: a database that is in use by another PitBox is brought up to it there."""
    from pitbox.store.projector import Projector
    from pitbox.store.rebuild import open_or_renew
    from pitbox.wall.clerk import store_limits

    try:
        database, words = open_or_renew(desk.folders.database, store_limits(desk.settings))
        with database:
            progress = Projector(database, desk.shelf).catch_up()
    except PitBoxError as error:
        print(f"It is in the log, and not in the database yet: {error}", file=sys.stderr)
        return
    for line in (words, *progress.words):
        if line:
            print(line, file=sys.stderr)


@contextmanager
def _progress(file_count: int) -> Iterator[Callable[[int, Path], "ProgressSink"]]:
    """Makes a sink for each file: a bar on standard error, where somebody can see one."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(), refresh_per_second=5
    ) as bar:

        def watch(number: int, path: Path) -> "ProgressSink":
            task = bar.add_task(f"{path.name} ({number + 1} of {file_count})", total=None)
            return lambda done, total: bar.update(task, completed=done, total=total, visible=done < total)

        yield watch
