"""Members of the crew: they stop when asked, and nobody dies unheard."""

import logging
import threading
import time

import pytest
from hasty import Hasty

from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, Level, unheard
from pitbox.crew.thread import Hand
from pitbox.model.clock import Clock

DEADLINE_S = 10.0


def _wait(stop: threading.Event) -> None:
    stop.wait(DEADLINE_S)


def test_a_hand_works_until_it_is_stopped():
    hand = Hand("scribe", _wait)
    hand.start()
    assert hand.is_alive
    assert any(thread.name == "pitbox-scribe" for thread in threading.enumerate())
    assert not hand.join(0.0)
    assert hand.stop(DEADLINE_S)
    assert not hand.is_alive
    assert hand.error is None
    assert hand.stop()  # again is no fault


def test_a_hand_that_ends_by_itself_is_heard_by_a_join():
    hand = Hand("clerk", lambda stop: None)
    hand.start()
    assert hand.join(DEADLINE_S)
    assert hand.error is None


def test_whoever_sees_the_error_finds_the_words_as_well():
    seen: list[Exception | None] = []

    def fail(stop: threading.Event) -> None:
        raise RuntimeError("out of ink")

    hand = Hand("scribe", fail, lambda health: seen.append(hand.error))
    hand.start()
    assert hand.join(DEADLINE_S)
    assert seen == [None]
    assert isinstance(hand.error, RuntimeError)


def test_a_hand_that_does_not_listen_is_told_of():
    release = threading.Event()
    hand = Hand("deaf", lambda stop: release.wait(DEADLINE_S) and None)
    hand.start()
    assert hand.stop(0.02) is False
    release.set()
    assert hand.join(DEADLINE_S)


def test_a_hand_that_sleeps_is_woken_after_it_was_asked_to_end():
    woken = Hasty()

    def main(stop: threading.Event) -> None:
        while not stop.is_set():
            woken.wait()
            woken.clear()

    hand = Hand("sleeper", main, woken=woken)
    hand.start()
    woken.set()
    assert hand.stop(DEADLINE_S)


def test_a_hand_that_never_started_is_stopped_already():
    hand = Hand("idle", _wait)
    assert hand.stop()
    assert not hand.is_alive


def test_a_hand_may_stop_itself():
    answers: list[bool] = []
    hand = Hand("self", lambda stop: answers.append(hand.stop()))
    hand.start()
    assert hand.join(DEADLINE_S)
    assert answers == [False]
    assert hand.error is None


@pytest.mark.parametrize(
    ("error", "what"), [(ValueError("no such car"), "ValueError: no such car"), (KeyError(), "KeyError")]
)
def test_a_crash_becomes_a_health_state_and_a_line_in_the_log(
    error: Exception, what: str, caplog: pytest.LogCaptureFixture
):
    heard: list[Health] = []

    def crash(stop: threading.Event) -> None:
        raise error

    hand = Hand("sampler", crash, heard.append)
    with caplog.at_level(logging.ERROR, "pitbox.crew"):
        hand.start()
        assert hand.join(DEADLINE_S)
    words = f"The sampler thread ended with an error ({what}); what it did stands still."
    assert heard == [Health("crew", "sampler", Level.FAILED, words)]
    assert hand.error is error
    assert "sampler" in caplog.text
    assert "Traceback" in caplog.text


def test_a_crash_that_nobody_listens_to_is_no_second_crash():
    unheard(Health("crew", "x", Level.OK, ""))
    hand = Hand("alone", lambda stop: [].pop())
    hand.start()
    assert hand.join(DEADLINE_S)
    assert isinstance(hand.error, IndexError)


def test_the_levels_are_in_order():
    assert Level.OK < Level.NOTE < Level.DEGRADED < Level.FAILED


def test_the_system_clock_tells_both_times():
    clock: Clock = SystemClock()
    first = clock.monotonic_s()
    assert clock.monotonic_s() >= first
    assert abs(clock.wall_s() - time.time()) < 5
