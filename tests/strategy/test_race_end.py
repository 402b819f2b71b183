"""The end of a race: arithmetic that may never fail, and the cases in which other tools told it wrong."""

import json
import os
from pathlib import Path

import msgspec
import pytest
from grid import NO_CAUTIONS, Runner, story
from hypothesis import given, settings
from hypothesis import strategies as st

from pitbox.model.code import UNLIMITED_S
from pitbox.model.fact import Lap, LapKind, Stint
from pitbox.model.session import EventRules
from pitbox.strategy.caution import caution_process
from pitbox.strategy.errors import NoLengthError, NoRaceError
from pitbox.strategy.form import Forms
from pitbox.strategy.laps import LapChances, certain, mixed
from pitbox.strategy.luck import SAMPLES
from pitbox.strategy.pit_rule import TOGETHER
from pitbox.strategy.race_end import RaceEndModel, race_end
from pitbox.strategy.story import Story

GOLDEN = Path(__file__).parent / "golden" / "race_end.json"
FULL_CAUTIONS = EventRules(cautions="full")


def end_of(runners, now_s, time_left_s=None, **rest):
    return race_end(story(runners, now_s, **rest).at(now_s, time_left_s=time_left_s))


def most_likely(runners, now_s, **rest):
    return {idx: end.laps.most_likely for idx, end in end_of(runners, now_s, **rest).cars.items()}


def test_a_leader_laps_ahead_takes_the_flag_first():
    """We cross the line 5 s after zero and think that was it: the leader is not home yet, so on we go.

    By our own clock the race has 89 laps; the leader ends it 25 s later, on lap 100, and we finish our 90th.
    """
    ours = Runner(1, 9_005.0 / 89, 2)
    assert most_likely([ours, Runner(2, 90.3)], 8_550.0, length_s=9_000.0) == {1: 90, 2: 100}
    assert most_likely([ours], 8_550.0, length_s=9_000.0)[1] == 89
    # The leader crosses just before zero and goes round again: so do we.
    assert most_likely([ours, Runner(2, 89.8)], 8_550.0, length_s=9_000.0) == {1: 90, 2: 101}


def test_the_lap_that_we_are_on_when_the_leader_is_home_is_the_last():
    """The leader is home at 9500 and we cross the line at 9519: that is it, half a lap behind or not."""
    runners = [Runner(1, 100.2, 2), Runner(2, 95.0)]
    assert most_likely(runners, 9_400.0, length_s=9_490.0) == {1: 95, 2: 100}


def test_white_is_withdrawn_when_the_leader_is_too_quick_for_it():
    """White came out on a slow lap, and the next crossing is before zero still: one lap more."""
    runners = [Runner(1, 110.0, 2), Runner(2, 100.0)]
    at_white = story(runners, 5_910.0, flags=(("green", 0.0), ("white", 5_900.0)), length_s=6_000.0)
    white = race_end(at_white.at(5_910.0, time_left_s=85.0)).cars[2].laps
    assert white.most_likely == 60
    # The clock shows more than a lap: the white flag cannot stay, whoever waves it.
    withdrawn = race_end(at_white.at(5_910.0, time_left_s=120.0)).cars[2].laps
    assert withdrawn.most_likely == 61
    back = story(
        runners, 6_005.0, flags=(("green", 0.0), ("white", 5_900.0), ("green", 6_000.0)), length_s=6_000.0
    )
    assert race_end(back.at(6_005.0, time_left_s=25.0)).cars[2].laps.first >= 61


