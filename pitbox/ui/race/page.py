"""The panels of the Race page. A new one is written in its own module, and its plan added here."""

from pitbox.ui.plot.panel import GAPS, STINT_BARS
from pitbox.ui.race.car.panel import CAR
from pitbox.ui.race.incidents.panel import INCIDENTS
from pitbox.ui.race.messages.panel import MESSAGES
from pitbox.ui.race.relative.panel import RELATIVE
from pitbox.ui.race.timing.panel import TIMING
from pitbox.ui.track.panel import TRACK

PANELS = (TIMING, STINT_BARS, GAPS, TRACK, RELATIVE, CAR, INCIDENTS, MESSAGES)
