"""Timing sheets into logs: one session for each sheet, and the same sheet twice is one session."""

import secrets
from pathlib import Path

import msgspec

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.log.writer import LogWriter
from pitbox.model.ids import LogId, SessionId
from pitbox.sim.sheet.record import Sheet
from pitbox.wire.record import EndRecord, InfoRecord, RunRecord, encode, kind_of


class ImportedSheet(msgspec.Struct, frozen=True):
    session: SessionId
    title: str
    cars: int
    classes: int
    drivers: int
    laps: int
    is_new: bool
    """False: it was here already, whole."""


def import_sheet(path: Path, shelf: Shelf, identity: Identity) -> ImportedSheet:
    """Raises SheetError for what is no timing sheet, and LogWriteError when the disk refuses."""
    sheet = Sheet(path)
    is_new = not _is_here(shelf, sheet.session)
    if is_new:
        _write(sheet, LogWriter(shelf.root, _new_log(sheet.session, identity), identity))
    return ImportedSheet(
        session=sheet.session,
        title=sheet.info.title,
        cars=len(sheet.info.entries),
        classes=len(sheet.info.classes),
        drivers=len({line.driver for line in sheet.lines}),
        laps=len(sheet.lines),
        is_new=is_new,
    )


def _is_here(shelf: Shelf, session: SessionId) -> bool:
    """One whole log of it is enough; one that a kill has cut short is none."""
    if session not in shelf.sessions():
        return False
    return any(
        kind_of(entry.payload) == EndRecord.KIND
        for reader in shelf.readers(session)
        for entry in reader.entries(reader.last_segment_seq)
    )


def _new_log(session: SessionId, identity: Identity) -> LogId:
    return LogId(session, identity.device, secrets.randbits(63))


def _write(sheet: Sheet, writer: LogWriter) -> None:
    for record in sheet.records():
        if isinstance(record, RunRecord | InfoRecord):
            writer.set_context(type(record).__name__, encode(record))
        else:
            writer.append(encode(record))
    writer.close(sheet.end_s, "imported")
