"""What stands on the page, read beside the window: list, storage, one session from near. Loads no Qt."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pitbox.model.errors import EditError
from pitbox.model.ids import DeviceId, SessionId
from pitbox.model.label import tags
from pitbox.model.note import notes
from pitbox.model.person import name_of
from pitbox.store.closeup import Closeup, closeup
from pitbox.store.errors import StoreError
from pitbox.wall.library import Recorded, Storage, is_wanted
from pitbox.wall.search import Filter

if TYPE_CHECKING:  # it loads what only a reader needs
    from pitbox.wall.reading_room import ReadingRoom

_ANY = Filter(words="any")


class Shelved(msgspec.Struct, frozen=True):
    """Everything there is, the newest first."""

    found: tuple[Recorded, ...] = ()
    storage: Storage | None = None
    """None before the first answer."""
    fault: str = ""
    """Why the database told nothing."""


class Comment(msgspec.Struct, frozen=True):
    """A note on a session."""

    key: str
    text: str
    who: str


class Machine(msgspec.Struct, frozen=True):
    """Who recorded it, and how much."""

    name: str
    logs: int
    bytes: int


class Near(msgspec.Struct, frozen=True):
    """One session from near."""

    session: str = ""
    tags: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    can_write: bool = False
    """Its logs are on this machine, so that edits can lie beside them."""
    machines: tuple[Machine, ...] = ()
    closeup: Closeup = Closeup()
    archive: str = ""
    """The file, where there is one."""
    fault: str = ""
    """Why parts and cars are not known."""


def read_shelf(room: "ReadingRoom") -> Shelved:
    library = room.library
    found = tuple(library.recorded())
    for one in found:
        is_wanted(one, _ANY)  # folds its words here, and not on the thread on which somebody types
    return Shelved(found, library.storage(), library.fault)


def read_near(room: "ReadingRoom", one: Recorded) -> Near:
    session = SessionId(one.session)
    near = Near(one.session, tags=one.tags, archive=str(_archive(room, session) or ""))
    if room.shelf.logs(session):
        near = _with_words(room, session, near)
    try:
        return msgspec.structs.replace(near, closeup=room.ask(lambda cursor: closeup(cursor, session)))
    except StoreError as error:
        return msgspec.structs.replace(near, fault=str(error))


def _with_words(room: "ReadingRoom", session: SessionId, near: Near) -> Near:
    from pitbox.log.edits import is_edit_log  # noqa: PLC0415 - on the reader's thread
    from pitbox.log.reader import log_folder  # noqa: PLC0415 - the same

    with room.keepsakes() as keepsakes:
        try:
            ledger = keepsakes.ledger(session)
        except EditError:  # gone since
            return near
        machines: dict[DeviceId, tuple[int, int]] = {}
        for log in room.shelf.logs(session):
            folder = log_folder(room.shelf.root, log)
            if not is_edit_log(folder):
                count, size = machines.get(log.device, (0, 0))
                machines[log.device] = (count + 1, size + _bytes(folder))
        return msgspec.structs.replace(
            near,
            tags=tags(ledger),
            comments=tuple(Comment(one.key, one.text, name_of(ledger, one.author)) for one in notes(ledger)),
            can_write=True,
            machines=tuple(
                Machine(room.called(ledger, device), count, size)
                for device, (count, size) in machines.items()
            ),
        )


def _archive(room: "ReadingRoom", session: SessionId) -> Path | None:
    path = room.library.archive_of(session)
    return path if path.exists() else None


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
