"""Rows put in order: when and where the car was, unrolled over the laps, and where that breaks off and why.

The place comes from LapDistPct; where that is not there from LapDist, else from speed summed up between the
changes of Lap. Rows of zeros, as the sim writes at each reset, rows told twice and rows of nowhere fall out.
"""

import itertools

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.analysis.column import Rows, column, floats, has_column, row_count
from pitbox.analysis.outline import Floats

LONGEST_HOLE_S = 2.0
"""A longer stretch without rows ends a lap."""
_LEAP, _LEAP_PER_S = 0.02, 0.15
"""Of a lap, between two rows: what is more is a reset or a tow. The shortest of ovals takes 10 s."""
_LOST_MPS, _LOST_MPS_PER_S = 10.0, 40.0


class Trail(msgspec.Struct, frozen=True, eq=False):
    index: NDArray[np.intp]
    """Of the rows that are kept, in order of time."""
    t_s: Floats
    place: Floats
    """Laps, from 0 on, unrolled; starts anew behind each break."""
    breaks: NDArray[np.intp]
    """Between row i and the next."""
    reasons: tuple[str, ...]
    """Of each break."""
    track_m: float
    """As it was told, or as LapDist shows it; else 0."""
    why: str = ""
    """Why there is none at all."""

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """(first, behind the last) of each stretch without a break."""
        edges = [0, *(self.breaks + 1).tolist(), len(self.t_s)]
        return [(a, b) for a, b in itertools.pairwise(edges) if b > a]


def trail_of(rows: Rows, track_m: float = 0.0) -> Trail:
    time_s = floats(rows, "SessionTime")
    if time_s is None or row_count(rows) < 2:
        return _none(
            "There are no rows." if row_count(rows) < 2 else "No channel says the time (SessionTime)."
        )
    part = floats(rows, "SessionNum")
    if part is None:
        part = np.zeros(len(time_s))
    order = _order(part, time_s)
    if _is_placed(rows):
        pct, track_m, blank = _told(rows, order, track_m)
        order = order[np.isfinite(time_s[order]) & np.isfinite(pct[order]) & (np.abs(pct[order]) <= 2)]
        order = order[~blank[order]]
        place = _unrolled(pct[order])
    elif has_column(rows, "Lap") and has_column(rows, "Speed"):
        order = order[np.isfinite(time_s[order])]
        place = _paced(rows, order, time_s[order])
    else:
        return _none("No channel says where the car is (LapDistPct, LapDist, or Lap and Speed).")
    if len(order) < 2:
        return _none("No row says where the car is.")
    breaks, reasons = _breaks(rows, order, time_s[order], place, part[order])
    return Trail(order, time_s[order], place, breaks, reasons, track_m)


def _none(why: str) -> Trail:
    nothing = np.zeros(0)
    return Trail(np.zeros(0, np.intp), nothing, nothing, np.zeros(0, np.intp), (), 0.0, why)


def _order(part: Floats, time_s: Floats) -> NDArray[np.intp]:
    """By time; of rows that tell the same moment the first."""
    forward = (np.diff(part) > 0) | ((np.diff(part) == 0) & (np.diff(time_s) > 0))
    if forward.all():
        return np.arange(len(time_s))
    order = np.lexsort((time_s, part))
    is_new = np.concatenate(([True], (np.diff(part[order]) != 0) | (np.diff(time_s[order]) > 0)))
    return order[is_new]


def _is_placed(rows: Rows) -> bool:
    return has_column(rows, "LapDistPct") or has_column(rows, "LapDist")


def _told(rows: Rows, order: NDArray[np.intp], track_m: float) -> tuple[Floats, float, NDArray[np.bool_]]:
    """Lap fraction of each row, the length of the track, and the rows of zeros."""
    pct = floats(rows, "LapDistPct")
    if pct is None:
        far_m = floats(rows, "LapDist")
        assert far_m is not None
        track_m = track_m or _shown_length_m(rows, far_m, order)
        pct = far_m / max(track_m, 1.0)
    blank = pct == 0
    for name in ("Speed", "RPM", "Lat", "Yaw"):
        values = column(rows, name)
        if values is not None:
            blank &= values == 0
    return pct, track_m, blank


