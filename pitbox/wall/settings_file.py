"""The one TOML file in which settings lie. What PitBox does not understand in it stays in it."""

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from pitbox.wall.errors import NotTomlError, SettingError
from pitbox.wall.setting_value import checked, find_setting
from pitbox.wall.settings import Settings, every_setting, with_value


class Reading(msgspec.Struct, frozen=True):
    settings: Settings
    problems: tuple[str, ...] = ()
    """One sentence for each value that could not be used; its default stands in for it."""


def read(path: Path) -> Reading:
    """The settings of the file; a bad value falls back alone and is named. Never raises for content."""
    try:
        document = _document(path)
    except SettingError as error:
        return Reading(Settings(), (f"{error} The defaults are used.",))
    settings, problems = Settings(), []
    for setting in every_setting():
        group = document.get(setting.group, {})
        if not isinstance(group, dict):
            problems.append(f"{setting.group} in {path.name} has to be a table; {setting.key} is not read.")
        elif setting.name in group:
            try:
                settings = with_value(settings, setting.key, checked(setting, group[setting.name]))
            except SettingError as error:
                problems.append(f"{error} {setting.words(setting.default)} is used.")
    return Reading(settings, tuple(problems))


def change(path: Path, values: Mapping[str, Any]) -> Path | None:
    """Store these values by dotted key, all or none, and touch nothing else; raises SettingError.

    A file that is not TOML is kept aside first: where, is returned. Comments do not survive.
    """
    good = {key: checked(find_setting(key), value) for key, value in values.items()}
    document, aside = _usable(path)
    for key, value in good.items():
        group, _, name = key.partition(".")
        table = document.get(group)
        if not isinstance(table, dict):
            table = document[group] = {}
        table[name] = value
    _replace(path, document)
    return aside


def reset(path: Path, key: str) -> Path | None:
    """Take one setting out of the file, so that its default stands again; aside as for `change`."""
    setting = find_setting(key)
    document, aside = _usable(path)
    table = document.get(setting.group)
    if isinstance(table, dict) and setting.name in table:
        del table[setting.name]
        _replace(path, document)
    return aside


def _usable(path: Path) -> tuple[dict[str, Any], Path | None]:
    """The parsed file; one that is not TOML goes aside, and an empty one stands in for it."""
    try:
        return _document(path), None
    except NotTomlError:
        return {}, _set_aside(path)


def _document(path: Path) -> dict[str, Any]:
    """The parsed file, empty when there is none; raises SettingError when it cannot be."""
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotTomlError(f"The settings file {path} is not TOML: {error}.") from error


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    try:
        path.rename(aside)
    except OSError as error:
        raise SettingError(f"The settings file {path} cannot be set aside: {error.strerror}.") from error
    return aside


def _replace(path: Path, document: dict[str, Any]) -> None:
    """The old content or the new one, whatever happens in between."""
    new = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with new.open("xb") as file:
                file.write(tomli_w.dumps(document).encode())
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
        if sys.platform != "win32":  # NTFS journals names; a folder cannot be opened there
            handle = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    except OSError as error:
        raise SettingError(f"The settings cannot be stored in {path}: {error.strerror}.") from error
