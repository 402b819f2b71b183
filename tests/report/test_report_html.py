"""The page needs nothing but itself, and says everything to who reads it by ear, by keyboard or on paper."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_examples import EXAMPLES
from test_report_style import png

from pitbox.report import table as t
from pitbox.report.document import Callout, Document, Fact, Missing, Paragraph, Query, Section
from pitbox.report.html.block import block_html
from pitbox.report.html.page import write_html
from pitbox.report.style import Style, logo_of

_VOID = {"meta", "img", "br", "wbr", "link", "input", "hr"}
STYLE = Style("Ardennes <Racing>", "#e4c400", logo_of(png()))


class Page(HTMLParser):
    """Every element in order, with the ones around it; raises when they are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_needs_nothing_but_itself(name: str) -> None:
    text = write_html(EXAMPLES[name](), STYLE).decode()
    page = Page(text)
    for tag, attributes in page.elements:
        assert tag not in {
            "script",
            "link",
            "iframe",
            "object",
            "embed",
            "form",
            "base",
            "use",
            "foreignobject",
        }
        for key, value in attributes.items():
            assert not key.startswith("on")
            if key in {"src", "href", "xlink:href", "srcset", "data", "action", "poster"}:
                assert value.startswith(("#", "data:image/", "data:font/")), value
    sheets = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert sheets
    assert "@import" not in sheets
    assert set(re.findall(r"url\(\"?(\w+:)", sheets)) == {"data:"}
    assert "default-src 'none'" in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_can_be_heard_and_walked_through(name: str) -> None:
    document = EXAMPLES[name]()
    page = Page(write_html(document, STYLE).decode())
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"].removeprefix("#") for a in page.all("a")} <= set(ids)
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == 1
    assert len(page.all("h2")) == 1 + len(document.sections) + bool(document.queries)
    assert all(picture["role"] == "img" and picture["aria-label"] for picture in page.all("svg"))
    assert all("scope" in head for head in page.all("th"))
    assert all(image["alt"] for image in page.all("img"))
    assert len(page.all("table")) == len(page.all("thead")) == len(page.all("tbody"))
    assert all(
        box["tabindex"] == "0" and box["aria-label"]
        for box in page.all("div")
        if box.get("class") == "scroll"
    )


def test_the_same_document_has_the_same_bytes() -> None:
    assert write_html(EXAMPLES["short"](), STYLE) == write_html(EXAMPLES["short"](), STYLE)
    assert write_html(EXAMPLES["short"]()) != write_html(EXAMPLES["short"](), STYLE)


def test_a_24_hour_race_of_60_cars_is_sent_by_mail() -> None:
    assert len(write_html(EXAMPLES["long"](), STYLE)) < 2_000_000


_ANY = st.text(max_size=40)


@given(_ANY, _ANY)
def test_any_text_stays_text(first: str, second: str) -> None:
    document = Document(
        first,
        second,
        (Fact(first, second, first, is_big=True),),
        (
            Section(
                "a",
                first,
                (
                    Paragraph(second, ("q",)),
                    Callout(first, second, t.Tone.BAD),
                    Missing(first),
                    t.Table(
                        (t.text(first, hint=second), t.number(second, first)),
                        ((second, t.Cell(1.0, note=first)),),
                        title=second,
                    ),
                ),
            ),
        ),
        (Query("q", first, second),),
        made=second,
    )
    page = Page(write_html(document, Style(first)).decode())
    plain = Page(write_html(DECENT, Style("x")).decode())
    # The same elements as with harmless words: nothing was read as markup.
    harmless = [tag for tag, _ in plain.elements if tag not in {"br", "wbr"}]
    assert [tag for tag, _ in page.elements if tag not in {"br", "wbr"}] == harmless or not (first and second)


DECENT = Document(
    "x",
    "x",
    (Fact("x", "x", "x", is_big=True),),
    (
        Section(
            "a",
            "x",
            (
                Paragraph("x", ("q",)),
                Callout("x", "x", t.Tone.BAD),
                Missing("x"),
                t.Table(
                    (t.text("x", hint="x"), t.number("x", "x")), (("x", t.Cell(1.0, note="x")),), title="x"
                ),
            ),
        ),
    ),
    (Query("q", "x", "x"),),
    made="x",
)


def test_tones_are_said_by_a_sign_too() -> None:
    rows = tuple((tone.value, t.Cell(1.0, tone)) for tone in t.Tone)
    table = t.Table((t.text("a"), t.number("b")), rows)
    text = write_html(Document("t", "", (), (Section("a", "a", (table,)),))).decode()
    assert re.findall(r'<span class="sign">(.)</span>', text) == ["✓", "!", "✗", "●"]


def test_numbers_keep_their_column_where_something_stands_beside_one() -> None:
    table = t.Table(
        (t.text("a"), t.number("b", "l", 1, query="q")), (("x", 1), ("y", t.Cell(2, spread=0.3)), ("z", None))
    )
    text = write_html(Document("t", "", (), (Section("a", "a", (table,)),), (Query("q", ""),))).decode()
    assert '<th scope="col" class="n" colspan="2">b&nbsp;<span class="unit">l</span>' in text
    assert re.findall(r'<td class="n w">([^<]*)</td><td class="aside w">([^<]*)</td>', text) == [
        ("1.0", ""),
        ("2.0", "± 0.3"),
        ("\N{EN DASH}", ""),
    ]


def test_an_empty_table_says_so() -> None:
    text = write_html(EXAMPLES["empty"]()).decode()
    assert "Nothing to list." in text
    assert "No result: the session was left before its end." in text


def test_sentences_are_cards_on_a_phone_with_each_value_under_its_name() -> None:
    said = "Box at the end of this lap, for rain is near."
    table = t.Table(
        (t.number("Lap"), t.text("Said"), t.number("Cost", "s"), t.text("Done")), ((3, said, 1, said),)
    )
    text = write_html(Document("t", "", (), (Section("a", "a", (table,)),))).decode()
    assert '<div class="table cards"' in text
    assert f'<td class="l" data-head="Said">{said}</td><td class="n w" data-head="Cost, s">1</td>' in text


def test_one_query_behind_a_whole_table_stands_at_its_title() -> None:
    def page(title: str, second: str) -> str:
        table = t.Table((t.text("a", query="q"), t.number("b", query=second)), (("x", 1),), title)
        queries = (Query("q", ""), Query("r", ""))
        return write_html(Document("t", "", (), (Section("a", "a", (table,)),), queries)).decode()

    assert [len(re.findall('aria-label="Query', page("Laps", second))) for second in ("q", "", "r")] == [
        1,
        1,
        2,
    ]
    assert "<caption>Laps<sup" in page("Laps", "q")
    assert len(re.findall('aria-label="Query', page("", "q"))) == 2, "no title, no place for it"


def test_no_line_ends_within_an_option_of_a_command() -> None:
    said = Paragraph("Nobody of ours recorded this race from inside; --car names another car.")
    text = block_html(said, "", {})
    assert '<span class="whole">--car</span> names' in text
