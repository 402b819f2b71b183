"""Off the track, and around: what the whole car does."""

import numpy as np

from pitbox.analysis.driven import DrivenLap, Floats, MistakeKind
from pitbox.analysis.mistake.need import ways
from pitbox.analysis.mistake.ordinary import Ordinary
from pitbox.analysis.mistake.stretch import Mask, Stretch, runs
from pitbox.model.code import TrackSurface

_OFF_JOIN_S = 0.5
_FULL_OFF_S = 3.0
_AROUND = np.radians(60.0)
"""Nobody holds a slide beyond that."""
_LEAST_MPS = 2.0
_SPIN_S, _SPIN_JOIN_S = 0.1, 2.5
_SLOW = 0.5
"""Of the ordinary speed: until then a spin is not over."""


def offs(lap: DrivenLap) -> list[Stretch]:
    """With all that makes the sim say so; what it does not call off is on the track."""
    if not ways(MistakeKind.OFF, lap.channels):
        return []
    is_off = np.rint(lap.channels["PlayerTrackSurface"]) == int(TrackSurface.OFF_TRACK)
    found = []
    for first, last in runs(is_off, lap.t_s, 0.0, _OFF_JOIN_S):
        lasts_s = float(lap.t_s[last] - lap.t_s[first])
        words = f"off the track for {lasts_s:.1f} s"
        found.append(Stretch(MistakeKind.OFF, first, last, min(1.0, lasts_s / _FULL_OFF_S), words))
    return found


def spins(lap: DrivenLap, usual: Ordinary | None) -> list[Stretch]:
    """By where the car goes against where it points; else by where it ordinarily points there."""
    turned = _turned(lap, usual)
    if turned is None:
        return []
    found = []
    for first, last in runs(turned > _AROUND, lap.t_s, _SPIN_S, _SPIN_JOIN_S):
        degrees = float(np.degrees(turned[first : last + 1].max()))
        end = _back_at_speed(lap, usual, last)
        words = f"turned {degrees:.0f}° from where it went"
        found.append(Stretch(MistakeKind.SPIN, first, end, min(1.0, degrees / 180.0), words))
    return _apart(found)


def _turned(lap: DrivenLap, usual: Ordinary | None) -> Floats | None:
    parts = []
    has = lap.channels
    moves: Mask | None = has["Speed"] > _LEAST_MPS if "Speed" in has else None
    if moves is not None and "VelocityX" in has and "VelocityY" in has:
        slide = np.abs(np.arctan2(has["VelocityY"], has["VelocityX"]))
        parts.append(np.where(moves, slide, 0.0))
    if moves is not None and usual is not None and usual.yaw is not None and "Yaw" in has:
        nose = np.exp(1j * usual.yaw)
        there = np.interp(lap.pct, usual.middles, nose.real) + 1j * np.interp(
            lap.pct, usual.middles, nose.imag
        )
        parts.append(np.where(moves, np.abs(np.angle(np.exp(1j * has["Yaw"]) / there)), 0.0))
    return np.max(parts, axis=0) if parts else None


def _back_at_speed(lap: DrivenLap, usual: Ordinary | None, last: int) -> int:
    """The sample at which it drives on; it may stand for a while first."""
    speed = lap.channels["Speed"]
    if usual is None:
        return last
    goal = _SLOW * np.interp(lap.pct[last:], usual.middles, usual.speed_mps)
    again = np.flatnonzero(speed[last:] >= goal)
    return last + int(again[0]) if len(again) else len(speed) - 1


def _apart(found: list[Stretch]) -> list[Stretch]:
    """A car that turns on in the same slide spun once."""
    kept: list[Stretch] = []
    for each in found:
        if kept and each.first <= kept[-1].last:
            continue
        kept.append(each)
    return kept
