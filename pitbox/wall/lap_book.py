"""A race's laps in columns: a tenth of a kilobyte each, where a struct of its own takes half of one."""

from array import array
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from pitbox.predict.lap_row import LapRow

_CODES = {float: "d", int: "i", bool: "b", str: "H"}
"""How a column of each type is kept; a text as its place among those that were seen."""


class LapBook:
    """In the order in which they came; what is read is equal to what was put in."""

    def __init__(self) -> None:
        self._columns: dict[str, tuple[type, array[Any]]] = {
            field.name: (field.type, array(_CODES[field.type])) for field in msgspec.structs.fields(LapRow)
        }
        self._texts: list[str] = []
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._column("lap"))

    def __iter__(self) -> Iterator[LapRow]:
        return map(self._row, range(len(self)))

    def after(self, count: int) -> Iterator[LapRow]:
        """Those that came after the first so many."""
        return map(self._row, range(count, len(self)))

    def put(self, row: LapRow) -> None:
        for name, (kind, column) in self._columns.items():
            value = getattr(row, name)
            column.append(self._place(value) if kind is str else value)

    def count_of(self, car: str) -> int:
        place = self._places.get(car)
        return 0 if place is None else self._column("car").count(place)

    def last_of(self, car: str) -> LapRow | None:
        return next(self._backward("car", car), None)

    def mates(self, class_name: str, most: int) -> list[LapRow]:
        """The last ones of a class, in order."""
        return list(islice(self._backward("class_name", class_name), most))[::-1]

    def _backward(self, name: str, text: str) -> Iterator[LapRow]:
        place, column = self._places.get(text), self._column(name)
        return (self._row(at) for at in range(len(column) - 1, -1, -1) if column[at] == place)

    def _row(self, at: int) -> LapRow:
        values = {}
        for name, (kind, column) in self._columns.items():
            values[name] = self._texts[column[at]] if kind is str else kind(column[at])
        return LapRow(**values)

    def _column(self, name: str) -> "array[Any]":
        return self._columns[name][1]

    def _place(self, text: str) -> int:
        place = self._places.get(text)
        if place is None:
            place = self._places[text] = len(self._texts)
            self._texts.append(text)
        return place
