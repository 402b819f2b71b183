"""What others ask of the store, as frozen structs. Any cursor will do; a user's own SQL sees the same."""

from collections.abc import Sequence
from typing import Any, TypeVar

import duckdb
import msgspec

from pitbox.model.ids import SessionId

T = TypeVar("T", bound=msgspec.Struct)


class StoredSession(msgspec.Struct, frozen=True):
    session_id: str
    sim: str | None
    title: str | None
    track: str | None
    track_config: str | None
    parts: tuple[str, ...]
    """Practice, Qualify, Race, ... in order."""
    car_count: int
    lap_count: int
    log_count: int
    until_s: float | None
    """Sim time of the last row that any device recorded, in the last part."""
    is_orphan: bool


class StoredLap(msgspec.Struct, frozen=True):
    session_id: str
    session_num: int
    run: int
    car_idx: int
    number: str | None
    driver: str | None
    class_name: str | None
    lap: int
    time_s: float
    is_clean: bool
    stint: int
    position: int | None
    class_position: int | None
    fuel_used_l: float | None
    start_s: float
    end_s: float


class StoredStint(msgspec.Struct, frozen=True):
    session_id: str
    session_num: int
    run: int
    car_idx: int
    number: str | None
    driver: str | None
    class_name: str | None
    stint: int
    start_lap: int
    laps: int
    clean_laps: int
    best_lap_s: float | None
    median_lap_s: float | None
    start_s: float
    end_s: float | None
    end_reason: str


class StoredStop(msgspec.Struct, frozen=True):
    session_id: str
    session_num: int
    run: int
    car_idx: int
    number: str | None
    class_name: str | None
    stop: int
    lap: int
    lane_s: float | None
    stall_s: float | None
    driver_in: str | None
    driver_out: str | None
    is_swap: bool
    is_tow: bool
    fuel_added_l: float | None
    flag: str | None
    lane_in_s: float


def sessions(cursor: duckdb.DuckDBPyConnection) -> list[StoredSession]:
    """Everything recorded, the latest first as far as the sim numbers its sessions."""
    return _structs(
        StoredSession,
        cursor,
        """
        SELECT s.session_id, s.sim, s.title, s.track, s.track_config,
            (SELECT coalesce(list(p.kind ORDER BY p.session_num), [])
                FROM session_parts AS p WHERE p.session_id = s.session_id) AS parts,
            (SELECT count(*) FROM entries AS e
                WHERE e.session_id = s.session_id AND NOT e.is_pace_car AND NOT e.is_spectator) AS car_count,
            (SELECT count(*) FROM laps AS l WHERE l.session_id = s.session_id) AS lap_count,
            (SELECT count(*) FROM logs AS l WHERE l.session_id = s.session_id) AS log_count,
            (SELECT arg_max(l.until_s, (l.session_num, l.run, l.until_s))
                FROM logs AS l WHERE l.session_id = s.session_id) AS until_s,
            s.is_orphan
        FROM sessions AS s
        ORDER BY s.sub_session_id DESC, s.session_id
        """,
        [],
    )


def laps(
    cursor: duckdb.DuckDBPyConnection,
    session: SessionId,
    *,
    session_num: int | None = None,
    car_idx: int | None = None,
) -> list[StoredLap]:
    """Laps of one car or of all, in the order in which they ended."""
    return _structs(
        StoredLap,
        cursor,
        """
        SELECT session_id, session_num, run, car_idx, number, driver, class_name, lap, time_s, is_clean,
            stint, position, class_position, fuel_used_l, start_s, end_s
        FROM v_laps
        WHERE session_id = ? AND coalesce(session_num = ?, true) AND coalesce(car_idx = ?, true)
        ORDER BY session_num, run, end_s, car_idx
        """,
        [session, session_num, car_idx],
    )


def stints(
    cursor: duckdb.DuckDBPyConnection,
    session: SessionId,
    *,
    session_num: int | None = None,
    car_idx: int | None = None,
) -> list[StoredStint]:
    """Stints of one car or of all, in the order in which they began."""
    return _structs(
        StoredStint,
        cursor,
        """
        SELECT session_id, session_num, run, car_idx, number, driver, class_name, stint, start_lap, laps,
            clean_laps, best_lap_s, median_lap_s, start_s, end_s, end_reason
        FROM v_stints
        WHERE session_id = ? AND coalesce(session_num = ?, true) AND coalesce(car_idx = ?, true)
        ORDER BY session_num, run, start_s, car_idx
        """,
        [session, session_num, car_idx],
    )


def stops(
    cursor: duckdb.DuckDBPyConnection,
    session: SessionId,
    *,
    session_num: int | None = None,
    car_idx: int | None = None,
) -> list[StoredStop]:
    """Stops of one car or of all, in the order in which they came in."""
    return _structs(
        StoredStop,
        cursor,
        """
        SELECT session_id, session_num, run, car_idx, number, class_name, stop, lap, lane_s, stall_s,
            driver_in, driver_out, is_swap, is_tow, fuel_added_l, flag, lane_in_s
        FROM v_stops
        WHERE session_id = ? AND coalesce(session_num = ?, true) AND coalesce(car_idx = ?, true)
        ORDER BY session_num, run, lane_in_s, car_idx
        """,
        [session, session_num, car_idx],
    )


def _structs(kind: type[T], cursor: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any]) -> list[T]:
    """Rows as structs; the query names its columns as the struct does, in its order."""
    rows = cursor.execute(query, list(values)).fetchall()
    names = kind.__struct_fields__
    return [msgspec.convert(dict(zip(names, row, strict=True)), kind) for row in rows]
