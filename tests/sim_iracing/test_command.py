"""What goes out to the sim, and that nothing does unless the user wants it."""

import ctypes

import irsdk
import pytest

from pitbox.model.code import TrackSurface
from pitbox.sim.iracing.command import (
    CameraOnCar,
    ChatMacro,
    Command,
    CommandSink,
    Corner,
    Gate,
    PitCompound,
    PitFuel,
    PitService,
    PitTyre,
    ReplayLive,
    ReplayMoment,
    Service,
    SimCommands,
)
from pitbox.sim.iracing.errors import CommandError, CommandsOffError, NotInCarError, SimUnreachableError
from pitbox.wall.settings import Settings, every_setting

PIT, CHAT, CAMERA, SEARCH, TIME = 9, 8, 1, 5, 12
ALL = [
    (PitService(Service.CLEAR_ALL), (PIT, 0, 0)),
    (PitService(Service.FAST_REPAIR), (PIT, 8, 0)),
    (PitFuel(41.2), (PIT, 2, 42)),
    (PitFuel(), (PIT, 2, 0)),
    (PitTyre(Corner.RIGHT_REAR, 152.4), (PIT, 6, 152)),
    (PitCompound(1), (PIT, 12, 1)),
    (ChatMacro(15), (CHAT, 0, 15)),
    (CameraOnCar("7", 3), (CAMERA, 7, 3)),
    (CameraOnCar("007", 3), (CAMERA, 3007, 3)),
    (ReplayMoment(2, 3661.5), (TIME, 2, 3_661_500)),
    (ReplayLive(), (SEARCH, 1, 0)),
]


class RecordingSink:
    """Keeps what would have been sent."""

    def __init__(self):
        self.sent: list[Command] = []

    def send(self, command):
        self.sent.append(command)


class Windows:
    """As much of Windows as pyirsdk needs to send a message."""

    def __init__(self):
        self.messages = []
        self.user32 = self

    def RegisterWindowMessageW(self, name):  # noqa: N802
        return 0xC0DE if name == "IRSDK_BROADCASTMSG" else 0

    def SendNotifyMessageW(self, window, message, first, second):  # noqa: N802
        assert (window, message) == (0xFFFF, 0xC0DE)
        self.messages.append((first & 0xFFFF, first >> 16, second))
        return 1


def gate(sink, *, is_on=True, is_driving=True):
    return Gate(sink, lambda: is_on, lambda: is_driving)


def test_nothing_is_sent_unless_the_user_switched_it_on():
    setting = next(setting for setting in every_setting() if setting.key == "sim.send_commands")
    assert setting.default is False
    sink = RecordingSink()
    assert Settings().sim.send_commands is False
    for command, _ in ALL:
        with pytest.raises(CommandsOffError, match=r"sim\.send_commands"):
            gate(sink, is_on=Settings().sim.send_commands).send(command)
    assert not sink.sent


def test_switched_on_everything_goes_through_in_order():
    sink: CommandSink = RecordingSink()
    for command, _ in ALL:
        gate(sink).send(command)
    assert sink.sent == [command for command, _ in ALL]


def test_the_switch_counts_at_the_moment_of_sending():
    sink, state = RecordingSink(), {"on": True}
    door = Gate(sink, lambda: state["on"], lambda: True)
    door.send(ChatMacro(1))
    state["on"] = False
    with pytest.raises(CommandsOffError):
        door.send(ChatMacro(2))
    assert sink.sent == [ChatMacro(1)]


def test_fact_16_pit_and_chat_are_for_the_person_in_the_car_only():
    sink = RecordingSink()
    for command in (PitFuel(10), PitService(Service.TEAR_OFF), PitTyre(Corner.LEFT_FRONT), ChatMacro(3)):
        with pytest.raises(NotInCarError):
            gate(sink, is_driving=False).send(command)
    gate(sink, is_driving=False).send(CameraOnCar("12"))
    assert sink.sent == [CameraOnCar("12")]


@pytest.mark.parametrize(
    "command",
    [PitFuel(-1), PitFuel(1e9), ChatMacro(0), ChatMacro(16), CameraOnCar("seven"), ReplayMoment(0, -1.0)],
)
def test_figures_that_the_sim_would_misread_are_refused(command):
    sink = RecordingSink()
    with pytest.raises(CommandError, match="not possible"):
        gate(sink).send(command)
    assert not sink.sent


@pytest.mark.parametrize(("command", "message"), ALL, ids=[repr(command) for command, _ in ALL])
def test_real_pyirsdk_posts_the_message_that_the_sim_knows(command, message, monkeypatch):
    windows = Windows()
    monkeypatch.setattr(ctypes, "windll", windows, raising=False)
    SimCommands().send(command)
    assert windows.messages == [message]


@pytest.mark.skipif(hasattr(ctypes, "windll"), reason="Windows could really send it")
def test_where_iracing_cannot_run_it_is_said():
    with pytest.raises(SimUnreachableError, match="Windows"):
        SimCommands().send(ReplayLive())


def test_fact_17_numbers_are_those_of_pyirsdk():
    surfaces = {name: getattr(irsdk.TrkLoc, name) for name in vars(irsdk.TrkLoc) if name[0] != "_"}
    assert sorted(surfaces.values()) == sorted(TrackSurface)
    assert TrackSurface.APPROACHING_PITS == irsdk.TrkLoc.aproaching_pits == 2
    mode = irsdk.PitCommandMode
    assert (
        mode.clear,
        mode.ws,
        mode.clear_tires,
    ) == (Service.CLEAR_ALL, Service.TEAR_OFF, Service.CLEAR_TYRES)
    assert (mode.fr, mode.clear_ws) == (Service.FAST_REPAIR, Service.CLEAR_TEAR_OFF)
    assert (mode.clear_fr, mode.clear_fuel) == (Service.CLEAR_FAST_REPAIR, Service.CLEAR_FUEL)
    assert list(Corner) == [mode.lf, mode.rf, mode.lr, mode.rr]
    assert (mode.fuel, mode.tc) == (SimCommands._FUEL, SimCommands._COMPOUND)
    assert irsdk.RpySrchMode.to_end == SimCommands._TO_END
