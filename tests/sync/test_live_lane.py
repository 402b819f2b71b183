"""The live lane: the newest row, with source and age, in few bytes, and never one that was not told."""

import msgspec
import numpy as np
import pytest

from pitbox.model.source import Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.sync.errors import ForeignError
from pitbox.sync.frame import HEAD_SIZE, pack
from pitbox.sync.live import STALE_S, LiveIn, LiveOut, Row, speaker
from pitbox.sync.message import Channels, Live, Subscribe, live_messages

DEVICE = "d" * 64
TLS_RECORD_BYTES = 22
"""Head, type, and tag of one TLS 1.3 record."""


@pytest.fixture(scope="module")
def race() -> list[Ticks]:
    source = SyntheticSource(msgspec.structs.replace(SCENARIOS["endurance"], race_s=600.0))
    found: list[Ticks] = []
    while sum(map(len, found)) < 300:
        found += [event for event in source.poll(0.0) if isinstance(event, Ticks)]
    return [
        Ticks(own=block.own[at : at + 1], field=block.field[at : at + 1], slow=block.slow[at : at + 1])
        for block in found
        for at in range(len(block))
    ][:300]


def run(race: list[Ticks], wish: Subscribe, jitter_s: float = 0.0) -> list[Channels | Live]:
    out, said = LiveOut(), []
    out.subscribe(wish)
    for number, ticks in enumerate(race):
        now_s = 100 + number / 60 + (jitter_s if number % 2 else -jitter_s)
        said += [live_messages.decode(pack(m)) for m in out.due("sub-1", DEVICE, ticks, now_s)]
    return said


@pytest.mark.parametrize("jitter_s", [0.0, 0.003])
def test_a_field_of_63_cars_costs_less_than_60_kilobytes_a_second(race: list[Ticks], jitter_s: float) -> None:
    said = run(race, Subscribe(), jitter_s)
    own = [m for m in said if isinstance(m, Live) and m.stream == "own"]
    field = [m for m in said if isinstance(m, Live) and m.stream == "field"]
    assert len(own) == 300
    assert len(field) == pytest.approx(20, abs=1)
    size = sum(HEAD_SIZE + len(pack(m)) + TLS_RECORD_BYTES for m in said)
    assert size / 5 < 60_000


def test_what_comes_out_is_what_was_sampled(race: list[Ticks]) -> None:
    inward = LiveIn(DEVICE)
    last: dict[str, Row] = {}
    for message in run(race, Subscribe()):
        if isinstance(message, Channels):
            inward.learn(message)
        else:
            row = inward.read(message, 7.0)
            assert row is not None
            last[row.stream] = row
    own = last["own"]
    assert own.get("Speed") == race[-1].own["Speed"][0]
    assert own.get("SessionTime") == own.sim_time_s == race[-1].own["SessionTime"][0]
    assert own.get("NoSuchThing") is None
    field = next(t.field for t in race if t.field["SessionTime"][0] == last["field"].sim_time_s)
    assert np.array_equal(last["field"].get("CarIdxLapDistPct"), field["CarIdxLapDistPct"][0])
    assert own.device == DEVICE
    assert not own.is_stale(7.0 + STALE_S)
    assert own.is_stale(7.1 + STALE_S)
    assert inward.skipped > 0  # of the field: four a second out of sixty


def test_a_subscriber_chooses_channels(race: list[Ticks]) -> None:
    said = run(race, Subscribe(own_hz=2, field_hz=0, own_channels=("Speed", "Nothing", "FuelLevel")))
    assert [c.name for m in said if isinstance(m, Channels) for c in m.channels] == ["Speed", "FuelLevel"]
    assert len([m for m in said if isinstance(m, Live)]) == pytest.approx(10, abs=1)


def test_values_that_do_not_fit_end_the_link(race: list[Ticks]) -> None:
    inward = LiveIn(DEVICE)
    channels, first, *_ = run(race, Subscribe(field_hz=0))
    assert isinstance(channels, Channels)
    assert isinstance(first, Live)
    assert inward.read(first, 0.0) is None
    inward.learn(channels)
    with pytest.raises(ForeignError, match="announced"):
        inward.read(msgspec.structs.replace(first, values=first.values[:-1]), 0.0)
    with pytest.raises(ForeignError, match="another device"):
        LiveIn("e" * 64).learn(channels)
    twice = msgspec.structs.replace(channels, channels=channels.channels[:1] * 2)
    with pytest.raises(ForeignError, match="cannot be read"):
        inward.learn(twice)


def at(device: str, *, is_driving: bool, at_s: float) -> Row:
    values = np.array([(is_driving,)], dtype=[("IsOnTrack", "b1")])
    return Row("sub-1", device * 64, "own", 1, 1.0, values, at_s)


def test_who_speaks_for_the_car_follows_who_sits_in_it_and_never_flickers() -> None:
    a, b = "a" * 64, "b" * 64
    both = [at("b", is_driving=False, at_s=10.0), at("a", is_driving=False, at_s=9.9)]
    assert speaker(both, 10.0) == a
    assert speaker(both, 10.0, current=b) == b
    assert speaker(both[::-1], 10.0, current=b) == b
    assert speaker([at("a", is_driving=True, at_s=9.0), both[0]], 10.0, current=b) == a
    assert speaker([at("a", is_driving=True, at_s=5.0), both[0]], 10.0, current=a) == b
    assert speaker([], 10.0, current=a) == a
