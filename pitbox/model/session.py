"""Who races where: what the sim's session text says, as nouns."""

from typing import Annotated, TypeVar

import msgspec

_T = TypeVar("_T")
Few = Annotated[tuple[_T, ...], msgspec.Meta(max_length=256)]
"""A tuple of what a session has few of; a longer one from elsewhere is refused before it is read."""


class Track(msgspec.Struct, frozen=True, array_like=True):
    track_id: int
    name: str
    config: str
    length_m: float
    pit_speed_mps: float
    sector_starts: Few[float] = (0.0,)
    """Lap fractions at which sectors begin."""


class CarClass(msgspec.Struct, frozen=True, array_like=True):
    class_id: int
    name: str
    relative_speed: float = 0.0
    """The sim's own estimate, higher is faster; orders the classes."""
    colour: int = 0xFFFFFF


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One car and the person in it now. The car is CarIdx and team; the stint is the user."""

    car_idx: int
    number: str
    team_id: int
    team: str
    user_id: int
    driver: str
    class_id: int
    car: str
    irating: int = 0
    is_pace_car: bool = False
    is_spectator: bool = False
    incidents: int | None = None
    """Points of the person in the car; None where the sim keeps them from us."""
    team_incidents: int | None = None


class SessionPart(msgspec.Struct, frozen=True, array_like=True):
    """Practice, qualifying or race inside one visit to a server."""

    session_num: int
    kind: str
    length_s: float | None = None
    laps: int | None = None


class OwnCar(msgspec.Struct, frozen=True, array_like=True):
    car_idx: int
    tank_l: float
    """Usable: the tank times the share of it that the event allows."""
    fuel_kg_per_l: float
    is_electric: bool = False


UNLIMITED = 1_000_000_000
"""A limit that nobody reaches, so that a count can always be held against it."""


class EventRules(msgspec.Struct, frozen=True, array_like=True):
    """What this event demands and allows; None or empty where the sim is silent. Lengths are in the parts."""

    is_team_event: bool | None = None
    driver_change_rule: str = ""
    """In the sim's own word."""
    fair_share: float | None = None
    """Least share of an equal share of the laps that each driver has to do."""
    least_drivers: int | None = None
    most_drivers: int | None = None
    incident_limit: int | None = None
    """Points that disqualify: a team's in a team event, else a driver's."""
    first_warning: int | None = None
    """Points that cost a penalty for the first time."""
    next_warnings: int | None = None
    """Further points for each further penalty."""
    fast_repairs: int | None = None
    cautions: str = ""
    """`off`, `local` or `full`."""
    restarts: str = ""
    is_standing_start: bool | None = None
    extra_finish_laps: int | None = None
    """Attempts at green, white, chequered."""
    is_official: bool | None = None
    is_fixed_setup: bool | None = None


class SessionInfo(msgspec.Struct, frozen=True, array_like=True):
    """The state of the session text at one moment; a change makes a new one."""

    sim: str
    sub_session_id: int
    track: Track
    parts: Few[SessionPart]
    classes: Few[CarClass]
    entries: Few[Entry]
    own: OwnCar
    title: str = ""
    rules: EventRules = EventRules()

    def part(self, session_num: int) -> SessionPart | None:
        return next((part for part in self.parts if part.session_num == session_num), None)

    def entry(self, car_idx: int) -> Entry | None:
        return next((entry for entry in self.entries if entry.car_idx == car_idx), None)

    def incidents_left(self, car_idx: int) -> int | None:
        """Points until this car is disqualified; None where there is no limit or no count."""
        limit, points = self.rules.incident_limit, self.incident_points(car_idx)
        if points is None or limit is None or limit >= UNLIMITED:
            return None
        return max(0, limit - points)

    def incident_points(self, car_idx: int) -> int | None:
        """Those that count against the limit; None where the sim keeps them from us."""
        entry = self.entry(car_idx)
        if entry is None:
            return None
        return entry.team_incidents if self.rules.is_team_event else entry.incidents
