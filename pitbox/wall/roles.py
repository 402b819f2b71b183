"""Under which role this machine knows other devices: the book of who is paired, asked when it is needed."""

from pathlib import Path

from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.wall.edit_book import RoleOf


class Roles:
    """A `RoleOf` over the books of one folder; what is paired or unpaired meanwhile counts at once."""

    def __init__(self, identity_folder: Path) -> None:
        from pitbox.sync.trust import PeerBook  # noqa: PLC0415 - who is alone needs none of it
        from pitbox.sync.vouched import VouchBook  # noqa: PLC0415

        self._book = PeerBook(identity_folder)
        self._vouches = VouchBook(self._book)

    def __call__(self, device: DeviceId) -> Role | None:
        """In a race: a line in one's own book, and nobody's word."""
        self._book.refresh()
        peer = self._book.find(device)
        return None if peer is None else peer.role

    def in_plans(self, device: DeviceId) -> Role | None:
        """Beside a line of one's own the word of an engineer who stands in it."""
        self._book.refresh()
        self._vouches.refresh()
        return self._vouches.role_of(device)


def roles_of(identity_folder: Path) -> RoleOf:
    return Roles(identity_folder)


def in_plans(role_of: RoleOf) -> RoleOf:
    """Who may edit what the team plans, where `role_of` tells who may edit a race."""
    return role_of.in_plans if isinstance(role_of, Roles) else role_of
