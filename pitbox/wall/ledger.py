"""What a fold said and what was told of it: a fold that turns back takes its words back too.

A fact that the new history does not say again is retracted; one that was replaced there comes back as it was.
It holds every word of a day's race, so each costs some forty bytes beside the fact itself: columns of plain
numbers, and no second copy of what was told, which is what was said but for the words since the last telling.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from pitbox.model.fact import DriverStint, Fact, FlagPhase, Incident, Lap, Stint, Stop, TyreStint
from pitbox.model.ids import Axis, LogId
from pitbox.strategy.series import Numbers
from pitbox.wall.press import Press

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
_NONE = -1


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
        self._words = _Words()
        """Every one of the present history; of each key the last counts."""
        self._said: dict[Key, _Heads] = {}
        """By all of the key but its number: where the last word of each number stands."""
        self._press = Press()
        self.told_count = 0
        """Of tellings so far: the number of the next one."""
        self._changed: dict[Key, Fact | None] = {}
        """What was told of these keys, of which something else may be said now; None: nothing."""

    def __len__(self) -> int:
        """How many words were said."""
        return len(self._words)

    def note(self, place: Place, facts: Sequence[Fact]) -> None:
        """The fold said this at a record; places never go back but by `turn_back`."""
        for said in facts:
            fact = self._press.shared(said)
            key = fact_key(fact)
            heads, number = self._said.setdefault(key[:-1], _Heads()), number_of(fact)
            self._change(key)
            heads.put(number, self._words.add(place, fact, heads.get(number)))

    def turn_back(self, to: Place | None) -> None:
        """Whatever was said behind this record is unsaid; behind the very start for None."""
        while len(self._words) and (to is None or self._words.place(len(self._words) - 1) > to):
            fact = self._words.facts[-1]
            key = fact_key(fact)
            self._change(key)
            self._said[key[:-1]].put(number_of(fact), self._words.drop())

    def news(self) -> News:
        """What differs from what was told, and is told by that."""
        facts: list[Fact] = []
        retracted: list[Fact] = []
        changed, self._changed = self._changed, {}
        for key, told in changed.items():
            said = self._last_word(key)
            if said is None:
                retracted += [] if told is None else [told]
            elif said != told:
                facts.append(said)
        if not (facts or retracted):
            return News()
        number, self.told_count = self.told_count, self.told_count + len(facts) + len(retracted)
        return News(facts, retracted, number)

    def told(self) -> list[Fact]:
        """All that was told and not retracted, as it was told last."""
        settled = [fact for fact in self._words.last_ones() if fact_key(fact) not in self._changed]
        return settled + [told for told in self._changed.values() if told is not None]

    def said_until(self, at: Axis, last: Place) -> list[Fact]:
        """Every word up to there, in their order: no later than `at`, nor behind the record `last`."""
        words = self._words
        everything = range(len(words))
        count = min(
            bisect_right(everything, at, key=words.axis), bisect_right(everything, last, key=words.place)
        )
        return words.facts[:count]

    def _last_word(self, key: Key) -> Fact | None:
        heads = self._said.get(key[:-1])
        at = _NONE if heads is None else heads.get(key[-1])
        return None if at == _NONE else self._words.facts[at]

    def _change(self, key: Key) -> None:
        """Before it: what is said now is what was told, unless it changed already."""
        told = self._changed.pop(key) if key in self._changed else self._last_word(key)
        self._changed[key] = told


class _Words:
    """Facts, where each was said, and which one before it each replaced: by columns."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._times_s, self._seqs = array("d"), array("Q")
        self._wheres, self._replaced = array("l"), array("l")
        self._runs: list[tuple[int, int, LogId]] = []
        self._run_numbers: dict[tuple[int, int, LogId], int] = {}

    def __len__(self) -> int:
        return len(self.facts)

    def add(self, place: Place, fact: Fact, replaced: int) -> int:
        """Where it stands now."""
        axis, log, seq = place
        run = (axis.session_num, axis.run, log)
        if run not in self._run_numbers:
            self._run_numbers[run] = len(self._runs)
            self._runs.append(run)
        self.facts.append(fact)
        self._times_s.append(axis.sim_time_s)
        self._seqs.append(seq)
        self._wheres.append(self._run_numbers[run])
        self._replaced.append(replaced)
        return len(self.facts) - 1

    def drop(self) -> int:
        """Take the last one back; gives the one that it had replaced."""
        for column in (self._times_s, self._seqs, self._wheres, self.facts):
            column.pop()
        return self._replaced.pop()

    def axis(self, at: int) -> Axis:
        session_num, run, _ = self._runs[self._wheres[at]]
        return Axis(session_num, run, self._times_s[at])

    def place(self, at: int) -> Place:
        return self.axis(at), self._runs[self._wheres[at]][2], self._seqs[at]

    def last_ones(self) -> Iterator[Fact]:
        """Those that nothing replaced."""
        replaced = bytearray(len(self.facts))
        for at in self._replaced:
            if at != _NONE:
                replaced[at] = 1
        return (fact for fact, is_replaced in zip(self.facts, replaced, strict=True) if not is_replaced)


class _Heads:
    """Where the last word of each number stands."""

    def __init__(self) -> None:
        self._numbers = Numbers()
        self._places = array("l")

    def get(self, number: object) -> int:
        """-1 where it was never said, or taken back."""
        assert isinstance(number, int)
        at, is_there = self._numbers.find(number)
        return self._places[at] if is_there else _NONE

    def put(self, number: int, place: int) -> None:
        at, is_there = self._numbers.find(number)
        if is_there:
            self._places[at] = place
        else:
            self._numbers.insert(at, number)
            self._places.insert(at, place)


def fact_key(fact: Fact) -> Key:
    """Facts with equal keys replace each other."""
    return (type(fact).__name__, *(getattr(fact, name) for name in FACT_KEYS[type(fact)]))


def number_of(fact: Fact) -> int:
    """By which facts of one kind, car and run are told apart: the end of its key."""
    number = getattr(fact, FACT_KEYS[type(fact)][-1])
    assert isinstance(number, int)
    return number
