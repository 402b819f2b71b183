"""An event file as nouns: event, people, sign-ups, team and variant, and the relay that they make."""

from collections.abc import Callable, Iterator
from statistics import fmean
from typing import Any, TypeVar

import msgspec

from pitbox.model.availability import availability, race_time
from pitbox.model.drive_rules import DriveRules
from pitbox.model.errors import EditError
from pitbox.model.event import Event, Instance
from pitbox.model.form import check_key
from pitbox.model.member import Member
from pitbox.model.participation import FreeTime, Likings, Part, Participation, Step, participation_key
from pitbox.model.relay import Relay, Seat
from pitbox.model.span import Span, Spans, joined
from pitbox.model.team import Team
from pitbox.model.variant import Variant
from pitbox.model.wall_time import WALL_CLOCK, clock_of, moment_s, zone_of
from pitbox.planning.event_text import (
    DriverTable,
    EventText,
    RulesTable,
    Stretch,
    length_s,
    read_text,
)
from pitbox.planning.template import TEMPLATES, template

_Read = TypeVar("_Read")
_LENGTHS = {
    "least_drive",
    "most_drive",
    "most_in_window",
    "window",
    "longest_stretch",
    "longest_stint",
    "least_rest",
    "longest_spotting",
}


class EventFile(msgspec.Struct, frozen=True):
    event: Event
    members: tuple[Member, ...]
    participations: tuple[Participation, ...]
    """One for each member, in the same order."""
    team: Team
    variant: Variant


def read_event(text: str) -> EventFile:
    """Raises EditError: one sentence with the place of what cannot be read."""
    read = read_text(text)
    if read.event.length is None and read.event.laps is None:
        raise EditError('event: Say how long the race is: length = "24:00", or laps.')
    keys = _keys(read)
    if read.event.length is not None and length_s(read.event.length) <= 0:
        raise EditError("event, length: A race is longer than nothing.")
    if (read.rules.window is None) != (read.rules.most_in_window is None):
        raise EditError("rules: window and most_in_window go together; one says nothing without the other.")
    members = tuple(_member(read, table, keys[table.name]) for table in read.driver)
    event = _event(read, keys)
    team = Team("team", event.key, read.team.name, read.team.car, read.team.number)
    said = tuple(
        _participation(read, at, table, keys[table.name]) for at, table in enumerate(read.driver, start=1)
    )
    return EventFile(event, members, said, team, _variant(read))


def relay_of_file(file: EventFile) -> Relay:
    """The problem that the file puts, as the pit wall would put it."""
    event, variant = file.event, file.variant
    start_s = event.instances[0].start_utc_s if event.instances else None
    seats = tuple(_seat(*both, start_s) for both in zip(file.members, file.participations, strict=True))
    paces_s = [seat.lap_s for seat in seats if seat.can_drive and seat.lap_s is not None]
    lap_s = variant.lap_s or (fmean(paces_s) if paces_s else Relay(0.0, ()).lap_s)
    most_stint_s = max(Relay(0.0, ()).most_stint_s, variant.target_stint_s or 0.0)
    if variant.fuel_per_stint_l and variant.fuel_per_lap_l:
        most_stint_s = max(1, int(variant.fuel_per_stint_l / variant.fuel_per_lap_l + 1e-6)) * lap_s
    pit_s = Relay(0.0, ()).pit_s if variant.pit_s is None else variant.pit_s
    return Relay(
        length_s=_race_s(event, lap_s, most_stint_s, pit_s),
        seats=seats,
        rules=event.rules,
        lap_s=lap_s,
        pit_s=pit_s,
        swap_s=variant.swap_s or 0.0,
        most_stint_s=most_stint_s,
        target_stint_s=variant.target_stint_s,
        least_rest_s=variant.least_rest_s or 0.0,
        fuel_per_lap_l=variant.fuel_per_lap_l,
        tank_l=variant.fuel_per_stint_l,
        stints_per_set=variant.stints_per_set or 1,
        dark=event.dark,
        wet=variant.wet,
        start_utc_s=start_s,
    )


