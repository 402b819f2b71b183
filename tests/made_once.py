"""What many tests look at is made once in a run, whichever worker asks first; who changes it copies it."""

import os
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)


class MadeOnce:
    """Folders of this run by name, each filled by the first who asks for it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, name: str, make: Callable[[Path], object]) -> Path:
        """The folder, to be read only; `make` fills an empty one that takes its place when whole."""
        folder = self.root / name
        with _alone(self.root / f"{name}.lock"):
            if not folder.exists():
                making = self.root / f"{name}.part"
                shutil.rmtree(making, ignore_errors=True)
                making.mkdir()
                make(making)
                making.rename(folder)
        return folder

    def value(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` gives: each caller has a copy, which is never the object that was made."""
        folder = self(
            name, lambda to: (to / "value").write_bytes(pickle.dumps(make(), pickle.HIGHEST_PROTOCOL))
        )
        return pickle.loads((folder / "value").read_bytes())  # noqa: S301 - this run wrote it


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Shared by the workers of one run; a run of its own makes its own."""
    base = tmp_path_factory.getbasetemp()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    root = (base.parent if is_worker else base) / "made-once"
    root.mkdir(exist_ok=True)
    return MadeOnce(root)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Until it leaves, or dies: the system takes a dead process's lock away."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)
