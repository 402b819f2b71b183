"""Ways to the sim's memory: the running sim on Windows, or an image in a file anywhere.

The running sim is opened by `client`, with pyirsdk; the bytes are read by `memory`.
"""

import ctypes
import mmap
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from pitbox.sim.iracing.errors import EmptyFileError


class Connection(Protocol):
    """An open view. `wait` returns when a row may be ready, or after `timeout_s`."""

    @property
    def view(self) -> memoryview: ...

    def wait(self, timeout_s: float) -> None: ...

    def is_current(self) -> bool:
        """False when what is open is no longer what `opener` would open."""
        ...

    def close(self) -> None: ...


Opener = Callable[[], Connection | None]
"""Opens a connection; None while there is nothing to open. May raise OSError or ImageError."""


class FileConnection:
    """An image that somebody writes, or wrote, into a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self._identity = _identity(os.fstat(file.fileno()))
            if self._identity[-1] == 0:
                raise EmptyFileError(f"{path.name} is empty.")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.view = memoryview(self._map)

    def wait(self, timeout_s: float) -> None:
        """A file has no event to wait for."""
        time.sleep(timeout_s)

    def is_current(self) -> bool:
        try:
            return _identity(self._path.stat()) == self._identity
        except OSError:
            return False

    def close(self) -> None:
        self.view.release()
        self._map.close()


def open_file(path: Path) -> Connection | None:
    return FileConnection(path) if path.exists() else None


def open_sim() -> Connection | None:
    """The running sim; None where none runs, and on systems on which it cannot run."""
    if not hasattr(ctypes, "windll"):
        return None
    from pitbox.sim.iracing.client import open_client  # noqa: PLC0415 - 55 ms that an image in a file does not need

    return open_client()


def _identity(status: Any) -> tuple[int, int, int]:
    """A file by this name can be another one now, or have another size."""
    return (status.st_dev, status.st_ino, status.st_size)
