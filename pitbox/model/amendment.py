"""One car's facts as people have set them right, with what follows from that for its other facts.

Who drove a stint drove its laps, was in the car at the stops at both ends and counts for its share; a stop
without tyres goes on with the set that came in. Pure: all facts of a car and a ledger in, all of them out.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from pitbox.model.correction import (
    RETIRED,
    Correction,
    car_entity,
    corrected,
    fact_key,
    retired_since,
    said_retired,
)
from pitbox.model.fact import DriverStint, Fact, Lap, Service, Stint, Stop, TyreStint
from pitbox.model.ids import Axis
from pitbox.model.ledger import Ledger
from pitbox.model.person import name_of
from pitbox.model.standing import CarStanding, Standings
from pitbox.model.tyre_sets import tyre_sets

LOST, FINISH, SWAP = "lost", "finish", "swap"
_F = TypeVar("_F")


class Said(msgspec.Struct, frozen=True):
    """A correction and the fact that it is about, by its key."""

    key: str
    correction: Correction
    who: str = ""
    """Who said it, by name."""
    others: tuple[str, ...] = ()
    """Who said something else, in the order of the correction's."""


class Amendment(msgspec.Struct, frozen=True):
    """One car of which somebody said something."""

    car_idx: int
    facts: tuple[Fact, ...]
    """All of them, those that nobody spoke of included."""
    said: tuple[Said, ...]
    is_retired: bool | None = None
    """What people say; None: nothing."""
    driver: tuple[int, int] | None = None
    """(whom the fold has in the car, who it is); None: both are the same."""
    compound: int | None = None
    tyre_laps_more: int = 0
    """To add to what the fold counted on this set."""


def amend(
    car_idx: int, facts: Sequence[Fact], ledger: Ledger, moment: Axis | None = None
) -> Amendment | None:
    """None where nobody said anything that counts of this car. All facts are of one run.

    `moment`: where the facts stand, if that is the past; who retired behind it races there.
    """
    said: list[Said] = []
    set_right: list[Fact] = []
    for fact in facts:
        shown = corrected(fact, ledger)
        set_right.append(shown.fact)
        said += [_said(fact_key(fact), correction, ledger) for correction in shown.corrections]
    retired = _retired(car_idx, facts, ledger, moment)
    said += [] if retired is None else [retired]
    if not said:
        return None
    keys = {(one.key, one.correction.field) for one in said}
    car = _Car(set_right, keys)
    car.name_drivers()
    car.fit_tyres()
    is_retired = None if retired is None else said_retired(retired.correction.value)
    car.end(is_retired=is_retired, at_s=0.0 if retired is None else _since(retired, facts).sim_time_s)
    return _amendment(car_idx, car, said, is_retired, facts)


def amend_standings(standings: Standings, cars: Mapping[int, Amendment]) -> Standings:
    """The picture with what people say of its cars; the same object where they say nothing."""
    if not any(car.car_idx in cars for car in standings.cars):
        return standings
    shown = (_amended_car(car, cars[car.car_idx]) if car.car_idx in cars else car for car in standings.cars)
    return msgspec.structs.replace(standings, cars=tuple(shown))


