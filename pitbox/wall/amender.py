"""Facts as they were folded on one side, what people say of them on the other: what is to be shown.

    folded ─► Amender ─► cars told anew, standings set right
    edits ──┘

Belongs to one thread. A car of which nobody said anything passes through at no cost.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pitbox.model.amendment import Amendment, amend, amend_standings
from pitbox.model.correction import KIND
from pitbox.model.fact import Fact, FlagPhase
from pitbox.model.ids import Axis
from pitbox.model.ledger import Ledger
from pitbox.model.standing import Standings
from pitbox.strategy.series import Series
from pitbox.strategy.story import CarStory, Story
from pitbox.wall.ledger import fact_key, number_of

_CAR = 3
"""Where the car's index stands in the key of a correction."""


class Retold(msgspec.Struct, frozen=True):
    """All facts of one car, in place of those that were told of it."""

    car_idx: int
    facts: tuple[Fact, ...]


class Amender:
    def __init__(self) -> None:
        self.amendments: Mapping[int, Amendment] = {}
        """By car, of the run that is shown; another object when something is another one."""
        self._raw: dict[int, dict[type[Fact], Series[Fact]]] = {}
        """What was folded of each car, by kind."""
        self._axis: tuple[int, int] | None = None
        self._due: set[int] = set()
        self._signs: dict[int, tuple[object, ...]] = {}
        """Of every car that somebody spoke of: what stands in its corrections."""
        self._is_anew = True

    @property
    def is_due(self) -> bool:
        """Something is to be settled, though nobody edited."""
        return self._is_anew or bool(self._due)

    def begin(self) -> None:
        """Nothing of what was told is true any more."""
        self.amendments, self._raw, self._axis = {}, {}, None
        self._due, self._signs, self._is_anew = set(), {}, True

    def take(self, facts: Iterable[Fact]) -> list[Fact]:
        """Note what was folded, and give back what nobody spoke of."""
        plain: list[Fact] = []
        for fact in facts:
            axis = fact.session_num, fact.run
            if self._axis is None or axis > self._axis:
                self.begin()
                self._axis = axis
            if isinstance(fact, FlagPhase) or axis != self._axis:
                plain.append(fact)
                continue
            kinds = self._raw.setdefault(fact.car_idx, {})
            kinds.setdefault(type(fact), Series()).put(number_of(fact), fact)
            if fact.car_idx in self._signs:
                self._due.add(fact.car_idx)
            else:
                plain.append(fact)
        return plain

    def settle(self, ledger: Ledger, *, is_edited: bool = True) -> list[Retold]:
        """Cars to be told anew: their corrections are other ones now, or their facts are.

        `is_edited`: somebody edited since the last time, or may have.
        """
        if self._axis is None:
            return []
        if is_edited or self._is_anew:
            signs, self._is_anew = _signs(ledger, self._axis), False
            cars = self._signs.keys() | signs.keys()
            self._due |= {car for car in cars if self._signs.get(car) != signs.get(car)}
            self._signs = signs
        due, self._due = self._due, set()
        return [self._retell(car_idx, ledger) for car_idx in sorted(due & self._raw.keys())]

    def _retell(self, car_idx: int, ledger: Ledger) -> Retold:
        facts = tuple(fact for series in self._raw[car_idx].values() for fact in series)
        amendment = amend(car_idx, facts, ledger)
        if amendment != self.amendments.get(car_idx):
            others = {car: one for car, one in self.amendments.items() if car != car_idx}
            self.amendments = others if amendment is None else {**others, car_idx: amendment}
        return Retold(car_idx, facts if amendment is None else amendment.facts)

    def standings(self, standings: Standings) -> Standings:
        """The picture with what people say; of another run, as it is."""
        is_mine = (standings.session_num, standings.run) == self._axis
        return amend_standings(standings, self.amendments) if is_mine else standings


def amend_story(
    story: Story, ledger: Ledger, facts: Sequence[Fact] | None = None, moment: Axis | None = None
) -> Mapping[int, Amendment]:
    """Set a story right that was told from a log, and say what was set right in it.

    `facts`: those that it was told, where the story itself may have been set right before; `moment`: up to
    where it was told, if that is the past.
    """
    axis = next(((lap.session_num, lap.run) for car in story.cars.values() for lap in car.laps), None)
    found: dict[int, Amendment] = {}
    for car_idx in () if axis is None else sorted(_signs(ledger, axis).keys() & story.cars.keys()):
        told = _facts_of(story.cars[car_idx]) if facts is None else _of_car(facts, car_idx, axis)
        amendment = amend(car_idx, told, ledger, moment)
        if amendment is not None:
            found[car_idx] = amendment
            story.retell(car_idx, amendment.facts)
    return found


def _facts_of(car: CarStory) -> list[Fact]:
    series = (car.laps, car.stops, car.stints, car.driver_stints, car.tyre_stints, car.incidents)
    return [fact for facts in series for fact in facts]


def _of_car(facts: Sequence[Fact], car_idx: int, axis: tuple[int, int] | None) -> list[Fact]:
    """Each as it was said last."""
    known = {
        fact_key(fact): fact
        for fact in facts
        if not isinstance(fact, FlagPhase)
        and fact.car_idx == car_idx
        and (fact.session_num, fact.run) == axis
    }
    return list(known.values())


def _signs(ledger: Ledger, axis: tuple[int, int]) -> dict[int, tuple[object, ...]]:
    """By car: what stands in its corrections, so that another one is known when it is there."""
    signs: dict[int, list[object]] = {}
    for entity in ledger.entities(KIND):
        parts = entity.key.split("/")
        if len(parts) <= _CAR or parts[1:_CAR] != [str(part) for part in axis]:
            continue
        if parts[_CAR].isdecimal():
            fields = ledger.fields(entity)
            stamps = [(name, one.edit.stamp, *(e.stamp for e in one.others)) for name, one in fields.items()]
            signs.setdefault(int(parts[_CAR]), []).append((entity.key, *stamps))
    return {car: tuple(sign) for car, sign in signs.items()}
