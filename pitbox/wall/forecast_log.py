"""What models said live, with what they saw, and what came of it: two bounded files beside the log.

Not in the log itself: that is what happened, signed and copied to every team-mate, and the same for all of
them; a forecast is one machine's opinion by one version of a model, and can be worked out again. Each record
has a length and a checksum; what a power cut tore is left out, and the next one is written behind it.

    log = ForecastLog(folder)
    for record in log.read():                     # the oldest first
    log.write([Asked(...), Came(...)])
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

_MOST_BYTES = 8 << 20
"""Of each of the two files: together a day's race of sixty cars and more."""
_HEAD = struct.Struct("<4sII")
_MARK = b"PBfc"
_LARGEST = 1 << 16


class Asked(msgspec.Struct, frozen=True, array_like=True, tag="asked"):
    """One car at the line."""

    session: str
    session_num: int
    run: int
    car_idx: int
    lap: int
    end_s: float
    stint: int
    stint_lap: int
    world: str
    model: str
    version: str
    step: str
    ref_s: float
    plain_s: float
    """By the plain formula, for all distances."""
    ahead: tuple[int, ...]
    median_s: tuple[float, ...]
    low_s: tuple[float, ...]
    high_s: tuple[float, ...]
    features: int
    """`feature.VERSION` of the inputs."""
    inputs: bytes
    """float32, little end first, in the order of `feature.NAMES`."""


class Came(msgspec.Struct, frozen=True, array_like=True, tag="came"):
    """A clean lap that had been forecast."""

    session: str
    session_num: int
    run: int
    car_idx: int
    lap: int
    stint: int
    time_s: float


class Said(msgspec.Struct, frozen=True, array_like=True, tag="said"):
    """Of a race rather than of one car's laps: a caution, a stop's cost, places at the flag."""

    session: str
    session_num: int
    run: int
    about: str
    """What it is about, once in a race."""
    ahead: int
    """Of the score that judges it; below zero: none does."""
    at_s: float
    world: str
    model: str
    version: str
    step: str
    said: bytes
    """float32, little end first."""
    own: float
    """The error that it expects of itself."""
    inputs: bytes
    """MessagePack."""


class Proved(msgspec.Struct, frozen=True, array_like=True, tag="proved"):
    """What came of it, in the measure of its model."""

    session: str
    session_num: int
    run: int
    about: str
    ahead: int
    model: str
    version: str
    truth: tuple[float, ...]
    error: float
    own: float
    promised: float
    """The chance that was said, or the share that an interval holds; below zero where neither was."""
    came: float
    """1 if it came true, or lay inside; else 0."""


Record = Asked | Came | Said | Proved


class ForecastLog:
    """One writer: the process that has the profile."""

    def __init__(self, folder: Path, most_bytes: int = _MOST_BYTES) -> None:
        self.path, self.old = folder / "forecasts.log", folder / "forecasts.1.log"
        self._most_bytes = most_bytes

    def read(self) -> Iterator[Record]:
        for path in (self.old, self.path):
            try:
                data = path.read_bytes()
            except OSError:
                continue
            yield from _records(data)

    def write(self, records: Sequence[Record]) -> None:
        """May raise OSError."""
        if not records:
            return
        data = b"".join(_framed(msgspec.msgpack.encode(record)) for record in records)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size + len(data) > self._most_bytes:
            self.path.replace(self.old)
        with self.path.open("ab") as file:
            file.write(data)


def _framed(payload: bytes) -> bytes:
    return _HEAD.pack(_MARK, len(payload), zlib.crc32(payload)) + payload


def _records(data: bytes) -> Iterator[Record]:
    """What is whole; behind damage from the next mark on."""
    at = 0
    while (at := data.find(_MARK, at)) >= 0 and at + _HEAD.size <= len(data):
        _, size, crc = _HEAD.unpack_from(data, at)
        payload = data[at + _HEAD.size : at + _HEAD.size + size]
        if size > _LARGEST or len(payload) < size or zlib.crc32(payload) != crc:
            at += 1
            continue
        at += _HEAD.size + size
        try:
            yield msgspec.msgpack.decode(payload, type=Record)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
