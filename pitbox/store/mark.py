"""How far a log stands in the rows, and what it looked like when it was last read."""

import time
from collections.abc import Mapping
from pathlib import Path

import duckdb
import msgspec

from pitbox.log.reader import LogReader
from pitbox.log.segment import segment_paths
from pitbox.model.ids import LogId
from pitbox.store.tape import TapeState

_LIVE_S = 15.0
_decoder = msgspec.msgpack.Decoder(TapeState)


class Footprint(msgspec.Struct, frozen=True):
    """Tells cheaply whether a log has changed: it only ever grows at its end."""

    segment_count: int
    tail_bytes: int


class Mark(msgspec.Struct, frozen=True):
    next_seq: int
    footprint: Footprint
    state: TapeState


def footprint(reader: LogReader) -> Footprint:
    paths: list[Path] = segment_paths(reader.folder)
    return Footprint(len(paths), paths[-1].stat().st_size if paths else 0)


def is_being_written(reader: LogReader) -> bool:
    """True when its last file changed in the last seconds. A hint of what to wait for; orders nothing."""
    paths: list[Path] = segment_paths(reader.folder)
    return bool(paths) and abs(time.time() - paths[-1].stat().st_mtime) < _LIVE_S


def read_marks(connection: duckdb.DuckDBPyConnection) -> dict[LogId, Mark]:
    rows = connection.execute(
        "SELECT session_id, device_id, epoch, next_seq, segment_count, tail_bytes, state "
        "FROM projection_marks"
    ).fetchall()
    return {
        LogId(session, device, epoch): Mark(seq, Footprint(count, size), _decoder.decode(state))
        for session, device, epoch, seq, count, size, state in rows
    }


def write_mark(connection: duckdb.DuckDBPyConnection, log: LogId, mark: Mark) -> None:
    """Together with the rows that it speaks of, in one transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO projection_marks VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            log.session,
            log.device,
            log.epoch,
            mark.next_seq,
            mark.footprint.segment_count,
            mark.footprint.tail_bytes,
            msgspec.msgpack.encode(mark.state),
        ],
    )
    state = mark.state
    connection.execute(
        """
        INSERT INTO logs (epoch, session_id, device_id, own_car_idx, tank_l, fuel_kg_per_l, is_electric,
            session_num, run, until_s, end_reason)
        VALUES ($epoch, $session, $device, $car_idx, $tank_l, $density, $is_electric, $num, $run, $until_s,
            $end)
        ON CONFLICT DO UPDATE SET own_car_idx = excluded.own_car_idx, tank_l = excluded.tank_l,
            fuel_kg_per_l = excluded.fuel_kg_per_l, is_electric = excluded.is_electric,
            session_num = excluded.session_num, run = excluded.run, until_s = excluded.until_s,
            end_reason = excluded.end_reason
        """,
        _log_row(log, state),
    )


def epoch_owners(marks: Mapping[LogId, Mark]) -> dict[int, LogId]:
    """Which log has each epoch: rows name the epoch alone."""
    return {log.epoch: log for log in marks}


def _log_row(log: LogId, state: TapeState) -> dict[str, object]:
    own = state.own
    is_known = own is not None and abs(own.car_idx) < 2**31
    return {
        "epoch": log.epoch,
        "session": log.session,
        "device": log.device,
        "car_idx": own.car_idx if own and is_known else None,
        "tank_l": own.tank_l if own else None,
        "density": own.fuel_kg_per_l if own else None,
        "is_electric": own.is_electric if own else None,
        "num": state.session_num,
        "run": state.run,
        "until_s": state.until_s,
        "end": state.end_reason,
    }
