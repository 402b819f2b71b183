"""What is known of a race at one moment, from facts alone: the same live, from a recording and from a sheet.

    story = Story()
    story.hear(info)              # whenever the session text changed
    for fact in facts:            # as a fold gives them, in any order
        story.take(fact)
    moment = story.at(now_s)      # or story.at(now_s, standings) where somebody sees the track

A fact with a key that came before replaces the older one. A later run, or the race after qualifying, begins
the story anew; facts of what was before are left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import NamedTuple

import msgspec

from pitbox.model.code import UNLIMITED_S
from pitbox.model.fact import DriverStint, Fact, FlagPhase, Incident, Lap, Stint, Stop, TyreStint
from pitbox.model.session import SessionInfo
from pitbox.model.standing import CarStanding, Standings
from pitbox.strategy.errors import NoRaceError
from pitbox.strategy.length import RaceLength, length_of
from pitbox.strategy.pace import NOTHING, Learned
from pitbox.strategy.series import Series

CAUTION, RED, WHITE, CHECKERED = "caution", "red", "white", "checkered"
RUNNING, FINISHED, LOST = "running", "finished", "lost"
LEAST_LAP_S = 10.0
"""No car laps quicker than this: such a time is a counting fault and says nothing about pace."""
_TYPICAL_LAPS = 12
_SHEET = "timing sheet"
"""Real series end a race at the leader's first crossing after zero."""


class Flying(NamedTuple):
    """A lap that is worth being compared; they sort by when they ended."""

    end_s: float
    time_s: float
    stint: int


class CarStory:
    """One car so far."""

    def __init__(self, car_idx: int) -> None:
        self.car_idx = car_idx
        self.changes = 0
        """Counts the facts taken, so that what was worked out of them can be kept until the next one."""
        self.laps: Series[Lap] = Series()
        self.stops: Series[Stop] = Series()
        self.stints: Series[Stint] = Series()
        self.driver_stints: Series[DriverStint] = Series()
        self.tyre_stints: Series[TyreStint] = Series()
        self.incidents: Series[Incident] = Series()
        self._typical: tuple[int, float | None] = (-1, None)
        self._flying: tuple[int, list[Flying]] = (-1, [])

    def flying(self) -> list[Flying]:
        """Clean laps after the first two, oldest first; for reading only, since they are kept."""
        if self._flying[0] != self.changes:
            laps = [lap for lap in self.laps if lap.lap > 2 and lap.time_s >= LEAST_LAP_S]
            timed = [Flying(lap.end_s, lap.time_s, lap.stint) for lap in laps if lap.kind.is_clean()]
            self._flying = self.changes, timed
        return self._flying[1]

    def clean_laps(self, most: int | None = None) -> list[Lap]:
        """Flying laps under green with nothing odd, the last `most` of them, oldest first."""
        found: list[Lap] = []
        for lap in reversed(self.laps.tail(len(self.laps))):
            if lap.lap > 1 and lap.time_s >= LEAST_LAP_S and lap.kind.is_clean():
                found.append(lap)
                if most is not None and len(found) == most:
                    break
        return found[::-1]

    def typical_lap_s(self) -> float | None:
        """A lap as it mostly is of late: clean ones if there are any; None before the first lap."""
        if self._typical[0] != self.changes:
            clean = self.clean_laps(_TYPICAL_LAPS)
            laps = clean or [lap for lap in self.laps.tail(_TYPICAL_LAPS) if lap.time_s >= LEAST_LAP_S]
            self._typical = self.changes, median(lap.time_s for lap in laps) if laps else None
        return self._typical[1]

    @property
    def laps_done(self) -> int:
        last = self.laps.last
        return 0 if last is None else last.lap

    @property
    def line_s(self) -> float | None:
        """When it crossed the line last; None before the first time."""
        last = self.laps.last
        return None if last is None else last.end_s

    @property
    def status(self) -> str:
        """`running` until the flag was taken (`finished`) or the session ended without (`lost`)."""
        stint = self.stints.last
        if stint is None or stint.end not in ("finish", "lost"):
            return RUNNING
        return FINISHED if stint.end == "finish" else LOST


