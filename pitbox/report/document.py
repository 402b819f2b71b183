"""One report: title page, sections of typed blocks, and the queries behind its numbers.

`html` and `pdf` write the same document; it goes to JSON and back without loss.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator

import msgspec

from pitbox.report.errors import ReportError
from pitbox.report.figure import Figure
from pitbox.report.table import Cell, Table, Tone

FORMAT = 1
"""Raised when an older reader would misread a document."""


class Fact(msgspec.Struct, frozen=True):
    """A line of the title page, or of a row of figures: `Best lap`, `2:17.942`."""

    label: str
    value: str
    note: str = ""
    """Small behind the value: a unit, a spread, a source."""
    query: str = ""
    is_big: bool = False
    """Stands in the row of large figures."""


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    text: str
    queries: tuple[str, ...] = ()
    """Behind the numbers in the text."""


class Callout(msgspec.Struct, frozen=True, tag="callout"):
    """What a reader should not miss."""

    title: str
    text: str = ""
    tone: Tone = Tone.PLAIN
    queries: tuple[str, ...] = ()


class Missing(msgspec.Struct, frozen=True, tag="missing"):
    """What does not stand here, and why, in one sentence: `No fuel model: fewer than ten laps are known.`."""

    text: str


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """A row of figures within a section."""

    facts: tuple[Fact, ...]


Block = Paragraph | Callout | Missing | Facts | Table | Figure


class Section(msgspec.Struct, frozen=True):
    key: str
    """Its id in every report: `pit-ledger`. Small letters, digits and hyphens."""
    title: str
    blocks: tuple[Block, ...]
    intro: str = ""
    """One sentence below the title."""
    is_new_page: bool = False
    """Begins on a new page of the PDF where less than a quarter of one is left."""


class Query(msgspec.Struct, frozen=True):
    id: str
    words: str
    """What it answers."""
    sql: str = ""
    """To be run in the session's DuckDB file; empty where `words` alone say how it was computed."""


class Document(msgspec.Struct, frozen=True):
    title: str
    subtitle: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    queries: tuple[Query, ...] = ()
    made: str = ""
    """When, of what and by which version, for people."""
    language: str = "en"
    format: int = FORMAT

    def __post_init__(self) -> None:
        _refuse_twice("section", (section.key for section in self.sections))
        _refuse_twice("query", (query.id for query in self.queries))
        for section in self.sections:
            if not _is_key(section.key):
                raise ReportError(f"{section.key!r} cannot be a section's key.")
        known = {query.id for query in self.queries}
        if lost := sorted(set(used_queries(self)) - known):
            raise ReportError(f"Queries are named that the appendix lacks: {', '.join(lost)}.")


def encode(document: Document) -> bytes:
    return msgspec.json.encode(document)


def decode(data: bytes) -> Document:
    """Raises ReportError."""
    try:
        document = msgspec.json.decode(data, type=Document)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ReportError(f"No report: {error}") from error
    if document.format > FORMAT:
        raise ReportError(f"Written by a newer PitBox: format {document.format}.")
    return document


def digest(document: Document) -> str:
    """The same content has the same, on every machine."""
    return hashlib.sha256(encode(document)).hexdigest()[:16]


def block_id(section: Section, index: int) -> str:
    """An anchor of the block with this number from 0."""
    return f"{section.key}-{index + 1}"


def query_numbers(document: Document) -> dict[str, int]:
    """The small number that stands behind what a query answers; 1 is the first of the appendix."""
    return {query.id: number for number, query in enumerate(document.queries, 1)}


def used_queries(document: Document) -> Iterator[str]:
    """Every id that something names, as often as it is named."""
    yield from (fact.query for fact in document.facts if fact.query)
    for section in document.sections:
        for block in section.blocks:
            yield from (name for name in _queries_of(block) if name)


def _queries_of(block: Block) -> Iterator[str]:
    match block:
        case Paragraph() | Callout():
            yield from block.queries
        case Facts():
            yield from (fact.query for fact in block.facts)
        case Figure():
            yield block.query
        case Table():
            yield from (column.query for column in block.columns)
            for row in (*block.rows, block.total):
                yield from (value.query for value in row if isinstance(value, Cell))
        case Missing():
            pass


def _refuse_twice(noun: str, keys: Iterator[str]) -> None:
    if double := sorted(key for key, count in Counter(keys).items() if count > 1):
        raise ReportError(f"Two of one {noun}: {', '.join(double)}.")


def _is_key(key: str) -> bool:
    return bool(key) and key[0] != "-" and all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in key)
