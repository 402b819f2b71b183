"""The mailbox: the latest value wins, and nobody takes the same one twice."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from pitbox.crew.mailbox import Mailbox


def test_an_empty_box_has_nothing_new():
    assert Mailbox[int]().take() == (0, None)


@given(st.lists(st.lists(st.integers(), max_size=3), max_size=10))
def test_a_reader_sees_the_last_of_each_burst_once(bursts: list[list[int]]):
    box: Mailbox[int] = Mailbox()
    version, count = 0, 0
    for burst in bursts:
        for value in burst:
            box.put(value)
        count += len(burst)
        before = version
        version, value = box.take(after=before)
        assert value == (burst[-1] if burst else None)
        assert version == count
        assert box.take(after=version) == (version, None)


def test_two_readers_do_not_take_from_each_other():
    box: Mailbox[str] = Mailbox()
    box.put("lap")
    assert box.take() == box.take() == (1, "lap")


def test_versions_only_rise_under_writers_that_race():
    box: Mailbox[int] = Mailbox()
    writers = [threading.Thread(target=lambda: [box.put(number) for number in range(2000)]) for _ in range(3)]
    for writer in writers:
        writer.start()
    version, seen = 0, []
    while any(writer.is_alive() for writer in writers):
        version, _ = box.take(after=version)
        seen.append(version)
    for writer in writers:
        writer.join(10.0)
    assert seen == sorted(seen)
    assert box.take(after=0)[0] == 6000