class CarNow(msgspec.Struct, frozen=True):
    """Where a car is at the moment that was asked for."""

    story: CarStory
    class_id: int
    laps: int
    """Completed."""
    lap_pct: float
    """Of the lap that it is on, 0 to 1."""
    is_pct_seen: bool
    """False: worked out from the time since the line, as a sheet forces us to."""
    line_s: float | None
    status: str
    is_in_pits: bool
    position: int
    class_position: int

    @property
    def car_idx(self) -> int:
        return self.story.car_idx

    @property
    def place(self) -> float:
        """Laps from the start, with the fraction."""
        return self.laps + self.lap_pct


class Moment(msgspec.Struct, frozen=True):
    """The race at one time."""

    now_s: float
    green_s: float
    """When the race began; the session's clock may have run before."""
    time_left_s: float | None
    """On the race's clock; None where there is none or where it does not run yet."""
    length: RaceLength
    flag: str
    phases: tuple[FlagPhase, ...]
    cars: tuple[CarNow, ...]
    """In order of position over all."""
    own_car_idx: int
    info: SessionInfo | None
    learned: Learned = NOTHING
    """What models say of it; empty where none is promoted."""
    people: Mapping[int, str] = {}
    """What those who drove are called, by user."""

    @property
    def is_sheet(self) -> bool:
        """Cars were seen at the line only, and nobody of ours measures anything."""
        return self.info is not None and self.info.sim == _SHEET

    @property
    def is_caution(self) -> bool:
        return self.flag == CAUTION

    @property
    def is_white(self) -> bool:
        return self.flag == WHITE

    @property
    def is_checkered(self) -> bool:
        return self.flag == CHECKERED

    @property
    def leader(self) -> CarNow | None:
        return self.cars[0] if self.cars else None

    def car(self, car_idx: int) -> CarNow | None:
        return next((car for car in self.cars if car.car_idx == car_idx), None)

    def class_leaders(self) -> dict[int, CarNow]:
        """By class: the first of it, retired or not seen for long as it may be."""
        found: dict[int, CarNow] = {}
        for car in self.cars:
            found.setdefault(car.class_id, car)
        return found

    def of_class(self, class_id: int) -> Iterator[CarNow]:
        return (car for car in self.cars if car.class_id == class_id)


