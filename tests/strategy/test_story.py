"""The story of a race from facts: any order, replaced facts, later runs, and what a moment shows."""

import random

import msgspec
import pytest
from grid import Runner
from grid import info as grid_info

from pitbox.model.fact import FlagPhase, Lap, LapKind, Stint, Stop
from pitbox.model.session import Entry
from pitbox.model.sheet import SheetLap
from pitbox.strategy.errors import NoRaceError
from pitbox.strategy.length import RaceLength, length_of
from pitbox.strategy.listen import listen
from pitbox.strategy.story import FINISHED, RUNNING, Story
from pitbox.wire.record import RunRecord, SheetRecord


def a_lap(car_idx, lap, end_s, time_s=100.0, run=0):
    return Lap(0, run, car_idx, lap, 7, end_s - time_s, end_s, LapKind(), 1, 1, 1, -1)


def facts():
    yield FlagPhase(0, 0, 1, "green", 40.0)
    for car_idx in (1, 2):
        for lap in range(1, 6):
            yield a_lap(car_idx, lap, 40.0 + lap * (100.0 + car_idx), 100.0 + car_idx)
        yield Stint(0, 0, car_idx, 1, 7, -1, 40.0, 1)
    yield Stop(0, 0, 2, 1, 5, 545.0, 7, -1)


def test_the_order_in_which_facts_come_does_not_matter():
    moments = []
    for seed in range(5):
        some = list(facts())
        random.Random(seed).shuffle(some)
        story = Story(RaceLength(3600.0))
        story.take_all(some)
        moment = story.at(600.0)
        moments.append([(car.car_idx, car.laps, car.lap_pct, car.is_in_pits) for car in moment.cars])
        assert moment.time_left_s == pytest.approx(3600.0 + 40.0 - 600.0)
    assert all(found == moments[0] for found in moments)
    assert [found[0] for found in moments[0]] == [1, 2]
    assert moments[0][1][3], "the second car is in the lane"


def test_a_later_fact_with_the_same_key_replaces():
    story = Story()
    story.take_all(facts())
    story.take(a_lap(1, 3, 999.0, 77.0))
    story.take(Stint(0, 0, 1, 1, 7, -1, 40.0, 1, 5, 600.0, "finish"))
    assert [lap.time_s for lap in story.cars[1].laps].count(77.0) == 1
    assert len(story.cars[1].laps) == 5
    assert (story.cars[1].status, story.cars[2].status) == (FINISHED, RUNNING)


def test_a_restart_begins_the_story_anew_and_late_facts_of_before_are_left_out():
    story = Story()
    story.take_all(facts())
    story.take(a_lap(1, 1, 90.0, run=1))
    story.take(a_lap(2, 9, 900.0, run=0))
    assert list(story.cars) == [1]
    assert story.cars[1].laps_done == 1


def test_nothing_known_is_no_race():
    with pytest.raises(NoRaceError):
        Story().at(0.0)


def test_a_clock_that_does_not_run_says_nothing():
    """-1 before racing, 604800 for unlimited: neither is time left."""
    story = Story()
    story.take_all(facts())
    assert story.at(600.0, time_left_s=-1.0).time_left_s is None
    assert story.at(600.0, time_left_s=604_800.0).time_left_s is None
    assert story.at(600.0, time_left_s=12.0).time_left_s == 12.0
    assert length_of(None).words() == "of unknown length"


def test_a_lap_under_ten_seconds_says_nothing_about_pace():
    story = Story()
    story.take_all(facts())
    story.take(a_lap(1, 6, 549.0, 4.0))
    assert story.cars[1].typical_lap_s() == pytest.approx(101.0)


def test_a_sheet_is_heard_up_to_the_cut_and_not_a_line_further():
    def line(car_idx, lap, end_s):
        return SheetLap(car_idx, lap, -1, "A", end_s, 100.0, "green")

    lines = tuple(line(1, lap, 100.0 * lap) for lap in range(1, 10))
    run = RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered")
    record = SheetRecord(sim_time_s=100.0, session_num=0, run=0, laps=lines, is_last=True)
    story = listen([run, record], until_s=450.0).story
    assert story.cars[1].laps_done == 4
    assert story.cars[1].status == RUNNING
    assert listen([run, record]).story.cars[1].laps_done == 9


def test_who_drove_before_keeps_a_name():
    """The text names who is in the car now; a sheet names each line's driver and nobody else."""
    story = Story()
    for user_id, driver in ((7, "Ada"), (8, "Kim")):
        entry = Entry(1, "1", 1, "T", user_id, driver, 1, "car")
        story.hear(msgspec.structs.replace(grid_info([Runner(1, 100.0)]), entries=(entry,)))
    assert story.people == {7: "Ada", 8: "Kim"}
    line = SheetLap(1, 1, -5, "Jo", 100.0, 100.0, "green")
    listener = listen([SheetRecord(sim_time_s=100.0, session_num=0, run=0, laps=(line,))])
    assert listener.story.people == {-5: "Jo"}
