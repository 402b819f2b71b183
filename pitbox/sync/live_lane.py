"""The live lane of a station: the newest ticks to each peer that asked, and theirs to the desk.

On the radio's loop; only `sampled` comes from other threads. Nothing waits for a slow peer: it is sent the
newest row when its link is clear, and never those before it.
"""

import asyncio
import contextlib

from pitbox.model.source import Ticks
from pitbox.sync.both import both
from pitbox.sync.carrier import Desk
from pitbox.sync.errors import Closing
from pitbox.sync.frame import tag_of, unpack
from pitbox.sync.link import Link
from pitbox.sync.live import LiveIn, LiveOut
from pitbox.sync.message import LIVE_MESSAGES, Channels, Live, Subscribe, live_messages, tags

_SNAPSHOT_S = 5.0
_LIVE_TAGS = tags(LIVE_MESSAGES)


class LiveLane:
    def __init__(self, desk: Desk, wish: Subscribe | None) -> None:
        self.links: dict[str, Link] = {}
        """By device."""
        self._desk = desk
        self._wish = wish
        self._loop = asyncio.get_running_loop()
        self._feed = _LiveFeed()

    def sampled(self, session: str, device: str, ticks: Ticks) -> None:
        """From any thread, and never waits: the newest ticks, for those who watch."""
        if self._feed.put(session, device, ticks):
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._feed.wake)

    async def attend(self, link: Link) -> None:
        name = link.peer.fingerprint
        before = self.links.get(name)
        if before is not None:
            await before.close(Closing.REPLACED)
        self.links[name] = link
        if self._wish is not None:
            await link.send(self._wish)
        try:
            out = LiveOut()
            await both(self._watch(link, out), self._show(link, out))
        finally:
            if self.links.get(name) is link:
                del self.links[name]

    async def _watch(self, link: Link, out: LiveOut) -> None:
        """What the peer shows us, and what it wants to see."""
        inward = LiveIn(link.peer.fingerprint)
        while True:
            payload = await link.receive()
            if tag_of(payload) not in _LIVE_TAGS:
                continue
            message = unpack(payload, live_messages)
            if isinstance(message, Subscribe):
                out.subscribe(message)
                self._feed.wake()
            elif isinstance(message, Channels):
                inward.learn(message)
            elif isinstance(message, Live):
                row = inward.read(message, self._loop.time())
                if row is not None:
                    self._desk.row(link.peer, row)
            elif self._wish is not None:
                self._desk.snapshot(link.peer, message)

    async def _show(self, link: Link, out: LiveOut) -> None:
        """What we show the peer, once it has asked."""
        seen, snapshot_s = 0, float("-inf")
        while True:
            now_s = self._loop.time()
            if out.is_wanted and now_s - snapshot_s >= _SNAPSHOT_S:
                snapshot = self._desk.make_snapshot()
                if snapshot is not None:
                    snapshot_s = now_s
                    await link.send(snapshot)
            seen = await self._feed.wait_newer(seen, _SNAPSHOT_S)
            feed = self._feed.latest
            if feed is None or not out.is_wanted:
                continue
            for message in out.due(*feed, self._loop.time()):
                if isinstance(message, Channels):
                    await link.send(message)
                else:
                    link.offer(message)


class _LiveFeed:
    """The newest ticks, and a way to wait for newer ones: `put` on any thread, the rest on the loop's."""

    def __init__(self) -> None:
        self.latest: tuple[str, str, Ticks] | None = None
        self._version = 0
        self._is_waking = False
        self._changed = asyncio.Event()

    def put(self, session: str, device: str, ticks: Ticks) -> bool:
        """True when the loop has to be woken; once is enough until it has woken."""
        self.latest = (session, device, ticks)
        self._version += 1
        is_first, self._is_waking = not self._is_waking, True
        return is_first

    def wake(self) -> None:
        self._is_waking = False
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def wait_newer(self, seen: int, timeout_s: float) -> int:
        """The version that is there now, after `timeout_s` at the latest."""
        if self._version == seen:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._changed.wait()
        return self._version
