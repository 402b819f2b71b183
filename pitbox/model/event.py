"""A race that a team may plan, weeks before it is run: an entity of kind `event`, and its start times."""

import msgspec

from pitbox.model.drive_rules import DriveRules
from pitbox.model.edit import Edit
from pitbox.model.span import Spans

KIND = "event"
INSTANCE = "instance"


class Instance(msgspec.Struct, frozen=True):
    """One of the start times of an event: the same race, run at another hour."""

    key: str
    event: str
    start_utc_s: float | None = None
    """When the flag goes green, as announced."""
    name: str = ""
    others: tuple[Edit, ...] = ()


class Event(msgspec.Struct, frozen=True):
    """What nobody has filled in is None or empty."""

    key: str
    name: str
    series: str = ""
    track: str = ""
    car_class: str = ""
    length_s: float | None = None
    laps: int | None = None
    """With a length in time too: whatever comes first."""
    zone: str = "UTC"
    """In which its times are shown to people; IANA."""
    dark: Spans = ()
    """In race time: night on the track, which is not night in anybody's bedroom."""
    rules: DriveRules = DriveRules()
    template: str = ""
    """The rule set it began with."""
    instances: tuple[Instance, ...] = ()
    """In the order of their starts."""
    note: str = ""
    others: tuple[Edit, ...] = ()
    """Values that stand against those shown, of any field; an edit of the field ends that."""
