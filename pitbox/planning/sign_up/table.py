"""A CSV file of unknown make as heads and rows: its encoding, its delimiter and its head are found out."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

import msgspec

from pitbox.planning.sign_up.columns import guessed

_DELIMITERS = ",;\t|"
_HEAD_WITHIN = 10
"""Rows that may stand above the head: a title, a date."""
_LOOKED_AT = 30


class Line(msgspec.Struct, frozen=True):
    line: int
    """At which it begins, counted from 1."""
    cells: tuple[str, ...]


class Table(msgspec.Struct, frozen=True):
    heads: tuple[str, ...]
    rows: tuple[Line, ...]
    head_line: int
    delimiter: str
    encoding: str
    broken: tuple[tuple[int, str], ...] = ()
    """Lines that are no CSV, each with a sentence."""
    has_head: bool = True
    """Else the heads are empty, and the first row is one like the others."""


def table_of(data: bytes, has_head: bool | None = None) -> Table:
    """`has_head`: whether the first row is one; None: it is found out."""
    text, encoding = _decoded(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = max(_DELIMITERS, key=lambda one: _fit(text, one))
    lines, broken = _lines(text, delimiter)
    lines = [line for line in lines if any(cell.strip() for cell in line.cells)]
    if not lines:
        return Table((), (), 1, delimiter, encoding, tuple(broken))
    if has_head is False:
        nameless = ("",) * max(len(line.cells) for line in lines)
        return Table(
            nameless, tuple(lines), lines[0].line, delimiter, encoding, tuple(broken), has_head=False
        )
    at = 0 if has_head else _head(lines)
    heads = tuple(" ".join(cell.split()) for cell in lines[at].cells)
    return Table(heads, tuple(lines[at + 1 :]), lines[at].line, delimiter, encoding, tuple(broken))


def _decoded(data: bytes) -> tuple[str, str]:
    """Excel writes its own code page where it is not told otherwise."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "utf-16"
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "cp1252"


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How many rows have as many cells as most of them, where that is more than one; then how many cells."""
    first = islice(_read(text[:200_000], delimiter), _LOOKED_AT)
    widths = [len(line.cells) for line in first if isinstance(line, Line) and any(line.cells)]
    if not widths:
        return 0, 0
    common = max(set(widths), key=lambda width: (widths.count(width), width))
    return (widths.count(common), common) if common > 1 else (0, 0)


def _lines(text: str, delimiter: str) -> tuple[list[Line], list[tuple[int, str]]]:
    lines: list[Line] = []
    broken: list[tuple[int, str]] = []
    for found in _read(text, delimiter):
        if isinstance(found, Line):
            lines.append(found)
        else:
            broken.append((found, "A quotation mark is open: the line is no CSV."))
    return lines, broken


def _read(text: str, delimiter: str) -> Iterator[Line | int]:
    """Each record, or the number of a line that cannot be one: then the next line begins afresh."""
    rest = text.split("\n")
    at = 0
    while at < len(rest):
        reader = csv.reader(io.StringIO("\n".join(rest[at:]) + "\n"), delimiter=delimiter, strict=True)
        begins = at
        try:
            for cells in reader:
                yield Line(begins + 1, tuple(cells))
                begins = at + reader.line_num
        except csv.Error:
            yield begins + 1
            at = begins + 1
        else:
            return


def _head(lines: list[Line]) -> int:
    """The first row that calls more columns by known names than any other of the first ones."""
    scores = []
    for line in lines[:_HEAD_WITHIN]:
        columns = guessed(line.cells, [])
        named = {column.field for column in columns} & {"name", "first name", "last name"}
        scores.append((bool(named), sum(bool(column.field) for column in columns)))
    best = max(scores)
    return scores.index(best) if best[1] else 0
