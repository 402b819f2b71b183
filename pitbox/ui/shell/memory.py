"""What the window remembers between two evenings: layouts, columns, places. Loads no Qt.

Losing it costs comfort only: a file that is no use is forgotten, a disk that is full is no reason to talk.
"""

import os
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")
_FILE = "engineer-window.json"


class Memory:
    """Values by name, each of a type that its owner names when it asks."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE
        self._kept: dict[str, msgspec.Raw] = {}
        try:
            self._kept = msgspec.json.decode(self._file.read_bytes(), type=dict[str, msgspec.Raw])
        except (OSError, msgspec.MsgspecError, RecursionError):
            self._kept = {}

    def recall(self, name: str, kind: type[T]) -> T | None:
        """None when nothing is known, or nothing that is of this type."""
        raw = self._kept.get(name)
        if raw is None:
            return None
        try:
            return msgspec.json.decode(raw, type=kind)
        except (msgspec.MsgspecError, RecursionError):
            return None

    def keep(self, name: str, value: object) -> None:
        self._kept[name] = msgspec.Raw(msgspec.json.encode(value))

    def store(self) -> None:
        """The old content or the new one."""
        draft = self._file.with_name(f".{_FILE}.{os.getpid()}")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_bytes(msgspec.json.encode(self._kept))
            draft.replace(self._file)
        except OSError:
            return
