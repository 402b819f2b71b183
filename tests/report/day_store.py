"""A race of many cars as facts in a store, with no log behind it; it may be known up to a moment only."""

from collections.abc import Iterable
from pathlib import Path

import long_race
import scenes

from pitbox.model.fact import Fact
from pitbox.model.ids import SessionId
from pitbox.store.database import Database
from pitbox.store.told_day import tell_day

SESSION = SessionId("sub-24")


def store(path: Path, facts: Iterable[Fact]) -> Path:
    """Each as it was said last."""
    with Database(path) as database:
        tell_day(database, SESSION, scenes.info(), facts, long_race.people())
    return path
