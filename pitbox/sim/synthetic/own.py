"""The rows of our own car: what the sim tells the person in it, 60 times a second.

Three kinds of channels: a few dozen that mean something are computed from the car's motion, some follow
those signals with noise (see `channels.csv`), the rest stand still as they do in the sim.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pitbox.model.code import UNLIMITED_S, SessionState, TrackSurface
from pitbox.model.source import RowArray
from pitbox.sim.synthetic.air import Air
from pitbox.sim.synthetic.channels import own_layout, own_variables
from pitbox.sim.synthetic.circuit import Floats
from pitbox.sim.synthetic.race import Car
from pitbox.sim.synthetic.ride import Drive, Ride, fuel_levels
from pitbox.sim.synthetic.seat import Seat
from pitbox.sim.synthetic.slip import is_slipping
from pitbox.sim.synthetic.tyre import CORNERS, TyreGauge
from pitbox.sim.synthetic.world import STEP_TICKS, TICKS_PER_S, Step, World

SIGNALS = ("one", "speed", "lat", "long", "throttle", "brake", "rpm")
"""What channels may follow, in the units of the channels Speed, LatAccel, LongAccel and so on."""

_FUEL_KG_PER_L = 0.75
_MEMORY = 0.55
"""How much of a tick's noise is left in the next one: suspension and hands are not white."""
_NO_LAPS = 32767
# As plain numbers: an array is compared with one in a fifth of the time that an enum takes.
_NOT_IN_WORLD, _ON_TRACK = int(TrackSurface.NOT_IN_WORLD), int(TrackSurface.ON_TRACK)
_OFF_TRACK, _IN_STALL = int(TrackSurface.OFF_TRACK), int(TrackSurface.IN_PIT_STALL)
_PARADE = int(SessionState.PARADE_LAPS)
_DELTAS = ("Best", "Optimal", "SessionBest", "SessionOptimal", "SessionLastl")
_RAMP = np.arange(1, STEP_TICKS + 1) / STEP_TICKS


