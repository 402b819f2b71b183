"""What a lap took of fuel and of tyres: the models of the race, with how well they fit."""

from pitbox.analysis.stint_pace.pace_lap import PaceLap, pace_laps
from pitbox.analysis.stint_pace.robust import Estimate
from pitbox.analysis.stint_pace.stint import CompoundPace, compound_paces, is_clear, limit_s
from pitbox.report.document import Block, Missing, Section
from pitbox.report.figure import Figure, Fit, Points, Scatter
from pitbox.report.gather import QueryBook, Row
from pitbox.report.stints import own_sets
from pitbox.report.table import Cell, Table, Value, delta, number, text
from pitbox.strategy.story import Story

_LEAST_FUEL_LAPS = 3
_FUEL = """
SELECT coalesce(any_value(n.driver), '') AS driver, l.user_id, count(*) AS laps,
    avg(fuel_used_l) AS mean_l, stddev_samp(fuel_used_l) AS spread_l,
    quantile_cont(fuel_used_l, 0.1) AS saving_l, max(fuel_used_l) AS most_l,
    list(l.lap ORDER BY l.lap) AS lap, list(fuel_used_l ORDER BY l.lap) AS used_l
FROM laps AS l
LEFT JOIN v_names AS n USING (session_id, user_id)
WHERE $here_l AND l.car_idx = $car AND is_clean AND fuel_used_l > 0
GROUP BY l.user_id
ORDER BY min(l.end_s)
"""
_CAUTION = """
SELECT count(*) AS laps, avg(fuel_used_l) AS mean_l
FROM laps
WHERE $here AND car_idx = $car AND is_caution AND NOT is_in AND NOT is_out AND fuel_used_l > 0
"""
_TYRES = (
    "All clear laps on one compound share one slope by age of the set and one price of a litre, by "
    "least squares that "
    "weigh odd laps less; intervals hold 90 %. Clear: clean, not behind somebody, not far slower "
    "than the stint."
)


def fuel_tyre_section(book: QueryBook, story: Story) -> Section:
    blocks = [*_fuel(book), *_tyres(book, story)]
    return Section("fuel-tyres", "Fuel and tyres", tuple(blocks), is_new_page=True)


def _fuel(book: QueryBook) -> list[Block]:
    rows = book.ask("fuel", "Litres a clean lap of our car, by driver.", _FUEL)
    if sum(row["laps"] for row in rows) < _LEAST_FUEL_LAPS:
        return [Missing("No fuel model: fewer than three clean laps of our car tell what they burnt.")]
    columns = (
        text("Driver", query="fuel"), number("Clean laps"), number("A lap", "l", 3), number("Saving", "l",
        3, hint="One lap in ten took less"),
        number("Most", "l", 3),
    )  # fmt: skip
    table = Table(
        columns,
        tuple(
            (
                row["driver"],
                row["laps"],
                Cell(row["mean_l"], spread=row["spread_l"]),
                row["saving_l"],
                row["most_l"],
            )
            for row in rows
        ),
        "Fuel a lap",
        _caution(book),
    )
    return [table, _fuel_figure(rows)]


def _caution(book: QueryBook) -> str:
    (row,) = book.ask("fuel-caution", "Litres a lap behind the safety car.", _CAUTION)
    spread = "The spread is that of a single lap."
    if not row["laps"]:
        return spread
    laps = "1 lap" if row["laps"] == 1 else f"{row['laps']} laps"
    return f"{spread} Under caution: {row['mean_l']:.2f} l in {laps}."


def _fuel_figure(rows: list[Row]) -> Figure:
    points = tuple(
        Points(row["driver"], tuple(map(float, row["lap"])), tuple(row["used_l"]), at)
        for at, row in enumerate(rows)
    )
    laps = [lap for row in rows for lap in row["lap"]]
    ends = (float(min(laps)), float(max(laps)))
    fits = tuple(
        Fit(f"{row['driver']}: mean", ends, (row["mean_l"],) * 2, *_band(row), hue=at)
        for at, row in enumerate(rows)
        if row["spread_l"] is not None and ends[0] < ends[1]
    )
    return Figure(
        "Fuel of each clean lap",
        Scatter(points, "Lap", "Fuel", y_unit="l", fits=fits),
        "Each driver's mean with the band that holds 90 % of single laps, if they are as they were.",
        "fuel",
    )


def _band(row: Row) -> tuple[tuple[float, float], tuple[float, float]]:
    half = 1.645 * row["spread_l"]
    return (row["mean_l"] - half,) * 2, (row["mean_l"] + half,) * 2


def _tyres(book: QueryBook, story: Story) -> list[Block]:
    everybody = [lap for car in story.cars.values() for lap in car.laps]
    laps = pace_laps(everybody, book.race.car_idx, own_sets(story, book.race.car_idx))
    told = [one for one in compound_paces(laps) if one.fall_off_s is not None]
    if not told:
        return [Missing("No tyre model: on no compound are there enough clear laps of our car.")]
    query = book.note("tyres", _TYRES)
    columns = (
        text("Compound", query=query), number("Stints"), number("Clear laps"), delta("Age costs a lap",
        "s", 4),
        delta("A litre costs", "s", 4), delta("Following costs", "s", 2), number("Scatter", "s", 3,
        hint="Of one clear lap around the fit"),
    )  # fmt: skip
    rows = tuple(
        (_compound(one), one.stints, one.clear_laps, _cell(one.fall_off_s),
         _cell(one.fuel_s_per_l), _cell(one.traffic_s),
         one.spread_s)
        for one in told
    )  # fmt: skip
    return [Table(columns, rows, "Tyres"), _tyre_figure(laps, told, query)]


def _compound(one: CompoundPace) -> str:
    return "not told" if one.compound < 0 else str(one.compound)


def _cell(found: Estimate | None) -> Value:
    return None if found is None else Cell(found.value, spread=found.half_width)


def _tyre_figure(laps: list[PaceLap], told: list[CompoundPace], query: str) -> Figure:
    points, fits = [], []
    slowest_s = limit_s(laps)
    for hue, one in enumerate(told):
        clear = [lap for lap in laps if lap.compound == one.compound and is_clear(lap, slowest_s)]
        ages = [float(lap.tyre_laps) for lap in clear]
        times_s = [lap.time_s for lap in clear]
        points.append(Points(f"compound {_compound(one)}", tuple(ages), tuple(times_s), hue))
        assert one.fall_off_s is not None
        middle, mean_s = sum(ages) / len(ages), sum(times_s) / len(times_s)
        x = (min(ages), max(ages))
        net = [(age - middle) for age in x]
        slope = one.fall_off_s
        bounds = [sorted((mean_s + slope.low * age, mean_s + slope.high * age)) for age in net]
        if x[0] < x[1]:
            fits.append(
                Fit(f"age, compound {_compound(one)}", x, tuple(mean_s + slope.value * age for age in net),
                    tuple(low for low, _ in bounds), tuple(high for _, high in bounds), hue)
            )  # fmt: skip
    return Figure(
        "Lap time by age of the tyres",
        Scatter(tuple(points), "Laps on the set", "Lap time", fits=tuple(fits), is_lap_time=True),
        "Clear laps as they were driven; the line is what age alone costs, so lighter fuel lies below it.",
        query,
    )
