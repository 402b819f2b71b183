"""One log's layouts, and its field rows that wait for the own rows of the same ticks."""

import math
from itertools import groupby

import msgspec

from pitbox.model.channel import Layout, Stream
from pitbox.model.ids import LogId
from pitbox.timing.field import FieldRows, Floats, joined
from pitbox.wire.limit import MAX_BLOCK_ROWS

_PATIENCE = MAX_BLOCK_ROWS
"""Rows: no block holds more, so own rows that are this late will not come."""


class Spring(msgspec.Struct, array_like=True):
    """Layout numbers mean nothing outside their log.

    A lap of our car needs the fuel at its end, which is told in another block. So field rows are
    folded when the own rows of their time are here: then no cut of blocks can make a difference.
    """

    log: LogId | int
    layouts: dict[int, Layout] = msgspec.field(default_factory=dict)
    own_until_s: float = -math.inf
    held: list[FieldRows] = msgspec.field(default_factory=list)

    @property
    def has_own(self) -> bool:
        return any(layout.stream is Stream.OWN for layout in self.layouts.values())

    def ready(self, rows: FieldRows) -> list[FieldRows]:
        """Take field rows; those that can be folded now."""
        if not self.has_own and not self.held:
            return [rows]
        if len(rows):
            self.held.append(rows)
        return self.release()

    def release(self) -> list[FieldRows]:
        """The held rows that the own rows have caught up with."""
        out: list[FieldRows] = []
        while self.held:
            rows = self.held[0]
            is_late = rows.time_s > self.own_until_s
            count = int(is_late.argmax()) if is_late.any() else len(rows)
            if count:
                out.append(rows.slice(0, count))
            if count == len(rows):
                self.held.pop(0)
                continue
            self.held[0] = rows.slice(count, len(rows))
            break
        if sum(map(len, self.held)) > _PATIENCE:
            return out + self.drain()
        return out

    def drain(self) -> list[FieldRows]:
        """All that is held; the own rows will not come."""
        held, self.held = self.held, []
        return held

    def restart(self) -> None:
        """Time begins anew."""
        self.own_until_s = -math.inf
        self.held = []

    def hear_own(self, time_s: Floats) -> None:
        if len(time_s):
            self.own_until_s = max(self.own_until_s, float(time_s.max()))

    def tidy(self) -> None:
        """Held rows in as few pieces as can be, so that the state does not tell how they were cut."""
        self.held = [joined(list(pieces)) for _, pieces in groupby(self.held, lambda rows: rows.width)]
