"""The race told again from the store, moment by moment: at each one only what was known by then.

    telling = Telling(cursor, race)
    story = telling.until(3600.0)       # moments rise; a story never hears what came after

Each fact comes when the fold of the log said it, as it read then: what was settled or mended later is a later
saying. A timing sheet, and a database that an older PitBox filled, tell facts alone: there a lap is known at
its end, a stop in parts as the car rolls in, stands and leaves, a stint grows with its laps.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from pitbox.model.amendment import amend
from pitbox.model.fact import (
    DriverStint,
    Fact,
    FlagPhase,
    Incident,
    Lap,
    LapKind,
    Service,
    Stint,
    Stop,
    TyreStint,
)
from pitbox.model.ledger import Ledger
from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.report.gather import Race
from pitbox.store.recorded import Cursor
from pitbox.store.saying import said_facts
from pitbox.strategy.story import Story

Timed = tuple[float, int, Fact]
"""When it was known, and its rank among what was known then."""
_HERE = "session_id = ? AND session_num = ? AND run = ?"
_LAPS = f"""
SELECT session_num, run, car_idx, lap, user_id, start_s, end_s,
    [is_out, is_in, is_caution, is_tow, is_broken, is_incident], stint, coalesce(position, 0),
    coalesce(class_position, 0), coalesce(compound, -1), fuel_used_l, fuel_left_l
FROM laps WHERE {_HERE} ORDER BY end_s, car_idx
"""  # noqa: S608 - no names, and values are parameters
_STOPS = f"""
SELECT session_num, run, car_idx, stop, lap, lane_in_s, user_id_in, coalesce(compound_in, -1), stall_in_s,
    stall_out_s, lane_out_s, user_id_out, coalesce(compound_out, -1), fuel_added_l, is_tow,
    coalesce(service, []), coalesce(service_confidence, [])
FROM stops WHERE {_HERE} ORDER BY lane_in_s, car_idx
"""  # noqa: S608 - the same
_STINTS = f"""
SELECT session_num, run, car_idx, stint, user_id, coalesce(compound, -1), start_s, start_lap, laps, end_s,
    end_reason
FROM stints WHERE {_HERE}
"""  # noqa: S608 - the same
_DRIVER_STINTS = f"""
SELECT session_num, run, car_idx, driver_stint, user_id, start_s, start_lap, laps, end_s, end_reason
FROM driver_stints WHERE {_HERE}
"""  # noqa: S608 - the same
_TYRE_STINTS = f"""
SELECT session_num, run, car_idx, tyre_stint, coalesce(compound, -1), start_s, start_lap, laps, end_s,
    end_reason, confidence
FROM tyre_stints WHERE {_HERE}
"""  # noqa: S608 - the same
_PHASES = f"SELECT session_num, run, phase, flag, start_s, end_s FROM flag_phases WHERE {_HERE}"  # noqa: S608
_INCIDENTS = f"""
SELECT session_num, run, car_idx, incident, kind, start_s, lap, lap_pct, end_s, confidence
FROM incidents WHERE {_HERE}
"""  # noqa: S608 - the same
_PEOPLE = "SELECT user_id, driver FROM v_names WHERE session_id = ? AND driver IS NOT NULL"
_ENTRIES = """
SELECT car_idx, coalesce(number, ''), coalesce(team_id, 0), coalesce(team, ''), coalesce(class_id, 0),
    coalesce(class_name, ''), coalesce(car, ''), coalesce(is_pace_car, false), coalesce(is_spectator, false)
