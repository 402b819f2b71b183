"""Hands and feet: how smooth, how aggressive and how repeatable a driver's inputs are.

All of it is measured on a clock of its own, on which each lap is driven at 45 m/s on average: a quicker lap
with the same hands gives the same figures. All inputs are smoothed before anything is measured, by three
samples at 30 Hz, so that the rate of recording does not matter either.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from pitbox.analysis.driven import DrivenLap, Floats

LEAST_LAPS = 4
"""Fewer say nothing about repeating."""
_CLOCK_MPS = 45.0
_RATE_HZ = 30.0
_FINE_S, _COARSE_S = 0.1, 0.4
_QUICK_HZ = 1.2
"""Faster than what a corner asks for: corrections."""
_LAST_HZ = 4.0
_CHANNELS = {"steering": "SteeringWheelAngle", "throttle": "Throttle", "brake": "Brake"}
_USUAL_RATE = {"steering": 1.2, "throttle": 2.5, "brake": 3.0}
"""Ranges a second at which aggression is 63; a pedal's range is its travel."""
_BINS = 400
_USUAL_SPREAD = 0.10
"""Of the range, at which precision is 50."""
_AT_WORK = 0.02
_NORMAL = 1.4826


class Hand(msgspec.Struct, frozen=True):
    """One input over one lap. Figures of 0 to 100 rise with what they are named after."""

    smoothness: float
    """Movement that is left after smoothing by 0.4 s, of all movement: 100 is without any correction."""
    jerk: float
    """Root mean square of the third derivative against that of the first, 1/s²; smoother is less."""
    quick_share: float
    """Of the movement's power, what is quicker than 1.2 Hz; 0 to 1."""
    aggression: float
    """From the rate that is exceeded a fiftieth of the time."""


class LapInputs(msgspec.Struct, frozen=True):
    lap: str
    hands: dict[str, Hand]
    """Of `steering`, `throttle` and `brake`, those that were recorded and moved."""
    missing: tuple[str, ...]

    @property
    def smoothness(self) -> float | None:
        return _mean([hand.smoothness for hand in self.hands.values()])

    @property
    def aggression(self) -> float | None:
        return _mean([hand.aggression for hand in self.hands.values()])


class Precision(msgspec.Struct, frozen=True, eq=False):
    """How well a driver repeats each input at each place."""

    score: dict[str, float]
    """0 to 100, by input."""
    spread: dict[str, Floats]
    """By equal bins of the lap: shares of the input's range; for a picture of where."""
    missing: tuple[str, ...]

    @property
    def overall(self) -> float | None:
        return _mean(list(self.score.values()))


def lap_inputs(lap: DrivenLap) -> LapInputs:
    hands, missing = {}, []
    for name, channel in _CHANNELS.items():
        if channel not in lap.channels:
            missing.append(f"no {channel}")
            continue
        hand = _hand(lap, name, lap.channels[channel])
        if hand is None:
            missing.append(f"{channel} never moved")
        else:
            hands[name] = hand
    return LapInputs(lap.name, hands, tuple(missing))


def precision(laps: Sequence[DrivenLap]) -> Precision:
    """Over flying laps of one driver; a lap that is not belongs left out."""
    if len(laps) < LEAST_LAPS:
        return Precision({}, {}, (f"{len(laps)} laps, {LEAST_LAPS} are needed",))
    score, spread, missing = {}, {}, []
    for name, channel in _CHANNELS.items():
        if any(channel not in lap.channels for lap in laps):
            missing.append(f"no {channel}")
            continue
        found = _spread(laps, channel)
        if found is None:
            missing.append(f"{channel} never moved")
            continue
        spread[name], is_work = found
        score[name] = 100.0 * 2.0 ** (-float(spread[name][is_work].mean()) / _USUAL_SPREAD)
    return Precision(score, spread, tuple(missing))


def _hand(lap: DrivenLap, name: str, values: Floats) -> Hand | None:
    even = _even(lap, values)
    fine, coarse = _smooth(even, _FINE_S), _smooth(even, _COARSE_S)
    span = float(np.quantile(fine, 0.995) - np.quantile(fine, 0.005))
    if not span > _AT_WORK / 10:
        return None
    rate = np.gradient(fine) * _RATE_HZ
    third = np.gradient(np.gradient(rate)) * _RATE_HZ**2
    power = np.abs(np.fft.rfft(rate - rate.mean())) ** 2
    at_hz = np.fft.rfftfreq(len(rate), 1.0 / _RATE_HZ)
    known = power[at_hz <= _LAST_HZ]
    # A pedal's range is its travel; a wheel's is what the lap asked for.
    brisk = float(np.quantile(np.abs(rate), 0.98)) / (span if name == "steering" else 1.0)
    return Hand(
        smoothness=100.0 * min(1.0, float(np.abs(np.diff(coarse)).sum() / np.abs(np.diff(fine)).sum())),
        jerk=float(np.sqrt((third**2).mean() / (rate**2).mean())),
        quick_share=float(power[(at_hz > _QUICK_HZ) & (at_hz <= _LAST_HZ)].sum() / known.sum()),
        aggression=100.0 * (1.0 - float(np.exp(-brisk / _USUAL_RATE[name]))),
    )


def _even(lap: DrivenLap, values: Floats) -> Floats:
    """On the clock of 45 m/s; samples of a quicker recording are averaged first."""
    length_m = lap.track_m or float(lap.path_m[-1])
    lasts_s = length_m / _CLOCK_MPS
    clock_s = lap.t_s * (lasts_s / lap.time_s)
    edges = np.arange(0.0, lasts_s + 0.5 / _RATE_HZ, 1.0 / _RATE_HZ)
    over = np.concatenate(([0.0], np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(clock_s))))
    found: Floats = np.diff(np.interp(edges, clock_s, over)) * _RATE_HZ
    return found


def _smooth(values: Floats, sigma_s: float) -> Floats:
    reach = int(np.ceil(4.0 * sigma_s * _RATE_HZ))
    at = np.arange(-reach, reach + 1) / _RATE_HZ
    weights = np.exp(-0.5 * (at / sigma_s) ** 2)
    padded = np.pad(values, reach, mode="edge")
    found: Floats = np.convolve(padded, weights / weights.sum(), "valid")
    return found


def _spread(laps: Sequence[DrivenLap], channel: str) -> tuple[Floats, Floats] | None:
    """By bins: the laps' spread as a share of the range; and where the input is at work."""
    length_s = np.mean([lap.track_m or lap.path_m[-1] for lap in laps]) / _CLOCK_MPS
    even = [_smooth(_even(lap, lap.channels[channel]), _FINE_S) for lap in laps]
    middles = (np.arange(_BINS) + 0.5) / _BINS
    rows = []
    for lap, values in zip(laps, even, strict=True):
        clock_s = (np.arange(len(values)) + 0.5) / _RATE_HZ
        share = np.interp(middles, lap.pct, lap.t_s) / lap.time_s
        rows.append(np.interp(share * length_s, clock_s, values))
    table = np.array(rows)
    span = float(np.quantile(table, 0.995) - np.quantile(table, 0.005))
    if not span > _AT_WORK / 10:
        return None
    middle = np.median(table, axis=0)
    # Spread of few laps is told too small by its middle: n / (n - 1) mends most of that.
    spread = _NORMAL * np.median(np.abs(table - middle), axis=0) / span * (len(laps) / (len(laps) - 1))
    is_work = (np.abs(middle - np.median(table)) > _AT_WORK * span) | (spread > _AT_WORK)
    return spread, is_work


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
