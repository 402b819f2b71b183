"""What the folds find out. A fact with a key seen before replaces the older one."""

import msgspec


class LapKind(msgspec.Struct, frozen=True, array_like=True):
    """Why a lap does not count as a flying lap; all false is a clean one."""

    is_out: bool = False
    is_in: bool = False
    is_caution: bool = False
    is_tow: bool = False
    is_broken: bool = False
    """Ticks were missing, or the car left the world in the middle."""

    def is_clean(self) -> bool:
        return not (self.is_out or self.is_in or self.is_caution or self.is_tow or self.is_broken)


class Lap(msgspec.Struct, frozen=True, array_like=True, tag_field="fact", tag="lap"):
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

    @property
    def time_s(self) -> float:
        return self.end_s - self.start_s


class Stint(msgspec.Struct, frozen=True, array_like=True, tag_field="fact", tag="stint"):
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


class Stop(msgspec.Struct, frozen=True, array_like=True, tag_field="fact", tag="stop"):
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


class FlagPhase(msgspec.Struct, frozen=True, array_like=True, tag_field="fact", tag="flag"):
    """A stretch of green, caution, red, white or chequered. Key: session_num, run, phase."""

    session_num: int
    run: int
    phase: int
    flag: str
    start_s: float
    end_s: float | None = None


Fact = Lap | Stint | Stop | FlagPhase
