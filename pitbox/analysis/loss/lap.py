"""One lap against a reference: what was lost in each corner, by what was done there, and on each straight."""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.analysis.driven import Corner, CornerLoss, DrivenLap
from pitbox.analysis.even import channel_at, length_of, time_at
from pitbox.analysis.loss.pedal import least_speed
from pitbox.analysis.loss.sentence import sentence
from pitbox.analysis.loss.zone import Zone, zones

_DEGREE_M = 111_320.0
_NEAR = 0.0005
"""Of the lap, to both sides of the apex: the direction of travel there."""


class StraightLoss(msgspec.Struct, frozen=True):
    after: int | None
    """Number of the corner before it; None before the first."""
    start: float
    end: float
    total_s: float


class LapLoss(msgspec.Struct, frozen=True):
    """The losses of all corners and straights add up to the total."""

    lap: str
    reference: str
    total_s: float
    corners: tuple[CornerLoss, ...]
    straights: tuple[StraightLoss, ...]


def lap_loss(
    lap: DrivenLap, reference: DrivenLap, corners: Sequence[Corner], *, is_metric: bool = True
) -> LapLoss:
    """`corners` of one track, in order from the line."""
    shared = zones((lap, reference), corners)
    edges = np.array([0.0, *(edge for zone in shared for edge in (zone.start, zone.end)), 1.0])
    at_s = time_at(lap, edges) - time_at(reference, edges)
    lost_s = np.diff(at_s)
    straights = [
        StraightLoss(
            after=shared[at - 1].corner.number if at else None,
            start=float(edges[2 * at]),
            end=float(edges[2 * at + 1]),
            total_s=float(lost_s[2 * at]),
        )
        for at in range(len(shared) + 1)
    ]
    return LapLoss(
        lap=lap.name,
        reference=reference.name,
        total_s=float(at_s[-1]),
        corners=tuple(_corner_loss(lap, reference, zone, is_metric) for zone in shared),
        straights=tuple(straights),
    )


def _corner_loss(lap: DrivenLap, reference: DrivenLap, zone: Zone, is_metric: bool) -> CornerLoss:
    own, other = zone.pedals
    full = [pedal for pedal in (own.throttle, other.throttle) if pedal is not None]
    first_full = min(max(min(full), zone.middle_end), zone.end) if len(full) == 2 else None
    edges = np.array([zone.start, zone.middle, zone.middle_end, zone.end])
    braking_s, middle_s, exit_s = _lost(lap, reference, edges)
    ahead_s = None if first_full is None else _lost(lap, reference, np.array([first_full, zone.end]))[0]
    track_m = length_of(reference)
    loss = CornerLoss(
        corner=zone.corner.number,
        total_s=braking_s + middle_s + exit_s,
        braking_s=braking_s,
        middle_s=middle_s,
        exit_s=exit_s,
        brake_point_m=_apart_m(own.brake, other.brake, track_m),
        least_speed_mps=_slower(lap, reference, zone),
        throttle_point_m=_apart_m(own.throttle, other.throttle, track_m),
        offset_m=_offset_m(lap, reference, zone.corner),
        line_s=_line_s(lap, reference, zone),
        throttle_s=ahead_s,
        start=zone.start,
        end=zone.end,
    )
    return msgspec.structs.replace(loss, words=sentence(loss, is_metric=is_metric))


def _lost(lap: DrivenLap, reference: DrivenLap, edges: np.ndarray) -> list[float]:
    lost: list[float] = np.diff(time_at(lap, edges) - time_at(reference, edges)).tolist()
    return lost


def _apart_m(own: float | None, other: float | None, track_m: float) -> float | None:
    return None if own is None or other is None else (own - other) * track_m


def _slower(lap: DrivenLap, reference: DrivenLap, zone: Zone) -> float | None:
    start, end = zone.start, zone.end
    own, other = least_speed(lap, start, end), least_speed(reference, start, end)
    return None if own is None or other is None else own - other


def _line_s(lap: DrivenLap, reference: DrivenLap, zone: Zone) -> float | None:
    """What a longer way through the middle costs at the reference's speed; only of a measured path."""
    edges = np.array([zone.middle, zone.middle_end])
    is_bridged = any(a < edges[1] and b > edges[0] for each in (lap, reference) for a, b in each.holes)
    if "Speed" not in lap.channels or "Speed" not in reference.channels or is_bridged:
        return None
    own_m, other_m = (float(np.diff(np.interp(edges, each.pct, each.path_m))[0]) for each in (lap, reference))
    took_s = float(np.diff(time_at(reference, edges))[0])
    return (own_m - other_m) * took_s / other_m if other_m > 0 else None


def _offset_m(lap: DrivenLap, reference: DrivenLap, corner: Corner) -> float | None:
    """How far outside of the reference's line the apex is passed."""
    is_placed = all({"Lat", "Lon"} <= each.channels.keys() for each in (lap, reference))
    if not is_placed or corner.side not in ("left", "right"):
        return None
    at = np.clip(np.array([corner.apex - _NEAR, corner.apex, corner.apex + _NEAR]), 0.0, 1.0)
    own, other = (_position(each, at) for each in (lap, reference))
    ahead = other[2] - other[0]
    if not np.isfinite(own).all() or not np.isfinite(other).all() or abs(ahead) < 1e-3:
        return None
    to_left = float(((own[1] - other[1]) * np.conj(ahead) / abs(ahead)).imag)
    return -to_left if corner.side == "left" else to_left


def _position(lap: DrivenLap, at: np.ndarray) -> np.ndarray:
    lat, lon = channel_at(lap, "Lat", at), channel_at(lap, "Lon", at)
    place: np.ndarray = _DEGREE_M * (lon * np.cos(np.radians(lat)) + 1j * lat)
    return place
