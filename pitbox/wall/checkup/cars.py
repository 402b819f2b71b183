"""Whether the sim showed every car that drove: judged by the last minutes of the newest live recording."""

from pathlib import Path

from pitbox.log.edits import recordings
from pitbox.log.reader import LogReader
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.model.channel import Stream
from pitbox.model.source import RowArray
from pitbox.wall.checkup.finding import Finding
from pitbox.wall.muster import Muster
from pitbox.wire.errors import WireError
from pitbox.wire.record import BlockRecord, InfoRecord, LayoutRecord, decode
from pitbox.wire.unpack import Unpacker

_SEGMENTS = 3
"""Up to a quarter of an hour."""


def examine_cars(logs: Path) -> list[Finding]:
    """Empty while nothing live was recorded."""
    reader = _newest(Shelf(logs))
    muster = None if reader is None else muster_of(reader)
    if reader is None or muster is None:
        return []
    words = muster.hidden.words()
    where = f"At the end of {reader.log.session}"
    if words:
        return [
            Finding("cars", "note", f"{where}: {words}", "Look into iRacing's options before the next race.")
        ]
    return [Finding("cars", "ok", f"{where} every car that drove was seen.")]


def muster_of(reader: LogReader) -> Muster | None:
    """What the log's last segments tell; None when they show no field with lap times."""
    starts = [segment.first_seq for segment in reader.segments() if segment.first_seq is not None]
    muster, unpacker, has_looked = Muster(), Unpacker(), False
    rows: dict[Stream, RowArray] = {}
    for entry in reader.entries(min(starts[-_SEGMENTS:], default=0)):
        try:
            record = decode(entry.payload)
            if isinstance(record, LayoutRecord):
                unpacker.learn(record)
            elif isinstance(record, InfoRecord):
                muster.hear(record.info)
            elif isinstance(record, BlockRecord):
                stream = unpacker.stream(record)
                rows[stream] = unpacker.rows(record)
                if stream is Stream.FIELD and len(rows) == len(Stream):
                    has_looked |= muster.take(rows[Stream.OWN], rows[Stream.FIELD], rows[Stream.SLOW])
        except WireError:
            continue
    return muster if has_looked else None


def _newest(shelf: Shelf) -> LogReader | None:
    """By its files' dates; a file from disk shows one car only, and is no evidence."""
    dated = [
        (max(path.stat().st_mtime for path in segment_paths(reader.folder)), str(reader.folder), reader)
        for session in shelf.sessions()
        if not session.startswith("ibt-")
        for reader in recordings(shelf, session)
    ]
    return max(dated, key=lambda item: item[:2])[2] if dated else None