def _race_s(event: Event, lap_s: float, most_stint_s: float, pit_s: float) -> float:
    lengths_s = [] if event.length_s is None else [event.length_s]
    if event.laps is not None:
        driven_s = event.laps * lap_s
        lengths_s.append(driven_s + (-(-driven_s // most_stint_s) - 1) * pit_s)
    return min(lengths_s)


def _keys(read: EventText) -> dict[str, str]:
    """By name: what the person is called in plans."""
    out: dict[str, str] = {}
    for at, table in enumerate(read.driver, start=1):
        key = "-".join("".join(c if c.isalnum() else " " for c in table.name.lower()).split())
        if not key or table.name in out or key in out.values():
            raise EditError(f"driver {at}: Two people cannot both be called {table.name}.")
        out[table.name] = check_key(key[:60], "a driver")
    return out


def _event(read: EventText, keys: dict[str, str]) -> Event:
    table = read.event
    _at("event, zone", lambda: zone_of(table.zone))
    start = _clock(table.start, "event, start") if table.start else ""
    start_s = _at("event, start", lambda: moment_s(start, table.zone)) if start else None
    return Event(
        "event",
        table.name,
        series=table.series,
        track=table.track,
        car_class=table.car_class,
        length_s=None if table.length is None else length_s(table.length),
        laps=table.laps,
        zone=table.zone,
        dark=_spans(table.dark, "event, dark"),
        rules=_rules(read, keys),
        template=table.template,
        instances=(Instance("start", "event", start_s),),
        note=table.note,
    )


def _rules(read: EventText, keys: dict[str, str]) -> DriveRules:
    named = template(read.event.template)
    if read.event.template and named is None:
        known = ", ".join(one.key for one in TEMPLATES)
        raise EditError(f"event, template: There is no {read.event.template!r}; there are {known}.")
    own = {name: value for name, value in _own(read.rules) if value is not None}
    for name in ("starter", "no_night"):
        if name not in own:
            continue
        people = (own[name],) if isinstance(own[name], str) else own[name]
        missing = [one for one in people if one not in keys]
        if missing:
            raise EditError(f"rules, {name}: {missing[0]} is none of the drivers.")
        own[name] = keys[own[name]] if name == "starter" else tuple(keys[one] for one in people)
    return msgspec.structs.replace(named.rules if named is not None else DriveRules(), **own)


def _own(table: RulesTable) -> Iterator[tuple[str, Any]]:
    for name, value in msgspec.structs.asdict(table).items():
        is_length = name in _LENGTHS and isinstance(value, str)
        yield (f"{name}_s" if name in _LENGTHS else name), length_s(value) if is_length else value


def _variant(read: EventText) -> Variant:
    table = read.variant
    if table.fuel_per_stint_l and table.fuel_per_lap_l and table.fuel_per_stint_l < table.fuel_per_lap_l:
        raise EditError("variant, fuel_per_stint_l: That does not last for one lap of fuel_per_lap_l.")
    return Variant(
        "variant",
        "team",
        table.name,
        is_active=True,
        target_stint_s=None if table.target_stint is None else length_s(table.target_stint),
        least_rest_s=None if table.least_rest is None else length_s(table.least_rest),
        pit_s=table.pit_s,
        swap_s=table.swap_s,
        lap_s=table.lap_s,
        fuel_per_stint_l=table.fuel_per_stint_l,
        fuel_per_lap_l=table.fuel_per_lap_l,
        stints_per_set=table.stints_per_set,
        wet=_spans(table.wet, "variant, wet"),
    )


def _member(read: EventText, table: DriverTable, key: str) -> Member:
    return Member(key, table.name, table.user_id, table.zone or read.event.zone, table.rating)


def _participation(read: EventText, at: int, table: DriverTable, key: str) -> Participation:
    zone, place = table.zone or read.event.zone, f"driver {at}"
    _at(f"{place}, zone", lambda: zone_of(zone))
    said = [(pair, False) for pair in table.free] + [(pair, True) for pair in table.maybe]
    free = tuple(
        FreeTime(f"t{number}", _clock(start, place), _clock(end, place), zone, is_maybe)
        for number, ((start, end), is_maybe) in enumerate(said)
    )
    unknown = availability(free).unknown
    if unknown:
        raise EditError(f"{place}: {unknown[0]}")
    likes = table.likes
    parts = [*([Part.DRIVER] if table.drives else []), *([Part.SPOTTER] if table.spots else [])]
    return Participation(
        participation_key("event", key),
        "event",
        key,
        Step.IN_TEAM,
        tuple(parts or [Part.ENGINEER]),
        free,
        table.cars,
        Likings(
            likes.night, likes.rain, likes.start, None if likes.longest is None else length_s(likes.longest)
        ),
        table.lap_s,
        team="team",
        wet_lap_s=table.wet_lap_s,
    )


def _seat(member: Member, said: Participation, start_s: float | None) -> Seat:
    times = availability(said.free)
    return Seat(
        member.key,
        member.name,
        member.user_id,
        can_drive=Part.DRIVER in said.parts,
        can_spot=Part.SPOTTER in said.parts,
        lap_s=said.lap_s,
        wet_lap_s=said.wet_lap_s,
        free=race_time(times.sure, start_s or 0.0) if start_s is not None else (),
        maybe=race_time(times.maybe, start_s or 0.0) if start_s is not None else (),
        longest_s=said.likings.longest_s,
        likes_night=said.likings.night,
        likes_rain=said.likings.rain,
        likes_start=said.likings.start,
    )


def _spans(stretches: tuple[Stretch, ...], place: str) -> Spans:
    spans = [Span(length_s(start), length_s(end)) for start, end in stretches]
    if any(span.length_s <= 0 for span in spans):
        raise EditError(f"{place}: A stretch ends after it begins.")
    return joined(spans)


def _clock(said: str, place: str) -> str:
    text = said.replace(" ", "T").removesuffix(":00") if said.count(":") > 1 else said.replace(" ", "T")
    return _at(place, lambda: f"{clock_of(text):{WALL_CLOCK}}")


def _at(place: str, read: Callable[[], _Read]) -> _Read:
    """Read with the place before whatever is wrong."""
    try:
        return read()
    except EditError as error:
        raise EditError(f"{place}: {error}") from error
