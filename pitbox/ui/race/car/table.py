"""A few figures side by side under common heads. Loads no Qt."""

import msgspec

from pitbox.ui.race.car.figure import Figure


class Row(msgspec.Struct, frozen=True):
    label: str
    unit: str
    figures: tuple[Figure, ...]


class Table(msgspec.Struct, frozen=True):
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