class _Car:
    """The facts by kind, in their order; each step makes them agree with what was said."""

    def __init__(self, facts: Iterable[Fact], keys: set[tuple[str, str]]) -> None:
        facts = list(facts)
        self.keys = keys
        self.laps = _of(facts, Lap)
        self.stops = sorted(_of(facts, Stop), key=lambda stop: stop.stop)
        self.stints = sorted(_of(facts, Stint), key=lambda stint: stint.stint)
        self.turns = sorted(_of(facts, DriverStint), key=lambda turn: turn.driver_stint)
        self.sets = sorted(_of(facts, TyreStint), key=lambda one: one.tyre_stint)
        kinds = (Lap, Stop, Stint, DriverStint, TyreStint)
        self.rest = [fact for fact in facts if not isinstance(fact, kinds)]
        self.is_driver_said = any(self._is_said(fact, "user_id") for fact in (*self.stints, *self.turns))

    def facts(self) -> tuple[Fact, ...]:
        return (*self.laps, *self.stops, *self.stints, *self.turns, *self.sets, *self.rest)

    def name_drivers(self) -> None:
        if not self.is_driver_said or not self.stints:
            return
        turns = [turn for turn in self.turns if self._is_said(turn, "user_id")]
        self.stints = [self._with_turn(stint, turns) for stint in self.stints]
        drivers = {stint.stint: stint.user_id for stint in self.stints}
        self.laps = [
            lap
            if self._is_said(lap, "user_id")
            else msgspec.structs.replace(lap, user_id=drivers.get(lap.stint, lap.user_id))
            for lap in self.laps
        ]
        self.stops = [self._with_drivers(stop) for stop in self.stops]
        self.turns = turns_of(self.stints)

    def fit_tyres(self) -> None:
        told = [stop for stop in self.stops if self._is_said(stop, "kind")]
        is_set_said = any(self._is_said(one, name) for one in self.sets for name in ("start_lap", "compound"))
        if not self.sets or not (told or is_set_said):
            return
        self.sets = tyre_sets(self.sets, told, self.stints)
        if is_set_said:
            self.laps = [_on_set(lap, self.sets) for lap in self.laps]

    def end(self, *, is_retired: bool | None, at_s: float) -> None:
        """A car that is out for good has ended its stint; one that is not goes on in it."""
        if is_retired is None or not self.stints:
            return
        if is_retired:
            ended = {"end": LOST, "end_s": max(at_s, self.stints[-1].start_s)}
            is_due = self.stints[-1].end_s is None
        else:
            ended = {"end": "", "end_s": None}
            is_due = self.stints[-1].end == LOST
        if is_due:
            self.stints[-1:] = [msgspec.structs.replace(self.stints[-1], **ended)]
            self.turns[-1:] = [msgspec.structs.replace(turn, **ended) for turn in self.turns[-1:]]
            self.sets[-1:] = [msgspec.structs.replace(one, **ended) for one in self.sets[-1:]]

    def _with_turn(self, stint: Stint, turns: list[DriverStint]) -> Stint:
        """What was said of the stint itself counts before what was said of the whole turn."""
        if self._is_said(stint, "user_id"):
            return stint
        for turn in turns:
            if turn.start_s <= stint.start_s and (turn.end_s is None or stint.start_s < turn.end_s):
                return msgspec.structs.replace(stint, user_id=turn.user_id)
        return stint

    def _with_drivers(self, stop: Stop) -> Stop:
        before = [stint.user_id for stint in self.stints if stint.start_s < stop.lane_in_s]
        after = [stint.user_id for stint in self.stints if stint.start_s >= stop.lane_in_s]
        user_in = before[-1] if before else stop.user_id_in
        user_out = after[0] if after and stop.lane_out_s is not None else stop.user_id_out
        if (user_in, user_out) == (stop.user_id_in, stop.user_id_out):
            return stop
        service = stop.service
        if not self._is_said(stop, "kind") and stop.lane_out_s is not None:
            service = tuple(one for one in service if one.what != SWAP)
            service += (Service(SWAP, 1.0),) if user_out not in (0, user_in) else ()
        return msgspec.structs.replace(stop, user_id_in=user_in, user_id_out=user_out, service=service)

    def _is_said(self, fact: Any, field: str) -> bool:
        return (fact_key(fact), field) in self.keys


