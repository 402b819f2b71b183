"""`pitbox store`: bring the database up to the log, make it again, ask it."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import Desk, console, desk_of, print_json
from pitbox.cli.words import count_words, size_words

if TYPE_CHECKING:  # the database is loaded by the command that needs it
    from pitbox.store.projector import Progress

app = typer.Typer(help="The DuckDB database: a projection of the log.", no_args_is_help=True)


@app.command()
def project(context: typer.Context) -> None:
    """Bring what the log holds into the database; a damaged one is made anew."""
    from pitbox.store.projector import Projector
    from pitbox.store.rebuild import open_or_renew
    from pitbox.wall.clerk import store_limits

    desk = desk_of(context)
    began_s = time.monotonic()
    database, words = open_or_renew(desk.folders.database, store_limits(desk.settings))
    with database:
        progress = Projector(database, desk.shelf).catch_up()
    for line in (words, *progress.words):
        if line:
            print(line)
    print(f"{_counts(progress)} in {time.monotonic() - began_s:.1f} s. {_place(desk)}")


@app.command()
def rebuild(context: typer.Context) -> None:
    """Make the database again from the log; the old one stays until the new one is whole."""
    from pitbox.store import rebuild as builder
    from pitbox.wall.clerk import store_limits

    desk = desk_of(context)
    began_s = time.monotonic()
    progress = builder.rebuild(desk.folders.database, desk.shelf, store_limits(desk.settings))
    for words in progress.words:
        print(words)
    print(f"Made again: {_counts(progress)} in {time.monotonic() - began_s:.1f} s. {_place(desk)}")


@app.command()
def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="One statement; the database is opened for reading only.")],
    limit: Annotated[int, typer.Option(min=1, help="Rows to show.")] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="All rows, for programs.")] = False,
) -> None:
    """Ask the database."""
    from rich.table import Table
    from rich.text import Text

    from pitbox.store.ask import ask
    from pitbox.store.database import Database

    desk = desk_of(context)
    if not desk.folders.database.exists():
        raise typer.BadParameter("There is no database yet; `pitbox store project` makes it from the log.")
    with Database(desk.folders.database, is_read_only=True) as database:
        answer = ask(database, query, None if as_json else limit)
    if as_json:
        print_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for at, name in enumerate(answer.columns):
        is_number = all(isinstance(row[at], int | float) or row[at] is None for row in answer.rows)
        table.add_column(Text(name), justify="right" if is_number else "left", overflow="fold")
    for row in answer.rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    console().print(table)
    if not answer.is_whole:
        print(f"There are more than {limit:,} rows; --limit shows more of them, --json all.")


def _counts(progress: "Progress") -> str:
    rows = count_words(progress.row_count, "row", "rows")
    return f"{rows} and {count_words(progress.fact_count, 'fact', 'facts')}"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _place(desk: Desk) -> str:
    size = desk.folders.database.stat().st_size
    return f"The database is {desk.folders.database} ({size_words(size)})."
