"""What a lap costs the engineer's process: a window stays open for a day, so each must be small."""

import gc
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import long_race
import msgspec
import pytest
from short_race import SESSION

from pitbox.model.fact import Fact, Lap, Stop
from pitbox.model.ids import Axis, DeviceId, LogId
from pitbox.strategy.story import Story
from pitbox.ui.scene.composer import Composer
from pitbox.wall.annals import Annals
from pitbox.wall.feed import StillFeed
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Hub
from pitbox.wall.ledger import fact_key
from pitbox.wall.outlook import Outlook

LOG = LogId(SESSION, DeviceId("d" * 64), 1)
HOURS = 3.0
MOST_BYTES = 620
"""1,400 when each reader kept keys of its own; the lap itself takes 300."""
_TELLING = 20


class Clock:
    def monotonic_s(self) -> float:
        return 1.0

    def wall_s(self) -> float:
        return 1.8e9


class Reader:
    """All that lies between a fold and what is drawn, without a thread: annals, hub, window, forecaster."""

    def __init__(self, folder: Path) -> None:
        feed = StillFeed(HealthRegistry(lambda: 0.0))
        self.hub = feed.hub = Hub()
        self.hub.enter(SESSION)
        self.annals = Annals(SESSION, folder / "race.annals")
        self.composer, self.story = Composer(), Story()
        self._outlooks = Outlook(feed, Clock()), Outlook(feed, Clock())
        self._seq = 0

    def fold(self, said: Iterable[tuple[float, bytes]]) -> None:
        decode = msgspec.msgpack.Decoder(Fact).decode  # as a fold gives them: nothing shared with another
        for at_s, data in said:
            place = Axis(0, 0, at_s), LOG, self._seq
            self._seq += 1
            self.annals.say(place, [decode(data)])
            self.annals.reach(place, {LOG: (self._seq, place[0])})
            if self._seq % _TELLING == 0:
                self.show(place[0])

    def show(self, at: Axis) -> None:
        news = self.annals.tell(at)
        self.hub.publish_facts(news.facts, news.retracted)
        self.composer.take(self._outlooks[0].pull())
        self._outlooks[1].pull().tell(self.story)


def _ended_s(fact: Fact) -> float:
    if isinstance(fact, Stop):
        return fact.lane_out_s or fact.lane_in_s
    return fact.end_s or fact.start_s


@pytest.fixture(scope="module")
def race() -> list[tuple[float, bytes]]:
    """Each fact when it is said, with sectors as on a real track."""
    facts = sorted(long_race.facts(HOURS * 3600), key=_ended_s)
    full = (
        msgspec.structs.replace(fact, sectors_s=(31.5, 36.25, 27.0)) if isinstance(fact, Lap) else fact
        for fact in facts
    )
    return [(_ended_s(fact), msgspec.msgpack.encode(fact)) for fact in full]


def test_what_a_lap_costs(race: list[tuple[float, bytes]], tmp_path: Path) -> None:
    reader, first = Reader(tmp_path), len(race) // 5
    decoded = [msgspec.msgpack.decode(data, type=Fact) for _, data in race[first:]]
    laps = sum(isinstance(fact, Lap) for fact in decoded)
    del decoded
    reader.fold(race[:first])
    gc.collect()
    tracemalloc.start()
    try:
        reader.fold(race[first:])
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert laps > 4_000
    assert grown / laps < MOST_BYTES
    reader.annals.close()


def test_and_nothing_of_it_is_missing(race: list[tuple[float, bytes]], tmp_path: Path) -> None:
    """Every reader has every fact once, and the fold's words are what was said, in their order."""
    facts = [msgspec.msgpack.decode(data, type=Fact) for _, data in race]
    reader = Reader(tmp_path)
    reader.fold(race)
    end = Axis(0, 0, race[-1][0])
    reader.show(end)
    keyed = {fact_key(fact): fact for fact in facts}
    assert len(keyed) == len(facts)
    for heard in (reader.annals.ledger.told(), reader.hub.facts_since(0)[1]):
        assert len(heard) == len(facts)
        assert {fact_key(fact): fact for fact in heard} == keyed
    middle = race[len(race) // 2][0]
    ground = reader.annals.ground(Axis(0, 0, middle))
    assert ground is not None
    assert ground.facts == [fact for fact, (at_s, _) in zip(facts, race, strict=True) if at_s <= middle]
    for story in (reader.composer.story, reader.story):
        told = [lap for car in story.cars.values() for lap in car.laps]
        assert {fact_key(lap): lap for lap in told} == {k: f for k, f in keyed.items() if isinstance(f, Lap)}
    reader.annals.close()


def test_a_race_that_is_unsaid_leaves_nothing(race: list[tuple[float, bytes]], tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    reader.fold(race[: 20 * _TELLING])
    told = reader.annals.ledger.told()
    reader.annals.restart()
    assert {fact_key(fact) for fact in reader.annals.ledger.told()} == {fact_key(fact) for fact in told}
    news = reader.annals.tell(Axis(0, 0, 1e9))
    assert {fact_key(fact) for fact in news.retracted} == {fact_key(fact) for fact in told}
    assert reader.annals.ledger.told() == []
    reader.annals.close()
