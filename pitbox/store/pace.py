"""The laps of one's own cars with what they were driven in: fuel, tyre age, the track's heat and water."""

from collections.abc import Sequence

import duckdb
import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.store.statement import identifier

_WEATHER = {"temp_c": ("TrackTempCrew", "TrackTemp"), "wetness": ("TrackWetness",)}
_WEATHER_S = 60.0


class OwnLaps(msgspec.Struct, frozen=True):
    """Clean laps, column by column, in the order of sessions and time; NaN where nobody knows."""

    session: tuple[str, ...]
    driver: tuple[str, ...]
    stint: NDArray[np.int64]
    """Numbers the stints of all sessions."""
    time_s: NDArray[np.float64]
    fuel_l: NDArray[np.float64]
    """Left at its end."""
    fuel_used_l: NDArray[np.float64]
    tyre_laps: NDArray[np.float64]
    """Of the stint, at its end."""
    temp_c: NDArray[np.float64]
    wetness: NDArray[np.float64]
    """As the sim counts: 1 is dry."""

    def __len__(self) -> int:
        return len(self.time_s)

    def of(self, session: str) -> "OwnLaps":
        at = [number for number, one in enumerate(self.session) if one == session]
        return OwnLaps(
            tuple(self.session[number] for number in at),
            tuple(self.driver[number] for number in at),
            self.stint[at],
            self.time_s[at],
            self.fuel_l[at],
            self.fuel_used_l[at],
            self.tyre_laps[at],
            self.temp_c[at],
            self.wetness[at],
        )


def own_laps(
    cursor: duckdb.DuckDBPyConnection, sessions: Sequence[str], *, driver: str | None = None
) -> OwnLaps:
    """Of these sessions, of everybody or of one driver by name."""
    weather = _weather_query(cursor)
    rows = cursor.execute(
        f"""
        WITH own AS (
            SELECT DISTINCT session_id, own_car_idx AS car_idx FROM logs
            WHERE own_car_idx IS NOT NULL AND list_contains($sessions, session_id)
        ), weather AS ({weather})
        SELECT l.session_id, coalesce(n.driver, ''), l.session_num, l.run, l.stint, l.car_idx, l.time_s,
            l.fuel_left_l, l.fuel_used_l, l.lap - t.start_lap + 1, w.temp_c, w.wetness
        FROM laps AS l
        JOIN own USING (session_id, car_idx)
        LEFT JOIN stints AS t USING (session_id, session_num, run, car_idx, stint)
        LEFT JOIN v_names AS n ON n.session_id = l.session_id AND n.user_id = l.user_id
        LEFT JOIN weather AS w ON w.session_id = l.session_id AND w.session_num = l.session_num
            AND w.run = l.run AND w.minute = floor(l.end_s / {_WEATHER_S})
        WHERE l.is_clean AND coalesce(n.driver = $driver, true)
        ORDER BY l.session_id, l.session_num, l.run, l.car_idx, l.end_s
        """,  # noqa: S608 - names of columns are quoted, values are parameters
        {"sessions": list(sessions), "driver": driver},
    ).fetchall()
    return _columns(rows)


def _weather_query(cursor: duckdb.DuckDBPyConnection) -> str:
    """Means of each minute: own rows are far too many to be joined with laps one by one."""
    known = {
        name
        for (name,) in cursor.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = 'own_car' "
            "AND database_name = current_database()"
        ).fetchall()
    }
    chosen = []
    for name, channels in _WEATHER.items():
        there = [f"avg(o.{identifier(channel)})" for channel in channels if channel in known]
        value = f"coalesce({', '.join(there)})" if there else "NULL::DOUBLE"
        chosen.append(f"{value} AS {name}")
    return (
        f'SELECT g.session_id, o.session_num, o.run, floor(o."SessionTime" / {_WEATHER_S}) AS minute, '  # noqa: S608
        f"{', '.join(chosen)} FROM own_car AS o JOIN logs AS g USING (epoch) "
        "WHERE list_contains($sessions, g.session_id) GROUP BY ALL"
    )


def _columns(rows: list[tuple[object, ...]]) -> OwnLaps:
    columns: list[tuple[object, ...]] = list(zip(*rows, strict=True)) if rows else [()] * 12
    stints: dict[object, int] = {}
    keys = list(zip(columns[0], *columns[2:6], strict=True))
    numbers = [stints.setdefault(key, len(stints)) for key in keys]
    figures = [np.array([np.nan if v is None else v for v in column], np.float64) for column in columns[6:]]
    return OwnLaps(
        session=tuple(str(one) for one in columns[0]),
        driver=tuple(str(one) for one in columns[1]),
        stint=np.array(numbers, np.int64),
        time_s=figures[0],
        fuel_l=figures[1],
        fuel_used_l=figures[2],
        tyre_laps=figures[3],
        temp_c=figures[4],
        wetness=figures[5],
    )
