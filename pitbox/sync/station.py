"""The carrier of the LAN: both lanes over links, each attended from its WELCOME to its end.

Lives on the radio's loop. The log lane's work (files, hashes, signatures) is done by one worker thread, so
that live values pass while records are synced.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import ParamSpec, TypeVar

import msgspec

from pitbox.model.ids import LogId
from pitbox.model.source import Ticks
from pitbox.sync.both import both
from pitbox.sync.carrier import Desk
from pitbox.sync.counters import Counters
from pitbox.sync.errors import Closing, ForeignError, FrameError, LinkClosedError
from pitbox.sync.frame import pack, tag_of, unpack
from pitbox.sync.link import Lane, Link, Peer
from pitbox.sync.live_lane import LiveLane
from pitbox.sync.message import (
    LOG_MESSAGES,
    Have,
    Lack,
    Member,
    Records,
    Subscribe,
    Vouch,
    log_messages,
    tags,
)
from pitbox.sync.replication import Replication

_P = ParamSpec("_P")
_T = TypeVar("_T")
_log = logging.getLogger("pitbox.sync")
_SETTLE_S = 0.01
"""Records that come within this are synced together."""
_TICK_S = 1.0
_ASK_SHARE = 0.25
"""Of the worker's time, for working out what to ask for: however often peers say what they have."""
_LOOK_S = 5.0
"""Between two looks at what other hands did to the shelf."""


_LOG_TAGS = tags(LOG_MESSAGES)


class PeerState(msgspec.Struct, frozen=True):
    """One connected peer."""

    peer: Peer
    lag: int
    """Records it offers that are not here yet."""
    has_heard_all: bool
    is_live: bool
    rtt_s: float | None
    grants: str = ""
    """The role under which it knows this machine; empty when it does not say."""


class StationState(msgspec.Struct, frozen=True):
    peers: tuple[PeerState, ...]
    counters: Counters
    ends: dict[LogId, int]
    """How far each log is safe here."""
    promised: dict[LogId, int]
    """Logs that a peer has more of, and how far."""
    open_logs: frozenset[LogId]
    holders: dict[LogId, dict[str, int]]
    """Of logs that are open: how far each peer has them safe."""
    trouble: str


