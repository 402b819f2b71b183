"""A plan laid over what happened: matched, moved with it, whole to the flag."""

import random

import live_world as world
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_world import Drove

from pitbox.model.fact import Lap, LapKind, Stint
from pitbox.model.relay import RuleName
from pitbox.model.span import Span
from pitbox.planning.live.course import course_of
from pitbox.planning.live.follow import follow
from pitbox.strategy.story import Story

HOUR_S = 3600.0


def followed(plan, spells, now_s, **how):
    return follow(plan, world.course(world.facts(spells, now_s, **how), now_s))


def rows(found):
    return [one.leg for one in found.driven]


def test_before_the_green_flag_the_plan_stands_as_it_is():
    plan = world.plan()
    found = follow(plan, world.course([], 0.0))
    assert found.legs == plan.legs
    assert (found.race_s, found.next_leg) == (None, "s1")


def test_a_race_by_the_plan_says_who_is_next_and_when():
    plan = world.plan("abcdab")
    each_s = plan.legs[0].end_s
    found = followed(plan, world.drove("abc", each_s), 2.5 * (each_s + world.PIT_S))
    assert rows(found) == ["s1", "s2", "s3"]
    assert [leg.is_done for leg in found.legs] == [True, True, False, False, False, False]
    assert found.legs[2].is_driving
    assert world.drivers(found.legs) == "abcdab"
    assert found.next_leg == "s4"
    assert found.next_in_s == pytest.approx(plan.legs[3].start_s - found.race_s)
    assert found.surprises == ()
    assert found.violations == ()
    assert found.legs[-1].end_s == pytest.approx(plan.relay.length_s)


def test_an_early_stop_moves_the_chain_and_keeps_the_race_covered():
    plan = world.plan("abcdab", length_s=HOUR_S - 50.0)
    spells = [Drove("ada", 2400.0), Drove("bo", HOUR_S)]
    found = followed(plan, spells, 3000.0)
    assert rows(found) == ["s1", "s2"]
    assert "shorter" in found.driven[0].words
    assert found.legs[1].start_s == 2460.0
    assert found.legs[1].end_s == pytest.approx(2460.0 + HOUR_S - 50.0)
    assert found.legs[-1].end_s == pytest.approx(plan.relay.length_s)
    assert "One stint more than planned will be needed." in found.surprises
    assert not [one for one in found.violations if one.rule is RuleName.COVER]


@pytest.mark.parametrize("service", [("drive_through",), ("fuel",), ("repairs",)])
def test_a_stop_that_nobody_planned_splits_a_stint(service):
    plan = world.plan("abcdab", length_s=HOUR_S - 50.0)
    spells = [Drove("ada", 500.0, service=service), Drove("ada", 3000.0), Drove("bo", HOUR_S)]
    found = followed(plan, spells[:2], 1000.0)
    assert rows(found) == ["s1", "s1"]
    assert [leg.key for leg in found.legs[:3]] == ["s1", "s1~2", "s2"]
    assert found.legs[1].end_s == pytest.approx(560.0 + HOUR_S - 50.0 - 500.0), "the rest of the stint"
    found = followed(plan, spells, 5000.0)
    assert rows(found) == ["s1", "s1", "s2"]
    assert "nobody planned" in found.driven[1].words


def test_in_the_lane_a_broken_off_stint_goes_on():
    plan = world.plan("abcdab", length_s=HOUR_S - 50.0)
    found = followed(plan, [Drove("ada", 500.0), Drove("ada", 3000.0)], 520.0)
    assert world.drivers(found.legs[:3]) == "aab"
    assert found.next_leg == "s1~2"
    assert found.next_in_s == pytest.approx(40.0)


def test_two_stints_run_as_one():
    plan = world.plan("aabbccdd", world.relay(4 * HOUR_S))
    each_s = plan.legs[0].end_s
    spells = [Drove("ada", 2 * each_s), Drove("bo", each_s), Drove("bo", each_s)]
    found = followed(plan, spells, 4 * each_s)
    assert rows(found)[:3] == ["s1", "s3", "s4"]
    assert "stints 1 and 2 in one" in found.driven[0].words
    assert world.drivers(found.legs).startswith("abbcc")


