"""What the map shows of each car, and where the track is yellow. Pure; loads no Qt."""

from enum import StrEnum

import msgspec

from pitbox.ui.scene.race import RaceChange, RaceScene
from pitbox.ui.scene.row import CarRow

_GONE_S = 60
"""A car that was not seen for so long stands nowhere."""
_ZONE_BEFORE, _ZONE_BEHIND = 0.025, 0.006
"""Of the lap: where those who come have to know, and what the trouble itself takes."""
_ZONE_STEP = 1 / 256
"""Zones go in steps: a car that creeps along does not move them with every look."""
LOCAL = "local"


class State(StrEnum):
    """Each has a shape of its own."""

    TRACK = "track"
    OFF = "off"
    SLOW = "slow"
    LANE = "lane"
    STALL = "stall"
    TOW = "tow"
    OUT = "out"

    @property
    def is_trouble(self) -> bool:
        return self in (State.OFF, State.SLOW)

    @property
    def is_in_pits(self) -> bool:
        return self in (State.LANE, State.STALL)


STATE_WORDS = {State.OFF: "off", State.SLOW: "slow", State.TOW: "tow"}
"""Stand on a plate behind the number; where the others are is seen."""


class TrackCar(msgspec.Struct, frozen=True):
    car_idx: int
    number: str
    rank: int
    """Of its class, by pace."""
    state: State
    pct: float
    """As it was seen last."""
    is_ours: bool
    is_mate: bool
    """Of our class."""
    class_position: int
    fade: float
    """1 while it is seen, towards 0 the longer it is not."""

    @property
    def plate(self) -> str:
        word = STATE_WORDS.get(self.state, "")
        return f"{self.number} {word}" if word else self.number


class Zone(msgspec.Struct, frozen=True):
    """A stretch of the lap, from entry to end; below 0 it begins before the line."""

    start: float
    end: float


def track_cars(scene: RaceScene) -> tuple[TrackCar, ...]:
    """In order of position; cars that went away long ago are left out."""
    ranks = {head.class_id: head.rank for head in scene.classes}
    own = scene.row(scene.own_car_idx)
    return tuple(
        TrackCar(
            car_idx=row.car_idx,
            number=row.entry.number,
            rank=ranks.get(row.class_id, 0),
            state=state_of(row),
            pct=row.lap_pct,
            is_ours=row.is_ours,
            is_mate=own is not None and row.class_id == own.class_id,
            class_position=row.class_position,
            fade=1.0 if not row.age_s else max(0.25, 1.0 - row.age_s / _GONE_S),
        )
        for row in scene.rows
        if row.age_s < _GONE_S
    )


def state_of(row: CarRow) -> State:
    if row.status == "track" and row.incident:
        return State.OFF if row.incident == "off_track" else State.SLOW
    try:
        return State(row.status)
    except ValueError:
        return State.TRACK


def yellow_zones(change: RaceChange) -> tuple[Zone, ...]:
    """Around cars in trouble, where this event has local cautions; telemetry tells no more of them."""
    if change.info is None or change.info.rules.cautions.casefold() != LOCAL:
        return ()
    troubled = sorted({_stepped(car.pct) for car in track_cars(change.scene) if car.state.is_trouble})
    zones: list[Zone] = []
    for pct in troubled:
        start, end = pct - _ZONE_BEFORE, pct + _ZONE_BEHIND
        if zones and start <= zones[-1].end:
            zones[-1] = Zone(zones[-1].start, end)
        else:
            zones.append(Zone(start, end))
    return tuple(zones)


def _stepped(pct: float) -> float:
    return round(pct / _ZONE_STEP) * _ZONE_STEP