class OwnRows:
    def __init__(self, world: World) -> None:
        self._world = world
        layout = own_layout()
        self._dtype = layout.dtype
        # Apart from the world's luck: what happens in the race must not depend on who draws rows of it.
        self._rng = np.random.Generator(np.random.PCG64([world.scenario.seed, 1]))
        table = [variable for variable in own_variables() if variable.kind == "f4"]
        self._column = {variable.name: at for at, variable in enumerate(table)}
        fields = self._dtype.fields
        assert fields is not None
        first = fields[table[0].name][1]
        self._matrix = slice(first, first + 4 * len(table))
        weights = np.zeros((len(SIGNALS), len(table)))
        weights[0] = [variable.rest for variable in table]
        for at, variable in enumerate(table):
            for signal, factor in variable.follows:
                weights[SIGNALS.index(signal), at] = factor
        self._weights = weights.astype(np.float32)
        self._noisy = np.array([at for at, variable in enumerate(table) if variable.noise])
        self._noise = np.array([table[at].noise for at in self._noisy], np.float32)
        steps = np.subtract.outer(np.arange(STEP_TICKS), np.arange(STEP_TICKS))
        self._mix = np.where(steps >= 0, _MEMORY ** np.maximum(steps, 0), 0.0).astype(np.float32)
        self._fade = (_MEMORY ** np.arange(1, STEP_TICKS + 1)).astype(np.float32)[:, None]
        self._last_noise = np.zeros(len(self._noisy), np.float32)
        self._still_row = self._still_values()
        self._still = self._still_row.view(np.uint8).reshape(1, -1)
        self._counts: tuple[int, ...] = ()
        self._tyres = TyreGauge(world.scenario.track_length_m, self._rng)
        self._tyre_columns = self._columns(self._tyres.names)
        self._delta_columns = self._columns(f"LapDeltaTo{kind}Lap" for kind in _DELTAS)
        self._drift_columns = self._columns(f"LapDeltaTo{kind}Lap_DD" for kind in _DELTAS)
        self._ride = Ride(world)
        self._air = Air(world, self._column)
        self._seat = Seat(world)
        self._fuel_l = world.race.fuel_l(world.own(), 0.0)
        self._water_c, self._oil_c = 78.0, 84.0
        self._users = {world.own().user_id}
        self._lap_start_s = (0, 0.0)

    def rows(self, step: Step) -> RowArray:
        """The rows of a step; steps come in order, each once."""
        count = len(step.times_s)
        self._fill_counts(self._world.own())
        raw = self._still.repeat(count, axis=0)
        # Not a view: numpy compares all names and types before it gives one.
        rows: RowArray = np.ndarray(count, self._dtype, raw)
        drive = self._ride.drive(step)
        matrix = self._follow(drive)
        self._fill_motion(matrix, rows, drive, step)
        self._fill_fuel(matrix, step, drive)
        self._fill_lap(matrix, rows, step, drive)
        self._fill_pit(matrix, rows, step)
        self._fill_session(matrix, rows, step)
        raw[:, self._matrix] = matrix.view(np.uint8).reshape(count, -1)
        self._seat.empty(rows, step)
        return rows

    def _columns(self, names: Iterable[str]) -> NDArray[np.intp]:
        return np.array([self._column[name] for name in names], np.intp)

    def _still_values(self) -> RowArray:
        row = np.zeros(1, self._dtype)
        for variable in own_variables():
            row[variable.name] = variable.rest
        own, part = self._world.own(), self._world.part
        row["SessionTimeTotal"] = UNLIMITED_S if part.length_s is None else part.length_s
        row["SessionLapsTotal"] = _NO_LAPS if part.laps is None else part.laps
        row["PlayerCarIdx"] = row["CamCarIdx"] = own.idx
        row["PlayerCarClass"] = own.member.class_id
        row["SessionNum"], row["SessionUniqueID"] = part.session_num, part.unique_id
        row["ReplaySessionNum"] = part.session_num
        return row

    def _follow(self, drive: Drive) -> NDArray[np.float32]:
        """All f4 channels: rest, what they follow, noise."""
        signals = np.ones((len(drive.speed_mps), len(SIGNALS)), np.float32)
        followed = (
            drive.speed_mps,
            drive.lat_mps2,
            drive.long_mps2,
            drive.throttle,
            drive.brake,
            drive.rpm,
        )
        for at, signal in enumerate(followed, 1):
            signals[:, at] = signal
        matrix: NDArray[np.float32] = signals @ self._weights
        fresh = self._rng.standard_normal((len(signals), len(self._noisy)), np.float32)
        noise = self._mix @ fresh + self._fade * self._last_noise
        self._last_noise = noise[-1]
        # A standing car is nearly quiet.
        quiet = (drive.speed_mps / 20.0).clip(0.02, 1.0).astype(np.float32)[:, None]
        matrix[:, self._noisy] += noise * self._noise * quiet
        return matrix

    def _put(self, matrix: NDArray[np.float32], values: dict[str, Floats | float]) -> None:
        for name, value in values.items():
            matrix[:, self._column[name]] = value

    def _fill_motion(self, matrix: NDArray[np.float32], rows: RowArray, drive: Drive, step: Step) -> None:
        count = len(step.times_s)
        hands, feet, road = self._rng.standard_normal((3, count))
        is_rolling = drive.speed_mps > 0.1
        steer = (np.arctan(2.8 * drive.curvature) * 13.0 + 0.012 * hands) * is_rolling
        is_partial = (drive.throttle > 0.02) & (drive.throttle < 0.98)
        throttle = (drive.throttle + 0.02 * feet * is_partial).clip(0.0, 1.0)
        spin_s = step.times_s - self._world.own().spun_s
        spun = np.where(spin_s >= 0, (spin_s / 2.0).clip(0.0, 1.0) * 2 * np.pi, 0.0)
        yaw = np.mod(drive.heading + spun + np.pi, 2 * np.pi) - np.pi
        lat = drive.lat_mps2 + 0.35 * road * is_rolling
        self._put(
            matrix,
            {
                "Speed": drive.speed_mps,
                "VelocityX": drive.speed_mps,
                "Throttle": throttle,
                "ThrottleRaw": throttle,
                "Brake": drive.brake,
                "BrakeRaw": drive.brake,
                "Clutch": np.where(is_rolling, 1.0, 0.0),
                "RPM": drive.rpm,
                "Engine0_RPM": drive.rpm,
                "SteeringWheelAngle": steer,
                "Yaw": yaw,
                "YawNorth": np.mod(np.pi / 2 - yaw, 2 * np.pi),  # clockwise from north, as recordings have it
                "YawRate": drive.curvature * drive.speed_mps
                + np.where((spin_s >= 0) & (spin_s < 2.0), np.pi, 0.0)
                + 0.004 * hands * is_rolling,
                "LatAccel": lat,
                "LongAccel": drive.long_mps2 + 0.3 * feet * is_rolling,
                "ShiftIndicatorPct": ((drive.rpm - 6900.0) / 1350.0).clip(0.0, 1.0),
            },
        )
        rows["Gear"] = drive.gear
        rows["BrakeABSactive"] = drive.brake > 0.9
        slip = self._world.own().slip
        if slip is not None and slip.kind == "lock_up":  # what ABS keeps turning does not lock
            rows["BrakeABSactive"] &= ~is_slipping(slip, step.times_s)
        self._warm_up(matrix, drive)

    def _warm_up(self, matrix: NDArray[np.float32], drive: Drive) -> None:
        work = float(drive.throttle.sum() / STEP_TICKS) * float(drive.speed_mps[-1] > 1.0)
        for name, before, goal in (
            ("WaterTemp", self._water_c, 80.0 + 12.0 * work),
            ("OilTemp", self._oil_c, 88.0 + 20.0 * work),
        ):
            matrix[:, self._column[name]] = before + (goal - before) * 0.002 * _RAMP
        self._water_c += (80.0 + 12.0 * work - self._water_c) * 0.002
        self._oil_c += (88.0 + 20.0 * work - self._oil_c) * 0.002

    def _fill_fuel(self, matrix: NDArray[np.float32], step: Step, drive: Drive) -> None:
        level_l = fuel_levels(step, self._world.circuit)
        before = np.concatenate(([self._fuel_l], level_l[:-1]))
        self._fuel_l = float(level_l[-1])
        burn_lps = np.maximum(before - level_l, 0.0) * TICKS_PER_S
        idle_lps = 0.0011 * (drive.speed_mps < 0.1)
        tank_l = self._world.own().member.plan.tank_l
        self._put(
            matrix,
            {
                # Who is not in the car is told nothing.
                "FuelLevel": level_l * drive.is_seen,
                "FuelLevelPct": level_l / tank_l * drive.is_seen,
                "FuelUsePerHour": (burn_lps + idle_lps) * 3600.0 * _FUEL_KG_PER_L * drive.is_seen,
            },
        )

    def _fill_lap(self, matrix: NDArray[np.float32], rows: RowArray, step: Step, drive: Drive) -> None:
        world, own = self._world, self._world.own()
        idx, length_m = own.idx, world.scenario.track_length_m
        lap = step.field["CarIdxLap"][:, idx]
        best_s = step.slow["CarIdxBestLapTime"][:, idx]
        for name, source in (("Lap", "CarIdxLap"), ("LapCompleted", "CarIdxLapCompleted")):
            rows[name] = step.field[source][:, idx]
        rows["RaceLaps"] = np.maximum(step.field["CarIdxLapCompleted"].max(axis=1), 0)
        rows["LapBestLap"] = np.maximum(step.slow["CarIdxBestLapNum"][:, idx], 0)
        current_s = step.times_s - self._started_s(lap)
        delta_s = current_s - best_s * world.circuit.phases(drive.fraction)
        has_best = best_s > 0
        drift = _slope(delta_s) * TICKS_PER_S * has_best
        apart_s = delta_s[:, None] + 0.15 * np.arange(len(_DELTAS))
        matrix[:, self._delta_columns] = apart_s * has_best[:, None]
        matrix[:, self._drift_columns] = drift[:, None]
        for kind in _DELTAS:
            rows[f"LapDeltaTo{kind}Lap_OK"] = has_best
        ahead_m, behind_m = self._neighbours(step, drive.fraction)
        self._put(
            matrix,
            {
                "LapDistPct": drive.fraction,
                "LapDist": drive.fraction * length_m,
                "LapCurrentLapTime": current_s,
                "LapLastLapTime": step.slow["CarIdxLastLapTime"][:, idx],
                "LapBestLapTime": np.maximum(best_s, 0.0),
                "CarDistAhead": ahead_m,
                "CarDistBehind": behind_m,
            },
        )

    def _started_s(self, lap: NDArray[np.int32]) -> Floats:
        """When the lap of each tick began."""
        run = self._world.own().lap
        number, before_s = self._lap_start_s
        if run is None:
            return np.full(len(lap), before_s)
        now = int(self._world.race.fleet.lap[self._world.own().idx])
        started = np.where(lap == number, before_s, run.start_s)
        self._lap_start_s = (now, run.start_s)
        return started

    def _neighbours(self, step: Step, fraction: Floats) -> tuple[Floats, Floats]:
        on_track = step.field["CarIdxTrackSurface"] == _ON_TRACK
        on_track[:, self._world.scenario.own_car_idx] = False
        cars = np.flatnonzero(on_track.any(axis=0))
        on_track, shown = on_track[:, cars], step.field["CarIdxLapDistPct"][:, cars]
        ahead = np.where(on_track, np.mod(shown - fraction[:, None], 1.0), 1.0)
        behind = np.where(on_track, 1.0 - ahead, 1.0)
        length_m = self._world.scenario.track_length_m
        return ahead.min(axis=1, initial=1.0) * length_m, behind.min(axis=1, initial=1.0) * length_m

    def _fill_pit(self, matrix: NDArray[np.float32], rows: RowArray, step: Step) -> None:
        own, times_s = self._world.own(), step.times_s
        surface = step.field["CarIdxTrackSurface"][:, own.idx]
        is_stall = surface == _IN_STALL
        is_seen = surface > _NOT_IN_WORLD
        tow_s = np.maximum(own.tow_until_s - times_s, 0.0) * is_stall
        is_served = is_stall & (tow_s == 0) & (times_s < own.serving_until_s)
        rows["PlayerTrackSurface"] = surface
        rows["OnPitRoad"] = step.field["CarIdxOnPitRoad"][:, own.idx]
        rows["IsOnTrack"] = rows["IsOnTrackCar"] = is_seen
        rows["PlayerCarInPitStall"] = is_stall
        rows["PitstopActive"] = is_served
        rows["PlayerCarPitSvStatus"] = is_served
        rows["dcPitSpeedLimiterToggle"] = rows["OnPitRoad"]
        rows["PlayerTrackSurfaceMaterial"] = np.where(surface == _OFF_TRACK, 15, 3) * is_seen
        self._put(
            matrix,
            {
                "PlayerCarTowTime": tow_s,
                # Before the crew begins it stands still at what there is to repair, be it nothing.
                "PitRepairLeft": (own.repair_until_s - times_s).clip(
                    0.0, own.repair_until_s - own.repair_from_s
                )
                * is_served,
                "PitOptRepairLeft": (own.optional_until_s - times_s).clip(
                    0.0, max(0.0, own.optional_until_s - own.repair_until_s)
                )
                * is_served,
                "PitSvFuel": own.wants_fuel_l,
                "dpFuelAddKg": own.wants_fuel_l,
            },
        )
        self._tyres.read(own, is_in_stall=bool(is_stall.any()))
        driven_m = float(matrix[:, self._column["Speed"]].sum()) / TICKS_PER_S
        matrix[:, self._tyre_columns] = self._tyres.channels(driven_m)

    def _fill_counts(self, own: Car) -> None:
        """What the car has used up, and what its drivers have done; it stays so for minutes."""
        counts = (
            own.tyre_sets,
            own.fast_repairs,
            own.incident_points,
            own.driver_points.get(own.driver, 0),
            self._seat.points(own),
            own.compound,
        )
        if counts == self._counts:
            return
        self._counts, rows = counts, self._still_row
        for name in ("TireSetsUsed", *(f"{corner}TiresUsed" for corner in CORNERS)):
            rows[name] = own.tyre_sets
        for name in ("LeftTireSetsUsed", "RightTireSetsUsed", "FrontTireSetsUsed", "RearTireSetsUsed"):
            rows[name] = own.tyre_sets
        rows["FastRepairUsed"] = rows["PlayerFastRepairsUsed"] = own.fast_repairs
        rows["FastRepairAvailable"] = self._world.scenario.fast_repairs - own.fast_repairs
        rows["PlayerCarTeamIncidentCount"] = own.incident_points
        rows["PlayerCarDriverIncidentCount"] = own.driver_points.get(own.driver, 0)
        rows["PlayerCarMyIncidentCount"] = self._seat.points(own)
        rows["PitSvTireCompound"] = own.compound

    def _fill_session(self, matrix: NDArray[np.float32], rows: RowArray, step: Step) -> None:
        world, own, times_s = self._world, self._world.own(), step.times_s
        field = step.field
        rows["SessionTime"] = times_s
        rows["SessionTick"] = field["SessionTick"]
        rows["SessionState"] = field["SessionState"]
        rows["SessionFlags"] = field["SessionFlags"]
        rows["SessionTimeRemain"] = world.control.shown_times_left_s(times_s)
        laps = world.part.laps
        if laps is not None:
            left = np.maximum(laps - np.maximum(rows["RaceLaps"], 0), 0)
            rows["SessionLapsRemainEx"] = left
            # Off by one in the sim, and kept so there.
            rows["SessionLapsRemain"] = left - 1
        rows["PlayerCarPosition"] = field["CarIdxPosition"][:, own.idx]
        rows["PlayerCarClassPosition"] = field["CarIdxClassPosition"][:, own.idx]
        rows["PlayerTireCompound"] = np.maximum(field["CarIdxTireCompound"][:, own.idx], 0)
        rows["PaceMode"] = np.where(field["SessionState"] == _PARADE, 1, 4)
        rows["ReplayFrameNumEnd"] = np.rint(times_s * TICKS_PER_S).astype(np.int32)
        self._users.add(own.user_id)
        rows["DCDriversSoFar"] = len(self._users)
        self._put(matrix, {"SessionTimeOfDay": np.floor(world.scenario.start_of_day_s + times_s)})
        lap = rows["Lap"]
        self._air.fill(matrix, rows, times_s, is_at_line=bool((lap[1:] != lap[:-1]).any()))


def _slope(values: Floats) -> Floats:
    """What `np.gradient` gives for steps of one, in a third of its time."""
    found = np.empty_like(values)
    found[1:-1] = (values[2:] - values[:-2]) / 2.0
    found[0], found[-1] = values[1] - values[0], values[-1] - values[-2]
    return found
