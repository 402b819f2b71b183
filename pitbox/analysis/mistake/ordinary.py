"""How a driver ordinarily passes each place of the lap: what a mistake is measured against."""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.analysis.driven import DrivenLap, Floats

LEAST_LAPS = 3
"""Fewer have no middle."""
_SLOWEST = 1.05
"""Of the middle of the quicker half: slower laps are in- and out-laps, cautions, tows."""
_BIN_M = 6.0
_FEWEST_BINS, _MOST_BINS = 200, 4000


class Ordinary(msgspec.Struct, frozen=True, eq=False):
    """Medians over flying laps, by equal bins of the lap; `edges` has one value more than the rest."""

    laps: tuple[str, ...]
    """Names of those it was made of."""
    edges: Floats
    bin_s: Floats
    """Time in each bin."""
    speed_mps: Floats
    throttle_low: Floats | None
    """Three of four laps have more."""
    yaw: Floats | None
    """Where the nose points."""
    slowest_s: float
    """A lap beyond this was driven for something else than time."""

    @property
    def middles(self) -> Floats:
        found: Floats = (self.edges[1:] + self.edges[:-1]) / 2
        return found

    def is_flying(self, lap: DrivenLap) -> bool:
        return lap.time_s <= self.slowest_s


def flying(laps: Sequence[DrivenLap]) -> tuple[list[DrivenLap], float]:
    """The laps that were driven for time, and the slowest time that counts as such."""
    times_s = np.sort([lap.time_s for lap in laps])
    limit_s = _SLOWEST * float(np.median(times_s[: (len(times_s) + 1) // 2]))
    return [lap for lap in laps if lap.time_s <= limit_s], limit_s


def ordinary(laps: Sequence[DrivenLap]) -> Ordinary | None:
    """Of one driver in one car on one track; None while there are too few flying laps."""
    kept, limit_s = flying(laps) if laps else ([], 0.0)
    if len(kept) < LEAST_LAPS:
        return None
    track_m = float(np.median([lap.track_m or lap.path_m[-1] for lap in kept]))
    edges = np.linspace(0.0, 1.0, int(np.clip(track_m / _BIN_M, _FEWEST_BINS, _MOST_BINS)) + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    throttle, speed = _even(kept, "Throttle", middles), _even(kept, "Speed", middles)
    bins_s = np.diff([np.interp(edges, lap.pct, lap.t_s) for lap in kept], axis=1)
    if speed is None:
        speed = track_m / (len(middles) * bins_s)
    return Ordinary(
        laps=tuple(lap.name for lap in kept),
        edges=edges,
        bin_s=np.median(bins_s, axis=0),
        speed_mps=np.median(speed, axis=0),
        throttle_low=None if throttle is None else np.quantile(throttle, 0.25, axis=0),
        yaw=_yaw(kept, middles),
        slowest_s=limit_s,
    )


def _even(laps: Sequence[DrivenLap], name: str, at: Floats) -> Floats | None:
    if any(name not in lap.channels for lap in laps):
        return None
    return np.array([np.interp(at, lap.pct, lap.channels[name]) for lap in laps])


def _yaw(laps: Sequence[DrivenLap], at: Floats) -> Floats | None:
    """The middle direction: of vectors, part by part, so that a turn through pi is no leap."""
    if any("Yaw" not in lap.channels for lap in laps):
        return None
    noses = [np.exp(1j * lap.channels["Yaw"]) for lap in laps]
    even = [np.interp(at, lap.pct, nose.real) + 1j * np.interp(at, lap.pct, nose.imag)
            for lap, nose in zip(laps, noses, strict=True)]  # fmt: skip
    middle = np.median(np.real(even), axis=0) + 1j * np.median(np.imag(even), axis=0)
    found: Floats = np.angle(middle)
    return found
