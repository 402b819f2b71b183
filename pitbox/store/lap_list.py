"""Every lap of a session as a list shows it, with what can be filtered by; and which channels there are."""

from math import ceil, floor

import duckdb
import msgspec

from pitbox.model.ids import SessionId
from pitbox.store.statement import driven_by_bin, mean_by_minute
from pitbox.store.trace import own_columns

_BIN_S = 5.0
"""Less than any lap, so that who was in the car is told of each."""


class ListedLap(msgspec.Struct, frozen=True):
    session_id: str
    session_num: int
    run: int
    car_idx: int
    lap: int
    part: str
    number: str
    driver: str
    class_name: str
    time_s: float
    start_s: float
    is_clean: bool
    is_valid: bool
    """Driven from line to line: neither towed nor broken."""
    marks: str
    """Why it is not clean: `in`, `out`, `caution`, `tow`, `gaps`, `incident`."""
    stint: int
    fuel_left_l: float | None
    """At its end."""
    tyre_laps: int | None
    """That the set had done before it."""
    is_own: bool
    """Recorded by a machine whose driver sat in the car: only such a lap can be drawn."""
    track_c: float | None = None
    wetness: float | None = None
    """As the sim has it: 1 dry, 7 under water; None where nobody recorded it."""


class ListedChannel(msgspec.Struct, frozen=True):
    name: str
    unit: str
    words: str


def listed_laps(cursor: duckdb.DuckDBPyConnection, session: SessionId) -> list[ListedLap]:
    """In the order in which they ended."""
    rows = cursor.execute(_LAPS, [session, session]).fetchall()
    weather, seats = _weather(cursor, session), _seats(cursor, session)
    found = []
    for row in rows:
        session_num, run, start_s, time_s = row[1], row[2], row[10], row[9]
        track_c, wetness = weather.get((session_num, run, int((start_s + time_s / 2) // 60)), (None, None))
        values = dict(zip(ListedLap.__struct_fields__, (*row, track_c, wetness), strict=True))
        values["is_own"] &= seats.is_driven(values["car_idx"], (session_num, run), start_s, start_s + time_s)
        found.append(msgspec.convert(values, ListedLap))
    return found


def lap_count(cursor: duckdb.DuckDBPyConnection, session: SessionId) -> int:
    """Cheap: whether the list is still what it was."""
    rows = cursor.execute("SELECT count(*) FROM laps WHERE session_id = ?", [session]).fetchall()
    return int(rows[0][0])


def listed_channels(cursor: duckdb.DuckDBPyConnection) -> list[ListedChannel]:
    """Of own cars, one value a row, by the alphabet."""
    rows = cursor.execute(
        "SELECT channel, coalesce(any_value(unit), ''), coalesce(any_value(description), '') FROM channels "
        "WHERE table_name = 'own_car' AND column_name IS NOT NULL AND NOT is_array "
        "GROUP BY channel ORDER BY channel"
    ).fetchall()
    return [ListedChannel(*row) for row in rows]


class _Seats:
    """When somebody who records sat in the car: of a team-mate's laps his machine knows the times alone."""

    def __init__(self, rows: list[tuple[int, int, int, int, int, bool]]) -> None:
        self._sat: dict[tuple[int, int, int], dict[int, set[int]]] = {}
        for car_idx, epoch, num, run, at, is_in in rows:
            if is_in:
                self._sat.setdefault((car_idx, num, run), {}).setdefault(epoch, set()).add(at)

    def is_driven(self, car_idx: int, part: tuple[int, int], start_s: float, end_s: float) -> bool:
        """From line to line, on one machine; by what lies wholly within."""
        first, behind = ceil(start_s / _BIN_S), floor(end_s / _BIN_S)
        within = set(range(first, behind)) or {floor((start_s + end_s) / 2 / _BIN_S)}
        logs = self._sat.get((car_idx, *part), {})
        return any(within <= bins for bins in logs.values())


def _seats(cursor: duckdb.DuckDBPyConnection, session: SessionId) -> _Seats:
    is_in = own_columns(cursor).get("IsOnTrack")
    return _Seats(cursor.execute(driven_by_bin(is_in, _BIN_S), [session]).fetchall())


def _weather(
    cursor: duckdb.DuckDBPyConnection, session: SessionId
) -> dict[tuple[int, int, int], tuple[float | None, float | None]]:
    """By session number, run and minute."""
    columns = dict(
        cursor.execute(
            "SELECT channel, min(column_name) FROM channels WHERE table_name = 'own_car' AND NOT is_array "
            "AND channel IN ('TrackTempCrew', 'TrackWetness') AND column_name IS NOT NULL GROUP BY channel"
        ).fetchall()
    )
    if not columns:
        return {}
    wanted = [columns.get("TrackTempCrew"), columns.get("TrackWetness")]
    rows = cursor.execute(mean_by_minute(wanted), [session]).fetchall()
    return {(num, run, int(minute)): (track_c, wetness) for num, run, minute, track_c, wetness in rows}


_LAPS = """
SELECT l.session_id, l.session_num, l.run, l.car_idx, l.lap, coalesce(l.part, '') AS part,
    coalesce(l.number, ''), coalesce(l.driver, ''), coalesce(l.class_name, ''), l.time_s, l.start_s,
    l.is_clean, NOT (l.is_tow OR l.is_broken) AS is_valid,
    concat_ws(' ', CASE WHEN l.is_out THEN 'out' END, CASE WHEN l.is_in THEN 'in' END,
        CASE WHEN l.is_caution THEN 'caution' END, CASE WHEN l.is_tow THEN 'tow' END,
        CASE WHEN l.is_broken THEN 'gaps' END, CASE WHEN l.is_incident THEN 'incident' END) AS marks,
    l.stint, l.fuel_left_l,
    CASE WHEN t.start_lap IS NULL THEN NULL ELSE greatest(0, l.lap - t.start_lap) END AS tyre_laps,
    l.car_idx IN (SELECT own_car_idx FROM logs WHERE session_id = ? AND own_car_idx IS NOT NULL) AS is_own
FROM v_laps AS l
ASOF LEFT JOIN tyre_stints AS t
    ON t.session_id = l.session_id AND t.session_num = l.session_num AND t.run = l.run
    AND t.car_idx = l.car_idx AND t.start_s <= l.end_s - l.time_s / 2
WHERE l.session_id = ?
ORDER BY l.session_num, l.run, l.end_s, l.car_idx
"""
