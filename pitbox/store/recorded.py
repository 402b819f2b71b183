"""Everything recorded, one row a session: what the database knows of it in one question."""

from typing import Any

import duckdb
import msgspec

Cursor = duckdb.DuckDBPyConnection
"""For those who pass one on and may not know the engine."""

_QUERY = """
WITH own AS (
    SELECT DISTINCT session_id, own_car_idx AS car_idx FROM logs WHERE own_car_idx IS NOT NULL
), driven AS (
    SELECT l.session_id, count(*) AS own_laps, count(*) FILTER (l.is_clean) AS clean_laps,
        min(l.time_s) FILTER (l.is_clean) AS best_lap_s, median(l.time_s) FILTER (l.is_clean) AS median_lap_s,
        list(DISTINCT n.driver ORDER BY n.driver) FILTER (n.driver IS NOT NULL) AS drivers
    FROM laps AS l JOIN own USING (session_id, car_idx) LEFT JOIN v_names AS n USING (session_id, user_id)
    GROUP BY l.session_id
), field AS (
    SELECT session_id, count(*) AS laps, count(DISTINCT car_idx) AS cars,
        min(time_s) FILTER (is_clean) AS best_s
    FROM laps GROUP BY session_id
), cars AS (
    SELECT session_id, string_agg(DISTINCT car, ', ' ORDER BY car) AS car
    FROM entries JOIN own USING (session_id, car_idx) GROUP BY session_id
), parts AS (
    SELECT session_id, list(kind ORDER BY session_num) AS kinds FROM session_parts GROUP BY session_id
), begun AS (
    SELECT session_id, min(zero_utc_s + from_s) AS began_utc_s FROM runs GROUP BY session_id
), kept AS (
    SELECT session_id, count(DISTINCT device_id) AS machines, count(*) AS log_count, max(until_s) AS until_s
    FROM logs GROUP BY session_id
)
SELECT s.session_id, s.sim, s.title, s.track, s.track_config, cars.car, coalesce(parts.kinds, []) AS kinds,
    begun.began_utc_s, kept.until_s, coalesce(field.cars, 0) AS cars, coalesce(field.laps, 0) AS laps,
    coalesce(driven.own_laps, 0) AS own_laps, coalesce(driven.clean_laps, 0) AS clean_laps,
    driven.best_lap_s, driven.median_lap_s, field.best_s AS best_of_all_s,
    coalesce(driven.drivers, []) AS drivers,
    coalesce(kept.machines, 0) AS machines, coalesce(kept.log_count, 0) AS log_count, s.is_orphan
FROM sessions AS s
LEFT JOIN cars USING (session_id) LEFT JOIN parts USING (session_id) LEFT JOIN begun USING (session_id)
LEFT JOIN kept USING (session_id) LEFT JOIN field USING (session_id) LEFT JOIN driven USING (session_id)
"""


class StoredRecording(msgspec.Struct, frozen=True):
    session_id: str
    sim: str | None
    title: str | None
    track: str | None
    track_config: str | None
    car: str | None
    """Of whoever recorded it; several with commas between."""
    kinds: tuple[str, ...]
    began_utc_s: float | None
    until_s: float | None
    cars: int
    laps: int
    own_laps: int
    clean_laps: int
    """Of one's own."""
    best_lap_s: float | None
    median_lap_s: float | None
    """Of one's own clean ones, like the best."""
    best_of_all_s: float | None
    drivers: tuple[str, ...]
    machines: int
    log_count: int
    is_orphan: bool


def recordings(cursor: Cursor) -> dict[str, StoredRecording]:
    """By session."""
    rows: list[tuple[Any, ...]] = cursor.execute(_QUERY).fetchall()
    names = StoredRecording.__struct_fields__
    found = [msgspec.convert(dict(zip(names, row, strict=True)), StoredRecording) for row in rows]
    return {one.session_id: one for one in found}
