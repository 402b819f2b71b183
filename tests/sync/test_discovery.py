"""What is announced and what is believed: hints with bounds."""

import asyncio
import socket
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sync_rig import play
from zeroconf.asyncio import AsyncServiceInfo

from pitbox.model.ids import DeviceId
from pitbox.sync import adapter, discovery
from pitbox.sync.address import Address
from pitbox.sync.discovery import SERVICE, Discovery, Sighting, sighting_of

DEVICE = DeviceId("0123456789abcdef" * 4)


class Stats(NamedTuple):
    isup: bool


class Entry(NamedTuple):
    family: int
    address: str


def announced(
    name: str, properties: dict[str, object], host: str = "192.168.1.20", port: int = 5000
) -> AsyncServiceInfo:
    return AsyncServiceInfo(
        SERVICE, name, port=port, addresses=[socket.inet_aton(host)], properties=properties
    )


def words(short_id: str = "0123456789abcdef", **other: object) -> dict[str, object]:
    return {"v": "1-1", "id": short_id, "m": "driver", **other}


NAME = f"pb-0123456789abcdef-driver.{SERVICE}"


def test_an_announcement_holds_no_name_and_is_read_back() -> None:
    async def scenario() -> None:
        found = Discovery(DEVICE, "driver", on_seen=lambda _: None)
        found._port = 47300
        info = found._announcement(("192.168.1.20", "10.0.0.3"))
        text = f"{info.name} {info.server} {info.properties}"
        assert socket.gethostname() not in text
        assert set(info.properties) == {b"v", b"id", b"m"}
        places = Address("192.168.1.20", 47300), Address("10.0.0.3", 47300)
        assert sighting_of(info.name, info) == Sighting("0123456789abcdef", "driver", places, 1, 1)

    play(scenario())


@pytest.mark.parametrize(
    "info",
    [
        announced(NAME, {}),
        announced(NAME, words("f" * 16)),
        announced(NAME, words(v="one")),
        announced(NAME, words(v="999999-1")),
        announced(NAME, words(), port=0),
        announced(NAME, words(), host="127.0.0.1"),
        announced(f"PitBox of Ada.{SERVICE}", words()),
        announced(f"pb-0123456789abcdef-admin.{SERVICE}", words()),
        announced(f"pb-0123456789abcde-driver.{SERVICE}", words("0123456789abcde")),
    ],
    ids=["empty", "id", "words", "numbers", "port", "loopback", "name", "mode", "short"],
)
def test_what_no_pitbox_would_announce_is_passed_over(info: AsyncServiceInfo) -> None:
    assert sighting_of(info.name, info) is None


@given(st.dictionaries(st.sampled_from(["v", "id", "m", "x"]), st.binary(max_size=40), max_size=4))
def test_any_announcement_is_read_or_passed_over(properties: dict[str, bytes]) -> None:
    info = announced(NAME, dict(properties))
    assert sighting_of(NAME, info) is None or properties["id"].lower() == b"0123456789abcdef"


def test_a_liar_can_add_an_address_and_take_none_away() -> None:
    found = Discovery(DeviceId("ee" * 32), "engineer", on_seen=lambda _: None)
    true = Sighting("0123456789abcdef", "driver", (Address("10.0.0.1", 47300),), 1, 1)
    lie = Sighting("0123456789abcdef", "engineer", (Address("10.0.0.66", 1),), 1, 1)
    found._seen = {"a": true, "b": lie}  # type: ignore[assignment]
    assert set(found.addresses_of("0123456789abcdef")) == {true.addresses[0], lie.addresses[0]}


def test_a_flood_of_announcements_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Quick(AsyncServiceInfo):
        async def async_request(self, *_: object, **__: object) -> bool:
            await asyncio.sleep(0)
            self.port, self.addresses = 5000, [socket.inet_aton("10.0.0.1")]
            self._set_properties({"v": "1-1", "id": self.name[3:19], "m": "driver"})
            return True

    monkeypatch.setattr(discovery, "AsyncServiceInfo", Quick)

    async def scenario() -> None:
        found = Discovery(DEVICE, "driver", on_seen=lambda _: None)
        for number in range(2000):
            name = f"pb-{number:016x}-driver.{SERVICE}"
            found._changed(None, SERVICE, name, discovery.ServiceStateChange.Added)
            assert len(found._asking) <= 8
            if number % 4 == 0:
                await asyncio.sleep(0.001)
        await asyncio.gather(*found._asking.values())
        assert 8 <= len(found.sightings) <= 64
        await found.close()

    play(scenario())


def test_adapters_that_lead_nowhere_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    adapters = {
        "lo": "127.0.0.1",
        "eth0": "192.168.1.20",
        "Wi-Fi": "192.168.2.7",
        "wlan0": "169.254.9.9",
        "docker0": "172.17.0.1",
        "vethab12": "172.18.0.1",
        "br-0123": "172.19.0.1",
        "vEthernet (WSL)": "172.20.0.1",
        "VirtualBox Host-Only Network": "192.168.56.1",
        "VMware Network Adapter VMnet8": "192.168.80.1",
        "eth1": "10.9.9.9",
        "tailscale0": "100.64.0.5",
    }
    monkeypatch.setattr(
        adapter.psutil, "net_if_addrs", lambda: {n: [Entry(socket.AF_INET, a)] for n, a in adapters.items()}
    )
    monkeypatch.setattr(adapter.psutil, "net_if_stats", lambda: {n: Stats(n != "eth1") for n in adapters})
    assert adapter.lan_addresses() == ("100.64.0.5", "192.168.1.20", "192.168.2.7", "169.254.9.9")
