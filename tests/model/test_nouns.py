"""The nouns: what they promise beyond holding fields."""

import inspect
import pkgutil
from importlib import import_module

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import axes, infos, layouts, log_ids

import pitbox.model
from pitbox.model.channel import CHANNEL_KINDS, LAP_STEP, Channel, Layout, Stream
from pitbox.model.errors import PitBoxError
from pitbox.model.fact import Fact, FlagPhase, Lap, LapKind, Stint, Stop
from pitbox.model.ids import Axis, LogId
from pitbox.model.session import SessionInfo
from pitbox.model.source import Opened, Ticks, row_field
from pitbox.model.standing import Standings

MODULES = [import_module(f"pitbox.model.{info.name}") for info in pkgutil.iter_modules(pitbox.model.__path__)]
STRUCTS = sorted(
    {
        noun
        for module in MODULES
        for noun in vars(module).values()
        if inspect.isclass(noun) and issubclass(noun, msgspec.Struct) and noun is not msgspec.Struct
    },
    key=lambda noun: noun.__name__,
)


@pytest.mark.parametrize("noun", STRUCTS, ids=lambda noun: noun.__name__)
def test_every_noun_is_frozen(noun: type[msgspec.Struct]):
    assert noun.__struct_config__.frozen


def test_the_nouns_were_found():
    assert {Channel, Layout, Lap, Standings, SessionInfo, LogId} <= set(STRUCTS)


@given(layouts())
def test_a_row_is_packed_and_in_the_order_of_its_channels(layout: Layout):
    dtype = layout.dtype
    assert dtype.names == layout.names() == tuple(channel.name for channel in layout.channels)
    assert dtype.itemsize == sum(int(channel.kind[1]) * channel.count for channel in layout.channels)
    for channel in layout.channels:
        field = dtype[channel.name]
        assert field.base == np.dtype(f"<{channel.kind}")
        assert field.shape == (() if channel.count == 1 else (channel.count,))


@given(layouts())
def test_equal_layouts_share_one_type(layout: Layout):
    twin = msgspec.msgpack.decode(msgspec.msgpack.encode(layout), type=Layout)
    assert twin == layout
    assert hash(twin) == hash(layout)
    assert twin.dtype is layout.dtype


def test_every_kind_is_one_of_numpys():
    assert {np.dtype(f"<{kind}").itemsize for kind in CHANNEL_KINDS} == {1, 2, 4, 8}


def test_the_lap_step_is_exact_in_a_float_of_32_bits():
    steps = np.arange(2**20 + 1, dtype=np.int64)
    assert np.array_equal((steps * LAP_STEP).astype(np.float32).astype(np.float64) / LAP_STEP, steps)


@given(infos)
def test_a_session_info_comes_back_and_finds_its_parts(info: SessionInfo):
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(info), type=SessionInfo) == info
    for part in info.parts:
        assert info.part(part.session_num).session_num == part.session_num
    assert info.part(2**40) is None


@given(st.lists(log_ids, max_size=6), st.lists(axes, max_size=6))
def test_logs_and_moments_have_an_order(logs: list[LogId], moments: list[Axis]):
    assert sorted(logs) == sorted(logs, key=lambda log: (log.session, log.device, log.epoch))
    assert sorted(moments) == sorted(moments, key=lambda at: (at.session_num, at.run, at.sim_time_s))


@given(log_ids)
def test_a_log_id_is_spelt_short_and_comes_back_whole(log: LogId):
    assert str(log) == f"{log.session}/{log.device[:16]}/{log.epoch:016x}"
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(log), type=LogId) == log


def test_a_lap_is_clean_when_nothing_speaks_against_it():
    assert LapKind().is_clean()
    for field in LapKind.__struct_fields__:
        assert not LapKind(**{field: True}).is_clean(), field


FACTS = [
    Lap(0, 0, 5, 3, 77, 100.0, 190.5, LapKind(is_in=True), 1, 2, 1, 0, 2.5),
    Stint(0, 0, 5, 1, 77, 0, 100.0, 3),
    Stop(0, 0, 5, 1, 9, 900.0, 77, 0, stall_in_s=910.0),
    FlagPhase(0, 0, 1, "caution", 50.0),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_a_fact_says_which_it_is(fact: Fact):
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(fact), type=Fact) == fact


def test_a_lap_time_is_the_time_between_the_crossings():
    assert FACTS[0].time_s == 90.5


def test_ticks_count_their_rows_and_show_a_channel_as_a_view():
    layout = Layout(Stream.OWN, (Channel("SessionTime", "f8"), Channel("SessionTick", "i4")))
    rows = np.zeros(4, layout.dtype)
    ticks = Ticks(rows, rows, rows)
    assert len(ticks) == 4
    row_field(rows, "SessionTick")[:] = 9
    assert rows["SessionTick"].tolist() == [9] * 4
    opened = Opened("sub-1", layout, layout, layout)
    assert opened.layouts() == (layout,) * 3


def test_every_error_tree_hangs_on_one_root():
    for room in ("wire", "identity"):
        module = import_module(f"pitbox.{room}.errors")
        errors = [error for error in vars(module).values() if inspect.isclass(error)]
        assert len(errors) > 2
        assert all(issubclass(error, PitBoxError) for error in errors)
