"""Lock-ups and wheelspin: the wheels against the road, or what else gives them away.

The sim writes the speed of each wheel to disk and keeps it to itself live. There the engine tells of the axle
to which the gearbox ties it, and the deceleration of the others: less than the brake gives elsewhere.
"""

import numpy as np

from pitbox.analysis.driven import DrivenLap, Floats, MistakeKind
from pitbox.analysis.mistake.need import WHEELS, ways
from pitbox.analysis.mistake.stretch import Mask, Stretch, around, runs

_LEAST_MPS = 8.0
_LOCKED_SLIP, _SPINNING_SLIP = -0.3, 0.15
"""A tyre grips best at 0.05 to 0.12; with ABS real cars stay above -0.15."""
_LOCK_S, _SPIN_S = 0.08, 0.12
_ENGINE_SPIN_S = 0.18
"""A kerb or a bump lets the engine go for less."""
_JOIN_S = 0.15
_SIDEWAYS = 0.35
"""Of forward speed: from there on it is a slide of the whole car."""
_HALF_TRACK_M = 0.8
_SHIFT_S = 0.45
"""Around a change of gear the engine is on its own."""
_ENGINE_LOCKED, _ENGINE_SPINNING = 0.75, 1.12
_LEAST_IN_GEAR = 60
_WEAK = 0.6
"""Of the deceleration that this brake gives at this speed elsewhere: two wheels that stand, not a bump."""
_WEAK_S = 0.2
_HARD = 0.4
_ENOUGH_BRAKED = 120
_FULL_LOCK_S, _FULL_SPIN_S = 1.0, 2.0
"""From there on it cannot be worse."""


def lock_ups(lap: DrivenLap) -> list[Stretch]:
    """By the wheels if they are known; else by engine and deceleration, whichever channels there are."""
    found = ways(MistakeKind.LOCK_UP, lap.channels)
    if not found:
        return []
    braked = (lap.channels["Brake"] > 0.1) & (lap.channels["Speed"] > _LEAST_MPS)
    if WHEELS[0] in found[0]:
        holds, how = braked & (_slip(lap).min(axis=0) < _LOCKED_SLIP), "by the wheels"
        spans = runs(holds, lap.t_s, _LOCK_S, _JOIN_S)
    else:
        holds = (
            _is_weak(lap) if any("LongAccel" in way for way in found) else np.zeros(len(lap.t_s), np.bool_)
        )
        if any("RPM" in way for way in found):
            holds |= braked & (_engine_held_back(lap) < _ENGINE_LOCKED)
        spans, how = runs(holds, lap.t_s, _WEAK_S, _JOIN_S), "by engine and deceleration"
    return [_stretch(lap, MistakeKind.LOCK_UP, span, _FULL_LOCK_S, how) for span in spans]


def wheelspins(lap: DrivenLap) -> list[Stretch]:
    found = ways(MistakeKind.WHEELSPIN, lap.channels)
    if not found:
        return []
    driven = (lap.channels["Throttle"] > 0.25) & (lap.channels["Speed"] > _LEAST_MPS)
    if WHEELS[0] in found[0]:
        holds, how = driven & (_slip(lap).max(axis=0) > _SPINNING_SLIP), "by the wheels"
        spans = runs(holds, lap.t_s, _SPIN_S, _JOIN_S)
    else:
        holds, how = driven & (_engine(lap) > _ENGINE_SPINNING), "by the engine"
        spans = runs(holds, lap.t_s, _ENGINE_SPIN_S, _JOIN_S)
    return [_stretch(lap, MistakeKind.WHEELSPIN, span, _FULL_SPIN_S, how) for span in spans]


def _slip(lap: DrivenLap) -> Floats:
    """(4, samples): each wheel against the road under it; 0 where the whole car slides."""
    speed = lap.channels["Speed"]
    forward = lap.channels.get("VelocityX", speed)
    across = lap.channels.get("VelocityY", np.zeros(len(speed)))
    turn_mps = lap.channels.get("YawRate", np.zeros(len(speed))) * _HALF_TRACK_M
    is_straight = (np.abs(across) < _SIDEWAYS * np.maximum(forward, 1.0)) & (speed > _LEAST_MPS)
    # Yaw counts anticlockwise: in a left turn the wheels on the right have further to go.
    road = np.array([forward - turn_mps, forward + turn_mps] * 2)
    wheels = np.array([lap.channels[name] for name in WHEELS])
    slip = wheels / np.maximum(road, 1.0) - 1.0
    # Tyres of unlike size, as on ovals: what a wheel does when nobody asks anything of it is its zero.
    idle = is_straight & (lap.channels.get("Brake", speed * 0) < 0.02)
    zero = np.median(slip[:, idle], axis=1) if idle.sum() > _LEAST_IN_GEAR else np.zeros(4)
    found: Floats = np.where(is_straight, slip - zero[:, None], 0.0)
    return found


