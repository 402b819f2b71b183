"""Who is told when: at each mark, once, by the plan as it stands, on the person's own clock."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pitbox.model.participation import Part
from pitbox.model.plan_offer import PlanNow
from pitbox.model.relay import Leg, Relay, Seat
from pitbox.planning.reminder import (
    SAME_START_S,
    Note,
    NoteKind,
    Reminders,
    Told,
    reminders,
    words_about,
    words_to,
)

GREEN_S = datetime(2026, 3, 28, 12, 0, tzinfo=UTC).timestamp()
MARKS = (30, 15, 5)
HOUR = 3600.0
SEATS = tuple(Seat(key, name) for key, name in (("a", "Ada"), ("k", "Kai"), ("l", "Lea")))


def plan_of(*drivers: str, first_s: float = 0.0, length_s: float = HOUR, **more: object) -> PlanNow:
    legs = tuple(
        Leg(f"s{at}", key, first_s + at * length_s, first_s + (at + 1) * length_s - 60, fuel_l=52.4)
        for at, key in enumerate(drivers)
    )
    relay = Relay(24 * HOUR, SEATS, start_utc_s=GREEN_S)
    return PlanNow("e", "t", "v", relay, legs, (), (), (), green_utc_s=GREEN_S, **more)


def asked(plan: PlanNow, race_s: float, told: tuple[Told, ...] = ()) -> Reminders:
    return reminders(plan, MARKS, GREEN_S + race_s, told)


def day(plan: PlanNow, minutes: range, told: tuple[Told, ...] = ()) -> list[tuple[int, Note]]:
    """What is told minute by minute of the race."""
    found = []
    for minute in minutes:
        said = asked(plan, minute * 60.0, told)
        told = said.told
        found += [(minute, note) for note in said.notes]
    return found


def test_each_mark_once_and_only_where_the_driver_changes() -> None:
    told = [(minute, note.seat, note.mark_min) for minute, note in day(plan_of(*"aakk"), range(-60, 240))]
    first = [(-30, "a", 30), (-15, "a", 15), (-5, "a", 5)]
    assert told == [
        *first,
        (90, "k", 30),
        (105, "k", 15),
        (115, "k", 5),
    ]


def test_who_opens_late_hears_once() -> None:
    said = asked(plan_of(*"ak"), 48 * 60.0)
    assert [(note.mark_min, round(note.lead_s)) for note in said.notes] == [(15, 720)]
    assert [note.mark_min for _, note in day(plan_of(*"ak"), range(48, 70), said.told)] == [5]


def test_done_and_driving_are_past() -> None:
    plan = plan_of(*"aka")
    legs = (replace(plan.legs[0], is_done=True), replace(plan.legs[1], is_driving=True), plan.legs[2])
    assert asked(replace(plan, legs=legs), 59 * 60.0).notes == ()


def test_a_small_move_is_no_news_and_a_large_one_is() -> None:
    plan = plan_of(*"ak")
    told = asked(plan, 35 * 60.0).told
    small = replace(plan, legs=tuple(replace(leg, start_s=leg.start_s + 290) for leg in plan.legs))
    assert asked(small, 35 * 60.0 + 1, told).notes == ()
    large = replace(plan, legs=tuple(replace(leg, start_s=leg.start_s - 400) for leg in plan.legs))
    (note,) = asked(large, 35 * 60.0 + 1, told).notes
    assert words_to(note, "Europe/Berlin").startswith(
        "Your stint in 18 min, at 13:53 (Berlin), not 14:00: 52 l"
    )


def test_who_is_taken_off_hears_that_too() -> None:
    plan = plan_of(*"ak")
    told = asked(plan, 46 * 60.0).told
    swapped = plan_of(*"al")
    said = asked(swapped, 47 * 60.0, told)
    assert [(note.kind, note.seat) for note in said.notes] == [(NoteKind.OFF, "k"), (NoteKind.DUE, "l")]
    assert words_to(said.notes[0], "UTC") == "You do not drive at 13:00 (UTC): Lea does."
    assert asked(swapped, 47 * 60.0, said.told).notes == ()
    later = plan_of(*"allk")
    (off, _) = asked(later, 47 * 60.0, told).notes
    assert words_about(off, "UTC") == (
        "Kai does not drive at 13:00 (UTC): Lea does. The next stint begins at 15:00."
    )


def test_a_plan_made_anew_under_other_keys_is_the_same_to_people() -> None:
    plan = plan_of(*"ak")
    told = asked(plan, 46 * 60.0).told
    anew = replace(plan, legs=tuple(replace(leg, key=f"new-{leg.key}") for leg in plan.legs))
    assert asked(anew, 47 * 60.0, told).notes == ()


def test_nothing_is_told_while_the_start_is_not_known() -> None:
    plan = plan_of(*"ak")
    bare = replace(plan, green_utc_s=None, relay=replace(plan.relay, start_utc_s=None))
    told = asked(plan, 46 * 60.0).told
    assert reminders(bare, MARKS, GREEN_S, told) == Reminders((), told)
    assert reminders(plan, (), GREEN_S - 60).notes == ()


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "at 03:30 (Berlin)"),
        ("America/Argentina/Buenos_Aires", "at 22:30 (Buenos Aires)"),
        ("Asia/Kathmandu", "at 07:15 (Kathmandu)"),
        ("Nowhere/Land", "at 01:30 (UTC)"),
    ],
)
def test_clocks_of_people_and_the_night_in_which_they_jump(zone: str, words: str) -> None:
    """On 29 March 2026 clocks in Berlin go from 2:00 to 3:00, which is 1:00 UTC."""
    plan = plan_of(*"ak", first_s=12.5 * HOUR)
    (note,) = [n for n in asked(plan, 13.5 * HOUR - 600).notes if n.seat == "k"]
    said = words_to(note, zone)
    assert said == f"Your stint in 10 min, {words}: 52 l, after Ada"


def test_over_midnight() -> None:
    plan = plan_of(*"ak", first_s=11.2 * HOUR)
    (note,) = asked(plan, 12.2 * HOUR - 900).notes
    assert words_to(note, "UTC") == "Your stint in 15 min, at 00:12 (UTC): 52 l, after Ada"


def test_what_the_plan_says_of_the_stop() -> None:
    plan = plan_of(*"ka")
    leg = replace(plan.legs[1], fuel_l=None, is_new_tyres=True)
    (note,) = asked(replace(plan, legs=(plan.legs[0], leg)), 3300.0).notes
    assert words_about(note, "UTC") == "Ada: stint in 5 min, at 13:00 (UTC): new tyres, after Kai"
    (first,) = asked(plan, -1800.0).notes
    assert words_to(first, "UTC").endswith("52 l, the start of the race")


MOVE = st.tuples(st.integers(1, 120), st.integers(-900, 900), st.sampled_from(["stay", "stay", "swap"]))


@given(st.permutations("aakkl"), st.lists(MOVE, max_size=60))
def test_nobody_is_missed_and_nobody_told_twice(
    drivers: list[str], moves: list[tuple[int, int, str]]
) -> None:
    plan, now_s, told = plan_of(*drivers, length_s=2400.0), -2000.0, ()
    heard: list[Note] = []
    for step_s, moved_s, change in moves:
        now_s += step_s
        legs = list(plan.legs)
        at = step_s % len(legs)
        if change == "swap":
            legs[at] = replace(legs[at], driver="akl"[step_s % 3])
        legs[at:] = [replace(leg, start_s=leg.start_s + moved_s / 3) for leg in legs[at:]]
        plan = replace(plan, legs=tuple(legs))
        said = asked(plan, now_s, told)
        told = said.told
        assert asked(plan, now_s, told).notes == (), "asked again, it says nothing"
        for note in said.notes:
            _judge(note, heard)
            heard.append(note)
        _nobody_missed(plan, now_s, told)


def _judge(note: Note, heard: list[Note]) -> None:
    if note.kind is NoteKind.OFF:
        assert any(h.kind is NoteKind.DUE and h.seat == note.seat for h in heard)
        return
    assert note.lead_s > 0
    for before in reversed(heard):
        if before.seat == note.seat and before.kind is NoteKind.OFF:
            return
        is_same = (before.seat, before.leg, before.mark_min) == (note.seat, note.leg, note.mark_min)
        assert not is_same or abs(before.start_utc_s - note.start_utc_s) > SAME_START_S


def _nobody_missed(plan: PlanNow, now_s: float, told: tuple[Told, ...]) -> None:
    before = ""
    for leg in plan.legs:
        lead_s = leg.start_s - now_s
        if leg.driver != before and 0 < lead_s <= MARKS[0] * 60:
            reached = min(mark for mark in MARKS if lead_s <= mark * 60)
            assert any(
                one.seat == leg.driver
                and one.mark_min <= reached
                and abs(one.start_utc_s - GREEN_S - leg.start_s) <= SAME_START_S
                for one in told
            )
        before = leg.driver


def spotted(plan: PlanNow, *spotters: str) -> PlanNow:
    legs = tuple(replace(leg, spotter=who) for leg, who in zip(plan.legs, spotters, strict=True))
    return replace(plan, legs=legs)


def test_spotters_are_told_where_the_spotter_changes_and_when_it_is_another() -> None:
    plan = spotted(plan_of(*"aka"), "l", "l", "k")
    told = [(minute, note.seat) for minute, note in day(plan, range(-60, 180)) if note.part is Part.SPOTTER]
    assert told == [(-30, "l"), (-15, "l"), (-5, "l"), (90, "k"), (105, "k"), (115, "k")]
    said = asked(plan, 106 * 60.0)
    note = next(note for note in said.notes if note.part is Part.SPOTTER)
    assert words_to(note, "UTC") == "Your turn as spotter in 14 min, at 14:00 (UTC): for Ada, after Lea"
    assert words_about(note, "UTC") == "Kai: spots in 14 min, at 14:00 (UTC): for Ada, after Lea"
    off = asked(spotted(plan_of(*"aka"), "l", "l", "l"), 107 * 60.0, said.told)
    assert [(one.kind, one.seat, one.part) for one in off.notes] == [(NoteKind.OFF, "k", Part.SPOTTER)]
    assert words_to(off.notes[0], "UTC") == "You do not spot at 14:00 (UTC): Lea does."


def test_who_spots_and_then_drives_is_told_of_both() -> None:
    plan = spotted(plan_of(*"ak"), "k", "a")
    notes = asked(plan, 31 * 60.0).notes
    assert {(note.seat, note.part) for note in notes} == {("k", Part.DRIVER), ("a", Part.SPOTTER)}
    assert len({note.key for note in notes}) == len({note.what for note in notes}) == 2
