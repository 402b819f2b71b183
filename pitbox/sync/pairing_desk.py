"""Where pairing happens: the desk that shows a code and listens, and the call that types one."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Self

import msgspec

from pitbox.sync.address import DEFAULT_PORT, Address, PlaceBook
from pitbox.sync.code import PAUSE_S, Code, CodeBook, clean_code
from pitbox.sync.dial import connect_first
from pitbox.sync.errors import PairingClosedError, PairingEndedError, PairingError, SyncError
from pitbox.sync.gate import Gate
from pitbox.sync.listen import Listener
from pitbox.sync.lobby import Lobby, Visitor
from pitbox.sync.pairing import Candidate, Decide, Myself, answer_knock, knock, stretch
from pitbox.sync.pairing_message import Knock, Sorry
from pitbox.sync.pairing_talk import Talk
from pitbox.sync.pipe import StreamPipe
from pitbox.sync.trust import PairedPeer, PeerBook
from pitbox.sync.vouched import VOUCHED_FILE, VouchBook

_log = logging.getLogger("pitbox.sync")

PAIRING_PORT = DEFAULT_PORT + 1
MOST_KNOCKS = 60.0
"""That one host may make in vain at once; of those who say nothing the lobby keeps few."""
_KNOCK_S = 2.0
_TURNED_AWAY_S = 10.0
"""For so long it is tried again where a crowd stands at the door."""
_TRY_AGAIN_S = 0.2


class CodeBurnt(msgspec.Struct, frozen=True):
    """Somebody typed a wrong code; the one that was shown counts no more."""

    address: str


class PairingPaused(msgspec.Struct, frozen=True):
    """Too many wrong codes; somebody may be guessing."""

    address: str
    pause_s: float = PAUSE_S


class Paired(msgspec.Struct, frozen=True):
    peer: PairedPeer


DeskEvent = CodeBurnt | PairingPaused | Paired


class PairingDesk:
    """Listens for pairing while it is open; accepts one guess for each code that it shows."""

    def __init__(
        self,
        me: Myself,
        book: PeerBook,
        places: PlaceBook,
        *,
        decide: Decide,
        on_event: Callable[[DeskEvent], None] = lambda _: None,
    ) -> None:
        self._me = me
        self._book = book
        self._places = places
        self._decide = decide
        self._on_event = on_event
        self._codes = CodeBook()
        self._numbers: dict[Code, asyncio.Task[int]] = {}
        self._talks = 0
        self._lobby = Lobby()
        self._listener: Listener

    async def open(self, port: int = PAIRING_PORT, *, is_fixed: bool = False) -> Self:
        self._loop = asyncio.get_running_loop()
        gate = Gate(MOST_KNOCKS)
        self._listener = Listener.open(port, self._greet, is_fixed=is_fixed, gate=gate)
        return self

    async def close(self) -> None:
        self._codes.close()
        await self._listener.close()
        for task in self._numbers.values():
            task.cancel()
        await asyncio.gather(*self._numbers.values(), return_exceptions=True)

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def gate(self) -> Gate:
        return self._listener.gate

    def new_code(self) -> Code:
        """The digits for the screen, and for nothing else; raises PairingClosedError during a pause."""
        code = self._codes.new(self._loop.time())
        for task in self._numbers.values():
            task.cancel()
        self._numbers = {code: self._loop.create_task(stretch(code.digits), name="pairing-stretch")}
        return code

    def has_code(self) -> bool:
        """Whether a code is open: not used, not burnt and not too old."""
        return self._codes.current(self._loop.time()) is not None

    @property
    def is_talking(self) -> bool:
        """Somebody has typed the right digits; people may still have to accept."""
        return self._talks > 0

    def pause_left_s(self) -> float:
        return self._codes.pause_left_s(self._loop.time())

    async def _greet(self, connection: socket.socket, address: Address) -> bool:
        visitor = self._lobby.enter()
        try:
            talk = Talk(await _plain(connection))
            try:
                if not visitor.is_displaced:
                    work = self._hear(talk, visitor, address)
                    visitor.talk = self._loop.create_task(work, name="pairing-talk")
                    await visitor.talk
            finally:
                await talk.close()
        except (PairingError, TimeoutError) as error:
            _log.info("pairing with %s came to nothing: %s", address.host, error)
            return not visitor.has_knocked
        except asyncio.CancelledError:
            if not visitor.is_displaced:
                raise
            return not visitor.has_knocked
        finally:
            self._lobby.leave(visitor)
        return True

    async def _hear(self, talk: Talk, visitor: Visitor, address: Address) -> None:
        code = self._codes.current(self._loop.time())
        if code is None:
            await _turn_away(talk)
            return
        is_proved = False

        def note_knock() -> None:
            visitor.has_knocked = True

        def judge(is_right: bool) -> None:
            nonlocal is_proved
            self._judge(code, address, is_right=is_right)
            if is_right:
                is_proved = True
                self._talks += 1
                self._lobby.leave(visitor)

        number = await asyncio.shield(self._numbers[code])
        try:
            peer, candidate = await answer_knock(
                talk, number, self._me, on_knock=note_knock, on_guess=judge, decide=self._decide
            )
        finally:
            self._talks -= is_proved
        self._note(peer, candidate, address)

    def _judge(self, code: Code, address: Address, *, is_right: bool) -> None:
        now_s = self._loop.time()
        if self._codes.current(now_s) is not code:
            raise PairingClosedError("This code counts no more. Ask for a new one.")
        if is_right:
            self._codes.use()
            return
        is_pausing = self._codes.burn(now_s)
        _log.warning("a wrong pairing code came from %s; the code counts no more", address.host)
        self._on_event(CodeBurnt(address.host))
        if is_pausing:
            _log.warning("too many wrong pairing codes: pairing pauses for %g s", PAUSE_S)
            self._on_event(PairingPaused(address.host))

    def _note(self, peer: PairedPeer, candidate: Candidate, address: Address) -> None:
        peer = _remember(self._book, self._places, peer, candidate, address.host)
        self._on_event(Paired(peer))


async def pair_with(
    places: Sequence[Address],
    typed: str,
    me: Myself,
    book: PeerBook,
    known: PlaceBook,
    *,
    decide: Decide,
    expects: str = "",
) -> PairedPeer:
    """Become a pair with the device that shows this code at one of these places; raises PairingError."""
    try:
        code = await stretch(clean_code(typed))
    except ValueError as error:
        raise PairingError(str(error)) from None
    deadline_s = asyncio.get_running_loop().time() + _TURNED_AWAY_S
    while True:
        try:
            connection, address = await connect_first(places)
        except SyncError:
            where = ", ".join(map(str, places))
            raise PairingError(f"No PitBox shows a code at {where}.") from None
        talk = Talk(await _plain(connection))
        try:
            peer, candidate = await knock(talk, code, me, expects=expects, decide=decide)
            return _remember(book, known, peer, candidate, address.host)
        except PairingEndedError:
            # A crowd at the door; without an answer nobody has made a guess.
            if talk.has_heard or asyncio.get_running_loop().time() > deadline_s:
                raise
        except TimeoutError:
            raise PairingError("The other device did not answer in time.") from None
        finally:
            await talk.close()
        await asyncio.sleep(_TRY_AGAIN_S)


def _remember(
    book: PeerBook, places: PlaceBook, peer: PairedPeer, candidate: Candidate, host: str
) -> PairedPeer:
    try:
        VouchBook(book).forget(peer.device)  # what he said when he was paired before
    except OSError as error:
        raise PairingError(f"{VOUCHED_FILE} cannot be stored: {error.strerror}.") from error
    peer = book.add(peer)
    if candidate.port:
        places.note_reached(peer.device, Address(host, candidate.port))
    _log.info("paired with %s as %s", peer.name, peer.role.value)
    return peer


async def _turn_away(talk: Talk) -> None:
    """Hear the knock first: a connection that ends with bytes unread takes the last words with it."""
    async with asyncio.timeout(_KNOCK_S):
        await talk.receive(Knock)
    await talk.send(Sorry("closed", "No code is open here. Ask for one and try again."))


async def _plain(connection: socket.socket) -> StreamPipe:
    return StreamPipe(*await asyncio.open_connection(sock=connection))
