"""One recorded session from near: its parts with their clocks, and its cars with what they drove."""

import duckdb
import msgspec

_PARTS = """
WITH ran AS (
    SELECT session_num, run, min(from_s) AS from_s FROM runs WHERE session_id = $session GROUP BY ALL
), ended AS (
    SELECT session_num, run, max(until_s) AS until_s FROM (
        SELECT session_num, run, until_s FROM logs WHERE session_id = $session
        UNION ALL SELECT session_num, run, max(end_s) FROM laps WHERE session_id = $session GROUP BY ALL
        UNION ALL SELECT session_num, run, max(coalesce(end_s, start_s)) FROM flag_phases
            WHERE session_id = $session GROUP BY ALL
    ) GROUP BY ALL
), green AS (
    SELECT session_num, run, min(start_s) AS green_s FROM flag_phases
    WHERE session_id = $session AND flag = 'green' GROUP BY ALL
)
SELECT ran.session_num, ran.run, coalesce(parts.kind, ''), ran.from_s,
    greatest(ran.from_s, coalesce(ended.until_s, ran.from_s)), green.green_s
FROM ran
LEFT JOIN session_parts AS parts ON parts.session_id = $session AND parts.session_num = ran.session_num
LEFT JOIN ended ON ended.session_num = ran.session_num AND ended.run = ran.run
LEFT JOIN green ON green.session_num = ran.session_num AND green.run = ran.run
ORDER BY ran.session_num, ran.run
"""
_CARS = """
WITH own AS (
    SELECT DISTINCT own_car_idx AS car_idx FROM logs WHERE session_id = $session AND own_car_idx IS NOT NULL
), driven AS (
    SELECT car_idx, count(*) AS laps, min(time_s) FILTER (is_clean) AS best_s
    FROM laps WHERE session_id = $session GROUP BY car_idx
)
SELECT coalesce(e.number, ''), coalesce(e.team, ''), coalesce(e.class_name, ''), coalesce(e.car, ''),
    coalesce(driven.laps, 0) AS laps, driven.best_s, own.car_idx IS NOT NULL AS is_own
FROM entries AS e LEFT JOIN driven USING (car_idx) LEFT JOIN own USING (car_idx)
WHERE e.session_id = $session AND NOT coalesce(e.is_pace_car, false) AND NOT coalesce(e.is_spectator, false)
ORDER BY is_own DESC, best_s NULLS LAST, laps DESC, e.car_idx
"""


class StoredPart(msgspec.Struct, frozen=True):
    """One run of practice, qualifying or race, in the sim's time."""

    session_num: int
    run: int
    kind: str
    start_s: float
    """Where somebody saw it first."""
    end_s: float
    green_s: float | None
    """None where it never went green, or nobody saw it."""


class StoredCar(msgspec.Struct, frozen=True):
    number: str
    team: str
    class_name: str
    car: str
    laps: int
    best_s: float | None
    """Of its clean laps."""
    is_own: bool


class Closeup(msgspec.Struct, frozen=True):
    parts: tuple[StoredPart, ...] = ()
    cars: tuple[StoredCar, ...] = ()
    """One's own first, then by best lap."""


def closeup(cursor: duckdb.DuckDBPyConnection, session: str) -> Closeup:
    """Empty for a session that the database does not know."""
    parts = cursor.execute(_PARTS, {"session": session}).fetchall()
    cars = cursor.execute(_CARS, {"session": session}).fetchall()
    return Closeup(tuple(StoredPart(*row) for row in parts), tuple(StoredCar(*row) for row in cars))
