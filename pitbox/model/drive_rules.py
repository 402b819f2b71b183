"""Who may drive how long, as data: what an event demands of a plan of stints. None or empty: no such rule."""

import msgspec

from pitbox.model.form import MAX_KEY_PART
from pitbox.model.session import UNLIMITED
from pitbox.model.spelling import Count, Figure, Flag, Spelling, Text

_WEEK_S = 7 * 86400.0


class DriveRules(msgspec.Struct, frozen=True):
    """Times at the wheel count from leaving the pits to the next entry; the stop itself is nobody's."""

    name: str = ""
    """Of the rule set, for people: `iRacing team event`, `WEC six hours`."""
    fair_share: float | None = None
    """Each one who drives does at least so much of an equal share (iRacing: 0.25)."""
    least_drive_s: float | None = None
    """Of everybody who is in the team to drive."""
    most_drive_s: float | None = None
    most_in_window_s: float | None = None
    """At the wheel in any stretch of `window_s`."""
    window_s: float | None = None
    longest_stretch_s: float | None = None
    """Without leaving the seat; a stop at which the driver stays in goes on with it."""
    least_rest_s: float | None = None
    """Between two stretches of one person."""
    most_stints_in_a_row: int | None = None
    least_drivers: int = 1
    """Who have to have driven at the flag."""
    most_drivers: int = UNLIMITED
    starter: str = ""
    """The key of the member who must start."""
    no_night: tuple[str, ...] = ()
    """Members who must not drive in the dark."""
    mandatory_stops: int = 0
    stop_service: str = ""
    """What each mandatory stop must do beside stopping: `fuel`, `tyres`, `swap`; with commas between."""
    has_spotter: bool = False
    """Somebody who is free and not at the wheel spots in every stint."""
    longest_spotting_s: float | None = None
    """Without a break."""
    longest_stint_s: float | None = None
    """Of the car, from stop to stop; what a tank lasts may be less."""


RULE_FIELDS: dict[str, Spelling] = {
    "name": Text(64),
    "fair_share": Figure(0.0, 1.0),
    "least_drive_s": Figure(0.0, _WEEK_S),
    "most_drive_s": Figure(0.0, _WEEK_S),
    "most_in_window_s": Figure(0.0, _WEEK_S),
    "window_s": Figure(0.0, _WEEK_S),
    "longest_stretch_s": Figure(0.0, _WEEK_S),
    "least_rest_s": Figure(0.0, _WEEK_S),
    "most_stints_in_a_row": Count(1, 1000),
    "least_drivers": Count(1, 1000),
    "most_drivers": Count(1, UNLIMITED),
    "starter": Text(MAX_KEY_PART),
    "mandatory_stops": Count(0, 1000),
    "stop_service": Text(64),
    "has_spotter": Flag(),
    "longest_spotting_s": Figure(0.0, _WEEK_S),
    "longest_stint_s": Figure(0.0, _WEEK_S),
}
"""A field each, so that two who set two rules both find theirs. `no_night` is a list beside them."""
