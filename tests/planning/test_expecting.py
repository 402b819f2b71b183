"""What a follower tells of a race, and the plan that others make of it: fresh, edited meanwhile, and old."""

import live_world as world
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pitbox.model import person
from pitbox.model.edit import MAX_TEXT, Edit
from pitbox.model.expected import Expected, Row, Telling, expect, expected, still, tellings
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.plan_offer import PlanNow
from pitbox.model.stamp import Stamp
from pitbox.planning.live.expecting import (
    SILENT_S,
    STALE_S,
    ahead_of,
    expectation,
    has_moved,
    is_current,
    is_speaker,
)
from pitbox.planning.live.follow import follow
from pitbox.planning.live.green import GreenFlag
from pitbox.planning.next_turn import next_turn

GREEN_UTC_S = 1_774_699_500.0
LATE_GREEN_S = 300.0
A, B = DeviceId("a" * 64), DeviceId("b" * 64)
PLAN = msgspec.structs.replace(
    world.plan("abcdab", world.relay(start_utc_s=GREEN_UTC_S - LATE_GREEN_S)), team="t", variant="v"
)


def at(race_s: float, longer_s: float = 1200.0) -> PlanNow:
    """The first stint took so much longer than planned."""
    each_s = PLAN.legs[0].end_s
    drove = [world.Drove("ada", each_s + longer_s), world.Drove("bo", 9000.0)]
    return follow(
        PLAN, world.course(world.facts(drove, race_s), race_s), length_s=6 * 3600.0, green_utc_s=GREEN_UTC_S
    )


def telling(now: PlanNow, wall_s: float = 0.0) -> Telling:
    said = expectation(now)
    assert said is not None
    return Telling(said, A, Stamp(1, A, 1), wall_s or GREEN_UTC_S + (now.race_s or 0.0))


def wrote(ledger: Ledger, device: DeviceId, draft: object, wall_s: float) -> Edit:
    return ledger.write(draft, Stamp(0, device, 1), wall_s=wall_s)


def test_what_was_told_is_read_as_the_follower_has_it() -> None:
    now = at(5000.0)
    found = ahead_of(PLAN, telling(now), "Wall", GREEN_UTC_S + 5090.0)
    assert found is not None
    assert (found.is_stale, found.words) == (False, "as Wall tells, 2 min ago")
    own, theirs = ([leg for leg in one.legs if not leg.is_done] for one in (now, found.plan))
    assert [(leg.key, leg.driver, leg.is_driving) for leg in own] == [
        (leg.key, leg.driver, leg.is_driving) for leg in theirs
    ]
    assert max(abs(a.start_s - b.start_s) for a, b in zip(own, theirs, strict=True)) < 1.0
    assert max(abs(a.end_s - b.end_s) for a, b in zip(own, theirs, strict=True)) < 2.0
    assert [leg.key for leg in found.plan.legs if leg.is_done] == ["s1"]
    turn = next_turn(found.plan, {"cleo"}, GREEN_UTC_S + 5090.0)
    assert turn is not None
    assert turn.start_utc_s == pytest.approx(GREEN_UTC_S + 2 * (PLAN.legs[0].end_s + 60.0) + 1200.0, abs=2.0)


def test_who_drives_a_row_to_come_the_plan_says_and_who_is_in_the_car_the_follower() -> None:
    legs = tuple(replace(leg, driver="dag" if leg.key in ("s2", "s3") else leg.driver) for leg in PLAN.legs)
    found = ahead_of(replace(PLAN, legs=legs), telling(at(5000.0)), "Wall", GREEN_UTC_S + 5000.0)
    assert found is not None
    assert {leg.key: leg.driver for leg in found.plan.legs if leg.key in ("s2", "s3")} == {
        "s2": "bo",
        "s3": "dag",
    }


def test_an_old_word_leaves_the_plan_as_late_as_it_was_last() -> None:
    now_utc_s = GREEN_UTC_S + 5000.0 + STALE_S + 60.0
    found = ahead_of(PLAN, telling(at(5000.0)), "Wall", now_utc_s)
    assert found is not None
    assert found.late_s == pytest.approx(1200.0 + LATE_GREEN_S, abs=2.0)
    assert found.words == "by the plan, 25 min late: nothing heard of the race for 11 min"
    assert [leg.key for leg in found.plan.legs if leg.is_done] == ["s1", "s2"]
    turn = next_turn(found.plan, {"cleo"}, now_utc_s)
    assert turn is not None
    assert turn.start_utc_s == pytest.approx(GREEN_UTC_S + PLAN.legs[2].start_s + 1200.0, abs=2.0)


def test_of_another_race_nothing_and_after_the_flag_nothing_to_come() -> None:
    told = telling(at(5000.0))
    assert ahead_of(PLAN, told, "Wall", GREEN_UTC_S + 86400.0) is None
    other = replace(told, expected=replace(told.expected, green_utc_s=GREEN_UTC_S - 86400.0))
    assert ahead_of(PLAN, other, "Wall", GREEN_UTC_S) is None
    over = replace(told, expected=replace(told.expected, rows=(), has_driver=False))
    found = ahead_of(PLAN, over, "Wall", GREEN_UTC_S + 5 * 3600.0)
    assert found is not None
    assert not found.is_stale
    assert all(leg.is_done for leg in found.plan.legs)


