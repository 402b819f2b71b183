"""`pitbox export`: a session as files for other programs."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pitbox.cli.desk import Desk, desk_of, pick_sessions, print_json
from pitbox.cli.words import count_words, size_words
from pitbox.model.ids import SessionId

if TYPE_CHECKING:  # loaded by the command that needs it
    from pitbox.store.export.exporter import Exported
    from pitbox.store.export.wish import ProgressSink, Wish

_EVERY_S = 0.25


def export(
    context: typer.Context,
    session: Annotated[str, typer.Argument(help="A session's name; `pitbox sessions` lists them.")],
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    format_name: Annotated[
        Literal["csv", "parquet", "ibt", "mcap"], typer.Option("--format", help="As what.")
    ] = "csv",
    *,
    laps: Annotated[str, typer.Option(help="Of the own car, only these laps, like 5-9,12.")] = "",
    channels: Annotated[
        str | None,
        typer.Option(help="Of the own car, only these channels, with commas between; none leaves it out."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Write a session as CSV, Parquet, MCAP, or its `.ibt` as it came; whole or not at all."""
    from pitbox.store.export.wish import Format, Wish, lap_spans

    desk = desk_of(context)
    (name,) = pick_sessions(desk, session)
    wish = Wish(
        session=SessionId(name),
        format=Format(format_name),
        channels=_names(channels),
        laps=lap_spans(laps) if laps else (),
        is_replacing=replace,
    )
    began_s = time.monotonic()
    done = _written(desk, wish, out.expanduser())
    if as_json:
        print_json(done)
        return
    print(_words(done, time.monotonic() - began_s))
    for line in done.words:
        print(line, file=sys.stderr)


def _written(desk: Desk, wish: "Wish", folder: Path) -> "Exported":
    from pitbox.cli.session_desk import SessionDesk
    from pitbox.store.export.exporter import export as write

    with SessionDesk(desk).keepsakes() as people, _progress(wish.session) as watch, _asked_to_end() as asked:
        ledger = people.ledger(wish.session)
        return write(desk.shelf, wish, folder, ledger, on_progress=watch, is_stopped=asked.is_set)


def _names(channels: str | None) -> tuple[str, ...] | None:
    if channels is None:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in channels.split(",") if name.strip()))
    return () if names == ("none",) else names


def _words(done: "Exported", took_s: float) -> str:
    what = ", ".join(
        count_words(done.rows[name], one, many)
        for name, one, many in (
            ("files", "file", "files"),
            ("laps", "lap", "laps"),
            ("own", "own row", "own rows"),
        )
        if name in done.rows
    )
    return f"{done.path}: {what}, {size_words(done.size)} in {took_s:.1f} s."


@contextmanager
def _asked_to_end() -> Iterator[threading.Event]:
    """Set when a service manager or a shutdown asks for the end, which would leave half an export behind.

    Ctrl+C needs none of this: it is raised where the export stands, and what was made goes with it.
    """
    asked = threading.Event()

    def note(*_: Any) -> None:
        asked.set()

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(name: str) -> "Iterator[ProgressSink]":
    """A line on a terminal that tells how far it is, several times a second at most."""
    if not sys.stderr.isatty():
        from pitbox.store.export.wish import unwatched

        yield unwatched
        return
    told_s = 0.0

    def watch(done: int, total: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= _EVERY_S:
            told_s = time.monotonic()
            print(
                f"\r{name}: {100 * done // max(1, total)} %  (Ctrl+C stops it) ",
                end="",
                file=sys.stderr,
                flush=True,
            )

    try:
        yield watch
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
