"""Our car stint by stint and driver by driver: laps, pace, consistency, fuel, tyres, incidents."""

from pitbox.analysis.stint_pace.pace_lap import pace_laps
from pitbox.analysis.stint_pace.robust import Estimate
from pitbox.analysis.stint_pace.stint import StintPace, stint_paces
from pitbox.model.fact import TyreStint
from pitbox.report.document import Block, Missing, Section
from pitbox.report.figure import Distribution, Figure, Group
from pitbox.report.gather import QueryBook, Row
from pitbox.report.table import Cell, Column, Table, Value, delta, lap_time, number, race_time, text
from pitbox.strategy.story import Story

_STINTS = """
WITH driven AS (
    SELECT stint, count(*) AS laps, count(*) FILTER (is_clean) AS clean,
        avg(time_s) FILTER (is_clean) AS mean_s, min(time_s) FILTER (is_clean) AS best_s,
        median(time_s) FILTER (is_clean) AS median_s, stddev_samp(time_s) FILTER (is_clean) AS spread_s,
        avg(fuel_used_l) FILTER (is_clean AND fuel_used_l > 0) AS fuel_l,
        min(lap) AS first_lap, max(lap) AS last_lap
    FROM laps
    WHERE $here AND car_idx = $car
    GROUP BY stint
), trouble AS (
    SELECT s.stint, count(*) AS incidents
    FROM incidents AS i
    ASOF JOIN stints AS s
        ON s.session_id = i.session_id AND s.session_num = i.session_num AND s.run = i.run
        AND s.car_idx = i.car_idx AND s.start_s <= i.start_s
    WHERE $here_i AND i.car_idx = $car
    GROUP BY s.stint
)
SELECT s.stint, coalesce(n.driver, '') AS driver, s.start_s - $green AS start_s,
    s.end_s - s.start_s AS time_s, d.laps, d.clean, d.mean_s, d.best_s, d.median_s, d.spread_s, d.fuel_l,
    d.first_lap, d.last_lap, nullif(s.compound, -1) AS compound, coalesce(t.incidents, 0) AS incidents
FROM stints AS s
JOIN driven AS d ON d.stint = s.stint
LEFT JOIN v_names AS n ON n.session_id = s.session_id AND n.user_id = s.user_id
LEFT JOIN trouble AS t ON t.stint = s.stint
WHERE $here_s AND s.car_idx = $car
ORDER BY s.stint
"""
DRIVERS = """
WITH troubled AS (
    SELECT s.user_id, count(*) AS incidents
    FROM incidents AS i
    ASOF JOIN stints AS s
        ON s.session_id = i.session_id AND s.session_num = i.session_num AND s.run = i.run
        AND s.car_idx = i.car_idx AND s.start_s <= i.start_s
    WHERE $here_i AND i.car_idx = $car
    GROUP BY s.user_id
), seated AS (
    SELECT user_id, count(*) AS stints, min(start_s) AS first_s,
        sum(coalesce(end_s, (SELECT max(end_s) FROM laps WHERE $here AND car_idx = $car)) - start_s) AS time_s
    FROM stints
    WHERE $here AND car_idx = $car
    GROUP BY user_id
), driven AS (
    SELECT user_id, count(*) AS laps, count(*) FILTER (is_clean) AS clean,
        avg(time_s) FILTER (is_clean) AS mean_s, min(time_s) FILTER (is_clean) AS best_s,
        median(time_s) FILTER (is_clean) AS median_s,
        quantile_cont(time_s, 0.75) FILTER (is_clean)
            - quantile_cont(time_s, 0.25) FILTER (is_clean) AS iqr_s,
        avg(fuel_used_l) FILTER (is_clean AND fuel_used_l > 0) AS fuel_l, min(end_s) AS first_s
    FROM laps
    WHERE $here AND car_idx = $car
    GROUP BY user_id
)
SELECT coalesce(n.driver, '') AS driver, user_id, coalesce(d.laps, 0) AS laps, coalesce(d.clean, 0) AS clean,
    s.time_s, d.mean_s, d.best_s, d.median_s, d.iqr_s, d.fuel_l, coalesce(s.stints, 0) AS stints,
    coalesce(t.incidents, 0) AS incidents
FROM driven AS d
FULL JOIN seated AS s USING (user_id)
LEFT JOIN troubled AS t USING (user_id)
LEFT JOIN v_names AS n ON n.session_id = $session AND n.user_id = coalesce(d.user_id, s.user_id)
ORDER BY coalesce(s.first_s, d.first_s)
"""
_CLEAN = """
SELECT coalesce(n.driver, '') AS driver, list(time_s ORDER BY lap) AS times_s
FROM laps AS l
LEFT JOIN v_names AS n USING (session_id, user_id)
WHERE $here_l AND l.car_idx = $car AND is_clean
GROUP BY driver
ORDER BY min(end_s)
"""
_FIT = (
    "Least squares over the clear laps of a stint that weigh odd laps less; what a litre costs is "
    "taken as usual "
    "and its uncertainty is part of the interval, which holds 90 % (docs: scores, stint pace). Laps: "
    "the query "
    "`stints` of this appendix."
)


