"""Under which role this machine knows other devices: the book of who is paired, asked when it is needed."""

from pathlib import Path

from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.wall.edit_book import RoleOf


def roles_of(identity_folder: Path) -> RoleOf:
    """Reads the book of this folder; what is paired or unpaired meanwhile counts at once."""
    from pitbox.sync.trust import PeerBook  # noqa: PLC0415 - who is alone needs none of it

    book = PeerBook(identity_folder)

    def role_of(device: DeviceId) -> Role | None:
        book.refresh()
        peer = book.find(device)
        return None if peer is None else peer.role

    return role_of
