"""The time machine: a still is the fold up to its place, of races that are stored, live or still arriving."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from race_shelf import TWO_SEEN, arrivals, ends_of, fold_until, growing

from pitbox.log.shelf import Shelf
from pitbox.model.ids import Axis
from pitbox.wall import chronicle as chronicle_module
from pitbox.wall.annals import Annals
from pitbox.wall.chronicle import Chronicle
from pitbox.wall.health import HealthRegistry
from pitbox.wall.ledger import fact_key
from pitbox.wall.moment import Moments, Reach, Still
from pitbox.wall.past import FoldedPast
from pitbox.wall.recorded import RecordedRace


@pytest.fixture(scope="module", autouse=True)
def _states_lie_close() -> Iterator[None]:
    """Several of them in a race as short as these."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chronicle_module, "CHECKPOINT_S", 12.0)
        yield


def past_of(shelf: Shelf, path: Path | None = None) -> tuple[FoldedPast, Chronicle]:
    chronicle, is_more = Chronicle(shelf.reader, Annals(TWO_SEEN, path)), True
    while is_more:
        _, is_more = chronicle.advance(ends_of(shelf), set(), 5000)
    return FoldedPast(shelf.reader, chronicle.annals), chronicle


@pytest.fixture(scope="module")
def stored(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FoldedPast]:
    """As it is opened a second time: from what was kept, not from the chronicle that kept it."""
    path = tmp_path_factory.mktemp("annals") / "stored"
    past_of(shelf, path)[1].close()
    past, chronicle = past_of(shelf, path)
    yield past
    chronicle.close()


def place(reaches: tuple[Reach, ...], share: float) -> Axis:
    """Anywhere in the session, a little before and behind it included."""
    reach = reaches[int(share * len(reaches)) % len(reaches)]
    span = reach.end_s - reach.start_s
    return Axis(reach.session_num, reach.run, reach.start_s - 2 + (span + 4) * (share * len(reaches) % 1))


def assert_is_fold(still: Still | None, shelf: Shelf, at: Axis, ends: dict | None = None) -> None:
    fold, facts = fold_until(shelf, at, ends)
    if still is None:
        assert not facts
        return
    assert still.standings == fold.standings()
    assert {fact_key(f): f for f in still.facts} == {fact_key(f): f for f in facts}
    assert {idx: len(car.laps) for idx, car in still.story.cars.items() if len(car.laps)} == {
        idx: len({f.lap for f in facts if type(f).__name__ == "Lap" and f.car_idx == idx})
        for idx in {f.car_idx for f in facts if type(f).__name__ == "Lap"}
    }
    if still.live is not None:
        row_s = float(still.live.own["SessionTime"][-1])
        assert still.at.sim_time_s - 2.5 < row_s < max(still.at.sim_time_s + 1.0, at.sim_time_s + 0.1)


