"""Real `.ibt` files: what the sim writes to disk of the car that its owner drives.

Disk knows less of the field (no car arrays) and more of the car: where on Earth it is, its wheels' speeds,
surface temperatures. The first record, and one at each jump to the pits, has no place yet: fact 5.
"""

import csv
import struct
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.model.code import TrackSurface
from pitbox.model.source import RowArray
from pitbox.sim.synthetic.channels import Variable, variables
from pitbox.sim.synthetic.circuit import Circuit, Floats
from pitbox.sim.synthetic.event import Event
from pitbox.sim.synthetic.frame import Frames, packed
from pitbox.sim.synthetic.memory import HEADER_BYTES, TICK_RATE, VARIABLE_BYTES, VERSION, variable_headers
from pitbox.sim.synthetic.scenario import Scenario
from pitbox.sim.synthetic.slip import wheel_shares
from pitbox.sim.synthetic.text import session_text
from pitbox.sim.synthetic.truth import SlipTruth

LATITUDE, LONGITUDE, ALTITUDE_M = 50.0, 7.0, 18.79
"""Where the line of every synthetic track is."""
DISK_BYTES = 32
_HEADER = struct.Struct("<12i")
_BUFFER = struct.Struct("<iiii")
_DISK = struct.Struct("<qddii")
_DEGREE_M = 111_320.0
_BEGAN_UTC_S = 1_786_802_400
"""Session time 0: the date in the session text, at noon."""
_LIVE_ONLY = (
    "RadioTransmitCarIdx", "RadioTransmitRadioIdx", "RadioTransmitFrequencyIdx", "DisplayUnits",
    "IsReplayPlaying", "ReplayFrameNum", "ReplayFrameNumEnd", "IsDiskLoggingEnabled", "IsDiskLoggingActive",
    "PlayerCarSLFirstRPM", "PlayerCarSLShiftRPM", "PlayerCarSLLastRPM", "PlayerCarSLBlinkRPM", "RaceLaps",
    "SteeringFFBEnabled", "DCLapStatus", "DCDriversSoFar", "OkToReloadTextures", "LoadNumTextures",
    "CarLeftRight", "VidCapEnabled", "VidCapActive", "CamCarIdx", "CamCameraNumber", "CamGroupNumber",
    "CamCameraState", "IsInGarage", "SteeringWheelPeakForceNm", "IsGarageVisible", "ReplayPlaySpeed",
    "ReplayPlaySlowMotion", "ReplaySessionTime", "ReplaySessionNum",
)  # fmt: skip
_FINE_ON_DISK = "SteeringWheelTorque_ST"
_PLACE = ("Lap", "LapCompleted", "LapDist", "LapDistPct", "Speed", "Yaw", "YawNorth", "Pitch", "Roll", "Gear",
          "EnterExitReset", "Lat", "Lon", "Alt")  # fmt: skip
_PEDALS = ("SessionTime", "Brake", "Throttle")
_RIDE_HEIGHTS_M = {
    "LFrideHeight": 0.052,
    "RFrideHeight": 0.052,
    "LRrideHeight": 0.066,
    "RRrideHeight": 0.066,
    "CFSRrideHeight": 0.048,
}


class DiskFile(msgspec.Struct, frozen=True):
    """What was written."""

    records: int
    placeless: tuple[int, ...]
    """Records without a place: the first, and one at each jump into the stall."""
    laps: int
    """Crossings of the line that are in it."""
    start_s: float
    end_s: float
    slips: tuple[SlipTruth, ...] = ()
    """Of our car's wheels, from the first record to the last, as they really were."""


def write_ibt(scenario: Scenario, path: Path, minutes: float, *, skip_s: float = 0.0) -> DiskFile:
    """So many minutes of our own driving from `skip_s` of the event on; not what others drive."""
    event = Event(scenario)
    recorder = _Recorder(event)
    limit = round(minutes * 60 * TICK_RATE)
    ticks = 0
    with path.open("wb") as file:
        while not event.is_over and recorder.records < limit:
            if event.turn_over() and recorder.records:
                break  # a session of its own has a file of its own
            frames = recorder.frames_of(event)
            step, own = event.step()
            ticks += len(own)
            rows = frames.rows(step, own)
            if ticks >= skip_s * TICK_RATE:
                recorder.record(rows, file, limit)
        file.seek(0)
        file.write(recorder.head())
    return recorder.report()


@cache
def disk_variables() -> tuple[Variable, ...]:
    """The table of a file: no car arrays, and what only disk knows in the places where it stands there."""
    found = [v for v in variables() if _is_on_disk(v)]
    text = files(__package__).joinpath("disk.csv").read_text("utf-8")
    for line in csv.DictReader(text.splitlines()):
        at = next(at for at, v in enumerate(found) if v.name == line["after"])
        extra = Variable(line["name"], line["kind"], 1, False, line["unit"], line["description"])
        found.insert(at + 1, extra)
    return tuple(found)


def _is_on_disk(variable: Variable) -> bool:
    if variable.name in _LIVE_ONLY or variable.name.startswith("CarIdx"):
        return False
    return not variable.is_time or variable.name == _FINE_ON_DISK


