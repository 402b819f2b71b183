"""A car's fuel: burnt along the lap as the throttle asks, added in the stall."""

from typing import NamedTuple

import numpy as np

from pitbox.sim.synthetic.circuit import Circuit, Floats
from pitbox.sim.synthetic.fleet import Motion

_LANE_SHARE = 0.3
"""Of a racing lap's use for the same distance."""


class Fuel(NamedTuple):
    """The level as a function of a motion, from `since_s` on."""

    level_l: float
    since_s: float
    burnt_laps: float
    """What `_burnt` said at that moment."""
    per_lap_l: float
    flow_lps: float = 0.0

    def level_at(self, motion: Motion, times_s: Floats, circuit: Circuit) -> Floats:
        burnt_l = (_burnt(motion, times_s, circuit) - self.burnt_laps) * self.per_lap_l
        return np.maximum(self.level_l - burnt_l + self.flow_lps * (times_s - self.since_s), 0.0)

    def level(self, motion: Motion, t_s: float, circuit: Circuit) -> float:
        return float(self.level_at(motion, np.array([t_s]), circuit)[0])

    def rebased(
        self, before: Motion, after: Motion, t_s: float, circuit: Circuit, **changes: float
    ) -> "Fuel":
        """At `t_s` the motion, the use or the flow changes; the level does not."""
        return self._replace(
            level_l=self.level(before, t_s, circuit),
            since_s=t_s,
            burnt_laps=float(_burnt(after, np.array([t_s]), circuit)[0]),
            **changes,
        )


def _burnt(motion: Motion, times_s: Floats, circuit: Circuit) -> Floats:
    place = motion.place_at(times_s)
    if motion.is_phase:
        return motion.lap + circuit.burnt(place)
    return (motion.lap + place) * _LANE_SHARE
