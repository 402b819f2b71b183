"""One connection to one paired peer after its WELCOME: messages out, messages in, and its end in words.

A link keeps itself alive (a ping every 2 s, dead after 6 s without a byte), bounds what it holds in both
directions and closes with a reason that the other side hears. It never retries: `switchboard` does.
"""

import asyncio
import contextlib
import logging
from collections import deque
from enum import StrEnum
from typing import Any

import msgspec

from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.sync.errors import Closing, FrameError, LinkClosedError
from pitbox.sync.frame import FrameReader, frame, pack, tag_of, unpack
from pitbox.sync.handshake import FIRST_LANE_TAG, Bye, Ping, Pong, link_messages
from pitbox.sync.pipe import Pipe

_log = logging.getLogger("pitbox.sync")
_GRACE_S = 0.1
"""A machine that stood still, or slept, hears what waits for it before it judges."""
_CLOCK_S = 0.02
"""What a system's timer may be early by."""


class Lane(StrEnum):
    """Two connections per pair, so that bulk never delays live."""

    LOG = "log"
    LIVE = "live"


class Peer(msgspec.Struct, frozen=True):
    """Who is at the other end, as this device's own book of peers says."""

    fingerprint: DeviceId
    name: str
    role: Role


_OVERHEAD = 64
"""Bytes that a received message takes beside its own: many empty ones are many, too."""


class Agreement(msgspec.Struct, frozen=True):
    """What HELLO and WELCOME settled."""

    protocol: int
    far_instance: str = ""
    is_dialled: bool = False
    """This side dialled."""
    address: str = ""
    """Where the far end is, for people and for the next dial."""
    far_grants: str = ""
    """The role under which the far side knows this one; empty from a version that does not say."""


class LinkLimits(msgspec.Struct, frozen=True):
    ping_s: float = 2.0
    dead_s: float = 6.0
    frame_s: float = 30.0
    """A frame that was begun has to be whole after this."""
    inbox_bytes: int = 2 << 20
    """What is received and not yet taken; beyond it the link stops reading and the far side waits."""
    bye_s: float = 0.5


class Counters(msgspec.Struct):
    """For the peers page, `pitbox peers` and the tests."""

    frames_in: int = 0
    bytes_in: int = 0
    frames_out: int = 0
    bytes_out: int = 0
    skipped: int = 0
    """Messages of the link that this version does not know."""
    offers_refused: int = 0
    rtt_s: float | None = None