def test_who_missed_white_drives_a_lap_more():
    """The clock ran out on a lap that began without white: white now, and the flag a lap later."""
    runners = [Runner(1, 100.0)]
    slow = Lap(0, 0, 1, 60, 1, 5_900.0, 6_001.0, LapKind(), 1, 1, 1, 0)
    found = story(runners, 5_950.0, length_s=6_000.0)
    found.take(slow)
    missed = race_end(found.at(6_010.0, time_left_s=0.0)).cars[1].laps
    assert missed.most_likely == 61
    found.take(Lap(0, 0, 1, 60, 1, 5_880.0, 5_998.0, LapKind(), 1, 1, 1, 0))
    seen = race_end(found.at(6_010.0, time_left_s=70.0)).cars[1].laps
    assert seen.most_likely == 61, "the lap before took 118 s and 82 were left: white is out"
    found.take(Lap(0, 0, 1, 60, 1, 5_910.0, 6_000.0, LapKind(), 1, 1, 1, 0))
    late = race_end(found.at(6_010.0, time_left_s=85.0)).cars[1].laps
    assert late.most_likely == 62, (
        "the lap before took 90 s and 95 were left: no white, and then a slower lap"
    )


def test_the_own_stop_shortens_the_count():
    """Two stops of a lap each are to come: the plain count of laps is two too many."""
    stops = (20, 40, 60)
    runners = [Runner(1, 100.0, stops=stops, stop_loss_s=100.0)]
    now_s = 65 * 100.0 + 3 * 100.0 + 5.0
    left_s = 4_500.0
    end = end_of(runners, now_s, time_left_s=left_s, length_s=20_000.0).cars[1]
    plain = 65 + 46
    assert end.stops_to_come == pytest.approx(2.0, abs=0.6)
    assert plain - 3 <= end.laps.quantile(0.5) <= plain - 1


def test_a_stop_that_runs_is_part_of_it():
    driving = [Runner(1, 100.0, stops=(20, 40), stop_loss_s=100.0)]
    now_s = 40 * 100.0 + 150.0 + 5.0
    found = story(driving, now_s, length_s=9_000.0).at(now_s)
    assert found.cars[0].is_in_pits
    inside = race_end(found).cars[1].laps.mean
    out = msgspec.structs.replace(found, cars=(msgspec.structs.replace(found.cars[0], is_in_pits=False),))
    assert inside < race_end(out).cars[1].laps.mean


@pytest.mark.parametrize(
    ("length_s", "laps", "leader"), [(6_000.0, 50, 50), (4_000.0, 50, 41), (None, 50, 50)]
)
def test_time_and_laps_whichever_ends_first(length_s, laps, leader):
    runners = [Runner(1, 99.0), Runner(2, 108.0, 2)]
    found = most_likely(runners, 2_500.0, length_s=length_s, laps=laps)
    assert found[1] == leader
    assert found[2] == {50: 46, 41: 38}[leader]
    end = end_of(runners, 2_500.0, length_s=length_s, laps=laps)
    assert end.cars[1].laps.last <= laps


def test_in_a_race_by_laps_nobody_does_more_and_the_lapped_do_less():
    end = end_of([Runner(1, 100.0), Runner(2, 100.4), Runner(3, 125.0, 2)], 1_030.0, laps=30)
    assert (end.cars[1].laps.most_likely, end.cars[2].laps.most_likely) == (30, 30)
    assert end.cars[3].laps.most_likely == 24
    assert end.end_s[1] == pytest.approx(3_000.0 - 1_030.0, rel=0.05)


def test_a_class_leader_that_retires_does_not_take_the_answer_along():
    """Car 2 leads its class and has not crossed the line for 40 minutes."""
    runners = [Runner(1, 90.0), Runner(2, 100.0, 2, until_s=6_000.0), Runner(3, 101.0, 2)]
    moment = story(runners, 8_400.0, length_s=10_800.0).at(8_400.0)
    end = race_end(moment)
    assert end.cars[2].finish_chance < 0.35
    assert end.cars[3].finish_chance == 1.0
    assert abs(end.class_laps[2].most_likely - end.cars[3].laps.most_likely) <= 1
    assert end.class_laps[2].most_likely >= 106
    assert "overdue" in " ".join(end.cars[2].assumptions)


