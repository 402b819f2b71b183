"""Laps in columns: what is read is what was put in, and costs a fraction of it."""

import gc
import random
import tracemalloc
from pathlib import Path

import long_race

from pitbox.model.fact import Lap
from pitbox.predict.lap_row import NAN, LapRow
from pitbox.predict.registry import Registry
from pitbox.wall.lap_book import LapBook
from pitbox.wall.models import Models
from pitbox.wall.pace_fold import PaceFold

MOST_BYTES = 130
"""450 when each lap was a struct with its own texts and numbers, and a hundred more to know it again."""


class Clock:
    def monotonic_s(self) -> float:
        return 1.0

    def wall_s(self) -> float:
        return 1.8e9


def some_row(rng: random.Random, lap: int) -> LapRow:
    return LapRow(
        race="sub-1/0.0",
        circuit="Ring",
        class_name=rng.choice(["GT3", "LMP2"]),
        car=str(rng.randrange(4)),
        driver=rng.choice(["Ada", "Björn", "山田"]),
        lap=lap,
        end_s=rng.random() * 1e5,
        time_s=100 + rng.random(),
        stint=rng.randrange(9),
        position=rng.randrange(63),
        is_clean=rng.random() < 0.5,
        is_slow=rng.random() < 0.5,
        compound=rng.choice(["", "soft"]),
        tyre_age=rng.choice([NAN, 3.0]),
        fuel_left_l=rng.choice([NAN, 31.5]),
        is_fresh=rng.random() < 0.5,
    )


def test_what_was_put_in_is_read() -> None:
    rng = random.Random(7)
    rows, book = [some_row(rng, lap) for lap in range(300)], LapBook()
    assert book.last_of("1") is None
    assert list(book) == []
    for row in rows:
        book.put(row)
    assert len(book) == len(rows)
    assert [repr(row) for row in book] == [repr(row) for row in rows]  # NaN is not equal to itself
    own = [row for row in rows if row.car == "1"]
    assert book.count_of("1") == len(own)
    assert repr(book.last_of("1")) == repr(own[-1])
    mates = [row for row in rows if row.class_name == "GT3"]
    assert [repr(row) for row in book.mates("GT3", 20)] == [repr(row) for row in mates[-20:]]
    assert len(book.mates("GT3", 1000)) == len(mates)
    assert book.mates("nobody", 5) == []
    assert book.count_of("nobody") == 0


def test_what_models_keep_of_a_lap(tmp_path: Path) -> None:
    """A model may be promoted in the last hour: it is taught all laps before."""
    laps = (fact for fact in long_race.facts(3 * 3600.0) if isinstance(fact, Lap))
    facts = sorted(laps, key=lambda lap: lap.end_s)
    first = len(facts) // 5
    paces = PaceFold(Models(Registry(tmp_path), lambda _: None, Clock(), "test"))
    paces.begin("sub-1")
    paces.take_all(facts[:first])
    gc.collect()
    tracemalloc.start()
    try:
        for at in range(first, len(facts), 20):
            paces.take_all(facts[at : at + 20])
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(facts) - first > 2_000
    assert grown / (len(facts) - first) < MOST_BYTES
