"""The document as data: nothing is lost on the way through JSON, and what contradicts itself is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_examples import EXAMPLES

from pitbox.report import table as t
from pitbox.report.document import (
    FORMAT,
    Document,
    Fact,
    Paragraph,
    Query,
    Section,
    block_id,
    decode,
    digest,
    encode,
    query_numbers,
)
from pitbox.report.errors import ReportError
from pitbox.report.figure import Fit, Histogram, Line, TrackMap
from pitbox.report.words import lap_time_words, number_words, race_time_words, value_words


@pytest.mark.parametrize("name", EXAMPLES)
def test_goes_to_json_and_back(name: str) -> None:
    document = EXAMPLES[name]()
    assert decode(encode(document)) == document
    assert digest(document) == digest(EXAMPLES[name]())


def test_two_documents_have_two_digests() -> None:
    assert digest(EXAMPLES["short"]()) != digest(EXAMPLES["empty"]())


@given(st.binary(max_size=200))
def test_any_bytes_are_a_report_or_an_error(data: bytes) -> None:
    try:
        decode(data)
    except ReportError:
        return


@pytest.mark.parametrize("data", [b"[" * 100_000, b"{}", b'{"title":1}'])
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(ReportError):
        decode(data)


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(ReportError, match="newer"):
        decode(encode(Document("a", "", (), (), format=FORMAT + 1)))


@pytest.mark.parametrize(
    ("facts", "sections", "words"),
    [
        ((Fact("a", "b", query="gone"),), (), "gone"),
        ((), (Section("a", "", (Paragraph("x", ("lost",)),)),), "lost"),
        ((), (Section("a", "", (t.Table((t.number("n", query="away"),), ()),)),), "away"),
        ((), (Section("a", "", (t.Table((t.number("n"),), ((t.Cell(1.0, query="off"),),)),)),), "off"),
        ((), (Section("a", "", ()), Section("a", "", ())), "Two of one section: a"),
        ((), (Section("A b", "", ()),), "key"),
    ],
)
def test_a_document_that_contradicts_itself_is_refused(
    facts: tuple[Fact, ...], sections: tuple[Section, ...], words: str
) -> None:
    with pytest.raises(ReportError, match=words):
        Document("t", "", facts, sections)


@pytest.mark.parametrize(
    "make",
    [
        lambda: t.Table((t.text("a"), t.text("b")), (("x",),)),
        lambda: t.Table((t.text("a"),), (("x",),), total=("x", "y")),
        lambda: Line("a", (1.0,), ()),
        lambda: Fit("a", (1.0,), (1.0,), (), (2.0,)),
        lambda: TrackMap((1.0,), (1.0,), (0.5, 0.5)),
        lambda: Histogram((1.0, 2.0), (1.0, 2.0), "a"),
    ],
)
def test_what_has_not_the_same_length_is_refused(make: object) -> None:
    with pytest.raises(ReportError):
        make()  # type: ignore[operator]


def test_numbers_of_queries_follow_the_appendix() -> None:
    document = Document("t", "", (), (), (Query("b", ""), Query("a", "")))
    assert query_numbers(document) == {"b": 1, "a": 2}
    assert block_id(Section("pit", "", ()), 0) == "pit-1"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (lap_time_words(138.412), "2:18.412"),
        (lap_time_words(59.9996), "1:00.000"),
        (lap_time_words(58.4, 1), "58.4"),
        (lap_time_words(-61.5, 1), "\N{MINUS SIGN}1:01.5"),
        (lap_time_words(120.4, 0), "2:00"),
        (race_time_words(49327.4), "13:42:07"),
        (race_time_words(float("nan")), "\N{EN DASH}"),
        (number_words(-0.0004, 3, is_signed=True), "+0.000"),
        (number_words(-0.5, 1, is_signed=True), "\N{MINUS SIGN}0.5"),
        (number_words(9999), "9999"),
        (number_words(1234567.891, 1), "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567.9"),
        (value_words(None, t.number("n")), "\N{EN DASH}"),
        (value_words(t.Cell(0.312), t.delta("d")), "+0.312"),
        (value_words("lapped", t.delta("d")), "lapped"),
        (value_words(3.0, t.text("x")), "3"),
    ],
)
def test_values_in_words(said: str, expected: str) -> None:
    assert said == expected


@given(st.floats(0, 1e6), st.integers(0, 3))
def test_a_lap_time_is_read_back(time_s: float, digits: int) -> None:
    minutes, _, seconds = lap_time_words(time_s, digits).rpartition(":")
    assert float(seconds) < 60
    assert int(minutes or 0) * 60 + float(seconds) == pytest.approx(time_s, abs=0.5000001 * 10**-digits)
