"""`pitbox sessions`: what is recorded here."""

from typing import Annotated

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from pitbox.cli.desk import Desk, console, desk_of, print_json
from pitbox.cli.words import size_words, span_words
from pitbox.log.edits import races, recordings
from pitbox.log.resume import recorded_span_s
from pitbox.model.ids import SessionId
from pitbox.wire.record import InfoRecord, decode, kind_of


class Listed(msgspec.Struct, frozen=True):
    session: SessionId
    title: str
    track: str
    logs: int
    recorded_s: float
    bytes: int


def sessions(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """List everything that is recorded here."""
    desk = desk_of(context)
    found = [_listed(desk, session) for session in races(desk.shelf)]
    if as_json:
        print_json(found)
    elif not found:
        print("Nothing is recorded here yet. `pitbox demo` records a synthetic race.")
    else:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("session", "event", "track"):
            table.add_column(column)
        for column in ("logs", "recorded", "size"):
            table.add_column(column, justify="right")
        for item in found:
            figures = (str(item.logs), span_words(item.recorded_s), size_words(item.bytes))
            table.add_row(item.session, Text(item.title), Text(item.track), *figures)
        console().print(table)


def _listed(desk: Desk, session: SessionId) -> Listed:
    title = track = ""
    readers = recordings(desk.shelf, session)
    for reader in readers:
        # The context at the start of the newest segment tells; nothing before it has to be read.
        for entry in reader.entries(reader.last_segment_seq):
            if kind_of(entry.payload) == InfoRecord.KIND:
                record = decode(entry.payload)
                assert isinstance(record, InfoRecord)
                title, track = record.info.title, record.info.track.name
                break
    return Listed(
        session=session,
        title=title,
        track=track,
        logs=len(readers),
        recorded_s=sum(recorded_span_s(reader) for reader in readers),
        bytes=desk.shelf.size_bytes(session),
    )
