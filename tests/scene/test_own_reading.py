"""What the engineer reads of our car comes over the live lane; what that leaves out would be a dash."""

import msgspec
import numpy as np

from pitbox.model.source import Ticks
from pitbox.sync.live import OWN_CHANNELS
from pitbox.ui.scene.own_car import Reading, reading_of


def row_of(names: tuple[str, ...]) -> Ticks:
    row = np.ones(1, [(name, np.float64) for name in names])
    if "PitSvFlags" in names:
        row["PitSvFlags"] = 0x7F
    none = np.empty(1, [("SessionTime", np.float64)])
    return Ticks(own=row, field=none, slow=none)


def test_each_value_of_a_reading_comes_over_the_live_lane() -> None:
    reading = reading_of(row_of(OWN_CHANNELS))
    assert reading is not None
    empty = [name for name in msgspec.structs.asdict(reading) if getattr(reading, name) in (None, (), False)]
    assert empty == []
    assert None not in reading.wear


def test_a_reading_of_no_channel_knows_nothing() -> None:
    reading = reading_of(row_of(("SessionTime",)))
    assert reading == Reading()
