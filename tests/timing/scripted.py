"""Tiny worlds told leg by leg, and their way into records with the blocks cut wherever a test likes."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from pitbox.model.channel import LAP_STEP, Channel, Layout, Stream
from pitbox.model.fact import Fact, FlagPhase, Lap, Stint, Stop
from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.model.source import RowArray
from pitbox.timing.race import RaceFold
from pitbox.wire.block import encode_rows, quantise
from pitbox.wire.record import AnyRecord, BlockRecord, InfoRecord, LayoutRecord, RunRecord

AWAY, OFF, STALL, LANE, ON = -1, 0, 1, 2, 3
OWN_CAR = 1
WIDTH = 8

_TIMES = (Channel("SessionTime", "f8"), Channel("SessionTick", "i4"))
FIELD = Layout(
    Stream.FIELD,
    (
        *_TIMES,
        Channel("SessionState", "i4"),
        Channel("SessionFlags", "u4"),
        Channel("CarIdxLapDistPct", "f4", WIDTH, step=LAP_STEP),
        Channel("CarIdxLap", "i4", WIDTH),
        Channel("CarIdxLapCompleted", "i4", WIDTH),
        Channel("CarIdxTrackSurface", "i4", WIDTH),
        Channel("CarIdxOnPitRoad", "b1", WIDTH),
        Channel("CarIdxPosition", "i4", WIDTH),
        Channel("CarIdxTireCompound", "i4", WIDTH),
    ),
)
OWN = Layout(
    Stream.OWN,
    (
        *_TIMES,
        Channel("FuelLevel", "f4"),
        Channel("IsOnTrack", "b1"),
        Channel("SessionTimeRemain", "f8"),
    ),
)


class Leg(NamedTuple):
    start_s: float
    seconds: float
    place: float
    """Laps: the whole part is CarIdxLap, the rest the lap fraction."""
    laps: float
    surface: int
    fuel_l: float
    fuel: float
    compound: int


class Driver:
    """One car's script: legs of even speed, one after another."""

    def __init__(self, place: float, fuel_l: float) -> None:
        self.now_s = 1.0
        self.place = place
        self.fuel_l = fuel_l
        self.compound = 0
        self.legs: list[Leg] = []

    def run(self, seconds: float, laps: float = 0.0, on: int = ON, fuel: float = 0.0) -> "Driver":
        self.legs.append(Leg(self.now_s, seconds, self.place, laps, on, self.fuel_l, fuel, self.compound))
        self.now_s += seconds
        self.place += laps
        self.fuel_l += fuel
        return self

    def to(self, place: float, seconds: float, on: int = ON, fuel: float = 0.0) -> "Driver":
        return self.run(seconds, place - self.place, on, fuel)

    def jump(self, place: float) -> "Driver":
        self.place = place
        return self

    def tyres(self, compound: int) -> "Driver":
        self.compound = compound
        return self

    def stop(self, stall_s: float = 20.0, fuel: float = 0.0) -> "Driver":
        """From 0.95 of a lap through the lane to 0.05 of the next; the stall lies at 0.98."""
        lap = int(self.place)
        self.to(lap + 0.95, 0.5) if self.place < lap + 0.95 else None
        self.to(lap + 0.98, 6.0, LANE)
        self.run(stall_s, on=STALL, fuel=fuel)
        return self.to(lap + 1.05, 14.0, LANE)


