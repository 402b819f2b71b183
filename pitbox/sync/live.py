"""The live lane without a network: which values go out when, and what came in, each with source and age.

The newest row wins, nothing is repeated and nothing is stored. A row is packed as it lies in memory,
little-endian, so a receiver views it with a structured type built from CHANNELS.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from pitbox.model.source import RowArray, Ticks
from pitbox.sync.errors import ForeignError
from pitbox.sync.message import MOST_CHANNELS, Channels, Live, LiveChannel, Subscribe

STALE_S = 2.0
"""Without a newer value for longer than this, a view says so."""

OWN_CHANNELS = (
    *("SessionTime", "SessionTick", "SessionNum", "SessionState", "SessionFlags", "SessionTimeRemain"),
    *("IsOnTrack", "IsOnTrackCar", "IsInGarage", "OnPitRoad", "PlayerCarInPitStall", "PlayerTrackSurface"),
    *("PlayerCarIdx", "PlayerCarPosition", "PlayerCarClassPosition", "PlayerCarMyIncidentCount"),
    *("Lap", "LapDistPct", "LapCurrentLapTime", "LapLastLapTime", "LapDeltaToBestLap"),
    *("Speed", "RPM", "Gear", "Throttle", "Brake", "Clutch", "SteeringWheelAngle"),
    *("FuelLevel", "FuelUsePerHour", "OilTemp", "WaterTemp", "EngineWarnings", "PlayerTireCompound"),
    *("PitSvFlags", "PitSvFuel", "PitRepairLeft", "PitOptRepairLeft", "PlayerFastRepairsUsed"),
    *("FastRepairAvailable", "LFwearM", "RFwearM", "LRwearM", "RRwearM"),
    *("AirTemp", "TrackTemp", "TrackWetness", "Precipitation"),
)
FIELD_CHANNELS = (
    *("SessionTime", "SessionTick", "CarIdxLapDistPct", "CarIdxLap", "CarIdxPosition"),
    *("CarIdxClassPosition", "CarIdxTrackSurface", "CarIdxOnPitRoad"),
)
_EARLY = 0.25
"""Of the time between two rows: so much before its beat a tick may come."""


class Row(msgspec.Struct, frozen=True):
    """The newest values of one stream from one collector."""

    session: str
    device: str
    stream: str
    seq: int
    sim_time_s: float
    values: RowArray
    """One row."""
    at_s: float
    """Monotonic clock of this machine when it came."""

    def age_s(self, now_s: float) -> float:
        return max(0.0, now_s - self.at_s)

    def is_stale(self, now_s: float) -> bool:
        return self.age_s(now_s) > STALE_S

    @property
    def names(self) -> tuple[str, ...]:
        return self.values.dtype.names or ()

    def get(self, name: str) -> Any:
        """A scalar or an array; None where the sender has no such channel."""
        return self.values[name][0] if name in self.names else None


class _Lens:
    """Cuts the wanted channels out of rows of one layout."""

    def __init__(self, dtype: np.dtype[Any], wanted: Iterable[str]) -> None:
        fields: Mapping[str, Any] = dtype.fields or {}
        names = [name for name in dict.fromkeys(wanted) if name in fields][:MOST_CHANNELS]
        self.channels = tuple(_channel(name, fields[name][0]) for name in names)
        self._spans = _joined([(fields[name][1], fields[name][0].itemsize) for name in names])

    def pack(self, row: RowArray) -> bytes:
        raw = row.tobytes()
        return b"".join([raw[start:end] for start, end in self._spans])


class LiveOut:
    """What one subscriber gets. `due` makes messages only for rows that are worth sending now."""

    def __init__(self) -> None:
        self._wish = Subscribe(0.0, 0.0)
        self._lenses: dict[str, tuple[np.dtype[Any], _Lens]] = {}
        self._next_s = {"own": 0.0, "field": 0.0}
        self._seqs = {"own": 0, "field": 0}
        self._of = ("", "")
        """Session and device that the lenses were made for."""

    @property
    def is_wanted(self) -> bool:
        return self._wish.own_hz > 0 or self._wish.field_hz > 0

    def subscribe(self, wish: Subscribe) -> None:
        self._wish = wish
        self._lenses.clear()

    def due(self, session: str, device: str, ticks: Ticks, now_s: float) -> list[Channels | Live]:
        """From a collector's newest ticks: what to send now, in order."""
        if self._of != (session, device):
            self._of = (session, device)
            self._lenses.clear()
        out: list[Channels | Live] = []
        for stream, rows, hz in (
            ("own", ticks.own, self._wish.own_hz),
            ("field", ticks.field, self._wish.field_hz),
        ):
            if not hz or not len(rows):
                continue
            self._seqs[stream] += 1
            if now_s >= self._next_s[stream] - _EARLY / hz:
                self._next_s[stream] = max(self._next_s[stream], now_s - _EARLY / hz) + 1 / hz
                out += self._row(stream, rows[-1:])
        return out

    def _row(self, stream: str, row: RowArray) -> list[Channels | Live]:
        out: list[Channels | Live] = []
        known = self._lenses.get(stream)
        if known is None or known[0] != row.dtype:
            known = self._lenses[stream] = (row.dtype, _Lens(row.dtype, self._names(stream)))
            out.append(Channels(*self._of, stream, known[1].channels))
        sim_time_s = float(row["SessionTime"][0])
        out.append(Live(stream, self._seqs[stream], sim_time_s, known[1].pack(row)))
        return out

    def _names(self, stream: str) -> Sequence[str]:
        if stream == "own":
            return self._wish.own_channels or OWN_CHANNELS
        return self._wish.field_channels or FIELD_CHANNELS


