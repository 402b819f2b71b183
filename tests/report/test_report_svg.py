"""Figures as SVG: well formed whatever they show, small, the same each time, and nothing beside the paper."""

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_examples import EXAMPLES, long_race

from pitbox.report.document import Document
from pitbox.report.figure import (
    Bar,
    BarRow,
    Distribution,
    Drawing,
    Figure,
    GapChart,
    LedgerBars,
    Line,
    LineChart,
    PositionChart,
    Rank,
    Scatter,
    StintBars,
    TrackMap,
)
from pitbox.report.style import contrast
from pitbox.report.svg.draw import PHONE, WIDE, inline_svg, plain_svg
from pitbox.report.svg.ink import PAPER, SCREEN, named
from pitbox.report.svg.label import Label, placed
from pitbox.report.svg.outline import steps, thinned
from pitbox.report.svg.pen import clean, fitted, polyline, width_of
from pitbox.report.svg.scale import lap_ticks, lap_time_ticks, number_ticks, time_ticks

_SVG = "{http://www.w3.org/2000/svg}"
_SMALL = st.floats(-1e6, 1e6)


def figures(document: Document) -> Iterator[Figure]:
    for section in document.sections:
        yield from (block for block in section.blocks if isinstance(block, Figure))


DRAWINGS: list[Drawing] = [figure.drawing for make in EXAMPLES.values() for figure in figures(make())]


def all_words(root: ET.Element) -> str:
    return " ".join(element.text or "" for element in root.iter(f"{_SVG}text"))


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("number", range(len(DRAWINGS)))
def test_is_well_formed_and_stays_on_the_paper(number: int, width: int) -> None:
    text = inline_svg(DRAWINGS[number], width, 'what "it" <shows>')
    assert text == inline_svg(DRAWINGS[number], width, 'what "it" <shows>')
    assert "nan" not in re.sub(r"<t.*?</t[a-z]+>", "", text)
    root = ET.fromstring(text)  # noqa: S314 - our own picture
    assert root.get("aria-label") == 'what "it" <shows>'
    wide, high = (float(part) for part in root.get("viewBox", "").split()[2:])
    assert wide == width
    for box in root.iter(f"{_SVG}rect"):
        x, y, w, h = (float(box.get(name, "nan")) for name in ("x", "y", "width", "height"))
        assert -1 <= x <= x + w <= wide + 1
        assert -1 <= y <= y + h <= high + 1
    for words in root.iter(f"{_SVG}text"):
        x, y = float(words.get("x", "nan")), float(words.get("y", "nan"))
        long = width_of(words.text or "", float(words.get("font-size", 11)))
        left = x - long * {"middle": 0.5, "end": 1.0}.get(words.get("text-anchor", ""), 0.0)
        assert -2 <= left <= left + long <= wide + 4, words.text
        assert 0 < y < high


def test_the_picture_for_print_has_its_colours_within() -> None:
    text = plain_svg(DRAWINGS[0], WIDE, PAPER)
    used = set(re.findall(r'class="([fs]-[a-z0-9]+)"', text))
    assert used
    assert all(f".{name}{{" in text for name in used)
    assert "var(" not in text


def test_24_hours_of_60_cars_stay_small() -> None:
    chart = next(f.drawing for f in figures(long_race()) if isinstance(f.drawing, PositionChart))
    assert len(chart.lines) == 60
    assert sum(len(line.x) for line in chart.lines) > 30_000
    assert len(inline_svg(chart, WIDE, "")) < 400_000
    # Cars that swap places at every lap are the worst there is.
    worst = PositionChart(
        tuple(
            Line(
                str(c),
                tuple(138.0 * i for i in range(626)),
                tuple(float((c + 7 * i) % 60 + 1) for i in range(626)),
            )
            for c in range(60)
        )
    )
    assert len(inline_svg(worst, WIDE, "")) < 400_000


