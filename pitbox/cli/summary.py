"""What a race leaves behind, on one screen: the result, what was found in it, and where to look further."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pitbox.cli.words import count_words, lap_words, size_words, span_words
from pitbox.log.shelf import Shelf
from pitbox.log.verify import verify_log
from pitbox.model.ids import SessionId
from pitbox.store.database import Database

EXAMPLES = (
    (
        "the fastest clean lap of each class",
        (
            "SELECT class_name, min(time_s) AS best_s FROM v_laps"
            " WHERE session_id = '{session}' AND is_clean GROUP BY 1 ORDER BY 2"
        ),
    ),
    (
        "every stop of ours",
        (
            "SELECT lap, lane_s, stall_s, fuel_added_l, driver_in, driver_out FROM v_stops"
            " WHERE session_id = '{session}' AND number = '{number}' ORDER BY lap"
        ),
    ),
    (
        "our speed and throttle through lap 2",
        (
            "SELECT LapDistPct, Speed, Throttle FROM own_car JOIN logs USING (epoch)"
            " WHERE session_id = '{session}' AND Lap = 2 ORDER BY SessionTime"
        ),
    ),
)
"""What to type next; `pitbox store sql` and any DuckDB shell take them."""
_CLASS_ROWS = 3

_RESULT = """
    WITH ends AS (
        SELECT car_idx, max(lap) AS last_lap, count(*) AS laps,
            min(time_s) FILTER (is_clean) AS best_s, max_by(position, end_s) AS position,
            max_by(class_position, end_s) AS class_position
        FROM laps WHERE session_id = $1 GROUP BY car_idx
    )
    SELECT e.class_name, ends.class_position, e.number, e.team, ends.laps, ends.best_s,
        (SELECT count(*) FROM stops s WHERE s.session_id = $1 AND s.car_idx = ends.car_idx) AS stops
    FROM ends JOIN entries e ON e.session_id = $1 AND e.car_idx = ends.car_idx
    ORDER BY min(ends.position) OVER (PARTITION BY e.class_name), ends.class_position
"""
_COUNTS = """
    SELECT (SELECT count(*) FROM laps WHERE session_id = $1),
        (SELECT count(*) FROM laps WHERE session_id = $1 AND is_clean),
        (SELECT count(*) FROM stops WHERE session_id = $1),
        (SELECT count(*) FROM stops WHERE session_id = $1 AND user_id_in <> user_id_out),
        (SELECT count(*) FROM flag_phases WHERE session_id = $1 AND flag = 'caution'),
        (SELECT count(*) FROM own_car JOIN logs USING (epoch) WHERE session_id = $1)
"""


def print_summary(
    screen: Console, session: SessionId, own_number: str, database: Database, shelf: Shelf
) -> None:
    """`own_number` is the number on our car."""
    cursor = database.cursor()
    rows = cursor.execute(_RESULT, [session]).fetchall()
    counts = cursor.execute(_COUNTS, [session]).fetchone()
    screen.print()
    screen.print(_result(rows))
    screen.print()
    if counts is not None:
        laps, clean, stops, swaps, cautions, rows_own = counts
        screen.print(
            f"Found: {count_words(laps, 'lap', 'laps')} ({clean:,} clean), "
            f"{count_words(stops, 'stop', 'stops')}, {count_words(swaps, 'driver swap', 'driver swaps')}, "
            f"{count_words(cautions, 'caution', 'cautions')}; {rows_own:,} rows of our car."
        )
    for reader in shelf.readers(session):
        verdict = verify_log(reader)
        span_s = (verdict.until_s or 0.0) - (verdict.from_s or 0.0)
        state = "whole, signed and sealed" if verdict.is_whole and verdict.is_closed else "not whole"
        screen.print(f"Log: {size_words(verdict.bytes)} for {span_words(span_s)} of race, {state}.")
    screen.print(f"Database: {database.path}", soft_wrap=True)
    screen.print()
    screen.print("Look further with SQL:", style="bold")
    for words, pattern in EXAMPLES:
        sql = pattern.format(session=session, number=own_number.replace("'", "''"))
        screen.print(f"  # {words}", style="dim")
        screen.print(f'  ./scripts/run store sql "{sql}"', soft_wrap=True, markup=False)


def _result(rows: list[tuple[object, ...]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", title=None)
    table.add_column("Class")
    table.add_column("P", justify="right")
    table.add_column("#", justify="right")
    table.add_column("Team")
    for name in ("Laps", "Best", "Stops"):
        table.add_column(name, justify="right")
    seen: dict[object, int] = {}
    for class_name, position, number, team, laps, best_s, stops in rows:
        seen[class_name] = seen.get(class_name, 0) + 1
        if seen[class_name] <= _CLASS_ROWS:
            best = lap_words(best_s if isinstance(best_s, float) else None)
            shown = str(class_name) if seen[class_name] == 1 else ""
            cells = (shown, str(position), str(number), str(team), str(laps), best, str(stops))
            table.add_row(*(Text(cell) for cell in cells))
    return table
