"""A window's feed with somebody who keeps the edits, and a team-mate's machine beside it."""

from pathlib import Path

from engineer_room import Room

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model.ids import Axis, SessionId
from pitbox.model.role import Role
from pitbox.wall.edit_book import EditBook
from pitbox.wall.messenger import Messenger
from pitbox.wall.secretary import Secretary
from pitbox.wall.settings import General, Settings

SESSION = SessionId("sub-1")


class HandClock:
    now_s = 50.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return 1.8e9 + self.now_s


class Mate:
    """A team-mate: its edits come over the shelf that both share."""

    def __init__(self, folder: Path, shelf: Shelf, name: str, host: EditBook) -> None:
        self.clock = HandClock()
        self.identity = Identity.load_or_create(folder / name)
        everybody = {host.device: Role.ENGINEER, self.identity.device: Role.DRIVER}
        self.book = EditBook(shelf, self.identity, self.clock, role_of=everybody.get, name=name)
        self.messenger = Messenger(self.book, clock=self.clock)
        self.book.enter(SESSION)


class StaffedRoom:
    def __init__(self, room: Room, folder: Path, name: str = "Kai") -> None:
        self.room, self.folder = room, folder
        self.shelf = Shelf(folder / "log")
        self.clock = HandClock()
        self.roles: dict[str, Role] = {}
        self.office = Secretary(
            self.shelf,
            Identity.load_or_create(folder / "me"),
            Settings(general=General(name=name)),
            room.feed.hub,
            room.feed.health.tell,
            session=lambda: SESSION,
            role_of=self.roles.get,
            clock=self.clock,
        )
        self.mates: list[Mate] = []
        self.office.step()
        room.feed.office = self.office

    def mate(self, name: str = "Lea") -> Mate:
        made = Mate(self.folder, self.shelf, name, self.office.book)
        self.roles[made.identity.device] = Role.DRIVER
        self.mates.append(made)
        return made

    def at(self, sim_time_s: float) -> None:
        for mate in self.mates:
            mate.book.at = Axis(0, 0, sim_time_s)

    def pull(self) -> None:
        for mate in self.mates:
            mate.book.step()
        self.office.step()
        for mate in self.mates:
            mate.book.step()
        self.room.pull()

    def close(self) -> None:
        self.office.close()
        for mate in self.mates:
            mate.book.close()
