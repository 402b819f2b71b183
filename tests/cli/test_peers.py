"""`pitbox peers`, `unpair` and `invite`, without a network."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pitbox.identity.device import Identity
from pitbox.identity.spelling import show
from pitbox.model.role import Role
from pitbox.sync import adapter
from pitbox.sync.trust import PairedPeer, PeerBook

Pitbox = Callable[..., Any]


@pytest.fixture
def ada(home: Path) -> PairedPeer:
    """Paired as a driver."""
    identity = Identity.load_or_create(home / "ada")
    peer = PairedPeer(identity.device, "Ada", Role.DRIVER, identity.certificate)
    return PeerBook(home / "default" / "config" / "identity").add(peer)


def test_nobody_is_paired_at_first(pitbox: Pitbox) -> None:
    assert "No device is paired" in pitbox("peers").out
    assert json.loads(pitbox("peers", "--json").out) == []


def test_a_paired_device_is_listed_found_and_forgotten(pitbox: Pitbox, ada: PairedPeer) -> None:
    said = pitbox("peers", "--no-look", "--at", "Ada=10.0.0.7")
    assert said.code == 0
    assert "Ada" in said.out
    assert "10.0.0.7:47300" in said.out
    (listed,) = json.loads(pitbox("peers", "--no-look", "--json").out)
    assert listed == {
        "name": "Ada",
        "role": "driver",
        "device": ada.device,
        "shown": show(ada.device),
        "addresses": ["10.0.0.7:47300"],
        "modes": [],
    }
    assert "no longer paired" in pitbox("unpair", "ada").out
    assert json.loads(pitbox("peers", "--json").out) == []
    assert pitbox("unpair", "ada").code == 1


@pytest.mark.parametrize(
    ("word", "words"), [("Ada", "NAME=HOST:PORT"), ("Zoe=1.2.3.4", "No paired"), ("Ada=x:y", "no port")]
)
def test_a_wrong_place_is_told(pitbox: Pitbox, ada: PairedPeer, word: str, words: str) -> None:
    said = pitbox("peers", "--no-look", "--at", word)
    assert said.code != 0
    assert words in " ".join((said.out + said.err).split())


def test_a_damaged_book_is_told_and_kept(pitbox: Pitbox, ada: PairedPeer, home: Path) -> None:
    book = home / "default" / "config" / "identity" / "peers.json"
    book.write_bytes(b"{ broken")
    said = pitbox("peers", "--no-look")
    assert "damaged" in said.err
    assert book.read_bytes() == b"{ broken"


def test_an_invite_names_this_device_and_its_addresses(
    pitbox: Pitbox, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "lan_addresses", lambda: ("192.168.1.20",))
    device = Identity.load_or_create(home / "default" / "config" / "identity").device
    assert pitbox("invite").out.strip() == f"pitbox:{show(device)}@192.168.1.20:47300"
    line = pitbox("invite", "--address", "pit.example:5", "--address", "10.0.0.1", "--port", "6").out.strip()
    assert line == f"pitbox:{show(device)}@pit.example:5,10.0.0.1:6"


def test_an_invite_of_a_paired_device_says_where_it_is_now(pitbox: Pitbox, ada: PairedPeer) -> None:
    said = pitbox("pair", f"pitbox:{show(ada.device)}@10.1.1.1:47300")
    assert said.code == 0
    assert "paired already" in said.out
    (listed,) = json.loads(pitbox("peers", "--no-look", "--json").out)
    assert listed["addresses"] == ["10.1.1.1:47300"]


@pytest.mark.parametrize("where", ["pitbox:nonsense", "host:notaport", "pitbox:AAAAAAA@1.2.3.4"])
def test_a_place_that_is_none_is_a_sentence(pitbox: Pitbox, where: str) -> None:
    said = pitbox("pair", where)
    assert said.code == 1
    assert said.err.strip().endswith(".")
