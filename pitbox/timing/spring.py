"""One log's layouts, and its field rows that wait for the own rows of the same ticks."""

import math
from itertools import groupby

import msgspec
import numpy as np

from pitbox.model.channel import Layout, Stream
from pitbox.model.ids import LogId
from pitbox.timing.field import FieldRows, Floats, joined
from pitbox.timing.own import OwnRows
from pitbox.timing.timeline import forward
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
    doubt_s: float | None = None
    """A time of own rows that is far ahead, and that nothing has confirmed yet."""
    replayed_s: Floats = msgspec.field(default_factory=lambda: np.zeros(0))
    """Ticks ahead of the field rows at which a replay played: what the field did then it did before."""
    own_car_idx: int | None = None
    """The car of this log's collector."""

    @property
    def has_own(self) -> bool:
        return any(layout.stream is Stream.OWN for layout in self.layouts.values())

    def ready(self, rows: FieldRows) -> list[FieldRows]:
        """Take field rows; those that can be folded now."""
        if not self.has_own and not self.held:
            return self._without_replays([rows])
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
            out += self.drain()
        return self._without_replays(out)

    def drain(self) -> list[FieldRows]:
        """All that is held; the own rows will not come."""
        held, self.held = self.held, []
        return held

    def restart(self) -> None:
        """Time begins anew."""
        self.own_until_s = -math.inf
        self.held = []
        self.doubt_s = None
        self.replayed_s = np.zeros(0)

    def hear_own(self, own: OwnRows) -> OwnRows:
        """The rows that carry this log's time forward."""
        is_taken, self.doubt_s = forward(own.time_s, self.own_until_s, self.doubt_s)
        own = own if is_taken.all() else own.only(is_taken)
        if len(own.time_s):
            self.own_until_s = float(own.time_s[-1])
        if own.is_replay.any():
            self.replayed_s = np.concatenate((self.replayed_s, own.time_s[own.is_replay]))[-MAX_BLOCK_ROWS:]
        return own

    def _without_replays(self, pieces: list[FieldRows]) -> list[FieldRows]:
        """While a replay plays the folds stand still; the log keeps the rows."""
        if not len(self.replayed_s):
            return pieces
        out = [rows.only(~np.isin(rows.time_s, self.replayed_s)) for rows in pieces]
        last_s = max((float(rows.time_s[-1]) for rows in pieces if len(rows)), default=0.0)
        self.replayed_s = self.replayed_s[self.replayed_s > last_s]
        return [rows for rows in out if len(rows)]

    def tidy(self) -> None:
        """Held rows in as few pieces as can be, so that the state does not tell how they were cut."""
        self.held = [joined(list(pieces)) for _, pieces in groupby(self.held, lambda rows: rows.width)]
