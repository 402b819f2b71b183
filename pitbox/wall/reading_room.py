"""What one reads recorded sessions with: the library, what people wrote, the database, a race to open.

Belongs to one thread. Where somebody keeps the database open it reads through that archive, else the file is
opened for reading, question by question.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model.edit import Edit
from pitbox.model.ids import DeviceId, SessionId
from pitbox.model.ledger import Ledger
from pitbox.model.person import name_of, refusal
from pitbox.model.role import Role
from pitbox.store.database import Database
from pitbox.store.errors import NotStoredError, StoreBusyError
from pitbox.store.projector import Projector
from pitbox.store.recorded import Cursor
from pitbox.wall.author import author_name
from pitbox.wall.catalogue import Catalogue
from pitbox.wall.catching_up import CatchingUp
from pitbox.wall.clerk import store_limits
from pitbox.wall.folders import Folders, folders_of
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hired_clerk import Archive
from pitbox.wall.keepsake import Keepsakes
from pitbox.wall.library import Library
from pitbox.wall.profile import Profile
from pitbox.wall.roles import roles_of
from pitbox.wall.settings import Settings
from pitbox.wall.wall import archive_folder

if TYPE_CHECKING:  # it loads the folds
    from pitbox.sync.trust import PeerBook
    from pitbox.wall.recorded import RecordedRace

T = TypeVar("T")
CATALOGUE = "sessions.catalogue"
_FORGET_S = 20.0


class ReadingRoom:
    def __init__(self, profile: Profile, settings: Settings, archive: Archive | None = None) -> None:
        self.profile, self.settings = profile, settings
        self.folders: Folders = folders_of(profile, settings)
        self.shelf = Shelf(self.folders.logs)
        self._archive = archive

    @cached_property
    def identity(self) -> Identity:
        return Identity.load_or_create(self.profile.identity_folder)

    @cached_property
    def _peers(self) -> "PeerBook":
        from pitbox.sync.trust import PeerBook  # noqa: PLC0415 - who is alone needs none of it

        return PeerBook(self.profile.identity_folder)

    @cached_property
    def library(self) -> Library:
        role_of = roles_of(self.profile.identity_folder)

        def counts(edit: Edit) -> bool:
            role = Role.ENGINEER if edit.author == self.identity.device else role_of(edit.author)
            return not refusal(role, edit)

        book = self.profile.identity_folder / "peers.json"
        rules = str(book.stat().st_mtime_ns) if book.exists() else ""
        path = self.folders.data / CATALOGUE
        catalogue = Catalogue(self.shelf, path, counts, f"{self.identity.device}/{rules}")
        archives = archive_folder(self.folders, self.settings)
        return Library(self.shelf, catalogue, archives, self.folders.data, self.ask)

    def ask(self, question: Callable[[Cursor], T]) -> T:
        """Raises StoreError where the database cannot be asked."""
        if self._archive is not None:
            with self._archive.cursor() as cursor:
                return question(cursor)
        if not self.folders.database.exists():
            raise NotStoredError("There is no database yet; `pitbox store project` makes it from the log.")
        with Database(self.folders.database, is_read_only=True) as database:
            return question(database.cursor())

    def called(self, ledger: Ledger, device: DeviceId) -> str:
        """As it called itself there, else as this machine knows it; the start of its id where nobody does."""
        said = name_of(ledger, device)
        if said != device[:8]:
            return said
        if device == self.identity.device:
            return author_name(self.settings) or said
        peer = self._peers.find(device)
        return said if peer is None else peer.name

    def catching_up(self, session: SessionId) -> CatchingUp | None:
        """What to wait for before a question about a race that runs; None where nobody projects beside."""
        return None if self._archive is None else CatchingUp(self.shelf, session, self.ask)

    def forget(self, session: SessionId) -> None:
        """Take a session's rows out of the database; raises StoreError where another process has it."""
        if not self.folders.database.exists():
            return
        if self._archive is not None:
            work = self._archive.submit(lambda database: Projector(database, self.shelf).forget(session))
            try:
                work.result(_FORGET_S)
            except TimeoutError as error:
                raise StoreBusyError("The database has too much to do to forget a session.") from error
        else:
            with Database(self.folders.database, store_limits(self.settings)) as database:
                Projector(database, self.shelf).forget(session)

    @contextmanager
    def keepsakes(self) -> Iterator[Keepsakes]:
        """What is written in it is on the disk when it ends."""
        role_of, name = roles_of(self.profile.identity_folder), author_name(self.settings)
        with Keepsakes(self.shelf, self.identity, role_of=role_of, name=name) as keepsakes:
            yield keepsakes

    def race(self, session: SessionId, health: HealthRegistry) -> "RecordedRace":
        """To be looked at; not started yet. Corrections lie beside the recording, which is only read."""
        from pitbox.wall.recorded import RecordedRace  # noqa: PLC0415 - for who opens one

        return RecordedRace(
            self.shelf,
            session,
            health,
            signer=self.identity,
            settings=self.settings,
            role_of=roles_of(self.profile.identity_folder),
            annals=self.folders.checkpoints,
        )
