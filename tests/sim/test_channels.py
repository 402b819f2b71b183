"""The table of variables and the layouts made from it."""

from pitbox.model.channel import CHANNEL_KINDS, LAP_STEP
from pitbox.sim.synthetic.channels import field_layout, own_layout, slow_layout, variables
from pitbox.sim.synthetic.own import SIGNALS
from pitbox.wire.block import check_layout


def test_the_table_is_sound():
    table = variables()
    assert len({variable.name for variable in table}) == len(table) == 335
    for variable in table:
        assert variable.kind in CHANNEL_KINDS
        assert variable.description
        assert variable.count == (6 if variable.is_time else 72 if variable.name.startswith("CarIdx") else 1)
        assert {signal for signal, _ in variable.follows} <= set(SIGNALS)
        assert not (variable.follows or variable.noise) or variable.kind == "f4"


def test_layouts_start_with_the_clock_and_fit_the_wire():
    for layout in (own_layout(), field_layout(72), slow_layout(64)):
        check_layout(layout)
        assert layout.names()[:2] == ("SessionTime", "SessionTick")


def test_the_own_layout_is_a_whole_car():
    assert 280 <= len(own_layout().channels) <= 300
    assert 1000 < own_layout().dtype.itemsize < 1500
    assert all(channel.count == 1 and channel.step == 0 for channel in own_layout().channels)


def test_only_the_lap_fraction_of_the_field_is_counted_in_steps():
    steps = {channel.name: channel.step for channel in field_layout(72).channels if channel.step}
    assert steps == {"CarIdxLapDistPct": LAP_STEP}
    assert field_layout(72).dtype["CarIdxLap"].shape == (72,)
