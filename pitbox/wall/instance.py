"""One PitBox per profile: a lock of the operating system, which a killed process cannot leave behind."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec

from pitbox.wall.errors import AlreadyRunningError, ProfileError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PATIENCE_S = 0.3
"""For a look by `holder` in the same moment, or a predecessor that is just ending."""
_LOCKED_BYTE = 1 << 20
"""Windows keeps others from reading what is locked, so the lock lies behind the text."""


class Holder(msgspec.Struct, frozen=True):
    """Who works with a profile."""

    pid: int
    mode: str
    since_s: float
    """Wall clock, for people to read."""

    def words(self) -> str:
        since = datetime.fromtimestamp(self.since_s).astimezone()
        mode = f" as {self.mode}" if self.mode else ""
        return f"process {self.pid}, running{mode} since {since:%Y-%m-%d %H:%M}"


_UNKNOWN = Holder(pid=0, mode="", since_s=0.0)


class Instance:
    """The claim on a profile, held until `release` or the end of the process, however it ends."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @classmethod
    def claim(cls, lock_file: Path, mode: str, wall_s: float) -> Self:
        """Hold the profile; raises AlreadyRunningError, which says who does."""
        handle = _open(lock_file)
        try:
            _wait_for(handle)
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, msgspec.json.encode(Holder(os.getpid(), mode, wall_s)))
        except OSError as error:
            os.close(handle)
            raise ProfileError(f"{lock_file} cannot be locked: {error.strerror}.") from error
        except AlreadyRunningError:
            os.close(handle)
            raise
        return cls(handle)

    @classmethod
    def claim_data(cls, lock_file: Path, mode: str, wall_s: float) -> Self:
        """Hold a data folder, which another profile may have been given as well."""
        try:
            return cls.claim(lock_file, mode, wall_s)
        except AlreadyRunningError as error:
            who = str(error).partition(": ")[2].partition(". Close")[0]
            raise AlreadyRunningError(
                f"Another PitBox records into {lock_file.parent}: {who}. Two profiles have the same data "
                "folder: close that one first, or give this profile its own with "
                "`pitbox settings set storage.data_folder PATH`."
            ) from error

    def release(self) -> None:
        """Let go; again is no fault. The file stays: removing it would race with the next one."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def holder(lock_file: Path) -> Holder | None:
    """Who holds the profile now, None when nobody does. Makes no file."""
    if not lock_file.exists():
        return None
    handle = _open(lock_file)
    try:
        return None if try_lock(handle) else _read(handle)
    except OSError as error:
        raise ProfileError(f"{lock_file} cannot be locked: {error.strerror}.") from error
    finally:
        os.close(handle)


def _wait_for(handle: int) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not try_lock(handle):
        if time.monotonic() > deadline_s:
            other = _read(handle)
            who = other.words() if other.pid else "a process that is just starting"
            raise AlreadyRunningError(
                f"PitBox already works with this profile: {who}. Close that one first, or give this one "
                "a profile of its own with --profile NAME."
            )
        time.sleep(0.02)


def _open(lock_file: Path) -> int:
    try:
        lock_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)  # not inherited by children
    except OSError as error:
        raise ProfileError(f"The profile's folder {lock_file.parent} is no use: {error.strerror}.") from error


def try_lock(handle: int) -> bool:
    """Hold an open file alone, until it is closed; False when another process holds it."""
    try:
        if sys.platform == "win32":
            os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _read(handle: int) -> Holder:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        return msgspec.json.decode(os.read(handle, 4096), type=Holder)
    except msgspec.MsgspecError:
        return _UNKNOWN