def test_stints_out_of_order_are_told_by_who_drove():
    plan = world.plan("abcdab")
    each_s = plan.legs[0].end_s
    found = followed(plan, world.drove("ac", each_s), 1.5 * (each_s + world.PIT_S))
    assert rows(found) == ["s1", "s3"]
    assert found.next_leg == "s2", "Bo is put off, not forgotten"
    found = followed(plan, world.drove("acbd", each_s), 3.5 * (each_s + world.PIT_S))
    assert rows(found) == ["s1", "s3", "s2", "s4"]
    assert "after its turn" in found.driven[2].words


def test_somebody_else_in_a_drivers_place():
    plan = world.plan("abcdab")
    each_s = plan.legs[0].end_s
    found = followed(plan, world.drove("accd", each_s), 3.5 * (each_s + world.PIT_S))
    assert rows(found) == ["s1", "s2", "s3", "s4"]
    assert found.driven[1].words.startswith("Cleo instead of Bo")
    found = followed(plan, world.drove("a?c", each_s), 2.5 * (each_s + world.PIT_S))
    assert rows(found) == ["s1", "s2", "s3"]
    assert "not in the team" in found.driven[1].words
    assert found.driven[1].seat == ""


def test_a_driver_who_drops_out_is_followed_by_the_next():
    plan = world.plan("abcdab")
    each_s = plan.legs[0].end_s
    spells = [Drove("ada", 1200.0, 300.0, ("tow",), is_tow=True), Drove("bo", each_s), Drove("cleo", each_s)]
    found = followed(plan, spells, 1200.0 + 300.0 + each_s + 500.0)
    assert rows(found) == ["s1", "s2", "s3"]
    assert "towed" in found.driven[0].words


def test_where_nobody_knows_the_driver_the_plan_does():
    plan = world.plan("abcdab")
    each_s = plan.legs[0].end_s
    spells = [Drove("ada", 700.0), Drove("ada", each_s - 700.0), *world.drove("bcd", each_s)]
    found = followed(plan, spells, 3.5 * (each_s + world.PIT_S), is_told=False)
    assert rows(found) == ["s1", "s1", "s2", "s3", "s4"]
    assert [one.seat for one in found.driven] == ["ada", "ada", "bo", "cleo", "dag"]


def test_a_shorter_and_a_longer_race_reach_the_plan():
    plan = world.plan("abcdab")
    each_s = plan.legs[0].end_s
    at = world.course(world.facts(world.drove("ab", each_s), 4000.0), 4000.0)
    short = follow(plan, at, length_s=4 * HOUR_S)
    assert short.relay.length_s == short.legs[-1].end_s == 4 * HOUR_S
    assert "The race is 120 min shorter than planned." in short.surprises
    long = follow(plan, at, length_s=8 * HOUR_S)
    assert long.legs[-1].end_s == 8 * HOUR_S
    assert len(long.legs) > 7


def test_free_time_is_of_the_clock_on_the_wall():
    here = world.relay(start_utc_s=1_000_000.0)
    seat = msgspec.structs.replace(
        here.seats[0], free=(Span(0.0, HOUR_S),), maybe=(Span(HOUR_S, 2 * HOUR_S),)
    )
    here = msgspec.structs.replace(here, seats=(seat, *here.seats[1:]))
    late = follow(world.plan(of=here), world.course([], 0.0), green_utc_s=1_000_600.0)
    assert late.relay.start_utc_s == 1_000_600.0
    assert late.relay.seats[0].free == (Span(-600.0, HOUR_S - 600.0),)
    assert late.relay.seats[0].maybe == (Span(HOUR_S - 600.0, 2 * HOUR_S - 600.0),)


def test_after_the_flag_nothing_is_to_come():
    plan = world.plan("abcdab")
    each_s = plan.legs[0].end_s
    found = followed(plan, world.drove("abcdab", each_s), 6.1 * HOUR_S, end="finish")
    assert [leg.is_done for leg in found.legs] == [True] * 6
    assert found.next_leg == ""
    assert found.surprises == ()


