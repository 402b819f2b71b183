"""Where a device can be reached: `host:port`, and a file of places worth a try. Hints, never proof."""

import contextlib
import ipaddress
import os
from pathlib import Path
from typing import Self

import msgspec

from pitbox.model.ids import DeviceId
from pitbox.sync.errors import AddressError

DEFAULT_PORT = 47300
"""Of links. Pairing listens on the next one."""
ADDRESSES_FILE = "addresses.json"
_MOST_DEVICES = 64
_MOST_PLACES = 4
_MOST_HOST = 253


class Address(msgspec.Struct, frozen=True, order=True):
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str, default_port: int = DEFAULT_PORT) -> Self:
        """`host`, `host:port` or `[v6]:port`; raises AddressError and says what is wrong."""
        text = text.strip()
        host, port_text = _split(text)
        if not host or len(host) > _MOST_HOST or not host.isascii() or any(c in host for c in " /@,#"):
            raise AddressError(f"{text[:80]!r} is no address; it looks like 192.168.1.20:{default_port}.")
        if not port_text:
            return cls(host, default_port)
        if not (port_text.isascii() and port_text.isdecimal() and 0 < int(port_text[:6]) < 1 << 16):
            raise AddressError(f"{port_text[:20]!r} is no port; a port is a number from 1 to 65535.")
        return cls(host, int(port_text))


def _split(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":")
    if text.count(":") > 1:  # a bare address of version 6 has no room for a port
        with contextlib.suppress(ValueError):
            return str(ipaddress.IPv6Address(text.partition("%")[0])) + _zone(text), ""
        return "", ""
    host, _, port = text.partition(":")
    return host, port


def _zone(text: str) -> str:
    _, percent, zone = text.partition("%")
    return percent + zone


class Places(msgspec.Struct, frozen=True):
    """Where one device may be."""

    last: tuple[str, ...] = ()
    """Where it was, the newest first."""
    told: tuple[str, ...] = ()
    """What a person typed or an invite said."""


class PlaceBook:
    """The file of places by device. Losing it costs a search, so it is never worth an error."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / ADDRESSES_FILE
        self._places = self._read()

    def of(self, device: DeviceId) -> tuple[Address, ...]:
        places = self._places.get(device, Places())
        found = []
        for text in dict.fromkeys((*places.last, *places.told)):
            with contextlib.suppress(AddressError):
                found.append(Address.parse(text))
        return tuple(found)

    def note_reached(self, device: DeviceId, address: Address) -> None:
        """It was there just now; written only when that is news."""
        self._note(device, "last", address)

    def note_told(self, device: DeviceId, address: Address) -> None:
        self._note(device, "told", address)

    def refresh(self) -> None:
        """What another process of this profile noted counts too."""
        self._places = self._read()

    def forget(self, device: DeviceId) -> None:
        if self._places.pop(device, None) is not None:
            self._write()

    def _note(self, device: DeviceId, field: str, address: Address) -> None:
        if getattr(self._places.get(device, Places()), field)[:1] == (str(address),):
            return
        self._places = self._read() or self._places  # another process of this profile may have noted some
        places = self._places.get(device, Places())
        after = tuple(dict.fromkeys((str(address), *getattr(places, field))))[:_MOST_PLACES]
        self._places.pop(device, None)
        self._places[device] = msgspec.structs.replace(places, **{field: after})
        while len(self._places) > _MOST_DEVICES:
            self._places.pop(next(iter(self._places)))
        self._write()

    def _read(self) -> dict[DeviceId, Places]:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[DeviceId, Places])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}

    def _write(self) -> None:
        new = self.path.with_name(f".{ADDRESSES_FILE}.{os.getpid()}-{os.urandom(4).hex()}")
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                new.write_bytes(msgspec.json.format(msgspec.json.encode(self._places), indent=2))
                new.replace(self.path)
            finally:
                new.unlink(missing_ok=True)
