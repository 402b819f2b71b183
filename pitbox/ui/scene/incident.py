"""The incidents of a race as a feed: which of them somebody wants to see, the newest first. Loads no Qt."""

from collections.abc import Iterable

import msgspec

from pitbox.model.fact import Fact, Incident
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.row import CarRow

_MOST = 500
_BATTLE = 2
"""Places in class before and behind ours."""


class Sieve(msgspec.Struct, frozen=True):
    """What a person chose; everything when it is empty."""

    classes: frozenset[int] = frozenset()
    is_battle: bool = False
    """Our car and those it races for place."""


class Happening(msgspec.Struct, frozen=True):
    """One incident and whose it was."""

    fact: Incident
    row: CarRow | None
    """None for a car that is not in the picture any more."""
    sector: int | None
    """From 1; None where the track has none."""

    @property
    def key(self) -> str:
        return f"{self.fact.car_idx}/{self.fact.incident}"


class IncidentFeed:
    """Hears facts, and gives those that are wanted."""

    def __init__(self) -> None:
        self._facts: dict[tuple[int, int], Incident] = {}
        self._axis: tuple[int, int] | None = None

    def begin(self) -> None:
        self._facts, self._axis = {}, None

    def hear(self, facts: Iterable[Fact]) -> bool:
        """True when there is something new in it."""
        is_news = False
        for fact in facts:
            axis = fact.session_num, fact.run
            if self._axis is None or axis > self._axis:
                is_news = is_news or bool(self._facts)
                self._facts, self._axis = {}, axis
            if isinstance(fact, Incident) and axis == self._axis:
                is_news = is_news or self._facts.get((fact.car_idx, fact.incident)) != fact
                self._facts[fact.car_idx, fact.incident] = fact
        return is_news

    def happenings(
        self, scene: RaceScene, sieve: Sieve, sector_starts: tuple[float, ...] = ()
    ) -> list[Happening]:
        """The newest first; the oldest are left out where there are very many."""
        rows = {row.car_idx: row for row in scene.rows}
        battle = _battle(scene) if sieve.is_battle else None
        found = []
        for fact in sorted(self._facts.values(), key=lambda one: (-one.start_s, one.car_idx)):
            row = rows.get(fact.car_idx)
            if sieve.classes and (row is None or row.class_id not in sieve.classes):
                continue
            if battle is not None and fact.car_idx not in battle:
                continue
            found.append(Happening(fact, row, _sector(fact.lap_pct, sector_starts)))
            if len(found) == _MOST:
                break
        return found


def _battle(scene: RaceScene) -> frozenset[int]:
    own = scene.row(scene.own_car_idx)
    if own is None:
        return frozenset()
    return frozenset(
        row.car_idx
        for row in scene.rows
        if row.class_id == own.class_id and abs(row.class_position - own.class_position) <= _BATTLE
    )


def _sector(lap_pct: float, starts: tuple[float, ...]) -> int | None:
    return sum(start <= lap_pct for start in starts) or None if len(starts) > 1 else None