class _Recorder:
    def __init__(self, event: Event) -> None:
        table = disk_variables()
        self._event = event
        self._dtype = packed(table)
        self._headers = variable_headers(table)
        self._count = len(table)
        self._shared = [v.name for v in variables() if _is_on_disk(v)]
        self._text = b""
        self._outline = _Outline(event.world.circuit)
        self._frames = Frames(event.world)
        self.records = 0
        self._placeless: list[int] = []
        self._laps = 0
        self._span_s = (0.0, 0.0)
        self._last: tuple[int, bool] | None = None
        """Lap and whether in the stall, of the last record."""

    @property
    def rows_at(self) -> int:
        return HEADER_BYTES + DISK_BYTES + len(self._headers) + len(self._text)

    def frames_of(self, event: Event) -> Frames:
        if self._frames.world is not event.world:
            self._frames = Frames(event.world)
        return self._frames

    def record(self, frames: RowArray, file: BinaryIO, limit: int) -> None:
        """The ticks on which we drive, up to so many records in all."""
        driven = frames[frames["IsOnTrackCar"]]
        if not len(driven):
            self._last = None
            return
        if not self.records:
            self._text = session_text(self._event)
            file.write(bytes(self.rows_at))
        rows = self._on_disk(driven)
        keep = np.ones(len(rows), bool)
        for tick in range(len(rows)):
            lap, is_in_stall = int(rows["Lap"][tick]), bool(rows["PlayerCarInPitStall"][tick])
            jumps = (
                is_in_stall
                and float(driven["PlayerCarTowTime"][tick]) > 0
                and not (self._last or (0, True))[1]
            )
            if self._last is None or jumps:
                if tick:
                    keep[tick - 1] = False  # the sim misses one when it resets the car
                self._forget_place(rows[tick : tick + 1])
                self._placeless.append(self.records + int(keep[:tick].sum()))
            elif lap > self._last[0]:
                self._laps += 1
            self._last = (lap, is_in_stall)
        rows = rows[keep][: limit - self.records]
        file.write(rows.tobytes())
        first_s = self._span_s[0] if self.records else float(rows["SessionTime"][0])
        self._span_s = (first_s, float(rows["SessionTime"][-1]))
        self.records += len(rows)

    def head(self) -> bytes:
        header = _HEADER.pack(
            VERSION, 1, TICK_RATE, 0, len(self._text), HEADER_BYTES + DISK_BYTES + len(self._headers),
            self._count, HEADER_BYTES + DISK_BYTES, 1, self._dtype.itemsize, 0, 0,
        )  # fmt: skip
        buffer = _BUFFER.pack(self.records, self.rows_at, 0, 0)
        disk = _DISK.pack(_BEGAN_UTC_S + round(self._span_s[0]), *self._span_s, self._laps, self.records)
        assert len(self._headers) == self._count * VARIABLE_BYTES
        return (header + buffer).ljust(HEADER_BYTES, b"\0") + disk + self._headers + self._text

    def report(self) -> DiskFile:
        placeless = tuple(at for at in self._placeless if at < self.records)
        begin_s, end_s = self._span_s
        own_idx = self._event.world.scenario.own_car_idx
        slips = tuple(
            slip
            for slip in self._event.world.truth.slips
            if slip.car_idx == own_idx and begin_s <= slip.start_s <= end_s
        )
        return DiskFile(self.records, placeless, self._laps, begin_s, end_s, slips)

    def _on_disk(self, driven: RowArray) -> RowArray:
        rows: RowArray = np.zeros(len(driven), self._dtype)
        for name in self._shared:
            rows[name] = driven[name]
        rows["Lat"], rows["Lon"] = self._outline.position(driven["LapDistPct"].astype(np.float64))
        rows["Alt"] = ALTITUDE_M
        rows["BrakeABScutPct"] = np.where(driven["BrakeABSactive"], 0.88, 1.0)
        shares = self._wheel_shares(driven)
        for corner, side in (("LF", -0.8), ("RF", 0.8), ("LR", -0.8), ("RR", 0.8)):
            road_mps = np.maximum(driven["Speed"] + side * driven["YawRate"], 0.0)
            rows[f"{corner}speed"] = road_mps * shares[corner] if shares else road_mps
            rows[f"{corner}pressure"] = driven[f"{corner}coldPressure"] + 18.0 * np.minimum(
                driven["Speed"] / 40.0, 1.0
            )
            for band in "LMR":
                rows[f"{corner}temp{band}"] = 45.0 + 0.4 * driven["Speed"] + 1.2 * np.abs(driven["LatAccel"])
        for name, rest_m in _RIDE_HEIGHTS_M.items():
            rows[name] = rest_m - 2e-6 * driven["Speed"] ** 2
        return rows

    def _wheel_shares(self, driven: RowArray) -> dict[str, Floats]:
        """Empty where no wheel ever slips: the road's speed is theirs, to the bit."""
        world = self._event.world
        if not world.scenario.mishaps.has_slips:
            return {}
        times_s, brake, throttle = (driven[name].astype(np.float64) for name in _PEDALS)
        return wheel_shares(world.own().slip, times_s, brake, throttle)

    @staticmethod
    def _forget_place(row: RowArray) -> None:
        for name in _PLACE:
            row[name] = 0
        row["PlayerTrackSurface"] = row["PlayerTrackSurfaceMaterial"] = int(TrackSurface.NOT_IN_WORLD)


class _Outline:
    """The road on Earth."""

    def __init__(self, circuit: Circuit) -> None:
        x_m, y_m = circuit.outline()
        self._lat = LATITUDE + y_m / _DEGREE_M
        self._lon = LONGITUDE + x_m / (_DEGREE_M * np.cos(np.radians(LATITUDE)))
        self._at = np.linspace(0.0, 1.0, len(x_m))

    def position(self, fraction: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.interp(fraction, self._at, self._lat), np.interp(fraction, self._at, self._lon)
