"""The book of paired devices: whole or as before, broken files named and kept."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from pitbox.identity.device import Identity, device_of
from pitbox.model.role import Role
from pitbox.sync.errors import TrustError
from pitbox.sync.trust import MOST_PEERS, PairedPeer, PeerBook


def peer(name: str, seed: str = "", role: Role = Role.ENGINEER) -> PairedPeer:
    certificate = f"certificate of {seed or name}".encode()
    return PairedPeer(device_of(certificate), name, role, certificate)


def test_what_is_added_is_there_for_everybody_who_looks(tmp_path: Path) -> None:
    one, other = PeerBook(tmp_path), PeerBook(tmp_path)
    assert one.peers == ()
    kai = one.add(peer("Kai"))
    assert other.find(kai.device) is None
    assert other.refresh()
    assert not other.refresh()
    assert other.find(kai.device) == kai
    other.remove(kai.device)
    assert one.refresh()
    assert one.peers == ()
    assert one.version == 2


def test_a_change_keeps_what_another_process_changed(tmp_path: Path) -> None:
    one, other = PeerBook(tmp_path), PeerBook(tmp_path)
    one.add(peer("Kai"))
    other.add(peer("Ada", role=Role.DRIVER))
    assert [p.name for p in PeerBook(tmp_path).peers] == ["Ada", "Kai"]


def test_names_stay_apart_and_a_device_is_found_by_either(tmp_path: Path) -> None:
    book = PeerBook(tmp_path)
    first, second = book.add(peer("Kai", "a")), book.add(peer("kai", "b"))
    assert second.name == "kai 2"
    assert book.named("KAI") == first
    assert book.named(second.device[:12]) == second
    assert book.add(peer("Kai", "a", Role.VIEWER)).name == "Kai", "paired again: the same line"
    assert len(book.peers) == 2
    with pytest.raises(TrustError, match="No paired device"):
        book.named("Zoe")
    with pytest.raises(TrustError, match="not paired"):
        book.remove(peer("Zoe").device)


def test_a_certificate_of_another_device_is_refused(tmp_path: Path) -> None:
    book = PeerBook(tmp_path)
    false = PairedPeer(peer("Kai").device, "Kai", Role.ENGINEER, b"something else")
    with pytest.raises(TrustError, match="another"):
        book.add(false)
    assert not book.path.exists()


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[]", b'{"peers": 7}', b"[" * 100_000])
def test_a_broken_file_trusts_nobody_says_so_and_is_kept(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "peers.json").write_bytes(text)
    book = PeerBook(tmp_path)
    assert book.peers == ()
    assert "damaged" in book.problems[0]
    assert (tmp_path / "peers.json").read_bytes() == text, "looking changes nothing"
    book.add(peer("Kai"))
    assert (tmp_path / "peers.json.broken-1").read_bytes() == text
    assert [p.name for p in PeerBook(tmp_path).peers] == ["Kai"]
    assert book.problems == ()


def test_one_damaged_line_leaves_the_others(tmp_path: Path) -> None:
    book = PeerBook(tmp_path)
    book.add(peer("Kai"))
    book.add(peer("Ada"))
    document = json.loads(book.path.read_bytes())
    document["peers"][0]["certificate"] = document["peers"][0]["certificate"][:-8] + "AAAAAAA="
    document["peers"].append({"name": "half"})
    book.path.write_text(json.dumps(document))
    damaged = book.path.read_bytes()
    assert book.refresh()
    assert [p.name for p in book.peers] == ["Ada"]
    assert len(book.problems) == 2
    book.add(peer("Zoe"))
    assert (tmp_path / "peers.json.broken-1").read_bytes() == damaged


def test_a_flipped_role_gives_no_rights(tmp_path: Path) -> None:
    book = PeerBook(tmp_path)
    book.add(peer("Kai", role=Role.VIEWER))
    book.path.write_text(book.path.read_text().replace("viewer", "owner"))
    book.refresh()
    assert book.peers == ()
    assert book.problems


def test_a_folder_that_cannot_be_written_leaves_the_book_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    book = PeerBook(tmp_path / "file")
    with pytest.raises(TrustError, match="cannot be stored"):
        book.add(peer("Kai"))
    assert book.peers == ()


def test_the_book_is_bounded(tmp_path: Path) -> None:
    book = PeerBook(tmp_path)
    for number in range(MOST_PEERS):
        book.add(peer(f"Device {number}"))
    with pytest.raises(TrustError, match="unpair one"):
        book.add(peer("one more"))


def test_a_real_certificate_survives_the_file(tmp_path: Path) -> None:
    identity = Identity.load_or_create(tmp_path / "identity")
    book = PeerBook(tmp_path)
    book.add(PairedPeer(identity.device, "Kai", Role.DRIVER, identity.certificate))
    (found,) = PeerBook(tmp_path).peers
    assert found.certificate == identity.certificate
    assert sha256(found.certificate).hexdigest() == found.device
