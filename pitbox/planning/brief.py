"""What a plan of one car is made for: event, people, strategy and what else they drive, as one relay."""

from collections.abc import Iterable, Iterator
from math import ceil
from statistics import fmean

import msgspec

from pitbox.model.availability import Availability, availability, race_time
from pitbox.model.errors import EditError
from pitbox.model.event import Event, start_of
from pitbox.model.event import event as event_of
from pitbox.model.ledger import Ledger
from pitbox.model.member import Member, members
from pitbox.model.participation import Part, Participation, Step, participations
from pitbox.model.relay import Relay, Seat
from pitbox.model.span import Span, Spans, common, joined, without
from pitbox.model.stint_plan import plan
from pitbox.model.team import Team, teams
from pitbox.model.variant import Variant, active_variant
from pitbox.planning.rota import legs_of

_DAY_S = 86400.0
_NEVER: Spans = (Span(-365 * _DAY_S, -365 * _DAY_S + 1.0),)
"""For somebody who said times of which nothing is left: no times at all would mean that nothing was said."""
_DEFAULT = Relay(0.0, ())
_EXACT = 1e-6
"""Of a lap: 57.6 l at 2.4 l are 24 laps, whatever the division says."""


def relay_of(ledger: Ledger, team: Team, variant: Variant | None) -> Relay:
    """Raises EditError where the event is gone or has no length, which no plan can be made for.

    Whoever drives in other cars of ours is not free while their active plans say so.
    """
    relay = _alone(ledger, team, variant)
    busy = busy_spans(ledger, team, relay)
    if not busy:
        return relay
    seats = tuple(_off(seat, busy.get(seat.key, ()), relay.length_s) for seat in relay.seats)
    return msgspec.structs.replace(relay, seats=seats)


def relays(ledger: Ledger) -> list[tuple[Team, Relay]]:
    """Of all teams that a plan can be made for, with their active plans."""
    found = []
    for one in teams(ledger):
        try:
            found.append((one, relay_of(ledger, one, active_variant(ledger, one.key))))
        except EditError:
            continue
    return found


def people_of(ledger: Ledger, team: Team) -> tuple[tuple[Member, Participation | None], ...]:
    """Who is in the team, by name: those who were put into it, then those that it shares with another."""
    known = {one.key: one for one in members(ledger)}
    said = {one.member: one for one in participations(ledger, team.event)}
    steps = (Step.IN_TEAM, Step.CONFIRMED)
    own = [key for key, one in said.items() if one.team == team.key and one.step in steps]
    helping = [key for key in team.shared if key not in own and not _has_withdrawn(said.get(key))]
    found = [(known[key], said.get(key)) for key in (*own, *helping) if key in known]
    return tuple(sorted(found, key=lambda one: (one[0].name, one[0].key)))


def busy_spans(ledger: Ledger, team: Team, relay: Relay) -> dict[str, Spans]:
    """By member: when our other cars need this person, in this race's time, by their active plans."""
    if relay.start_utc_s is None:
        return {}
    wanted = {seat.key for seat in relay.seats}
    busy: dict[str, list[Span]] = {}
    for other in teams(ledger):
        if other.key == team.key or not wanted & {one.key for one, _ in people_of(ledger, other)}:
            continue
        for driver, span in _at_wheel(ledger, other):
            if driver in wanted:
                busy.setdefault(driver, []).append(span.moved(-relay.start_utc_s))
    return {driver: joined(spans) for driver, spans in busy.items()}


def _at_wheel(ledger: Ledger, team: Team) -> Iterator[tuple[str, Span]]:
    """(member, stretch in UTC) of a team's active plan; nothing where its start or length is not known."""
    variant = active_variant(ledger, team.key)
    try:
        relay = _alone(ledger, team, variant)
    except EditError:
        return
    if variant is None or relay.start_utc_s is None:
        return
    for leg in legs_of(plan(ledger, variant.key), relay):
        yield leg.driver, leg.span.moved(relay.start_utc_s)


