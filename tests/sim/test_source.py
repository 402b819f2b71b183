"""The source as its users see it: a spring that keeps time, cuts at swaps and closes."""

import threading
import time

import msgspec
import numpy as np
import pytest

from pitbox.model.ids import SessionId
from pitbox.model.source import Closed, InfoChanged, Opened, Ticks, TickSource
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource

DUEL = SCENARIOS["duel"]


class HandClock:
    """Moves when told."""

    def __init__(self):
        self.now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return self.now_s


def ticks_of(events):
    return [event for event in events if isinstance(event, Ticks)]


def test_the_session_opens_before_its_first_row():
    source: TickSource = SyntheticSource(DUEL)
    opened, info = source.poll(0.0)[:2]
    assert isinstance(opened, Opened)
    assert opened.session == "sub-90000007"
    assert isinstance(info, InfoChanged)
    assert info.info.own.car_idx == DUEL.own_car_idx
    assert info.info.part(0).kind == "Race"


def test_a_session_can_be_named_so_that_two_runs_stay_apart():
    opened = SyntheticSource(DUEL, session=SessionId("local-demo")).poll(0.0)[0]
    assert opened.session == "local-demo"


def test_real_time_gives_what_is_due_and_no_more():
    clock = HandClock()
    source = SyntheticSource(DUEL, 1.0, clock=clock)
    assert not ticks_of(source.poll(0.0))
    assert not source.poll(0.0)
    clock.now_s += 0.1001
    assert sum(map(len, ticks_of(source.poll(0.0)))) == 6
    clock.now_s += 0.5
    assert sum(map(len, ticks_of(source.poll(0.0)))) == 30
    assert not ticks_of(source.poll(0.0))


def test_double_time_gives_twice_as_much():
    clock = HandClock()
    source = SyntheticSource(DUEL, 2.0, clock=clock)
    source.poll(0.0)
    clock.now_s += 0.2501
    assert sum(map(len, ticks_of(source.poll(0.0)))) == 30


def test_a_late_poll_catches_up_a_second_at_a_time():
    clock = HandClock()
    source = SyntheticSource(DUEL, 1.0, clock=clock)
    source.poll(0.0)
    clock.now_s += 2.5001
    counts = [sum(map(len, ticks_of(source.poll(0.0)))) for _ in range(4)]
    assert counts == [60, 60, 30, 0]


def test_a_head_start_comes_at_once_and_then_it_keeps_the_pace():
    clock = HandClock()
    source = SyntheticSource(DUEL, 2.0, clock=clock, head_start_s=10.0)
    count = 0
    while found := sum(map(len, ticks_of(source.poll(0.0)))):
        assert found <= 60
        count += found
    assert count == 600
    clock.now_s += 0.5001
    assert sum(map(len, ticks_of(source.poll(0.0)))) == 60
    assert not ticks_of(source.poll(0.0))


def test_pace_does_not_change_the_rows():
    def first(source, clock):
        parts = []
        while sum(map(len, parts)) < 600:
            if clock:
                clock.now_s += 0.037
            parts += [tick.own for tick in ticks_of(source.poll(0.0))]
        return np.concatenate(parts)[:600].tobytes()

    clock = HandClock()
    assert first(SyntheticSource(DUEL), None) == first(SyntheticSource(DUEL, 1.0, clock=clock), clock)


def test_a_poll_that_waits_returns_in_time_and_at_once_when_closed():
    source = SyntheticSource(DUEL, 0.001)
    source.poll(0.0)
    began_s = time.monotonic()
    assert not source.poll(0.05)
    assert 0.04 < time.monotonic() - began_s < 5.0
    waiting = threading.Thread(target=source.poll, args=(60.0,))
    waiting.start()
    source.close()
    waiting.join(10.0)
    assert not waiting.is_alive()
    assert source.poll(1.0) == ()


def test_a_driver_swap_stands_between_the_rows_before_and_after_it():
    source = SyntheticSource(DUEL)
    before, swaps = None, 0
    while swaps < 2:
        for event in source.poll(0.0):
            if isinstance(event, InfoChanged) and before is not None:
                swaps += 1
                assert before["SessionTime"][-1] < event.sim_time_s
                changed_s = event.sim_time_s
            elif isinstance(event, Ticks):
                if swaps and changed_s is not None:
                    assert event.field["SessionTime"][0] >= changed_s
                    changed_s = None
                before = event.field


@pytest.mark.parametrize("speed", [None, 1000.0])
def test_the_source_closes_itself_after_the_cool_down(speed):
    clock = HandClock()
    short = msgspec.structs.replace(DUEL, race_s=None, race_laps=1)
    source = SyntheticSource(short, speed, clock=clock)
    last_s, closed = 0.0, []
    for _ in range(100_000):
        clock.now_s += 0.001
        for event in source.poll(0.0):
            if isinstance(event, Closed):
                closed.append(event)
            elif isinstance(event, Ticks):
                last_s = event.own["SessionTime"][-1]
        if closed:
            break
    assert closed[0].sim_time_s == pytest.approx(last_s, abs=0.02)
    assert source.poll(0.0) == ()
    assert source.truth.classification
