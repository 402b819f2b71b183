"""Which network adapters lead to other machines."""

import re
import socket

import psutil  # type: ignore[import-untyped]

_VIRTUAL = re.compile(
    r"lo\d*$|loopback|docker|veth|virbr|br-|vmnet|vboxnet|virtualbox|vmware|vethernet|hyper-v|dummy|ifb"
    r"|podman|cni|flannel|cali|lxc|lxd|awdl|llw|bluetooth|isatap|teredo|npcap|wsl",
    re.IGNORECASE,
)
"""Switches between a machine and its own guests, and what carries no LAN. VPNs are none of them: a team may
meet in one."""


def lan_addresses() -> tuple[str, ...]:
    """The addresses of version 4 on adapters that are up and lead somewhere, in a stable order."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = {
        entry.address
        for name, entries in psutil.net_if_addrs().items()
        if name in up and not _VIRTUAL.match(name)
        for entry in entries
        if entry.family == socket.AF_INET and not entry.address.startswith("127.")
    }
    return tuple(sorted(found, key=_preference))


def _preference(address: str) -> tuple[bool, tuple[int, ...]]:
    """Self-assigned addresses last: they work only while nobody has a real one."""
    return address.startswith("169.254."), tuple(int(part) for part in address.split("."))