class LiveIn:
    """What one peer sends, as rows."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._types: dict[str, tuple[Channels, np.dtype[Any]]] = {}
        self.skipped = 0
        """Rows that the sender could have sent and did not: something newer was there first."""
        self._seqs: dict[str, int] = {}

    def learn(self, channels: Channels) -> None:
        """Raises ForeignError when the peer speaks for another device."""
        if channels.device != self._device:
            raise ForeignError("It sends live values of another device as its own.")
        fields = [
            (c.name, _code(c), (c.count,)) if c.count > 1 else (c.name, _code(c)) for c in channels.channels
        ]
        try:
            dtype = np.dtype(fields)
        except ValueError as error:
            raise ForeignError(f"Its live channels cannot be read: {error}.") from error
        self._types[channels.stream] = (channels, dtype)

    def read(self, live: Live, now_s: float) -> Row | None:
        """None for values whose channels were not told; raises ForeignError when they do not fit."""
        known = self._types.get(live.stream)
        if known is None:
            return None
        channels, dtype = known
        if len(live.values) != dtype.itemsize:
            raise ForeignError(
                f"{len(live.values)} bytes of live values are not the {dtype.itemsize} announced."
            )
        self.skipped += max(0, live.seq - self._seqs.get(live.stream, live.seq - 1) - 1)
        self._seqs[live.stream] = live.seq
        values = np.frombuffer(live.values, dtype)
        return Row(channels.session, channels.device, live.stream, live.seq, live.sim_time_s, values, now_s)


def speaker(rows: Sequence[Row], now_s: float, current: str | None = None) -> str | None:
    """Of several collectors of one car: who sits in it; else who spoke so far, until that is stale.

    A function of recorded facts: the freshest by arrival never wins only because it came last.
    """
    alive = sorted((row for row in rows if not row.is_stale(now_s)), key=lambda row: row.device)
    driving = [row.device for row in alive if row.get("IsOnTrack")]
    devices = driving or [row.device for row in alive]
    if current in devices:
        return current
    return devices[0] if devices else current


def _channel(name: str, kind: np.dtype[Any]) -> LiveChannel:
    base = kind.base.str.lstrip("<|>=")
    return LiveChannel(name, base, int(np.prod(kind.shape)) if kind.shape else 1)


def _code(channel: LiveChannel) -> str:
    return channel.kind if channel.kind.endswith("1") else f"<{channel.kind}"


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """(start, end) of neighbours in one piece."""
    out: list[tuple[int, int]] = []
    for start, size in spans:
        if out and out[-1][1] == start:
            out[-1] = (out[-1][0], start + size)
        else:
            out.append((start, start + size))
    return out
