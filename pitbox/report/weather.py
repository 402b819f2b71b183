"""Heat, water and wind over the race, as our car's sim told them."""

from pitbox.report.document import Block, Facts, Missing, Section
from pitbox.report.document import Fact as Shown
from pitbox.report.figure import Figure, Line, LineChart, Rank
from pitbox.report.gather import QueryBook, Row

_CHANNELS = {
    "track_c": ("TrackTempCrew", "TrackTemp"),
    "air_c": ("AirTemp",),
    "wetness": ("TrackWetness",),
    "rain": ("Precipitation",),
    "wind_mps": ("WindVel",),
    "humidity": ("RelativeHumidity",),
}
_KNOWN = """
SELECT column_name FROM duckdb_columns()
WHERE table_name = 'own_car' AND database_name = current_database()
"""
_WEATHER = """
SELECT floor((o."SessionTime" - $green) / 60) * 60 AS race_s,
    {figures}
FROM own_car AS o
WHERE o.epoch IN (SELECT epoch FROM logs WHERE session_id = $session)
    AND o.session_num = $num AND o.run = $run
GROUP BY ALL
ORDER BY race_s
"""
_DRY = 1
"""The sim's own step."""


def weather_section(book: QueryBook) -> Section:
    key, title = "weather", "Weather"
    rows, names = _minutes(book)
    if not rows:
        words = "No weather: nobody of ours recorded this race from inside, and a timing sheet tells none."
        return Section(key, title, (Missing(words),))
    blocks: list[Block] = [Facts(_facts(rows, names))]
    heat = [_line(rows, name, words, at) for at, (name, words) in
            enumerate((("track_c", "track"), ("air_c", "air"))) if name in names]  # fmt: skip
    if heat:
        chart = LineChart(tuple(heat), "Temperature", "°C")
        blocks.append(Figure("Heat of track and air", chart, "Means of each minute.", "weather"))
    if any((row.get("wetness") or 0) > _DRY for row in rows):
        chart = LineChart((_line(rows, "wetness", "wetness", 0),), "Wetness", is_step=True)
        words = "The sim's own steps: 1 is dry, 7 is extremely wet."
        blocks.append(Figure("Water on the track", chart, words, "weather"))
    if not names:
        blocks.append(Missing("No weather: none of its channels was recorded."))
    return Section(key, title, tuple(blocks))


def _minutes(book: QueryBook) -> tuple[list[Row], list[str]]:
    known = {name for (name,) in book.cursor.execute(_KNOWN).fetchall()}
    names, figures = [], []
    for name, channels in _CHANNELS.items():
        there = [f'avg(o."{channel}")' for channel in channels if channel in known]
        if there:
            names.append(name)
            figures.append(f"coalesce({', '.join(there)}) AS {name}")
    if not figures:
        return [], []
    return book.ask(
        "weather", "Means of each minute.", _WEATHER.format(figures=",\n    ".join(figures))
    ), names


def _line(rows: list[Row], name: str, words: str, hue: int) -> Line:
    return Line(
        words, tuple(row["race_s"] for row in rows), tuple(row[name] for row in rows), Rank.RIVAL, hue
    )


def _facts(rows: list[Row], names: list[str]) -> tuple[Shown, ...]:
    found = []
    for name, label, unit, factor in (
        ("track_c", "Track", "°C", 1.0), ("air_c", "Air", "°C", 1.0), ("wind_mps", "Wind", "km/h", 3.6),
        ("humidity", "Humidity", "%", 100.0), ("rain", "Rain", "%", 100.0),
    ):  # fmt: skip
        values = [row[name] * factor for row in rows if name in names and row[name] is not None]
        if values:
            low, high = min(values), max(values)
            words = f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"
            found.append(Shown(label, words, unit, "weather"))
    return tuple(found)
