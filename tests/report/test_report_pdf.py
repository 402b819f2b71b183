"""The PDF: any text is set, the same document gives the same bytes, and a failure leaves what was there."""

import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from report_examples import EXAMPLES
from test_report_style import png

from pitbox.report import figure as f
from pitbox.report import table as t
from pitbox.report.document import Callout, Document, Fact, Facts, Missing, Paragraph, Query, Section
from pitbox.report.errors import PdfCompileError, PdfEngineError, PdfError, PdfTimeoutError
from pitbox.report.pdf import book
from pitbox.report.pdf import manuscript as manuscripts
from pitbox.report.pdf.book import write_pdf
from pitbox.report.pdf.manuscript import manuscript, needs_system_faces
from pitbox.report.style import Style, logo_of

STYLE = Style("Ardennes Racing", "#e4c400", logo_of(png()))


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_same_document_has_the_same_bytes(tmp_path: Path) -> None:
    first = write_pdf(EXAMPLES["short"](), STYLE, tmp_path).read_bytes()
    assert first.startswith(b"%PDF-")
    assert first.rstrip().endswith(b"%%EOF")
    assert write_pdf(EXAMPLES["short"](), STYLE, tmp_path, name="again.pdf").read_bytes() == first
    assert left_behind(tmp_path) == ["again.pdf", "report.pdf"]


@pytest.mark.parametrize("name", ["empty", "names"])
def test_the_odd_ones_are_set(name: str, tmp_path: Path) -> None:
    assert write_pdf(EXAMPLES[name](), None, tmp_path).stat().st_size > 10_000


def test_a_chart_is_less_high_where_the_page_has_less_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tuple(f.Line(f"car {at}", (0.0, 3600.0), (at, at), f.Rank.FIELD) for at in range(1, 61))
    result = t.Table((t.number("Place"), t.text("Team")), tuple((at, "Kerb") for at in range(1, 34)))
    chart = f.Figure("Positions", f.PositionChart(lines), "")
    document = Document("Race", "", (), (Section("result", "Result", (result, chart)),), (), "")
    assert pages(write_pdf(document, None, tmp_path)) == 2, "a title, and all of it"
    monkeypatch.setattr(manuscripts, "low_svg", lambda *_: None)
    assert pages(write_pdf(document, None, tmp_path)) == 3


def pages(path: Path) -> int:
    found = re.search(
        rb"/Type\s*/Pages\b[^>]*?/Count (\d+)|/Count (\d+)[^>]*?/Type\s*/Pages\b", path.read_bytes()
    )
    assert found is not None
    return int(found[1] or found[2])


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60), min_size=12, max_size=30))
@example(["", "", "AÀ", *[""] * 9])  # two letters, and no code of a language
def test_any_text_is_set(tmp_path: Path, texts: list[str]) -> None:
    write_pdf(
        of_words([*texts, "#panic()", "$x", "*b", "`", "\\", "]", '"', "//", "= a", "@x", "<y>"]),
        None,
        tmp_path,
    )


def of_words(texts: list[str]) -> Document:
    blocks = [
        block
        for text in texts
        for block in (
            Paragraph(text, ("q",)),
            Callout(text, text, t.Tone.WARN),
            Missing(text),
            Facts((Fact(text, text, text),)),
        )
    ]
    columns = (t.text(texts[0]), t.number(texts[1], texts[2]))
    table = t.Table(
        columns, tuple((text, t.Cell(text, t.Tone.BEST, text)) for text in texts), texts[3], texts[4]
    )
    queries = (Query("q", texts[5], texts[6]), *(Query(f"q{i}", text, text) for i, text in enumerate(texts)))
    sections = (Section("a", texts[7], (*blocks, table), texts[8]),)
    return Document(
        texts[9], texts[10], (Fact(texts[0], texts[1], is_big=True),), sections, queries, texts[11], texts[2]
    )


def test_a_report_that_the_engine_refuses_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.pdf").write_bytes(b"old")
    monkeypatch.setattr(book, "manuscript", lambda *_: ({"title": "x"}, {}))
    with pytest.raises(PdfCompileError, match="refused"):
        write_pdf(EXAMPLES["empty"](), None, tmp_path)
    assert (tmp_path / "report.pdf").read_bytes() == b"old"
    assert left_behind(tmp_path) == ["report.pdf"]


def test_what_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(PdfTimeoutError, match="given up"):
        write_pdf(EXAMPLES["empty"](), None, tmp_path, time_limit_s=0.001)
    assert left_behind(tmp_path) == []


def test_an_engine_that_does_not_start_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(PdfEngineError, match="could not be started"):
        write_pdf(EXAMPLES["empty"](), None, tmp_path)


def test_an_engine_that_dies_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(PdfError, match="ended with 1"):
        write_pdf(EXAMPLES["empty"](), None, tmp_path)


def test_what_is_set_is_what_the_page_says() -> None:
    data, pictures = manuscript(EXAMPLES["long"](), STYLE)
    kinds = [block["kind"] for section in data["sections"] for block in section["blocks"]]
    low = [name for name in pictures if name.startswith("low-")]
    assert kinds.count("figure") == len(pictures) - len(low) == 10
    assert len(low) == 2, "positions and gaps are drawn once more for a page with less room"
    assert data["logo"] == "logo.png"
    result = data["sections"][0]["blocks"][1]
    assert result["rows"][0][1] == "#2 Manthey"
    assert result["rows"][0][5] == {"v": "2:17.900", "tone": "best", "sign": "●", "aside": "", "refs": []}
    assert result["heads"][3]["refs"] == [1]
    assert result["ours"] == [3]


def test_only_strange_scripts_ask_the_system_for_letters() -> None:
    assert not needs_system_faces("Ñandú Ελλάδα Россия 東京 ソウル 서울 ± \N{MINUS SIGN} ● 2:18.412")
    assert needs_system_faces("ทีม")
    assert needs_system_faces("فريق")