class Station:
    """Implements `sync.carrier.Carrier`."""

    def __init__(
        self, replication: Replication, worker: Executor, desk: Desk, *, wish: Subscribe | None = None
    ) -> None:
        """`wish`: the live values that this machine wants of everybody; None for none."""
        self._replication = replication
        self._worker = worker
        self._desk = desk
        self._loop = asyncio.get_running_loop()
        self._live = LiveLane(desk, wish)
        self._log_links: dict[str, Link] = {}
        self._nudges: dict[str, asyncio.Event] = {}
        self._is_dirty = asyncio.Event()
        self._has_news = asyncio.Event()
        self._lock = threading.Lock()
        self._written: dict[LogId, tuple[int, float]] = {}
        self._members: tuple[Member, ...] | None = None

    async def run(self) -> None:
        """The station's own rounds, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._settle())
            tasks.create_task(self._ask())
            tasks.create_task(self._rounds())

    async def attend(self, link: Link) -> None:
        """Until the link ends; whoever made it decides whether to dial again."""
        work = self._attend_log if link.lane is Lane.LOG else self._live.attend
        try:
            await work(link)
        except LinkClosedError as end:
            _log.info("%s: the %s link ended: %s", link.peer.name, link.lane, end)
        except (ForeignError, FrameError) as error:
            self._desk.foul(link.peer, str(error))
            await link.close(Closing.DAMAGED, str(error))
        except BaseException:
            await link.close()
            raise

    def wrote(self, log: LogId, durable_seq: int, sim_time_s: float) -> None:
        """From any thread, and never waits: this machine's own recording is safe up to there."""
        with self._lock:
            is_first = not self._written
            self._written[log] = (durable_seq, sim_time_s)
        if is_first:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody to tell
                self._loop.call_soon_threadsafe(self._hear_written)

    def sampled(self, session: str, device: str, ticks: Ticks) -> None:
        """From any thread, and never waits: the newest ticks, for those who watch."""
        self._live.sampled(session, device, ticks)

    def mend(self, log: LogId, from_seq: int) -> None:
        """From any thread, and never waits: a hole in this log, from there on, is filled by a peer."""
        with contextlib.suppress(RuntimeError):  # the worker has ended: a later round asks again
            self._worker.submit(self._replication.library.examine_damage, log, from_seq)

    def vouch(self, members: tuple[Member, ...]) -> None:
        """On the loop: tell every peer whom else this machine knows, now and with each new link."""
        if members != self._members:
            self._members = members
            self._nudge_all()

    async def have(self) -> Mapping[LogId, int]:
        return await self._do(self._replication.promises)

    async def state(self) -> StationState:
        return await self._do(self._state)

    async def drain(self, within_s: float) -> None:
        """Until those who follow have what is durable here, or the time is up."""
        deadline_s = self._loop.time() + within_s
        while self._loop.time() < deadline_s and await self._do(self._replication.is_owing):  # noqa: ASYNC110
            await asyncio.sleep(_SETTLE_S)  # the peers' disks set no event here

    async def close(self) -> None:
        for link in [*self._log_links.values(), *self._live.links.values()]:
            await link.close()
        await self._do(self._replication.settle, self._loop.time())
        await self._do(self._replication.close)

    # the log lane

    async def _attend_log(self, link: Link) -> None:
        name = link.peer.fingerprint
        before = self._log_links.get(name)
        if before is not None:
            await before.close(Closing.REPLACED)
        self._log_links[name], self._nudges[name] = link, asyncio.Event()
        await self._do(self._replication.join, name)
        try:
            await both(self._give(link), self._take(link))
        finally:
            if self._log_links.get(name) is link:
                del self._log_links[name], self._nudges[name]
                await self._do(self._replication.leave, name)
                self._nudge_all()

    async def _give(self, link: Link) -> None:
        name = link.peer.fingerprint
        nudge = self._nudges[name]
        told: Vouch | None = None
        while True:
            nudge.clear()
            word = self._word_for(name)
            if word is not None and word != told:
                told = word
                await link.send(word)
            message = await self._do(self._next_payload, name, self._loop.time())
            if message is not None:
                await link.send(message)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_S):
                    await nudge.wait()

    async def _take(self, link: Link) -> None:
        while True:
            payload = await link.receive()
            if tag_of(payload) not in _LOG_TAGS:
                continue  # a newer version says more
            await self._do(self._receive, link.peer, payload, self._loop.time())

    def _word_for(self, name: str) -> Vouch | None:
        """None from a machine that vouches for nobody; an empty one takes back what it said before."""
        if self._members is None:
            return None
        return Vouch(tuple(member for member in self._members if member.device != name))

    def _next_payload(self, name: str, now_s: float) -> bytes | None:
        message = self._replication.next_message(name, now_s)
        return None if message is None else pack(message)

    def _receive(self, peer: Peer, payload: bytes, now_s: float) -> None:
        """On the worker."""
        message = unpack(payload, log_messages)
        if isinstance(message, Vouch):
            self._desk.vouched(peer, message.members)
        else:
            self._replication.receive(peer.fingerprint, message, now_s)
        if isinstance(message, Records):
            self._loop.call_soon_threadsafe(self._is_dirty.set)
        else:
            if isinstance(message, Have | Lack | Vouch):
                self._loop.call_soon_threadsafe(self._has_news.set)
            self._loop.call_soon_threadsafe(self._nudge_all)

    async def _settle(self) -> None:
        while True:
            await self._is_dirty.wait()
            await asyncio.sleep(_SETTLE_S)
            self._is_dirty.clear()
            stored = await self._do(self._replication.settle, self._loop.time())
            self._nudge_all()
            if stored:
                self._desk.stored(stored)

    async def _ask(self) -> None:
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            spent_s = await self._do(self._tick)
            self._nudge_all()
            await asyncio.sleep(spent_s * (1.0 / _ASK_SHARE - 1.0))

    def _tick(self) -> float:
        """On the worker; how long it took."""
        began_s = self._loop.time()
        self._replication.tick(began_s)
        return self._loop.time() - began_s

    async def _rounds(self) -> None:
        looked_s = float("-inf")
        while True:
            now_s = self._loop.time()
            if now_s - looked_s >= _LOOK_S:
                looked_s = now_s
                if await self._do(self._replication.library.look):
                    self._nudge_all()
            if self._log_links:
                await self._do(self._replication.tick, now_s)
                self._nudge_all()
            await asyncio.sleep(_TICK_S)

    def _hear_written(self) -> None:
        with self._lock:
            written, self._written = self._written, {}

        def note() -> None:
            for log, (seq, sim_time_s) in written.items():
                self._replication.library.wrote(log, seq, sim_time_s)
            self._loop.call_soon_threadsafe(self._nudge_all)

        self._worker.submit(note)

    def _nudge_all(self) -> None:
        for nudge in self._nudges.values():
            nudge.set()

    async def _do(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        assert not kwargs
        return await self._loop.run_in_executor(self._worker, work, *args)

    def _state(self) -> StationState:
        replication = self._replication
        peers = tuple(
            PeerState(
                link.peer,
                replication.lag(name),
                replication.has_heard_all(name),
                name in self._live.links,
                link.counters.rtt_s,
                link.agreement.far_grants,
            )
            for name, link in list(self._log_links.items())
        )
        holdings = replication.library.holdings
        open_logs = frozenset(log for log, holding in holdings.items() if holding.is_open)
        promised = replication.promises()
        return StationState(
            peers=peers,
            counters=msgspec.structs.replace(replication.counters),
            ends={log: holding.next_seq for log, holding in holdings.items()},
            promised={log: seq for log, seq in promised.items() if seq > replication.library.next_seq(log)},
            open_logs=open_logs,
            holders={log: replication.holders(log) for log in open_logs},
            trouble=replication.trouble,
        )
