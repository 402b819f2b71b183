"""Races with rules that exclude each other, made by a seed: what explanations are measured and tested on."""

from collections.abc import Callable
from random import Random

import msgspec

from pitbox.model.drive_rules import DriveRules
from pitbox.model.relay import Relay, Seat
from pitbox.model.span import Span, Spans

_HOUR_S = 3600.0
_NAMES = ("ada", "ben", "cia", "dan", "eve", "fay")
_Kind = Callable[[Random, Relay], Relay]


def kinds() -> tuple[str, ...]:
    return tuple(_KINDS)


def impossible_race(kind: str, seed: int, *, hours: tuple[int, ...] = (6, 12, 24), people: int = 6) -> Relay:
    """A race that no plan fits, made so by this kind of rules; others that are easily kept stand beside."""
    dice = Random(f"{kind} {seed}")  # noqa: S311  a race that can be made again, no secret
    return _KINDS[kind](dice, _easy(dice, dice.choice(hours) * _HOUR_S, dice.randint(2, people)))


def _easy(dice: Random, length_s: float, people: int) -> Relay:
    """Everybody is free, and some rules that no plan has trouble with."""
    seats = tuple(
        Seat(key, key.title(), free=(_all(length_s),), lap_s=120.0 + at, likes_night=at - 2)
        for at, key in enumerate(_NAMES[:people])
    )
    share_s = length_s / people
    rules = DriveRules(
        fair_share=dice.choice((None, 0.25)),
        least_drive_s=dice.choice((None, round(0.3 * share_s))),
        most_drive_s=dice.choice((None, round(2.5 * share_s))),
        longest_stretch_s=dice.choice((None, 4.5 * _HOUR_S)),
        least_rest_s=dice.choice((None, 0.5 * _HOUR_S)),
        starter=dice.choice(("", "ben")),
        mandatory_stops=dice.choice((0, 3)),
    )
    return Relay(
        length_s,
        seats,
        rules,
        swap_s=dice.choice((0.0, 25.0)),
        most_stint_s=dice.choice((2900.0, 3300.0)),
        dark=(Span(0.3 * length_s, 0.6 * length_s),),
        start_utc_s=0.0,
    )


def _all(length_s: float) -> Span:
    return Span(-_HOUR_S, length_s + _HOUR_S)


def _ruled(relay: Relay, **rules: object) -> Relay:
    return msgspec.structs.replace(relay, rules=msgspec.structs.replace(relay.rules, **rules))


def _freed(relay: Relay, times: dict[str, Spans]) -> Relay:
    seats = tuple(msgspec.structs.replace(seat, free=times.get(seat.key, seat.free)) for seat in relay.seats)
    return msgspec.structs.replace(relay, seats=seats)


def _too_few_hours(dice: Random, relay: Relay) -> Relay:
    share_s = relay.length_s / len(relay.seats)
    return _ruled(relay, most_drive_s=dice.uniform(0.7, 0.9) * share_s, fair_share=None, least_drive_s=None)


def _too_much_at_least(dice: Random, relay: Relay) -> Relay:
    least_s = dice.uniform(1.02, 1.3) * relay.length_s / len(relay.seats)
    return _ruled(relay, least_drive_s=least_s, most_drive_s=None)


def _crowded_windows(dice: Random, relay: Relay) -> Relay:
    people = len(relay.seats)
    window_s = dice.choice((4.0, 5.0)) * _HOUR_S
    most_s = dice.uniform(0.6, 0.85) * window_s / people
    return _ruled(relay, window_s=window_s, most_in_window_s=most_s, longest_stretch_s=None)


def _rests(dice: Random, relay: Relay) -> Relay:
    longest_s = min(dice.choice((1.0, 1.5, 2.0)) * _HOUR_S, _at_once_s(relay))
    rest_s = (len(relay.seats) - 1) * longest_s + dice.uniform(0.6, 1.5) * _HOUR_S
    return _ruled(relay, longest_stretch_s=longest_s, least_rest_s=min(rest_s, 0.8 * relay.length_s))


def _at_once_s(relay: Relay) -> float:
    """Where everybody drives once and no longer, some of the race is left."""
    return 0.8 * relay.length_s / len(relay.seats)


def _rows(dice: Random, relay: Relay) -> Relay:
    stint_s = relay.most_stint_s + relay.pit_s
    stints = max(1, min(dice.choice((1, 1, 2)), int(_at_once_s(relay) / stint_s)))
    rest_s = (len(relay.seats) - 1) * stints * stint_s + dice.uniform(0.6, 1.5) * _HOUR_S
    rest_s = min(rest_s, 0.8 * relay.length_s)
    return _ruled(relay, most_stints_in_a_row=stints, least_rest_s=rest_s, longest_stretch_s=None)


def _nobody_for_the_night(_: Random, relay: Relay) -> Relay:
    return _ruled(relay, no_night=tuple(seat.key for seat in relay.seats))


