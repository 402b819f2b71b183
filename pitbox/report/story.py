"""How the race ended and how it came to that: result, positions, gaps, and who was on the road when."""

from collections.abc import Sequence

import msgspec

from pitbox.report.document import Block, Callout, Fact, Missing, Section
from pitbox.report.figure import (
    Bar,
    BarRow,
    Figure,
    GapChart,
    Line,
    Mark,
    PositionChart,
    Rank,
    Span,
    StintBars,
)
from pitbox.report.gather import QueryBook, Race, Row
from pitbox.report.table import Cell, Column, Table, Tone, lap_time, number, race_time, text
from pitbox.report.words import lap_time_words, race_time_words

_RIVALS = 4
_BAR_CARS = 8
_TONES = {"caution": "warn", "red": "warn"}
_RESULT = """
WITH done AS (
    SELECT car_idx, count(*) AS laps, max(lap) AS last_lap, max(end_s) AS end_s,
        min(time_s) FILTER (is_clean) AS best_s, median(time_s) FILTER (is_clean) AS median_s
    FROM laps WHERE $here GROUP BY car_idx
), visits AS (
    SELECT car_idx, count(*) AS stops, sum(lane_out_s - lane_in_s) AS lane_s
    FROM stops WHERE $here GROUP BY car_idx
)
SELECT row_number() OVER (ORDER BY d.last_lap DESC, d.end_s, d.car_idx) AS position,
    row_number() OVER (
        PARTITION BY e.class_id ORDER BY d.last_lap DESC, d.end_s, d.car_idx
    ) AS class_position,
    d.car_idx, e.number, e.team, e.class_id, e.class_name, e.car,
    d.laps, d.last_lap, d.end_s, d.best_s, d.median_s, coalesce(v.stops, 0) AS stops, v.lane_s
FROM done AS d
LEFT JOIN entries AS e ON e.session_id = $session AND e.car_idx = d.car_idx
LEFT JOIN visits AS v ON v.car_idx = d.car_idx
WHERE NOT coalesce(e.is_pace_car, false) AND NOT coalesce(e.is_spectator, false)
ORDER BY position
"""
_PLACES = """
WITH placed AS (
    SELECT car_idx, end_s - $green AS race_s,
        coalesce(nullif(position, 0), row_number() OVER (PARTITION BY lap ORDER BY end_s)) AS place
    FROM laps WHERE $here
), turns AS (
    SELECT *, lag(place) OVER w AS before, lead(place) OVER w AS after
    FROM placed WINDOW w AS (PARTITION BY car_idx ORDER BY race_s)
)
SELECT car_idx, list(race_s ORDER BY race_s) AS race_s, list(place ORDER BY race_s) AS place
FROM turns
WHERE before IS NULL OR after IS NULL OR place <> before
GROUP BY car_idx
ORDER BY car_idx
"""
_GAPS = """
WITH ours AS (SELECT lap, end_s FROM laps WHERE $here AND car_idx = $car)
SELECT l.car_idx, list(o.end_s - $green ORDER BY o.end_s) AS race_s,
    list(l.end_s - o.end_s ORDER BY o.end_s) AS gap_s
FROM laps AS l
JOIN ours AS o USING (lap)
JOIN entries AS e USING (session_id, car_idx)
WHERE $here_l AND e.class_id = $class AND l.car_idx <> $car
GROUP BY l.car_idx
ORDER BY l.car_idx
"""
_BARS = """
SELECT s.car_idx, s.start_s - $green AS start_s,
    coalesce(s.end_s, (SELECT max(end_s) FROM laps WHERE $here)) - $green AS end_s,
    coalesce(n.driver, '') AS driver, s.laps
FROM stints AS s
LEFT JOIN v_names AS n USING (session_id, user_id)
WHERE $here_s
ORDER BY s.car_idx, s.start_s
"""
_FLAGS = """
SELECT flag, start_s - $green AS start_s,
    coalesce(end_s, (SELECT max(end_s) FROM laps WHERE $here)) - $green AS end_s
FROM flag_phases
WHERE $here AND flag IN ('caution', 'red')
ORDER BY start_s
"""
_STOP_TIMES = """
SELECT stop, lane_in_s - $green AS race_s
FROM stops
WHERE $here AND car_idx = $car
ORDER BY stop
"""


