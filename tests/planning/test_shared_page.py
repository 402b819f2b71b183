"""The page that is sent round: whole, harmless whatever people wrote, and each one's clock right."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from msgspec.structs import replace
from plan_sheets import SHEETS, spa

from pitbox.planning.exchange.page import write_page
from pitbox.planning.exchange.sheet import PlanSheet

TAGS = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "h1",
        "h2",
        "h3",
        "p",
        "section",
        "div",
        "svg",
    }
    | {"rect", "text", "line", "table", "thead", "tbody", "tr", "th", "td", "span", "bdi", "footer"}
)
ATTRIBUTES = frozenset(
    {"lang", "charset", "http-equiv", "content", "name", "class", "width", "height", "role", "aria-label"}
    | {"x", "y", "x1", "x2", "y1", "y2"}
)
VOID = frozenset(("meta",))


class Reader(HTMLParser):
    """Keeps tags, attributes and text apart, and sees that what was opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.rows: list[list[str]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if "td" in self.open:
            self.rows[-1][-1] += data


def read(sheet: PlanSheet) -> Reader:
    reader = Reader()
    reader.feed(write_page(sheet).decode())
    reader.close()
    assert not reader.open
    return reader


@settings(max_examples=40)
@given(SHEETS)
def test_nothing_that_people_wrote_becomes_markup(sheet: PlanSheet) -> None:
    page = write_page(sheet).decode()
    found = read(sheet)
    assert found.tags <= TAGS
    assert found.attributes <= ATTRIBUTES
    assert not re.search(r"https?://|url\(|@import", page.partition("<body>")[0])
    picture = re.search(r"<svg.*?</svg>", page, re.DOTALL)
    if picture:
        ET.fromstring(picture[0])  # noqa: S314 - ours, and only to see that it is well formed


def test_a_day_at_spa_on_four_clocks() -> None:
    found = read(spa())
    rows = [row for row in found.rows if row]
    assert rows[3][:5] == ["4", "Kai Nakamuraat the wheel", "Sat 16:00", "3:00:30", "0:59 h"]
    words = "Save fuel; hand over warm tyres, no kerbs in sector 2"
    assert rows[3][5:] == ["", "102 l", "no tyres", "Sam O'Neill", words]
    assert rows[24][1:3] == ["Kai Nakamuraskipped", ""]
    assert rows[12][1:4] == ["Léa Fournier", "Sun 01:02", "12:02:00"]
    assert [row for row in rows if row[0] == "13"] == [
        [
            "13",
            "Léa Fournier",
            "Sun 01:02",
            "12:02:00",
            "0:59 h",
            "",
            "102 l",
            "new tyres",
            "Ada Lovelace",
            "",
        ],
        ["13", "Sun 29 Mar 01:02\u2009\u2013\u200903:01", "0:59 h"],
    ], "an hour is left out in Paris that night"
    words = "".join(found.words)
    for place in ("London · 5:54 h in 6 stints, spots in 6", "Tokyo", "Los Angeles", "(Brussels)"):
        assert place in words
    assert "after 42 edits" in words


def test_what_is_not_known_is_not_shown() -> None:
    sheet = replace(spa(), start_utc_s=None, dark=())
    words = "".join(read(sheet).words)
    assert "the start is not known yet" in words
    assert "own clock" not in words
    assert "night on the track" not in words
    assert "No stint is planned yet" in "".join(read(replace(sheet, lines=())).words)
