"""What a fold said and what was told of it: a fold that turns back takes its words back too.

A fact that the new history does not say again is retracted; one that was replaced there comes back as it was.
"""

from collections.abc import Sequence

import msgspec

from pitbox.model.fact import DriverStint, Fact, FlagPhase, Incident, Lap, Stint, Stop, TyreStint
from pitbox.model.ids import Axis, LogId

_RUN = ("session_num", "run")
FACT_KEYS: dict[type[Fact], tuple[str, ...]] = {
    Lap: (*_RUN, "car_idx", "lap"),
    Stint: (*_RUN, "car_idx", "stint"),
    Stop: (*_RUN, "car_idx", "stop"),
    FlagPhase: (*_RUN, "phase"),
    DriverStint: (*_RUN, "car_idx", "driver_stint"),
    TyreStint: (*_RUN, "car_idx", "tyre_stint"),
    Incident: (*_RUN, "car_idx", "incident"),
}

Key = tuple[object, ...]
Place = tuple[Axis, LogId, int]
"""Of one record in the order of the race."""


class News(msgspec.Struct, frozen=True):
    """What is to be told now."""

    facts: list[Fact] = []
    retracted: list[Fact] = []
    """Told before, and not true any more; as they were told."""
    number: int = 0
    """Of the first of them: the facts in their order, then what is retracted. No two tellings share one."""


class Ledger:
    """Belongs to one thread."""

    def __init__(self) -> None:
        self._said: dict[Key, list[Fact]] = {}
        """Every word of the present history, the last one of each key counts."""
        self.words: list[tuple[Place, Fact]] = []
        """The same in their order."""
        self._told: dict[Key, Fact] = {}
        self.told_count = 0
        """Of tellings so far: the number of the next one."""
        self._changed: dict[Key, None] = {}

    def note(self, place: Place, facts: Sequence[Fact]) -> None:
        """The fold said this at a record; places never go back but by `turn_back`."""
        for fact in facts:
            key = fact_key(fact)
            self._said.setdefault(key, []).append(fact)
            self.words.append((place, fact))
            self._change(key)

    def turn_back(self, to: Place | None) -> None:
        """Whatever was said behind this record is unsaid; behind the very start for None."""
        while self.words and (to is None or self.words[-1][0] > to):
            key = fact_key(self.words.pop()[1])
            self._said[key].pop()
            self._change(key)

    def news(self) -> News:
        """What differs from what was told, and is told by that."""
        facts: list[Fact] = []
        retracted: list[Fact] = []
        changed, self._changed = self._changed, {}
        for key in changed:
            said = self._said[key]
            if said and self._told.get(key) != said[-1]:
                self._told[key] = said[-1]
                facts.append(said[-1])
            elif not said and key in self._told:
                retracted.append(self._told.pop(key))
        if not (facts or retracted):
            return News()
        number, self.told_count = self.told_count, self.told_count + len(facts) + len(retracted)
        return News(facts, retracted, number)

    def told(self) -> list[Fact]:
        """All that was told and not retracted, as it was told last."""
        return list(self._told.values())

    def _change(self, key: Key) -> None:
        self._changed.pop(key, None)
        self._changed[key] = None


def fact_key(fact: Fact) -> Key:
    """Facts with equal keys replace each other."""
    return (type(fact).__name__, *(getattr(fact, name) for name in FACT_KEYS[type(fact)]))