class Field:
    """The order at the end, and who is worth a name in a picture."""

    def __init__(self, book: QueryBook) -> None:
        self.race = book.race
        self.rows = book.ask("result", "The order at the last line that each car crossed.", _RESULT)
        self.own = next(row for row in self.rows if row["car_idx"] == self.race.car_idx)
        self.mates = [row for row in self.rows if row["class_id"] == self.own["class_id"]]
        self.names = {row["car_idx"]: row["number"] or str(row["car_idx"]) for row in self.rows}
        classes = sorted({row["class_id"] or 0 for row in self.rows})
        self.hues = {row["car_idx"]: classes.index(row["class_id"] or 0) for row in self.rows}
        place = self.own["class_position"]
        near = sorted(self.mates, key=lambda row: (abs(row["class_position"] - place), row["class_position"]))
        chosen = {row["car_idx"] for row in self.mates[:1]}
        for row in near:
            if len(chosen) >= _RIVALS:
                break
            chosen.add(row["car_idx"])
        self.rivals = frozenset(chosen - {self.race.car_idx})

    def rank(self, car_idx: int) -> Rank:
        if car_idx == self.race.car_idx:
            return Rank.OURS
        return Rank.RIVAL if car_idx in self.rivals else Rank.FIELD


def spans_of(book: QueryBook) -> tuple[Span, ...]:
    found = book.ask("flags", "Cautions and red flags.", _FLAGS)
    return tuple(Span(row["start_s"], row["end_s"], row["flag"], _TONES[row["flag"]]) for row in found)


def title_facts(field: Field) -> tuple[Fact, ...]:
    own, race = field.own, field.race
    place = f"P{own['class_position']} of {len(field.mates)}"
    where = f"in {race.class_name}" if race.class_name and len(field.mates) < len(field.rows) else ""
    facts = [Fact("Result" if race.is_race else "Most laps", place, where, "result", is_big=True)]
    facts.append(Fact("Laps", str(own["laps"]), query="result", is_big=True))
    if own["best_s"] is not None:
        facts.append(Fact("Best lap", lap_time_words(own["best_s"]), query="result", is_big=True))
    facts.append(Fact("Stops", str(own["stops"]), query="result", is_big=True))
    facts.append(Fact("Car", f"{race.number} {race.team}".strip() or str(race.car_idx), race.car))
    facts.append(Fact("Track", race.track or "not known"))
    facts.append(Fact("Driven", race_time_words(max(0.0, race.end_s - race.green_s)), race.part))
    return tuple(facts)


def story_section(book: QueryBook, field: Field) -> Section:
    spans = spans_of(book)
    blocks: list[Block] = []
    if not field.race.is_own:
        blocks.append(
            Callout(
                f"Seen from {field.race.car_words}",
                "Nobody of ours recorded this race from inside; --car names another car.",
            )
        )
    blocks += [_result(field), _positions(book, field, spans), *_gaps(book, field, spans)]
    blocks.append(_bars(book, field, spans))
    return Section("result", "Result and story", tuple(blocks), _intro(field.race, spans))


def _intro(race: Race, spans: tuple[Span, ...]) -> str:
    cautions = sum(span.words == "caution" for span in spans)
    words = {0: "no caution", 1: "one caution"}.get(cautions, f"{cautions} cautions")
    return f"{race.part or 'Session'} at {race.track or 'a track without a name'}, {words}."


def _result(field: Field) -> Table:
    first, rows = field.mates[0], []
    for row in field.mates:
        laps_down = first["last_lap"] - row["last_lap"]
        gap = (
            f"+{laps_down} lap{'s' * (laps_down > 1)}"
            if laps_down
            else f"+{row['end_s'] - first['end_s']:.1f} s"
        )
        best = Cell(row["best_s"], Tone.BEST) if row["best_s"] == _best(field) else row["best_s"]
        rows.append(
            (row["class_position"], row["number"] or "", row["team"] or "", row["position"], row["laps"],
             "" if row is first else gap, best, row["median_s"], row["stops"], row["lane_s"])
        )  # fmt: skip
    columns: tuple[Column, ...] = (
        number("Place"), text("No."), text("Team"), number("Over all"), number("Laps"), text("Behind"),
        lap_time("Best"), lap_time("Median", hint="Of clean laps"), number("Stops"),
        race_time("In the lane", hint="All visits together"),
    )  # fmt: skip
    columns = tuple(_asked(column, "result") for column in columns)
    marked = tuple(at for at, row in enumerate(field.mates) if row["car_idx"] == field.race.car_idx)
    return Table(columns, tuple(rows), f"Result{_of_class(field)}", marked=marked)