class Script:
    """Cars and what race control does; times in seconds of the session, from 1."""

    def __init__(self, kind: str = "Race", state: int = 4, hz: int = 60) -> None:
        self.kind = kind
        self.hz = hz
        self.drivers: dict[int, Driver] = {}
        self.states: list[tuple[float, int]] = [(0.0, state)]
        self.flags: list[tuple[float, int]] = [(0.0, 0)]
        self.infos: list[tuple[float, dict[int, int]]] = []
        self.users: dict[int, int] = {}
        self.missing: list[tuple[float, float]] = []
        self.left_s: float = 5000.0
        self.dead_own: list[tuple[float, float]] = []

    def car(self, car_idx: int, place: float = 1.0, user: int | None = None, fuel_l: float = 50.0) -> Driver:
        self.users[car_idx] = car_idx * 100 if user is None else user
        return self.drivers.setdefault(car_idx, Driver(place, fuel_l))

    def swap(self, at_s: float, car_idx: int, user: int) -> None:
        self.infos.append((at_s, {car_idx: user}))

    def info(self, changes: Iterable[dict[int, int]] = ()) -> SessionInfo:
        users = dict(self.users)
        for change in changes:
            users.update(change)
        entries = [
            Entry(idx, str(idx), idx, f"Team {idx}", user, f"Driver {user}", 1 + idx % 2, "car")
            for idx, user in sorted(users.items())
        ]
        entries.append(Entry(0, "0", 0, "Pace", 0, "Pace Car", 11, "pace car", is_pace_car=True))
        return SessionInfo(
            sim="iRacing",
            sub_session_id=1,
            track=Track(1, "Ring", "", 5000.0, 22.0),
            parts=(SessionPart(0, self.kind, 7200.0), SessionPart(1, "Race", 7200.0)),
            classes=(CarClass(1, "A"), CarClass(2, "B")),
            entries=tuple(entries),
            own=OwnCar(OWN_CAR, 100.0, 0.75),
        )

    def ticks(self) -> np.ndarray:
        end_s = max(driver.now_s for driver in self.drivers.values())
        times = np.arange(self.hz, int(end_s * self.hz) + 1) / self.hz
        for low, high in self.missing:
            times = times[(times <= low) | (times >= high)]
        return times

    def field(self) -> RowArray:
        """Rows as the log gives them back."""
        times = self.ticks()
        rows = np.zeros(len(times), FIELD.dtype)
        rows["SessionTime"] = times
        rows["SessionState"] = _steps(self.states, times)
        rows["SessionFlags"] = _steps(self.flags, times)
        for name in ("CarIdxLapDistPct", "CarIdxLap", "CarIdxLapCompleted", "CarIdxTrackSurface"):
            rows[name] = -1
        for car_idx, driver in self.drivers.items():
            for leg in driver.legs:
                at = (times >= leg.start_s) & (times < leg.start_s + leg.seconds)
                if leg.surface == AWAY:
                    continue
                place = leg.place + (times[at] - leg.start_s) / leg.seconds * leg.laps
                rows["CarIdxLapDistPct"][at, car_idx] = place - np.floor(place)
                rows["CarIdxLap"][at, car_idx] = np.floor(place)
                rows["CarIdxLapCompleted"][at, car_idx] = np.maximum(np.floor(place) - 1, -1)
                rows["CarIdxTrackSurface"][at, car_idx] = leg.surface
                rows["CarIdxOnPitRoad"][at, car_idx] = leg.surface in (STALL, LANE)
                rows["CarIdxTireCompound"][at, car_idx] = leg.compound
        return quantise(FIELD, rows)

    def own(self) -> RowArray:
        times = self.ticks()
        rows = np.zeros(len(times), OWN.dtype)
        rows["SessionTime"] = times
        rows["SessionTimeRemain"] = self.left_s - times
        for leg in self.drivers[OWN_CAR].legs if OWN_CAR in self.drivers else []:
            at = (times >= leg.start_s) & (times < leg.start_s + leg.seconds)
            rows["FuelLevel"][at] = leg.fuel_l + (times[at] - leg.start_s) / leg.seconds * leg.fuel
            rows["IsOnTrack"][at] = True
        for low, high in self.dead_own:
            dead = (times >= low) & (times < high)
            rows["FuelLevel"][dead] = 0
            rows["IsOnTrack"][dead] = False
        return rows

    def notices(self) -> list[tuple[float, SessionInfo]]:
        changes = [change for _, change in self.infos]
        return [(0.0, self.info())] + [
            (at_s, self.info(changes[: n + 1])) for n, (at_s, _) in enumerate(self.infos)
        ]

    def records(self, cuts: Sequence[int] = (60,)) -> list[AnyRecord]:
        return records(self.own(), self.field(), self.notices(), cuts)

    def fold(self, cuts: Sequence[int] = (60,)) -> "Told":
        return told(self.records(cuts))


