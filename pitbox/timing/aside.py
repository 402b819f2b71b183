"""Rows that show one car only, as recordings from disk have them: they speak where nobody saw the field.

Whichever log is merged first, they wait until every row of their time is here; then those go first that
show everybody.
"""

import math
from itertools import pairwise

import msgspec

from pitbox.timing.field import FieldRows

_QUIET_S = 0.5
"""Between two rows of the whole field that are no further apart there is nothing to fill."""


class Aside(msgspec.Struct, array_like=True):
    """What waits in one run."""

    held: list[FieldRows] = msgspec.field(default_factory=list)
    whole_s: float = -math.inf
    """Time of the last row of the whole field."""

    def put(self, rows: FieldRows) -> None:
        if len(rows):
            self.held.append(rows)

    def before(self, front_s: float) -> list[FieldRows]:
        """The rows before this time, if the whole field was not seen just now; all of that time are here."""
        last_s = max((float(rows.time_s[-1]) for rows in self.held), default=-math.inf)
        if not self.held or min(front_s, last_s) - self.whole_s <= _QUIET_S:
            return []
        held, self.held, out = sorted(self.held, key=lambda rows: float(rows.time_s[0])), [], []
        for rows in held:
            count = int((rows.time_s < front_s).sum())
            out.append(rows.slice(0, count))
            self.put(rows.slice(count, len(rows)))
        return [rows for rows in out if len(rows)]

    def pass_over(self, until_s: float) -> None:
        """The whole field was seen up to here."""
        self.whole_s = until_s
        held, self.held = self.held, []
        for rows in held:
            self.put(rows.only(rows.time_s > until_s))


def unbroken(rows: FieldRows) -> list[FieldRows]:
    """In pieces, where there is room between two rows for somebody else's."""
    edges = (rows.time_s[1:] - rows.time_s[:-1] > _QUIET_S).nonzero()[0] + 1
    if not len(edges):
        return [rows]
    bounds = [0, *edges.tolist(), len(rows)]
    return [rows.slice(start, stop) for start, stop in pairwise(bounds)]
