"""The bounded queue: what each policy promises when it is full."""

import threading
import time
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.crew.queue import BoundedQueue, Full

DEADLINE_S = 10.0


@given(st.integers(1, 5), st.lists(st.integers(0, 9) | st.none(), max_size=40))
def test_refuse_behaves_like_a_list_with_a_bound(bound: int, script: list[int | None]):
    """An integer is put, None takes all that lies there."""
    queue: BoundedQueue[int] = BoundedQueue(bound, Full.REFUSE)
    model: deque[int] = deque()
    refused = high_water = 0
    for item in script:
        if item is None:
            assert queue.take_all(0.0) == list(model)
            model.clear()
        else:
            has_room = len(model) < bound
            assert queue.put(item) is has_room
            if has_room:
                model.append(item)
            refused += not has_room
        high_water = max(high_water, len(model))
        assert len(queue) == len(model)
    assert (queue.refused, queue.high_water) == (refused, high_water)


@pytest.mark.parametrize("bound", [0, -1])
def test_a_queue_without_room_is_a_bug(bound: int):
    with pytest.raises(ValueError, match="room for one"):
        BoundedQueue(bound, Full.WAIT)


def test_wait_loses_nothing_and_keeps_each_producers_order():
    queue: BoundedQueue[tuple[int, int]] = BoundedQueue(3, Full.WAIT)

    def produce(who: int) -> None:
        for number in range(500):
            assert queue.put((who, number))

    producers = [threading.Thread(target=produce, args=(who,)) for who in range(3)]
    for producer in producers:
        producer.start()
    taken: list[tuple[int, int]] = []
    deadline = time.monotonic() + DEADLINE_S
    while len(taken) < 1500 and time.monotonic() < deadline:
        taken += queue.take_all(DEADLINE_S)
    for producer in producers:
        producer.join(DEADLINE_S)
    assert [[number for who, number in taken if who == mine] for mine in range(3)] == [list(range(500))] * 3
    assert queue.refused == 0
    assert queue.high_water <= 3


def test_a_waiting_put_is_freed_by_a_take():
    queue: BoundedQueue[int] = BoundedQueue(1, Full.WAIT)
    queue.put(1)
    results: list[bool] = []
    putter = threading.Thread(target=lambda: results.append(queue.put(2)))
    putter.start()
    assert results == []
    assert queue.take_all(0.0) == [1]
    putter.join(DEADLINE_S)
    assert results == [True]
    assert queue.take_all(0.0) == [2]


def test_closing_frees_a_waiting_put_and_keeps_what_lies_there():
    queue: BoundedQueue[int] = BoundedQueue(1, Full.WAIT)
    queue.put(1)
    results: list[bool] = []
    putter = threading.Thread(target=lambda: results.append(queue.put(2)))
    putter.start()
    queue.close()
    putter.join(DEADLINE_S)
    assert results == [False]
    assert queue.is_closed
    assert queue.put(3) is False
    assert queue.refused == 2
    assert queue.take_all(DEADLINE_S) == [1]
    assert queue.take_all(DEADLINE_S) == []


@pytest.mark.parametrize("act", ["put", "close"])
def test_a_waiting_take_wakes(act: str):
    queue: BoundedQueue[int] = BoundedQueue(2, Full.REFUSE)
    results: list[list[int]] = []
    taker = threading.Thread(target=lambda: results.append(queue.take_all(DEADLINE_S)))
    taker.start()
    if act == "put":
        queue.put(7)
    else:
        queue.close()
    taker.join(DEADLINE_S / 2)
    assert results == ([[7]] if act == "put" else [[]])


def test_a_take_gives_up_in_time():
    queue: BoundedQueue[int] = BoundedQueue(2, Full.REFUSE)
    start = time.monotonic()
    assert queue.take_all(0.02) == []
    assert time.monotonic() - start >= 0.02


def test_a_notice_for_another_does_not_end_a_take_early():
    queue: BoundedQueue[int] = BoundedQueue(2, Full.REFUSE)
    results: list[list[int]] = []
    taker = threading.Thread(target=lambda: results.append(queue.take_all(DEADLINE_S)))
    taker.start()
    deadline = time.monotonic() + DEADLINE_S
    while not queue._changed._waiters and time.monotonic() < deadline:
        time.sleep(0.001)
    with queue._changed:
        queue._changed.notify_all()  # as when another taker made room
    queue.put(1)
    taker.join(DEADLINE_S / 2)
    assert results == [[1]]


def test_a_taker_sleeps_until_it_is_worth_waking_up() -> None:
    queue: BoundedQueue[int] = BoundedQueue(10, Full.REFUSE)
    results: list[list[int]] = []
    taker = threading.Thread(target=lambda: results.append(queue.take_all(DEADLINE_S, worth=3)))
    taker.start()
    queue.put(1)
    queue.put(2)
    taker.join(0.1)
    assert taker.is_alive()
    queue.put(3)
    taker.join(DEADLINE_S)
    assert results == [[1, 2, 3]]
    queue.put(4)
    assert queue.take_all(0.0, worth=3) == [4]  # its time is over: whatever lies here
    queue.close()
    assert queue.take_all(DEADLINE_S, worth=3) == []


def test_a_full_queue_is_always_worth_it() -> None:
    """Else a producer that waits for room and a taker that waits for more would wait for each other."""
    queue: BoundedQueue[int] = BoundedQueue(2, Full.WAIT)
    results: list[list[int]] = []
    taker = threading.Thread(target=lambda: results.append(queue.take_all(DEADLINE_S, worth=5)))
    taker.start()
    for item in range(3):
        assert queue.put(item)
    taker.join(DEADLINE_S)
    assert results == [[0, 1]]