class Story:
    """Grows fact by fact; cheap to feed, so a day with sixty cars is no problem."""

    def __init__(self, length: RaceLength | None = None) -> None:
        """`length`: said by somebody who knows better than the session text, or where there is none."""
        self.info: SessionInfo | None = None
        self.people: dict[int, str] = {}
        """Everybody who was named so far: who drove before is not in the car now, nor in its text."""
        self.cars: dict[int, CarStory] = {}
        self.phases: Series[FlagPhase] = Series()
        self._said_length = length
        self._axis: tuple[int, int] | None = None

    @property
    def length(self) -> RaceLength:
        if self._said_length is not None:
            return self._said_length
        if self.info is None or self._axis is None:
            return RaceLength()
        return length_of(self.info.part(self._axis[0]), has_white_lap=self.info.sim != _SHEET)

    @property
    def is_sheet(self) -> bool:
        return self.info is not None and self.info.sim == _SHEET

    @property
    def is_race(self) -> bool:
        """False in practice and qualifying; True too where nobody said what it is."""
        part = None if self.info is None or self._axis is None else self.info.part(self._axis[0])
        return part is None or "race" in part.kind.lower()

    def hear(self, info: SessionInfo) -> None:
        self.info = info
        self.people.update((entry.user_id, entry.driver) for entry in info.entries if entry.driver)

    def take(self, fact: Fact) -> None:
        axis = (fact.session_num, fact.run)
        if self._axis is None or axis > self._axis:
            self._axis, self.cars, self.phases = axis, {}, Series()
        elif axis < self._axis:
            return
        if isinstance(fact, FlagPhase):
            self.phases.put(fact.phase, fact)
            return
        car = self.cars.get(fact.car_idx)
        if car is None:
            car = self.cars[fact.car_idx] = CarStory(fact.car_idx)
        _put(car, fact)
        car.changes += 1

    def take_all(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self.take(fact)

    def driven(self) -> Iterator[Lap | TyreStint]:
        """All laps, and the sets that they were driven on."""
        for car in self.cars.values():
            yield from car.tyre_stints
            yield from car.laps

    def retell(self, car_idx: int, facts: Iterable[Fact]) -> None:
        """All that there is about one car, in place of what was known of it: somebody set it right."""
        before = self.cars.pop(car_idx, None)
        self.take_all(facts)
        car = self.cars.get(car_idx)
        if car is not None and before is not None:  # what was worked out of the old facts is not taken again
            car.changes += before.changes

    def at(
        self, now_s: float, standings: Standings | None = None, time_left_s: float | None = None
    ) -> Moment:
        """The race as known now; raises NoRaceError before anything happened.

        `standings` tell where on the lap each car is and what the race's clock shows. Without, both are
        worked out; `time_left_s` says what the clock shows where the caller knows.
        """
        if not self.cars:
            raise NoRaceError("Nothing is known of this race yet.")
        seen = {} if standings is None else {car.car_idx: car for car in standings.cars}
        places = [
            (_place(car, now_s, seen.get(car.car_idx)), self._class_id(car.car_idx), car)
            for car in self.cars.values()
        ]
        # On equal laps fractions tell only if they were seen; else whoever crossed the line first is ahead.
        places.sort(
            key=lambda p: (
                -p[0].laps,
                -p[0].pct if p[0].is_seen else 0.0,
                p[2].line_s if p[2].line_s is not None else now_s,
                p[2].car_idx,
            )
        )
        green_s = self._green_s()
        last = self.phases.last
        return Moment(
            now_s=now_s,
            green_s=green_s,
            time_left_s=self._time_left_s(now_s, green_s, standings, time_left_s),
            length=self.length,
            flag="" if last is None else last.flag,
            phases=tuple(self.phases),
            cars=tuple(_cars_now(places)),
            own_car_idx=-1 if self.info is None else self.info.own.car_idx,
            info=self.info,
            people=dict(self.people),
        )

    def _class_id(self, car_idx: int) -> int:
        entry = None if self.info is None else self.info.entry(car_idx)
        return 0 if entry is None else entry.class_id

    def _green_s(self) -> float:
        first = next((phase for phase in self.phases if phase.flag == "green"), None)
        return 0.0 if first is None else first.start_s

    def _time_left_s(
        self, now_s: float, green_s: float, standings: Standings | None, said_s: float | None
    ) -> float | None:
        """-1 is a clock that does not run yet, 604800 one that never will."""
        shown_s = said_s if said_s is not None else (None if standings is None else standings.time_left_s)
        if shown_s is not None and 0 <= shown_s < UNLIMITED_S:
            return shown_s
        if self.length.time_s is None:
            return None
        return max(0.0, green_s + self.length.time_s - now_s)


class _Place(msgspec.Struct, frozen=True):
    laps: int
    pct: float
    is_seen: bool
    is_in_pits: bool


def _put(car: CarStory, fact: Lap | Stint | Stop | DriverStint | TyreStint | Incident) -> None:
    match fact:
        case Lap():
            car.laps.put(fact.lap, fact)
        case Stop():
            car.stops.put(fact.stop, fact)
        case Stint():
            car.stints.put(fact.stint, fact)
        case DriverStint():
            car.driver_stints.put(fact.driver_stint, fact)
        case TyreStint():
            car.tyre_stints.put(fact.tyre_stint, fact)
        case Incident():
            car.incidents.put(fact.incident, fact)


def _place(car: CarStory, now_s: float, seen: CarStanding | None) -> _Place:
    stop = car.stops.last
    is_in_pits = stop is not None and (stop.lane_out_s is None or stop.lane_out_s > now_s)
    if seen is not None:
        pct = min(max(seen.lap_pct, 0.0), 1.0)
        return _Place(max(seen.laps, car.laps_done), pct, is_seen=True, is_in_pits=seen.is_in_pits)
    lap_s, line_s = car.typical_lap_s(), car.line_s
    pct = 0.0 if lap_s is None or line_s is None else min(max(0.0, now_s - line_s) / lap_s, 0.99)
    return _Place(car.laps_done, pct, is_seen=False, is_in_pits=is_in_pits)


def _cars_now(places: list[tuple[_Place, int, CarStory]]) -> Iterator[CarNow]:
    in_class: dict[int, int] = {}
    for position, (place, class_id, car) in enumerate(places, 1):
        in_class[class_id] = in_class.get(class_id, 0) + 1
        yield CarNow(
            story=car,
            class_id=class_id,
            laps=place.laps,
            lap_pct=place.pct,
            is_pct_seen=place.is_seen,
            line_s=car.line_s,
            status=car.status,
            is_in_pits=place.is_in_pits,
            position=position,
            class_position=in_class[class_id],
        )
