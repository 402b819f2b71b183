"""The thread that talks to the team's other machines: one asyncio loop, off the path of every recording.

What this machine made durable and what it samples is handed over without waiting; what comes is written by
the loop's own worker. A radio that hangs, or is not there at all, costs a recording nothing.
"""

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pitbox import __version__
from pitbox.crew.health import Health, HealthSink, Level
from pitbox.crew.mailbox import Mailbox
from pitbox.identity.device import Identity
from pitbox.log.replica import Stored
from pitbox.model.ids import DeviceId, LogId, SessionId
from pitbox.model.role import Role
from pitbox.model.session import SessionInfo
from pitbox.model.source import Ticks
from pitbox.model.standing import Standings
from pitbox.sync.holders import Holders, Safe
from pitbox.sync.live import Row
from pitbox.sync.message import MOST_MEMBERS, LogName, Member, Offer, Snapshot, Subscribe
from pitbox.wall.appetite import Appetite
from pitbox.wall.audience import Mate
from pitbox.wall.hub import Durable, Hub
from pitbox.wall.log_kinds import LogKinds
from pitbox.wire.record import SCHEMA

if TYPE_CHECKING:
    from pitbox.sync.carrier import Carrier, Desk
    from pitbox.sync.discovery import Discovery
    from pitbox.sync.link import Link, Peer
    from pitbox.sync.station import Station, StationState
    from pitbox.sync.switchboard import Event, Switchboard
    from pitbox.sync.trust import PeerBook
    from pitbox.sync.vouched import VouchBook

_log = logging.getLogger("pitbox.sync")
_LOOK_S = 0.5
_ALONE_S = 1.0
_DRAIN_S = 2.0
"""For the last words of a recording to reach those who follow it."""
_STATE_S = 1.0


class RadioPlan(msgspec.Struct, frozen=True):
    """What a radio is told at its start."""

    role: Role
    name: str
    identity_folder: Path
    """Where the key, the book of peers and their addresses lie."""
    logs: Path
    port: int
    keep_free_bytes: int = 2 << 30
    """Copies wait while less than this is free: recording stops last."""
    is_watching: bool = False
    """Live values of everybody are wanted."""
    is_announced: bool = True
    """On the network; an example is not."""


class PeerView(msgspec.Struct, frozen=True):
    device: DeviceId
    name: str
    role: Role
    lag: int
    """Records it has for us that are not here yet."""
    is_live: bool
    rtt_s: float | None
    grants: Role | None = None
    """What this machine may do there; None when it does not say."""


class Team(msgspec.Struct, frozen=True):
    """Who is connected, and how safe the recording is; at one moment."""

    peers: tuple[PeerView, ...] = ()
    safe: Safe | None = None
    """Of the log that is being written here, else of one that is being written elsewhere."""
    ends: dict[LogId, int] = {}
    promised: dict[LogId, int] = {}
    open_logs: frozenset[LogId] = frozenset()
    """Recordings that go on somewhere; what people write stays open long after the race."""
    counters: dict[str, int] = {}
    trouble: str = ""

    @property
    def mates(self) -> tuple[Mate, ...]:
        """The connected machines, as what is said here may reach them."""
        sessions = {log.device: log.session for log in self.open_logs}
        return tuple(Mate(p.device, p.name, p.grants, sessions.get(p.device)) for p in self.peers)


