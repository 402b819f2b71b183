"""Rows that no sim would send: nothing raises, nothing hangs, and sound rows go on being folded."""

import warnings

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import FIELD, OWN, Script, block, opening, records, told

from pitbox.model.channel import Channel, Layout, Stream
from pitbox.timing.race import RaceFold
from pitbox.wire.record import InfoRecord

FLOATS = st.sampled_from(
    [float("nan"), float("inf"), -float("inf"), 1e9, -1e9, 1.0, 0.0, -0.001, 0.999999, 3e38]
)
INTS = st.sampled_from([-(2**31), -7, -1, 0, 1, 2, 3, 4, 99, 2**31 - 1])
TIMES = st.sampled_from([float("nan"), float("inf"), -5.0, 0.0, 1.0, 2.0, 3.0, 3.5, 1e6, 1e300])
FLAGS = st.sampled_from([0, 1, 0x4000, 2**32 - 1])


def hostile(data: st.DataObject, count: int) -> tuple[np.ndarray, np.ndarray]:
    own, field = np.zeros(count, OWN.dtype), np.zeros(count, FIELD.dtype)
    for row in range(count):
        field["SessionTime"][row] = own["SessionTime"][row] = data.draw(TIMES)
        field["SessionState"][row] = data.draw(INTS)
        field["SessionFlags"][row] = data.draw(FLAGS)
        own["FuelLevel"][row] = data.draw(FLOATS)
        own["SessionTimeRemain"][row] = data.draw(FLOATS)
        own["IsOnTrack"][row] = data.draw(st.booleans())
        for car in range(3):
            field["CarIdxLapDistPct"][row, car] = data.draw(FLOATS)
            for name in ("CarIdxLap", "CarIdxLapCompleted", "CarIdxTrackSurface", "CarIdxTireCompound"):
                field[name][row, car] = data.draw(INTS)
    return own, field


@settings(max_examples=40)
@given(st.data())
def test_hostile_rows_never_raise(data):
    own, field = hostile(data, data.draw(st.integers(1, 12)))
    script = Script()
    script.car(1), script.car(2)
    text = InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=script.info())
    whole, one = (told([text, *records(own, field, [], (cut,))]) for cut in (5, 1))
    assert whole.facts == one.facts
    assert whole.fold.to_bytes() == one.fold.to_bytes()
    whole.fold.standings()
    assert RaceFold.from_bytes(whole.fold.to_bytes()).to_bytes() == whole.fold.to_bytes()


def test_a_mad_row_between_sound_ones_does_no_harm():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(5.0, 60).run(2, 0.02)
    clean = script.fold()
    own, field = script.own(), script.field()
    for row, pct, time_s in ((900, np.nan, None), (1800, 1e9, None), (2700, -5.0, None), (3600, 0.5, 1e300)):
        field["CarIdxLapDistPct"][row, 1] = pct
        field["CarIdxTrackSurface"][row, 1] = 77
        if time_s is not None:
            field["SessionTime"][row] = time_s
    end = told(records(own, field, script.notices(), (60,)))
    assert [lap.lap for lap in end.laps()] == [lap.lap for lap in clean.laps()]
    assert [lap.kind.is_clean() for lap in end.laps()] == [True, True]


def test_layouts_of_other_shapes_are_read_as_far_as_they_go():
    times = (Channel("SessionTime", "f8"), Channel("SessionTick", "i4"))
    odd = [
        Layout(Stream.FIELD, times),
        Layout(Stream.FIELD, (*times, Channel("CarIdxLapDistPct", "i4", 8))),
        Layout(
            Stream.FIELD, (*times, Channel("CarIdxLapDistPct", "f4"), Channel("CarIdxTrackSurface", "i4", 8))
        ),
        Layout(
            Stream.FIELD,
            (*times, Channel("CarIdxLapDistPct", "f8", 9), Channel("CarIdxTrackSurface", "i1", 3)),
        ),
        Layout(Stream.OWN, (*times, Channel("FuelLevel", "f4", 6))),
    ]
    rng = np.random.default_rng(5)
    for layout in odd:
        for _ in range(20):
            rows = np.frombuffer(rng.bytes(layout.dtype.itemsize * 10), layout.dtype).copy()
            rows["SessionTime"] = np.arange(1, 11)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                end = told([*opening((layout, layout)), block(layout, 0, rows)])
            end.fold.standings()
            assert end.fold.state.refused_blocks == 0
