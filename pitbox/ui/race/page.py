"""The panels of the Race page. A new one is written in its own module, and its plan added here."""

from pitbox.ui.race.timing.panel import TIMING

PANELS = (TIMING,)
