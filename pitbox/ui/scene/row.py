"""One car of the timing table: values, never words, each with what says how far it can be trusted."""

from enum import StrEnum

import msgspec

from pitbox.model.session import Entry


class Best(StrEnum):
    """What a lap time is besides a number."""

    NONE = ""
    OWN = "own"
    CLASS = "class"


class StopNote(msgspec.Struct, frozen=True):
    """The last visit to the pits."""

    lap: int
    lane_s: float | None
    """None while the car is in there."""
    stall_s: float | None
    """None: it drove through, or stands there still."""
    is_tow: bool = False


class LapWindow(msgspec.Struct, frozen=True):
    """Laps between which a car has to stop, as strategy sees it."""

    first: int
    last: int
    confidence: float = 1.0
    likely: int | None = None
    """About which lap it comes in by its stops so far, cautions to come among them; None: nobody says."""


class Gap(msgspec.Struct, frozen=True):
    """How far ahead somebody is: by time at the same place on the track, or whole laps."""

    seconds: float | None
    """None while not known, or when laps lie between."""
    laps: int = 0


class LastLap(msgspec.Struct, frozen=True):
    time_s: float | None
    best: Best = Best.NONE
    is_in: bool = False
    """It ended in the pits."""
    is_out: bool = False
    """It began in the pits."""


class Tyres(msgspec.Struct, frozen=True):
    compound: int
    """The sim's number; -1 where it does not say."""
    laps: int
    confidence: float = 1.0
    """That it is one set still."""


class Amended(msgspec.Struct, frozen=True):
    """Something about a car that a person set right."""

    field: str
    """What it is about: `driver`, `stop`, `tyres`, `retired`, or `` for what no column shows now."""
    words: str
    """What it was, what it is, who said so and when."""
    is_disputed: bool = False


class CarRow(msgspec.Struct, frozen=True):
    entry: Entry
    position: int
    class_position: int
    laps: int
    lap_pct: float
    """Left out of what makes a row another one: a map takes it from the live lane."""
    gap: Gap
    """To the leader of its class."""
    total_gap: Gap
    """To the leader over all."""
    interval_s: float | None
    """To the car ahead in class."""
    last: LastLap
    best_lap_s: float | None
    is_class_best: bool
    stint_laps: int
    driver_laps: int | None
    """Of the person in the car since getting in."""
    stops: int
    stop: StopNote | None
    tyres: Tyres
    window: LapWindow | None
    status: str
    """`track`, `off`, `lane`, `stall`, `tow`, `out`, or `retired` as a person says."""
    incident: str
    is_ours: bool
    age_s: int
    """Whole seconds of sim time since the car was seen last; 0 while it is."""
    amended: tuple[Amended, ...] = ()

    @property
    def car_idx(self) -> int:
        return self.entry.car_idx

    @property
    def class_id(self) -> int:
        return self.entry.class_id


class ClassHead(msgspec.Struct, frozen=True):
    """A class: the quickest has rank 0."""

    class_id: int
    name: str
    rank: int
    cars: int
    best_lap_s: float | None = None