def test_our_line_is_drawn_last_and_thicker() -> None:
    lines = (
        Line("us", (0.0, 1.0), (1.0, 2.0), Rank.OURS),
        Line("rival", (0.0, 1.0), (2.0, 1.0), Rank.RIVAL, 1),
        Line("one", (0.0, 1.0), (3.0, 3.0)),
    )
    root = ET.fromstring(inline_svg(PositionChart(lines), WIDE, ""))  # noqa: S314 - our own picture
    drawn = [
        p
        for p in root.iter(f"{_SVG}path")
        if p.get("class") in {"s-text", "s-hue1", "s-field"} and "h" in p.get("d", "")
    ]
    assert [p.get("class") for p in drawn] == ["s-field", "s-hue1", "s-text"]
    assert float(drawn[2].get("stroke-width", 0)) > float(drawn[1].get("stroke-width", 0))
    assert "us" in all_words(root)
    assert "one" not in all_words(root)


def test_a_gap_in_the_values_is_a_gap_in_the_line() -> None:
    lines = (Line("a", (0.0, 1.0, 2.0, 3.0, 4.0), (1.0, 2.0, None, 2.0, 1.0), Rank.OURS),)
    root = ET.fromstring(inline_svg(LineChart(lines, "y"), WIDE, ""))  # noqa: S314 - our own picture
    (path,) = [
        p for p in root.iter(f"{_SVG}path") if p.get("class") == "s-text" and p.get("stroke-width") == "2.25"
    ]
    assert path.get("d", "").count("M") == 2


def test_a_bar_with_no_room_for_a_name_has_its_initials_and_a_key() -> None:
    bars = tuple(Bar(i * 10.0, i * 10.0 + 9, "Ada Kern", 0) for i in range(20))
    words = all_words(ET.fromstring(inline_svg(StintBars((BarRow("us", bars),)), WIDE, "")))  # noqa: S314
    assert words.count("AK") == 20
    assert words.count("Ada Kern") == 1


@given(st.text())
def test_any_words_are_well_formed(text: str) -> None:
    root = ET.fromstring(f'<a b="{clean(text)}">{clean(text)}</a>')  # noqa: S314 - our own words
    kept = "".join(c for c in text if c.isprintable())
    assert "".join(c for c in root.text or "" if c.isprintable()).replace("\ufffd", "") == kept.replace(
        "\ufffd", ""
    )


@given(st.text(max_size=60), st.floats(5, 300))
def test_cut_words_fit(text: str, room: float) -> None:
    cut = fitted(text, room)
    assert not cut or width_of(cut) <= room
    assert cut == text or not cut or cut.endswith("…")


@given(st.lists(st.tuples(st.floats(0, 700), st.floats(0, 500)), min_size=1, max_size=60), st.floats(0.1, 5))
def test_a_thinned_line_is_never_further_off_than_said(
    points: list[tuple[float, float]], most: float
) -> None:
    kept = thinned(points, most)
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    at = 0
    for first, last in pairwise(kept):
        start = points.index(first, at)
        end = points.index(last, start + 1)
        for x, y in points[start : end + 1]:
            (x0, y0), (x1, y1) = first, last
            dx, dy = x1 - x0, y1 - y0
            length = (dx * dx + dy * dy) ** 0.5
            away = (
                abs(dx * (y0 - y) - (x0 - x) * dy) / length
                if length
                else ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
            )
            assert away <= most + 1e-6
        at = end


@given(st.lists(st.integers(1, 4), min_size=1, max_size=40))
def test_steps_hold_each_value_until_the_next(values: list[int]) -> None:
    drawn = steps([(float(i), float(v)) for i, v in enumerate(values)])
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(drawn))
    assert drawn[-1] == (len(values) - 1, values[-1])


@given(st.lists(st.tuples(st.floats(-200, 900), st.floats(-200, 900)), max_size=30))
def test_a_path_ends_where_the_line_ends(points: list[tuple[float, float]]) -> None:
    x = y = 0.0
    for letter, numbers in re.findall(r"([Mlhv])([^Mlhv]*)", polyline(points)):
        parts = [float(part) for part in re.findall(r"-?[\d.]+", numbers)]
        if letter == "M":
            x, y = parts
        elif letter == "l":
            x, y = x + parts[0], y + parts[1]
        else:
            x, y = (x + parts[0], y) if letter == "h" else (x, y + parts[0])
    if points:
        assert (x, y) == (pytest.approx(points[-1][0], abs=0.06), pytest.approx(points[-1][1], abs=0.06))


