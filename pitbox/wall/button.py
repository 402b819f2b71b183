"""A key or a button of the wheel that is bound to one wish, whatever window is in front.

Asked, never hooked: Windows tells the state of keys (user32) and of joysticks (winmm), Linux gives the events
of `/dev/input/js*`. No library is needed for that, and nothing else is looked at.
"""

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

MOST_DEVICES, MOST_BUTTONS = 16, 32
_EVENT = struct.Struct("<IhBB")
_IS_BUTTON, _IS_INITIAL = 0x01, 0x80
_F1 = 0x70
_ALL_BUTTONS = 0x80
_PAUSE = 100
"""Questions that are not asked after one to a device that is not there: winmm takes its time for those."""
_DEVICES = Path("/dev/input")


class Press(msgspec.Struct, frozen=True):
    device: int
    button: int

    def __str__(self) -> str:
        return f"{self.device}:{self.button}"


class LinuxSticks:
    """Every joystick of the system; `presses` gives what went down since the last call."""

    def __init__(self, folder: Path = _DEVICES) -> None:
        self._folder = folder
        self._handles: dict[Path, int] = {}

    def presses(self) -> list[Press]:
        self._open_new()
        out: list[Press] = []
        for path, handle in list(self._handles.items()):
            number = int(path.name.removeprefix("js"))
            try:
                while data := os.read(handle, _EVENT.size * 64):
                    for _, value, kind, button in _EVENT.iter_unpack(data[: len(data) // 8 * 8]):
                        if kind & _IS_BUTTON and not kind & _IS_INITIAL and value:
                            out.append(Press(number, button))
            except BlockingIOError:
                continue
            except OSError:  # unplugged
                os.close(self._handles.pop(path))
        return out

    def close(self) -> None:
        for handle in self._handles.values():
            os.close(handle)
        self._handles.clear()

    def _open_new(self) -> None:
        for path in self._folder.glob("js*"):
            if path not in self._handles and path.name[2:].isdigit():
                with contextlib.suppress(OSError):  # not ours to read
                    self._handles[path] = os.open(path, os.O_RDONLY | os.O_NONBLOCK)


class _JoyInfo(ctypes.Structure):
    """JOYINFOEX of winmm."""

    _fields_ = [
        (name, ctypes.c_uint32)
        for name in (
            "size", "flags", "x", "y", "z", "r", "u", "v", "buttons", "button_number", "pov", "reserved_1",
            "reserved_2",
        )
    ]  # fmt: skip


class WindowsSticks:
    """The first 32 buttons of each joystick, as winmm tells them."""

    def __init__(self, winmm: Any = None, *, only: int | None = None) -> None:
        self._winmm = winmm or ctypes.windll.winmm  # type: ignore[attr-defined, unused-ignore]
        self._devices = range(MOST_DEVICES) if only is None else (only,)
        self._before: dict[int, int] = {}
        self._pauses: dict[int, int] = {}

    def presses(self) -> list[Press]:
        out: list[Press] = []
        for device in self._devices:
            if self._pauses.get(device, 0):
                self._pauses[device] -= 1
                continue
            info = _JoyInfo(size=ctypes.sizeof(_JoyInfo), flags=_ALL_BUTTONS)
            if self._winmm.joyGetPosEx(device, ctypes.byref(info)) != 0:
                self._before.pop(device, None)
                self._pauses[device] = _PAUSE
                continue
            fresh = info.buttons & ~self._before.get(device, info.buttons)
            self._before[device] = info.buttons
            out += [Press(device, button) for button in range(MOST_BUTTONS) if fresh >> button & 1]
        return out

    def close(self) -> None:
        self._before.clear()


class WindowsKey:
    """One of F1 to F24."""

    def __init__(self, name: str, user32: Any = None) -> None:
        self._user32 = user32 or ctypes.windll.user32  # type: ignore[attr-defined, unused-ignore]
        self._code = _F1 + int(name[1:]) - 1
        self._was_down = True  # one that is held already was not meant for us

    def is_pressed(self) -> bool:
        """A press between two questions counts too: Windows remembers it in the lowest bit."""
        state = self._user32.GetAsyncKeyState(self._code)
        was_down, self._was_down = self._was_down, bool(state & 0x8000)
        return bool(state & 0x8001) and not was_down


Sticks = LinuxSticks | WindowsSticks


def find_sticks(platform: str = sys.platform, only: int | None = None) -> Sticks | None:
    """All of them, or one device; None on a system where PitBox cannot ask."""
    if platform == "win32":
        return WindowsSticks(only=only)
    return LinuxSticks() if platform == "linux" else None


class Binding:
    """`is_pressed` is true once for each press of what is bound."""

    def __init__(self, button: str, sticks: Sticks | None, is_key_pressed: Callable[[], bool] | None) -> None:
        self._button = button
        self._sticks = sticks if button else None
        self._is_key_pressed = is_key_pressed

    @property
    def is_bound(self) -> bool:
        return self._sticks is not None or self._is_key_pressed is not None

    def is_pressed(self) -> bool:
        is_pressed = self._is_key_pressed is not None and self._is_key_pressed()
        if self._sticks is not None:
            is_pressed = any(str(press) == self._button for press in self._sticks.presses()) or is_pressed
        return is_pressed

    def close(self) -> None:
        if self._sticks is not None:
            self._sticks.close()


def bind(key: str, button: str, platform: str = sys.platform) -> tuple[Binding, str]:
    """What can be asked for on this system, and words about what cannot; empty when all can."""
    sticks = find_sticks(platform, int(button.partition(":")[0])) if button else None
    is_key = WindowsKey(key).is_pressed if key and platform == "win32" else None
    words = []
    if key and is_key is None:
        words.append(f"the key {key} can be seen in other windows on Windows only: bind it to `pitbox ack`")
    if button and sticks is None:
        words.append("buttons of a wheel cannot be read on this system")
    return Binding(button, sticks, is_key), "; ".join(words)
