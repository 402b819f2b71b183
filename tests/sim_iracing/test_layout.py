"""The sim's rows cut into the log's three streams."""

import struct

import numpy as np
import pytest
from image import COLUMNS, Image

from pitbox.model.channel import LAP_STEP
from pitbox.sim.iracing.errors import GarbageError
from pitbox.sim.iracing.header import parse_header
from pitbox.sim.iracing.layout import FIELD_NAMES, FLEETING_NAMES, Sieve
from pitbox.sim.synthetic.channels import field_layout
from pitbox.wire.block import check_layout, decode_rows, encode_rows


def sieve_of(image):
    return Sieve(parse_header(memoryview(image.build())))


def with_columns(**changes):
    """The columns with some replaced; None leaves one out."""
    known = {name: (name, kind, count) for name, kind, count in COLUMNS}
    known |= changes
    return tuple(column for column in known.values() if column)


def test_every_variable_goes_to_one_stream_or_is_known_to_be_fleeting():
    sieve = sieve_of(Image())
    names = [name for layout in (sieve.own, sieve.field, sieve.slow) for name in layout.names()[2:]]
    twice = {"SessionState", "SessionFlags"}  # the field's rows can be read without the car's
    assert sorted(names) == sorted(
        [name for name, _, _ in COLUMNS if name not in {"SessionTime", "SessionTick", *FLEETING_NAMES}]
        + sorted(twice)
    )
    assert set(sieve.field.names()[2:]) - twice <= set(FIELD_NAMES)


def test_the_field_is_the_one_that_the_synthetic_world_has():
    """Folds are judged on the world's rows: the sim's have to be the same ones."""
    ours, theirs = sieve_of(Image()).field, field_layout(72)
    known = {channel.name: channel for channel in theirs.channels}
    for channel in ours.channels:
        assert (channel.kind, channel.count, channel.step) == (
            known[channel.name].kind, known[channel.name].count, known[channel.name].step,
        )  # fmt: skip
    assert set(FIELD_NAMES) == {name for name in known if name.startswith("CarIdx")}
    assert known["CarIdxLapDistPct"].step == LAP_STEP


def test_values_come_out_where_their_names_are():
    image = Image()
    laps = list(range(72))
    row = image.row(
        SessionTime=12.5, SessionTick=750, SessionNum=2, SessionState=4, SessionFlags=0x80000004,
        IsOnTrack=True, FuelLevel=33.25, LatAccel_ST=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], CarIdxLap=laps,
        CarIdxOnPitRoad=[True, False] * 36, CarIdxLastLapTime=[101.5] * 72,
    )  # fmt: skip
    sieve = sieve_of(image)
    ticks = sieve.ticks(row, 99)
    assert sieve.moment(row) == (2, 12.5)
    assert len(ticks) == 1
    assert ticks.own["FuelLevel"][0] == 33.25
    assert ticks.own["IsOnTrack"][0]
    assert ticks.own["LatAccel_ST"][0].tolist() == [1, 2, 3, 4, 5, 6]
    assert ticks.field["CarIdxLap"][0].tolist() == laps
    assert ticks.field["CarIdxOnPitRoad"][0].tolist() == [True, False] * 36
    assert ticks.field["SessionFlags"][0] == 0x80000004
    assert ticks.slow["CarIdxLastLapTime"][0, 71] == 101.5
    for rows in (ticks.own, ticks.field, ticks.slow):
        assert (rows["SessionTime"][0], rows["SessionTick"][0]) == (12.5, 750)


@pytest.mark.parametrize("cars", [64, 72])
def test_fact_2_rows_are_as_wide_as_the_header_says(cars):
    columns = with_columns(
        CarIdxLap=("CarIdxLap", "i4", cars), CarIdxLapDistPct=("CarIdxLapDistPct", "f4", cars)
    )
    sieve = sieve_of(Image(columns=columns))
    assert sieve.field.dtype["CarIdxLap"].shape == (cars,)


def test_fact_7_six_samples_stay_six_and_their_plain_name_stays_one_figure():
    """Some builds give VelocityX six times as well; whoever reads it expects a number."""
    columns = with_columns(a=("VelocityX", "f4", 6), b=("VelocityX_ST", "f4", 6))
    image = Image(columns=columns)
    raw = image.build()
    at = image.variables_at + 144 * [name for name, _, _ in columns].index("VelocityX") + 12
    raw[at] = 1  # samples of one tick
    sieve = Sieve(parse_header(memoryview(raw)))
    samples = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    ticks = sieve.ticks(image.row(VelocityX=samples, VelocityX_ST=samples), 1)
    assert ticks.own["VelocityX"].tolist() == [6.0]
    assert ticks.own["VelocityX_ST"].tolist() == [samples]


def test_a_sim_that_does_not_name_its_tick_lends_the_buffers_count():
    image = Image(columns=with_columns(SessionTick=None))
    ticks = sieve_of(image).ticks(image.row(SessionTime=5.0, CarIdxLap=[3] * 72), 4711)
    assert ticks.own["SessionTick"].tolist() == [4711]
    assert ticks.field["SessionTick"].tolist() == [4711]
    assert ticks.field["CarIdxLap"][0, 71] == 3


@pytest.mark.parametrize(
    "columns",
    [
        with_columns(SessionTime=None),
        with_columns(SessionTime=("SessionTime", "f4", 1)),
        with_columns(SessionTick=("SessionTick", "f4", 1)),
        with_columns(SessionTime=("SessionTime", "f8", 2)),
    ],
)
def test_rows_without_a_clock_are_refused(columns):
    with pytest.raises(GarbageError):
        sieve_of(Image(columns=columns))


def test_the_log_takes_the_layouts_and_gives_the_rows_back():
    image = Image()
    sieve = sieve_of(image)
    row = image.row(SessionTime=1.0, SessionTick=60, CarIdxLapDistPct=[0.5] * 72)
    ticks = sieve.ticks(row, 60)
    pairs = ((sieve.own, ticks.own), (sieve.field, ticks.field), (sieve.slow, ticks.slow))
    for layout, rows in pairs:
        check_layout(layout)
        again = decode_rows(layout, 1, encode_rows(layout, rows))
        assert again.tobytes() == rows.tobytes()


def test_fact_9_what_moves_at_every_tick_and_is_for_the_eye_stays_out():
    """Five arrays of 72 cars would be a third of the log."""
    every = with_columns(**{name: (name, "f4", 72) for name in FLEETING_NAMES})
    sieve = sieve_of(Image(columns=every))
    names = {name for layout in (sieve.own, sieve.field, sieve.slow) for name in layout.names()}
    assert not names & FLEETING_NAMES


def test_fact_6_what_lies_outside_the_lap_is_kept_as_it_is():
    image = Image()
    fractions = [-1.0, -0.0009765625, 0.0, 0.99609375] + [-1.0] * 68
    row = image.row(SessionTime=1.0, CarIdxLapDistPct=fractions, LapDistPct=-0.0009765625)
    ticks = sieve_of(image).ticks(row, 60)
    assert ticks.field["CarIdxLapDistPct"][0].tolist() == fractions
    assert ticks.own["LapDistPct"].tolist() == [-0.0009765625]


def test_a_flag_byte_is_true_or_false_and_nothing_else():
    image = Image()
    row = bytearray(image.row(SessionTime=1.0))
    struct.pack_into("<b", row, image.offsets["IsOnTrack"], 1)
    value = sieve_of(image).ticks(bytes(row), 1).own["IsOnTrack"]
    assert value.dtype == np.bool_
    assert value[0]
