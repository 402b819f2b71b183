"""The lap that the best parts of several laps would make, and which lap each part comes from.

It is a bound, not a promise: a part may be fast because the one before it was given away. The seams say by
how much the speeds of two neighbours differ, and with few laps there is hardly anything to choose from.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.analysis.driven import DrivenLap, Floats
from pitbox.analysis.even import channel_at, time_at

MINI = 24
FEW_LAPS = 5


class BestPart(msgspec.Struct, frozen=True):
    start: float
    end: float
    time_s: float
    lap: str
    """Whose it is."""
    gain_s: float
    """Against the fastest lap."""
    seam_mps: float | None
    """By how much its speed at the start is above the speed that the part before it ends with."""


class TheoreticalBest(msgspec.Struct, frozen=True):
    time_s: float
    fastest_s: float
    """Of a lap that was driven."""
    fastest: str
    parts: tuple[BestPart, ...]
    laps: int
    """That it was chosen from; laps with rows missing are left out while there are others."""

    @property
    def gain_s(self) -> float:
        return self.fastest_s - self.time_s

    @property
    def is_thin(self) -> bool:
        """So few laps that more of them would make it clearly faster."""
        return self.laps < FEW_LAPS

    @property
    def words(self) -> str:
        if self.laps == 1:
            return "One lap: its time is all that is known."
        few = f" Only {self.laps} laps: more would make it faster." if self.is_thin else ""
        return f"{self.gain_s:.3f} s faster than the fastest of {self.laps} laps.{few}"


def theoretical_best(
    laps: Sequence[DrivenLap], edges: Sequence[float] | int = MINI
) -> TheoreticalBest | None:
    """`edges`: where sectors begin, as fractions, or how many even ones; None without laps."""
    sound = [lap for lap in laps if not lap.holes] or list(laps)
    if not sound:
        return None
    marks = _marks(edges)
    times = np.stack([np.diff(time_at(lap, marks)) for lap in sound])
    fastest = min(range(len(sound)), key=lambda at: sound[at].time_s)
    chosen = times.argmin(axis=0)
    speeds = [channel_at(lap, "Speed", marks) if "Speed" in lap.channels else None for lap in sound]
    parts = []
    for at, whose in enumerate(chosen.tolist()):
        parts.append(
            BestPart(
                start=float(marks[at]),
                end=float(marks[at + 1]),
                time_s=float(times[whose, at]),
                lap=sound[whose].name,
                gain_s=float(times[fastest, at] - times[whose, at]),
                seam_mps=_seam(speeds[whose], speeds[int(chosen[at - 1])], at),
            )
        )
    return TheoreticalBest(
        time_s=float(times.min(axis=0).sum()),
        fastest_s=sound[fastest].time_s,
        fastest=sound[fastest].name,
        parts=tuple(parts),
        laps=len(sound),
    )


def _marks(edges: Sequence[float] | int) -> Floats:
    if isinstance(edges, int):
        return np.arange(edges + 1) / edges
    inner = sorted({float(edge) for edge in edges if 0.0 < edge < 1.0})
    return np.array([0.0, *inner, 1.0])


def _seam(own: Floats | None, before: Floats | None, at: int) -> float | None:
    if at == 0 or own is None or before is None:
        return None
    return float(own[at] - before[at])
