"""Hires the store's clerk for a wall; apart from `wall.py`, so that a collector never loads a database."""

from pitbox.crew.health import HealthSink
from pitbox.log.shelf import Shelf
from pitbox.store.clerk import Clerk
from pitbox.store.database import Limits
from pitbox.store.rows import BatchSize
from pitbox.wall.settings import Settings
from pitbox.wall.wall import Folders


def hire_clerk(folders: Folders, settings: Settings, on_health: HealthSink) -> Clerk:
    """Not started yet; it opens the profile's database and reads the profile's shelf."""
    return Clerk(
        folders.database,
        Shelf(folders.logs),
        limits=store_limits(settings),
        size=BatchSize(seconds=settings.store.batch_s),
        period_s=settings.store.batch_s,
        on_health=on_health,
    )


def store_limits(settings: Settings) -> Limits:
    return Limits(memory_mb=settings.store.memory_limit_bytes >> 20)
