"""What the typesetter reads: the document in words, as data. Nothing of it is ever read as markup."""

import textwrap
from collections.abc import Sequence
from typing import Any

from pitbox.report.document import (
    Block,
    Callout,
    Document,
    Fact,
    Facts,
    Missing,
    Paragraph,
    block_id,
    query_numbers,
)
from pitbox.report.figure import Figure
from pitbox.report.grid import Head, Word, grid_of
from pitbox.report.style import Style
from pitbox.report.svg.draw import WIDE, low_svg, plain_svg
from pitbox.report.svg.ink import named
from pitbox.report.table import Table

_LONGEST_WORD = 18
"""A longer one may be broken: nothing runs into its neighbour."""
_PART = 6
_NAMES = frozenset({"alt", "file", "kind", "lang", "logo", "low", "tone"})
"""What is not set as words."""
_ROOMY = 9
"""So many columns have room for their titles in one line."""
_LEAST_TITLE = 9
_NARROWEST, _WIDEST = 56, 120
"""Letters that a column of sentences counts as when it shares the room; what is beside a value, the least."""
_CLAUSE = 22
_PART_OF_A_PAGE = 600
"""Letters that never fill a page: a row of no more stands on one page."""
_LOW = "low-"
"""Before the name of the picture that a page with less room takes."""
_BREAK = "\N{ZERO WIDTH SPACE}"
_PLAIN_SCRIPTS = (
    range(0x0530),
    range(0x1E00, 0xA4D0),
    range(0xAC00, 0xD7B0),
    range(0xF900, 0xFB00),
    range(0xFE30, 0xFFF0),
)
"""Of these the bundled typefaces have the signs: Latin, Greek, Cyrillic, Chinese, Japanese, Korean."""

Numbers = dict[str, int]


def manuscript(document: Document, style: Style) -> tuple[dict[str, Any], dict[str, str]]:
    """The data, and the pictures by the name that the data know them by."""
    numbers = query_numbers(document)
    pictures: dict[str, str] = {}
    inks = style.inks("paper")
    sections = []
    for section in document.sections:
        blocks = []
        for index, block in enumerate(section.blocks):
            name = f"{block_id(section, index)}.svg"
            if isinstance(block, Figure):
                pictures[name] = plain_svg(block.drawing, WIDE, inks)
                low = low_svg(block.drawing, WIDE, inks)
                if low is not None:
                    pictures[_LOW + name] = low
            blocks.append(_block(block, name, numbers, has_low=_LOW + name in pictures))
        sections.append(
            {
                "title": section.title,
                "intro": section.intro,
                "fresh": section.is_new_page,
                "blocks": blocks,
            }
        )
    data = {
        "title": document.title,
        "subtitle": document.subtitle,
        "made": document.made,
        "lang": document.language
        if document.language.isascii() and document.language.isalpha() and len(document.language) in (2, 3)
        else "en",
        "team": style.team,
        "logo": f"logo.{style.logo.kind}" if style.logo else "",
        "band": style.band,
        "inks": named(inks) | {"best": "#7440c8"},
        "facts": [_fact(fact, numbers) for fact in document.facts],
        "sections": sections,
        "queries": [{"id": query.id, "words": query.words, "sql": query.sql} for query in document.queries],
    }
    return _soft(data), pictures


def needs_system_faces(text: str) -> bool:
    """Whether it has letters that no bundled typeface has."""
    return any(not any(ord(c) in script for script in _PLAIN_SCRIPTS) for c in set(text))


def _block(block: Block, picture: str, numbers: Numbers, *, has_low: bool) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "text": block.text, "refs": _refs(block.queries, numbers)}
        case Callout():
            said = {"title": block.title, "text": block.text, "tone": block.tone.value}
            return {"kind": "callout", **said, "refs": _refs(block.queries, numbers)}
        case Missing():
            return {"kind": "missing", "text": block.text}
        case Facts():
            return {"kind": "facts", "facts": [_fact(fact, numbers) for fact in block.facts]}
        case Figure():
            said = {"title": block.title, "note": block.note, "alt": block.description or block.title}
            files = {"file": picture, "low": _LOW + picture if has_low else ""}
            return {"kind": "figure", **said, **files, "refs": _refs((block.query,), numbers)}
        case Table():
            return _table(block, numbers)


def _fact(fact: Fact, numbers: Numbers) -> dict[str, Any]:
    said = {"label": fact.label, "value": fact.value, "note": fact.note, "big": fact.is_big}
    return {**said, "refs": _refs((fact.query,), numbers)}


def _table(table: Table, numbers: Numbers) -> dict[str, Any]:
    grid = grid_of(table)
    is_tight = grid.is_wordy or grid.width > _ROOMY
    return {
        "kind": "table",
        "title": table.title,
        "note": table.note,
        "heads": [_head(head, numbers, is_tight=is_tight, is_wordy=grid.is_wordy) for head in grid.heads],
        "width": grid.width,
        "refs": _refs((grid.query,), numbers),
        "whole": all(max(head.longest, head.longest_aside) <= _PART_OF_A_PAGE for head in grid.heads),
        "rows": [[_cell(word, numbers) for word in row] for row in grid.rows],
        "total": [_cell(word, numbers) for word in grid.total],
        "ours": sorted(set(table.marked)),
    }


def _head(head: Head, numbers: Numbers, *, is_tight: bool, is_wordy: bool) -> dict[str, Any]:
    """`share` of the room that columns of values leave; 0 for one of them."""
    kind = {"number": head.is_number, "aside": head.has_aside}
    share = _share(head.longest) if is_wordy and not head.is_number else 0
    beside = min(_share(head.longest_aside), _NARROWEST) if is_wordy and head.is_number else 0
    lines = [head.title]
    if is_tight and not share:  # a long title makes a column of short values wide
        lines = textwrap.wrap(head.title, max(head.longest, _LEAST_TITLE), break_long_words=False)
    return {
        "lines": lines or [""],
        "unit": head.unit,
        "share": share,
        "beside": beside,
        **kind,
        "refs": _refs((head.query,), numbers),
    }


def _share(letters: int) -> int:
    """Of the room that columns of values leave; none for so few letters that they need none of it."""
    return min(max(letters, _NARROWEST), _WIDEST) if letters > _CLAUSE else 0


def _cell(word: Word, numbers: Numbers) -> str | dict[str, Any]:
    """Most cells are only their words: a table of a 24 h race has thousands of them."""
    value = word.value
    if word == Word(word.value):
        return value
    said = {"v": value, "tone": word.tone.value, "sign": word.sign, "aside": word.aside}
    return {**said, "refs": _refs((word.query,), numbers)}


def _refs(queries: Sequence[str], numbers: Numbers) -> list[int]:
    return [numbers[name] for name in queries if name in numbers]


def _soft(value: Any, key: str = "") -> Any:
    """All words of the data; those that are too long for a column may be broken within."""
    match value:
        case str():
            if len(value) <= _LONGEST_WORD or key in _NAMES:
                return value
            return " ".join(_broken(word) for word in value.split(" "))
        case dict():
            return {name: _soft(inner, name) for name, inner in value.items()}
        case list():
            return [_soft(inner) for inner in value]
        case _:
            return value


def _broken(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return word
    return _BREAK.join(word[start : start + _PART] for start in range(0, len(word), _PART))
