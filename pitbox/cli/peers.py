"""`pitbox peers`, `pitbox unpair` and `pitbox invite`: who is paired with this machine, and where it is."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from pitbox.cli.desk import console, desk_of, print_json
from pitbox.model.ids import DeviceId
from pitbox.model.role import Role

if TYPE_CHECKING:
    from pitbox.sync.address import Address

_LOOK_S = 1.2


class Listed(msgspec.Struct, frozen=True):
    name: str
    role: Role
    """What it may do here."""
    device: DeviceId
    shown: str
    """The device id as people read it."""
    addresses: tuple[str, ...]
    """Where it was, or is said to be; the best first."""
    modes: tuple[str, ...]
    """In what modes it announces itself on this network now."""


def peers(
    context: typer.Context,
    *,
    at: Annotated[
        list[str] | None, typer.Option(help="NAME=HOST:PORT: where a paired device can be found, too.")
    ] = None,
    look: Annotated[bool, typer.Option("--look/--no-look", help="Look who is on the network now.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the paired devices: what each may do here, whether it is seen now, where it was."""
    from pitbox.sync.address import Address, PlaceBook
    from pitbox.sync.trust import PeerBook

    folder = desk_of(context).profile.identity_folder
    book, places = PeerBook(folder), PlaceBook(folder)
    for problem in book.problems:
        typer.echo(problem, err=True)
    for word in at or []:
        name, equals, address = word.rpartition("=")
        if not equals:
            raise typer.BadParameter(f"{word!r} is not NAME=HOST:PORT.")
        places.note_told(book.named(name).device, Address.parse(address))
    seen = asyncio.run(_look_around()) if look and book.peers else {}
    listed = []
    for peer in book.peers:
        now = {mode: found for (short, mode), found in seen.items() if peer.device.startswith(short)}
        addresses = dict.fromkeys((*(a for found in now.values() for a in found), *places.of(peer.device)))
        listed.append(_listed(peer.name, peer.role, peer.device, tuple(addresses), tuple(sorted(now))))
    if as_json:
        print_json(listed)
    elif not listed:
        print("No device is paired with this one. `pitbox pair` on both machines changes that.")
    else:
        _print(listed)


def unpair(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name, or the start of its device id.")],
) -> None:
    """Trust a device no longer; a running PitBox drops its links within a second."""
    from pitbox.sync.address import PlaceBook
    from pitbox.sync.trust import PeerBook

    folder = desk_of(context).profile.identity_folder
    book = PeerBook(folder)
    peer = book.remove(book.named(name).device)
    PlaceBook(folder).forget(peer.device)
    print(f"{peer.name} is no longer paired with this machine. What was shared before stays with it.")


def invite(
    context: typer.Context,
    *,
    address: Annotated[
        list[str] | None, typer.Option(help="HOST:PORT under which this machine can be reached.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where this machine listens.")] = 47300,
) -> None:
    """Print one line for team-mates: which device this is and where. It holds no secret."""
    from pitbox.identity.device import Identity
    from pitbox.sync.adapter import lan_addresses
    from pitbox.sync.address import Address
    from pitbox.sync.errors import InviteError
    from pitbox.sync.invite import write_invite

    typed = [Address.parse(text, port) for text in address or []]
    places = typed or [Address(host, port) for host in lan_addresses()]
    if not places:
        raise InviteError("No network adapter leads to other machines; give an --address.")
    identity = Identity.load_or_create(desk_of(context).profile.identity_folder)
    print(write_invite(identity.device, places))


def _listed(
    name: str, role: Role, device: DeviceId, addresses: "tuple[Address, ...]", modes: tuple[str, ...]
) -> Listed:
    from pitbox.identity.spelling import show

    return Listed(name, role, device, show(device), tuple(map(str, addresses)), modes)


async def _look_around() -> "dict[tuple[str, str], tuple[Address, ...]]":
    """(short id, mode) → addresses of what announces itself now."""
    from pitbox.sync.discovery import Discovery

    discovery = await Discovery(DeviceId(""), "engineer", on_seen=lambda _: None).open(0)
    try:
        await asyncio.sleep(_LOOK_S)
        return {(seen.short_id, seen.mode): seen.addresses for seen in discovery.sightings}
    finally:
        await discovery.close()


def _print(listed: list[Listed]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("name", "may do here", "now", "address", "device"):
        table.add_column(column)
    for item in listed:
        now = ", ".join(item.modes) or "not seen"
        address = item.addresses[0] if item.addresses else "-"
        table.add_row(Text(item.name), item.role.value, now, address, item.shown)
    console().print(table)
