"""Documents to test and to look at: a short race, 24 hours with 60 cars, empty sections, very long names.

Write them all: `python tests/report/report_examples.py FOLDER`.
"""

import math
import random
import sys
from itertools import pairwise
from pathlib import Path

from pitbox.report import table as t
from pitbox.report.document import (
    Callout,
    Document,
    Fact,
    Facts,
    Missing,
    Paragraph,
    Query,
    Section,
)
from pitbox.report.figure import (
    Axis,
    Bar,
    BarRow,
    CornerBars,
    Distribution,
    Figure,
    Fit,
    GapChart,
    Group,
    Histogram,
    LedgerBars,
    Line,
    LineChart,
    Mark,
    Part,
    Place,
    Points,
    PositionChart,
    Rank,
    Scatter,
    Span,
    Stack,
    StintBars,
    TrackMap,
)

DRIVERS = ("Ada Kern", "Bo Lind", "Cem Aslan", "Dana Ruiz")
LAP_S = 138.0
CORNERS = ("La Source", "Eau Rouge", "Les Combes", "Bruxelles", "Pouhon", "Fagnes", "Stavelot", "Bus stop")
_SQL = "SELECT car, lap, lap_time_s\nFROM laps\nWHERE session_id = $session AND is_valid\nORDER BY car, lap"


def short_race() -> Document:
    return race(hours=1.0, cars=14, seed=1, title="Spa 60 minutes")


def long_race() -> Document:
    return race(hours=24.0, cars=60, seed=2, title="Spa 24 hours")


def race(*, hours: float, cars: int, seed: int, title: str) -> Document:
    rng = random.Random(seed)
    lines = _positions(rng, hours * 3600, cars)
    return Document(
        title,
        "Circuit of the Ardennes, endurance · GT3 and LMP2 · car 77",
        (
            Fact("Finished", "P4", "of 22 in class", "result", is_big=True),
            Fact("Laps", "612", query="result", is_big=True),
            Fact("Best lap", "2:17.942", "Ada Kern", "laps", is_big=True),
            Fact("Stops", "23", query="stops", is_big=True),
            Fact("Drivers", ", ".join(DRIVERS)),
            Fact("Started", "14 June, 16:00 local (14:00 UTC)"),
            Fact("Recorded by", "3 machines, no gaps"),
        ),
        (
            _result(lines, cars),
            _story(lines, hours * 3600, rng),
            _stints(hours * 3600, rng),
            _pit(hours, rng),
            _models(rng),
            _corners(rng),
            _incidents(rng, hours),
        ),
        (
            Query("result", "Order at the flag, from the last crossing of each car.", _SQL),
            Query("laps", "Laps of each driver of car 77.", _SQL),
            Query("stops", "Stops of car 77 with their times."),
            Query("fuel", "Fuel at the line, lap by lap.", _SQL),
        ),
        "Made on 15 June by PitBox 0.9.0 from 3 logs",
    )


def empty() -> Document:
    return Document(
        "Practice",
        "",
        (),
        (
            Section("result", "Result", (Missing("No result: the session was left before its end."),)),
            Section("laps", "Laps", (t.Table((t.text("Driver"), t.lap_time("Best")), ()),)),
            Section("map", "Map", (Figure("No track is known", TrackMap((), ()), "Nothing is drawn."),)),
            Section("lines", "Positions", (Figure("Nobody drove", PositionChart(()), "No line."),)),
            Section("nothing", "Nothing", ()),
        ),
    )


def long_names() -> Document:
    long = "Wolfeschlegelsteinhausenbergerdorff Motorsport Endurance Racing Team Deutschland e.V. #1 "
    solid = "W" * 180
    names = (
        long * 2,
        solid,
        "한국 레이싱 팀 서울",
        "東京レーシング チーム",
        'Ñandú <b>& Söhne</b> "x" #let $a$ *b* _c_',
        "ทีมแข่ง",
        "فريق السباق",
    )
    rows = tuple(
        (name, 3.25 + i, t.Cell(138.412, t.Tone.BEST, note=name, spread=0.04), name)
        for i, name in enumerate(names)
    )
    columns = (t.text(long), t.number(solid[:40], "l", 2), t.lap_time("Best"), t.text("Again"))
    lines = tuple(
        Line(name, (0.0, 1800.0, 3600.0), (i + 1.0, i + 2.0, i + 1.5), Rank.RIVAL, i)
        for i, name in enumerate(names)
    )
    blocks = (
        Paragraph(long * 6 + solid),
        Callout(long, solid, t.Tone.WARN),
        t.Table(columns, rows, title=long, note=solid),
        Figure(long, LineChart(lines, solid, "s"), solid),
        Figure(
            solid,
            StintBars(tuple(BarRow(name, (Bar(0, 3000, name, i),)) for i, name in enumerate(names))),
            long,
        ),
        Figure(
            "Stops",
            LedgerBars(tuple(Stack(n, (Part(n, 20.0), Part(long, 10.0)), 25.0, n) for n in names)),
            long,
        ),
        Figure("Spread", Distribution(tuple(Group(n, (1.0, 2.0, 4.0)) for n in names), solid), long),
        Facts(tuple(Fact(name, name, name) for name in names)),
    )
    return Document(long * 2, solid, (Fact(long, solid, is_big=True),), (Section("a", long, blocks),))


