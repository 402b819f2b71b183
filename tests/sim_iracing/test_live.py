"""The source as the wall sees it: found, followed, lost, found again."""

import threading
import time

import pytest
from rig import DEADLINE_S, Rig, info_of, kinds, missed_of, text_of, ticks_of

from pitbox.crew.health import Level
from pitbox.model.source import Closed, InfoChanged, Opened, Ticks, TickSource
from pitbox.sim.iracing.errors import EmptyFileError


@pytest.fixture
def rig():
    made = Rig()
    yield made
    made.source.close()


def test_a_session_opens_with_its_name_then_its_text_then_rows(rig):
    source: TickSource = rig.source
    assert source is rig.source
    events = rig.start()
    assert kinds(events) == ["Opened", "InfoChanged", "Ticks"]
    assert events[0].session == rig.source.session == "sub-77"
    assert events[1].info.entries[0].driver == "A"
    assert ticks_of(events) == [1]


def test_rows_that_the_buffers_still_hold_are_caught_up(rig):
    rig.start()
    for _ in range(3):
        rig.row()
    assert ticks_of(rig.poll()) == [2, 3, 4]
    assert not missed_of(rig.poll())


def test_rows_that_came_too_fast_are_counted_with_their_time(rig):
    rig.start()
    for _ in range(10):
        rig.row()
    events = rig.poll()
    assert kinds(events) == ["Missed", "Ticks", "Ticks", "Ticks"]
    missed = events[0]
    assert (missed.count, missed.from_s, missed.to_s) == (7, 1 / 60, 9 / 60)
    assert ticks_of(events) == [9, 10, 11]


def test_fact_4_a_buffer_of_zeros_is_no_row(rig):
    rig.start()
    rig.row(SessionTime=0.0)
    rig.row()
    events = rig.poll()
    assert ticks_of(events) == [3]
    assert [(missed.count, missed.reason) for missed in missed_of(events)] == [(1, "the sim left them blank")]


def test_fact_4_zeros_before_a_session_are_nothing_lost(rig):
    for _ in range(2):
        rig.row(SessionTime=0.0)
        rig.poll()
    rig.row()
    events = rig.until(Ticks)
    assert ticks_of(events) == [3]
    assert not missed_of(events)


def test_fact_6_a_lap_that_starts_anywhere_and_a_fraction_below_zero_pass_unchanged(rig):
    rig.start()
    rig.row(CarIdxLap=[17] * 72, CarIdxLapDistPct=[-0.0009765625] * 72)
    (ticks,) = rig.poll()
    assert ticks.field["CarIdxLap"][0, 5] == 17
    assert ticks.field["CarIdxLapDistPct"][0, 5] == -0.0009765625


def test_fact_12_a_text_without_drivers_is_passed_over(rig):
    rig.start()
    rig.say(text_of(drivers=()))
    for _ in range(20):
        rig.row()
        assert "InfoChanged" not in kinds(rig.poll())
    rig.say(text_of(drivers=("A", "B")))
    (changed,) = [event for event in rig.until(InfoChanged) if isinstance(event, InfoChanged)]
    assert [entry.driver for entry in changed.info.entries] == ["A", "B"]


def test_fact_11_a_slow_parser_holds_up_no_row():
    gate, calls = threading.Event(), []

    def slowly(text):
        calls.append(text)
        if len(calls) > 1:
            assert gate.wait(DEADLINE_S)
        return info_of(text)

    rig = Rig(slowly)
    try:
        rig.start()
        rig.say(text_of(drivers=("B",)))
        seen = []
        while len(calls) < 2 or len(seen) < 200:
            rig.row()
            seen += rig.poll()
            rig.breath.wait(0.0005)
            assert len(seen) < 20_000
        assert "InfoChanged" not in kinds(seen)
        assert ticks_of(seen) == list(range(2, rig.tick + 1))
        gate.set()
        assert rig.until(InfoChanged)[-1].info.entries[0].driver == "B"
    finally:
        gate.set()
        rig.source.close()


def test_fact_11_a_text_is_parsed_once_for_each_change():
    calls = []
    rig = Rig(lambda text: calls.append(text) or info_of(text))
    try:
        rig.start()
        for _ in range(50):
            rig.row()
            rig.poll()
        assert len(calls) == 1
        rig.say(text_of(drivers=("C",)))
        rig.until(InfoChanged)
        assert len(calls) == 2
    finally:
        rig.source.close()