def _few_for_the_night(dice: Random, relay: Relay) -> Relay:
    night_s = sum(span.length_s for span in relay.dark)
    longest_s = min(dice.uniform(0.3, 0.7) * night_s, 4 * _HOUR_S)
    named = tuple(seat.key for seat in relay.seats[1:])
    rest_s = dice.uniform(0.5, 1.0) * _HOUR_S
    return _ruled(relay, no_night=named, longest_stretch_s=longest_s, least_rest_s=rest_s)


def _away(dice: Random, relay: Relay) -> Relay:
    """All but one are away at once, for longer than one may sit."""
    length_s = dice.uniform(0.3, 0.5) * relay.length_s
    start_s = dice.uniform(0.1, 0.4) * relay.length_s
    every = _all(relay.length_s)
    free = (Span(every.start_s, start_s), Span(start_s + length_s, every.end_s))
    relay = _freed(relay, {seat.key: free for seat in relay.seats[1:]})
    return _ruled(relay, longest_stretch_s=min(0.6 * length_s, 4 * _HOUR_S), least_rest_s=0.5 * _HOUR_S)


def _away_and_fair(dice: Random, relay: Relay) -> Relay:
    """The last one is here for less than a share that everybody has to drive."""
    share_s = relay.length_s / len(relay.seats)
    share = dice.choice((0.5, 0.6, 0.7))
    free = (Span(-_HOUR_S, dice.uniform(0.4, 0.8) * share * share_s),)
    relay = _freed(relay, {relay.seats[-1].key: free})
    return _ruled(
        relay, fair_share=share, least_drivers=len(relay.seats), least_drive_s=None, most_drive_s=None
    )


def _away_and_least(dice: Random, relay: Relay) -> Relay:
    share_s = relay.length_s / len(relay.seats)
    start_s = relay.length_s - dice.uniform(0.3, 0.6) * share_s
    relay = _freed(relay, {relay.seats[0].key: (Span(start_s, relay.length_s + _HOUR_S),)})
    return _ruled(relay, least_drive_s=0.8 * share_s, starter="", most_drive_s=None)


def _starter_away(dice: Random, relay: Relay) -> Relay:
    free = (Span(dice.uniform(0.5, 2.0) * _HOUR_S, relay.length_s + _HOUR_S),)
    starter = dice.choice(relay.seats).key
    return _ruled(_freed(relay, {starter: free}), starter=starter)


def _no_spotter(dice: Random, relay: Relay) -> Relay:
    """For a while one alone is here, who cannot drive and watch."""
    start_s = dice.uniform(0.1, 0.5) * relay.length_s
    every = _all(relay.length_s)
    free = (Span(every.start_s, start_s), Span(start_s + dice.uniform(1.0, 2.0) * _HOUR_S, every.end_s))
    relay = _freed(relay, {seat.key: free for seat in relay.seats[1:]})
    return _ruled(relay, has_spotter=True, longest_stretch_s=None)


def _too_many_drivers(_: Random, relay: Relay) -> Relay:
    share_s = relay.length_s / len(relay.seats)
    most = max(1, len(relay.seats) - 1)
    return _ruled(relay, most_drivers=most, least_drive_s=0.5 * share_s)


def _swaps(dice: Random, relay: Relay) -> Relay:
    """So many changes of drivers that rests do not allow."""
    stops = int(relay.length_s / _HOUR_S) + dice.randint(1, 2)
    rest_s = (len(relay.seats) + dice.uniform(0.5, 1.5)) * _HOUR_S
    rest_s = min(rest_s, 0.8 * relay.length_s)
    return _ruled(relay, mandatory_stops=stops, stop_service="swap", least_rest_s=rest_s)


def _rows_and_night(dice: Random, relay: Relay) -> Relay:
    return _few_for_the_night(dice, _ruled(relay, most_stints_in_a_row=2))


def _rows_and_hours(dice: Random, relay: Relay) -> Relay:
    return _too_few_hours(dice, _rows(dice, relay))


def _windows_and_away(dice: Random, relay: Relay) -> Relay:
    rules = {"window_s": 6 * _HOUR_S, "most_in_window_s": 2.5 * _HOUR_S}
    return _ruled(_away(dice, relay), **rules)


_KINDS: dict[str, _Kind] = {
    "hours": _too_few_hours,
    "least": _too_much_at_least,
    "windows": _crowded_windows,
    "rests": _rests,
    "rows": _rows,
    "night": _nobody_for_the_night,
    "few for the night": _few_for_the_night,
    "away": _away,
    "away, fair": _away_and_fair,
    "away, least": _away_and_least,
    "starter": _starter_away,
    "spotter": _no_spotter,
    "drivers": _too_many_drivers,
    "swaps": _swaps,
    "rows, night": _rows_and_night,
    "rows, hours": _rows_and_hours,
    "windows, away": _windows_and_away,
}