def test_an_overall_leader_that_stands_still_does_not_end_the_race():
    runners = [Runner(1, 90.0, until_s=3_000.0), Runner(2, 101.0)]
    end = end_of(runners, 3_290.0, length_s=3_600.0)
    assert end.cars[2].laps.most_likely == 36
    assert end.leader_laps.most_likely == 36


def test_a_caution_to_the_end_is_in_the_spread():
    runners = [Runner(1, 100.0), Runner(2, 101.0)]
    green = end_of(runners, 5_000.0, length_s=6_000.0, rules=FULL_CAUTIONS)
    flags = (("green", 0.0), ("caution", 4_990.0))
    caution = end_of(runners, 5_000.0, length_s=6_000.0, rules=FULL_CAUTIONS, flags=flags)
    # At half the pace for all of the last 1000 s: five laps and not ten.
    assert caution.cars[1].laps.at_most(56) > 0.01
    assert green.cars[1].laps.at_most(56) < caution.cars[1].laps.at_most(56)
    assert caution.cars[1].laps.mean < green.cars[1].laps.mean - 0.8
    assert "caution" in " ".join(caution.assumptions)


def test_before_a_stop_is_seen_it_costs_what_filling_our_tank_does():
    """By the rejoin's rules of thumb; one figure for all was 20 s too much for a small tank."""
    small = story([Runner(1, 100.0)], 500.0, length_s=9_000.0).at(500.0)
    own = msgspec.structs.replace(small.info.own, tank_l=110.0)
    large = msgspec.structs.replace(small, info=msgspec.structs.replace(small.info, own=own))
    for moment, tank_l in ((small, 60.0), (large, 110.0)):
        assert Forms().outlooks(moment)[1].stop_loss_s == pytest.approx(TOGETHER.loss_s(tank_l))
    assert race_end(large).cars[1].laps.mean < race_end(small).cars[1].laps.mean


def test_without_cautions_by_the_rules_there_are_none():
    runners = [Runner(1, 100.0), Runner(2, 101.0)]
    moment = story(runners, 2_000.0, length_s=20_000.0, rules=NO_CAUTIONS).at(2_000.0)
    assert caution_process(moment).rate_shape == 0
    assert "no cautions" in " ".join(race_end(moment).assumptions)


def test_cautions_so_far_make_more_of_them_likely():
    runners = [Runner(1, 100.0)]
    calm = story(runners, 4_000.0, length_s=9_000.0, rules=FULL_CAUTIONS).at(4_000.0)
    flags = tuple(
        (flag, at_s) for at_s, flag in zip(range(0, 3900, 300), ["green", "caution"] * 7, strict=False)
    )
    wild = story(runners, 4_000.0, length_s=9_000.0, rules=FULL_CAUTIONS, flags=flags).at(4_000.0)
    rate = {True: caution_process(wild), False: caution_process(calm)}
    assert rate[True].rate_shape / rate[True].rate_h > 2 * rate[False].rate_shape / rate[False].rate_h


def test_a_clock_that_shows_nothing_is_no_answer():
    """SessionTimeRemain of -1 and 604800, and no laps: that is not known, and not zero."""
    found = story([Runner(1, 100.0)], 900.0)
    for shown_s in (-1.0, UNLIMITED_S):
        with pytest.raises(NoLengthError):
            race_end(found.at(900.0, time_left_s=shown_s))
    laps = story([Runner(1, 100.0)], 900.0, laps=30)
    assert race_end(laps.at(900.0, time_left_s=UNLIMITED_S)).cars[1].laps.most_likely == 30


