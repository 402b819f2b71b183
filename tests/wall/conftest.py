"""What several modules of this room look at."""

import pytest
import race_shelf
from made_once import MadeOnce
from quick_duel import duel_is_quick  # noqa: F401 - a fixture of races by name

from pitbox.log.shelf import Shelf


@pytest.fixture(scope="session")
def shelf(made_once: MadeOnce) -> Shelf:
    """One race from two collectors, to be read only."""
    return Shelf(made_once("race-seen-twice", race_shelf.two_seen) / "log")
