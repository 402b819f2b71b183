"""Every rule of a plan, against a checker that walks the race minute by minute and knows nothing of ours."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.model.drive_rules import DriveRules
from pitbox.model.plan_check import violations
from pitbox.model.relay import Leg, Legs, Relay, RuleName, Seat
from pitbox.model.span import Span, Spans, joined

MINUTE_S = 60.0
PEOPLE = ("ada", "ben", "cia")
minutes = st.integers(0, 40)


def span(start: int, end: int) -> Span:
    return Span(start * MINUTE_S, end * MINUTE_S)


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    return joined(span(a, a + b) for a, b in draw(st.lists(st.tuples(minutes, minutes), max_size=3)))


@st.composite
def relays(draw: st.DrawFn) -> Relay:
    def maybe(low: int, high: int) -> float | None:
        found = draw(st.none() | st.integers(low, high))
        return None if found is None else found * MINUTE_S

    seats = tuple(
        Seat(key, key.title(), can_drive=draw(st.integers(0, 9)) > 0, free=draw(spans())) for key in PEOPLE
    )
    rules = DriveRules(
        least_drive_s=maybe(1, 30),
        most_drive_s=maybe(5, 40),
        most_in_window_s=maybe(3, 20),
        window_s=maybe(10, 40),
        longest_stretch_s=maybe(5, 30),
        least_rest_s=maybe(1, 15),
        most_stints_in_a_row=draw(st.none() | st.integers(1, 3)),
        fair_share=draw(st.none() | st.sampled_from([0.25, 0.5, 1.0])),
        least_drivers=draw(st.integers(1, 3)),
        starter=draw(st.sampled_from(["", "ada"])),
        no_night=draw(st.sampled_from([(), ("ben",)])),
    )
    return Relay(
        draw(st.integers(20, 60)) * MINUTE_S,
        seats,
        rules,
        pit_s=MINUTE_S,
        most_stint_s=12 * MINUTE_S,
        dark=draw(spans()),
        start_utc_s=0.0,
    )


@st.composite
def plans(draw: st.DrawFn) -> Legs:
    legs, at = [], draw(st.sampled_from([0, 0, 0, 2]))
    done = draw(st.integers(0, 3))
    for number in range(draw(st.integers(1, 8))):
        end = at + draw(st.integers(1, 15))
        driver = draw(st.sampled_from([*PEOPLE, *PEOPLE, "", "stranger"]))
        time = span(at, end)
        legs.append(Leg(f"s{number}", driver, time.start_s, time.end_s, is_done=number < done))
        at = end + draw(st.sampled_from([1, 1, 1, 3]))
    return tuple(legs)


def walked(relay: Relay, legs: Legs) -> set[tuple[RuleName, str]]:
    """Who offends against what, by walking: one name for each minute of the race."""
    last = int(legs[-1].end_s // 60)
    wheel = [""] * (last + 1)
    seat_in = [""] * (last + 1)
    for number, leg in enumerate(legs):
        for minute in range(int(leg.start_s // 60), int(leg.end_s // 60)):
            wheel[minute] = seat_in[minute] = leg.driver
        following = legs[number + 1] if number + 1 < len(legs) else None
        if following is not None and following.driver == leg.driver:
            for minute in range(int(leg.end_s // 60), int(following.start_s // 60)):
                seat_in[minute] = leg.driver
    driven = Counter(name for name in wheel if name)
    found = {(rule, name) for name in driven for rule in sums(relay.rules, wheel, driven, name)}
    found |= {(rule, name) for name in driven for rule in stretches(relay.rules, seat_in, name)}
    least_s = relay.rules.least_drive_s or 0.0
    found |= {
        (RuleName.LEAST, seat.key)
        for seat in relay.seats
        if seat.can_drive and driven[seat.key] * 60 < least_s
    }
    return found | ({(RuleName.DRIVERS, "")} if len(driven) < relay.rules.least_drivers else set())


def sums(rules: DriveRules, wheel: list[str], driven: Counter[str], name: str) -> set[RuleName]:
    found, share = set[RuleName](), sum(driven.values()) / len(driven)
    if rules.most_drive_s is not None and driven[name] * 60 > rules.most_drive_s:
        found.add(RuleName.MOST)
    if rules.fair_share is not None and driven[name] < rules.fair_share * share - 1e-9:
        found.add(RuleName.FAIR_SHARE)
    if rules.window_s is not None and rules.most_in_window_s is not None:
        width = int(rules.window_s // 60)
        most = max(sum(one == name for one in wheel[a : a + width]) for a in range(len(wheel)))
        if most * 60 > rules.most_in_window_s:
            found.add(RuleName.WINDOW)
    return found


def stretches(rules: DriveRules, seat_in: list[str], name: str) -> set[RuleName]:
    found, run, pause = set[RuleName](), 0, None
    for one in [*seat_in, ""]:
        if one == name:
            if run == 0 and pause is not None and rules.least_rest_s and pause * 60 < rules.least_rest_s:
                found.add(RuleName.REST)
            run, pause = run + 1, 0
            if rules.longest_stretch_s is not None and run * 60 > rules.longest_stretch_s:
                found.add(RuleName.LONGEST)
        else:
            run = 0
            pause = None if pause is None else pause + 1
    return found


WALKED = {
    RuleName.MOST,
    RuleName.FAIR_SHARE,
    RuleName.WINDOW,
    RuleName.LEAST,
    RuleName.DRIVERS,
    RuleName.REST,
    RuleName.LONGEST,
}


@given(relays(), plans())
def test_sums_and_stretches_are_those_of_a_walk_along_the_race(relay: Relay, legs: Legs) -> None:
    found = {(one.rule, one.seat) for one in violations(relay, legs) if one.rule in WALKED}
    assert found == walked(relay, legs)


@given(relays(), plans())
def test_each_leg_alone_is_judged_minute_by_minute(relay: Relay, legs: Legs) -> None:
    found = {(one.rule, one.leg) for one in violations(relay, legs) if not one.is_past}
    free = {seat.key: seat.free for seat in relay.seats}
    drives = {seat.key for seat in relay.seats if seat.can_drive}
    for leg in legs:
        if leg.is_done:
            assert not {one for one in found if one[1] == leg.key}
            continue
        times = [minute * 60.0 for minute in range(int(leg.start_s // 60), int(leg.end_s // 60))]
        away = bool(free.get(leg.driver)) and any(
            not any(one.start_s <= at < one.end_s for one in free[leg.driver]) for at in times
        )
        dark = any(one.start_s <= at < one.end_s for one in relay.dark for at in times)
        assert ((RuleName.AVAILABLE, leg.key) in found) == away
        assert ((RuleName.NIGHT, leg.key) in found) == (dark and leg.driver in relay.rules.no_night)
        assert ((RuleName.TANK, leg.key) in found) == (len(times) > 12)
        assert ((RuleName.NOBODY, leg.key) in found) == (leg.driver == "")
        assert ((RuleName.UNKNOWN, leg.key) in found) == (leg.driver not in drives | {""})


def test_a_stint_that_no_tank_lasts_says_by_how_much() -> None:
    relay = Relay(7200.0, (Seat("ada", "Ada"),), most_stint_s=3650.0)
    legs = (Leg("s0", "ada", 0.0, 3690.0), Leg("s1", "ada", 3690.0, 7200.0))
    (found,) = (one for one in violations(relay, legs) if one.rule == RuleName.TANK)
    assert found.words == "The stint at 00:00 takes 1:02 h, 40 s more than a tank lasts."


@given(relays(), plans())
def test_what_is_done_alone_is_past_and_nothing_else(relay: Relay, legs: Legs) -> None:
    done = tuple(msgspec.structs.replace(leg, is_done=True) for leg in legs)
    assert all(one.is_past and not one.leg for one in violations(relay, done) if one.rule != RuleName.COVER)
    to_come = tuple(msgspec.structs.replace(leg, is_done=False) for leg in legs)
    assert not any(one.is_past for one in violations(relay, to_come))


def legs_of(*rows: tuple[str, int, int], **more: object) -> Legs:
    return tuple(
        msgspec.structs.replace(Leg(f"s{at}", who, a * MINUTE_S, b * MINUTE_S), **more)
        for at, (who, a, b) in enumerate(rows)
    )


TWO = tuple(Seat(key, key.title()) for key in PEOPLE[:2])


def test_a_stop_at_which_the_driver_stays_in_goes_on_with_the_stretch() -> None:
    relay = Relay(61 * 60.0, TWO, DriveRules(longest_stretch_s=60 * 60.0), pit_s=60.0)
    broken = violations(relay, legs_of(("ada", 0, 30), ("ada", 31, 61)))
    assert [(one.rule, one.leg, one.over_s) for one in broken] == [(RuleName.LONGEST, "s1", 60.0)]
    assert broken[0].words == "Ada drives 1:01 h without leaving the seat; 1:00 h are allowed."


def test_a_window_slides_and_is_not_laid_from_the_green_flag() -> None:
    rules = DriveRules(window_s=60 * 60.0, most_in_window_s=30 * 60.0)
    relay = Relay(120 * 60.0, TWO, rules, pit_s=60.0)
    plan = legs_of(("ben", 0, 29), ("ada", 30, 59), ("ben", 60, 69), ("ada", 70, 120))
    over = {one.seat: one.over_s for one in violations(relay, plan) if one.rule is RuleName.WINDOW}
    assert over == {"ada": 20 * 60.0}, "50 minutes up to 120; 39 up to 99 count less"


def test_holes_overlaps_and_a_missing_end_are_said() -> None:
    relay = Relay(100 * 60.0, TWO, pit_s=60.0)
    broken = violations(relay, legs_of(("ada", 0, 20), ("ben", 30, 50), ("ada", 48, 90)))
    assert [one.over_s for one in broken if one.rule is RuleName.COVER] == [540.0, 120.0, 600.0]


def test_stops_count_with_the_service_that_they_must_do() -> None:
    rules = DriveRules(mandatory_stops=2, stop_service="tyres, swap")
    relay = Relay(90 * 60.0, TWO, rules, pit_s=60.0, stints_per_set=2)
    plan = legs_of(("ada", 0, 30), ("ben", 31, 60), ("ada", 61, 90))
    assert [one.words for one in violations(relay, plan)] == [
        "1 stops with tyres are planned; 2 are mandatory."
    ]
    fresh = tuple(msgspec.structs.replace(leg, is_new_tyres=True) for leg in plan)
    assert not violations(relay, fresh)
    assert [one.rule for one in violations(relay, plan[:1])] == [RuleName.COVER, RuleName.STOPS]


@pytest.mark.parametrize(
    ("spotter", "words"),
    [
        ("", "Nobody spots in the stint at 00:00."),
        ("ada", "Ada drives and spots in the stint at 00:00."),
        ("eve", "eve is not here to spot in the stint at 00:00."),
        ("ben", ""),
    ],
)
def test_somebody_else_who_is_here_spots(spotter: str, words: str) -> None:
    relay = Relay(30 * 60.0, TWO, DriveRules(has_spotter=True))
    broken = violations(relay, legs_of(("ada", 0, 30), spotter=spotter))
    assert [one.words for one in broken] == ([words] if words else [])


def test_spotting_has_its_longest_too() -> None:
    relay = Relay(61 * 60.0, TWO, DriveRules(longest_spotting_s=45 * 60.0), pit_s=60.0)
    broken = violations(relay, legs_of(("ada", 0, 30), ("ada", 31, 61), spotter="ben"))
    assert [(one.rule, one.leg, one.over_s) for one in broken] == [(RuleName.SPOTTING, "s1", 16 * 60.0)]


def test_a_car_may_have_to_stop_before_the_tank_is_empty() -> None:
    relay = Relay(70 * 60.0, TWO, DriveRules(longest_stint_s=65 * 60.0), most_stint_s=80 * 60.0)
    assert [one.over_s for one in violations(relay, legs_of(("ada", 0, 70)))] == [300.0]


def test_the_wrong_starter_is_past_once_the_race_runs() -> None:
    relay = Relay(60 * 60.0, TWO, DriveRules(starter="ben"), pit_s=60.0)
    planned = legs_of(("ada", 0, 30), ("ben", 31, 60))
    assert [one.is_past for one in violations(relay, planned)] == [False]
    runs = (msgspec.structs.replace(planned[0], is_driving=True), planned[1])
    assert [one.is_past for one in violations(relay, runs)] == [True]
