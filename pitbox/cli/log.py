"""`pitbox log`: is every recording whole, how large is it, and what to do when it is not."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pitbox.cli.desk import EXIT_LOST, Desk, console, desk_of, pick_sessions, print_json
from pitbox.cli.words import count_words, size_words, span_words
from pitbox.log.archive import archive_session, restore_archive, sessions_to_archive
from pitbox.log.reader import LogReader
from pitbox.log.repair import Loss, Repair, repair_log
from pitbox.log.shelf import Shelf
from pitbox.log.verify import Verdict, verify_log
from pitbox.model.ids import SessionId

app = typer.Typer(help="Check, repair and put away recordings.", no_args_is_help=True)
SessionArgument = Annotated[str | None, typer.Argument(help="A session's name; without it, all of them.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def verify(context: typer.Context, session: SessionArgument = None, as_json: JsonOption = False) -> None:
    """Read every record and check checksums, numbers, signatures and seals; ends with 3 if one fails."""
    desk = desk_of(context)
    verdicts = [verify_log(reader) for reader in _readers(desk, session)]
    if as_json:
        print_json(verdicts)
    else:
        for verdict in verdicts:
            print(_verdict_words(verdict))
        whole = sum(verdict.is_whole for verdict in verdicts)
        print(f"{whole} of {count_words(len(verdicts), 'log is', 'logs are')} whole.")
    if not all(verdict.is_whole for verdict in verdicts):
        raise typer.Exit(EXIT_LOST)


@app.command()
def repair(
    context: typer.Context,
    session: SessionArgument = None,
    copies: Annotated[
        list[Path] | None,
        typer.Option("--from", help="A log folder of another copy, to take missing records from."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make damaged logs readable again; says what is lost, and ends with 3 if anything is."""
    desk = desk_of(context)
    shelves = [Shelf(path.expanduser()) for path in copies or []]
    for shelf in shelves:
        if not shelf.sessions():
            raise typer.BadParameter(f"{shelf.root} is no log folder: no session lies in it.")
    repairs = [repair_log(reader, _donors(reader, shelves)) for reader in _readers(desk, session)]
    if as_json:
        print_json(repairs)
    else:
        for done in repairs:
            print(_repair_words(done))
    if any(done.lost for done in repairs):
        raise typer.Exit(EXIT_LOST)


@app.command()
def stat(context: typer.Context, session: SessionArgument = None, as_json: JsonOption = False) -> None:
    """How much is recorded, and what a day of it would take."""
    desk = desk_of(context)
    verdicts = [verify_log(reader) for reader in _readers(desk, session)]
    if as_json:
        print_json(verdicts)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("session")
    table.add_column("epoch")
    for column in ("records", "size", "span", "24 h of it"):
        table.add_column(column, justify="right")
    table.add_column("state")
    for verdict in verdicts:
        span_s = (verdict.until_s or 0.0) - (verdict.from_s or 0.0)
        day = size_words(verdict.bytes / span_s * 86_400) if span_s > 60 else "-"
        state = "closed" if verdict.is_closed else "not closed"
        state = state if verdict.is_whole else f"{state}, NOT WHOLE"
        name = (verdict.log.session, f"{verdict.log.epoch:016x}"[:8])
        figures = (f"{verdict.records:,}", size_words(verdict.bytes), span_words(span_s), day)
        table.add_row(*name, *figures, state)
    console().print(table)


@app.command()
def archive(
    context: typer.Context,
    session: Annotated[
        str | None, typer.Argument(help="A session's name; without it, those that are due.")
    ] = None,
    folder: Annotated[Path | None, typer.Option("--to", help="Another folder than the setting's.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the logs here as well.")] = False,
) -> None:
    """Pack a session into one file, read it back, and then take the logs off the shelf."""
    import time

    desk = desk_of(context)
    due = sessions_to_archive(desk.shelf, desk.settings.storage.keep_days, time.time())
    chosen = pick_sessions(desk, session) if session is not None else list(due)
    if not chosen:
        print("No session is due; name one, or set storage.keep_days.")
    for name in chosen:
        done = archive_session(desk.shelf, name, folder or desk.archive_folder, is_removing=not keep)
        what = (
            "The logs stay here too."
            if keep
            else "The logs are off the shelf; `pitbox log restore` brings them back."
        )
        print(f"{name} is in {done.path} ({size_words(done.size)}). {what}")


@app.command()
def restore(context: typer.Context, file: Path) -> None:
    """Put an archive's logs back on the shelf and verify them; ends with 3 if one is not as signed."""
    desk = desk_of(context)
    session = restore_archive(desk.shelf, file)
    verdicts = [verify_log(reader) for reader in desk.shelf.readers(session)]
    doubtful = [verdict for verdict in verdicts if not verdict.is_whole]
    state = "is here again" if doubtful else "is here again, and every signature in it is good"
    print(f"The session {session} {state}; `pitbox store project` brings it into the database.")
    for verdict in doubtful:
        print(_verdict_words(verdict), file=sys.stderr)
    if doubtful:
        words = f"It is not all as it was signed: `pitbox log repair {session}` makes the best of it."
        print(words, file=sys.stderr)
        raise typer.Exit(EXIT_LOST)


def _readers(desk: Desk, session: str | None) -> list[LogReader]:
    return [reader for name in pick_sessions(desk, session) for reader in desk.shelf.readers(SessionId(name))]


def _donors(reader: LogReader, shelves: list[Shelf]) -> list[LogReader]:
    session = reader.log.session
    return [shelf.reader(reader.log) for shelf in shelves if reader.log in shelf.logs(session)]


def _verdict_words(verdict: Verdict) -> str:
    span = span_words((verdict.until_s or 0.0) - (verdict.from_s or 0.0))
    counts = f"{verdict.records:,} records, {verdict.seals} seals, {size_words(verdict.bytes)}, {span}"
    lines = [f"{verdict.log}: {counts}, {'whole' if verdict.is_whole else 'NOT WHOLE'}"]
    for damage in verdict.damages:
        end = "the end" if damage.end_seq is None else f"{damage.end_seq - 1}"
        if damage.is_unfinished:
            lines.append(f"  {damage.path}: {damage.words}; nothing acknowledged is missing")
        else:
            lines.append(f"  {damage.path}: records {damage.first_seq} to {end}: {damage.words}")
    lines += [f"  {problem}" for problem in verdict.problems]
    return "\n".join(lines)


def _repair_words(done: Repair) -> str:
    if not done.rewritten and not done.lost:
        return f"{done.log}: nothing to repair"
    lines = [f"{done.log}: {count_words(len(done.rewritten), 'file', 'files')} written anew"]
    if done.rewritten:
        lines[0] += f" ({', '.join(done.rewritten)}), each original kept as <name>.damaged"
    if done.filled:
        lines.append(f"  {count_words(done.filled, 'record', 'records')} brought back from a copy")
    lines += [f"  lost: {_loss_words(loss)}" for loss in done.lost]
    return "\n".join(lines)


def _loss_words(loss: Loss) -> str:
    end = "the end of the log" if loss.end_seq is None else f"{loss.end_seq - 1}"
    after = "the start" if loss.after_s is None else f"{loss.after_s:.2f} s"
    before = "the end" if loss.before_s is None else f"{loss.before_s:.2f} s"
    return f"records {loss.first_seq} to {end}, between {after} and {before} of session time"