def test_a_parser_that_breaks_costs_that_text_only():
    def brittle(text):
        if b"Bad" in text:
            raise ValueError("a name like no other")
        return info_of(text)

    rig = Rig(brittle)
    try:
        rig.start()
        rig.say(text_of(drivers=("Bad",)))
        for _ in range(400):
            rig.row()
            rig.poll()
            rig.breath.wait(0.0005)
            if any(health.level is Level.DEGRADED for health in rig.healths):
                break
        assert rig.healths[-1].subject == "session text"
        rig.say(text_of(drivers=("Good",)))
        changed = [event for event in rig.until(InfoChanged) if isinstance(event, InfoChanged)]
        assert changed[-1].info.entries[0].driver == "Good"
        assert rig.healths[-1].level is Level.OK
    finally:
        rig.source.close()


def test_a_session_without_readable_text_is_recorded_all_the_same():
    rig = Rig(lambda _: None)
    try:
        events = []
        for _ in range(130):
            rig.row()
            events += rig.poll()
        assert kinds(events)[0] == "Opened"
        assert ticks_of(events) == list(range(1, 131))
    finally:
        rig.source.close()


def test_a_text_that_is_being_written_is_not_read(rig):
    rig.start()
    whole = text_of(drivers=("A", "Whole"))
    torn = whole[:90] + b"\0" * 60
    rig.say(torn)
    rig.row()
    rig.poll()
    rig.memory[112 : 112 + len(whole)] = whole  # the sim finishes, its count stays
    changed = [event for event in rig.until(InfoChanged) if isinstance(event, InfoChanged)]
    assert [entry.driver for entry in changed[0].info.entries] == ["A", "Whole"]


def test_fact_14_a_swap_is_told_between_rows_with_the_new_person(rig):
    rig.start()
    rig.say(text_of(drivers=("B",)))
    events = rig.until(InfoChanged)
    (changed,) = [event for event in events if isinstance(event, InfoChanged)]
    assert (changed.info.entries[0].car_idx, changed.info.entries[0].driver) == (0, "B")
    assert changed.sim_time_s == 1 / 60


def test_fact_13_our_dead_scalars_are_kept_beside_the_field_that_lives(rig):
    """A team-mate drives: no fold may take 0 l for the tank, and the row says why."""
    rig.start()
    rig.row(FuelLevel=0.0, IsOnTrack=False, LapDistPct=0.25, CarIdxLapDistPct=[0.75] * 72)
    (ticks,) = rig.poll()
    assert not ticks.own["IsOnTrack"][0]
    assert ticks.own["FuelLevel"][0] == 0.0
    assert ticks.field["CarIdxLapDistPct"][0, 0] == 0.75


def test_fact_15_a_car_out_of_the_world_is_kept_as_that(rig):
    rig.start()
    for surface, on_pit_road in ((2, True), (-1, False), (1, True)):
        rig.row(CarIdxTrackSurface=[surface] * 72, CarIdxOnPitRoad=[on_pit_road] * 72)
    ticks = [event for event in rig.poll() if isinstance(event, Ticks)]
    assert [event.field["CarIdxTrackSurface"][0, 0] for event in ticks] == [2, -1, 1]
    assert [bool(event.field["CarIdxOnPitRoad"][0, 0]) for event in ticks] == [True, False, True]


def test_fact_22_a_replay_is_recorded_and_says_that_it_is_one(rig):
    rig.start()
    rig.row(IsReplayPlaying=True)
    (ticks,) = rig.poll()
    assert ticks.own["IsReplayPlaying"][0]


def test_fact_22_time_that_goes_back_with_the_ticks_going_on_is_no_loss(rig):
    rig.start()
    rig.row(SessionTime=900.0)
    rig.row(SessionTime=0.5)
    events = rig.poll()
    assert [event.own["SessionTime"][0] for event in events] == [900.0, 0.5]


def test_a_sim_that_ends_closes_its_session_after_a_grace(rig):
    rig.start()
    rig.gone()
    before_s = rig.clock.now_s
    events = rig.until(Closed, 0.25)
    assert kinds(events) == ["Closed"]
    assert rig.clock.now_s - before_s >= 5.0
    assert rig.source.session is None
    assert events[0].sim_time_s == 1 / 60


def test_a_sim_that_comes_back_into_the_session_goes_on_with_it(rig):
    rig.start()
    rig.gone()
    rig.poll()
    rig.restart()
    rig.row()
    events = rig.until(Ticks)
    assert kinds(events) == ["Opened", "InfoChanged", "Ticks"]
    assert events[0].session == "sub-77"