def stint_section(book: QueryBook, story: Story) -> Section:
    rows = book.ask("stints", "Our stints, with the pace of their clean laps.", _STINTS)
    if not rows:
        words = "No stints: our car was not seen leaving the pits or the start."
        return Section("stints", "Stints and drivers", (Missing(words),))
    blocks: list[Block] = [_drivers(book), *_distribution(book), _stints(book, rows, story)]
    return Section("stints", "Stints and drivers", tuple(blocks), is_new_page=True)


def _drivers(book: QueryBook) -> Table:
    rows = book.ask("drivers", "Everybody who drove our car.", DRIVERS)
    whole_s = sum(row["time_s"] or 0.0 for row in rows)
    columns = (
        text("Driver"), number("Laps", query="drivers"), number("Stints"),
        race_time("At the wheel", hint="From the pit lane's end to its beginning, stint by stint"),
        number("Share", "%"), number("Clean"), lap_time("Mean"), lap_time("Best"), lap_time("Median"),
        number("Spread", "s", 2, hint="Between the quarters of clean laps"), number("Fuel a lap", "l", 2),
        number("Incidents"),
    )  # fmt: skip
    return Table(
        columns,
        tuple(
            (row["driver"] or "nobody named", row["laps"], row["stints"], row["time_s"],
             100.0 * (row["time_s"] or 0.0) / whole_s if whole_s else None, row["clean"], row["mean_s"],
             row["best_s"], row["median_s"], row["iqr_s"], row["fuel_l"], row["incidents"])
            for row in rows
        ),
        "Drivers",
    )  # fmt: skip


def _distribution(book: QueryBook) -> list[Block]:
    rows = book.ask("clean-laps", "Clean lap times of each of our drivers.", _CLEAN)
    groups = tuple(
        Group(row["driver"] or "nobody named", tuple(row["times_s"]), at) for at, row in enumerate(rows)
    )
    if not groups:
        return [Missing("No picture of lap times: our car has no clean lap.")]
    return [
        Figure(
            "Clean laps by driver",
            Distribution(groups, "Lap time", is_lap_time=True),
            "Boxes hold the middle half of a driver's clean laps; laps far off lie beyond the axis.",
            "clean-laps",
        )
    ]


def _stints(book: QueryBook, rows: list[Row], story: Story) -> Table:
    paces = _paces(story, book.race.car_idx)
    fit = book.note("stint-fit", _FIT)
    columns: tuple[Column, ...] = (
        number("Stint", query="stints"), text("Driver"), race_time("From"), number("Laps"), number("Clean"),
        lap_time("Mean"), lap_time("Best"), number("Spread", "s", 2, hint="Standard deviation of clean laps"),
        delta("Each lap", digits=3, query=fit, hint="Slower each lap, tyres and fuel together"),
        delta("Tyres", digits=3, query=fit, hint="Of the tyres alone, each lap"),
        number("Fuel a lap", "l", 2), text("Compound"), number("Incidents"),
    )  # fmt: skip
    found = []
    for row in rows:
        pace = paces.get(row["stint"])
        found.append(
            (row["stint"], row["driver"], row["start_s"], row["laps"], row["clean"], row["mean_s"],
             row["best_s"], row["spread_s"], *_slopes(pace), row["fuel_l"],
             "" if row["compound"] is None else str(row["compound"]), row["incidents"])
        )  # fmt: skip
    told = sum(pace.fall_off_s is not None for pace in paces.values())
    note = (
        ""
        if told
        else "No fall-off: no stint has six clear laps, without traffic, pits, cautions or incidents."
    )
    return Table(columns, tuple(found), "Stints", note)


def _slopes(pace: StintPace | None) -> tuple[Value, Value]:
    return (None, None) if pace is None else (_cell(pace.net_s), _cell(pace.fall_off_s))


def _cell(found: Estimate | None) -> Value:
    return None if found is None else Cell(found.value, spread=found.half_width)


def _paces(story: Story, car_idx: int) -> dict[int, StintPace]:
    laps = [lap for car in story.cars.values() for lap in car.laps]
    return {pace.stint: pace for pace in stint_paces(pace_laps(laps, car_idx, own_sets(story, car_idx)))}


def own_sets(story: Story, car_idx: int) -> tuple[TyreStint, ...]:
    car = story.cars.get(car_idx)
    return () if car is None else tuple(car.tyre_stints)
