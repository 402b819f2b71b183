"""An invite: one line that says which device to pair with and where it may be. Holds no secret."""

from collections.abc import Sequence

import msgspec

from pitbox.identity.errors import MistypedDeviceError
from pitbox.identity.spelling import parse as parse_device
from pitbox.identity.spelling import show
from pitbox.model.ids import DeviceId
from pitbox.sync.address import Address
from pitbox.sync.errors import AddressError, InviteError

SCHEME = "pitbox:"
_MOST_ADDRESSES = 8


class Invite(msgspec.Struct, frozen=True):
    device_start: str
    """The first 30 hex digits of the device id."""
    addresses: tuple[Address, ...]


def write_invite(device: DeviceId, addresses: Sequence[Address]) -> str:
    """`pitbox:XXXXXXX-XXXXXXX-XXXXXXX-XXXXXXX@host:port,host:port`."""
    return f"{SCHEME}{show(device)}@{','.join(map(str, addresses[:_MOST_ADDRESSES]))}"


def is_invite(text: str) -> bool:
    return text.strip().lower().startswith(SCHEME)


def read_invite(text: str) -> Invite:
    """Raises InviteError and says what is wrong."""
    if not is_invite(text):
        raise InviteError(f"An invite begins with {SCHEME}")
    words, at, places = "".join(text.split())[len(SCHEME) :].partition("@")
    if not at or not places:
        raise InviteError("The invite is cut: after the device come @ and at least one address.")
    try:
        device_start = parse_device(words)
        addresses = tuple(Address.parse(place) for place in places.split(",")[:_MOST_ADDRESSES])
    except MistypedDeviceError as error:
        raise InviteError(f"The invite has a slip in it. {error}") from error
    except AddressError as error:
        raise InviteError(f"The invite has a slip in it: {error}") from error
    return Invite(device_start, addresses)
