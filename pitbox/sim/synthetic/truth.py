"""What really happened, written by the world as it happens and never read from rows.

A lap `n` is the time a car spent with CarIdxLap == n; times are exact, not those of ticks. The first lap
of a race is counted from the green flag, as the sim counts it, though its number rises at the line.
"""

from collections import Counter

import msgspec


class LapTruth(msgspec.Struct, frozen=True):
    car_idx: int
    lap: int
    user_id: int
    """Who crossed the line at its end."""
    start_s: float
    end_s: float
    is_out: bool
    """The car left the pit lane in it, or began it there."""
    is_in: bool
    """The car entered the pit lane in it."""
    is_caution: bool
    is_tow: bool
    position: int
    fuel_used_l: float
    fuel_left_l: float
    fuel_added_l: float
    is_broken: bool = False
    """The car was out of the world for a while and came back in its stall."""


class StintTruth(msgspec.Struct, frozen=True):
    """From the green flag or the end of the pit lane to the next entry."""

    car_idx: int
    stint: int
    user_id: int
    start_s: float
    start_lap: int
    laps: int = 0
    """The lap on which the car came in counts here, wherever in the lane it ended."""
    end_s: float | None = None
    end: str = ""
    """`stop`, `finish` or `lost`; empty while it runs."""


class StopTruth(msgspec.Struct, frozen=True):
    """One visit to the pits. A tow begins in the stall; a drive-through has none."""

    car_idx: int
    stop: int
    lap: int
    """CarIdxLap at its beginning."""
    kind: str
    """`service`, `drive_through`, `tow`, `return` (in the stall after a disconnect) or `garage`, from which
    a car first leaves in practice."""
    user_id_in: int
    lane_in_s: float
    stall_in_s: float | None = None
    stall_out_s: float | None = None
    lane_out_s: float | None = None
    user_id_out: int = 0
    fuel_added_l: float = 0.0
    tyres_changed: bool = False
    away_s: tuple[float, float] | None = None
    """Out of the world while drivers swapped."""
    repair_s: float = 0.0
    """Spent on repairs that had to be."""
    optional_repair_s: float = 0.0
    is_fast_repair: bool = False
    compound: int | None = None
    """Of the tyres that were fitted, if any were."""


class FlagTruth(msgspec.Struct, frozen=True):
    """`green`, `caution`, `white` or `checkered`."""

    flag: str
    start_s: float
    end_s: float | None = None


class MishapTruth(msgspec.Struct, frozen=True):
    """Why something happened.

    `off_track`, `dry` (out of fuel), `tow`, `retirement`, `penalty`, `spin`, `slow`, `contact` or
    `disconnect`.
    """

    car_idx: int
    kind: str
    start_s: float


class IncidentTruth(msgspec.Struct, frozen=True):
    """What the field could see of it, for incident detection to be judged by.

    `off_track` lasts as long as the car is off; `spin` from the loss to driving on; `slow` while it limps;
    `contact` is one moment, told for each of the two cars; `tow` from the side of the road until the car
    may be served. A car that spins off the road is told twice.
    """

    car_idx: int
    kind: str
    start_s: float
    lap: int
    lap_pct: float
    end_s: float | None = None
    """None: the session ended first."""
    other_idx: int = -1
    """The other car of a contact."""


class SlipTruth(msgspec.Struct, frozen=True):
    """Wheels that did not go with the road: `lock_up` or `wheelspin`. The field sees nothing of it."""

    car_idx: int
    kind: str
    start_s: float
    end_s: float
    lap: int
    lap_pct: float
    wheels: tuple[str, ...]
    """`LF`, `RF`, `LR`, `RR`."""
    slip: float
    """Of road speed, at its height: -1 is a wheel that stands."""
    until_s: float
    """The car drives again as it would have."""


class Finisher(msgspec.Struct, frozen=True):
    car_idx: int
    position: int
    class_position: int
    laps: int
    finish_s: float | None
    """None: did not take the chequered flag."""


class Truth:
    """Grows while the race runs; what is open is replaced when it closes."""

    def __init__(self) -> None:
        self.laps: list[LapTruth] = []
        self.stints: list[StintTruth] = []
        self.stops: list[StopTruth] = []
        self.flags: list[FlagTruth] = []
        self.mishaps: list[MishapTruth] = []
        self.incidents: list[IncidentTruth] = []
        self.slips: list[SlipTruth] = []
        self.classification: tuple[Finisher, ...] = ()
        """Empty until the race is over."""
        self.start_fuel_l: dict[int, float] = {}
        self.green_s: float | None = None
        self._open_stint: dict[int, int] = {}
        self._last_stint: dict[int, int] = {}
        self._open_stop: dict[int, int] = {}
        self._stint_count: Counter[int] = Counter()
        self._stop_count: Counter[int] = Counter()

    def begin_stint(self, car_idx: int, user_id: int, t_s: float, lap: int) -> None:
        number = self._stint_count[car_idx]
        self._stint_count[car_idx] += 1
        self._open_stint[car_idx] = self._last_stint[car_idx] = len(self.stints)
        self.stints.append(StintTruth(car_idx, number, user_id, t_s, lap))

    def count_stint_lap(self, car_idx: int) -> None:
        at = self._last_stint[car_idx]
        self.stints[at] = msgspec.structs.replace(self.stints[at], laps=self.stints[at].laps + 1)

    def end_stint(self, car_idx: int, t_s: float, end: str) -> None:
        at = self._open_stint.pop(car_idx, None)
        if at is not None:
            self.stints[at] = msgspec.structs.replace(self.stints[at], end_s=t_s, end=end)

    def close(self, t_s: float) -> None:
        """The session is over: who still raced is lost to it."""
        for car_idx in list(self._open_stint):
            self.end_stint(car_idx, t_s, "lost")

    def begin_stop(self, car_idx: int, lap: int, kind: str, user_id: int, t_s: float) -> None:
        number = self._stop_count[car_idx]
        self._stop_count[car_idx] += 1
        self._open_stop[car_idx] = len(self.stops)
        self.stops.append(StopTruth(car_idx, number, lap, kind, user_id, t_s, user_id_out=user_id))

    def change_stop(self, car_idx: int, **changes: object) -> None:
        at = self._open_stop[car_idx]
        self.stops[at] = msgspec.structs.replace(self.stops[at], **changes)

    def end_stop(self, car_idx: int, t_s: float) -> None:
        at = self._open_stop.pop(car_idx)
        self.stops[at] = msgspec.structs.replace(self.stops[at], lane_out_s=t_s)

    def begin_incident(self, incident: IncidentTruth) -> int:
        """Gives the number by which it ends."""
        self.incidents.append(incident)
        return len(self.incidents) - 1

    def end_incident(self, number: int, t_s: float) -> None:
        self.incidents[number] = msgspec.structs.replace(self.incidents[number], end_s=t_s)

    def raise_flag(self, flag: str, t_s: float) -> None:
        """Begins a phase and ends the one before."""
        if self.flags:
            self.flags[-1] = msgspec.structs.replace(self.flags[-1], end_s=t_s)
        self.flags.append(FlagTruth(flag, t_s))
