"""Where a profile keeps what. Loads nothing that records: a window asks before its first picture."""

from pathlib import Path

import msgspec

from pitbox.wall.profile import Profile
from pitbox.wall.settings import Settings


class Folders(msgspec.Struct, frozen=True):
    """Where a profile keeps what."""

    data: Path

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def lock_file(self) -> Path:
        """Of who records here; a setting may lead two profiles to one folder."""
        return self.data / "pitbox.lock"

    @property
    def checkpoints(self) -> Path:
        return self.data / "checkpoint"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def database(self) -> Path:
        return self.data / "pitbox.duckdb"


def folders_of(profile: Profile, settings: Settings) -> Folders:
    chosen = settings.storage.data_folder
    return Folders(Path(chosen).expanduser() if chosen else profile.data)
