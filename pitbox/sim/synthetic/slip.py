"""Wheels that lock or spin: drawn at a braking point or at an exit, driven, and told wheel by wheel.

While it lasts the car has not the deceleration, or not the acceleration, that the pedal asks for; after a
lock-up it is slow through the corner. Only a scenario with such mishaps has any of this.
"""

import numpy as np
from numpy.typing import NDArray

from pitbox.sim.synthetic.circuit import Circuit, Floats
from pitbox.sim.synthetic.race import Car, Race
from pitbox.sim.synthetic.road import Script, rest
from pitbox.sim.synthetic.truth import SlipTruth

WHEELS = ("LF", "RF", "LR", "RR")
_DRIVEN = ("LR", "RR")
KINDS = ("lock_up", "wheelspin")
_BRAKES, _THROTTLE = 0.6, 0.6
_AXLES = {
    "lock_up": (("LF",), ("RF",), ("LF", "RF"), ("LR", "RR")),
    "wheelspin": (("LR", "RR"), ("LR",), ("RR",)),
}
_LASTS_S = {"lock_up": (0.25, 1.0), "wheelspin": (0.3, 1.4)}
_SLIPS = {"lock_up": (-1.0, -0.4), "wheelspin": (0.2, 0.6)}
_LOST = {"lock_up": (0.3, 0.55), "wheelspin": (0.35, 0.6)}
"""Of what the pedal asks for."""
_ORDINARY_BRAKED, _ORDINARY_DRIVEN = -0.07, 0.05
"""How far a tyre slips that does its work."""
_RISE_S = 0.06
_RECOVERS_S, _AFTER = 0.5, 0.93
"""From too quick to too slow for the corner that was missed, as a share of its usual speed."""
_ROAD = slice(0.1, 0.9)
_PLACES = 2000


def place_of(kind: str, phase: float, circuit: Circuit) -> float | None:
    """The next phase at which that can happen; None where the lap has no further one."""
    phases = np.linspace(phase, _ROAD.stop, _PLACES)
    _, long_mps2, _, throttle, brake, _ = circuit.signals(circuit.fraction(phases)).T
    if kind == "lock_up":
        begins = (brake > _BRAKES) & (np.roll(brake, 1) <= brake)
    else:
        begins = (throttle > _THROTTLE) & (long_mps2 > 3.0)
    found = np.flatnonzero(begins[1:])
    return float(phases[1:][found[0]]) if len(found) else None


def slide(race: Race, car: Car, t_s: float, kind: str) -> Script:
    rng, idx = race.rng, car.idx
    lasts_s, slip = (float(rng.uniform(*span[kind])) for span in (_LASTS_S, _SLIPS))
    wheels = _AXLES[kind][int(rng.integers(len(_AXLES[kind])))]
    place, rate = race.fleet.place_now(idx, t_s), race.fleet.speed_now(idx, t_s)
    lap = int(race.fleet.lap[idx])
    pct = race.circuit.fraction_at(min(max(place - lap, 0.0), 1.0 - 1e-9))
    usual_mps, long_mps2, *_ = race.circuit.signals(np.array([pct]))[0].tolist()
    # The share of the pedal that the road does not get, as a change of pace.
    missing_mps2 = -long_mps2 * float(rng.uniform(*_LOST[kind]))
    accel = missing_mps2 / (usual_mps * race.circuit.lap_s)
    after_s = _RECOVERS_S if kind == "lock_up" else 0.0
    told = SlipTruth(idx, kind, t_s, t_s + lasts_s, lap, pct, wheels, slip, t_s + lasts_s + after_s)
    car.slip = told
    race.truth.slips.append(told)
    race.move(car, t_s, place, rate, accel, is_phase=True)
    t_s = yield from rest(race, car, t_s, lasts_s)
    place, now = race.fleet.place_now(idx, t_s), race.fleet.speed_now(idx, t_s)
    if after_s:
        race.move(car, t_s, place, now, (_AFTER * rate - now) / after_s, is_phase=True)
        t_s = yield from rest(race, car, t_s, after_s)
        place, now = race.fleet.place_now(idx, t_s), race.fleet.speed_now(idx, t_s)
    race.move(car, t_s, place, now, is_phase=True)
    return t_s


def is_slipping(slip: SlipTruth, times_s: Floats) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (times_s >= slip.start_s) & (times_s < slip.end_s)
    return found


def is_off_pace(slip: SlipTruth, times_s: Floats) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (times_s >= slip.start_s) & (times_s < slip.until_s)
    return found


def slip_now(slip: SlipTruth, times_s: Floats) -> Floats:
    """Of a wheel that has it: up and down again in a moment."""
    begun = np.clip((times_s - slip.start_s) / _RISE_S, 0.0, 1.0)
    left = np.clip((slip.end_s - times_s) / _RISE_S, 0.0, 1.0)
    found: Floats = slip.slip * np.minimum(begun, left)
    return found


def engine_share(slip: SlipTruth, times_s: Floats) -> Floats:
    """Of the speed that the engine has in this gear otherwise: the rear wheels drive it, on average."""
    driven = sum(wheel in _DRIVEN for wheel in slip.wheels) / 2
    return 1.0 + driven * slip_now(slip, times_s)


def wheel_shares(
    slip: SlipTruth | None, times_s: Floats, brake: Floats, throttle: Floats
) -> dict[str, Floats]:
    """Each wheel's speed as a share of the road's: a tyre that works slips a little, one of `slip` more."""
    working = _ORDINARY_BRAKED * brake
    found = {wheel: 1.0 + working + _ORDINARY_DRIVEN * throttle * (wheel in _DRIVEN) for wheel in WHEELS}
    if slip is not None:
        mine = slip_now(slip, times_s)
        for wheel in slip.wheels:
            found[wheel] = np.where(mine == 0.0, found[wheel], 1.0 + mine)
    return found
