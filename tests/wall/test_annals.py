"""A chronicle that is killed at any point goes on where it was: nothing told twice, nothing lost."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from race_shelf import TWO_SEEN, arrivals, ends_of, fold_until

from pitbox.log.shelf import Shelf
from pitbox.model.fact import Fact
from pitbox.model.ids import Axis, DeviceId, LogId, SessionId
from pitbox.wall import chronicle as chronicle_module
from pitbox.wall.annals import Annals
from pitbox.wall.chronicle import Chronicle
from pitbox.wall.ledger import Key, News, fact_key
from pitbox.wall.moment import Reach

Telling = tuple[str, Fact]
LOG = LogId(SessionId("sub-78"), DeviceId("ab" * 32), 1)
Truth = tuple[bytes, dict[Key, Fact]]


@pytest.fixture(scope="module", autouse=True)
def _states_lie_close() -> Iterator[None]:
    """Several of them in a race as short as this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chronicle_module, "CHECKPOINT_S", 12.0)
        yield


@pytest.fixture(scope="module")
def truth(shelf: Shelf) -> Truth:
    """The bytes of the fold of everything at once, and what is shown when it has told all."""
    fold, facts = fold_until(shelf)
    return fold.to_bytes(), {fact_key(fact): fact for fact in facts}


def test_it_reaches_as_far_as_it_answers() -> None:
    """What is told of an advance that goes on cannot be looked back at yet."""
    annals = Annals()
    places = [
        (Axis(1, run, sim_time_s), LOG, seq) for seq, (run, sim_time_s) in enumerate([(0, 5), (0, 9), (1, 2)])
    ]
    for place in places:
        annals.say(place, [])
    assert annals.reaches() == ()
    annals.reach(places[0], {LOG: (1, places[0][0])})
    assert annals.reaches() == (Reach(1, 0, 5, 5),)
    annals.reach(places[2], {LOG: (3, places[2][0])})
    assert annals.reaches() == (Reach(1, 0, 5, 9), Reach(1, 1, 2, 2))


def tellings(news: News) -> dict[int, Telling]:
    said = [("fact", fact) for fact in news.facts] + [("retracted", fact) for fact in news.retracted]
    return dict(enumerate(said, news.number))


class Listener:
    """Outlives the processes that it hears; knows tellings by their numbers."""

    def __init__(self) -> None:
        self.heard: dict[int, Telling] = {}
        self.doubled = 0

    def hear(self, news: News, *, is_again: bool = False) -> None:
        for number, telling in tellings(news).items():
            if number in self.heard:
                assert is_again
                assert self.heard[number] == telling
            self.heard[number] = telling

    def shown(self) -> dict[Key, Fact]:
        assert sorted(self.heard) == list(range(len(self.heard)))
        shown: dict[Key, Fact] = {}
        for _, (kind, fact) in sorted(self.heard.items()):
            if kind == "retracted":
                assert shown.pop(fact_key(fact)) == fact
            else:
                assert shown.get(fact_key(fact)) != fact
                shown[fact_key(fact)] = fact
        return shown


def begin(shelf: Shelf, path: Path, listener: Listener) -> Chronicle:
    chronicle = Chronicle(shelf.reader, Annals(TWO_SEEN, path))
    listener.hear(chronicle.annals.again, is_again=True)
    return chronicle


def killed(path: Path, life: int) -> Path:
    """What a kill -9 leaves of the file: all that was written, and nothing that was only meant to be."""
    left = path.with_name(f"life-{life}")
    shutil.copyfile(path, left)
    return left


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whoever_listens_through_kills_hears_each_telling_once(
    shelf: Shelf, truth: Truth, tmp_path: Path, seed: int
) -> None:
    rng, listener = random.Random(seed), Listener()
    path = tmp_path / f"{seed}.annals"
    chronicle = begin(shelf, path, listener)
    lives = folded = 0
    for ends in [*arrivals(shelf, rng), *[ends_of(shelf)] * 40]:
        awaited = {log for log in ends if rng.random() < 0.3} if ends != ends_of(shelf) else set()
        news, is_more = chronicle.advance(ends, awaited, rng.choice([100, 1000]))
        is_killed = rng.random() < 0.2
        if not (is_killed and rng.random() < 0.5):
            listener.hear(news)  # else it was written down, and the process died before it could say it
        if is_killed:
            lives += 1
            folded += chronicle.folded_records
            path = killed(path, lives)
            chronicle.close()
            chronicle = begin(shelf, path, listener)
    is_more = True  # to a life that began in the last round, too
    while is_more:
        news, is_more = chronicle.advance(ends_of(shelf), set(), 1000)
        listener.hear(news)
    state, shown = truth
    assert chronicle.state() == state
    assert listener.shown() == shown
    assert {fact_key(fact): fact for fact in chronicle.told()} == listener.shown()
    chronicle.close()


def finished(shelf: Shelf, path: Path) -> Chronicle:
    chronicle, is_more = Chronicle(shelf.reader, Annals(TWO_SEEN, path)), True
    while is_more:
        _, is_more = chronicle.advance(ends_of(shelf), set(), 5000)
    return chronicle


def test_a_restart_folds_what_came_since_the_last_state_and_no_more(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "race.annals"
    first = finished(shelf, path)
    first.close()
    again = finished(shelf, path)
    assert again.state() == first.state()
    assert 0 < again.folded_records < first.folded_records / 2
    assert again.annals.ledger.told_count == first.annals.ledger.told_count
    again.close()


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(where=st.floats(0, 1), is_flipped=st.booleans())
def test_annals_that_are_cut_or_damaged_cost_time_only(
    shelf: Shelf, truth: Truth, tmp_path: Path, where: float, *, is_flipped: bool
) -> None:
    whole = tmp_path / "whole.annals"
    if not whole.exists():
        finished(shelf, whole).close()
    data = bytearray(whole.read_bytes())
    at = int(where * (len(data) - 1))
    if is_flipped:
        data[at] ^= 0x10
    else:
        del data[at:]
    damaged = tmp_path / "damaged.annals"
    damaged.write_bytes(data)
    chronicle = finished(shelf, damaged)
    assert (chronicle.state(), {fact_key(fact): fact for fact in chronicle.told()}) == truth
    chronicle.close()


def test_two_processes_never_write_into_one_file(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "shared.annals"
    first = finished(shelf, path)
    size = path.stat().st_size
    second = finished(shelf, path)
    assert second.state() == first.state()
    second.close()
    first.close()
    assert path.stat().st_size == size


def test_a_full_disk_loses_no_fact(shelf: Shelf, truth: Truth, tmp_path: Path) -> None:
    chronicle = Chronicle(shelf.reader, Annals(TWO_SEEN, tmp_path / "full.annals"))
    chronicle.advance(ends_of(shelf), set(), 500)
    chronicle.annals._file = FullDisk(chronicle.annals._file)
    is_more = True
    while is_more:
        _, is_more = chronicle.advance(ends_of(shelf), set(), 500)
    assert (chronicle.state(), {fact_key(fact): fact for fact in chronicle.told()}) == truth
    assert chronicle.annals.last_point is not None
    assert chronicle.annals.state_of(chronicle.annals.last_point)
    chronicle.close()


class FullDisk:
    """A file on a disk with no room left."""

    def __init__(self, file: object) -> None:
        self._file = file

    def write(self, _: bytes) -> int:
        raise OSError(28, "No space left on device")

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)
