"""What the folds find out. A fact with a key seen before replaces the older one.

None holds anything that could hold it in turn: the collector of cycles need not look at fifty thousand laps.
"""

import msgspec


class LapKind(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Why a lap does not count as a flying lap; all false is a clean one."""

    is_out: bool = False
    is_in: bool = False
    is_caution: bool = False
    is_tow: bool = False
    is_broken: bool = False
    """Ticks were missing, or the car left the world in the middle."""
    is_incident: bool = False
    """The car went off, spun, crawled or hit somebody in it."""

    def is_clean(self) -> bool:
        return not any(msgspec.structs.astuple(self))


class Lap(msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="fact", tag="lap"):
    """From one crossing of the line to the next. Key: session_num, run, car_idx, lap."""

    session_num: int
    run: int
    car_idx: int
    lap: int
    user_id: int
    start_s: float
    end_s: float
    kind: LapKind
    stint: int
    position: int
    class_position: int
    compound: int
    fuel_used_l: float | None = None
    """Own car only, while its own collector speaks."""
    fuel_left_l: float | None = None
    sectors_s: tuple[float | None, ...] = ()
    """Time in each sector of the track; None where a boundary was not seen."""

    @property
    def time_s(self) -> float:
        return self.end_s - self.start_s


class Stint(msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="fact", tag="stint"):
    """From leaving the pits (or the start) to the next entry. Key: session_num, run, car_idx, stint."""

    session_num: int
    run: int
    car_idx: int
    stint: int
    user_id: int
    compound: int
    start_s: float
    start_lap: int
    laps: int = 0
    end_s: float | None = None
    """None while it runs."""
    end: str = ""
    """`stop`, `finish` or `lost`; empty while it runs."""


class Service(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One thing that was done in a visit to the pits, and how sure that is."""

    what: str
    """`fuel`, `tyres`, `repairs`, `swap`, `drive_through` or `tow`."""
    confidence: float
    """1: measured in the car; less: concluded from what others can see of it."""


class Stop(msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="fact", tag="stop"):
    """One visit to the pits. Key: session_num, run, car_idx, stop."""

    session_num: int
    run: int
    car_idx: int
    stop: int
    lap: int
    lane_in_s: float
    user_id_in: int
    compound_in: int
    stall_in_s: float | None = None
    """None: drove through without stopping."""
    stall_out_s: float | None = None
    lane_out_s: float | None = None
    """None while the car is in there."""
    user_id_out: int = 0
    compound_out: int = -1
    fuel_added_l: float | None = None
    is_tow: bool = False
    service: tuple[Service, ...] = ()
    """What was done, as far as it can be told; complete when the car is out."""


class FlagPhase(msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="fact", tag="flag"):
    """A stretch of green, caution, red, white or chequered. Key: session_num, run, phase."""

    session_num: int
    run: int
    phase: int
    flag: str
    start_s: float
    end_s: float | None = None


class DriverStint(
    msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="fact", tag="driver_stint"
):
    """One person in the car, over as many stops as it takes. Key: session_num, run, car_idx, driver_stint."""

    session_num: int
    run: int
    car_idx: int
    driver_stint: int
    user_id: int
    start_s: float
    start_lap: int
    laps: int = 0
    end_s: float | None = None
    """None while it runs."""
    end: str = ""
    """`swap`, `finish` or `lost`; empty while it runs."""


class TyreStint(msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="fact", tag="tyre_stint"):
    """One set of tyres on the car. Key: session_num, run, car_idx, tyre_stint."""

    session_num: int
    run: int
    car_idx: int
    tyre_stint: int
    compound: int
    start_s: float
    start_lap: int
    laps: int = 0
    end_s: float | None = None
    """None while it runs."""
    end: str = ""
    """`change`, `finish` or `lost`; empty while it runs."""
    confidence: float = 1.0
    """That it is one set still: of other cars only another compound shows, so each stop halves it."""


class Incident(msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="fact", tag="incident"):
    """Something went wrong for one car. Key: session_num, run, car_idx, incident."""

    session_num: int
    run: int
    car_idx: int
    incident: int
    """Counts the incidents of a car in a run."""
    kind: str
    """`off_track`, `spin`, `slow`, `contact` (suspected) or `tow`; the gravest so far."""
    start_s: float
    lap: int
    """On which it began."""
    lap_pct: float
    """Where it began."""
    end_s: float | None = None
    """Back at speed on the track, in the pits or gone; None while it lasts."""
    confidence: float = 1.0


Fact = Lap | Stint | Stop | FlagPhase | DriverStint | TyreStint | Incident
