"""The few operations of a disk that durability rests on, in one place where tests can break them."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

if sys.platform == "win32":

    def _sync(fd: int) -> None:
        os.fsync(fd)
else:

    def _sync(fd: int) -> None:
        os.fdatasync(fd)


_MOST_PARTS = 512
"""Systems take 1024 at least; more come only after a long failure."""


class Disk:
    """The real one."""

    def create(self, path: Path) -> int:
        """A new file, open for writing; fails if it exists."""
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
        return os.open(path, flags, 0o644)

    def append(self, path: Path) -> int:
        """An existing file, open for writing at its end."""
        return os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))

    def write(self, fd: int, data: Sequence[bytes]) -> None:
        """All of it, or OSError. Several parts in one call spare a copy of the largest."""
        if len(data) > 1 and hasattr(os, "writev") and len(data) <= _MOST_PARTS:
            done = os.writev(fd, data)
            if done == sum(map(len, data)):
                return
            view = memoryview(b"".join(data))[done:]
        else:
            view = memoryview(b"".join(data))
        while view:
            view = view[os.write(fd, view) :]

    def sync(self, fd: int) -> None:
        """Returns when the file's data would survive a power cut."""
        _sync(fd)

    def sync_folder(self, folder: Path) -> None:
        """The same for the names in a folder; Windows has no such call and needs none."""
        if sys.platform == "win32":
            return
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def close(self, fd: int) -> None:
        os.close(fd)

    def remove(self, path: Path) -> None:
        path.unlink()

    def free_bytes(self, folder: Path) -> int:
        return shutil.disk_usage(folder).free