@given(st.lists(st.tuples(st.floats(-50, 350), st.integers(0, 9)), max_size=40))
def test_labels_never_touch_and_stay_inside(wanted: list[tuple[float, int]]) -> None:
    labels = [Label(at, str(i), "text", rank=rank) for i, (at, rank) in enumerate(wanted)]
    found = placed(labels, 0, 300, 13)
    places = [place for place, _ in found]
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in places)
    assert all(b - a >= 13 - 1e-6 for a, b in pairwise(places))
    assert len(found) == min(len(labels), 24)


def test_a_label_with_room_stays_where_it_belongs() -> None:
    found = placed([Label(100, "a", "text"), Label(40, "b", "text"), Label(105, "c", "text")], 0, 300, 13)
    assert [place for place, _ in found] == [40, 96, 109]


@given(_SMALL, st.floats(1e-3, 1e6), st.integers(2, 12))
def test_ticks_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    for make in (number_ticks, time_ticks, lap_ticks):
        ticks = make(low, low + span, most)
        assert len(ticks) <= most + 1
        assert all(
            low - 1e-6 * span - 1e-6 <= tick.value <= low + span + 1e-6 * span + 1e-6 for tick in ticks
        )
    words = [tick.words for tick in number_ticks(low, low + span, most)]
    assert len(words) == len(set(words))


def test_ticks_as_people_say_them() -> None:
    assert [t.words for t in time_ticks(0, 86400, 9)] == [
        "0:00",
        "3:00",
        "6:00",
        "9:00",
        "12:00",
        "15:00",
        "18:00",
        "21:00",
        "24:00",
    ]
    assert [t.words for t in time_ticks(0, 300, 5)] == ["0:00", "1:00", "2:00", "3:00", "4:00", "5:00"]
    assert [t.words for t in lap_time_ticks(137.9, 139.6, 4)] == ["2:18.0", "2:18.5", "2:19.0", "2:19.5"]
    assert [t.words for t in number_ticks(-0.06, 0.11, 4)] == ["\N{MINUS SIGN}0.05", "0.00", "0.05", "0.10"]


def test_words_and_lines_are_seen_on_their_ground() -> None:
    for inks in (PAPER, SCREEN):
        colours = named(inks)
        for name, colour in colours.items():
            least = {"paper": 1, "grid": 1, "field": 1.5, "quiet": 2.5}.get(name, 4.5)
            assert contrast(colour, inks.paper) >= least, name


def test_a_figure_without_data_says_so() -> None:
    empty = [PositionChart(()), LineChart((Line("a", (1.0,), (None,)),), "y"), StintBars((BarRow("us", ()),))]
    for drawing in (*empty, LedgerBars(()), Distribution((), "a"), Scatter((), "x", "y"), TrackMap((), ())):
        words = all_words(ET.fromstring(inline_svg(drawing, PHONE, "")))  # noqa: S314 - our own picture
        assert words == "Nothing was recorded for this figure."


def test_what_is_no_number_breaks_the_line_and_goes_through_json() -> None:
    line = Line("a", (0.0, 1.0, 2.0), (1.0, float("nan"), 2.0))
    assert line.y == (1.0, None, 2.0)
    assert msgspec.json.decode(msgspec.json.encode(line), type=Line) == line


def test_gaps_reach_as_far_as_named_lines_do() -> None:
    xs = (0.0, 1.0, 2.0)
    lines = (Line("us", xs, (0.0, 5.0, 9.0), Rank.OURS), Line("lost", xs, (0.0, 900.0, 4000.0)))
    words = all_words(ET.fromstring(inline_svg(GapChart(lines, "us"), WIDE, "")))  # noqa: S314 - our own picture
    assert "10" in words.split()
    assert "1000" not in words
    assert "4000" in all_words(ET.fromstring(inline_svg(GapChart(lines[1:], "us"), WIDE, "")))  # noqa: S314