def turns_of(stints: Sequence[Stint]) -> list[DriverStint]:
    """Stints of one person in a row are one turn at the wheel; seats change in the pits only."""
    turns: list[DriverStint] = []
    before: Stint | None = None
    for stint in stints:
        if turns and before is not None and turns[-1].user_id == stint.user_id and not _is_over(before):
            turns[-1] = msgspec.structs.replace(turns[-1], laps=turns[-1].laps + stint.laps)
        else:
            if turns and before is not None and turns[-1].end_s is None:
                turns[-1] = msgspec.structs.replace(turns[-1], end_s=before.end_s, end=SWAP)
            turns.append(_turn(stint, len(turns) + 1))
        if _is_over(stint):
            turns[-1] = msgspec.structs.replace(turns[-1], end_s=stint.end_s, end=stint.end)
        before = stint
    # While somebody is at the wheel, nobody counts his laps in the fact.
    if turns and turns[-1].end_s is None:
        turns[-1] = msgspec.structs.replace(turns[-1], laps=0)
    return turns


def _turn(stint: Stint, number: int) -> DriverStint:
    return DriverStint(
        session_num=stint.session_num,
        run=stint.run,
        car_idx=stint.car_idx,
        driver_stint=number,
        user_id=stint.user_id,
        start_s=stint.start_s,
        start_lap=stint.start_lap,
        laps=stint.laps,
    )


def _is_over(stint: Stint) -> bool:
    return stint.end in (FINISH, LOST)


def _on_set(lap: Lap, sets: Sequence[TyreStint]) -> Lap:
    mine = [one.compound for one in sets if one.start_lap <= lap.lap]
    return msgspec.structs.replace(lap, compound=mine[-1]) if mine else lap


def _retired(car_idx: int, facts: Sequence[Fact], ledger: Ledger, moment: Axis | None) -> Said | None:
    if not facts:
        return None
    entity = car_entity(facts[0].session_num, facts[0].run, car_idx)
    field = ledger.field(entity, RETIRED)
    is_retired = None if field is None else said_retired(field.value)
    if field is None or is_retired is None:
        return None
    stints = sorted(_of(facts, Stint), key=lambda stint: stint.stint)
    is_lost = bool(stints) and stints[-1].end == LOST
    correction = Correction(RETIRED, is_lost, field.value, field.edit, field.others)
    said = _said(entity.key, correction, ledger)
    is_still_racing = is_retired and moment is not None and _since(said, facts) > moment
    return None if is_still_racing else said


def _since(said: Said, facts: Sequence[Fact]) -> Axis:
    return retired_since(said.correction, facts[0].session_num, facts[0].run)


def _said(key: str, correction: Correction, ledger: Ledger) -> Said:
    others = tuple(name_of(ledger, edit.author) for edit in correction.others)
    return Said(key, correction, name_of(ledger, correction.author), others)


def _amendment(
    car_idx: int, car: _Car, said: list[Said], is_retired: bool | None, facts: Sequence[Fact]
) -> Amendment:
    now = car.sets[-1] if car.sets else None
    was = max(_of(facts, TyreStint), key=lambda one: one.tyre_stint, default=None)
    stint = max(_of(facts, Stint), key=lambda one: one.stint, default=None)
    driver = None if stint is None else (stint.user_id, car.stints[-1].user_id)
    return Amendment(
        car_idx=car_idx,
        facts=car.facts(),
        said=tuple(said),
        is_retired=is_retired,
        driver=driver if driver is not None and driver[0] != driver[1] else None,
        compound=None if now is None or was is None or now.compound == was.compound else now.compound,
        tyre_laps_more=0 if now is None or was is None else was.start_lap - now.start_lap,
    )


def _amended_car(car: CarStanding, amendment: Amendment) -> CarStanding:
    """Whoever the sim has named since the stint that was spoken of is in the car all the same."""
    user_id = car.user_id
    if amendment.driver is not None and amendment.driver[0] == user_id:
        user_id = amendment.driver[1]
    return msgspec.structs.replace(
        car,
        status=RETIRED if amendment.is_retired else car.status,
        user_id=user_id,
        compound=car.compound if amendment.compound is None else amendment.compound,
        tyre_laps=max(0, car.tyre_laps + amendment.tyre_laps_more),
    )


def _of(facts: Iterable[Fact], kind: type[_F]) -> list[_F]:
    return [fact for fact in facts if isinstance(fact, kind)]