def _engine(lap: DrivenLap) -> Floats:
    """Engine speed against road speed in each gear, as a share of its middle; 1 where that says nothing."""
    ratio, usual, is_shift = _geared(lap)
    return np.where(is_shift | np.isnan(usual), 1.0, ratio / usual)


def _engine_held_back(lap: DrivenLap) -> Floats:
    """The same, but through changes of gear too: against the highest gear of that moment.

    No shift takes the engine below what the higher of both gears gives; wheels that stand do, and who brakes
    that hard changes gear all the time.
    """
    ratio, usual, is_shift = _geared(lap)
    known = np.where(np.isnan(usual), np.inf, usual)
    least = known.copy()
    for at in np.flatnonzero(is_shift):
        first, last = np.searchsorted(lap.t_s, (lap.t_s[at] - _SHIFT_S, lap.t_s[at] + _SHIFT_S / 3))
        least[at] = known[first : last + 1].min()
    return np.where(np.isinf(known) | np.isinf(least), 1.0, ratio / least)


def _geared(lap: DrivenLap) -> tuple[Floats, Floats, Mask]:
    """Engine speed over road speed, its middle in the gear of each sample (NaN: unknown), and shifts."""
    rpm, speed, gear = (lap.channels[name] for name in ("RPM", "Speed", "Gear"))
    gear = np.rint(gear)
    is_shift = around(np.concatenate(([False], np.diff(gear) != 0)), lap.t_s, _SHIFT_S / 3, _SHIFT_S)
    counts = speed > _LEAST_MPS
    if "Clutch" in lap.channels:
        counts &= lap.channels["Clutch"] > 0.95
    ratio: Floats = rpm / np.maximum(speed, 1.0)
    usual = np.full(len(rpm), np.nan)
    for each in np.unique(gear[gear > 0]):
        mine = counts & (gear == each)
        if (mine & ~is_shift).sum() >= _LEAST_IN_GEAR:
            usual[mine] = np.median(ratio[mine & ~is_shift])
    return ratio, usual, is_shift


def _is_weak(lap: DrivenLap) -> Mask:
    """Braked hard, yet slowing less than the same brake does at that speed on the rest of the lap.

    With ABS at work a wheel turns: what it takes back is no lock-up.
    """
    brake, speed, accel = (lap.channels[name] for name in ("Brake", "Speed", "LongAccel"))
    hard = (brake > _HARD) & (speed > _LEAST_MPS)
    if "BrakeABSactive" in lap.channels:
        hard &= lap.channels["BrakeABSactive"] < 0.5
    if hard.sum() < _ENOUGH_BRAKED:
        return np.zeros(len(brake), np.bool_)
    # Deceleration = brake x constant + drag x speed²: fitted twice, the second time without what was weak.
    design = np.stack((brake, speed**2), axis=1)
    kept = hard
    expected = np.zeros(len(brake))
    for _ in range(2):
        weights, *_ = np.linalg.lstsq(design[kept], -accel[kept], rcond=None)
        expected = design @ weights
        kept = hard & (-accel > _WEAK * expected)
        if kept.sum() < _ENOUGH_BRAKED / 2:
            return np.zeros(len(brake), np.bool_)
    # The pedal's first moment: deceleration follows it late.
    begins = around(np.concatenate(([False], np.diff(brake > 0.1) != 0)), lap.t_s, 0.05, 0.25)
    found: Mask = hard & ~begins & (-accel < _WEAK * expected)
    return found


def _stretch(lap: DrivenLap, kind: MistakeKind, span: tuple[int, int], full_s: float, how: str) -> Stretch:
    lasts_s = float(lap.t_s[span[1]] - lap.t_s[span[0]])
    return Stretch(kind, *span, min(1.0, lasts_s / full_s), f"{lasts_s:.2f} s, {how}")