class Link:
    """Belongs to the loop it was started on; one task receives, any may send."""

    def __init__(  # noqa: PLR0917 - all of it is what a link is
        self,
        pipe: Pipe,
        peer: Peer,
        lane: Lane,
        agreement: Agreement,
        limits: LinkLimits = LinkLimits(),  # noqa: B008 - frozen
        frames: FrameReader | None = None,
        early: list[bytes] | None = None,
    ) -> None:
        """`frames` and `early`: what the handshake read beyond its own message."""
        self.peer = peer
        self.lane = lane
        self.agreement = agreement
        self.counters = Counters()
        self._pipe = pipe
        self._limits = limits
        self._frames = frames or FrameReader()
        self._early = early or []
        self._inbox: deque[bytes] = deque()
        self._inbox_bytes = 0
        self._arrived = asyncio.Event()
        self._has_room = asyncio.Event()
        self._sending = asyncio.Lock()
        self._pulse_due = asyncio.Event()
        self._pong_due: int | None = None
        self._pings: dict[int, float] = {}
        self._end: LinkClosedError | None = None
        self._ended = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._loop = asyncio.get_running_loop()
        self._heard_s = self._loop.time()
        self._frame_since_s: float | None = None

    def start(self) -> None:
        name = f"{self.lane}:{self.peer.name}"
        self._heard_s = self._loop.time()
        for work in (self._read, self._pulse, self._watch):
            task = self._loop.create_task(work(), name=f"link-{work.__name__[1:]}-{name}")
            task.add_done_callback(self._note_end)
            self._tasks.append(task)

    @property
    def end(self) -> LinkClosedError | None:
        """Why the link has ended; None while it stands."""
        return self._end

    @property
    def is_clear(self) -> bool:
        """Nothing of ours waits to be sent."""
        return not self._sending.locked() and self._pipe.is_clear

    async def send(self, message: bytes | Any) -> None:
        """A payload, or a struct or tuple to be packed; waits for room, raises LinkClosedError."""
        data = frame(message if isinstance(message, bytes) else pack(message))
        async with self._sending:
            self._check_open()
            self._put(data)
            try:
                await self._pipe.drain()
            except ConnectionError:
                self._finish(Closing.BROKEN, "The connection broke while something was sent.")
        self._check_open()

    def offer(self, message: bytes | Any) -> bool:
        """Send if nothing waits before it, else False: for values of which only the latest counts."""
        self._check_open()
        if not self.is_clear:
            self.counters.offers_refused += 1
            return False
        self._put(frame(message if isinstance(message, bytes) else pack(message)))
        return True

    async def receive(self) -> bytes:
        """The next payload of the lane; LinkClosedError after the last one."""
        while not self._inbox:
            self._check_open()
            self._arrived.clear()
            await self._arrived.wait()
        payload = self._inbox.popleft()
        self._inbox_bytes -= len(payload) + _OVERHEAD
        self._has_room.set()
        return payload

    async def close(self, closing: Closing = Closing.LEFT, words: str = "") -> None:
        """Say why and end; harmless when it has ended already."""
        if self._end is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._limits.bye_s), self._sending:
                    pass  # a message that is half sent comes first
            self._finish(closing, words or "This side ended the link.", is_said=True)
        own = asyncio.current_task()
        waited = [task for task in self._tasks if task is not own]
        await asyncio.gather(*waited, return_exceptions=True)

    async def wait_closed(self) -> LinkClosedError:
        await self._ended.wait()
        assert self._end is not None
        return self._end

    def _check_open(self) -> None:
        if self._end is not None:
            raise LinkClosedError(self._end.closing, str(self._end))

    def _put(self, data: bytes) -> None:
        self._pipe.put(data)
        self.counters.frames_out += 1
        self.counters.bytes_out += len(data)

    async def _read(self) -> None:
        try:
            for payload in self._early:
                await self._take(payload)
            self._early = []
            while data := await self._pipe.read():
                self.counters.bytes_in += len(data)
                self._heard_s = self._loop.time()
                payloads = self._frames.feed(data)
                if not self._frames.pending:
                    self._frame_since_s = None
                elif payloads or self._frame_since_s is None:
                    self._frame_since_s = self._heard_s
                for payload in payloads:
                    await self._take(payload)
            self._finish(Closing.BROKEN, "The connection ended without a word.")
        except FrameError as error:
            words = f"What came was no frame: {error}"
            _log.warning("%s: %s", self.peer.name, words)
            self._finish(Closing.DAMAGED, words, is_said=True)

    async def _take(self, payload: bytes) -> None:
        self.counters.frames_in += 1
        if tag_of(payload) < FIRST_LANE_TAG:
            self._take_own(payload)
            return
        while self._inbox_bytes >= self._limits.inbox_bytes and self._end is None:
            self._has_room.clear()
            await self._has_room.wait()
            # We did not listen: neither silence nor a frame that hangs is the far side's fault.
            self._heard_s = self._loop.time()
            self._frame_since_s = self._heard_s if self._frames.pending else None
        self._inbox.append(payload)
        self._inbox_bytes += len(payload) + _OVERHEAD
        self._arrived.set()

    def _take_own(self, payload: bytes) -> None:
        if tag_of(payload) not in _KNOWN:
            self.counters.skipped += 1  # a newer minor version says more
            return
        message = unpack(payload, link_messages)
        if isinstance(message, Ping):
            self._pong_due = message.number
            self._pulse_due.set()
        elif isinstance(message, Pong):
            sent_s = self._pings.pop(message.number, None)
            if sent_s is not None:
                self.counters.rtt_s = self._loop.time() - sent_s
        elif isinstance(message, Bye):
            closing = Closing(message.code) if message.code in list(Closing) else Closing.LEFT
            self._finish(closing, message.words or "The other side ended the link.")
        else:
            self.counters.skipped += 1

    async def _pulse(self) -> None:
        """Pings and pongs, apart from the reader: two ends that both wait for room must still read."""
        number = 0
        due_s = self._loop.time()
        with contextlib.suppress(LinkClosedError):
            while True:
                if self._pong_due is not None:
                    pong, self._pong_due = Pong(self._pong_due), None
                    await self.send(pong)
                if self._loop.time() >= due_s:
                    number += 1
                    self._pings = {number: self._loop.time()}
                    await self.send(Ping(number))
                    due_s = self._loop.time() + self._limits.ping_s
                self._pulse_due.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, due_s - self._loop.time())):
                        await self._pulse_due.wait()

    async def _watch(self) -> None:
        """Ends what only looks alive: half-open connections and frames that are never finished."""
        while self._end is None:
            await asyncio.sleep(self._watch_s())
            now_s = self._loop.time()
            if self._is_full:
                continue
            if now_s - self._heard_s > self._limits.dead_s and await self._is_silent():
                self._finish(Closing.SILENT, f"Nothing was heard for {self._limits.dead_s:g} s.")
            elif self._frame_since_s is not None and now_s - self._frame_since_s > self._limits.frame_s:
                words = f"A frame was not finished within {self._limits.frame_s:g} s."
                self._finish(Closing.STALLED, words, is_said=True)

    async def _is_silent(self) -> bool:
        """Still, once all that lies in the socket has been read: it may be us who did not listen."""
        await asyncio.sleep(min(_GRACE_S, self._limits.dead_s))
        return not self._is_full and self._loop.time() - self._heard_s > self._limits.dead_s

    def _watch_s(self) -> float:
        """Until the first moment in which something can be too late; whoever rests is not woken before."""
        if self._is_full:
            return self._limits.ping_s / 4
        now_s, limits = self._loop.time(), self._limits
        frame_s = now_s if self._frame_since_s is None else self._frame_since_s
        first_s = min(self._heard_s + limits.dead_s, frame_s + limits.frame_s)
        return max(first_s - now_s, 0.0) + _CLOCK_S

    @property
    def _is_full(self) -> bool:
        return self._inbox_bytes >= self._limits.inbox_bytes

    def _finish(self, closing: Closing, words: str, *, is_said: bool = False) -> None:
        """The one way to end; `is_said`: the far side hears why, if nothing blocks the way."""
        if self._end is not None:
            return
        self._end = LinkClosedError(closing, words)
        for event in (self._ended, self._arrived, self._has_room):
            event.set()
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        if is_said and not self._sending.locked():
            self._put(frame(pack(Bye(int(closing), words[:400]))))
            self._tasks.append(self._loop.create_task(self._pipe.close(), name="link-bye"))
        else:
            self._pipe.abort()

    def _note_end(self, task: asyncio.Task[None]) -> None:
        """A bug in one of the link's tasks ends the link in words instead of leaving it deaf."""
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a link's task ended with an error", exc_info=error)
            self._finish(Closing.BROKEN, f"The link ended with an error: {type(error).__name__}.")


_KNOWN = frozenset(range(1, 7))