class Told(NamedTuple):
    fold: RaceFold
    facts: list[Fact]

    def _last(self, kind: type, *key: str) -> dict:
        found: dict = {}
        for fact in self.facts:
            if isinstance(fact, kind):
                found[tuple(getattr(fact, name) for name in key)] = fact
        return found

    def laps(self, car_idx: int = OWN_CAR) -> list[Lap]:
        return [lap for (car, _), lap in self._last(Lap, "car_idx", "lap").items() if car == car_idx]

    def stints(self, car_idx: int = OWN_CAR) -> list[Stint]:
        return [fact for (car, _), fact in self._last(Stint, "car_idx", "stint").items() if car == car_idx]

    def stops(self, car_idx: int = OWN_CAR) -> list[Stop]:
        return [fact for (car, _), fact in self._last(Stop, "car_idx", "stop").items() if car == car_idx]

    def flags(self) -> list[FlagPhase]:
        return list(self._last(FlagPhase, "phase").values())

    def order(self) -> list[int]:
        standings = self.fold.standings()
        assert standings is not None
        return [car.car_idx for car in standings.cars]


def records(
    own: RowArray,
    field: RowArray,
    notices: Sequence[tuple[float, SessionInfo]],
    cuts: Sequence[int],
    layouts: tuple[Layout, Layout] = (OWN, FIELD),
) -> list[AnyRecord]:
    """As a recorder writes: own and field blocks of the same ticks, a session text before its rows."""
    out = opening(layouts)
    waiting = list(notices)
    for mine, theirs in zip(cut(own, cuts), cut(field, cuts), strict=True):
        while waiting and waiting[0][0] <= theirs["SessionTime"][-1]:
            at_s, info = waiting.pop(0)
            out.append(InfoRecord(sim_time_s=at_s, session_num=0, run=0, info=info))
        out += [block(layouts[0], 0, mine), block(layouts[1], 1, theirs)]
    return out


def opening(layouts: tuple[Layout, Layout] = (OWN, FIELD), run: int = 0) -> list[AnyRecord]:
    return [
        *(LayoutRecord(sim_time_s=0.0, layout_no=n, layout=layout) for n, layout in enumerate(layouts)),
        RunRecord(sim_time_s=0.0, session_num=0, run=run, reason="entered"),
    ]


def cut(rows: RowArray, cuts: Sequence[int]) -> list[RowArray]:
    """Pieces of `cuts` rows in turn, over and over."""
    pieces, start, turn = [], 0, 0
    while start < len(rows):
        size = cuts[turn % len(cuts)]
        pieces.append(rows[start : start + size])
        start, turn = start + size, turn + 1
    return pieces


def block(layout: Layout, number: int, rows: RowArray, session_num: int = 0, run: int = 0) -> BlockRecord:
    return BlockRecord(
        sim_time_s=float(rows["SessionTime"][0]),
        session_num=session_num,
        run=run,
        layout_no=number,
        row_count=len(rows),
        data=encode_rows(layout, rows),
    )


def told(some: Iterable[AnyRecord], fold: RaceFold | None = None) -> Told:
    fold = RaceFold() if fold is None else fold
    return Told(fold, [fact for record in some for fact in fold.fold(record)])


def _steps(changes: list[tuple[float, int]], times: np.ndarray) -> np.ndarray:
    values = np.zeros(len(times), np.int64)
    for at_s, value in changes:
        values[times >= at_s] = value
    return values
