"""Who is connected: keeps one link per lane to every paired device that can be reached.

Accepts, dials, tries again, settles who wins when both dial at once, and ends what is no longer trusted.
Whoever uses the links hears of each by `on_link` and of everything else by `on_event`.
"""

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import Callable, Iterable
from typing import Self

import msgspec

from pitbox.identity.device import Identity
from pitbox.model.ids import DeviceId
from pitbox.sync.address import Address, PlaceBook
from pitbox.sync.dial import UNKNOWN_WORDS, UnansweredError, dial
from pitbox.sync.errors import Closing, FrameError, LinkClosedError, Refusal, RefusedError, SyncError
from pitbox.sync.handshake import Hello
from pitbox.sync.link import Lane, Link, LinkLimits, Peer
from pitbox.sync.listen import Listener
from pitbox.sync.meeting import MEETING_S, Card, Met, answer, hear, refuse
from pitbox.sync.pipe import StreamPipe
from pitbox.sync.tls import Credentials, secure
from pitbox.sync.trust import PairedPeer, PeerBook

_log = logging.getLogger("pitbox.sync")

Key = tuple[DeviceId, Lane]

RETRY_FIRST_S = 0.2
RETRY_MOST_S = 2.0
_RETRY_UNKNOWN_S = 5.0
"""A device that does not know us any more is asked less often."""
_COURTESY_S = 0.25
"""The side whose connection would lose a tie lets the other one dial first."""
_LOOK_S = 1.0
"""How often the book of peers is looked at: another process may have changed it."""
_MOST_UNANSWERED = 3


class LinkUp(msgspec.Struct, frozen=True):
    device: DeviceId
    name: str
    lane: Lane
    address: str
    is_dialled: bool


class LinkDown(msgspec.Struct, frozen=True):
    device: DeviceId
    name: str
    lane: Lane
    closing: Closing
    words: str


class DialRefused(msgspec.Struct, frozen=True):
    """A paired device said no; told once until the words change."""

    device: DeviceId
    name: str
    words: str


class StrangerTurnedAway(msgspec.Struct, frozen=True):
    """Somebody who is not paired knocked; counted, and told at most once a minute."""

    address: str
    count: int


Event = LinkUp | LinkDown | DialRefused | StrangerTurnedAway


