"""What a machine is called that recorded a session."""

from pathlib import Path

from pitbox.identity.device import Identity
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.role import Role
from pitbox.sync.trust import PairedPeer, PeerBook
from pitbox.wall.profile import HOME_VARIABLE, find_profile
from pitbox.wall.reading_room import ReadingRoom
from pitbox.wall.settings import General, Settings


def test_a_machine_that_edited_nothing_is_called_as_this_one_knows_it(tmp_path: Path) -> None:
    profile = find_profile("engineer", {HOME_VARIABLE: str(tmp_path)})
    room = ReadingRoom(profile, Settings(general=General(name="Ada")))
    other = Identity.load_or_create(tmp_path / "other")
    peer = PairedPeer(other.device, "Kai's rig", Role.DRIVER, other.certificate)
    PeerBook(profile.identity_folder).add(peer)
    stranger = DeviceId("0123456789abcdef" * 4)
    names = [room.called(Ledger(), device) for device in (room.identity.device, other.device, stranger)]
    assert names == ["Ada", "Kai's rig", "01234567"]
