"""Space put aside at a session's start, so that a full disk stops everything else first."""

import contextlib
import os
from pathlib import Path

from pitbox.log.disk import Disk


class Reserve:
    def __init__(self, folder: Path, size: int, disk: Disk | None = None) -> None:
        self.path = folder / "reserve.bin"
        self._size = size
        self._disk = disk or Disk()

    @property
    def is_held(self) -> bool:
        return self.path.exists()

    def hold(self) -> bool:
        """True when the space is put aside; False when the disk has too little left to do so."""
        if self.is_held and self.path.stat().st_size == self._size:
            return True
        try:
            self.release()
            if self._disk.free_bytes(self.path.parent) < 2 * self._size:
                return False
            fd = self._disk.create(self.path)
        except OSError:
            return False
        try:
            self._fill(fd)
        except OSError:
            self.release()
            return False
        finally:
            os.close(fd)
        return True

    def release(self) -> bool:
        """Give the space back; True when there was some."""
        with contextlib.suppress(FileNotFoundError):
            self._disk.remove(self.path)
            return True
        return False

    def _fill(self, fd: int) -> None:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(fd, 0, self._size)
            return
        zeros = bytes(1 << 20)
        for _ in range(0, self._size, len(zeros)):
            self._disk.write(fd, (zeros,))
