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

    def part(self, session_num: int) -> SessionPart | None:
        return next((part for part in self.parts if part.session_num == session_num), None)
