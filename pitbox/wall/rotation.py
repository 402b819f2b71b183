"""A file of lines that does not grow for ever: `name`, then `name.1`, the older the higher."""

import contextlib
from pathlib import Path
from typing import BinaryIO


class RotatingFile:
    """Each line is with the system when `append` returns. Not for several threads at once."""

    def __init__(self, path: Path, max_bytes: int, keep: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._keep = keep
        self._file: BinaryIO | None = None

    def append(self, line: str) -> None:
        """Raises OSError when the line cannot be stored; the next one tries again from the start."""
        data = line.encode(errors="backslashreplace") + b"\n"
        try:
            file = self._file or self._open()
            if file.tell() and file.tell() + len(data) > self._max_bytes:
                file = self._rotate()
            file.write(data)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file; a later `append` opens it again."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def _open(self) -> BinaryIO:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab", buffering=0)
        return self._file

    def _rotate(self) -> BinaryIO:
        self.close()
        # On Windows a file that another process reads keeps its name: then this one goes on growing.
        with contextlib.suppress(PermissionError):
            for number in range(self._keep - 1, 0, -1):
                with contextlib.suppress(FileNotFoundError):
                    self._older(number).replace(self._older(number + 1))
            self.path.replace(self._older(1))
        return self._open()

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")
