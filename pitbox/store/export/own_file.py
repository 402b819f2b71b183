"""The files of the own car's rows: one for each set of channels that the sim had."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import numpy as np

from pitbox.model.channel import Layout
from pitbox.model.source import RowArray
from pitbox.store.export.own import OwnRows


class OwnFile(Protocol):
    """Of one layout."""

    def write(self, pile: list[OwnRows]) -> None: ...

    def close(self) -> None: ...


class OwnFiles:
    """One file for each set of channels that the sim had; rows wait until there are enough to be written."""

    def __init__(
        self, folder: Path, ending: str, open_file: Callable[[Path, Layout], OwnFile], enough: int
    ) -> None:
        self._folder, self._ending, self._open, self._enough = folder, ending, open_file, enough
        self._files: dict[Layout, OwnFile] = {}
        self._waiting: dict[Layout, list[OwnRows]] = {}
        self._waiting_count: dict[Layout, int] = {}
        """Rows in each pile: a day comes in 360,000 pieces, too many to count again for each."""
        self.row_count = 0
        """Of all that was ever taken."""

    def take(self, own: OwnRows) -> None:
        self._waiting.setdefault(own.layout, []).append(own)
        self.row_count += len(own.rows)
        count = self._waiting_count.get(own.layout, 0) + len(own.rows)
        self._waiting_count[own.layout] = count
        if count >= self._enough:
            self._waiting_count[own.layout] = 0
            self._write(self._waiting.pop(own.layout))

    def close(self) -> None:
        """Every file, also where the disk takes no more."""
        with ExitStack() as stack:
            stack.callback(self._close_files)
            left, self._waiting = list(self._waiting.values()), {}
            for pile in left:
                self._write(pile)

    def _close_files(self) -> None:
        with ExitStack() as stack:
            for file in self._files.values():
                stack.callback(file.close)

    def _write(self, pile: list[OwnRows]) -> None:
        layout = pile[0].layout
        if layout not in self._files:
            path = _path(self._folder, len(self._files) + 1, self._ending)
            self._files[layout] = self._open(path, layout)
        self._files[layout].write(pile)


def joined(pile: list[OwnRows]) -> RowArray:
    """The rows of one pile, in its order."""
    # As bytes: numpy compares every field of every part when it joins structured rows.
    return np.frombuffer(b"".join([own.rows.tobytes() for own in pile]), pile[0].layout.dtype)


def _path(folder: Path, number: int, ending: str) -> Path:
    """`own.csv`, and `own-2.csv` and so on where the sim's channels changed."""
    return folder / (f"own.{ending}" if number == 1 else f"own-{number}.{ending}")
