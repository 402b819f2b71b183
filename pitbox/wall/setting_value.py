"""From what a user wrote, in the file or on the command line, to a value that may stand."""

import re
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from pitbox.wall.errors import SettingError
from pitbox.wall.settings import Setting, every_setting

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt])i?b", re.IGNORECASE)
_POWERS = {"k": 10, "m": 20, "g": 30, "t": 40}


def find_setting(key: str) -> Setting:
    """The setting of this dotted key; raises SettingError and names near ones."""
    settings = {setting.key: setting for setting in every_setting()}
    if key in settings:
        return settings[key]
    from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

    near = get_close_matches(key, settings, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near else " `pitbox settings list` shows all of them."
    raise SettingError(f"There is no setting {key[:64]!r}.{hint}")


def parse_text(key: str, text: str) -> Any:
    """The value that `text` stands for; sizes may be written as `2 GiB`. Raises SettingError."""
    setting = find_setting(key)
    text = text.strip()
    value: Any = text
    size = _SIZE.fullmatch(text)
    if size and setting.name.endswith("_bytes"):
        value = round(float(size[1]) * (1 << _POWERS[size[2].lower()]))
    elif not isinstance(setting.default, str):
        try:
            value = msgspec.convert(text, type(setting.default), strict=False)
        except msgspec.ValidationError:
            raise _refused(setting, text) from None
    return checked(setting, value)


def checked(setting: Setting, value: Any) -> Any:
    """The value when it may stand; raises SettingError and says what may."""
    try:
        good = msgspec.convert(value, setting.kind)
    except msgspec.ValidationError:
        raise _refused(setting, value) from None
    if isinstance(good, float) and not isfinite(good):
        raise _refused(setting, value)
    if setting.is_folder and good and not _is_path(good):
        raise _refused(setting, value)
    return good


def _is_path(text: str) -> bool:
    return "\0" not in text and Path(text).expanduser().is_absolute()


def _refused(setting: Setting, value: Any) -> SettingError:
    shown = repr(value) if isinstance(value, str) else str(value)
    return SettingError(f"{setting.key} cannot be {shown[:80]}: it has to be {setting.bounds_words()}.")
