"""One race from several logs: any order of arrival gives the same fold, and each fact is told once."""

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from race_shelf import TWO_SEEN, ends_of

from pitbox.log.merge import merged
from pitbox.log.shelf import Shelf
from pitbox.model.fact import Fact, Lap
from pitbox.model.ids import LogId
from pitbox.store.factrow import TABLES
from pitbox.timing.race import RaceFold
from pitbox.wall.chronicle import Chronicle
from pitbox.wall.ledger import FACT_KEYS, Key, News, fact_key


@pytest.fixture(scope="module")
def truth(shelf: Shelf) -> tuple[bytes, dict[tuple[object, ...], Fact]]:
    """The fold of all logs in the order of the race, at once."""
    fold, facts = RaceFold(), {}
    for item in merged(shelf.readers(TWO_SEEN)):
        for fact in fold.fold(item.record, item.log.epoch):
            facts[fact_key(fact)] = fact
    return fold.to_bytes(), facts


def run_to_the_end(
    chronicle: Chronicle, ends: dict[LogId, int], told: list[Fact], awaited: set[LogId] | None = None
) -> None:
    is_more = True
    while is_more:
        news, is_more = chronicle.advance(ends, awaited or set(), 500)
        told += news.facts


def take(news: News, shown: dict[Key, Fact]) -> None:
    """As a screen does; nothing is told twice, and nothing retracted that was not told."""
    for fact in news.retracted:
        assert shown.pop(fact_key(fact)) == fact
    for fact in news.facts:
        assert shown.get(fact_key(fact)) != fact
        shown[fact_key(fact)] = fact


def test_the_keys_are_those_of_the_database() -> None:
    assert {kind: table.keys for kind, table in TABLES.items()} == FACT_KEYS


@settings(max_examples=2)
@given(seed=st.integers(0, 2**32))
def test_any_order_of_arrival_gives_the_same_race(
    shelf: Shelf, truth: tuple[bytes, dict[tuple[object, ...], Fact]], seed: int
) -> None:
    rng = random.Random(seed)
    last = ends_of(shelf)
    ends = dict.fromkeys(last, 0)
    chronicle, shown = Chronicle(shelf.reader), dict[Key, Fact]()
    while ends != last:
        log = rng.choice([log for log in last if ends[log] < last[log]])
        ends[log] = min(last[log], ends[log] + rng.choice([100, 400, 4000]))
        awaited = {log for log in last if ends[log] < last[log] and rng.random() < 0.7}
        take(chronicle.advance(ends, awaited, rng.choice([100, 2000]))[0], shown)
    is_more = True
    while is_more:
        news, is_more = chronicle.advance(ends, set(), 500)
        take(news, shown)
    assert chronicle.state() == truth[0]
    assert shown == truth[1]


def test_who_is_awaited_is_waited_for(shelf: Shelf, truth: tuple[bytes, dict]) -> None:
    last = ends_of(shelf)
    first, second = sorted(last, key=lambda log: -last[log])
    chronicle, told = Chronicle(shelf.reader), list[Fact]()
    run_to_the_end(chronicle, {first: last[first], second: 0}, told, {second})
    assert chronicle.folded_records == 0
    for step in range(0, last[second] + 200, 200):
        run_to_the_end(chronicle, {first: last[first], second: min(step, last[second])}, told, {second})
    run_to_the_end(chronicle, last, told)
    assert chronicle.turns == 0
    assert chronicle.state() == truth[0]
    assert chronicle.folded_records == sum(1 for _ in merged(shelf.readers(TWO_SEEN)))


def test_records_that_came_back_are_folded(
    tmp_path: Path, shelf: Shelf, truth: tuple[bytes, dict[tuple[object, ...], Fact]]
) -> None:
    """A copy with a hole is filled by a peer while the race is shown."""
    own = Shelf(shutil.copytree(shelf.root, tmp_path / "logs"))
    last = ends_of(own)
    folder = own.reader(max(last, key=lambda log: last[log])).folder
    segment = max(folder.glob("*.seg"))
    whole = segment.read_bytes()
    third = len(whole) // 3
    segment.write_bytes(whole[:third] + bytes(third) + whole[2 * third :])
    chronicle, shown = Chronicle(own.reader), dict[Key, Fact]()
    for _ in range(2):
        is_more = True
        while is_more:
            news, is_more = chronicle.advance(last, set(), 500)
            take(news, shown)
        if chronicle.turns == 0:
            assert chronicle.state() != truth[0]
            new = segment.with_suffix(".new")
            new.write_bytes(whole)
            new.replace(segment)
    assert chronicle.turns == 1
    assert chronicle.state() == truth[0]
    assert shown == truth[1]


def test_a_partition_turns_the_fold_back_once_and_tells_nothing_twice(
    shelf: Shelf, truth: tuple[bytes, dict]
) -> None:
    last = ends_of(shelf)
    first = max(last, key=lambda log: last[log])
    chronicle, told = Chronicle(shelf.reader), list[Fact]()
    run_to_the_end(chronicle, {first: last[first]}, told)
    laps = [fact for fact in told if isinstance(fact, Lap)]
    before = chronicle.folded_records
    run_to_the_end(chronicle, last, told)
    assert chronicle.turns == 1
    assert chronicle.state() == truth[0]
    assert chronicle.folded_records - before < 2 * sum(last.values())
    again = [fact for fact in told[len(laps) :] if fact in laps]
    assert not [fact for fact in again if told.count(fact) > 1]