def test_a_sim_that_hangs_and_goes_on_counts_what_it_cost(rig):
    rig.start()
    assert "Closed" in kinds(rig.during(30))
    for _ in range(20):
        rig.row()
    events = rig.until(Ticks, 0.2)
    assert sum(missed.count for missed in missed_of(events)) == 17
    assert ticks_of(events) == [19, 20, 21]


def test_another_session_closes_the_one_before(rig):
    rig.start()
    rig.say(text_of(sub_session_id=78))
    events = []
    for _ in range(60):
        rig.row()
        events += rig.poll()
        rig.breath.wait(0.001)
    names = kinds(events)
    assert names.index("Closed") < names.index("Opened") < names.index("InfoChanged")
    assert next(event for event in events if isinstance(event, Opened)).session == "sub-78"
    assert sum(len(event) for event in events if isinstance(event, Ticks)) == 60
    assert not missed_of(events)


def test_another_car_brings_other_columns_into_the_same_session(rig):
    rig.start()
    columns = (*rig.image.columns, ("TurboPressure", "f4", 1))
    rig.gone()
    rig.poll()
    rig.restart(columns=columns)
    rig.row()
    opened = next(event for event in rig.until(Ticks) if isinstance(event, Opened))
    assert "TurboPressure" in opened.own.names()


@pytest.mark.parametrize(("track", "is_same"), [("x", True), ("y", False)])
def test_offline_a_visit_keeps_its_drawn_name_as_long_as_it_is_one(track, is_same, rig):
    rig.restart(text=text_of(sub_session_id=0))
    first = rig.start()[0].session
    assert first.startswith("local-")
    assert "Closed" in kinds(rig.during(30)), "the sim hangs"
    rig.say(text_of(sub_session_id=0, track=track))
    rig.row()
    opened = next(event for event in rig.until(Opened, 0.2) if isinstance(event, Opened))
    assert (opened.session == first) is is_same


def test_offline_a_sim_started_anew_is_another_visit(rig):
    rig.restart(text=text_of(sub_session_id=0))
    rig.row()
    rig.row()
    first = rig.until(Opened)[0].session
    rig.gone()
    rig.poll()
    rig.restart()
    rig.row()
    again = next(event for event in rig.until(Opened) if isinstance(event, Opened))
    assert again.session != first


def test_memory_that_stands_still_is_a_sim_that_died(rig):
    rig.start()
    events = rig.until(Closed, 0.25)
    assert kinds(events) == ["Closed"]
    opened = rig.opened
    rig.during(25)
    assert rig.opened > opened, "it goes on looking"
    assert rig.source.session is None
    rig.row()
    assert "Opened" in kinds(rig.until(Ticks, 0.25))


def test_another_image_in_its_place_is_taken_at_once(rig):
    """A file that was written anew: nobody waits until the old one counts as silent."""
    rig.start()
    opened = rig.opened
    rig.restart(text=text_of(sub_session_id=78))
    rig.wire_is_current = False
    rig.during(1)
    assert rig.opened > opened, "the old one is let go"
    rig.wire_is_current = True
    rig.row()
    opening = next(event for event in rig.until(Opened) if isinstance(event, Opened))
    assert opening.session == "sub-78"


def test_looking_for_a_sim_is_cheap(rig):
    rig.is_there = False
    rig.poll()
    for _ in range(6000):
        rig.clock.now_s += 0.1
        rig.poll()
    assert rig.opened <= 600 / 4 + 5
    assert [health.level for health in rig.healths] == [Level.NOTE]


def test_trouble_in_opening_is_said_once_and_tried_again(rig):
    def refuse():
        rig.opened += 1
        raise EmptyFileError("The file is empty.")

    rig.source._opener = refuse
    for _ in range(50):
        rig.clock.now_s += 1.0
        rig.poll()
    assert rig.opened > 5
    assert [health.level for health in rig.healths] == [Level.DEGRADED]
    rig.source._opener = rig.open
    rig.clock.now_s += 10.0
    rig.start()
    assert rig.healths[-1].level is Level.OK


def test_a_poll_that_waits_returns_at_once_when_closed():
    rig = Rig()
    rig.is_there = False
    rig.source._clock = rig.clock
    waiting = threading.Thread(target=rig.source.poll, args=(3600.0,))
    waiting.start()
    began_s = time.monotonic()
    rig.source.close()
    waiting.join(DEADLINE_S)
    assert not waiting.is_alive()
    assert time.monotonic() - began_s < DEADLINE_S
    assert rig.source.poll(1.0) == ()