def _shown_length_m(rows: Rows, far_m: Floats, order: NDArray[np.intp]) -> float:
    """Where the distance starts anew, with what was driven between the two rows."""
    far_m = far_m[order]
    most_m = float(np.nanmax(far_m, initial=0.0))
    lines = np.flatnonzero(np.diff(far_m) < -0.9 * most_m)
    time_s, speed_mps = floats(rows, "SessionTime"), floats(rows, "Speed")
    if not len(lines) or time_s is None or speed_mps is None:
        return most_m
    between_m = speed_mps[order][lines] * np.diff(time_s[order])[lines]
    return float(np.median(far_m[lines] + between_m - far_m[lines + 1]))


def _unrolled(pct: Floats) -> Floats:
    move = np.diff(pct)
    laps = np.concatenate(([0.0], np.cumsum((move < -0.5).astype(np.float64) - (move > 0.5))))
    place: Floats = pct + laps
    unrolled: Floats = place - np.floor(place.min(initial=0.0))
    return unrolled


def _paced(rows: Rows, order: NDArray[np.intp], t_s: Floats) -> Floats:
    """By the path between two changes of the lap count; the line is crossed midway between two rows."""
    lap, speed_mps = floats(rows, "Lap"), floats(rows, "Speed")
    assert lap is not None
    assert speed_mps is not None
    path_m = summed(t_s, speed_mps[order])
    lines = np.flatnonzero(np.diff(lap[order]) == 1)
    at_m = (path_m[lines] + path_m[lines + 1]) / 2
    if len(at_m) < 2:
        return np.full(len(t_s), 0.5)
    lap_m = float(np.median(np.diff(at_m)))
    knots = np.concatenate(([at_m[0] - 10 * lap_m], at_m, [at_m[-1] + 10 * lap_m]))
    # What lies before the first line and behind the last is no whole lap: it stays within one.
    place = np.interp(path_m, knots, np.concatenate(([-10.0], np.arange(len(at_m)), [len(at_m) + 9.0])))
    clipped: Floats = np.clip(place, -0.999, len(at_m) - 0.001) + 1.0
    return clipped


def summed(t_s: Floats, rate: Floats) -> Floats:
    """A rate over time, from 0."""
    rate = np.where(np.isfinite(rate), rate, 0.0)
    total: Floats = np.concatenate(([0.0], np.cumsum((rate[1:] + rate[:-1]) / 2 * np.diff(t_s))))
    return total


def _breaks(
    rows: Rows, order: NDArray[np.intp], t_s: Floats, place: Floats, part: Floats
) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    span_s, move = np.diff(t_s), np.diff(place)
    reasons = dict[int, str]()

    def say(found: NDArray[np.bool_], words: str) -> None:
        for at in np.flatnonzero(found).tolist():
            reasons.setdefault(
                at,
                words.format(s=span_s[at], a=place[at] % 1.0 * 100, b=place[at + 1] % 1.0 * 100),
            )

    say(np.diff(part) != 0, "another part of the session begins")
    say(span_s > LONGEST_HOLE_S, "no rows for {s:.1f} s at {a:.1f} % of the lap")
    driven = column(rows, "IsOnTrack")
    if driven is not None:
        is_in = driven[order] > 0
        say(is_in[1:] != is_in[:-1], "the driver got in or out at {a:.1f} % of the lap")
    say(
        np.abs(move) > _LEAP + _LEAP_PER_S * span_s,
        "jumped from {a:.1f} to {b:.1f} % of the lap: a reset or a tow",
    )
    speed_mps = floats(rows, "Speed")
    if speed_mps is not None:
        # A reset close by: rows are missing, and so is the speed. No crash stops a car within two rows.
        lost = np.abs(np.diff(speed_mps[order])) > _LOST_MPS + _LOST_MPS_PER_S * span_s
        say(
            lost & (span_s > 1.5 * float(np.median(span_s))),
            "the speed breaks off at {a:.1f} % of the lap: a reset",
        )
    found = sorted(reasons)
    return np.array(found, np.intp), tuple(reasons[at] for at in found)
