"""Which rows the table has, and in which order. Pure; loads no Qt."""

import msgspec

from pitbox.ui.race.timing.column import COLUMNS, NAMES
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.row import CarRow, ClassHead

Line = CarRow | ClassHead


class Order(msgspec.Struct, frozen=True):
    """What a person chose."""

    column: str = "position"
    is_falling: bool = False
    is_grouped: bool = False
    """By class, the quickest first, each under its head."""
    classes: frozenset[int] = frozenset()
    """Only these; all of them when empty."""


def key_of(line: Line) -> int:
    """A car's index, or a negative number for the head of a class."""
    return line.car_idx if isinstance(line, CarRow) else -1 - line.class_id


def arrange(scene: RaceScene, order: Order) -> list[Line]:
    rows = [row for row in scene.rows if not order.classes or row.class_id in order.classes]
    at = NAMES.get(order.column, 0)
    if at:
        rows.sort(key=lambda row: (COLUMNS[at].key(row), row.position), reverse=order.is_falling)
    elif order.is_falling:
        rows.reverse()
    if not order.is_grouped:
        return list(rows)
    lines: list[Line] = []
    for head in scene.classes:
        mine = [row for row in rows if row.class_id == head.class_id]
        if mine:
            lines += [head, *mine]
    return lines
