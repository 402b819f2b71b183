"""What went wrong for our car and where; the class for comparison."""

from pitbox.analysis.outline import Outline
from pitbox.report.document import Block, Missing, Paragraph, Section
from pitbox.report.figure import Figure, Place, TrackMap
from pitbox.report.gather import QueryBook, Row
from pitbox.report.table import Cell, Table, Value, number, race_time, text

_LOST = "Against the median of our clean laps; not told of laps with a stop or a caution"
_WORDS = {"off_track": "off track", "contact": "contact, suspected"}
_INCIDENTS = """
SELECT i.start_s - $green AS race_s, i.lap, i.lap_pct, i.kind, i.end_s - i.start_s AS time_s, i.confidence,
    coalesce(n.driver, '') AS driver,
    CASE WHEN i.kind = 'tow' OR NOT (l.is_in OR l.is_out OR l.is_caution) THEN l.time_s - (
        SELECT median(time_s) FROM laps WHERE $here AND car_idx = $car AND is_clean
    ) END AS lost_s
FROM incidents AS i
ASOF LEFT JOIN stints AS s
    ON s.session_id = i.session_id AND s.session_num = i.session_num AND s.run = i.run
    AND s.car_idx = i.car_idx AND s.start_s <= i.start_s
LEFT JOIN laps AS l
    ON l.session_id = i.session_id AND l.session_num = i.session_num AND l.run = i.run
    AND l.car_idx = i.car_idx AND l.lap = i.lap
LEFT JOIN v_names AS n ON n.session_id = i.session_id AND n.user_id = s.user_id
WHERE $here_i AND i.car_idx = $car
ORDER BY i.start_s
"""
_CLASS = """
SELECT count(*) AS incidents, count(DISTINCT e.car_idx) AS cars
FROM entries AS e
JOIN incidents AS i
    ON i.session_id = e.session_id AND i.car_idx = e.car_idx AND i.session_num = $num AND i.run = $run
WHERE e.session_id = $session AND e.class_id = $class AND e.car_idx <> $car
"""


def incident_section(book: QueryBook, outline: Outline | None, *, is_sheet: bool) -> Section:
    key, title = "incidents", "Incidents"
    if is_sheet:
        words = "No incidents: a timing sheet sees cars at the line only."
        return Section(key, title, (Missing(words),))
    rows = book.ask("incidents", "What went wrong for our car.", _INCIDENTS)
    (others,) = book.ask("class-incidents", "What went wrong for the others of the class.", _CLASS)
    blocks: list[Block] = [Paragraph(_others_words(others), ("class-incidents",))]
    if not rows:
        blocks.insert(0, Paragraph("None was seen for our car.", ("incidents",)))
        return Section(key, title, tuple(blocks))
    blocks += [_table(rows), _map(rows, outline)]
    return Section(key, title, tuple(blocks))


def _others_words(others: Row) -> str:
    count, cars = others["incidents"], others["cars"]
    if not count:
        return "None was seen for the others of the class."
    words = "one incident" if count == 1 else f"{count} incidents"
    return f"The others of the class had {words}, " + ("all of one car." if cars == 1 else f"of {cars} cars.")


def _table(rows: list[Row]) -> Table:
    columns = (
        race_time("At", query="incidents"), number("Lap"), number("Place", "% of the lap", 1),
        text("What"), text("Driver"),
        number("Lasted", "s", 1), number("Lap lost", "s", 1, hint=_LOST), number("Sure", "%"),
    )  # fmt: skip
    return Table(columns, tuple(_row(row) for row in rows))


def _row(row: Row) -> tuple[Value, ...]:
    return (
        row["race_s"], row["lap"], 100.0 * row["lap_pct"], _WORDS.get(row["kind"], row["kind"]),
        row["driver"],
        row["time_s"], Cell(row["lost_s"]), 100.0 * row["confidence"],
    )  # fmt: skip


def _map(rows: list[Row], outline: Outline | None) -> Block:
    if outline is None:
        return Missing("No map: the outline of this track was not learnt yet.")
    count = len(outline.x_m)
    places = []
    for row in rows:
        at = round((row["lap_pct"] % 1.0) * count) % count
        x_m, y_m = float(outline.x_m[at]), float(outline.y_m[at])
        places.append(Place(x_m, y_m, f"lap {row['lap']}: {_WORDS.get(row['kind'], row['kind'])}"))
    return Figure(
        "Where they happened",
        TrackMap(tuple(map(float, outline.x_m)), tuple(map(float, outline.y_m)), places=tuple(places)),
        "North is up.",
        "incidents",
    )