class Radio:
    """`main` is the thread. What others call returns at once, on any thread."""

    def __init__(self, plan: RadioPlan, hub: Hub, on_health: HealthSink) -> None:
        self.plan = plan
        self.team: Mailbox[Team] = Mailbox()
        self.rows: Mailbox[Row] = Mailbox()
        """Live values of peers, each as it comes."""
        self.stored: Mailbox[Stored] = Mailbox()
        self.snapshot: Mailbox[Snapshot] = Mailbox()
        self.events: Mailbox[Event] = Mailbox()
        self.port = 0
        """Where it listens, once it does."""
        self._hub = hub
        self._on_health = on_health
        self._identity = Identity.load_or_create(plan.identity_folder)
        self._holders = Holders()
        self._station: Station | None = None
        self._carriers: tuple[Carrier, ...] = ()
        self._session = SessionId("")
        self._attending: set[asyncio.Task[None]] = set()
        self._kinds = LogKinds(plan.logs)
        self._appetite: Appetite | None = None
        self._problems: tuple[str, ...] = ()
        self._vouches: VouchBook | None = None
        self._written: dict[LogId, tuple[int, float]] = {}
        """By log of this process; what was written before there was anybody to tell is told then."""

    def listen_to(self, hub: Hub) -> None:
        """Pass on what is sampled and made durable here, from now on."""
        hub.durable.heard = self._hear_durable
        hub.live.heard = self._hear_ticks
        hub.damaged.heard = self.mend

    def mend(self, damaged: tuple[LogId, int]) -> None:
        """From any thread: a hole was found in this log from there on, which a peer's copy may fill."""
        station = self._station
        if station is not None:
            station.mend(*damaged)

    def wrote(self, log: LogId, durable_seq: int, sim_time_s: float) -> None:
        """Another writer of this process has made records durable."""
        self._written[log] = (durable_seq, sim_time_s)
        for carrier in self._carriers:
            carrier.wrote(log, durable_seq, sim_time_s)

    def main(self, stop: threading.Event) -> None:
        from pitbox.sync.trust import PeerBook  # noqa: PLC0415 - what follows costs memory: only when needed

        book = PeerBook(self.plan.identity_folder)
        self._tell_book(book)
        while not book.peers:  # who has no team needs no radio
            if stop.wait(_ALONE_S):
                return
            book.refresh()
            self._tell_book(book)
        with asyncio.Runner() as runner:
            runner.run(self._talk(stop, book))

    async def _talk(self, stop: threading.Event, book: "PeerBook") -> None:
        worker = ThreadPoolExecutor(1, thread_name_prefix="pitbox-archivist")
        self._station = station = self._open_station(book, worker)
        self._carry(station)
        async with AsyncExitStack() as stack:
            stack.callback(worker.shutdown)
            stack.push_async_callback(station.close)
            rounds = asyncio.create_task(station.run(), name="radio-rounds")
            stack.push_async_callback(_end, rounds)
            board = await self._open(book)
            stack.push_async_callback(board.close)
            discovery = await self._look_around(board)
            stack.push_async_callback(discovery.close)
            state_s = float("-inf")
            while not stop.is_set():
                await asyncio.sleep(_LOOK_S)
                if rounds.done():
                    rounds.result()
                self._vouch(station, book)
                if time.monotonic() - state_s >= _STATE_S:
                    state_s = time.monotonic()
                    self._tell(await station.state())
                    self._tell_book(book)
            await station.drain(_DRAIN_S)
            self._tell(await station.state())
        self._station, self._carriers = None, ()

    def _open_station(self, book: "PeerBook", worker: ThreadPoolExecutor) -> "Station":
        from pitbox.sync.admission import Admission  # noqa: PLC0415
        from pitbox.sync.library import Library  # noqa: PLC0415
        from pitbox.sync.replication import Replication  # noqa: PLC0415
        from pitbox.sync.station import Station  # noqa: PLC0415
        from pitbox.sync.vouched import VouchBook  # noqa: PLC0415

        self._vouches = VouchBook(book)
        library = Library(self.plan.logs, self._identity.device)
        self._appetite = appetite = Appetite(
            library,
            book,
            self._vouches,
            self._kinds,
            role=self.plan.role,
            keep_free_bytes=self.plan.keep_free_bytes,
        )
        replication = Replication(library, appetite.wants, admission=Admission(appetite.admits))
        wish = Subscribe() if self.plan.is_watching else None
        return Station(replication, worker, self._desk(), wish=wish)

    def _carry(self, carrier: "Carrier") -> None:
        self._carriers = (carrier,)
        for log, written in list(self._written.items()):
            carrier.wrote(log, *written)

    def _vouch(self, station: "Station", book: "PeerBook") -> None:
        """An engineer's machine tells its peers of each other; they meet nowhere else."""
        if self._vouches is not None:
            self._vouches.refresh()
        if self.plan.role is Role.ENGINEER:
            station.vouch(tuple(Member(peer.device, peer.role.value) for peer in book.peers[:MOST_MEMBERS]))

    async def _open(self, book: "PeerBook") -> "Switchboard":
        from pitbox.sync.address import PlaceBook  # noqa: PLC0415
        from pitbox.sync.meeting import Card  # noqa: PLC0415
        from pitbox.sync.switchboard import Switchboard  # noqa: PLC0415

        card = Card(self.plan.name, self.plan.role.value, __version__, {"log": SCHEMA})
        board = Switchboard(
            self._identity,
            book,
            PlaceBook(self.plan.identity_folder),
            card,
            on_link=self._attend,
            on_event=self.events.put,
        )
        await board.open(self.plan.port)
        self.port = board.port
        _log.info("links are taken at port %d", board.port)
        return board

    async def _look_around(self, board: "Switchboard") -> "Discovery":
        """Announce this machine and dial paired ones that announce themselves."""
        from pitbox.sync.discovery import Discovery  # noqa: PLC0415

        discovery = Discovery(
            self._identity.device,
            "driver" if self.plan.role is Role.DRIVER else "engineer",
            on_seen=lambda seen: board.seen(seen.short_id, discovery.addresses_of(seen.short_id)),
            on_trouble=self._hear_network,
        )
        return await discovery.open(board.port if self.plan.is_announced else 0)

    def _hear_network(self, words: str) -> None:
        level = Level.NOTE if words else Level.OK
        self._on_health(Health("sync", "network", level, words or "This machine looks for its team-mates."))

    def _tell_book(self, book: "PeerBook") -> None:
        """A book that cannot be read trusts nobody, and then nobody gets a copy: that is worth a word."""
        if book.problems != self._problems:
            self._problems = book.problems
            level = Level.DEGRADED if book.problems else Level.OK
            words = " ".join(book.problems[:2]) or "The file of paired devices is whole."
            self._on_health(Health("sync", "paired devices", level, words))

    def _attend(self, link: "Link") -> None:
        assert self._station is not None
        task = asyncio.get_running_loop().create_task(self._station.attend(link))
        self._attending.add(task)
        task.add_done_callback(self._note_end)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._attending.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("attending a link ended with an error", exc_info=error)
            words = f"Talking to a team-mate's machine failed ({type(error).__name__}); it is tried again."
            self._on_health(Health("sync", "links", Level.DEGRADED, words))

    def _desk(self) -> "Desk":
        from pitbox.sync.carrier import Desk  # noqa: PLC0415

        return Desk(
            stored=self._hear_stored,
            row=lambda _, row: self.rows.put(row),
            snapshot=lambda _, snapshot: self.snapshot.put(snapshot),
            foul=self._hear_foul,
            make_snapshot=self._make_snapshot,
            vouched=self._hear_vouch,
        )

    def _hear_durable(self, durable: Durable) -> None:
        self._session = durable.log.session
        self._holders.note(durable.log, durable.end_seq, durable.sim_time_s)
        self.wrote(durable.log, durable.end_seq, durable.sim_time_s)

    def _hear_ticks(self, ticks: Ticks) -> None:
        for carrier in self._carriers if self._session else ():
            carrier.sampled(self._session, self._identity.device, ticks)

    def _hear_stored(self, stored: list[Stored]) -> None:
        for one in stored:
            if self._kinds.is_recording(one.log):
                self._holders.note(one.log, one.durable_seq, one.sim_time_s)
            self.stored.put(one)

    def _hear_foul(self, peer: "Peer", words: str) -> None:
        _log.warning("%s broke the rules: %s", peer.name, words)
        what = f"What {peer.name} sent was refused: {words} Nothing of it was kept; others go on."
        self._on_health(Health("sync", f"peer {peer.name}", Level.DEGRADED, what))

    def _hear_vouch(self, peer: "Peer", members: tuple[Member, ...]) -> None:
        if self._vouches is not None:
            self._vouches.hear(peer.fingerprint, members)

    def _make_snapshot(self) -> Snapshot | None:
        durable = self._hub.durable.take()[1]
        standings, info = self._hub.standings.take()[1], self._hub.info.take()[1]
        if durable is None or standings is None or info is None:
            return None
        state = msgspec.msgpack.encode(Picture(standings, info))
        return Snapshot(
            durable.log.session, (Offer(LogName.of(durable.log), durable.end_seq, is_open=True),), state
        )

    def _tell(self, state: "StationState") -> None:
        open_logs = frozenset(filter(self._kinds.is_recording, state.open_logs))
        logs = sorted(open_logs, key=self._nearness)
        found = (self._holders.safe(log, state.holders.get(log, {})) for log in logs)
        has_room = self._appetite is None or self._appetite.has_room()
        trouble = state.trouble if has_room else "Copies of team-mates' recordings wait for disk space."
        level = Level.DEGRADED if trouble else Level.OK
        self._on_health(Health("sync", "copies", level, trouble or "Copies are up to date."))
        self.team.put(
            Team(
                peers=tuple(
                    PeerView(
                        p.peer.fingerprint,
                        p.peer.name,
                        p.peer.role,
                        p.lag,
                        p.is_live,
                        p.rtt_s,
                        _role_named(p.grants),
                    )
                    for p in state.peers
                ),
                safe=next((safe for safe in found if safe is not None), None),
                ends=state.ends,
                promised=state.promised,
                open_logs=open_logs,
                counters=msgspec.structs.asdict(state.counters),
                trouble=trouble,
            )
        )

    def _nearness(self, log: LogId) -> tuple[bool, bool, LogId]:
        """What is recorded here comes first, then the race that people look at."""
        return (log.device != self._identity.device, log.session != self._hub.session, log)


class Picture(msgspec.Struct, frozen=True, array_like=True):
    """The race as another machine's fold sees it: what a late joiner shows until its own fold is there."""

    standings: Standings
    info: SessionInfo


def _role_named(word: str) -> Role | None:
    """None for a role that only newer versions know."""
    return Role(word) if word in set(Role) else None


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
