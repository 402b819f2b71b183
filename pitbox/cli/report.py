"""`pitbox report`: what a session was, as one HTML file and one PDF."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import EXIT_ERROR, Desk, desk_of, print_json
from pitbox.model.ids import SessionId

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.report.document import Document


def report(
    context: typer.Context,
    session: Annotated[str, typer.Argument(help="A session's name; `pitbox sessions` lists them.")],
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    *,
    car: Annotated[str, typer.Option(help="The number on the car, where it is not ours.")] = "",
    html_only: Annotated[bool, typer.Option("--html-only", help="No PDF.")] = False,
    pdf_only: Annotated[bool, typer.Option("--pdf-only", help="No HTML.")] = False,
    race_only: Annotated[bool, typer.Option("--race-only", help="Nothing where there was no race.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Write the report of a session: result, stints, stops, plan, fuel, tyres, corners, decisions."""
    if html_only and pdf_only:
        raise typer.BadParameter("--html-only and --pdf-only leave nothing to write.")
    from pitbox.report.document import digest
    from pitbox.report.errors import ReportError
    from pitbox.wall.reporter import style_of, write

    desk, began_s = desk_of(context), time.monotonic()
    try:
        style = style_of(desk.settings.report)
        document = _document(desk, session, car, is_race_only=race_only)
        if document is None:
            print(f"{session} has no race.")
            return
        done = write(
            document, style, out.expanduser(), digest(document), has_html=not pdf_only, has_pdf=not html_only
        )
    except ReportError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(EXIT_ERROR) from error
    if as_json:
        print_json(done)
    else:
        for path in done.files:
            print(path)
        print(f"{len(document.sections)} sections in {time.monotonic() - began_s:.1f} s.")
    if done.no_pdf:
        print(f"No PDF: {done.no_pdf}", file=sys.stderr)
        raise typer.Exit(EXIT_ERROR)


def _document(desk: Desk, session: str, car: str, *, is_race_only: bool) -> "Document | None":
    from pitbox.report.gather import race_of
    from pitbox.store.database import Database
    from pitbox.store.errors import NotStoredError
    from pitbox.wall.reporter import Reporter

    if not desk.folders.database.exists():
        raise NotStoredError("There is no database yet; `pitbox store project` makes it from the log.")
    with Database(desk.folders.database, is_read_only=True) as database:
        if is_race_only and not race_of(database.cursor(), SessionId(session), car).is_race:
            return None
        return Reporter(desk.profile, desk.settings, desk.shelf).document(
            database.cursor(), SessionId(session), car
        )
