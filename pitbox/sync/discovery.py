"""Who else is on this network: zeroconf, as a hint and nothing more.

Announced are the range of protocol versions, the start of the device id and the mode; no name of a person,
a machine or a session. What others announce is read with bounds and never believed: it only says where a
dial is worth a try.
"""

import asyncio
import contextlib
import logging
import re
import socket
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Self

import msgspec
from zeroconf import Error as ZeroconfError
from zeroconf import IPVersion, ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from pitbox.model.ids import DeviceId
from pitbox.sync.adapter import lan_addresses
from pitbox.sync.address import Address
from pitbox.sync.handshake import PROTOCOL_HIGH, PROTOCOL_LOW

_log = logging.getLogger("pitbox.sync")

SERVICE = "_pitbox._tcp.local."
MODES = ("driver", "engineer", "pair")
SHORT_ID = 16
_NAME = re.compile(rf"pb-([0-9a-f]{{{SHORT_ID}}})-({'|'.join(MODES)})\.{re.escape(SERVICE)}", re.IGNORECASE)
_LOOK_S = 2.0
"""How often the adapters are looked at."""
_ASK_MS = 1500
_MOST_SEEN = 64
_MOST_ADDRESSES = 6
_MOST_ASKED = 8


class Sighting(msgspec.Struct, frozen=True):
    """Something that calls itself a PitBox."""

    short_id: str
    """The first 16 hex digits of the device id that it claims."""
    mode: str
    addresses: tuple[Address, ...]
    protocol_low: int
    protocol_high: int


