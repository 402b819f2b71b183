"""Who sits at this screen: while a team-mate drives, our own car's channels die, as they do in the sim."""

import numpy as np
from numpy.typing import NDArray

from pitbox.model.source import RowArray
from pitbox.sim.synthetic.channels import own_layout
from pitbox.sim.synthetic.fleet import first_tick
from pitbox.sim.synthetic.race import Car
from pitbox.sim.synthetic.world import Step, World

_STARTS = (
    "FuelLevel", "FuelUse", "FuelPress", "OilPress", "PitSv", "PitRepair", "PitOptRepair", "dc", "dp",
    "LapDelta", "Throttle", "Brake", "ClutchRaw", "SteeringWheelTorque", "SteeringWheelPctTorque",
    "Shift", "Velocity", "FastRepair", "TireSets", "Engine0",
)  # fmt: skip
_ENDS = (
    "Rate", "Accel", "odometer", "brakeLinePress", "TiresUsed", "TiresAvailable", "SetsUsed",
    "SetsAvailable",
)  # fmt: skip
_ALSO = (
    "IsOnTrack", "IsOnTrackCar", "IsInGarage", "PlayerCarInPitStall", "PlayerCarTowTime",
    "PlayerCarPitSvStatus", "PlayerFastRepairsUsed", "PitstopActive", "EnterExitReset", "DCLapStatus",
    "EngineWarnings",
)  # fmt: skip
_ALIVE = frozenset({"FrameRate"})
_FROZEN = ("LapDistPct", "LapDist", "Lap", "LapCompleted")
"""Stay where they were when we last drove; 0 if we never did."""
_OTHER = {"Clutch": 1.0, "WaterTemp": 77.0, "OilTemp": 77.0, "ManifoldPress": 1.0}
_REPLAY_LAG_S = 59 / 60
"""A spectator's sim counts as playing a replay, a second behind."""


def dead_names() -> tuple[str, ...]:
    """Channels of the own car that read nothing while somebody else drives it."""
    return tuple(
        name
        for name in own_layout().names()
        if (name.startswith(_STARTS) or name.endswith(_ENDS) or name in _ALSO) and name not in _ALIVE
    )


class Seat:
    def __init__(self, world: World) -> None:
        self._world = world
        self._seat = world.scenario.seat
        self._driver = world.own().driver
        dtype = own_layout().dtype
        assert dtype.fields is not None
        self._dead = np.concatenate(
            [
                np.arange(offset, offset + kind.itemsize)
                for kind, offset, *_ in (dtype.fields[name] for name in dead_names())
            ]
        )
        self._held = dict.fromkeys(_FROZEN, 0.0)

    def points(self, car: Car) -> int:
        """Incident points of the person at this screen."""
        return car.driver_points.get(car.driver if self._seat is None else self._seat, 0)

    def empty(self, rows: RowArray, step: Step) -> None:
        """Kills what the one at this screen cannot read; steps come in order, each once."""
        if self._seat is None:
            return
        is_ours = self._is_ours(step)
        if is_ours.any():
            last = np.flatnonzero(is_ours)[-1]
            held, self._held = self._held, {name: rows[name][last].item() for name in _FROZEN}
        else:
            held = self._held
        if is_ours.all():
            return
        away = np.flatnonzero(~is_ours)
        raw = rows.view(np.uint8).reshape(len(rows), -1)
        raw[np.ix_(away, self._dead)] = 0
        # After a hand-over inside this step the place stands still where we left the car.
        stays = self._held if is_ours[: away[0] + 1].any() else held
        for name, value in (*stays.items(), *_OTHER.items()):
            rows[name][away] = value
        rows["IsReplayPlaying"][away] = True
        rows["ReplayFrameNumEnd"][away] = 1
        rows["ReplaySessionTime"][away] = np.maximum(step.times_s[away] - _REPLAY_LAG_S, 0.0)

    def _is_ours(self, step: Step) -> NDArray[np.bool_]:
        """At each tick, whether we are the driver."""
        own = self._world.own()
        driver = np.full(len(step.times_s), self._driver)
        for at_s, idx in self._world.race.entries_changed:
            if idx == own.idx:
                driver[first_tick(step.times_s, at_s) :] = own.driver
        self._driver = own.driver
        found: NDArray[np.bool_] = driver == self._seat
        return found
