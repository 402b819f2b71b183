"""What the store costs, for `pitbox bench store`: projecting an hour, and one lap out of a day.

The hour is projected in a child process, so that the peak of memory is that of projecting alone. The day
is that hour 24 times over, tiled in SQL with its times moved on: same size, same order, same spread of
values, but no new ones, which compresses no better, for a row group holds minutes, not hours.
"""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import msgspec
import psutil  # type: ignore[import-untyped]

from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.store.database import Database, Limits
from pitbox.store.errors import StoreError
from pitbox.store.projector import Projector
from pitbox.store.rows import BatchSize
from pitbox.store.trace import LapKey, lap_channels

LAP_CHANNELS = ("Speed", "RPM", "Gear", "Throttle", "Brake", "SteeringWheelAngle", "LapDistPct", "LatAccel")
_TILES = 24
_DEADLINE_S = 1800.0
_CHILD = "import sys; from pitbox.store.measure import projection_child; projection_child(*sys.argv[1:])"


class ProjectionCost(msgspec.Struct, frozen=True):
    recorded_s: float
    """Sim time of the log."""
    cpu_s_per_s: float
    """CPU seconds for each recorded second, the engine's threads included."""
    wall_s: float
    longest_batch_s: float
    row_count: int
    column_count: int
    """Of own_car."""
    file_mb: float
    start_rss_mb: float
    """With the engine loaded and the file open, before the first row."""
    peak_rss_mb: float


class LapCost(msgspec.Struct, frozen=True):
    row_count: int
    file_mb: float
    lap_count: int
    p50_ms: float
    p95_ms: float


def measure_projection(logs: Path, into: Path, batch_s: float = 10.0) -> ProjectionCost:
    """Projects all logs of a folder into a new file, in a child that is measured."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-c", _CHILD, str(logs), str(into), str(batch_s)],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        timeout=_DEADLINE_S,
        check=False,
    )
    if done.returncode != 0:
        raise StoreError(f"The projection to be measured ended with {done.returncode}.")
    return msgspec.json.decode(done.stdout, type=ProjectionCost)


def measure_laps(path: Path, session: SessionId, count: int = 200, seed: int = 1) -> LapCost:
    """Makes a day of the projected hour, in place, and reads single laps of the own car out of it."""
    with Database(path) as database:
        connection = database.connection
        _tile(connection, session, _TILES)
        database.checkpoint()
        keys = _own_laps(connection, session)
        chance = random.Random(seed)  # noqa: S311 - a sample, no secret
        took_ms = sorted(
            _lap_ms(database, key, chance.randrange(_TILES)) for key in chance.choices(keys, k=count)
        )
        rows = connection.execute("SELECT count(*) FROM own_car").fetchall()
    return LapCost(
        row_count=rows[0][0],
        file_mb=path.stat().st_size / 1e6,
        lap_count=count,
        p50_ms=took_ms[count // 2],
        p95_ms=took_ms[int(count * 0.95)],
    )


def make_a_day(database: Database, session: SessionId, tiles: int) -> int:
    """Lays what is projected behind itself so many times, in place; how many rows own cars then have."""
    _tile(database.connection, session, tiles)
    database.checkpoint()
    (count,) = database.connection.execute("SELECT count(*) FROM own_car").fetchall()[0]
    return int(count)


def projection_child(logs: str, into: str, batch_s: str) -> None:
    """The measured process: prints a ProjectionCost."""
    path = Path(into)
    with Database(path, Limits()) as database:
        projector = Projector(database, Shelf(Path(logs)), BatchSize(seconds=float(batch_s)))
        process = psutil.Process()
        start_rss = process.memory_info().rss
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        row_count, longest_s, is_done = 0, 0.0, False
        while not is_done:
            began_s = time.perf_counter()
            progress = projector.catch_up(0.0)
            longest_s = max(longest_s, time.perf_counter() - began_s)
            row_count, is_done = row_count + progress.row_count, progress.is_done
        cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
        recorded_s, columns = _extent(database.connection)
    cost = ProjectionCost(
        recorded_s=recorded_s,
        cpu_s_per_s=cpu_s / recorded_s,
        wall_s=wall_s,
        longest_batch_s=longest_s,
        row_count=row_count,
        column_count=columns,
        file_mb=path.stat().st_size / 1e6,
        start_rss_mb=start_rss / 1e6,
        peak_rss_mb=_peak_rss(process) / 1e6,
    )
    sys.stdout.write(json.dumps(msgspec.structs.asdict(cost)))


def _extent(connection: duckdb.DuckDBPyConnection) -> tuple[float, int]:
    rows = connection.execute(
        'SELECT (SELECT sum(s) FROM (SELECT max("SessionTime") - min("SessionTime") AS s FROM own_car '
        "GROUP BY epoch, session_num, run)), (SELECT count(*) FROM duckdb_columns() "
        "WHERE table_name = 'own_car' AND database_name = current_database())"
    ).fetchall()
    recorded_s, columns = rows[0]
    if recorded_s is None:
        raise StoreError("The log holds no row of the own car.")
    return recorded_s, columns


def _peak_rss(process: psutil.Process) -> int:
    """The most memory that the process ever had."""
    if sys.platform == "win32":
        return int(process.memory_info().peak_wset)
    status = Path("/proc/self/status")
    if status.exists():  # the system's own figure is that of whoever started this process, if that was more
        peak_kb = next(line.split()[1] for line in status.read_text().splitlines() if "VmHWM" in line)
        return int(peak_kb) * 1024
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _tile(connection: duckdb.DuckDBPyConnection, session: SessionId, tiles: int) -> None:
    """Copies of the hour, with times and lap numbers moved on."""
    rows = connection.execute(
        'SELECT max("SessionTime") FROM own_car WHERE epoch IN (SELECT epoch FROM logs WHERE session_id = ?)',
        [session],
    ).fetchall()
    hour_s = rows[0][0]
    for tile in range(1, tiles):
        connection.execute(
            'INSERT INTO own_car SELECT * REPLACE ("SessionTime" + $move_s AS "SessionTime") '
            "FROM own_car WHERE epoch IN "
            '(SELECT epoch FROM logs WHERE session_id = $session) AND "SessionTime" <= $until_s',
            {"move_s": tile * hour_s, "session": session, "until_s": hour_s},
        )
        connection.execute(
            "INSERT INTO laps SELECT * REPLACE (lap + $tile * 100000 AS lap, start_s + $move_s AS start_s, "
            "end_s + $move_s AS end_s) FROM laps WHERE session_id = $session AND lap < 100000",
            {"tile": tile, "move_s": tile * hour_s, "session": session},
        )


def _own_laps(connection: duckdb.DuckDBPyConnection, session: SessionId) -> list[LapKey]:
    rows = connection.execute(
        "SELECT l.session_num, l.run, l.car_idx, l.lap FROM laps AS l "
        "WHERE l.session_id = $session AND l.lap < 100000 AND l.car_idx IN "
        "(SELECT own_car_idx FROM logs WHERE session_id = $session) ORDER BY ALL",
        {"session": session},
    ).fetchall()
    return [LapKey(session, *row) for row in rows]


def _lap_ms(database: Database, key: LapKey, tile: int) -> float:
    cursor = database.cursor()
    began_s = time.perf_counter()
    lap_channels(cursor, _moved(key, tile), LAP_CHANNELS)
    took_s = time.perf_counter() - began_s
    cursor.close()
    return took_s * 1e3


def _moved(key: LapKey, tile: int) -> LapKey:
    return msgspec.structs.replace(key, lap=key.lap + tile * 100_000)
