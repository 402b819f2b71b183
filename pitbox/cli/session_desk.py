"""What commands about sessions work with: the library, what people wrote, the database for reading."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TypeVar

from pitbox.cli.desk import Desk
from pitbox.identity.device import Identity
from pitbox.model.edit import Edit
from pitbox.model.ids import SessionId
from pitbox.model.person import refusal
from pitbox.model.role import Role
from pitbox.store.database import Database
from pitbox.store.errors import NotStoredError
from pitbox.store.projector import Projector
from pitbox.store.recorded import Cursor
from pitbox.wall.author import author_name
from pitbox.wall.catalogue import Catalogue
from pitbox.wall.clerk import store_limits
from pitbox.wall.keepsake import Keepsakes
from pitbox.wall.library import Library
from pitbox.wall.roles import roles_of

T = TypeVar("T")
CATALOGUE = "sessions.catalogue"


class SessionDesk:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @cached_property
    def identity(self) -> Identity:
        return Identity.load_or_create(self.desk.profile.identity_folder)

    @cached_property
    def library(self) -> Library:
        desk = self.desk
        role_of = roles_of(desk.profile.identity_folder)

        def counts(edit: Edit) -> bool:
            role = Role.ENGINEER if edit.author == self.identity.device else role_of(edit.author)
            return not refusal(role, edit)

        book = desk.profile.identity_folder / "peers.json"
        rules = str(book.stat().st_mtime_ns) if book.exists() else ""
        path = desk.folders.data / CATALOGUE
        catalogue = Catalogue(desk.shelf, path, counts, f"{self.identity.device}/{rules}")
        return Library(desk.shelf, catalogue, desk.archive_folder, desk.folders.data, self.ask)

    def ask(self, question: Callable[[Cursor], T]) -> T:
        """Of the database, opened for reading; raises StoreError where it cannot be."""
        if not self.desk.folders.database.exists():
            raise NotStoredError("There is no database yet; `pitbox store project` makes it from the log.")
        with Database(self.desk.folders.database, is_read_only=True) as database:
            return question(database.cursor())

    def forget(self, session: SessionId) -> None:
        """Take a session's rows out of the database; raises StoreError where another process has it."""
        if self.desk.folders.database.exists():
            with Database(self.desk.folders.database, store_limits(self.desk.settings)) as database:
                Projector(database, self.desk.shelf).forget(session)

    @contextmanager
    def keepsakes(self) -> Iterator[Keepsakes]:
        """What is written in it is on the disk when it ends."""
        folder = self.desk.profile.identity_folder
        name = author_name(self.desk.settings)
        with Keepsakes(self.desk.shelf, self.identity, role_of=roles_of(folder), name=name) as keepsakes:
            yield keepsakes
