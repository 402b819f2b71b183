"""A carrier without links: machines of one process that read each other's shelves through an exchange."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from station_rig import Seat

from pitbox.identity.device import Identity
from pitbox.log.cursor import Stretch
from pitbox.log.errors import ForgedError
from pitbox.model.ids import LogId
from pitbox.model.source import Ticks
from pitbox.sync.live import LiveIn, LiveOut
from pitbox.sync.message import Channels, Subscribe, live_messages

_CHUNK_BYTES = 4096


class Exchange:
    """Who can be reached now. Belongs to one loop."""

    def __init__(self) -> None:
        self.seats: list[MemorySeat] = []


class MemoryCarrier:
    """Implements `sync.carrier.Carrier`."""

    def __init__(self, seat: "MemorySeat", exchange: Exchange) -> None:
        self._seat, self._exchange = seat, exchange
        self._loop = asyncio.get_running_loop()
        self._is_changed = asyncio.Event()
        self._newest: tuple[str, str, Ticks] | None = None
        self._fouls: set[tuple[str, LogId]] = set()
        self._lanes: dict[str, tuple[LiveOut, LiveIn]] = {}

    def wrote(self, log: LogId, durable_seq: int, sim_time_s: float) -> None:
        self._later(lambda: self._seat.library.wrote(log, durable_seq, sim_time_s))

    def sampled(self, session: str, device: str, ticks: Ticks) -> None:
        def put() -> None:
            self._newest = (session, device, ticks)

        self._later(put)

    async def have(self) -> Mapping[LogId, int]:
        found: dict[LogId, int] = {}
        for other in self._others():
            for log, holding in other.library.holdings.items():
                found[log] = max(found.get(log, 0), holding.next_seq)
        return found

    async def run(self) -> None:
        while True:
            self._seat.library.look()
            for other in self._others():
                for log in list(other.library.holdings):
                    self._take(other, log)
            self._show()
            self._is_changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await self._is_changed.wait()

    async def drain(self, within_s: float) -> None:
        async with asyncio.timeout(within_s):
            while any(self._is_behind(other) for other in self._others()):  # noqa: ASYNC110 - as in a station
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        self._seat.library.close()

    def _later(self, work: Callable[[], None]) -> None:
        def do() -> None:
            work()
            self._is_changed.set()

        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(do)

    def _others(self) -> "list[MemorySeat]":
        seats = self._exchange.seats
        return [seat for seat in seats if seat is not self._seat] if self._seat in seats else []

    def _is_behind(self, other: "MemorySeat") -> bool:
        ours = self._seat.library
        return any(other.library.next_seq(log) < ours.next_seq(log) for log in ours.holdings)

    def _take(self, other: "MemorySeat", log: LogId) -> None:
        ours, theirs = self._seat.library, other.library
        is_wanted = theirs.next_seq(log) > ours.next_seq(log) and ours.is_ours_to_write(log)
        if not is_wanted or (other.identity.device, log) in self._fouls:
            return
        replica = ours.replica(log, theirs.reader(log).certificate)
        cursor = theirs.cursor(log, replica.expected_seq)
        try:
            while isinstance(step := cursor.take(_CHUNK_BYTES, theirs.next_seq(log)), Stretch):
                replica.take(step.first_seq, step.data)
                replica.prove()
        except ForgedError as error:
            self._fouls.add((other.identity.device, log))
            self._seat.desk.foul(other.peer, str(error))
        if (stored := replica.store()) is not None:
            ours.stored(stored, is_open=theirs.holdings[log].is_open)
            self._seat.desk.stored([stored])
        if not theirs.holdings[log].is_open:
            ours.put_back(log)

    def _show(self) -> None:
        newest, self._newest = self._newest, None
        for other in self._others() if newest is not None else []:
            name = other.identity.device
            if name not in self._lanes:
                self._lanes[name] = LiveOut(), LiveIn(self._seat.identity.device)
                self._lanes[name][0].subscribe(Subscribe())
            out, inward = self._lanes[name]
            for message in out.due(*newest, self._loop.time()):
                if isinstance(message, Channels):
                    inward.learn(message)
                    continue
                told = live_messages.decode(msgspec.msgpack.encode(message))
                row = inward.read(told, self._loop.time())
                assert row is not None
                other.desk.row(self._seat.peer, row)


class MemorySeat(Seat):
    def __init__(self, root: Path, identity: Identity, exchange: Exchange) -> None:
        super().__init__(root, identity)
        self.carrier = MemoryCarrier(self, exchange)
