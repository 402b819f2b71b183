"""The whole page: title, contents, sections, appendix."""

import base64
from functools import cache
from importlib import resources

from pitbox.report.document import Document, Fact, Query, Section, block_id, query_numbers
from pitbox.report.html.block import attribute, block_html, fact_html, mark_up, reference
from pitbox.report.html.sheet import sheet
from pitbox.report.style import Style

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""Even a fault in our own writing could fetch nothing and run nothing."""


def write_html(document: Document, style: Style | None = None) -> bytes:
    """The same bytes for the same document and style."""
    style = style or Style()
    numbers = query_numbers(document)
    parts = [
        f'<!doctype html>\n<html lang="{attribute(document.language)}">\n<head>\n<meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n',
        '<meta name="color-scheme" content="light dark">\n',
        f"<title>{attribute(document.title)}</title>\n<style>{sheet(style, _faces())}</style>\n",
        "</head>\n<body>\n",
        _cover(document, style, numbers),
        '<div class="book">\n',
        _contents(document),
        "<main>\n",
        *(_section(section, numbers) for section in document.sections),
        _appendix(document.queries),
        "</main>\n</div>\n",
        f"<footer>{mark_up(document.made)}</footer>\n" if document.made else "",
        "</body>\n</html>\n",
    ]
    return "".join(parts).encode()


def _cover(document: Document, style: Style, numbers: dict[str, int]) -> str:
    logo = f'<img src="{style.logo.address}" alt="{attribute(style.team or "Logo")}">' if style.logo else ""
    team = f'<p class="team">{logo}<span>{mark_up(style.team)}</span></p>' if style.team or logo else ""
    big = [fact for fact in document.facts if fact.is_big]
    small = [fact for fact in document.facts if not fact.is_big]
    return (
        f'<header class="cover">{team}\n<h1>{mark_up(document.title)}</h1>\n'
        f'<p class="subtitle">{mark_up(document.subtitle)}</p>\n'
        f"{_fact_list(big, 'big', numbers)}{_fact_list(small, 'small', numbers)}</header>\n"
    )


def _fact_list(facts: list[Fact], size: str, numbers: dict[str, int]) -> str:
    if not facts:
        return ""
    return f'<dl class="facts {size}">{"".join(fact_html(fact, numbers) for fact in facts)}</dl>\n'


def _contents(document: Document) -> str:
    lines = [f'<li><a href="#{s.key}">{mark_up(s.title)}</a></li>' for s in document.sections]
    if document.queries:
        lines.append('<li><a href="#queries">Where the numbers come from</a></li>')
    return f'<nav aria-label="Contents"><h2>Contents</h2><ol>{"".join(lines)}</ol></nav>\n'


def _section(section: Section, numbers: dict[str, int]) -> str:
    intro = f'<p class="intro">{mark_up(section.intro)}</p>\n' if section.intro else ""
    blocks = "".join(
        block_html(block, block_id(section, index), numbers) for index, block in enumerate(section.blocks)
    )
    title = mark_up(section.title)
    return (
        f'<section id="{section.key}" aria-labelledby="{section.key}-title">\n'
        f'<h2 id="{section.key}-title">{title}</h2>\n{intro}{blocks}</section>\n'
    )


def _appendix(queries: tuple[Query, ...]) -> str:
    if not queries:
        return ""
    lines = []
    for number, query in enumerate(queries, 1):
        sql = f'<pre tabindex="0"><code>{attribute(query.sql)}</code></pre>' if query.sql else ""
        lines.append(
            f'<li id="{reference(number)}"><p>{mark_up(query.words)} '
            f'<code class="id">{mark_up(query.id)}</code></p>{sql}</li>\n'
        )
    return (
        '<section id="queries" aria-labelledby="queries-title">\n'
        '<h2 id="queries-title">Where the numbers come from</h2>\n'
        '<p class="intro">The small number behind a figure is one of these. '
        "Each can be run again in the session's own database.</p>\n"
        f'<ol class="queries">\n{"".join(lines)}</ol>\n</section>\n'
    )


@cache
def _faces() -> str:
    """The report's typeface within the page: a part of Inter, Latin letters and figures of one width."""
    rules = []
    for weight, name in ((400, "regular"), (600, "semibold")):
        data = resources.files("pitbox.report").joinpath("resource", f"inter-{name}.woff2").read_bytes()
        text = base64.b64encode(data).decode("ascii")
        rules.append(
            f"@font-face{{font-family:Inter;font-weight:{weight};font-display:block;"
            f'src:url("data:font/woff2;base64,{text}") format("woff2")}}'
        )
    return "".join(rules)
