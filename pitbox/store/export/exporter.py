"""Leads an export: walks the log once and writes what was asked for, whole or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import msgspec

from pitbox.log.shelf import Shelf
from pitbox.model.channel import Stream
from pitbox.model.ledger import Ledger
from pitbox.store.errors import ExportError
from pitbox.store.export import csv_files, parquet_files
from pitbox.store.export.csv_files import own_csv
from pitbox.store.export.draft import drafted
from pitbox.store.export.ibt_copy import copy_originals
from pitbox.store.export.mcap_race import McapRace
from pitbox.store.export.own import OwnCut, OwnRows
from pitbox.store.export.parquet_files import own_parquet
from pitbox.store.export.passage import Passage, Told
from pitbox.store.export.tables import Table, tables
from pitbox.store.export.wish import Format, ProgressSink, Wish, never, unwatched


class Exported(msgspec.Struct, frozen=True):
    path: Path
    """A folder of files, or the one file."""
    size: int
    rows: dict[str, int]
    """By table; `own` are rows of the own car."""
    words: tuple[str, ...] = ()
    """What is missing in it, and why."""


class _OwnSink(Protocol):
    @property
    def row_count(self) -> int: ...

    def take(self, own: OwnRows) -> None: ...

    def close(self) -> None: ...


def export(
    shelf: Shelf,
    wish: Wish,
    folder: Path,
    ledger: Ledger,
    *,
    on_progress: ProgressSink = unwatched,
    is_stopped: Callable[[], bool] = never,
) -> Exported:
    """Into `folder`; `ledger` is what people wrote in the session. Raises ExportError, and leaves nothing."""
    target = target_of(wish, folder)
    with drafted(target, is_replacing=wish.is_replacing) as draft:
        if wish.format is Format.IBT:
            names = copy_originals(shelf, wish.session, draft, on_progress, is_stopped)
            done = Exported(target, 0, {"files": len(names)})
        else:
            passage = Passage(shelf, wish.session, on_progress=on_progress, is_stopped=is_stopped)
            cut = OwnCut(wish.channels, wish.laps)
            done = _write(_Work(wish, passage, cut, ledger), draft, target)
    return msgspec.structs.replace(done, size=_size(target))


def target_of(wish: Wish, folder: Path) -> Path:
    """`<session>.mcap`, or the folder `<session>-csv`."""
    name = f"{wish.session}.mcap" if wish.format is Format.MCAP else f"{wish.session}-{wish.format}"
    return folder / name


class _Work(msgspec.Struct, frozen=True):
    wish: Wish
    passage: Passage
    cut: OwnCut
    ledger: Ledger


def _write(work: _Work, draft: Path, target: Path) -> Exported:
    if work.wish.format is Format.MCAP:
        race = McapRace(draft / target.name, work.passage.roll)
        told, found = _walk(work, race, (Stream.OWN, Stream.FIELD), race.tell)
        return _exported(work, target, told, found, race.row_count)
    is_csv = work.wish.format is Format.CSV
    sink: _OwnSink = own_csv(draft) if is_csv else own_parquet(draft)
    told, found = _walk(work, sink, (Stream.OWN,), lambda _: None)
    for table in found:
        if is_csv:
            csv_files.write_table(draft / f"{table.name}.csv", table)
        else:
            parquet_files.write_table(draft / f"{table.name}.parquet", table)
    return _exported(work, target, told, found, sink.row_count)


def _walk(
    work: _Work, sink: _OwnSink, streams: Sequence[Stream], tell: Callable[[list[Table]], None]
) -> tuple[Told, list[Table]]:
    cut = work.cut

    def take(found: OwnRows) -> None:
        rows = found if found.layout.stream is Stream.FIELD else cut.cut(found)
        if rows is not None:
            sink.take(rows)

    with _closed(sink):
        told = work.passage.walk(take, [s for s in streams if s is not Stream.OWN or not cut.is_empty])
        if unknown := cut.unknown(set(told.channels)):
            raise ExportError(f"No channel named {unknown[0]!r} was recorded.")
        found = tables(work.wish.session, told, work.ledger)
        tell(found)
    return told, found


@contextmanager
def _closed(sink: _OwnSink) -> Iterator[None]:
    """Closed in every case: what is open cannot be removed everywhere."""
    try:
        yield
    except BaseException:
        with suppress(Exception):
            sink.close()
        raise
    sink.close()


def _exported(work: _Work, target: Path, told: Told, found: list[Table], own_rows: int) -> Exported:
    words, cut = [], work.cut
    if work.passage.is_live:
        words.append("It is being recorded: this is what was durable when the export began.")
    if told.damaged:
        words.append(f"{told.damaged} blocks are damaged and left out; `pitbox log repair` may mend them.")
    if not told.channels and not cut.is_empty:
        words.append("Nobody recorded a car of it from inside, so there are no own channels.")
    elif cut.laps and not own_rows:
        words.append("The own car drove none of these laps.")
    rows = {table.name: len(table.rows) for table in found} | {"own": own_rows}
    return Exported(target, 0, rows, tuple(words))


def _size(target: Path) -> int:
    if target.is_file():
        return target.stat().st_size
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
