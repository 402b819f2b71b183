"""Our own car as its panel draws it: what its sim says now, what was recorded, and what strategy foresees."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pitbox.model.source import Ticks
from pitbox.strategy.story import Story
from pitbox.ui.scene.race import RaceChange
from pitbox.ui.scene.row import CarRow

if TYPE_CHECKING:  # what makes a forecast is loaded by the thread that makes it
    from pitbox.strategy.forecast import Forecast

CORNERS = ("LF", "RF", "LR", "RR")
UNLIMITED = 255
"""Fast repairs, as the sim counts those without end."""
_FUEL_WISHED, _FAST_REPAIR_WISHED = 0x10, 0x40
_MOST_S = 36_000.0


class Reading(msgspec.Struct, frozen=True):
    """The newest row of our car's own sim. None: it has no such channel, or nobody of ours sits there."""

    is_driven: bool = False
    """Somebody of ours is in the car at that computer: only then it knows the car."""
    fuel_l: float | None = None
    menu_fuel: float | None = None
    """That the pit menu is set to; 0: the box is not ticked."""
    menu_tyres: int | None = None
    has_menu_repair: bool = False
    water_c: float | None = None
    oil_c: float | None = None
    warnings: int | None = None
    """The sim's bits."""
    is_in_stall: bool = False
    repair_s: float | None = None
    """Of repairs that have to be made; told in the stall only."""
    optional_s: float | None = None
    fast_repairs: int | None = None
    """Left; UNLIMITED for no end."""
    wear: tuple[float | None, ...] = (None,) * 4
    """Tread left of each corner as a share, read when the car last stood in its stall."""
    air_c: float | None = None
    track_c: float | None = None


class OwnCar(msgspec.Struct, frozen=True):
    row: CarRow
    sim_time_s: float
    fuel_l: float | None
    """By the recording."""
    driver_s: float | None
    """Since whoever drives got in."""
    stint_s: float | None
    """Since the pits, or since the green flag."""
    is_team_count: bool
    incidents: int | None
    """Points that count against the limit."""
    incident_limit: int | None
    """None: there is none, or the sim is silent."""
    incidents_left: int | None
    wet_steps: tuple[tuple[float, int], ...]
    is_declared_wet: bool | None
    lap_place: float
    """Laps from the start, with the fraction."""
    forecast: "Forecast | None" = None
    reading: Reading | None = None


def own_car(
    change: RaceChange, story: Story, forecast: "Forecast | None", reading: Reading | None
) -> OwnCar | None:
    """None while our car is not in this race."""
    standings, info = change.standings, change.info
    row = change.scene.row(change.scene.own_car_idx)
    if row is None or standings is None or info is None:
        return None
    told, now_s = story.cars.get(row.car_idx), standings.sim_time_s
    turn = None if told is None else told.driver_stints.last
    stint = None if told is None else told.stints.last
    left = info.incidents_left(row.car_idx)
    is_of_now = forecast is not None and (forecast.session_num, forecast.run) == (
        standings.session_num,
        standings.run,
    )
    return OwnCar(
        row=row,
        sim_time_s=now_s,
        fuel_l=standings.fuel_l,
        driver_s=None if turn is None or turn.end_s is not None else max(0.0, now_s - turn.start_s),
        stint_s=None if stint is None or stint.end_s is not None else max(0.0, now_s - stint.start_s),
        is_team_count=bool(info.rules.is_team_event),
        incidents=info.incident_points(row.car_idx),
        incident_limit=None if left is None else info.rules.incident_limit,
        incidents_left=left,
        wet_steps=standings.wet_steps,
        is_declared_wet=standings.is_declared_wet,
        lap_place=row.laps + row.lap_pct,
        forecast=forecast if is_of_now else None,
        reading=reading,
    )


def reading_of(ticks: Ticks) -> Reading | None:
    """Of the last of these rows; None where there is none."""
    names = ticks.own.dtype.names or ()
    if not len(ticks.own):
        return None
    row = ticks.own[-1]

    def take(name: str, least: float = -np.inf, most: float = np.inf) -> float | None:
        value = float(row[name]) if name in names and np.ndim(row[name]) == 0 else np.nan
        return value if np.isfinite(value) and least <= value <= most else None

    reading = Reading(air_c=take("AirTemp", -80, 80), track_c=take("TrackTemp", -80, 120))
    seat = take("IsOnTrackCar") if "IsOnTrackCar" in names else take("IsOnTrack")
    return _in_car(reading, take) if seat else reading


def _in_car(reading: Reading, take: Callable[..., float | None]) -> Reading:
    is_in_stall = bool(take("PlayerCarInPitStall"))
    flags, fuel = _whole(take("PitSvFlags")), take("PitSvFuel", 0, 1e4)
    return msgspec.structs.replace(
        reading,
        is_driven=True,
        fuel_l=take("FuelLevel", 1e-6, 1e4),
        menu_fuel=None if flags is None else fuel if flags & _FUEL_WISHED else 0.0,
        menu_tyres=None if flags is None else (flags & 0x0F).bit_count(),
        has_menu_repair=bool((flags or 0) & _FAST_REPAIR_WISHED),
        water_c=take("WaterTemp", -80, 300),
        oil_c=take("OilTemp", -80, 300),
        warnings=_whole(take("EngineWarnings")),
        is_in_stall=is_in_stall,
        repair_s=take("PitRepairLeft", 0, _MOST_S) if is_in_stall else None,
        optional_s=take("PitOptRepairLeft", 0, _MOST_S) if is_in_stall else None,
        fast_repairs=_whole(take("FastRepairAvailable", 0, UNLIMITED)),
        wear=tuple(take(f"{corner}wearM", 0, 1) for corner in CORNERS),
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
