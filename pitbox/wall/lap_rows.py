"""Laps of one run as models see them: each once, as it was first told, in the order of the line."""

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from pitbox.model.fact import Fact
from pitbox.model.session import SessionInfo
from pitbox.predict.facts import FactRows
from pitbox.predict.lap_row import NAN, LapRow, in_order
from pitbox.strategy.series import Numbers


class LapRows:
    """Both training and live use take laps through here."""

    def __init__(self, race: str, info: SessionInfo | None = None) -> None:
        """`race`: its name; orders by time."""
        self._facts = FactRows(race)
        self._seen: dict[str, Numbers] = {}
        """Laps by car."""
        self._fresh: list[LapRow] = []
        if info is not None:
            self.hear(info)

    def hear(self, info: SessionInfo) -> None:
        self._facts.hear(info)

    def take(self, fact: Fact) -> None:
        row = self._facts.take(fact)
        if row is None:
            return
        seen = self._seen.setdefault(row.car, Numbers())
        at, is_told = seen.find(row.lap)
        if not is_told:
            seen.insert(at, row.lap)
            self._fresh.append(row)

    def fresh(self, wet_steps: Sequence[tuple[float, int]] = ()) -> list[LapRow]:
        """Since the last time. `wet_steps`: when the track became how wet, as the race's picture has them."""
        rows, self._fresh = in_order(self._fresh), []
        if not wet_steps:
            return rows
        return [msgspec.structs.replace(row, wetness=_wetness(wet_steps, row.end_s)) for row in rows]


def _wetness(steps: Sequence[tuple[float, int]], at_s: float) -> float:
    """0 is a sim that does not know."""
    at = bisect_right([since_s for since_s, _ in steps], at_s)
    return NAN if at == 0 or steps[at - 1][1] < 1 else float(steps[at - 1][1])
