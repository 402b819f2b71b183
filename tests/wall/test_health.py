"""The ward: the latest state of each matter, the worst first."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from pitbox.crew.health import Health, Level
from pitbox.wall.health import HealthRegistry, Told

states = st.builds(
    Health,
    st.sampled_from(["log", "store"]),
    st.sampled_from(["disk", "sync"]),
    st.sampled_from(Level),
    st.sampled_from(["a", "b"]),
)


def _clock():
    ticks = iter(range(1, 10**6))
    return lambda: float(next(ticks))


def test_nothing_told_is_all_well():
    ward = HealthRegistry(_clock()).snapshot()
    assert (ward.version, ward.states, ward.level) == (0, (), Level.OK)


@given(st.lists(states, max_size=30))
def test_the_last_state_of_each_matter_stands(told: list[Health]):
    registry = HealthRegistry(_clock(), history=5)
    expected: dict[tuple[str, str], Health] = {}
    changes: list[Health] = []
    for health in told:
        version = registry.version
        is_new = expected.get((health.room, health.subject)) != health
        registry.tell(health)
        assert registry.version == version + is_new
        if is_new:
            expected[health.room, health.subject] = health
            changes.append(health)
    ward = registry.snapshot()
    assert {(state.health.room, state.health.subject): state.health for state in ward.states} == expected
    assert [state.health for state in ward.history] == changes[-5:]
    levels = [state.health.level for state in ward.states]
    assert levels == sorted(levels, reverse=True)
    assert ward.level == max(levels, default=Level.OK)
    assert ward.version == registry.version == len(changes)


def test_the_same_state_again_keeps_the_time_at_which_it_began():
    registry = HealthRegistry(_clock())
    slow = Health("log", "disk", Level.DEGRADED, "The disk is slow.")
    registry.tell(slow)
    before = registry.snapshot()
    registry.tell(slow)
    assert registry.snapshot() == before
    assert before.states == (Told(slow, 1.0),)


def test_a_snapshot_does_not_change_afterwards():
    registry = HealthRegistry(_clock())
    registry.tell(Health("log", "disk", Level.FAILED, "The disk is full."))
    before = registry.snapshot()
    registry.tell(Health("log", "disk", Level.OK, "There is room again."))
    assert before.level is Level.FAILED
    assert registry.snapshot().level is Level.OK
    assert len(registry.snapshot().history) == 2


def test_many_threads_may_tell():
    registry = HealthRegistry(_clock())

    def tell(who: int) -> None:
        for number in range(300):
            registry.tell(Health("room", str(who), Level.NOTE, str(number)))

    tellers = [threading.Thread(target=tell, args=(who,)) for who in range(4)]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join(30.0)
    ward = registry.snapshot()
    assert ward.version == 1200
    assert {state.health.words for state in ward.states} == {"299"}
