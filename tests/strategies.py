"""What Hypothesis may draw: every noun that travels, in one file."""

from typing import Any

import msgspec
import numpy as np
from hypothesis import strategies as st

from pitbox.model.channel import CHANNEL_KINDS, Channel, Layout, Stream
from pitbox.model.edit import Entity
from pitbox.model.ids import Axis, DeviceId, LogId, SessionId
from pitbox.model.session import CarClass, Entry, EventRules, OwnCar, SessionInfo, SessionPart, Track
from pitbox.model.sheet import SheetLap
from pitbox.model.source import RowArray
from pitbox.model.stamp import Stamp
from pitbox.wire import record as wire

words = st.text(max_size=12)
numbers = st.integers(-(2**31), 2**31 - 1)
times_s = st.floats(allow_nan=False, allow_infinity=False)
hashes = st.binary(min_size=32, max_size=32)
devices = hashes.map(lambda raw: DeviceId(raw.hex()))
sessions = st.integers(1, 10**9).map(lambda number: SessionId(f"sub-{number}"))
log_ids = st.builds(LogId, sessions, devices, st.integers(0, 2**64 - 1))
axes = st.builds(Axis, st.integers(0, 9), st.integers(0, 9), times_s)

TIME_CHANNELS = (Channel("SessionTime", "f8", unit="s"), Channel("SessionTick", "i4"))
steps = st.integers(1, 30).map(lambda power: 2.0**-power)


@st.composite
def channels(draw: st.DrawFn, name: str) -> Channel:
    kind = draw(st.sampled_from(sorted(CHANNEL_KINDS)))
    step = draw(st.just(0.0) | steps) if kind == "f4" else 0.0
    return Channel(name, kind, draw(st.integers(1, 5)), draw(words), draw(words), step)


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    more = draw(st.lists(st.text(min_size=1, max_size=8), max_size=8, unique=True))
    names = [name for name in more if name not in {"SessionTime", "SessionTick"}]
    return Layout(draw(st.sampled_from(Stream)), (*TIME_CHANNELS, *(draw(channels(name)) for name in names)))


odd_floats = st.sampled_from(
    [0.0, -0.0, float("nan"), float("inf"), float("-inf"), -1.0, -0.25, -1e-7, 0.9999999, 3.4e38, 1e-45]
)
fractions = st.floats(-1.0, 1.0, width=32)


def _bits(kind: str, value: float) -> bytes:
    return np.array([value], f"<{kind}").tobytes()


def _values(kind: str) -> st.SearchStrategy[bytes]:
    """One value's bytes: any bits at all, and for floats often those that go wrong."""
    any_bits = st.binary(min_size=int(kind[1]), max_size=int(kind[1]))
    if kind[0] != "f":
        return any_bits
    return any_bits | (odd_floats | fractions).map(lambda value: _bits(kind, value))


@st.composite
def rows_of(draw: st.DrawFn, layout: Layout, max_rows: int = 12) -> RowArray:
    count = draw(st.integers(1, max_rows))
    rows = np.zeros(count, layout.dtype)
    for channel in layout.channels:
        size = channel.count * count
        values = draw(st.lists(_values(channel.kind), min_size=size, max_size=size))
        field = rows[channel.name]
        # Through bytes: a NaN keeps its payload and a bool may be no bool.
        rows[channel.name] = np.frombuffer(b"".join(values), field.dtype).reshape(field.shape)
    return rows


@st.composite
def tables(draw: st.DrawFn) -> tuple[Layout, RowArray]:
    """A layout and rows of it."""
    layout = draw(layouts())
    return layout, draw(rows_of(layout))


tracks = st.builds(
    Track, numbers, words, words, times_s, times_s, st.lists(st.floats(0, 1), max_size=5).map(tuple)
)
entries = st.builds(
    Entry, numbers, words, numbers, words, numbers, words, numbers, words, numbers, st.booleans()
)
rules = st.builds(
    EventRules,
    is_team_event=st.none() | st.booleans(),
    driver_change_rule=words,
    fair_share=st.none() | times_s,
    incident_limit=st.none() | numbers,
)
parts = st.builds(SessionPart, numbers, words, st.none() | times_s, st.none() | numbers)
infos = st.builds(
    SessionInfo,
    sim=words,
    sub_session_id=numbers,
    track=tracks,
    parts=st.lists(parts, max_size=4).map(tuple),
    classes=st.lists(st.builds(CarClass, numbers, words, times_s, numbers), max_size=4).map(tuple),
    entries=st.lists(entries, max_size=6).map(tuple),
    own=st.builds(OwnCar, numbers, times_s, times_s, st.booleans()),
    title=words,
    rules=rules,
)

sheet_laps = st.builds(
    SheetLap,
    car_idx=numbers,
    lap=numbers,
    user_id=numbers,
    driver=words,
    end_s=times_s,
    time_s=times_s,
    flag=words,
    is_in_pit=st.booleans(),
    pit_s=st.none() | times_s,
    sectors_s=st.lists(st.none() | times_s, max_size=3).map(tuple),
)

entities = st.builds(Entity, st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8))
stamps = st.builds(Stamp, st.integers(1, 2**53), devices, st.integers(0, 2**64 - 1))

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "sim_time_s": times_s,
    "until_s": times_s,
    "zero_utc_s": times_s,
    "chain": hashes,
    "digest": hashes,
    "previous_seal": hashes | st.just(b""),
    "signature": st.binary(max_size=72),
    "data": st.binary(max_size=200),
    "layout": layouts(),
    "info": infos,
    "reason": words,
    "text": st.binary(max_size=200),
    "laps": st.lists(sheet_laps, max_size=4).map(tuple),
    "is_last": st.booleans(),
    "entity": entities,
    "field": st.text(min_size=1, max_size=12),
    "value": st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | times_s | words,
    "seen": st.lists(stamps, max_size=4).map(tuple),
    "wall_s": times_s,
}


def records_of(kind: type[wire.Record]) -> st.SearchStrategy[wire.Record]:
    """Records of one kind; a field of a new name draws an integer until it stands in `_VALUES`."""
    names = [field.name for field in msgspec.structs.fields(kind) if field.name not in {"schema", "kind"}]
    return st.builds(kind, **{name: _VALUES.get(name, st.integers(0, 2**63)) for name in names})


records = st.one_of([records_of(kind) for kind in wire.RECORD_TYPES])
