"""The race at one moment, as a fold sees it: what a view draws."""

import msgspec


class CarStanding(msgspec.Struct, frozen=True, array_like=True):
    """One car. Times are in seconds of the session, gaps in seconds behind."""

    car_idx: int
    position: int
    class_position: int
    laps: int
    """Completed since the start."""
    lap_pct: float
    surface: int
    gap_s: float | None
    """To the leader over all; None while it is not known, or laps down."""
    class_gap_s: float | None
    interval_s: float | None
    """To the car ahead in class."""
    laps_down: int
    last_lap_s: float | None
    best_lap_s: float | None
    stint_laps: int
    stops: int
    compound: int
    user_id: int
    is_in_pits: bool
    seen_s: float
    """Sim time of the last row in which the car was in the world."""
    status: str = ""
    """`track`, `off`, `lane`, `stall`, `tow` or `out`."""
    incident: str = ""
    """Kind of the incident that lasts; empty without one."""
    tyre_laps: int = 0
    """On this set, as far as it can be seen."""


class Standings(msgspec.Struct, frozen=True, array_like=True):
    session_num: int
    run: int
    sim_time_s: float
    session_state: int
    flag: str
    time_left_s: float | None
    fuel_l: float | None
    """Our car, None while nobody speaks for it."""
    cars: tuple[CarStanding, ...]
    """In order of position."""
    phase: str = ""
    """`waiting`, `parade`, `racing`, `checkered` or `over` in a race; `open` or `over` elsewhere."""
    fuel_per_lap_l: float | None = None
    """Ours, from the last clean laps; None before the first one."""
    fuel_laps: int = 0
    """How many clean laps that figure stands on."""
    wet_steps: tuple[tuple[float, int], ...] = ()
    """When the track became how wet, by the sim's steps (1 dry, 7 under water); the last one holds now."""
    is_declared_wet: bool | None = None
    """Wet tyres are allowed; None where nobody of ours says."""