def test_laps_under_ten_seconds_are_no_pace():
    """A counting fault would otherwise promise thousands of laps."""
    found = story([Runner(1, 100.0)], 1_950.0, length_s=3_600.0)
    found.take(Lap(0, 0, 1, 20, 1, 1_900.0, 1_903.0, LapKind(), 1, 1, 1, 0))
    assert race_end(found.at(1_950.0)).cars[1].laps.last <= 40
    only = Story(found.length)
    only.take(Lap(0, 0, 1, 1, 1, 0.0, 4.0, LapKind(), 1, 1, 1, 0))
    with pytest.raises(NoRaceError):
        race_end(only.at(5.0))


def test_under_the_chequered_flag_everybody_finishes_the_lap():
    flags = (("green", 0.0), ("checkered", 3_601.0))
    found = story([Runner(1, 100.0), Runner(2, 130.0)], 3_650.0, length_s=3_600.0, flags=flags)
    found.take(Stint(0, 0, 1, 1, 1, 0, 0.0, 1, 36, 3_601.0, "finish"))
    end = race_end(found.at(3_650.0))
    assert end.cars[1].laps == certain(36)
    assert end.cars[2].laps == certain(29)
    found.take(Stint(0, 0, 2, 1, 2, 0, 0.0, 1, 29, 3_770.0, "finish"))
    assert race_end(found.at(3_800.0)).assumptions == ("the race is over",)


def test_a_restart_counts_from_its_own_green():
    found = story([Runner(1, 100.0)], 900.0, length_s=3_600.0)
    for lap in range(1, 6):
        found.take(Lap(0, 1, 1, lap, 1, 100.0 * lap - 100.0, 100.0 * lap, LapKind(), 1, 1, 1, 0))
    assert race_end(found.at(510.0)).cars[1].laps.most_likely == 36


def test_a_field_that_stands_still_has_not_retired():
    """Nobody crossed the line for 20 minutes: a red flag, told or not."""
    runners = [Runner(car_idx, 100.0 + car_idx, until_s=4_000.0) for car_idx in range(1, 9)]
    end = end_of(runners, 5_200.0, length_s=7_200.0)
    assert min(car.finish_chance for car in end.cars.values()) > 0.9
    assert end.cars[1].laps.first < 50 < end.cars[1].laps.last


def test_the_same_moment_gives_the_same_answer_and_a_model_may_be_asked_again():
    runners = [Runner(car_idx, 100.0 + car_idx / 7) for car_idx in range(1, 20)]
    moment = story(runners, 2_000.0, length_s=6_000.0, rules=FULL_CAUTIONS).at(2_000.0)
    model = RaceEndModel()
    assert model.at(moment) == model.at(moment) == race_end(moment)


@st.composite
def races(draw):
    count = draw(st.integers(1, 6))
    runners = [
        Runner(
            car_idx,
            draw(st.floats(60.0, 240.0)),
            draw(st.integers(1, 3)),
            tuple(draw(st.lists(st.integers(3, 60), max_size=3, unique=True))),
            draw(st.floats(20.0, 120.0)),
        )
        for car_idx in range(1, count + 1)
    ]
    now_s = draw(st.floats(500.0, 5_000.0))
    left_s = draw(st.floats(0.0, 9_000.0))
    return runners, now_s, left_s