class Switchboard:
    """Belongs to one loop: `open`, use, `close`."""

    def __init__(
        self,
        identity: Identity,
        book: PeerBook,
        places: PlaceBook,
        card: Card,
        *,
        on_link: Callable[[Link], None],
        on_event: Callable[[Event], None] = lambda _: None,
        limits: LinkLimits = LinkLimits(),  # noqa: B008 - frozen
    ) -> None:
        """`on_link` is called on the loop with each new link, started; it must not block."""
        self.identity = identity
        self.book = book
        self.places = places
        self.card = card
        self.strangers = 0
        self._on_link = on_link
        self._on_event = on_event
        self._limits = limits
        self._credentials = Credentials(identity, book)
        self._links: dict[Key, Link] = {}
        self._half_dialled: set[Key] = set()
        self._dialling: dict[Key, asyncio.Task[None]] = {}
        self._wakes: dict[DeviceId, asyncio.Event] = {}
        self._seen: dict[DeviceId, tuple[Address, ...]] = {}
        self._said: dict[DeviceId, str] = {}
        self._stranger_told_s = float("-inf")
        self._random = random.Random()  # noqa: S311 - jitter is no secret
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: Listener

    async def open(self, port: int) -> Self:
        """Listen and begin to dial."""
        self._loop = asyncio.get_running_loop()
        self._listener = Listener.open(port, self._greet)
        self.card = msgspec.structs.replace(self.card, port=self._listener.port)
        self._dial_everybody()
        self._spawn(self._look(), "sync-look")
        return self

    async def close(self) -> None:
        """Say goodbye to everybody and end."""
        await self._listener.close()
        tasks = [*self._tasks, *self._dialling.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        links = list(self._links.values())
        await asyncio.gather(*(link.close(Closing.LEFT, f"{self.card.name} ended.") for link in links))
        await asyncio.sleep(0)

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def turned_away(self) -> int:
        """Connections that were not even given a handshake."""
        return self._listener.gate.turned_away

    def links(self) -> tuple[Link, ...]:
        return tuple(link for link in self._links.values() if link.end is None)

    def link(self, device: DeviceId, lane: Lane) -> Link | None:
        found = self._links.get((device, lane))
        return found if found is not None and found.end is None else None

    def seen(self, short_id: str, addresses: Iterable[Address]) -> None:
        """A hint that a device whose id begins so is at these places; paired ones are dialled at once."""
        for peer in self.book.peers:
            if short_id and peer.device.startswith(short_id):
                fresh = tuple(addresses)
                if fresh and fresh != self._seen.get(peer.device):
                    self._seen[peer.device] = fresh
                    self._wake(peer.device)

    def refresh(self) -> None:
        """The book changed: dial who is new, end what is no longer trusted."""
        self.places.refresh()
        for (device, lane), link in list(self._links.items()):
            peer = self.book.find(device)
            if peer is None:
                self._spawn(link.close(Closing.REVOKED, "These devices are no longer paired."), "sync-revoke")
            elif Peer(device, peer.name, peer.role) != link.peer:
                words = "What this device may do here has changed."
                self._spawn(link.close(Closing.REPLACED, words), f"sync-renew-{lane}")
        for key, task in list(self._dialling.items()):
            if self.book.find(key[0]) is None:
                task.cancel()
                del self._dialling[key]
        self._dial_everybody()

    # -- accepting

    async def _greet(self, connection: socket.socket, address: Address) -> bool:
        """From a TCP connection to a link, or to nothing; True when it became one."""
        pipe = None
        self._look_once()  # who was unpaired by another process a moment ago is a stranger
        try:
            async with asyncio.timeout(MEETING_S):
                pipe, device = await secure(
                    connection, self._credentials.server, is_server=True, timeout_s=MEETING_S
                )
                peer = None if device is None else self.book.find(device)
                if peer is None:
                    # A certificate that a paired one signed, or one that was unpaired a moment ago.
                    raise ConnectionError("not paired")
                hello, frames = await hear(pipe)
                lane = self._lane_of(hello)
                self._check_duplicate(peer, lane, hello)
                met = await answer(pipe, hello, frames, self._card_for(peer))
        except RefusedError as refusal:
            assert pipe is not None
            await refuse(pipe, refusal)
            # A paired device that dialled at the wrong moment is no stranger.
            return refusal.code == Refusal.DUPLICATE
        except (OSError, FrameError) as error:
            if pipe is not None:
                pipe.abort()
            self._tell_stranger(address, error)
            return False
        except asyncio.CancelledError:
            if pipe is not None:
                pipe.abort()
            raise
        self._settle(pipe, peer, lane, met, Address(address.host, met.far_port or address.port))
        return True

    def _card_for(self, peer: PairedPeer) -> Card:
        """It hears what it may do here, so that its person is told before something is refused."""
        return msgspec.structs.replace(self.card, grants=peer.role.value)

    @staticmethod
    def _lane_of(hello: Hello) -> Lane:
        try:
            return Lane(hello.lane)
        except ValueError:
            raise RefusedError(Refusal.MALFORMED, f"There is no lane {hello.lane!r}.") from None

    def _check_duplicate(self, peer: PairedPeer, lane: Lane, hello: Hello) -> None:
        """Of two connections of one pair the one that the smaller device id dialled stays.

        A peer that restarted, or dials again in the direction that stands, has lost its end: then the new
        one stays.
        """
        if peer.device < self.identity.device:
            return
        key = peer.device, lane
        link = self._links.get(key)
        stands = link is not None and link.end is None and link.agreement.is_dialled
        is_same_run = link is not None and link.agreement.far_instance == hello.instance
        if (stands and is_same_run) or key in self._half_dialled:
            raise RefusedError(Refusal.DUPLICATE, "This pair has its connection already.")

    def _tell_stranger(self, address: Address, error: Exception) -> None:
        self.strangers += 1
        _log.debug("%s was turned away: %s", address.host, error)
        if self._loop.time() - self._stranger_told_s >= 60.0:
            self._stranger_told_s = self._loop.time()
            _log.warning("somebody at %s who is not paired tried to connect", address.host)
            self._on_event(StrangerTurnedAway(address.host, self.strangers))

    # -- dialling

    def _dial_everybody(self) -> None:
        for peer in self.book.peers:
            if peer.device == self.identity.device:
                continue
            for lane in Lane:
                key = peer.device, lane
                if key not in self._dialling:
                    name = f"sync-dial-{lane}-{peer.name}"
                    self._dialling[key] = self._loop.create_task(self._keep(peer.device, lane), name=name)

    async def _keep(self, device: DeviceId, lane: Lane) -> None:
        """Dial until there is a link, wait for its end, begin again."""
        failures = unanswered = 0
        while True:
            link = self.link(device, lane)
            if link is not None:
                await link.wait_closed()
                failures = unanswered = 0
            await self._pause(device, failures, is_unknown=unanswered >= _MOST_UNANSWERED)
            peer, places = self.book.find(device), self._places_of(device)
            if peer is None or not places or self.link(device, lane) is not None:
                failures += 0 if self.link(device, lane) else 1
                continue
            try:
                await self._dial(peer, lane, places)
            except RefusedError as refusal:
                if refusal.code != Refusal.DUPLICATE:
                    unanswered = _MOST_UNANSWERED
                    self._tell_refused(peer, str(refusal))
            except UnansweredError:
                unanswered += 1
                if unanswered == _MOST_UNANSWERED:
                    self._tell_refused(peer, UNKNOWN_WORDS)
            except (OSError, SyncError) as error:
                _log.debug("%s cannot be reached: %s", peer.name, error)
            failures += 1

    async def _dial(self, peer: PairedPeer, lane: Lane, places: tuple[Address, ...]) -> None:
        key = peer.device, lane
        try:
            pipe, met, address = await dial(
                places,
                peer.device,
                lane,
                self._card_for(peer),
                credentials=self._credentials,
                on_hello=lambda: self._half_dialled.add(key),
            )
        finally:
            self._half_dialled.discard(key)
        if self.book.find(peer.device) is None:  # unpaired in this very moment
            pipe.abort()
            return
        self._settle(pipe, peer, lane, met, address)

    async def _pause(self, device: DeviceId, failures: int, *, is_unknown: bool) -> None:
        """Wait before the next attempt, with jitter; a new hint ends the wait."""
        longest_s = _RETRY_UNKNOWN_S if is_unknown else min(RETRY_MOST_S, RETRY_FIRST_S * 1.5**failures)
        pause_s = self._random.uniform(0.5, 1.0) * longest_s if failures else 0.0
        wake = self._wakes.setdefault(device, asyncio.Event())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await wake.wait()
                await asyncio.sleep(0)  # both lanes wait for it: let the other one see it too
                wake.clear()
        if device < self.identity.device:
            await asyncio.sleep(_COURTESY_S)

    def _places_of(self, device: DeviceId) -> tuple[Address, ...]:
        return tuple(dict.fromkeys((*self._seen.get(device, ()), *self.places.of(device))))

    def _wake(self, device: DeviceId) -> None:
        self._wakes.setdefault(device, asyncio.Event()).set()

    def _tell_refused(self, peer: PairedPeer, words: str) -> None:
        if self._said.get(peer.device) != words:
            self._said[peer.device] = words
            _log.warning("%s refuses: %s", peer.name, words)
            self._on_event(DialRefused(peer.device, peer.name, words))

    # -- links

    def _settle(self, pipe: StreamPipe, peer: PairedPeer, lane: Lane, met: Met, address: Address) -> None:
        """The connection becomes the link of its pair and lane, unless one stands that wins."""
        key = peer.device, lane
        agreement = msgspec.structs.replace(met.agreement, address=str(address))
        who = Peer(peer.device, peer.name, peer.role)
        link = Link(pipe, who, lane, agreement, self._limits, met.frames, met.early)
        before = self.link(*key)
        if before is not None:
            is_losing = agreement.is_dialled and peer.device < self.identity.device
            is_losing = is_losing and not before.agreement.is_dialled
            loser = link if is_losing else before
            self._spawn(loser.close(Closing.REPLACED, "Another connection of this pair stays."), "sync-tie")
            if is_losing:
                return
        if lane is Lane.LIVE:
            pipe.prefer_fresh()
        self._links[key] = link
        self._said.pop(peer.device, None)
        self.places.note_reached(peer.device, address)
        link.start()
        _log.info("%s is connected for %s at %s", peer.name, lane.value, address)
        self._on_event(LinkUp(peer.device, peer.name, lane, str(address), agreement.is_dialled))
        self._spawn(self._await_end(key, link), f"sync-end-{lane}-{peer.name}")
        self._wake(peer.device)
        self._on_link(link)

    async def _await_end(self, key: Key, link: Link) -> None:
        end: LinkClosedError = await link.wait_closed()
        await link.close()
        if self._links.get(key) is link:
            del self._links[key]
        _log.info("%s is gone for %s: %s", link.peer.name, link.lane.value, end)
        self._on_event(LinkDown(link.peer.fingerprint, link.peer.name, link.lane, end.closing, str(end)))

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            self._look_once()

    def _look_once(self) -> None:
        if self.book.refresh():
            self.refresh()

    def _spawn(self, work: "asyncio._CoroutineLike[None]", name: str) -> None:
        task = self._loop.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
