"""Loads what a page needs beside the window, so that going there the first time holds up no picture."""

import importlib
import sys

from pitbox.crew.thread import Hand

PAGES = {"laps": "pitbox.ui.laps.page", "sessions": "pitbox.ui.sessions.page"}
"""Pages that read a database, and where they are made."""
_ENGINE = "duckdb"
"""Takes longer to load than all else of them."""


class Loader:
    def __init__(self) -> None:
        self._hands: dict[str, Hand] = {}

    def is_ready(self, page: str) -> bool:
        """False while it is being loaded, which begins with the first question."""
        if page not in self._hands:
            if page not in PAGES or _ENGINE in sys.modules:
                return True
            hand = self._hands[page] = Hand(f"load {page}", lambda _: _load(PAGES[page]))
            hand.start()
        return not self._hands[page].is_alive


def _load(module: str) -> None:
    importlib.import_module(module)