def _asked(column: Column, query: str) -> Column:
    return msgspec.structs.replace(column, query=query)


def _best(field: Field) -> float | None:
    return min((row["best_s"] for row in field.mates if row["best_s"] is not None), default=None)


def _of_class(field: Field) -> str:
    return f" of {field.race.class_name}" if field.race.class_name else ""


def _positions(book: QueryBook, field: Field, spans: tuple[Span, ...]) -> Block:
    found = book.ask("positions", "Each car's place over all whenever it changed at the line.", _PLACES)
    lines = tuple(
        Line(field.names[row["car_idx"]], tuple(row["race_s"]), tuple(map(float, row["place"])),
             field.rank(row["car_idx"]), field.hues[row["car_idx"]])
        for row in found if row["car_idx"] in field.names
    )  # fmt: skip
    own = next(row for row in found if row["car_idx"] == field.race.car_idx)
    places = own["place"]
    words = _places_words(places)
    return Figure(
        words,
        PositionChart(lines, spans=spans, marks=_stop_marks(book, own)),
        f"Places over all of {len(lines)} cars over the race. {words}",
        "positions",
    )


def _places_words(places: Sequence[float]) -> str:
    first, last, best, worst = (round(one) for one in (places[0], places[-1], min(places), max(places)))
    if best == worst:
        return f"P{best} over all at every line."
    words = f"From P{first} to P{last} over all" if first != last else f"P{first} over all at both ends"
    return f"{words}, between P{best} and P{worst}."


def _stop_marks(book: QueryBook, own: Row) -> tuple[Mark, ...]:
    stops = book.ask(
        "stop-times",
        "When our car came in.",
        _STOP_TIMES,
    )
    marks = []
    for stop in stops:
        before = [
            place for at_s, place in zip(own["race_s"], own["place"], strict=True) if at_s <= stop["race_s"]
        ]
        marks.append(
            Mark(stop["race_s"], float(before[-1] if before else own["place"][0]), f"stop {stop['stop']}")
        )
    return tuple(marks)


def _gaps(book: QueryBook, field: Field, spans: tuple[Span, ...]) -> list[Block]:
    found = book.ask("gaps", "Seconds behind our car at the end of each lap, class mates only.", _GAPS)
    lines = [
        Line(field.names[row["car_idx"]], tuple(row["race_s"]), tuple(row["gap_s"]),
        field.rank(row["car_idx"]),
             field.hues[row["car_idx"]])
        for row in found if row["car_idx"] in field.rivals and len(row["race_s"]) > 1
    ]  # fmt: skip
    if not lines:
        return [Missing("No gaps: no other car of the class drove the same laps.")]
    longest = max(lines, key=lambda line: len(line.x))
    zero = Line(field.names[field.race.car_idx], longest.x, tuple(0.0 for _ in longest.x), Rank.OURS)
    return [
        Figure(
            f"Gaps to us, car {field.names[field.race.car_idx]}",
            GapChart((*lines, zero), f"car {field.names[field.race.car_idx]}", spans=spans),
            "At the end of the same lap; who is behind us is further down.",
            "gaps",
        )
    ]


def _bars(book: QueryBook, field: Field, spans: tuple[Span, ...]) -> Block:
    found = book.ask("stint-bars", "Every stint of every car, with its driver.", _BARS)
    by_car: dict[int, list[Row]] = {}
    for row in found:
        by_car.setdefault(row["car_idx"], []).append(row)
    shown = [row["car_idx"] for row in field.mates if row["car_idx"] in field.rivals]
    shown = [field.race.car_idx, *shown, *(row["car_idx"] for row in field.mates)]
    rows = []
    for car_idx in list(dict.fromkeys(shown))[:_BAR_CARS]:
        stints = by_car.get(car_idx, [])
        hues = {name: at for at, name in enumerate(dict.fromkeys(row["driver"] for row in stints))}
        bars = tuple(
            Bar(row["start_s"], max(row["start_s"], row["end_s"]), row["driver"], hues[row["driver"]])
            for row in stints
        )
        rows.append(BarRow(field.names[car_idx], bars, car_idx == field.race.car_idx))
    if not any(row.bars for row in rows):
        return Missing("No stints: no car was seen leaving the pits or the start.")
    return Figure(
        "Stints and who drove them",
        StintBars(tuple(rows), spans=spans),
        "One row a car: ours, those near us at the end, and the first of the class.",
        "stint-bars",
    )