def test_nothing_is_told_before_the_flag_nor_of_a_picture_that_hangs() -> None:
    before = follow(PLAN, world.course([], -1.0), green_utc_s=None)
    assert expectation(before) is None
    assert not is_current(before, GREEN_UTC_S)
    now = at(5000.0)
    assert is_current(now, GREEN_UTC_S + 5030.0)
    assert not is_current(now, GREEN_UTC_S + 5200.0)


def test_only_a_minute_or_another_driver_is_worth_a_word() -> None:
    now = expectation(at(5000.0))
    assert now is not None
    moved = [replace(now, rows=tuple(replace(r, start_s=r.start_s + s) for r in now.rows)) for s in (55, 65)]
    assert [has_moved(now, one) for one in (now, *moved)] == [False, False, True]
    assert has_moved(now, replace(now, seats=("kim", *now.seats[1:])))
    assert has_moved(now, replace(now, has_driver=not now.has_driver))


def test_a_picture_that_hangs_or_catches_up_moves_no_flag_and_a_clock_set_anew_does() -> None:
    flag, race = GreenFlag(), ("sub-1", 0)
    assert flag.utc_s(race, 1000.0, 100.0) == 900.0
    assert {flag.utc_s(race, 1000.0 + s, 100.0) for s in range(0, 900, 5)} == {900.0}, "it hangs"
    assert {flag.utc_s(race, 1900.0 + s, 100.0 + 8 * s) for s in range(120)} == {900.0}, "it catches up"
    assert flag.utc_s(race, 2000.0, 1200.0) == 800.0, "nearer to the truth"
    later = [flag.utc_s(race, 5600.0 + s, 1200.0 + s) for s in range(0, 200, 10)]
    assert (later[0], later[-1]) == (800.0, 4400.0), "the wall clock was set, and stays so"
    assert flag.utc_s(("sub-2", 0), 9000.0, 0.0) == 9000.0


def test_one_speaks_the_least_name_and_another_when_it_falls_silent() -> None:
    assert is_speaker(A, {})
    assert is_speaker(A, {B: 0.0})
    assert not is_speaker(B, {A: SILENT_S - 1})
    assert is_speaker(B, {A: SILENT_S})


def test_each_device_says_it_in_its_own_name_and_the_last_word_counts() -> None:
    ledger, said = Ledger(), telling(at(5000.0)).expected
    wrote(ledger, A, person.name_draft(A, "Wall"), 1.0)
    wrote(ledger, A, expect("t", A, said), 10.0)
    wrote(ledger, B, expect("t", B, replace(said, end_s=1)), 20.0)
    wrote(ledger, B, expect("t", A, replace(said, end_s=2)), 30.0)
    assert expected(ledger, "t").expected.end_s == 1, "nobody speaks for another"
    wrote(ledger, A, expect("t", A, said), 40.0)
    wrote(ledger, A, still("t", A, 5100.0), 50.0)
    last = expected(ledger, "t")
    assert (last.expected, last.device, last.wall_s) == (said, A, 50.0)
    assert [one.device for one in tellings(ledger, "t")] == [A, B]
    wrote(ledger, A, msgspec.structs.replace(expect("t", A, said), value="[1"), 60.0)
    assert expected(ledger, "t").device == B


def test_people_s_edits_do_not_grow_stale_by_what_machines_write() -> None:
    ledger, said = Ledger(), telling(at(5000.0)).expected
    wrote(ledger, A, person.name_draft(A, "Wall"), 1.0)
    base = ledger.count
    wrote(ledger, B, expect("t", B, said), 2.0)
    wrote(ledger, B, still("t", B, 1.0), 3.0)
    assert ledger.is_as_at(base)
    wrote(ledger, A, person.name_draft(A, "Else"), 4.0)
    assert not ledger.is_as_at(base)
    assert ledger.is_as_at(ledger.count)


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=20), st.integers(-1, 9), st.integers(0, 10**6)), max_size=120
    )
)
def test_whatever_is_told_fits_and_is_read_again(rows: list[tuple[str, int, int]]) -> None:
    seats = tuple(f"somebody-{number:08x}" for number in range(10))
    said = Expected("v", 1.0, 86400, seats, tuple(Row(*one) for one in rows), bool(rows))
    draft = expect("t", A, said)
    assert isinstance(draft.value, str)
    assert len(draft.value) <= MAX_TEXT
    ledger = Ledger()
    wrote(ledger, A, draft, 1.0)
    found = expected(ledger, "t")
    assert found is not None
    assert found.expected == replace(said, rows=said.rows[: len(found.expected.rows)])


def test_sixty_stints_of_a_day_fit() -> None:
    seats = tuple(f"some-name-{number:08x}" for number in range(6))
    rows = tuple(Row(f"{number:012x}", number % 6, number * 1440) for number in range(60))
    value = expect("t", A, Expected("v-1f3a9c2b", 1.8e9, 86400, seats, rows, has_driver=True)).value
    assert msgspec.json.decode(str(value), type=Expected).rows == rows