FROM entries WHERE session_id = ? ORDER BY car_idx
"""
_OWN = """
SELECT coalesce(tank_l, 0), coalesce(fuel_kg_per_l, 0), coalesce(is_electric, false)
FROM logs WHERE session_id = ? AND own_car_idx = ? ORDER BY tank_l DESC NULLS LAST LIMIT 1
"""


class Telling:
    """Belongs to one walk: moments must rise."""

    def __init__(self, cursor: Cursor, race: Race, ledger: Ledger | None = None) -> None:
        """`ledger`: what people set right about our car counts, as if it had been seen so."""
        self.race = race
        self.info = _info(cursor, race)
        self.people = dict(cursor.execute(_PEOPLE, [race.session]).fetchall())
        self.corrections: tuple[str, ...] = ()
        said = [] if ledger is not None or race.is_sheet else _said(cursor, race)
        self.is_exact = bool(said)
        """Told as the fold of the log said it, not from facts as they stood at the end."""
        if not said:
            facts = list(_facts(cursor, race))
            if ledger is not None:
                facts = self._set_right(facts, ledger)
            said = sorted(_timed(facts), key=lambda one: (one[0], one[1]))
        self._timed = said
        self._next = 0
        self._story = Story()
        self._story.people.update(self.people)
        self._story.hear(self.info)

    def until(self, now_s: float) -> Story:
        """All that was known then; the same object at each moment, grown."""
        while self._next < len(self._timed) and self._timed[self._next][0] <= now_s:
            self._story.take(self._timed[self._next][2])
            self._next += 1
        return self._story

    def whole(self) -> Story:
        return self.until(float("inf"))

    def _set_right(self, facts: list[Fact], ledger: Ledger) -> list[Fact]:
        own = [fact for fact in facts if getattr(fact, "car_idx", None) == self.race.car_idx]
        amendment = amend(self.race.car_idx, own, ledger)
        if amendment is None:
            return facts
        self.corrections = tuple(f"{said.correction.field} by {said.who}" for said in amendment.said)
        others = (fact for fact in facts if getattr(fact, "car_idx", None) != self.race.car_idx)
        return [*others, *amendment.facts]


def _said(cursor: Cursor, race: Race) -> list[Timed]:
    """In the order of the fold; nothing is known before what was said earlier."""
    found: list[Timed] = []
    known_s = float("-inf")
    for until_s, fact in said_facts(cursor, race.session, race.session_num, race.run):
        known_s = max(known_s, until_s)
        found.append((known_s, 0, fact))
    return found


def _facts(cursor: Cursor, race: Race) -> Iterator[Fact]:
    here = [race.session, race.session_num, race.run]

    def rows(sql: str) -> list[tuple[Any, ...]]:
        return cursor.execute(sql, here).fetchall()

    yield from (FlagPhase(*row) for row in rows(_PHASES))
    yield from (Stint(*row) for row in rows(_STINTS))
    yield from (DriverStint(*row) for row in rows(_DRIVER_STINTS))
    yield from (TyreStint(*row) for row in rows(_TYRE_STINTS))
    yield from (Incident(*row) for row in rows(_INCIDENTS))
    yield from (_lap(row) for row in rows(_LAPS))
    yield from (_stop_of(row) for row in rows(_STOPS))


def _stop_of(row: tuple[Any, ...]) -> Stop:
    whats, sures = row[-2:]
    services = [Service(what, sure) for what, sure in zip(whats, sures, strict=True)]
    names = Stop.__struct_fields__
    return Stop(**dict(zip(names, (*row[:-2], tuple(services)), strict=True)))


def _lap(row: tuple[Any, ...]) -> Lap:
    session_num, run, car_idx, lap, user_id, start_s, end_s, kind, *rest = row
    return Lap(session_num, run, car_idx, lap, user_id, start_s, end_s, LapKind(*map(bool, kind)), *rest)


def _timed(told: Iterable[Fact]) -> Iterator[Timed]:
    stints: dict[tuple[int, int], Stint] = {}
    laps: list[Lap] = []
    facts = list(told)
    visits = _visits(facts)
    for fact in facts:
        match fact:
            case Lap():
                laps.append(fact)
                yield fact.end_s, 4, fact
            case Stop():
                yield from _stop(fact)
            case Incident():
                yield (fact.start_s if fact.end_s is None else fact.end_s), 3, fact
            case FlagPhase():
                yield from _lasting(fact, fact, {})
            case Stint():
                stints[fact.car_idx, fact.stint] = fact
                yield from _lasting(fact, msgspec.structs.replace(fact, laps=0, end=""), {})
            case DriverStint():
                begun = msgspec.structs.replace(fact, laps=0, end="")
                yield from _lasting(fact, begun, visits.get(fact.car_idx, {}))
            case TyreStint():
                fresh = msgspec.structs.replace(fact, laps=0, end="", confidence=1.0)
                yield from _lasting(fact, fresh, visits.get(fact.car_idx, {}))
    yield from _growing(laps, stints)


def _visits(facts: Iterable[Fact]) -> dict[int, dict[float, float]]:
    """By car and beginning, when a visit was over: whom or what it changed is dated to its beginning."""
    found: dict[int, dict[float, float]] = {}
    for fact in facts:
        if isinstance(fact, Stop):
            over_s = fact.lane_out_s or fact.stall_out_s or fact.lane_in_s
            for at_s in (fact.lane_in_s, fact.stall_in_s, fact.stall_out_s):
                if at_s is not None:
                    found.setdefault(fact.car_idx, {})[at_s] = over_s
    return found


def _lasting(
    fact: Stint | DriverStint | TyreStint | FlagPhase, begun: Any, visits: dict[float, float]
) -> Iterator[Timed]:
    """Begun, without its end; and whole once it is over. `visits`: by beginning, when it was over."""
    yield visits.get(fact.start_s, fact.start_s), 1, msgspec.structs.replace(begun, end_s=None)
    if fact.end_s is not None:
        yield visits.get(fact.end_s, fact.end_s), 5, fact


def _growing(laps: Iterable[Lap], stints: dict[tuple[int, int], Stint]) -> Iterator[Timed]:
    """A stint that still runs has the laps that it has by then."""
    counts: dict[tuple[int, int], int] = {}
    for lap in laps:
        key = lap.car_idx, lap.stint
        stint = stints.get(key)
        counts[key] = counts.get(key, 0) + 1
        if stint is not None and (stint.end_s is None or lap.end_s < stint.end_s):
            yield lap.end_s, 2, msgspec.structs.replace(stint, laps=counts[key], end_s=None, end="")


def _stop(stop: Stop) -> Iterator[Timed]:
    """In the lane, in the stall, out again: what was served is known when the car is out."""
    begun = msgspec.structs.replace(
        stop,
        stall_in_s=None,
        stall_out_s=None,
        lane_out_s=None,
        user_id_out=0,
        compound_out=-1,
        fuel_added_l=None,
        service=(),
    )
    yield stop.lane_in_s, 2, begun
    if stop.stall_in_s is not None:
        begun = msgspec.structs.replace(begun, stall_in_s=stop.stall_in_s)
        yield stop.stall_in_s, 2, begun
    if stop.stall_out_s is not None:
        yield stop.stall_out_s, 2, msgspec.structs.replace(begun, stall_out_s=stop.stall_out_s)
    if stop.lane_out_s is not None:
        yield stop.lane_out_s, 3, stop


def _info(cursor: Cursor, race: Race) -> SessionInfo:
    entries = cursor.execute(_ENTRIES, [race.session]).fetchall()
    own = cursor.execute(_OWN, [race.session, race.car_idx]).fetchone() or (0.0, 0.0, False)
    classes = {row[4]: CarClass(row[4], row[5]) for row in entries}
    return SessionInfo(
        sim=race.sim,
        sub_session_id=0,
        track=Track(0, race.track, "", race.track_m, 0.0),
        parts=(SessionPart(race.session_num, race.part, race.length_s, race.length_laps),),
        classes=tuple(classes.values()),
        entries=tuple(
            Entry(row[0], row[1], row[2], row[3], 0, "", row[4], row[6], 0, row[7], row[8]) for row in entries
        ),
        own=OwnCar(race.car_idx, *own),
        title=race.title,
    )
