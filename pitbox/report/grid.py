"""A table in words, as HTML and PDF both set it: what stands in each cell, its sign, what is beside it."""

from collections.abc import Sequence

import msgspec

from pitbox.report.table import Cell, Column, ColumnKind, Row, Table, Tone, Value
from pitbox.report.words import spread_words, value_words

SIGNS = {Tone.BEST: "●", Tone.GOOD: "✓", Tone.WARN: "!", Tone.BAD: "✗"}
"""Before the value, so that numbers keep their column; who sees no colour reads these."""
_SENTENCE, _CLAUSE = 40, 22
"""Letters from which a table is wordy, and from which a column of it shares its room."""


class Word(msgspec.Struct, frozen=True):
    value: str
    tone: Tone = Tone.PLAIN
    aside: str = ""
    query: str = ""

    @property
    def sign(self) -> str:
        return SIGNS.get(self.tone, "")


class Head(msgspec.Struct, frozen=True):
    title: str
    unit: str
    is_number: bool
    has_aside: bool
    """Something stands beside a value: a column of its own, so that numbers stay in line."""
    query: str
    hint: str
    longest: int
    """Letters of its longest value."""
    longest_aside: int
    """And of what stands beside one."""

    @property
    def is_wordy(self) -> bool:
        """Words and no values: beside sentences it shares the room that the others leave."""
        return not self.is_number and self.longest > _CLAUSE


class Grid(msgspec.Struct, frozen=True):
    heads: tuple[Head, ...]
    rows: tuple[tuple[Word, ...], ...]
    total: tuple[Word, ...]
    query: str = ""
    """Behind the whole table: said once, beside its title."""

    @property
    def width(self) -> int:
        """In columns as they are set."""
        return len(self.heads) + sum(head.has_aside for head in self.heads)

    @property
    def is_wordy(self) -> bool:
        return any(
            max(head.longest_aside, 0 if head.is_number else head.longest) > _SENTENCE for head in self.heads
        )


def grid_of(table: Table) -> Grid:
    rows = tuple(_words(row, table.columns) for row in table.rows)
    total = _words(table.total, table.columns)
    every = [*rows, total] if total else rows
    heads = tuple(_head(column, number, every) for number, column in enumerate(table.columns))
    asked = {head.query for head in heads if head.query}
    if not table.title or len(asked) != 1:
        return Grid(heads, rows, total)
    return Grid(tuple(msgspec.structs.replace(head, query="") for head in heads), rows, total, asked.pop())


def _head(column: Column, number: int, rows: Sequence[tuple[Word, ...]]) -> Head:
    is_number = column.kind is not ColumnKind.TEXT
    has_aside = is_number and any(row[number].aside for row in rows)
    longest = max((len(row[number].value) for row in rows), default=0)
    aside = max((len(row[number].aside) for row in rows), default=0)
    return Head(column.title, column.unit, is_number, has_aside, column.query, column.hint, longest, aside)


def _words(row: Row, columns: Sequence[Column]) -> tuple[Word, ...]:
    return tuple(_word(value, column) for value, column in zip(row, columns, strict=False))


def _word(value: Value, column: Column) -> Word:
    words = value_words(value, column)
    if not isinstance(value, Cell):
        return Word(words)
    aside = " ".join(part for part in (spread_words(value, column), value.note) if part)
    return Word(words, value.tone, aside, value.query)