class Discovery:
    """Announces this device and looks for others, on every adapter that leads somewhere. One loop."""

    def __init__(
        self,
        device: DeviceId,
        mode: str,
        *,
        on_seen: Callable[[Sighting], None],
        on_gone: Callable[[str, str], None] = lambda _id, _mode: None,
        on_trouble: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_gone` gets short id and mode; `on_trouble` a sentence, or an empty one when it is over."""
        self._short_id = device[:SHORT_ID]
        self._mode = mode
        self._on_seen = on_seen
        self._on_gone = on_gone
        self._on_trouble = on_trouble
        self._port = 0
        self._adapters: tuple[str, ...] | None = None
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._info: AsyncServiceInfo | None = None
        self._seen: OrderedDict[str, Sighting] = OrderedDict()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._trouble = ""

    async def open(self, port: int) -> Self:
        """Announce this port, unless it is 0, and look around."""
        self._port = port
        await self._follow_adapters()
        self._looking = asyncio.create_task(self._look(), name="sync-adapters")
        return self

    async def close(self) -> None:
        """Say goodbye on the network and end."""
        tasks = [*self._asking.values(), *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._end()

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        return tuple(self._seen.values())

    def addresses_of(self, short_id: str) -> tuple[Address, ...]:
        """Everything that is announced under this id: a liar can add to it and take nothing away."""
        found = [s.addresses for s in reversed(self._seen.values()) if s.short_id == short_id]
        return tuple(dict.fromkeys(address for addresses in found for address in addresses))

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            await self._follow_adapters()

    async def _follow_adapters(self) -> None:
        """Be on the adapters that there are now: cables are plugged in late, and Wi-Fi comes and goes."""
        adapters = await asyncio.to_thread(lan_addresses)
        if adapters == self._adapters and not self._trouble:
            return
        try:
            if not adapters:
                await self._end()
            elif self._zeroconf is None:
                await self._begin(adapters)
            else:
                await self._move(adapters)
        except (OSError, RuntimeError, ZeroconfError) as error:
            await self._end()
            self._tell(f"PitBox cannot look around on this network: {error}. An address can still be typed.")
        else:
            self._adapters = adapters
            self._tell("" if adapters else "No network adapter leads to other machines.")

    async def _begin(self, adapters: tuple[str, ...]) -> None:
        self._zeroconf = AsyncZeroconf(interfaces=list(adapters), ip_version=IPVersion.V4Only)
        await self._zeroconf.zeroconf.async_wait_for_start()
        self._browse()
        if self._port:
            self._info = self._announcement(adapters)
            # The name holds the device id, so there is nobody to ask first whether it is free.
            await self._zeroconf.async_register_service(self._info, cooperating_responders=True)

    async def _move(self, adapters: tuple[str, ...]) -> None:
        assert self._zeroconf is not None
        await self._zeroconf.async_update_interfaces(list(adapters))
        if self._port:
            self._info = self._announcement(adapters)
            await self._zeroconf.async_update_service(self._info)
        if self._browser is not None:
            await self._browser.async_cancel()
        self._browse()  # a new one asks at once; the old one would wait for up to an hour

    def _browse(self) -> None:
        assert self._zeroconf is not None
        self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, SERVICE, handlers=[self._changed])

    async def _end(self) -> None:
        zeroconf, self._zeroconf, self._browser = self._zeroconf, None, None
        self._adapters = ()
        if zeroconf is not None:
            with contextlib.suppress(OSError, RuntimeError, ZeroconfError):
                await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()

    def _announcement(self, adapters: tuple[str, ...]) -> AsyncServiceInfo:
        name = f"pb-{self._short_id}-{self._mode}"
        return AsyncServiceInfo(
            SERVICE,
            f"{name}.{SERVICE}",
            port=self._port,
            addresses=[socket.inet_aton(address) for address in adapters],
            properties={"v": f"{PROTOCOL_LOW}-{PROTOCOL_HIGH}", "id": self._short_id, "m": self._mode},
            server=f"{name}.local.",
        )

    def _changed(self, zeroconf: Any, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        match = _NAME.fullmatch(name)
        if match is None or match.group(1).lower() == self._short_id:
            return
        key = name.lower()
        if state_change is ServiceStateChange.Removed:
            gone = self._seen.pop(key, None)
            if gone is not None:
                self._on_gone(gone.short_id, gone.mode)
        elif key not in self._asking and len(self._asking) < _MOST_ASKED:
            task = asyncio.get_running_loop().create_task(self._ask(zeroconf, service_type, name))
            self._asking[key] = task
            task.add_done_callback(lambda _: self._asking.pop(key, None))

    async def _ask(self, zeroconf: Any, service_type: str, name: str) -> None:
        info = AsyncServiceInfo(service_type, name)
        if not await info.async_request(zeroconf, _ASK_MS):
            return
        sighting = sighting_of(name, info)
        if sighting is None:
            return
        self._seen.pop(name.lower(), None)
        self._seen[name.lower()] = sighting
        while len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)
        self._on_seen(sighting)

    def _tell(self, words: str) -> None:
        if words != self._trouble:
            self._trouble = words
            if words:
                _log.warning("%s", words)
            self._on_trouble(words)


def sighting_of(name: str, info: AsyncServiceInfo) -> Sighting | None:
    """What an announcement says, if it is one that a PitBox would make."""
    match = _NAME.fullmatch(name)
    if match is None or not info.port:
        return None
    words = {
        key.decode("ascii", "replace"): (value or b"").decode("ascii", "replace")
        for key, value in list((info.properties or {}).items())[:16]
    }
    versions = re.fullmatch(r"(\d{1,5})-(\d{1,5})", words.get("v", ""), re.ASCII)
    short_id, mode = match.group(1).lower(), match.group(2).lower()
    if versions is None or words.get("id", "").lower() != short_id:
        return None
    hosts = info.parsed_addresses(IPVersion.V4Only)[:_MOST_ADDRESSES]
    addresses = tuple(Address(host, info.port) for host in hosts if not host.startswith(("127.", "0.")))
    if not addresses:
        return None
    return Sighting(short_id, mode, addresses, int(versions.group(1)), int(versions.group(2)))
