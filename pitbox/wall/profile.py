"""A profile: one user's settings, identity and recordings, apart from every other profile's."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from pitbox.wall.errors import ProfileError

DEFAULT_PROFILE = "default"
HOME_VARIABLE = "PITBOX_HOME"
"""Overrides where all profiles lie; for tests and portable set-ups."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)
"""Names that Windows keeps for devices, in any folder."""


class Profile(msgspec.Struct, frozen=True):
    name: str
    config: Path
    """Settings, identity and the lock: small, and never moved by a setting."""
    data: Path
    """Recordings, database and journal, unless a setting names another folder."""

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.toml"

    @property
    def identity_folder(self) -> Path:
        return self.config / "identity"

    @property
    def lock_file(self) -> Path:
        return self.config / "pitbox.lock"


def find_profile(name: str = DEFAULT_PROFILE, environment: Mapping[str, str] = os.environ) -> Profile:
    """Where the profile lies; makes no folder. Raises ProfileError for a name that cannot be one."""
    check_name(name)
    home = environment.get(HOME_VARIABLE, "")
    if home:
        root = Path(home).expanduser()
        if not root.is_absolute():
            raise ProfileError(f"{HOME_VARIABLE} has to be an absolute path; {home!r} is not.")
        return Profile(name, config=root / name / "config", data=root / name / "data")
    from platformdirs import user_config_path, user_data_path  # noqa: PLC0415 - not needed with a home given

    return Profile(
        name,
        config=user_config_path("PitBox", appauthor=False) / name / "config",
        data=user_data_path("PitBox", appauthor=False) / name / "data",
    )


def check_name(name: str) -> None:
    """Raises ProfileError unless the name is a folder's name on every system."""
    if not _NAME.fullmatch(name):
        raise ProfileError(
            f"{name[:64]!r} cannot be a profile's name: it has 1 to 32 small letters, digits, - and _, "
            "and starts with a letter or a digit."
        )
    if name in _DEVICES:
        raise ProfileError(f"{name!r} cannot be a profile's name: Windows keeps it for a device.")
