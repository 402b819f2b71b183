"""Letters that wait, a file each, so that a restart loses none; and the keys of those that are gone.

Belongs to the courier's thread. A file that cannot be read goes aside once and holds up nobody.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from pitbox.courier.errors import PouchError
from pitbox.courier.letter import MOST_BYTES, Letter

BOUND = 200
_MOST_GONE = 2_000
_GONE = "gone.json"
_SUFFIX = ".letter"
_MOST_FILE = 4 * MOST_BYTES


class _Gone(msgspec.Struct):
    """Keys that need no second delivery, the oldest first, and until when that has to be known."""

    keys: dict[str, float] = {}


class Pouch:
    def __init__(self, folder: Path, bound: int = BOUND) -> None:
        self._folder = folder
        self._bound = bound
        self._letters: dict[str, Letter] = {}
        self.damaged = 0
        """Files that were no letters."""
        self._gone = self._read_gone()
        self._read_letters()

    def __len__(self) -> int:
        return len(self._letters)

    @property
    def is_full(self) -> bool:
        return len(self._letters) >= self._bound

    def put(self, letter: Letter) -> bool:
        """False when it was here before; raises PouchError, also when there is no room."""
        if self.knows(letter.key):
            return False
        if self.is_full or len(letter.body) > MOST_BYTES:
            raise PouchError("too many wait already" if self.is_full else "it is too large")
        self._write(self._path(letter.key), msgspec.json.encode(letter))
        self._letters[letter.key] = letter
        return True

    def knows(self, key: str) -> bool:
        return key in self._letters or key in self._gone.keys

    def first(self) -> Letter | None:
        """The one that waits longest."""
        return min(self._letters.values(), key=lambda one: (one.made_utc_s, one.key), default=None)

    def mark(self, letter: Letter, doubts: int) -> None:
        """Written before it goes out, so that no crash hides that; known here whatever the disk says."""
        marked = self._letters[letter.key] = msgspec.structs.replace(letter, doubts=doubts)
        with suppress(PouchError):  # a disk that takes nothing is no reason to tell nobody
            self._write(self._path(letter.key), msgspec.json.encode(marked))

    def take_dead(self, now_utc_s: float) -> list[Letter]:
        """Those whose moment has passed; they are gone from here."""
        dead = [letter for letter in self._letters.values() if letter.dies_utc_s <= now_utc_s]
        for letter in dead:
            self.remove(letter)
        return dead

    def remove(self, letter: Letter) -> bool:
        """Delivered or dropped: it is known as gone first, so that no crash delivers it twice.

        False when the disk did not take that; it holds until the end of this run all the same.
        """
        self._letters.pop(letter.key, None)
        self._gone.keys[letter.key] = letter.dies_utc_s
        for key in list(self._gone.keys)[:-_MOST_GONE]:
            del self._gone.keys[key]
        try:
            self._write(self._folder / _GONE, msgspec.json.encode(self._gone))
            self._path(letter.key).unlink(missing_ok=True)
        except (PouchError, OSError):
            return False
        return True

    def _path(self, key: str) -> Path:
        return self._folder / f"{sha256(key.encode()).hexdigest()[:32]}{_SUFFIX}"

    def _read_gone(self) -> _Gone:
        try:
            return msgspec.json.decode((self._folder / _GONE).read_bytes(), type=_Gone)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _Gone({})

    def _read_letters(self) -> None:
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                if path.stat().st_size > _MOST_FILE:
                    raise ValueError("too large")  # noqa: TRY301 - one place for all that is no letter
                letter = msgspec.json.decode(path.read_bytes(), type=Letter)
            except (OSError, ValueError, RecursionError):
                self.damaged += 1
                with suppress(OSError):
                    path.replace(path.with_suffix(".damaged"))
                continue
            if letter.key in self._gone.keys:
                path.unlink(missing_ok=True)
            else:
                self._letters[letter.key] = letter

    def _write(self, path: Path, data: bytes) -> None:
        new = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError as error:
            raise PouchError(f"Letters cannot be kept in {self._folder}: {error.strerror}.") from error
