"""What is bound to acknowledging, and the system's voices: without a wheel and a loudspeaker."""

import os
import struct
import sys
from pathlib import Path

import pytest
from office_rig import Team

from pitbox.model.role import Role
from pitbox.wall.button import Binding, LinuxSticks, Press, WindowsKey, WindowsSticks, bind
from pitbox.wall.office import Office
from pitbox.wall.settings import Messages, Settings
from pitbox.wall.voice import Voice, find_voice, missing_words

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="these devices are Linux' own")


def event(button: int, value: int, kind: int = 0x01) -> bytes:
    """As the kernel's joystick interface writes it."""
    return struct.pack("<IhBB", 1, value, kind, button)


@on_linux
def test_a_wheels_button_is_seen_once_when_it_goes_down(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "js0")
    (tmp_path / "js0.txt").write_text("no device")
    sticks = LinuxSticks(tmp_path)
    assert sticks.presses() == []
    with (tmp_path / "js0").open("wb", buffering=0) as wheel:
        wheel.write(event(3, 1, 0x81))  # how it stood when it was opened
        wheel.write(event(0, 12_000, 0x02))  # an axis
        wheel.write(event(5, 1) + event(5, 0) + event(6, 1))
        assert sticks.presses() == [Press(0, 5), Press(0, 6)]
        assert sticks.presses() == []
    sticks.close()


@on_linux
def test_a_wheel_that_is_plugged_in_later_is_found_and_one_that_goes_is_forgotten(tmp_path: Path) -> None:
    sticks = LinuxSticks(tmp_path)
    assert sticks.presses() == []
    os.mkfifo(tmp_path / "js3")
    sticks.presses()
    with (tmp_path / "js3").open("wb", buffering=0) as wheel:
        wheel.write(event(0, 1))
        assert sticks.presses() == [Press(3, 0)]
    (tmp_path / "js3").unlink()
    assert sticks.presses() == []
    sticks.close()


class Winmm:
    """Two of sixteen joysticks, their buttons as a bit each."""

    def __init__(self) -> None:
        self.buttons = {0: 0b0, 2: 0b100}
        self.asked: list[int] = []

    def joyGetPosEx(self, device: int, info) -> int:  # noqa: N802
        self.asked.append(device)
        found = info._obj
        assert (found.size, found.flags) == (52, 0x80), "as JOYINFOEX and JOY_RETURNBUTTONS are in Windows"
        found.buttons = self.buttons.get(device, 0)
        return 0 if device in self.buttons else 167


def test_windows_sticks_tell_presses_and_who_is_not_there_is_rarely_asked() -> None:
    winmm = Winmm()
    sticks = WindowsSticks(winmm)
    assert sticks.presses() == [], "what is held from the start was not meant for us"
    winmm.buttons = {0: 0b10_0000, 2: 0b100}
    assert sticks.presses() == [Press(0, 5)]
    assert sticks.presses() == []
    assert winmm.asked.count(1) == 1
    only = WindowsSticks(winmm, only=2)
    only.presses()
    winmm.buttons[2] = 0b101
    assert [str(press) for press in only.presses()] == ["2:0"]


def test_a_windows_key_counts_once_for_each_press() -> None:
    class User32:
        states = [0x8000, 0x0000, 0x8001, 0x8000, 0x0000, 0x0001]  # noqa: RUF012

        def GetAsyncKeyState(self, code: int) -> int:  # noqa: N802
            assert code == 0x78
            return self.states.pop(0)

    key = WindowsKey("F9", User32())
    assert [key.is_pressed() for _ in range(6)] == [False, False, True, False, False, True]


def test_what_cannot_be_asked_on_a_system_is_said() -> None:
    assert bind("", "")[1] == ""
    assert "pitbox ack" in bind("F9", "", "linux")[1]
    assert "wheel" in bind("", "0:5", "darwin")[1]
    assert bind("", "0:5", "linux")[1] == ""


class Sticks:
    def __init__(self) -> None:
        self.pressed: list[Press] = []

    def presses(self) -> list[Press]:
        pressed, self.pressed = self.pressed, []
        return pressed

    def close(self) -> None:
        pass


def test_the_bound_button_acknowledges_and_no_other(tmp_path: Path) -> None:
    team = Team(tmp_path)
    kai = team.join("Kai", Role.DRIVER, Settings(messages=Messages(acknowledge_button="0:5")))
    lea = team.join("Lea", Role.ENGINEER)
    office: Office = kai.office
    office._binding.close()
    sticks = Sticks()
    office._binding = Binding("0:5", sticks, None)
    lea.office.messenger.say("Box this lap")
    team.meet()
    sticks.pressed = [Press(0, 4), Press(1, 5)]
    kai.step()
    assert office.messenger.shown().is_new
    sticks.pressed = [Press(0, 5)]
    kai.step()
    assert not office.messenger.shown().is_new
    team.close()


@pytest.mark.parametrize(
    ("platform", "there", "name"),
    [
        ("linux", ["spd-say", "espeak-ng"], "espeak-ng"),
        ("linux", ["spd-say"], "speech-dispatcher"),
        ("linux", [], None),
        ("win32", ["powershell"], "sapi"),
        ("darwin", ["say"], "say"),
    ],
)
def test_each_system_has_its_voice(platform: str, there: list[str], name: str | None) -> None:
    voice = find_voice(platform, lambda program: f"bin/{program}" if program in there else None)
    assert (None if voice is None else voice.name) == name
    assert missing_words(platform)


@pytest.mark.parametrize("name", ["sapi", "say", "speech-dispatcher", "espeak-ng"])
def test_no_word_that_is_said_becomes_an_option_or_a_script(name: str) -> None:
    voice, evil = Voice(name, "program"), "--version $(reboot); [[slnc 9999]]"
    command, words = voice.command(evil, 50), voice.words(evil, 50)
    if name == "speech-dispatcher":
        assert (command[-2:], words) == (["--", evil], b"")
        return
    assert all("reboot" not in part for part in command)
    assert b"reboot" in words
    if name == "say":
        assert b"[[slnc" not in words, "a command of that voice is no word"


@pytest.mark.skipif(os.name == "nt", reason="a script stands in for a program")
def test_a_voice_gets_its_words(tmp_path: Path) -> None:
    program = tmp_path / "voice"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/how\ncat > {tmp_path}/said\n')
    program.chmod(0o755)
    text = "Box this lap, Jürgen"
    told = [
        ("espeak-ng", "--stdin -a 80", f"{text}\n"),
        ("speech-dispatcher", f"--wait --volume -20 -- {text}", ""),
    ]
    for name, how, said in told:
        child = Voice(name, str(program)).speak(text, 40)
        assert child.wait(60) == 0
        assert (tmp_path / "how").read_text() == f"{how}\n"
        assert (tmp_path / "said").read_text() == said
