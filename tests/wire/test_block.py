"""Column blocks: what was measured comes back, bit for bit, or in whole steps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import TIME_CHANNELS, tables

from pitbox.model.channel import LAP_STEP, Channel, Layout, Stream
from pitbox.model.source import RowArray
from pitbox.wire.block import check_layout, decode_rows, encode_rows, quantise, rows_per_block
from pitbox.wire.errors import MalformedError, OversizeError
from pitbox.wire.limit import MAX_BLOCK_RAW, MAX_CHANNEL_COUNT

Table = tuple[Layout, RowArray]


@given(tables())
def test_rows_come_back_as_quantise_says(table: Table):
    layout, rows = table
    before = rows.tobytes()
    back = decode_rows(layout, len(rows), encode_rows(layout, rows))
    assert back.dtype == layout.dtype
    assert back.tobytes() == quantise(layout, rows).tobytes()
    assert rows.tobytes() == before


@given(tables())
def test_a_block_again_is_the_same_block(table: Table):
    layout, rows = table
    data = encode_rows(layout, rows)
    assert encode_rows(layout, decode_rows(layout, len(rows), data)) == data
    once = quantise(layout, rows)
    assert quantise(layout, once).tobytes() == once.tobytes()


@given(tables())
def test_only_stepped_channels_change_and_by_half_a_step_at_most(table: Table):
    layout, rows = table
    back = quantise(layout, rows)
    for channel in layout.channels:
        if not channel.step:
            assert back[channel.name].tobytes() == rows[channel.name].tobytes()
            continue
        with np.errstate(invalid="ignore"):  # signalling NaNs
            was, now = rows[channel.name].astype("f8"), back[channel.name].astype("f8")
        in_reach = np.abs(was) < channel.step * 2.0**29
        assert np.all(np.abs(was - now)[in_reach] <= channel.step / 2)
        assert np.all(np.isnan(now[~(np.abs(was) < channel.step * 2.0**30)]))


@given(tables(), st.data())
def test_a_run_of_rows_may_be_cut_into_blocks_anywhere(table: Table, data: st.DataObject):
    layout, rows = table
    at = data.draw(st.integers(0, len(rows)))
    pieces = [piece for piece in (rows[:at], rows[at:]) if len(piece)]
    back = [decode_rows(layout, len(piece), encode_rows(layout, piece)) for piece in pieces]
    assert np.concatenate(back).tobytes() == quantise(layout, rows).tobytes()


def test_rows_that_lie_apart_in_memory_are_the_same_rows():
    layout = Layout(Stream.FIELD, (*TIME_CHANNELS, Channel("Pct", "f4", 3, step=LAP_STEP)))
    rows = np.zeros(20, layout.dtype)
    rows["SessionTime"] = np.arange(20) / 60
    rows["Pct"] = np.linspace(-0.1, 1.0, 60).reshape(20, 3)
    apart = rows[::2]
    assert encode_rows(layout, apart) == encode_rows(layout, apart.copy())


def test_a_lap_fraction_is_kept_within_five_millimetres():
    layout = Layout(Stream.FIELD, (*TIME_CHANNELS, Channel("Pct", "f4", step=LAP_STEP)))
    rows = np.zeros(1000, layout.dtype)
    rows["Pct"] = np.random.default_rng(3).random(1000)
    back = decode_rows(layout, 1000, encode_rows(layout, rows))
    assert np.max(np.abs(back["Pct"].astype("f8") - rows["Pct"])) * 5000 <= 0.005


def test_a_steady_car_costs_next_to_nothing():
    layout = Layout(Stream.FIELD, (*TIME_CHANNELS, Channel("Pct", "f4", 64, step=LAP_STEP)))
    rows = np.zeros(240, layout.dtype)
    rows["Pct"] = np.arange(240)[:, None] * 2.0**-14 + np.linspace(0, 0.5, 64)
    assert len(encode_rows(layout, rows)) < rows.nbytes / 100


def test_a_full_block_passes_and_one_row_more_does_not():
    layout = Layout(Stream.OWN, (*TIME_CHANNELS, Channel("Wide", "f8", 250)))
    room = rows_per_block(layout)
    assert room * layout.dtype.itemsize <= MAX_BLOCK_RAW < (room + 1) * layout.dtype.itemsize
    rows = np.random.default_rng(5).integers(0, 2**32, (room + 1) * layout.dtype.itemsize // 4, np.uint32)
    rows = rows.view(layout.dtype)
    assert decode_rows(layout, room, encode_rows(layout, rows[:room])).tobytes() == rows[:room].tobytes()
    for wrong in (rows, rows[:0]):
        with pytest.raises(OversizeError):
            encode_rows(layout, wrong)


def _layout(*channels: Channel) -> Layout:
    return Layout(Stream.OWN, (*TIME_CHANNELS, *channels))


@pytest.mark.parametrize(
    "layout",
    [
        Layout(Stream.OWN, ()),
        Layout(Stream.OWN, TIME_CHANNELS[:1]),
        Layout(Stream.OWN, TIME_CHANNELS[::-1]),
        Layout(Stream.OWN, (Channel("SessionTime", "f4"), TIME_CHANNELS[1])),
        Layout(Stream.OWN, (TIME_CHANNELS[0], Channel("SessionTick", "i4", 2))),
        _layout(TIME_CHANNELS[0]),
        _layout(Channel("A", "f4"), Channel("A", "i4")),
        _layout(*(Channel(f"C{number}", "b1") for number in range(1100))),
        _layout(Channel("", "f4")),
        _layout(Channel("A", "O8")),
        _layout(Channel("A", "f2")),
        _layout(Channel("A", "")),
        _layout(Channel("A", "f4", 0)),
        _layout(Channel("A", "f4", -1)),
        _layout(Channel("A", "f4", MAX_CHANNEL_COUNT + 1)),
        _layout(Channel("A", "f8", step=0.5)),
        _layout(Channel("A", "i4", step=0.5)),
        *(_layout(Channel("A", "f4", step=step)) for step in (-0.5, 1.0, 0.3, 2.0**-31, float("nan"))),
    ],
)
def test_a_layout_that_no_sim_would_send_is_refused(layout: Layout):
    with pytest.raises(MalformedError):
        check_layout(layout)


def test_a_row_that_is_too_wide_is_refused():
    with pytest.raises(OversizeError):
        check_layout(_layout(*(Channel(f"C{number}", "f8", 250) for number in range(40))))
