"""How far behind a reference a lap is at each place; at the line that is the difference of the lap times."""

import msgspec

from pitbox.analysis.driven import DrivenLap, Floats
from pitbox.analysis.even import STEP_M, grid, length_of, time_at


class Delta(msgspec.Struct, frozen=True, eq=False):
    name: str
    reference: str
    pct: Floats
    delta_s: Floats
    """More than the reference needed so far: positive."""

    @property
    def total_s(self) -> float:
        return float(self.delta_s[-1])


def delta(lap: DrivenLap, reference: DrivenLap, pct: Floats | None = None, step_m: float = STEP_M) -> Delta:
    if pct is None:
        pct = grid(length_of(reference), step_m)
    return Delta(lap.name, reference.name, pct, time_at(lap, pct) - time_at(reference, pct))
