"""The setups in the session texts of a log: texts alone are looked at, rows are passed over unread."""

from collections.abc import Iterable

import zstandard

from pitbox.analysis.setup.sheet import setup_sheet
from pitbox.log.reader import LogReader
from pitbox.report.gather import Race
from pitbox.report.setups import SetupSeen
from pitbox.store.recorded import Cursor
from pitbox.wire.errors import WireError
from pitbox.wire.record import TextRecord, decode, kind_of

_MOST_BYTES = 4_000_000
_OURS = "SELECT epoch FROM logs WHERE session_id = ? AND own_car_idx = ?"


def setups_seen(readers: Iterable[LogReader], cursor: Cursor, race: Race) -> tuple[SetupSeen, ...]:
    """Of our car, in the order of the race; the same setup again is told once."""
    ours = {epoch for (epoch,) in cursor.execute(_OURS, [race.session, race.car_idx]).fetchall()}
    found: list[SetupSeen] = []
    for reader in readers:
        if reader.log.epoch in ours:
            found += _of_log(reader, race)
    found.sort(key=lambda one: one.from_s)
    return tuple(one for at, one in enumerate(found) if at == 0 or one.sheet.mark != found[at - 1].sheet.mark)


def _of_log(reader: LogReader, race: Race) -> list[SetupSeen]:
    """What stood before our run began counts from its beginning."""
    found = []
    for entry in reader.entries():
        try:
            if kind_of(entry.payload) != TextRecord.KIND:
                continue
            record = decode(entry.payload)
            if not isinstance(record, TextRecord) or record.session_num > race.session_num:
                continue
            sheet = setup_sheet(_text(record.text))
        except (WireError, zstandard.ZstdError):
            continue
        is_here = (record.session_num, record.run) == (race.session_num, race.run)
        if sheet.is_known:
            found.append(SetupSeen(record.sim_time_s if is_here else 0.0, sheet))
    return found


def _text(frame: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(frame, max_output_size=_MOST_BYTES)