@settings(max_examples=4, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_stored_race_stands_as_it_stood(shelf: Shelf, stored: FoldedPast, share: float) -> None:
    at = place(stored.reaches(), share)
    assert_is_fold(stored.still(at, lambda: False), shelf, at)


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_race_that_is_arriving_in_any_order_stands_as_what_is_here_of_it(shelf: Shelf, seed: int) -> None:
    rng = random.Random(seed)
    chronicle = Chronicle(shelf.reader)
    past = FoldedPast(shelf.reader, chronicle.annals)
    steps = arrivals(shelf, rng)
    for ends in steps[: rng.randrange(1, len(steps) + 1)]:
        is_more = True
        while is_more:
            _, is_more = chronicle.advance(ends, set(), 5000)
    if not past.reaches():
        return
    at = place(past.reaches(), rng.random())
    assert_is_fold(past.still(at, lambda: False), shelf, at, ends)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_race_that_is_being_recorded_stands_as_its_fold_though_more_is_promised_than_is_there(
    tmp_path: Path, seed: int
) -> None:
    """A record that was promised too early is awaited: passed over, it would be missing for good."""
    rng = random.Random(seed)
    chronicle: Chronicle | None = None
    for shelf, ends in growing(tmp_path, rng):
        chronicle = chronicle or Chronicle(shelf.reader)
        promised = {log: end + rng.choice([0, 1, 3]) for log, end in ends.items()}
        while chronicle.advance(promised, set(), rng.choice([3, 500]))[1]:
            pass
        if rng.random() < 0.05:
            past = FoldedPast(shelf.reader, chronicle.annals)
            at = place(past.reaches(), rng.random())
            assert_is_fold(past.still(at, lambda: False), shelf, at)
    assert chronicle is not None
    assert chronicle.state() == fold_until(shelf)[0].to_bytes()
    assert chronicle.places() == ends
    chronicle.close()


def test_the_end_answers_for_what_lies_behind_it(shelf: Shelf, stored: FoldedPast) -> None:
    reach = stored.reaches()[-1]
    beyond = Axis(reach.session_num, reach.run, reach.end_s + 10_000)
    assert_is_fold(stored.still(beyond, lambda: False), shelf, beyond)


def test_rows_of_our_car_come_with_the_moment(stored: FoldedPast) -> None:
    reach = stored.reaches()[-1]
    still = stored.still(Axis(reach.session_num, reach.run, 55.0), lambda: False)
    assert still is not None
    assert still.live is not None
    assert still.live.own["FuelLevel"][-1] > 0
    assert float(still.live.own["SessionTime"][-1]) == pytest.approx(55.0, abs=0.05)
    assert len(still.live.field) == len(still.live.own) == len(still.live.slow) == 1


def test_nothing_is_known_of_nothing() -> None:
    past = FoldedPast(Shelf(Path("nowhere")).reader)
    assert past.reaches() == ()
    assert past.still(Axis(0, 0, 1.0), lambda: False) is None


class SlowPast:
    """Answers when it is told to, unless nobody wants to know any more."""

    def __init__(self, stored: FoldedPast) -> None:
        self._stored = stored
        self.may_answer = threading.Event()
        self.asked: list[Axis] = []
        self.given_up: list[Axis] = []

    def reaches(self) -> tuple[Reach, ...]:
        return self._stored.reaches()

    def still(self, at, is_cancelled) -> Still | None:
        self.asked.append(at)
        while not self.may_answer.wait(0.002):
            if is_cancelled():
                self.given_up.append(at)
                return None
        return self._stored.still(at, is_cancelled)


@pytest.fixture
def slow(stored: FoldedPast):
    past = SlowPast(stored)
    moments, stop = Moments(past), threading.Event()
    thread = threading.Thread(target=moments.main, args=(stop,))
    thread.start()
    yield past, moments
    stop.set()
    past.may_answer.set()
    thread.join(30.0)


def wait_for(condition) -> None:
    deadline_s = time.monotonic() + 60.0
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.005)


def at_s(stored: FoldedPast | SlowPast, seconds: float) -> Axis:
    reach = stored.reaches()[-1]
    return Axis(reach.session_num, reach.run, seconds)


def test_of_wishes_that_wait_only_the_newest_is_granted(slow) -> None:
    past, moments = slow
    moments.ask(at_s(past, 20.0))
    wait_for(lambda: past.asked)
    for second in range(21, 60):
        moments.ask(at_s(past, float(second)))
    past.may_answer.set()
    wait_for(lambda: (still := moments.answered.take()[1]) is not None and still.asked.sim_time_s == 59.0)
    assert len(past.asked) == 2


def test_a_wish_that_was_taken_back_is_not_answered(slow) -> None:
    past, moments = slow
    moments.ask(at_s(past, 20.0))
    wait_for(lambda: past.asked)
    moments.cancel()
    wait_for(lambda: past.given_up)
    past.may_answer.set()
    assert moments.answered.take()[1] is None


def test_a_recording_can_be_looked_back_at(shelf: Shelf, tmp_path: Path) -> None:
    race = RecordedRace(shelf, TWO_SEEN, HealthRegistry(time.time), annals=tmp_path)
    race.start()
    try:
        wait_for(lambda: race.has_ended)
        at = at_s(race.moments, 60.0)
        race.moments.ask(at)
        wait_for(lambda: race.moments.answered.take()[1] is not None)
        assert_is_fold(race.moments.answered.take()[1], shelf, at)
    finally:
        assert race.stop()
    assert race.errors() == []
