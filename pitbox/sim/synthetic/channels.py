"""The sim's variables as a table, and the three layouts made from it.

`channels.csv` lists every variable of one car's shared memory in the sim's own order, with what the
world needs to fill the dull ones: the value at rest, the noise on it and the signals it follows.
"""

import csv
from functools import cache
from importlib.resources import files

import msgspec

from pitbox.model.channel import LAP_STEP, Channel, Layout, Stream

_FIELD = (
    "CarIdxLapDistPct", "CarIdxLap", "CarIdxLapCompleted", "CarIdxTrackSurface", "CarIdxOnPitRoad",
    "CarIdxPosition", "CarIdxClassPosition", "CarIdxTireCompound", "CarIdxSessionFlags",
)  # fmt: skip
_SLOW = (
    "CarIdxLastLapTime", "CarIdxBestLapTime", "CarIdxBestLapNum", "CarIdxF2Time", "CarIdxFastRepairsUsed",
    "CarIdxClass", "CarIdxQualTireCompound",
)  # fmt: skip
_CLOCK = ("SessionTime", "SessionTick")
_KIND_ORDER = ("f8", "i4", "u4", "f4", "b1")


class Variable(msgspec.Struct, frozen=True):
    """One line of the table."""

    name: str
    kind: str
    count: int
    is_time: bool
    """Samples of one moment after the other, not one for each car."""
    unit: str
    description: str
    rest: float = 0.0
    noise: float = 0.0
    follows: tuple[tuple[str, float], ...] = ()
    """(signal, factor): see `own.SIGNALS`."""


@cache
def variables() -> tuple[Variable, ...]:
    text = files(__package__).joinpath("channels.csv").read_text("utf-8")
    return tuple(_variable(line) for line in csv.DictReader(text.splitlines()))


def own_variables() -> tuple[Variable, ...]:
    """One value a tick, of the sim and our car; sorted by type, so that all of one type are one matrix."""
    single = [
        variable
        for variable in variables()
        if variable.count == 1 and not variable.name.startswith("CarIdx") and variable.name not in _CLOCK
    ]
    return tuple(sorted(single, key=lambda variable: _KIND_ORDER.index(variable.kind)))


@cache
def own_layout() -> Layout:
    return Layout(Stream.OWN, (*_clock(), *(_channel(variable, 1) for variable in own_variables())))


@cache
def field_layout(slots: int) -> Layout:
    scalars = tuple(_channel(_named(name), 1) for name in ("SessionState", "SessionFlags"))
    return Layout(Stream.FIELD, (*_clock(), *scalars, *(_channel(_named(name), slots) for name in _FIELD)))


@cache
def slow_layout(slots: int) -> Layout:
    return Layout(Stream.SLOW, (*_clock(), *(_channel(_named(name), slots) for name in _SLOW)))


def _clock() -> tuple[Channel, ...]:
    return tuple(_channel(_named(name), 1) for name in _CLOCK)


def _named(name: str) -> Variable:
    return next(variable for variable in variables() if variable.name == name)


def _channel(variable: Variable, count: int) -> Channel:
    step = LAP_STEP if variable.name == "CarIdxLapDistPct" else 0.0
    return Channel(variable.name, variable.kind, count, variable.unit, variable.description, step)


def _variable(line: dict[str, str]) -> Variable:
    pairs = (pair.split(":") for pair in line["follows"].split())
    return Variable(
        name=line["name"],
        kind=line["kind"],
        count=int(line["count"]),
        is_time=line["is_time"] == "1",
        unit=line["unit"],
        description=line["description"],
        rest=float(line["rest"] or 0.0),
        noise=float(line["noise"] or 0.0),
        follows=tuple((signal, float(factor)) for signal, factor in pairs),
    )
