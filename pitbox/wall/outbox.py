"""Wishes of a command for the PitBox that runs: small files in one folder, each answered by another.

A running PitBox has the session open and its log of edits too; `pitbox say` hands its words over to it.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from pitbox.model.edit import Draft
from pitbox.model.errors import PitBoxError
from pitbox.model.pit_request import PitMenu

OUTBOX = "outbox"
"""The folder's name, in a profile's data."""
_WISH, _ANSWER, _DRAFT = ".wish", ".answer", ".new"
_OLD_S = 60.0
"""A wish that nobody took for so long is forgotten; its sender has long gone."""
_LOOK_S = 0.05
_MOST_BYTES = 1 << 20
"""A plan of a day's race with all that is said of its stints takes a tenth of it."""


class Wish(msgspec.Struct, frozen=True):
    """`what`: `say`, `ack`, `ask` for something in the pit menu; `fate`, `answer`: what became of them.

    `plan`: write these drafts of plans; `undo`: take back the deed of this key, or one's own last.
    """

    what: str
    text: str = ""
    to: str = ""
    menu: PitMenu = PitMenu()
    drafts: tuple[Draft, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    is_done: bool
    words: str


def hand_over(folder: Path, wish: Wish, timeout_s: float) -> Reply | None:
    """The answer of the PitBox that runs; None when none took the wish in time."""
    folder.mkdir(parents=True, exist_ok=True)
    name = folder / secrets.token_hex(8)
    path, answer = name.with_suffix(_WISH), name.with_suffix(_ANSWER)
    _place(path, msgspec.json.encode(wish))
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        if answer.exists():
            reply = msgspec.json.decode(answer.read_bytes(), type=Reply)
            answer.unlink(missing_ok=True)
            return reply
        time.sleep(_LOOK_S)
    path.unlink(missing_ok=True)
    return None


class Outbox:
    """The side that runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def serve(self, grant: Callable[[Wish], str]) -> None:
        """Answer every wish that lies there; `grant` gives words, or raises PitBoxError."""
        with contextlib.suppress(OSError):
            for path in sorted(self._folder.glob(f"*{_WISH}")):
                self._serve(path, grant)

    def _serve(self, path: Path, grant: Callable[[Wish], str]) -> None:
        status = path.stat()
        data = path.read_bytes() if status.st_size <= _MOST_BYTES else b""
        path.unlink()  # first: a wish is granted once, whatever happens then
        if time.time() - status.st_mtime > _OLD_S:
            return
        try:
            reply = Reply(is_done=True, words=grant(msgspec.json.decode(data, type=Wish)))
        except (PitBoxError, msgspec.MsgspecError) as error:
            reply = Reply(is_done=False, words=str(error))
        _place(path.with_suffix(_ANSWER), msgspec.json.encode(reply))


def _place(path: Path, data: bytes) -> None:
    """Whole or not at all, for whoever looks."""
    draft = path.with_name(f"{path.name}{_DRAFT}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)
