"""Addresses and invites as people type them, and the file of places that may be lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.model.ids import DeviceId
from pitbox.sync.address import Address, PlaceBook
from pitbox.sync.errors import AddressError, InviteError
from pitbox.sync.invite import is_invite, read_invite, write_invite

DEVICE = DeviceId("0123456789abcdef" * 4)
hosts = st.ip_addresses().map(str)


@given(hosts, st.integers(1, 65535))
def test_an_address_is_read_as_it_is_written(host: str, port: int) -> None:
    address = Address(host, port)
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.168.1.20", "192.168.1.20", 47300),
        (" sim-pc.local:5000 ", "sim-pc.local", 5000),
        ("fe80::1", "fe80::1", 47300),
        ("fe80::1%eth0", "fe80::1%eth0", 47300),
        ("[fe80::1]", "fe80::1", 47300),
        ("[fe80::1]:80", "fe80::1", 80),
    ],
)
def test_ways_to_write_an_address(text: str, host: str, port: int) -> None:
    assert Address.parse(text) == Address(host, port)


@pytest.mark.parametrize(
    "text", ["", ":1", "a b:1", "host:0", "host:65536", "host:x", "host:-1", "::::", "ho@st", "ü"]
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(AddressError):
        Address.parse(text)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_an_error_in_words(text: str) -> None:
    try:
        address = Address.parse(text)
    except AddressError:
        return
    assert 0 < address.port < 65536
    assert Address.parse(str(address)) == address


def test_the_newest_places_come_first_and_are_few(tmp_path: Path) -> None:
    book = PlaceBook(tmp_path)
    for number in range(6):
        book.note_reached(DEVICE, Address("10.0.0.1", 1000 + number))
    book.note_told(DEVICE, Address("driver.example", 47300))
    found = PlaceBook(tmp_path).of(DEVICE)
    assert [address.port for address in found] == [1005, 1004, 1003, 1002, 47300]
    book.forget(DEVICE)
    assert PlaceBook(tmp_path).of(DEVICE) == ()


def test_what_another_process_noted_is_not_overwritten(tmp_path: Path) -> None:
    one, other = PlaceBook(tmp_path), PlaceBook(tmp_path)
    one.note_told(DEVICE, Address("a", 1))
    other.note_reached(DEVICE, Address("b", 2))
    assert PlaceBook(tmp_path).of(DEVICE) == (Address("b", 2), Address("a", 1))


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"x": 7}', b"\xff", b"[" * 100_000])
def test_a_broken_file_of_places_costs_a_search_and_nothing_else(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "addresses.json").write_bytes(text)
    book = PlaceBook(tmp_path)
    assert book.of(DEVICE) == ()
    book.note_reached(DEVICE, Address("10.0.0.1", 1))
    assert PlaceBook(tmp_path).of(DEVICE) == (Address("10.0.0.1", 1),)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    PlaceBook(tmp_path / "file").note_reached(DEVICE, Address("10.0.0.1", 1))


def test_an_invite_is_read_as_it_is_written_even_wrapped_by_a_chat() -> None:
    places = [Address("192.168.1.20", 47300), Address("fe80::1", 5000)]
    line = write_invite(DEVICE, places)
    assert is_invite(line)
    invite = read_invite(f"  {line[:30]}\n{line[30:]} ")
    assert DEVICE.startswith(invite.device_start)
    assert len(invite.device_start) == 30
    assert invite.addresses == tuple(places)


@pytest.mark.parametrize("damage", ["slip", "cut", "no address", "port", "scheme"])
def test_a_damaged_invite_is_told(damage: str) -> None:
    line = write_invite(DEVICE, [Address("192.168.1.20", 47300)])
    letter = "A" if line[8] != "A" else "B"
    broken = {
        "slip": line[:8] + letter + line[9:],
        "cut": line[:20],
        "no address": line.partition("@")[0] + "@",
        "port": line + "99",
        "scheme": "pit" + line,
    }[damage]
    with pytest.raises(InviteError):
        read_invite(broken)
