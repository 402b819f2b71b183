"""One person and one event, from the first interest to the flag: an entity of kind `participation`."""

from enum import StrEnum

import msgspec

from pitbox.model.edit import MAX_KEY, Edit
from pitbox.model.errors import EditError

KIND = "participation"


class Step(StrEnum):
    """Forward one at a time; `withdrawn` from anywhere, and from there back to `interested`."""

    INTERESTED = "interested"
    SIGNED_UP = "signed up"
    IN_TEAM = "in a team"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Part(StrEnum):
    """What somebody is there for; several may be true of one person."""

    DRIVER = "driver"
    SPOTTER = "spotter"
    ENGINEER = "engineer"
    RESERVE = "reserve"


class FreeTime(msgspec.Struct, frozen=True):
    """A stretch in which a person can be there, as said on that person's clock."""

    token: str
    """Names it among the person's others."""
    start: str
    """`2026-03-29T01:30`, wall clock in the zone."""
    end: str
    zone: str
    is_maybe: bool = False
    """Only if it must be."""


class Likings(msgspec.Struct, frozen=True):
    """-2 (rather not) to 2 (gladly); 0: all the same."""

    night: int = 0
    rain: int = 0
    start: int = 0
    longest_s: float | None = None
    """At a stretch."""


class Participation(msgspec.Struct, frozen=True):
    key: str
    event: str
    member: str
    step: Step = Step.INTERESTED
    parts: tuple[Part, ...] = (Part.DRIVER,)
    free: tuple[FreeTime, ...] = ()
    """Empty: nothing was said, which is not the same as never."""
    cars: tuple[str, ...] = ()
    """Preferred ones, the best first."""
    likings: Likings = Likings()
    lap_s: float | None = None
    """Expected pace here."""
    wanted: tuple[str, ...] = ()
    """Members this person wants to drive with."""
    unwanted: tuple[str, ...] = ()
    car: str = ""
    """As assigned."""
    team: str = ""
    """Key of the team that the person is in."""
    instance: str = ""
    others: tuple[Edit, ...] = ()


def participation_key(event: str, member: str) -> str:
    """One record per person and event: two people who sign somebody up write the same one."""
    key = f"{event}/{member}"
    if len(key) > MAX_KEY:
        raise EditError("The names of event and person are too long together.")
    return key