@settings(max_examples=60)
@given(races(), st.booleans(), st.sampled_from([None, 20, 90]))
def test_the_arithmetic_holds_for_any_race(race, has_cautions, laps):
    runners, now_s, left_s = race
    rules = FULL_CAUTIONS if has_cautions else NO_CAUTIONS
    moment = story(runners, now_s, length_s=now_s + left_s, laps=laps, rules=rules).at(
        now_s, time_left_s=left_s
    )
    end = race_end(moment)
    leader = min(runner.lap_s for runner in runners)
    most_s = left_s + 2.0 * 1.3 * max(runner.lap_s for runner in runners)
    assert set(end.cars) == {car.car_idx for car in moment.cars if car.laps}
    for car in moment.cars:
        found = end.cars.get(car.car_idx)
        if found is None:
            continue
        chances = found.laps.chances
        assert sum(chances) == pytest.approx(1.0, abs=1e-9)
        assert min(chances) >= 0.0
        assert chances[0] > 0
        assert chances[-1] > 0
        assert found.laps.first >= car.laps + 1, "who runs crosses the line once more"
        # No lap that the clock forbids: at the best pace known, with a generous doubt, and the lap that runs.
        assert found.laps.last <= car.laps + 2 + most_s / (0.85 * leader)
        if laps is not None:
            assert found.laps.last <= max(laps, car.laps + 1)
        low, high = found.laps.interval(0.9)
        assert found.laps.at_most(low - 1) <= 0.1 + 1e-9
        assert found.laps.at_most(high) >= 0.9 - 1e-9
        assert low <= found.laps.quantile(0.5) <= high
        assert 0.0 <= found.finish_chance <= 1.0
    for class_id, laps_of_class in end.class_laps.items():
        assert sum(laps_of_class.chances) == pytest.approx(1.0, abs=1e-9)
        assert laps_of_class.last <= max(
            [end.cars[car.car_idx].laps.last for car in moment.of_class(class_id) if car.car_idx in end.cars]
        )
    assert 0.0 <= end.end_s[0] <= end.end_s[1] <= end.end_s[2]


@settings(max_examples=25)
@given(races(), st.floats(30.0, 600.0))
def test_more_time_is_never_fewer_laps(race, more_s):
    runners, now_s, left_s = race
    found = story(runners, now_s, length_s=now_s + left_s)
    less, more = (race_end(found.at(now_s, time_left_s=left)).cars for left in (left_s, left_s + more_s))
    for car_idx, end in less.items():
        assert more[car_idx].laps.mean >= end.laps.mean - 0.35


@settings(max_examples=25)
@given(st.floats(70.0, 150.0), st.floats(30.0, 110.0), st.floats(2_000.0, 9_000.0))
def test_a_dearer_stop_is_never_more_laps(lap_s, loss_s, left_s):
    cars = []
    for factor in (1.0, 1.5):
        runner = Runner(1, lap_s, stops=(10, 20, 30), stop_loss_s=loss_s * factor)
        now_s = 35 * lap_s + 3 * runner.stop_loss_s + 1.0
        cars.append(end_of([runner], now_s, time_left_s=left_s, length_s=99_999.0).cars[1].laps.mean)
    assert cars[1] <= cars[0]


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 5)), min_size=1, max_size=4))
def test_a_mixture_sums_to_one(parts):
    weight = sum(share for _, share in parts)
    found = mixed([(share / weight, LapChances(first, (0.25, 0.75))) for first, share in parts])
    assert sum(found.chances) == pytest.approx(1.0)
    assert found.mean == pytest.approx(sum((first + 0.75) * share for first, share in parts) / weight)


def test_what_a_known_race_gives_is_as_it_was():
    """A golden: `PITBOX_UPDATE_GOLDEN=1` writes it anew, and the difference is for the review."""
    runners = [Runner(at, 95.0 + at, 1 + at // 5, (18 + at, 40), 55.0) for at in range(1, 11)]
    found = story(runners, 5_400.0, length_s=10_800.0, rules=FULL_CAUTIONS)
    end = race_end(found.at(5_400.0))
    shown = {
        str(idx): [car.laps.quantile(0.05), car.laps.quantile(0.5), car.laps.quantile(0.95), car.laps.mean]
        for idx, car in sorted(end.cars.items())
    }
    if os.environ.get("PITBOX_UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(shown, indent=1) + "\n")
    known = json.loads(GOLDEN.read_text())
    assert shown.keys() == known.keys()
    for idx, figures in shown.items():
        # Numbers of chance may come in another order with another numpy: a lap, and a third in the mean.
        assert figures[:3] == pytest.approx(known[idx][:3], abs=1), idx
        assert figures[3] == pytest.approx(known[idx][3], abs=0.35), idx
    assert SAMPLES >= 500
