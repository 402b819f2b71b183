"""What may be asked of the sim: pit service, chat macros, the camera, a moment of the replay.

Nothing is sent unless the user has switched it on: everybody gets at a sink through `Gate`. The sim
answers none of these; what became of them shows in its telemetry.
"""

from collections.abc import Callable
from enum import IntEnum
from math import ceil
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta

from pitbox.sim.iracing.errors import CommandError, CommandsOffError, NotInCarError, SimUnreachableError


class Corner(IntEnum):
    """Tyres, as the pit command numbers them."""

    LEFT_FRONT = 3
    RIGHT_FRONT = 4
    LEFT_REAR = 5
    RIGHT_REAR = 6


class Service(IntEnum):
    """Boxes of the pit menu that take no figure."""

    CLEAR_ALL = 0
    TEAR_OFF = 1
    CLEAR_TYRES = 7
    FAST_REPAIR = 8
    CLEAR_TEAR_OFF = 9
    CLEAR_FAST_REPAIR = 10
    CLEAR_FUEL = 11


class PitService(msgspec.Struct, frozen=True, tag=True):
    service: Service


class PitFuel(msgspec.Struct, frozen=True, tag=True):
    """0 ticks the box and leaves the amount as it is; kilowatt-hours in an electric car."""

    fuel_l: Annotated[float, Meta(ge=0, le=999)] = 0.0


class PitTyre(msgspec.Struct, frozen=True, tag=True):
    corner: Corner
    pressure_kpa: Annotated[float, Meta(ge=0, le=999)] = 0.0
    """0 leaves the pressure as it is."""


class PitCompound(msgspec.Struct, frozen=True, tag=True):
    compound: Annotated[int, Meta(ge=0, le=15)]


class ChatMacro(msgspec.Struct, frozen=True, tag=True):
    number: Annotated[int, Meta(ge=1, le=15)]


class CameraOnCar(msgspec.Struct, frozen=True, tag=True):
    car_number: Annotated[str, Meta(pattern=r"^\d{1,3}$")]
    """As painted: 7, 07 and 007 are three cars."""
    group: Annotated[int, Meta(ge=0, le=255)] = 0
    """0 leaves the camera as it is."""


class ReplayMoment(msgspec.Struct, frozen=True, tag=True):
    """Take the replay to a mark."""

    session_num: Annotated[int, Meta(ge=0, le=255)]
    sim_time_s: Annotated[float, Meta(ge=0, le=604_800)]


class ReplayLive(msgspec.Struct, frozen=True, tag=True):
    """Back to what happens now."""


Command = PitService | PitFuel | PitTyre | PitCompound | ChatMacro | CameraOnCar | ReplayMoment | ReplayLive
DRIVER_ONLY = (PitService, PitFuel, PitTyre, PitCompound, ChatMacro)
"""The sim takes these only from the person in the car."""


class CommandSink(Protocol):
    def send(self, command: Command) -> None:
        """Pass it on; raises CommandError when that is not possible."""
        ...


class Gate:
    """Lets through what is switched on and possible; both are asked anew each time."""

    def __init__(self, sink: CommandSink, is_on: Callable[[], bool], is_driving: Callable[[], bool]) -> None:
        self._sink = sink
        self._is_on = is_on
        self._is_driving = is_driving

    def send(self, command: Command) -> None:
        if not self._is_on():
            raise CommandsOffError(
                "PitBox sends nothing to iRacing: the setting sim.send_commands is off. Nothing was sent."
            )
        try:
            msgspec.convert(msgspec.to_builtins(command), type(command))
        except msgspec.ValidationError as error:
            raise CommandError(f"This command is not possible: {error}. Nothing was sent.") from error
        if isinstance(command, DRIVER_ONLY) and not self._is_driving():
            raise NotInCarError("iRacing takes this only from the person in the car. Nothing was sent.")
        self._sink.send(command)


class Broadcaster(Protocol):
    """The part of pyirsdk that speaks to the sim."""

    def pit_command(self, pit_command_mode: int = 0, var: int = 0) -> object: ...

    def chat_command_macro(self, macro_num: int = 0) -> object: ...

    def cam_switch_num(self, car_number: str = "1", group: int = 1, camera: int = 0) -> object: ...

    def replay_search(self, search_mode: int = 0) -> object: ...

    def replay_search_session_time(self, session_num: int = 0, session_time_ms: int = 0) -> object: ...


class SimCommands:
    """The real sink: Windows messages, by way of pyirsdk. Use it behind a `Gate` only."""

    _FUEL, _COMPOUND, _TO_END = 2, 12, 1

    def __init__(self, broadcaster: Broadcaster | None = None) -> None:
        self._broadcaster = broadcaster

    def send(self, command: Command) -> None:
        if self._broadcaster is None:
            self._broadcaster = _pyirsdk()
        try:
            self._post(self._broadcaster, command)
        except (AttributeError, OSError) as error:
            raise SimUnreachableError("iRacing runs on Windows only. Nothing was sent.") from error

    def _post(self, out: Broadcaster, command: Command) -> None:
        match command:
            case PitService(service):
                out.pit_command(int(service))
            case PitFuel(fuel_l):
                out.pit_command(self._FUEL, ceil(fuel_l))  # whole litres: rather one too much
            case PitTyre(corner, pressure_kpa):
                out.pit_command(int(corner), round(pressure_kpa))
            case PitCompound(compound):
                out.pit_command(self._COMPOUND, compound)
            case ChatMacro(number):
                out.chat_command_macro(number)
            case CameraOnCar(car_number, group):
                out.cam_switch_num(car_number, group, 0)
            case ReplayMoment(session_num, sim_time_s):
                out.replay_search_session_time(session_num, int(sim_time_s * 1000))
            case ReplayLive():
                out.replay_search(self._TO_END)


def _pyirsdk() -> Broadcaster:
    import irsdk  # noqa: PLC0415 - 55 ms that only those pay who send something

    client: Broadcaster = irsdk.IRSDK()
    return client
