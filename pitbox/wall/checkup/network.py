"""Whether team-mates' machines on this network could be met."""

import socket
import struct
import sys

from pitbox.wall.checkup.finding import Finding

_MDNS_GROUP, _MDNS_PORT = "224.0.0.251", 5353


def examine_network() -> list[Finding]:
    return [_discovery(), _listening()]


def _discovery() -> Finding:
    """Joins the group that machines announce themselves in, as every other program here may too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            probe.bind(("", _MDNS_PORT))
            member = struct.pack("4s4s", socket.inet_aton(_MDNS_GROUP), socket.inet_aton("0.0.0.0"))  # noqa: S104 - the system picks the adapter
            probe.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        except OSError as error:
            return Finding(
                "discovery",
                "note",
                f"UDP {_MDNS_PORT} multicast cannot be joined: {error.strerror}. Machines on this network "
                "will not find each other by themselves.",
                "Connect to a network; if there is one, look for a program that keeps the port to itself.",
            )
    return Finding("discovery", "ok", f"UDP {_MDNS_PORT} multicast can be joined.")


def _listening() -> Finding:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("", 0))
            probe.listen(1)
        except OSError as error:
            words = (
                f"No TCP port can be opened: {error.strerror}. This machine can call others, not be called."
            )
            return Finding("listening", "note", words, "Look at the firewall's rules for PitBox.")
    return Finding("listening", "ok", "TCP ports can be opened; a firewall may still keep others out.")
