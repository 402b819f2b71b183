"""The panels of the Race page, and where each stands as long as nobody moved it.

A new one is written in its own module, and its plan added here. The eye goes from our line in the table to
our car's fuel and window, then to the top call, and from there to the map: all stand beside the table.
"""

from typing import Any

import msgspec

from pitbox.ui.plot.panel import GAPS, STINT_BARS
from pitbox.ui.race.calls.panel import CALLS
from pitbox.ui.race.car.panel import CAR
from pitbox.ui.race.incidents.panel import INCIDENTS
from pitbox.ui.race.messages.panel import MESSAGES
from pitbox.ui.race.relative.panel import RELATIVE
from pitbox.ui.race.timing.panel import TIMING
from pitbox.ui.shell.panel import PanelPlan
from pitbox.ui.track.panel import TRACK


def _at(plan: PanelPlan, column: int, row: int, **place: Any) -> PanelPlan:
    return msgspec.structs.replace(plan, column=column, row=row, **place)


PANELS = (
    _at(TIMING, 0, 0, width=8, height=6),
    _at(STINT_BARS, 0, 1, width=8, height=4),
    _at(GAPS, 0, 1, width=8, height=4, tab=True),
    _at(TRACK, 1, 0, width=6, height=8),
    _at(RELATIVE, 1, 1, cell=0, width=12, height=10),
    _at(CAR, 1, 1, cell=1, width=15, height=10),
    _at(CALLS, 1, 2, cell=0, width=12, height=6),
    _at(INCIDENTS, 1, 2, cell=0, width=12, height=6, tab=True),
    _at(MESSAGES, 1, 2, cell=1, width=15, height=6),
)
