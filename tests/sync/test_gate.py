"""Few strangers at once, fewer of one host, and those who keep failing wait outside."""

from hypothesis import given
from hypothesis import strategies as st

from pitbox.sync.gate import BURST, MOST_OF_ONE_HOST, MOST_WAITING, REFILL_PER_S, Gate


def test_one_host_cannot_take_all_places() -> None:
    gate = Gate()
    assert [gate.enter("10.0.0.1", 0.0) for _ in range(MOST_OF_ONE_HOST + 1)].count(True) == MOST_OF_ONE_HOST
    assert gate.enter("10.0.0.2", 0.0)
    gate.leave("10.0.0.1", 0.0, was_welcome=True)
    assert gate.enter("10.0.0.1", 0.0)


def test_all_hosts_together_are_bounded_and_a_network_of_version_6_is_one() -> None:
    gate = Gate()
    let_in = [gate.enter(f"10.0.{n}.1", 0.0) for n in range(200)]
    assert let_in.count(True) == MOST_WAITING == len(gate)
    other = Gate()
    let_in = [other.enter(f"2001:db8::{n:x}", 0.0) for n in range(1, 200)]
    assert let_in.count(True) == MOST_OF_ONE_HOST
    assert not other.enter("::ffff:10.0.0.1", 0.0) or other.enter("10.0.0.1", 0.0)


def test_a_host_that_keeps_failing_waits_and_is_forgiven() -> None:
    gate = Gate()
    for _ in range(int(BURST)):
        assert gate.enter("10.0.0.1", 100.0)
        gate.leave("10.0.0.1", 100.0, was_welcome=False)
    assert not gate.enter("10.0.0.1", 100.0)
    assert gate.turned_away == 1
    assert gate.enter("10.0.0.2", 100.0), "others are let in"
    assert gate.enter("10.0.0.1", 100.0 + 1.5 / REFILL_PER_S)


def test_those_who_are_welcome_never_wait() -> None:
    gate = Gate()
    for number in range(1000):
        assert gate.enter("10.0.0.1", number * 0.001)
        gate.leave("10.0.0.1", number * 0.001, was_welcome=True)


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=600))
def test_whatever_comes_memory_is_bounded(visits: list[tuple[int, bool]]) -> None:
    gate, now_s = Gate(), 0.0
    for host, was_welcome in visits:
        now_s += 0.01
        if gate.enter(f"10.{host // 256}.{host % 256}.1", now_s):
            gate.leave(f"10.{host // 256}.{host % 256}.1", now_s, was_welcome=was_welcome)
    assert len(gate) == 0
    assert len(gate._spent) <= 256
    assert not gate._waiting
