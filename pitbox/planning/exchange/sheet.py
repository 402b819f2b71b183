"""A plan as it leaves: everything that a reader without PitBox needs, names and clocks included."""

from collections.abc import Sequence

import msgspec

from pitbox.model.event import Event
from pitbox.model.member import Member
from pitbox.model.relay import Leg, Relay
from pitbox.model.span import Spans
from pitbox.model.stint_plan import PlannedStint
from pitbox.model.team import Team
from pitbox.model.variant import Variant

SCHEMA = 1
"""Rises when a reader of an older one would misread a newer file; new fields alone do not raise it."""


class PlanPerson(msgspec.Struct, frozen=True):
    key: str
    name: str
    zone: str = "UTC"


class PlanLine(msgspec.Struct, frozen=True):
    """One stint, as it was planned and as it lies in the race. None: nobody has said."""

    key: str = ""
    driver: str | None = None
    """The key of a person of the sheet; of a plan without people, a name."""
    laps: int | None = None
    fuel_l: float | None = None
    is_new_tyres: bool | None = None
    spotter: str | None = None
    length_s: float | None = None
    """As somebody said; where nobody did, it follows from laps or strategy and shows in the times."""
    instructions: str | None = None
    state: str | None = None
    start_s: float | None = None
    """In race time; None for a stint that is no part of the race any more."""
    end_s: float | None = None
    is_done: bool = False
    is_driving: bool = False

    @property
    def drive_s(self) -> float | None:
        return None if self.start_s is None or self.end_s is None else self.end_s - self.start_s

    def bare(self) -> "PlanLine":
        """Only what was planned, which is what an import brings back."""
        return msgspec.structs.replace(self, start_s=None, end_s=None, is_done=False, is_driving=False)


class PlanSheet(msgspec.Struct, frozen=True, kw_only=True):
    schema: int = SCHEMA
    event: str
    team: str
    key: str = ""
    """Of team and variant: by it a calendar knows the plan again."""
    variant: str = ""
    track: str = ""
    car: str = ""
    zone: str = "UTC"
    """In which the event's times are shown."""
    length_s: float | None = None
    start_utc_s: float | None = None
    """When the flag goes green, as announced or as it did; None: not known."""
    made_utc_s: float = 0.0
    base: int = 0
    """The count of edits that it stands on."""
    dark: Spans = ()
    people: tuple[PlanPerson, ...] = ()
    lines: tuple[PlanLine, ...] = ()
    as_of: str = ""
    """What the times go by, where the race was followed: `as Wall tells, 2 min ago`; empty: as edited."""

    def person(self, key: str | None) -> PlanPerson | None:
        return next((one for one in self.people if one.key == key), None)

    def name(self, key: str | None) -> str:
        person = self.person(key)
        return (key or "") if person is None else person.name

    def utc_s(self, race_s: float | None) -> float | None:
        return None if race_s is None or self.start_utc_s is None else self.start_utc_s + race_s


def sheet_of(
    event: Event,
    team: Team,
    *,
    variant: Variant | None,
    relay: Relay,
    rows: Sequence[PlannedStint],
    legs: Sequence[Leg],
    members: Sequence[Member],
    base: int = 0,
    made_utc_s: float = 0.0,
    green_utc_s: float | None = None,
    as_of: str = "",
) -> PlanSheet:
    """`legs`: the rows as they lie in the race, done ones as they were; also what nobody planned."""
    zones = {member.key: member.zone for member in members}
    by_key = {row.key: row for row in rows}
    ordered = [_line(by_key.get(leg.key), leg) for leg in legs]
    there = {leg.key for leg in legs}
    left_out = [_line(row, None) for row in rows if row.key not in there]
    people = tuple(PlanPerson(seat.key, seat.name, zones.get(seat.key, "UTC")) for seat in relay.seats)
    return PlanSheet(
        event=event.name,
        team=team.name,
        key=f"{team.key}/{variant.key if variant else ''}",
        variant=variant.name if variant else "",
        track=event.track,
        car=team.car,
        zone=event.zone,
        length_s=relay.length_s or None,
        start_utc_s=relay.start_utc_s if green_utc_s is None else green_utc_s,
        made_utc_s=made_utc_s,
        base=base,
        dark=relay.dark,
        people=people,
        lines=(*ordered, *left_out),
        as_of=as_of,
    )


def _line(row: PlannedStint | None, leg: Leg | None) -> PlanLine:
    line = PlanLine()
    if row is not None:
        line = PlanLine(
            row.key, row.driver or None, row.laps, row.fuel_l, row.is_new_tyres, row.spotter or None,
            row.length_s, row.instructions or None, row.state or None,
        )  # fmt: skip
    if leg is None:
        return line
    return msgspec.structs.replace(
        line,
        key=leg.key,
        driver=leg.driver or None,
        fuel_l=leg.fuel_l,
        is_new_tyres=leg.is_new_tyres,
        spotter=leg.spotter or None,
        start_s=leg.start_s,
        end_s=leg.end_s,
        is_done=leg.is_done,
        is_driving=leg.is_driving,
    )
