"""Who writes a log just now: a lock of the operating system, which a killed writer cannot leave behind."""

import contextlib
import os
import sys
from pathlib import Path

NAME = "writer.lock"

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Hold:
    """The claim on one log's folder, until `release` or the end of the process."""

    def __init__(self, folder: Path) -> None:
        self._handle: int | None = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        with contextlib.suppress(OSError):  # a share without locks: the log is written all the same
            _lock(self._handle)

    def release(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def is_held(folder: Path) -> bool:
    """True while a living writer has this log open."""
    try:
        handle = os.open(folder / NAME, os.O_RDWR)
    except OSError:
        return False
    try:
        _lock(handle)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