EXAMPLES = {"short": short_race, "long": long_race, "empty": empty, "names": long_names}


def _positions(rng: random.Random, length_s: float, cars: int) -> list[Line]:
    laps = int(length_s / LAP_S)
    place = list(range(cars))
    history: list[list[float]] = [[] for _ in range(cars)]
    for lap in range(laps):
        for _ in range(max(cars // 20, 1)):
            at = rng.randrange(cars - 1)
            place[at], place[at + 1] = place[at + 1], place[at]
        if lap % 27 > 23:
            car = place.pop(rng.randrange(cars))
            place.insert(min(cars - 1, rng.randrange(cars)), car)
        for position, car in enumerate(place, 1):
            history[car].append(float(position))
    lines = []
    for car in range(cars):
        ys = history[car]
        if car % 17 == 11:
            ys = ys[: len(ys) * 2 // 3]
        rank = Rank.OURS if car == 3 else Rank.RIVAL if car in (0, 1, 5, 8) else Rank.FIELD
        name = (
            "#77 us"
            if car == 3
            else f"#{car * 7 + 2} {('Manthey', 'Rowe', 'Iron Lynx', 'Walkenhorst')[car % 4]}"
        )
        lines.append(Line(name, tuple(LAP_S * (lap + 1) for lap in range(len(ys))), tuple(ys), rank, car % 3))
    return lines


def _result(lines: list[Line], cars: int) -> Section:
    rows = tuple(
        (
            str(i + 1),
            line.name,
            "GT3" if i % 3 else "LMP2",
            612.0 - i // 4,
            t.Cell(9.8 * i, note="1 lap") if i == 5 else 9.8 * i,
            t.Cell(137.9 + i * 0.11, t.Tone.BEST if not i else t.Tone.PLAIN),
            23.0,
        )
        for i, line in enumerate(lines[: min(cars, 60)])
    )
    columns = (
        t.text("P"),
        t.text("Car"),
        t.text("Class"),
        t.number("Laps", query="result"),
        t.delta("Gap", "s", 1, query="result"),
        t.lap_time("Best", query="laps"),
        t.number("Stops", hint="Pit stops with a service"),
    )
    return Section(
        "result",
        "Result",
        (
            Callout(
                "P4 from P9, one place better than the plan's middle",
                "The plan gave P5 with 62 %.",
                t.Tone.GOOD,
                ("result",),
            ),
            t.Table(columns, rows, title="Order at the flag", marked=(3,)),
        ),
        "Order at the flag as the sim had it, with laps down.",
    )


def _story(lines: list[Line], length_s: float, rng: random.Random) -> Section:
    spans = (
        Span(length_s * 0.2, length_s * 0.23, "caution"),
        Span(length_s * 0.3, length_s * 0.55, "night", "night"),
        Span(length_s * 0.6, length_s * 0.66, "rain", "rain"),
    )
    ours = lines[3]
    marks = tuple(
        Mark(x, y or 1, f"Stop on lap {i}")
        for i, (x, y) in enumerate(zip(ours.x, ours.y, strict=True))
        if i % 27 == 26
    )
    gaps = []
    for line in (lines[0], lines[3], lines[5], lines[8], *lines[9:14]):
        gap, ys = 0.0, []
        for _ in line.x:
            gap += rng.gauss(0.02, 1.5)
            ys.append(gap)
        gaps.append(Line(line.name, line.x, tuple(ys), line.rank, line.hue))
    hours = tuple(length_s * i / 200 for i in range(201))
    air = Line("air", hours, tuple(22 - 6 * math.sin(h / length_s * math.pi) for h in hours), Rank.RIVAL, 0)
    track = Line(
        "track", hours, tuple(34 - 14 * math.sin(h / length_s * math.pi) for h in hours), Rank.RIVAL, 1
    )
    return Section(
        "story",
        "How the race went",
        (
            Paragraph(
                "We led the class for 41 laps, lost 38 s and took P4 back at the end.",
                ("result",),
            ),
            Figure(
                "Car 77 rose from P9 to P4 after the second caution",
                PositionChart(tuple(lines), Axis.RACE_TIME, spans, marks),
                "Position of every car over race time.",
                "result",
                "Dots are our stops.",
            ),
            Figure(
                "The gap was lost in the pits",
                GapChart(tuple(gaps), "the class leader", Axis.RACE_TIME, spans),
                "Gaps over race time.",
                "laps",
            ),
            Figure(
                "It cooled by 14 °C at night",
                LineChart((air, track), "Temperature", "°C", spans=spans),
                "Air and track temperature.",
            ),
        ),
        is_new_page=True,
    )


def _stints(length_s: float, rng: random.Random) -> Section:
    count = max(int(length_s / 3600), 3)
    edges = [length_s * i / count for i in range(count + 1)]
    bars = tuple(Bar(a, b - 30, DRIVERS[i % 4], i % 4) for i, (a, b) in enumerate(pairwise(edges)))
    plan = tuple(Bar(bar.start + 60, bar.end + 90, bar.words, bar.hue, is_planned=True) for bar in bars)
    rivals = tuple(
        BarRow(f"#{n}", tuple(Bar(a, b - 40, "", 5) for a, b in pairwise(edges))) for n in (2, 16, 37)
    )
    columns = (
        t.text("Stint"),
        t.text("Driver"),
        t.race_time("Start"),
        t.number("Laps", query="laps"),
        t.lap_time("Mean", query="laps"),
        t.lap_time("Best", query="laps"),
        t.number("Spread", "s", 2),
        t.number("Fuel", "l/lap", 2, query="fuel"),
        t.delta("Against plan", "laps", 0),
        t.text("Tyres"),
    )
    rows = tuple(
        (
            str(i + 1),
            DRIVERS[i % 4],
            edges[i],
            27.0,
            139.1 + rng.random(),
            t.Cell(137.9 + rng.random(), t.Tone.BEST if i == 2 else t.Tone.GOOD if i == 4 else t.Tone.PLAIN),
            rng.random(),
            t.Cell(3.31 + rng.random() / 10, spread=0.04),
            float(rng.randint(-2, 2)),
            "new" if i % 2 else t.Cell("27 laps old", t.Tone.DIM),
        )
        for i in range(count)
    )
    groups = tuple(
        Group(name, tuple(rng.gauss(139 + i * 0.2, 0.5) for _ in range(90)), i)
        for i, name in enumerate(DRIVERS)
    )
    return Section(
        "stints",
        "Stints and drivers",
        (
            Figure(
                "Who drove when, against the plan",
                StintBars((BarRow("#77 driven", bars, is_ours=True), BarRow("#77 plan", plan), *rivals)),
                "Stint bars.",
            ),
            t.Table(
                columns,
                rows,
                title="Stints of car 77",
                total=("", "All", None, 612.0, 139.4, 137.9, 0.5, 3.34, 0.0, ""),
            ),
            Figure(
                "Ada was quickest, Bo the steadiest",
                Distribution(groups, "Lap time", "", is_lap_time=True),
                "Lap times per driver.",
                "laps",
            ),
            Missing("Mistakes by place are not there: no car recorded telemetry before lap 40."),
        ),
        is_new_page=True,
    )


def _pit(hours: float, rng: random.Random) -> Section:
    stacks = tuple(
        Stack(
            f"Stop {i + 1}, lap {27 * (i + 1)}",
            (
                Part("lane", 24.0),
                Part("fuel", 30 + rng.random() * 8),
                Part("tyres", 12.0 * (i % 2)),
                Part("driver change", 8.0 * (i % 3 == 0)),
                Part("lost", rng.random() * 6),
            ),
            62.0 + 12 * (i % 2),
        )
        for i in range(max(int(hours), 2))
    )
    columns = (
        t.text("Stop"),
        t.race_time("At", query="stops"),
        t.number("Lane", "s", 1),
        t.number("Stall", "s", 1),
        t.number("Fuel", "l", 1),
        t.delta("Against need", "s", 1),
        t.delta("Against rivals", "s", 1),
    )
    rows = tuple(
        (
            f"{i + 1}",
            3600.0 * (i + 1),
            24.0,
            40 + rng.random() * 9,
            88.0,
            t.Cell(rng.random() * 6 - 1, t.Tone.WARN if i % 5 == 2 else t.Tone.PLAIN),
            None if i % 7 == 3 else rng.gauss(0, 2),
        )
        for i in range(len(stacks))
    )
    return Section(
        "pit-ledger",
        "Pit ledger",
        (
            Figure("Each stop by what it was made of", LedgerBars(stacks), "Stacked bars.", "stops"),
            t.Table(columns, rows, title="Stops"),
        ),
    )


def _models(rng: random.Random) -> Section:
    ages = tuple(float(i % 27) for i in range(250))
    laps = tuple(138.2 + 0.03 * age + rng.gauss(0, 0.35) for age in ages)
    grid = tuple(float(i) for i in range(28))
    fit = Fit(
        "fit",
        grid,
        tuple(138.2 + 0.03 * a for a in grid),
        tuple(138.05 + 0.026 * a for a in grid),
        tuple(138.35 + 0.034 * a for a in grid),
        1,
    )
    edges = tuple(float(i) for i in range(600, 621))
    counts = tuple(math.exp(-((e - 611) ** 2) / 12) / 6 for e in edges[:-1])
    return Section(
        "models",
        "Fuel and tyres",
        (
            Facts(
                (
                    Fact("Fall-off", "0.030 s", "a lap, ± 0.004", "laps"),
                    Fact("Fuel", "3.34 l", "a lap", "fuel"),
                    Fact("Fuel effect", "0.031 s", "a litre"),
                )
            ),
            Figure(
                "Tyres lost 0.03 s a lap",
                Scatter(
                    (Points("clean laps", ages, laps, 0),),
                    "Laps on the tyres",
                    "Lap time",
                    fits=(fit,),
                    is_lap_time=True,
                ),
                "Scatter with its fit.",
                "laps",
                "The band holds the fit with 90 %.",
            ),
            Figure(
                "The race was called for 611 laps",
                Histogram(
                    edges, counts, "Laps of the race", marks=(Mark(612, 0, "driven: 612"),), is_share=True
                ),
                "Histogram.",
            ),
        ),
    )


def _corners(rng: random.Random) -> Section:
    angles = [2 * math.pi * i / 400 for i in range(400)]
    radius = [500 + 120 * math.sin(3 * a) + 60 * math.cos(5 * a) for a in angles]
    xs = tuple(r * math.cos(a) * 1.5 for r, a in zip(radius, angles, strict=True))
    ys = tuple(r * math.sin(a) for r, a in zip(radius, angles, strict=True))
    heat = tuple(max(0.0, math.sin(7 * a)) ** 2 for a in angles)
    named = tuple(Place(xs[i * 50], ys[i * 50], name) for i, name in enumerate(CORNERS))
    places = tuple(Place(xs[i], ys[i], "lock-up", rng.random()) for i in rng.sample(range(400), 14))
    groups = tuple(
        Group(name, tuple(rng.gauss(0.03, 0.08) for _ in CORNERS), i) for i, name in enumerate(DRIVERS[:3])
    )
    return Section(
        "corners",
        "Corner by corner",
        (
            Figure(
                "Most is lost where the track falls",
                TrackMap(xs, ys, heat, "time lost", places, named),
                "Track map.",
            ),
            Figure("Cem loses 0.1 s in Pouhon", CornerBars(CORNERS, groups), "Corner bars."),
        ),
    )


def _incidents(rng: random.Random, hours: float) -> Section:
    rows = tuple(
        (
            3600 * hours * i / 40,
            DRIVERS[i % 4],
            f"Contact with #{rng.randint(2, 99)} in {rng.choice(CORNERS)}, two places lost and a splitter",
            float(rng.choice((1, 2, 4))),
        )
        for i in range(40)
    )
    return Section(
        "incidents",
        "Incidents",
        (t.Table((t.race_time("At"), t.text("Driver"), t.text("What happened"), t.number("Points")), rows),),
    )


def _write_all(folder: Path) -> None:
    import logging
    import time

    from pitbox.report.document import encode
    from pitbox.report.html.page import write_html
    from pitbox.report.pdf.book import write_pdf
    from pitbox.report.style import Style

    for name, make in EXAMPLES.items():
        document = make()
        style = Style("Ardennes Racing", "#e4c400" if name == "short" else "")
        started = time.perf_counter()
        html = write_html(document, style)
        html_s = time.perf_counter() - started
        (folder / f"{name}.html").write_bytes(html)
        (folder / f"{name}.json").write_bytes(encode(document))
        pdf = write_pdf(document, style, folder, name=f"{name}.pdf")
        pdf_s = time.perf_counter() - started - html_s
        page, book = len(html) / 1e3, pdf.stat().st_size / 1e3
        logging.getLogger("examples").info(
            "%s: HTML %.0f kB in %.2f s, PDF %.0f kB in %.2f s", name, page, html_s, book, pdf_s
        )


if __name__ == "__main__":
    import logging

    logging.basicConfig(level=logging.INFO)
    _write_all(Path(sys.argv[1]))
