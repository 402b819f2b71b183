"""One car's race as a problem of who drives when: all that a plan is judged and solved by.

Every time is race time: seconds since the green flag, on the clock that counts down to the flag. Nobody
edits a relay: it is worked out of event, team, participations, variant and, once the race runs, its facts.
"""

import zlib
from enum import StrEnum

import msgspec

from pitbox.model.drive_rules import DriveRules
from pitbox.model.span import Span, Spans


class Seat(msgspec.Struct, frozen=True):
    """A person of the team, seen from this race."""

    key: str
    """Of the member."""
    name: str
    user_id: int = 0
    """By which the sim knows the person; 0: not known."""
    can_drive: bool = True
    can_spot: bool = True
    lap_s: float | None = None
    """The pace that is expected; None: the team's."""
    wet_lap_s: float | None = None
    free: Spans = ()
    """Surely here."""
    maybe: Spans = ()
    """Here if it must be; no overlap with `free`."""
    longest_s: float | None = None
    """As the person wishes; rules are harder."""
    likes_night: int = 0
    """-2 (rather not) to 2 (gladly), as all likings."""
    likes_rain: int = 0
    likes_start: int = 0

    @property
    def said_id(self) -> int:
        """The sim's number of the person, else one of our own, the same everywhere: for corrections."""
        return self.user_id or -1 - zlib.crc32(self.key.encode()) % 2**31


class Relay(msgspec.Struct, frozen=True):
    length_s: float
    """To the flag, as far as can be told now."""
    seats: tuple[Seat, ...]
    rules: DriveRules = DriveRules()
    lap_s: float = 120.0
    """Ordinary pace of the car in a stint, for laps out of seconds and back."""
    pit_s: float = 60.0
    """From lane entry to lane exit at an ordinary stop, the swap not counted."""
    swap_s: float = 0.0
    """More, when the driver changes."""
    most_stint_s: float = 3600.0
    """What a full tank lasts."""
    target_stint_s: float | None = None
    """As the variant has it; None: as long as the tank lasts."""
    least_rest_s: float = 0.0
    """As the variant wishes it; the rule's may be more."""
    fuel_per_lap_l: float | None = None
    tank_l: float | None = None
    stints_per_set: int = 1
    """Tyres are changed at each so manieth stop."""
    dark: Spans = ()
    wet: Spans = ()
    """As the engineer assumes."""
    start_utc_s: float | None = None
    """When the flag goes green; None: not known, and nobody's free time can be judged."""


class Leg(msgspec.Struct, frozen=True):
    """One stint of a plan as it lies in the race: from leaving the pits to the next entry."""

    key: str
    """Of the planned stint."""
    driver: str
    """A seat's key; empty where nobody is named."""
    start_s: float
    end_s: float
    spotter: str = ""
    fuel_l: float | None = None
    is_new_tyres: bool | None = None
    """At the stop that it begins with."""
    is_done: bool = False
    """It has been driven: it is as it is, and nothing of it changes any more."""
    is_driving: bool = False
    """Its driver and start are past, its end is not."""

    @property
    def span(self) -> Span:
        return Span(self.start_s, self.end_s)


Legs = tuple[Leg, ...]
"""In the order in which they are driven. The gaps between them are the stops."""


class RuleName(StrEnum):
    """What a plan can offend against, in the order of gravity."""

    NOBODY = "nobody at the wheel"
    UNKNOWN = "not in the team"
    TANK = "longer than the tank"
    COVER = "race not covered"
    AVAILABLE = "not free"
    STARTER = "must start"
    NIGHT = "not at night"
    LONGEST = "longest stretch"
    IN_A_ROW = "stints in a row"
    WINDOW = "time in a window"
    REST = "least rest"
    MOST = "most drive time"
    LEAST = "least drive time"
    FAIR_SHARE = "fair share"
    DRIVERS = "number of drivers"
    STOPS = "mandatory stops"
    SERVICE = "service at stops"
    SPOTTER = "spotter"
    SPOTTING = "longest spotting"


class Violation(msgspec.Struct, frozen=True):
    rule: RuleName
    words: str
    """One sentence with the figures: `Ada drives 4:40 h without leaving the seat; 4:00 h are allowed.`"""
    leg: str = ""
    """Key of the stint it shows at; empty where it is the whole plan's."""
    seat: str = ""
    over_s: float = 0.0
    """By how much, where the rule is one of time: what a relaxation would have to give."""
    is_past: bool = False
    """Done stints alone have broken it: no plan of what is to come mends it."""
