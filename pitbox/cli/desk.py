"""What every command starts with: the profile, its settings, its folders, and a way to print."""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import typer
from rich.console import Console

from pitbox.log.shelf import Shelf
from pitbox.model.ids import SessionId
from pitbox.wall.profile import DEFAULT_PROFILE, Profile, find_profile
from pitbox.wall.settings import Settings
from pitbox.wall.settings_file import read
from pitbox.wall.wall import Folders, archive_folder, folders_of

EXIT_ERROR = 1
EXIT_STOPPED = 130
EXIT_LOST = 3
"""`log repair` and `log verify`: something is missing or not as it was written."""


class Desk(msgspec.Struct, frozen=True):
    profile: Profile
    settings: Settings
    folders: Folders

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.folders.logs)

    @property
    def archive_folder(self) -> Path:
        return archive_folder(self.folders, self.settings)


def open_desk(profile_name: str = DEFAULT_PROFILE) -> Desk:
    """Reads the settings; what cannot be used in them is named on standard error."""
    profile = find_profile(profile_name)
    reading = read(profile.settings_file)
    for problem in reading.problems:
        print(f"Settings: {problem}", file=sys.stderr)
    return Desk(profile, reading.settings, folders_of(profile, reading.settings))


def desk_of(context: typer.Context) -> Desk:
    """The desk of the profile that the command line names."""
    return open_desk(context.find_root().params.get("profile") or DEFAULT_PROFILE)


def console() -> Console:
    return Console(highlight=False)


def print_json(value: Any) -> None:
    """Any struct or builtin as JSON on standard output."""
    print(json.dumps(msgspec.to_builtins(value, enc_hook=str), indent=2, ensure_ascii=False))


def pick_sessions(desk: Desk, session: str | None) -> list[SessionId]:
    """The named session, or all of them; raises for a name that is not here."""
    known = desk.shelf.sessions()
    if session is None:
        return known
    if session not in known:
        raise typer.BadParameter(f"There is no session {session!r} here; `pitbox sessions` lists them.")
    return [SessionId(session)]