RACES = st.lists(
    st.builds(
        Drove,
        st.sampled_from([*world.KEYS, "?", ""]),
        st.floats(60.0, 5000.0),
        st.floats(20.0, 900.0),
        st.sampled_from([("fuel",), ("drive_through",), (), ("repairs", "fuel")]),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=60)
@given(RACES, st.floats(0.0, 6 * HOUR_S), st.integers(0, 99), st.integers(0, 20), st.booleans())
def test_any_order_of_arrival_gives_the_same(spells, now_s, seed, cut, is_told):
    told = world.facts(spells, now_s, is_told=is_told)
    running = [fact for fact in told if getattr(fact, "end_s", 0.0) is None]
    earlier = [msgspec.structs.replace(fact, end_s=None, end="") for fact in told if isinstance(fact, Stint)]
    mixed = random.Random(seed).sample(told, len(told))
    story = Story()
    story.take_all([*earlier[:cut], *running, *mixed[:cut]])
    story.take_all(mixed)
    plan = world.plan()
    split = follow(plan, course_of(story, world.CAR, world.GREEN_S + now_s))
    assert split == follow(plan, world.course(told, now_s))


def test_a_tank_that_ends_a_stop_before_the_flag_is_left_sooner():
    """Two hours lost after a short stint: full tanks end 61 s before the flag, a stop takes 60."""
    spells = [Drove("ada", 60.0), Drove("ada", 2548.0), Drove("ada", 2939.0), Drove("cleo", 60.0)]
    found = followed(world.plan(), spells, 6959.0)
    assert not found.violations
    before, last = found.legs[-2:]
    assert last.end_s == found.relay.length_s
    assert last.start_s == before.end_s + world.PIT_S
    assert last.end_s - last.start_s == pytest.approx(world.LAP_S)


@pytest.mark.parametrize(("start_s", "end_s"), [(17939.0, 21440.0), (18049.0, 21600.0)])
def test_who_drives_last_comes_in_a_lap_before_the_flag_or_not_at_all(start_s, end_s):
    """A tank that ends 61 s before the flag is left sooner, one that reaches it is not left."""
    spells = [Drove("ada", start_s - world.PIT_S), Drove("bo", world.TANK_S)]
    found = followed(world.plan(), spells, start_s + 600.0)
    at_wheel = next(leg for leg in found.legs if leg.is_driving)
    assert at_wheel.end_s == end_s
    assert not [one for one in found.violations if one.rule is RuleName.COVER]


@settings(max_examples=60)
@given(RACES, st.floats(0.0, 6 * HOUR_S), st.floats(0.0, 6 * HOUR_S))
def test_what_was_driven_never_changes_and_a_whole_plan_stays_whole(spells, one_s, other_s):
    plan = world.plan()
    first, then = sorted((one_s, other_s))
    before, after = followed(plan, spells, first), followed(plan, spells, then)
    done = [(leg.driver, leg.start_s, leg.end_s) for leg in before.legs if leg.is_done]
    told = [(one.seat, one.start_s, one.end_s) for one in before.driven if one.end_s is not None]
    assert done == told
    known = all(spell.driver for spell in spells)
    if known:
        assert (
            done == [(leg.driver, leg.start_s, leg.end_s) for leg in after.legs if leg.is_done][: len(done)]
        )
    for found in (before, after):
        assert [one for one in found.violations if one.rule is RuleName.COVER and not one.is_past] == []
        starts = [leg.start_s for leg in found.legs]
        assert starts == sorted(starts)
        assert len({leg.key for leg in found.legs}) == len(found.legs)
        if found.race_s is not None:
            seen = [one for one in found.driven if one.seat]
            driven_s = sum((found.race_s if one.end_s is None else one.end_s) - one.start_s for one in seen)
            assert sum(one.driven_s for one in found.shares) == pytest.approx(driven_s, abs=1e-6)


def test_laps_of_a_stint_that_runs_are_those_driven_in_it():
    facts = world.facts([Drove("ada", HOUR_S)], 1000.0)
    flying = LapKind()
    laps = [
        Lap(
            stint.session_num,
            stint.run,
            world.CAR,
            at,
            1,
            100.0 * at,
            100.0 * at + 100.0,
            flying,
            stint.stint,
            1,
            1,
            0,
        )
        for stint in facts
        if isinstance(stint, Stint)
        for at in range(1, 5)
    ]
    (spell,) = world.course([*facts, *laps], 1000.0).spells
    assert spell.laps == 4
