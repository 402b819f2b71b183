"""Races to solve: small ones at random, and those that a test names."""

import msgspec
from hypothesis import strategies as st

from pitbox.model.drive_rules import DriveRules
from pitbox.model.relay import Relay, Seat
from pitbox.model.span import Span, Spans

HOUR_S = 3600.0
NO_RULES = DriveRules()
ALWAYS: Spans = (Span(-HOUR_S, 48 * HOUR_S),)
KEYS = ("ada", "ben", "cia", "dan", "eve", "fay")


def race(drivers: int, hours: float, rules: DriveRules = NO_RULES, **more: object) -> Relay:
    """Everybody is free; stints of up to 55 minutes."""
    seats = tuple(
        Seat(key, key.title(), free=ALWAYS, lap_s=120.0 + at, likes_night=at - 2)
        for at, key in enumerate(KEYS[:drivers])
    )
    relay = Relay(hours * HOUR_S, seats, rules, most_stint_s=3300.0, start_utc_s=0.0)
    return msgspec.structs.replace(relay, **more)


def with_free(relay: Relay, times: dict[str, Spans]) -> Relay:
    seats = tuple(msgspec.structs.replace(seat, free=times.get(seat.key, seat.free)) for seat in relay.seats)
    return msgspec.structs.replace(relay, seats=seats)


@st.composite
def races(draw: st.DrawFn, most_hours: int = 7) -> Relay:
    """Some can be planned, some cannot."""
    hours = draw(st.integers(2, most_hours))
    drivers = draw(st.integers(2, 4))

    def maybe(low: float, high: float) -> float | None:
        found = draw(st.none() | st.integers(int(low * 6), int(high * 6)))
        return None if found is None else found * 600.0

    rules = DriveRules(
        fair_share=draw(st.sampled_from([None, None, 0.25, 0.7])),
        least_drive_s=maybe(0.2, 1.5),
        most_drive_s=maybe(1.5, 5),
        most_in_window_s=maybe(1.5, 3),
        window_s=4 * HOUR_S,
        longest_stretch_s=maybe(1, 3),
        least_rest_s=maybe(0.2, 2),
        most_stints_in_a_row=draw(st.sampled_from([None, None, 1, 2])),
        least_drivers=draw(st.integers(1, drivers)),
        starter=draw(st.sampled_from(["", "", "ben"])),
        no_night=draw(st.sampled_from([(), (), ("ada",), ("ada", "ben")])),
        mandatory_stops=draw(st.sampled_from([0, 0, 4])),
        stop_service=draw(st.sampled_from(["", "swap", "tyres, fuel"])),
        has_spotter=draw(st.sampled_from([False, False, True])),
        longest_spotting_s=draw(st.sampled_from([None, 2.5 * HOUR_S])),
    )
    relay = race(
        drivers,
        hours,
        rules,
        swap_s=draw(st.sampled_from([0.0, 25.0])),
        dark=draw(st.sampled_from([(), (Span(HOUR_S, 3 * HOUR_S),)])),
    )
    times = {
        key: (Span(start * 900.0, start * 900.0 + length * 900.0),)
        for key in KEYS[:drivers]
        if draw(st.integers(0, 3)) == 0
        for start, length in [(draw(st.integers(-4, 12)), draw(st.integers(4, 30)))]
    }
    return with_free(relay, times)
