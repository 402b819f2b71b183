"""`pitbox pair`: two machines become a pair by six digits that one shows and the other's user types."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pitbox.cli.desk import Desk, desk_of
from pitbox.model.role import Role

if TYPE_CHECKING:
    from pitbox.cli.person import Person
    from pitbox.sync.address import PlaceBook
    from pitbox.sync.discovery import Sighting
    from pitbox.sync.invite import Invite
    from pitbox.sync.pairing import Candidate, Myself
    from pitbox.sync.pairing_desk import DeskEvent, PairingDesk
    from pitbox.sync.trust import PeerBook

_SHOW_S = 600.0
"""A code that nobody types is shown again and again, but not all night."""
_LOOK_S = 0.2
_FIND_S = 3.0


class Wishes(msgspec.Struct, frozen=True):
    """What the command line asked for."""

    role: Role
    gives: Role | None
    port: int
    link_port: int


def pair(
    context: typer.Context,
    where: Annotated[
        str | None,
        typer.Argument(help="HOST:PORT or an invite: type that machine's code. Without: show one here."),
    ] = None,
    *,
    find: Annotated[bool, typer.Option("--find", help="Look for a machine that shows a code.")] = False,
    role: Annotated[Role | None, typer.Option(help="What this machine is to the other one.")] = None,
    gives: Annotated[
        Role | None, typer.Option("--as", help="What the other one may do here, if not what it says.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where to listen while a code is shown; 0: any.")
    ] = 47301,
    link_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where driver and engineer mode of this machine listen.")
    ] = 47300,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON lines; answers are lines of standard input.")
    ] = False,
) -> None:
    """Show six digits for another machine, or type those that it shows."""
    desk = desk_of(context)
    own_role = role or (Role.DRIVER if desk.settings.general.mode == "driver" else Role.ENGINEER)
    asyncio.run(_pair(desk, where, Wishes(own_role, gives, port, link_port), find=find, as_json=as_json))


async def _pair(desk: Desk, where: str | None, wishes: Wishes, *, find: bool, as_json: bool) -> None:
    from pitbox.cli.person import AtTerminal, Program
    from pitbox.identity.device import Identity
    from pitbox.sync.address import PlaceBook
    from pitbox.sync.pairing import Myself
    from pitbox.sync.trust import PeerBook
    from pitbox.wall.share import radio_plan

    plan = radio_plan(desk.profile, desk.settings, wishes.role, port=wishes.link_port)
    folder = plan.identity_folder
    identity = Identity.load_or_create(folder)
    meeting = Meeting(
        Program() if as_json else AtTerminal(),
        Myself(identity, plan.name, wishes.role, wishes.link_port),
        PeerBook(folder),
        PlaceBook(folder),
        wishes,
    )
    if where is None and not find:
        await meeting.show()
    else:
        await meeting.type(where)


class Meeting:
    """One person at one machine, who shows a code or types one."""

    def __init__(
        self, person: "Person", me: "Myself", book: "PeerBook", places: "PlaceBook", wishes: Wishes
    ) -> None:
        self._person = person
        self._me = me
        self._book = book
        self._places = places
        self._wishes = wishes

    async def show(self) -> None:
        """Show codes until somebody is paired; raises PairingError when nobody is for too long."""
        from pitbox.sync.adapter import lan_addresses
        from pitbox.sync.discovery import Discovery
        from pitbox.sync.errors import PairingError
        from pitbox.sync.pairing_desk import PairingDesk

        events: asyncio.Queue[DeskEvent] = asyncio.Queue()
        desk = PairingDesk(
            self._me, self._book, self._places, decide=self._decide, on_event=events.put_nowait
        )
        await desk.open(self._wishes.port)
        device = self._me.identity.device
        discovery = await Discovery(device, "pair", on_seen=lambda _: None).open(desk.port)
        try:
            addresses = [f"{host}:{desk.port}" for host in lan_addresses()]
            words = " or ".join(addresses) or f"port {desk.port}"
            self._person.tell("listening", f"Waiting at {words}.", port=desk.port, addresses=addresses)
            async with asyncio.timeout(_SHOW_S):
                await self.until_paired(desk, events)
        except TimeoutError:
            raise PairingError("Nobody typed a code; `pitbox pair` shows a new one.") from None
        finally:
            await discovery.close()
            await desk.close()

    async def until_paired(self, desk: "PairingDesk", events: "asyncio.Queue[DeskEvent]") -> None:
        """Show a code, another one when it is burnt or too old, and tell what happened, in that order."""
        from pitbox.sync.pairing_desk import CodeBurnt, Paired, PairingPaused

        self._show_code(desk)
        while True:
            try:
                event = await asyncio.wait_for(events.get(), _LOOK_S)
            except TimeoutError:
                is_told = events.empty()  # that a code was burnt comes before the next one
                if is_told and not desk.has_code() and not desk.is_talking and not desk.pause_left_s():
                    self._show_code(desk)
                continue
            if isinstance(event, CodeBurnt):
                words = f"Somebody at {event.address} typed a wrong code; the one above counts no more."
                self._person.tell("burnt", words, address=event.address)
            elif isinstance(event, PairingPaused):
                words = f"Too many wrong codes: somebody may be guessing. A new one in {event.pause_s:.0f} s."
                self._person.tell("paused", words, pause_s=event.pause_s)
            elif isinstance(event, Paired):
                self._tell_paired(event.peer.name, event.peer.role, event.peer.device)
                return

    def _show_code(self, desk: "PairingDesk") -> None:
        code = desk.new_code()
        words = f"Type these digits on the other machine within two minutes:  {code.show()}"
        self._person.tell("code", words, digits=code.digits)

    async def type(self, where: str | None) -> None:
        """Type the code of another machine; raises PairingError."""
        from pitbox.sync.address import Address
        from pitbox.sync.invite import is_invite, read_invite
        from pitbox.sync.pairing_desk import PAIRING_PORT, pair_with

        expects = ""
        places: tuple[Address, ...]
        if where is None:
            found = await self._find()
            expects, places = found.short_id, found.addresses
        elif is_invite(where):
            invite = read_invite(where)
            if self._knows(invite):
                return
            expects = invite.device_start
            # An invite names the port of links; pairing listens on the next one.
            places = tuple(Address(a.host, min(a.port + 1, 65535)) for a in invite.addresses)
        else:
            places = (Address.parse(where, PAIRING_PORT),)
        typed = await self._person.ask_code(where or str(places[0]))
        peer = await pair_with(
            places,
            typed,
            self._me,
            self._book,
            self._places,
            decide=self._decide,
            expects=expects,
        )
        self._tell_paired(peer.name, peer.role, peer.device)

    def _knows(self, invite: "Invite") -> bool:
        """An invite of a device that is paired already says where it is now."""
        known = next((p for p in self._book.peers if p.device.startswith(invite.device_start)), None)
        if known is None:
            return False
        for address in reversed(invite.addresses):
            self._places.note_told(known.device, address)
        words = f"{known.name} is paired already; it is looked for at these addresses from now on."
        self._person.tell("known", words, name=known.name, device=known.device)
        return True

    async def _find(self) -> "Sighting":
        from pitbox.sync.discovery import Discovery
        from pitbox.sync.errors import PairingError

        seen = asyncio.Event()

        def note(sighting: "Sighting") -> None:
            if sighting.mode == "pair":
                seen.set()

        discovery = await Discovery(self._me.identity.device, "pair", on_seen=note).open(0)
        try:
            async with asyncio.timeout(_FIND_S):
                await seen.wait()
                await asyncio.sleep(_FIND_S / 4)  # there may be two of them
        except TimeoutError:
            pass
        finally:
            found = [sighting for sighting in discovery.sightings if sighting.mode == "pair"]
            await discovery.close()
        if not found:
            raise PairingError("No machine on this network shows a code. `pitbox pair` there shows one.")
        for number, sighting in enumerate(found, start=1):
            words = f"{number}: a PitBox at {sighting.addresses[0]}"
            self._person.tell("found", words, short_id=sighting.short_id, address=str(sighting.addresses[0]))
        return found[0 if len(found) == 1 else await self._person.ask_number(len(found)) - 1]

    async def _decide(self, candidate: "Candidate") -> Role | None:
        if not await self._person.ask_accept(candidate):
            return None
        return self._wishes.gives or candidate.role

    def _tell_paired(self, name: str, role: Role, device: str) -> None:
        words = f"Paired with {name}, who may do here what a {role.value} may."
        self._person.tell("paired", words, name=name, role=role.value, device=device)