def _alone(ledger: Ledger, team: Team, variant: Variant | None) -> Relay:
    """As if we had no other car."""
    event = event_of(ledger, team.event)
    if event is None:
        raise EditError(f"The event of {team.name} is not there any more.")
    start_utc_s = start_of(event, team.instance)
    seats = tuple(_seat(member, said, start_utc_s) for member, said in people_of(ledger, team))
    said = Variant("", team.key, "") if variant is None else variant
    lap_s = _lap_s(said, seats)
    most_stint_s = _most_stint_s(said, lap_s)
    relay = Relay(
        length_s=0.0,
        seats=seats,
        rules=event.rules,
        lap_s=lap_s,
        pit_s=_DEFAULT.pit_s if said.pit_s is None else said.pit_s,
        swap_s=_DEFAULT.swap_s if said.swap_s is None else said.swap_s,
        most_stint_s=most_stint_s,
        target_stint_s=said.target_stint_s,
        least_rest_s=said.least_rest_s or 0.0,
        fuel_per_lap_l=said.fuel_per_lap_l,
        tank_l=said.fuel_per_stint_l,
        stints_per_set=said.stints_per_set or 1,
        wet=said.wet,
        start_utc_s=start_utc_s,
    )
    length_s = _length_s(event, relay)
    whole = (Span(0.0, length_s),)
    return msgspec.structs.replace(relay, length_s=length_s, dark=common(whole, event.dark))


def _seat(member: Member, said: Participation | None, start_utc_s: float | None) -> Seat:
    parts = (Part.DRIVER,) if said is None else said.parts
    times = Availability() if said is None or start_utc_s is None else availability(said.free)
    green_s = start_utc_s or 0.0
    seat = Seat(
        key=member.key,
        name=member.name,
        user_id=member.user_id,
        can_drive=Part.DRIVER in parts or Part.RESERVE in parts,
        can_spot=bool(set(parts) - {Part.ENGINEER}),
        free=race_time(times.sure, green_s),
        maybe=race_time(times.maybe, green_s),
    )
    if said is None:
        return seat
    likes = said.likings
    return msgspec.structs.replace(
        seat,
        lap_s=said.lap_s,
        wet_lap_s=said.wet_lap_s,
        longest_s=likes.longest_s,
        likes_night=likes.night,
        likes_rain=likes.rain,
        likes_start=likes.start,
    )


def _off(seat: Seat, busy: Spans, length_s: float) -> Seat:
    """Not free while busy; who said nothing is free else, from the day before to the day after."""
    if not busy:
        return seat
    if not (seat.free or seat.maybe):
        return msgspec.structs.replace(seat, free=without((Span(-_DAY_S, length_s + _DAY_S),), busy))
    free, maybe = without(seat.free, busy), without(seat.maybe, busy)
    return msgspec.structs.replace(seat, free=free if free or maybe else _NEVER, maybe=maybe)


def _lap_s(variant: Variant, seats: Iterable[Seat]) -> float:
    paces_s = [seat.lap_s for seat in seats if seat.can_drive and seat.lap_s is not None]
    return variant.lap_s or (fmean(paces_s) if paces_s else _DEFAULT.lap_s)


def _most_stint_s(variant: Variant, lap_s: float) -> float:
    """Whole laps of a full tank; where fuel is not known, an hour, or as long as somebody means to drive."""
    if variant.fuel_per_stint_l and variant.fuel_per_lap_l:
        return max(1, int(variant.fuel_per_stint_l / variant.fuel_per_lap_l + _EXACT)) * lap_s
    return max(_DEFAULT.most_stint_s, variant.target_stint_s or 0.0)


def _length_s(event: Event, relay: Relay) -> float:
    """Of a race over laps: what they take, with the stops that its tanks ask for."""
    lengths_s = [] if event.length_s is None else [event.length_s]
    if event.laps is not None:
        driven_s = event.laps * relay.lap_s
        stops = ceil(driven_s / relay.most_stint_s) - 1
        lengths_s.append(driven_s + stops * relay.pit_s)
    if not lengths_s:
        raise EditError(f"{event.name} has no length yet: say how many hours or laps it takes.")
    return min(lengths_s)


def _has_withdrawn(said: Participation | None) -> bool:
    return said is not None and said.step is Step.WITHDRAWN
