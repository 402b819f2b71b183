"""What the session text says, as rows: session, parts, entries, and who sat in each car since when."""

from typing import Any

import msgspec
import pyarrow as pa

from pitbox.model.ids import SessionId
from pitbox.model.session import CarClass, Entry, SessionInfo
from pitbox.store.sheet import Row, arrow_rows
from pitbox.wire.record import AnyRecord, InfoRecord, RunRecord, SheetRecord

_TEXT = pa.string()
_INT = pa.int32()
_WIDE = pa.int64()
_REAL = pa.float64()
_IS = pa.bool_()

_SCHEMAS = {
    "sessions": pa.schema(
        {
            "session_id": _TEXT,
            "sim": _TEXT,
            "sub_session_id": _WIDE,
            "title": _TEXT,
            "track_id": _INT,
            "track": _TEXT,
            "track_config": _TEXT,
            "track_length_m": _REAL,
            "pit_speed_mps": _REAL,
            "sector_starts": pa.list_(_REAL),
            "is_orphan": _IS,
        }
    ),
    "session_parts": pa.schema(
        {"session_id": _TEXT, "session_num": _INT, "kind": _TEXT, "length_s": _REAL, "length_laps": _INT}
    ),
    "entries": pa.schema(
        {
            "session_id": _TEXT,
            "car_idx": _INT,
            "number": _TEXT,
            "team_id": _WIDE,
            "team": _TEXT,
            "class_id": _INT,
            "class_name": _TEXT,
            "car": _TEXT,
            "is_pace_car": _IS,
            "is_spectator": _IS,
        }
    ),
    "drivers": pa.schema(
        {
            "session_id": _TEXT,
            "session_num": _INT,
            "run": _INT,
            "car_idx": _INT,
            "from_s": _REAL,
            "user_id": _WIDE,
            "driver": _TEXT,
            "irating": _INT,
        }
    ),
    "runs": pa.schema(
        {"session_id": _TEXT, "session_num": _INT, "run": _INT, "from_s": _REAL, "reason": _TEXT}
        | {"zero_utc_s": _REAL}
    ),
}
_KEYS = {
    "sessions": 1,
    "session_parts": 2,
    "entries": 2,
    "drivers": 5,
    "runs": 3,
}
"""How many of the first columns make a row's key."""


class Seat(msgspec.Struct, frozen=True, array_like=True):
    session_num: int
    run: int
    user_id: int


class _State(msgspec.Struct, array_like=True):
    seats: dict[int, Seat] = {}
    runs: list[tuple[int, int]] = []


class Roster:
    """A fold of info and run records in axis order; `cut` gives the rows that changed."""

    def __init__(self, session: SessionId, state: bytes = b"") -> None:
        self._session = session
        self._state = msgspec.msgpack.decode(state, type=_State) if state else _State()
        self._rows: dict[str, dict[tuple[Any, ...], Row]] = {table: {} for table in _SCHEMAS}

    def to_bytes(self) -> bytes:
        seats = dict(sorted(self._state.seats.items()))
        return msgspec.msgpack.encode(_State(seats, self._state.runs))

    def take(self, record: AnyRecord) -> None:
        if isinstance(record, InfoRecord):
            self._take_info(record)
        elif isinstance(record, SheetRecord):
            self._take_sheet(record)
        elif isinstance(record, RunRecord) and (record.session_num, record.run) not in self._state.runs:
            self._state.runs.append((record.session_num, record.run))
            self._put(
                "runs",
                session_num=record.session_num,
                run=record.run,
                from_s=record.sim_time_s,
                reason=record.reason,
                zero_utc_s=record.zero_utc_s or None,
            )

    def cut(self) -> dict[str, pa.Table]:
        """Rows by table, each to replace the one with its key."""
        tables = {
            table: arrow_rows(list(rows.values()), _SCHEMAS[table])
            for table, rows in self._rows.items()
            if rows
        }
        self._rows = {table: {} for table in _SCHEMAS}
        return tables

    def _take_info(self, record: InfoRecord) -> None:
        info = record.info
        self._put_session(info)
        for part in info.parts:
            self._put(
                "session_parts",
                session_num=part.session_num,
                kind=part.kind,
                length_s=part.length_s,
                length_laps=part.laps,
            )
        classes = {car_class.class_id: car_class for car_class in info.classes}
        for entry in info.entries:
            self._put_entry(entry, classes.get(entry.class_id))
            seat = Seat(record.session_num, record.run, entry.user_id)
            self._sit(entry.car_idx, seat, record.sim_time_s, entry.driver, entry.irating)

    def _take_sheet(self, record: SheetRecord) -> None:
        """A sheet names the driver of each lap, a session text only the one of now."""
        for lap in record.laps:
            seat = Seat(record.session_num, record.run, lap.user_id)
            self._sit(lap.car_idx, seat, lap.end_s - lap.time_s, lap.driver, None)

    def _sit(self, car_idx: int, seat: Seat, from_s: float, driver: str, irating: int | None) -> None:
        """A row when somebody else sits there than before."""
        if self._state.seats.get(car_idx) == seat:
            return
        self._state.seats[car_idx] = seat
        self._put(
            "drivers",
            session_num=seat.session_num,
            run=seat.run,
            car_idx=car_idx,
            from_s=from_s,
            user_id=seat.user_id,
            driver=driver,
            irating=irating,
        )

    def _put_session(self, info: SessionInfo) -> None:
        self._put(
            "sessions",
            sim=info.sim,
            sub_session_id=info.sub_session_id,
            title=info.title,
            track_id=info.track.track_id,
            track=info.track.name,
            track_config=info.track.config,
            track_length_m=info.track.length_m,
            pit_speed_mps=info.track.pit_speed_mps,
            sector_starts=list(info.track.sector_starts),
            is_orphan=False,
        )

    def _put_entry(self, entry: Entry, car_class: CarClass | None) -> None:
        self._put(
            "entries",
            car_idx=entry.car_idx,
            number=entry.number,
            team_id=entry.team_id,
            team=entry.team,
            class_id=entry.class_id,
            class_name=car_class.name if car_class else None,
            car=entry.car,
            is_pace_car=entry.is_pace_car,
            is_spectator=entry.is_spectator,
        )

    def _put(self, table: str, **values: Any) -> None:
        row = {"session_id": self._session, **values}
        key = tuple(row[name] for name in _SCHEMAS[table].names[: _KEYS[table]])
        self._rows[table][key] = row
