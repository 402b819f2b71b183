"""Driver mode starting with the system: the registry's Run key on Windows, a desktop file elsewhere."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol
from zlib import crc32

from pitbox.wall.errors import AutostartError
from pitbox.wall.profile import DEFAULT_PROFILE, HOME_VARIABLE, Profile

if sys.platform == "win32":
    import winreg

_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


class Autostart(Protocol):
    def is_on(self) -> bool: ...

    def switch(self, *, is_on: bool) -> None:
        """Raises AutostartError and says what the system said."""
        ...


def driver_command(profile: Profile) -> list[str]:
    """What the system shall run; without a console where Python has a program for that."""
    python = Path(sys.executable)
    quiet = python.with_name("pythonw.exe")
    command = [str(quiet if quiet.exists() else python), "-P", "-m", "pitbox"]
    if profile.name != DEFAULT_PROFILE:
        command += ["--profile", profile.name]
    return [*command, "driver"]


def find_autostart(profile: Profile, environment: Mapping[str, str] = os.environ) -> Autostart:
    home = environment.get(HOME_VARIABLE, "")
    name = "PitBox" if profile.name == DEFAULT_PROFILE else f"PitBox {profile.name}"
    if home:  # profiles that lie elsewhere leave the others' entry alone
        name += f" {crc32(home.encode()):08x}"
    command = driver_command(profile)
    if sys.platform == "win32":
        return _RunKey(name, command)
    config = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~"), ".config")
    if home:  # the desktop does not know what this shell was told
        command = ["env", f"{HOME_VARIABLE}={home}", *command]
    file = Path(config).expanduser() / "autostart" / f"{name.lower().replace(' ', '-')}.desktop"
    return DesktopFile(file, name, command)


class DesktopFile:
    """An entry of the freedesktop autostart folder."""

    def __init__(self, file: Path, name: str, command: Sequence[str]) -> None:
        self._file = file
        self._text = "\n".join(
            [
                "[Desktop Entry]",
                "Type=Application",
                f"Name={name}",
                "Comment=Records iRacing sessions for the pit wall",
                f"Exec={' '.join(_quoted(word) for word in command)}",
                "Terminal=false",
                "",
            ]
        )

    def is_on(self) -> bool:
        return self._file.is_file()

    def switch(self, *, is_on: bool) -> None:
        try:
            if is_on:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_text(self._text, "utf-8")
            else:
                self._file.unlink(missing_ok=True)
        except OSError as error:
            raise AutostartError(f"{self._file} cannot be changed: {error.strerror}.") from error


def _quoted(word: str) -> str:
    """One argument by the rules of the desktop entry's Exec line."""
    escaped = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in word)
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'


if sys.platform == "win32":

    class _RunKey:
        """A value under the user's Run key."""

        def __init__(self, name: str, command: Sequence[str]) -> None:
            self._name = name
            self._line = subprocess.list2cmdline(command)

        def is_on(self) -> bool:
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                    winreg.QueryValueEx(key, self._name)
            except OSError:
                return False
            return True

        def switch(self, *, is_on: bool) -> None:
            try:
                with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                    if is_on:
                        winreg.SetValueEx(key, self._name, 0, winreg.REG_SZ, self._line)
                    elif self.is_on():
                        winreg.DeleteValue(key, self._name)
            except OSError as error:
                raise AutostartError(
                    f"The registry's Run key cannot be changed: {error.strerror}."
                ) from error
