"""The entry that makes the desktop start driver mode, read back by the rules of its format."""

import configparser
import re
import sys
from pathlib import Path

import pytest

from pitbox.wall.autostart import DesktopFile, driver_command, find_autostart
from pitbox.wall.errors import AutostartError
from pitbox.wall.profile import find_profile

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has a registry for this")


def command_in(file: Path) -> list[str]:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str
    parser.read_string(file.read_text("utf-8"))
    entry = parser["Desktop Entry"]
    assert (entry["Type"], entry["Terminal"]) == ("Application", "false")
    line = entry["Exec"].replace("\\\\", "\\").replace("%%", "%")  # the string's rules, then field codes
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    assert " ".join(f'"{word}"' for word in words) == line
    return [re.sub(r"\\(.)", r"\1", word) for word in words]


def test_on_and_off(tmp_path: Path) -> None:
    profile = find_profile("night", {"PITBOX_HOME": str(tmp_path)})
    autostart = find_autostart(profile, {"XDG_CONFIG_HOME": str(tmp_path / "config")})
    assert not autostart.is_on()
    autostart.switch(is_on=True)
    autostart.switch(is_on=True)
    assert autostart.is_on()
    (file,) = (tmp_path / "config" / "autostart").iterdir()
    assert file.name == "pitbox-night.desktop"
    assert command_in(file) == driver_command(profile)
    assert command_in(file)[-3:] == ["--profile", "night", "driver"]
    autostart.switch(is_on=False)
    autostart.switch(is_on=False)
    assert not autostart.is_on()


def test_profiles_elsewhere_have_an_entry_of_their_own(tmp_path: Path) -> None:
    config = {"XDG_CONFIG_HOME": str(tmp_path)}
    for home in ({}, {"PITBOX_HOME": "/srv/a"}, {"PITBOX_HOME": "/srv/b"}):
        find_autostart(find_profile(), {**config, **home}).switch(is_on=True)
    files = sorted((tmp_path / "autostart").iterdir())
    assert len(files) == 3
    homes = {command_in(file)[1] for file in files if command_in(file)[0] == "env"}
    assert homes == {"PITBOX_HOME=/srv/a", "PITBOX_HOME=/srv/b"}


@pytest.mark.parametrize("word", ["a b", 'say "x"', "100%", "$HOME", "back\\slash", "`date`"])
def test_odd_folders_come_through(tmp_path: Path, word: str) -> None:
    DesktopFile(tmp_path / "x.desktop", "PitBox", ["python", word]).switch(is_on=True)
    assert command_in(tmp_path / "x.desktop") == ["python", word]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("a file where a folder should be")
    with pytest.raises(AutostartError, match="cannot be changed"):
        find_autostart(find_profile(), {"XDG_CONFIG_HOME": str(tmp_path)}).switch(is_on=True)
