"""The log lane without a network: what each peer has, what is asked of whom, and what goes out next.

Messages in, messages out, records in the library; one thread, no clock of its own. What a peer is given of
our logs is its `Supply`; here stands what we want of theirs.
"""

import logging
from collections import deque
from collections.abc import Callable

import msgspec

from pitbox.log.cursor import Gap
from pitbox.log.donor import Donor
from pitbox.log.errors import ForgedError, LogError, LogWriteError
from pitbox.log.replica import Replica, Stored
from pitbox.model.ids import LogId
from pitbox.sync.admission import Admission
from pitbox.sync.counters import Counters
from pitbox.sync.credit import Window
from pitbox.sync.errors import ForeignError
from pitbox.sync.library import Library
from pitbox.sync.limits import ReplicationLimits
from pitbox.sync.message import (
    Ack,
    Begin,
    Cease,
    Have,
    Lack,
    LogMessage,
    LogName,
    Offer,
    Records,
    Want,
)
from pitbox.sync.supply import Supply

_log = logging.getLogger("pitbox.sync")
_MOST_LOGS = 20_000
"""That one peer may offer."""
_MOST_WAITING = 10_000
"""Answers to one peer: who asks for ever and never reads is cut off."""
_MOST_BARRED = 20_000
_BULK_RECORDS = 1_000
"""Still to come: so many hold a trail, with which one signature vouches for what waits before it."""


class _Demand(msgspec.Struct):
    """What we want of a log from one peer."""

    peer: str
    window: Window
    gap: Gap | None = None
    """Only this hole."""
    certificate: bytes = b""
    """Of the log's writer, once it has begun."""
    replica: Replica | None = None
    donor: Donor | None = None
    moved_s: float = 0.0


class _Peer(msgspec.Struct):
    supply: Supply
    offers: dict[LogId, Offer] = {}
    durable: dict[LogId, int] = {}
    """By its own word: how far each log is safe there."""
    out: deque[LogMessage] = msgspec.field(default_factory=deque)
    has_heard_all: bool = False


Appetite = Callable[[LogId, str], bool]
"""Whether a log is wanted here, from this peer."""


class Replication:
    def __init__(
        self,
        library: Library,
        appetite: Appetite,
        limits: ReplicationLimits | None = None,
        *,
        admission: Admission | None = None,
    ) -> None:
        self.library = library
        self.counters = Counters()
        self.trouble = ""
        """Why copies cannot be kept just now; empty when they can."""
        self._appetite = appetite
        self._admission = admission or Admission()
        self._limits = limits or ReplicationLimits()
        self._peers: dict[str, _Peer] = {}
        self._demands: dict[LogId, _Demand] = {}
        self._dirty: dict[LogId, Replica] = {}
        self._barred: dict[tuple[str, LogId], float] = {}
        """(peer, log) that are not asked again before this time."""

    def join(self, peer: str) -> None:
        """A new link to it; what went over an older one is forgotten."""
        self.leave(peer)
        self._peers[peer] = _Peer(Supply(self.library, self._limits, self.counters))

    def leave(self, peer: str) -> None:
        """What it was asked for, others are asked for from the next tick on."""
        self._peers.pop(peer, None)
        for log, demand in list(self._demands.items()):
            if demand.peer == peer:
                self._drop(log)

    def holders(self, log: LogId) -> dict[str, int]:
        """By peer: how far it has the log safe on its disk."""
        found: dict[str, int] = {}
        for name, peer in self._peers.items():
            offer = peer.offers.get(log)
            seq = max(peer.durable.get(log, 0), offer.next_seq if offer is not None else 0)
            if seq:
                found[name] = seq
        return found

    def promises(self) -> dict[LogId, int]:
        """Of each log that connected peers offer: the furthest that any of them says it can give."""
        found: dict[LogId, int] = {}
        for peer in self._peers.values():
            for log, offer in peer.offers.items():
                found[log] = max(found.get(log, 0), offer.next_seq)
        return found

    def is_open(self, log: LogId) -> bool:
        return any(log in peer.offers and peer.offers[log].is_open for peer in self._peers.values())

    def is_owing(self) -> bool:
        """A peer that follows a log has not yet said that all of it is safe there."""
        return any(
            peer.durable.get(log, 0) < self.library.next_seq(log)
            for peer in self._peers.values()
            for log in peer.supply.followed()
        )

    def lag(self, peer: str) -> int:
        """Records that this peer offers, that are wanted and not here yet."""
        offers = self._peers[peer].offers if peer in self._peers else {}
        return sum(
            max(0, offer.next_seq - self.library.next_seq(log))
            for log, offer in offers.items()
            if self._is_wanted(log, peer)
        )

    def has_heard_all(self, peer: str) -> bool:
        return peer in self._peers and self._peers[peer].has_heard_all

    def receive(self, name: str, message: LogMessage, now_s: float) -> None:
        """Take one message; raises ForeignError when the peer breaks the rules or sends what is not true."""
        peer = self._peers[name]
        if len(peer.out) >= _MOST_WAITING:
            raise ForeignError(f"It asks and does not listen: {len(peer.out)} answers wait for it.")
        if isinstance(message, Have):
            self._hear_offers(name, message)
        elif isinstance(message, Want):
            lack = peer.supply.hear_want(message)
            if lack is not None:
                peer.out.append(lack)
        elif isinstance(message, Begin):
            self._begin(name, message, now_s)
        elif isinstance(message, Records):
            self._take(name, message, now_s)
        elif isinstance(message, Ack):
            log = message.log.log
            if log in self.library.holdings:
                peer.durable[log] = max(peer.durable.get(log, 0), message.durable_seq)
            peer.supply.hear_ack(message)
        elif isinstance(message, Lack):
            self._hear_lack(name, message, now_s)
        else:
            peer.supply.cease(message.log.log)

    def settle(self, now_s: float) -> list[Stored]:
        """Sync what came, and tell those who sent it."""
        done: list[Stored] = []
        dirty, self._dirty = self._dirty, {}
        for log, replica in dirty.items():
            demand = self._demands.get(log)
            try:
                stored = replica.store()
            except LogWriteError as error:
                self._bear(log, error, now_s)
                continue
            if stored is not None:
                self.trouble = ""
                self.counters.applied_records += stored.records
                self.library.stored(stored, is_open=self.is_open(log))
                done.append(stored)
            if demand is not None and demand.replica is replica:
                self._acknowledge(log, demand, stored)
        return done

    def tick(self, now_s: float) -> None:
        """Ask for what is missing of those who have it; once in a while, and after anything was heard."""
        for log, demand in list(self._demands.items()):
            self._review(log, demand, now_s)
        self._ask_for_holes(now_s)
        wanted = [
            (log, name)
            for name, peer in self._peers.items()
            for log, offer in peer.offers.items()
            if log not in self._demands
            and offer.next_seq > self.library.next_seq(log)
            and self._is_free(name, log, now_s)
        ]
        for log, name in sorted(wanted, key=self._urgency):
            is_busy = log in self._demands or self._count_behind(name) >= self._limits.most_behind
            if not is_busy and self._is_wanted(log, name):
                self._ask(log, name, now_s)

    def next_message(self, name: str, now_s: float) -> LogMessage | None:
        """What the link to this peer should carry next."""
        peer = self._peers.get(name)
        if peer is None:
            return None
        if peer.out:
            return peer.out.popleft()
        return peer.supply.next_message(now_s)

    def close(self) -> None:
        for log in list(self._demands):
            self._drop(log)
        self.library.close()

    # what we want of them

    def _hear_offers(self, name: str, message: Have) -> None:
        peer = self._peers[name]
        for offer in message.offers:
            log = offer.log.log
            if offer.next_seq:
                peer.offers[log] = offer
                continue
            peer.offers.pop(log, None)
            peer.durable.pop(log, None)
            if log in self._demands and self._demands[log].peer == name:
                self._cease(log)
        if len(peer.offers) > _MOST_LOGS:
            raise ForeignError(f"It offers more than {_MOST_LOGS} logs.")
        peer.has_heard_all |= message.is_all

    def _is_wanted(self, log: LogId, peer: str) -> bool:
        return (
            not self._admission.is_refused(log)
            and self._appetite(log, peer)
            and self.library.is_ours_to_write(log)  # the disk is asked last: thousands may be offered
        )

    def _bar(self, peer: str, log: LogId, *, until_s: float) -> None:
        """Who lies about ever more logs is asked again too soon, and keeps no more memory than this."""
        self._barred.pop((peer, log), None)
        self._barred[peer, log] = until_s
        if len(self._barred) > _MOST_BARRED:
            del self._barred[next(iter(self._barred))]

    def _is_free(self, peer: str, log: LogId, now_s: float) -> bool:
        return self._barred.get((peer, log), float("-inf")) <= now_s

    def _urgency(self, wish: tuple[LogId, str]) -> tuple[bool, bool, bool, LogId]:
        """Our own first, then what is being driven; of those who have it, the one who wrote it."""
        log, name = wish
        offer = self._peers[name].offers[log]
        return (log.device != self.library.device, not offer.is_open, name != log.device, log)

    def _count_behind(self, name: str) -> int:
        offers = self._peers[name].offers
        return sum(
            demand.peer == name and log in offers and offers[log].next_seq > self.library.next_seq(log)
            for log, demand in self._demands.items()
        )

    def _ask(self, log: LogId, name: str, now_s: float, gap: Gap | None = None) -> None:
        window = Window(self._limits.window_bytes)
        self._demands[log] = _Demand(name, window, gap, moved_s=now_s)
        from_seq = self.library.next_seq(log) if gap is None else gap.first_seq
        until_seq = 0 if gap is None else gap.end_seq
        self._peers[name].out.append(Want(LogName.of(log), from_seq, window.size, until_seq))

    def _ask_for_holes(self, now_s: float) -> None:
        for log, gap in self.library.damages.items():
            demand = self._demands.get(log)
            if demand is not None and demand.gap is not None:
                continue
            able = (
                name
                for name, peer in self._peers.items()
                if log in peer.offers
                and peer.offers[log].next_seq >= gap.end_seq
                and self._is_free(name, log, now_s)
            )
            name = next(able, None)
            if name is None or not self.library.is_ours_to_write(log):
                continue  # what still comes of the log does not wait for a hole that nobody can fill
            if demand is not None:
                self._cease(log)  # the hole first
            self._ask(log, name, now_s, gap)

    def _review(self, log: LogId, demand: _Demand, now_s: float) -> None:
        offer = self._peers[demand.peer].offers.get(log)
        still_s = now_s - demand.moved_s
        if offer is None or (demand.gap is not None and still_s > 10 * self._limits.stall_s):
            self._cease(log)
            return
        if demand.gap is None and offer.next_seq <= self.library.next_seq(log) and not offer.is_open:
            if log not in self._dirty:
                self._cease(log)
            return
        if still_s < self._limits.stall_s or demand.gap is not None:
            return
        others = [
            name
            for name, peer in self._peers.items()
            if name != demand.peer and log in peer.offers and self._is_free(name, log, now_s)
            if peer.offers[log].next_seq > self.library.next_seq(log)
        ]
        if others:
            self._bar(demand.peer, log, until_s=now_s + self._limits.pause_s)
            self._cease(log)

    def _begin(self, name: str, message: Begin, now_s: float) -> None:
        log = message.log.log
        demand = self._demands.get(log)
        if demand is None or demand.peer != name or demand.certificate:
            return
        demand.certificate = message.certificate
        if demand.gap is None:
            return  # its first records say whether it may be kept
        try:
            demand.donor = self.library.donor(log, message.certificate, demand.gap)
        except LogError as error:
            self._bear(log, error, now_s)

    def _open(self, log: LogId, demand: _Demand, message: Records, now_s: float) -> bool:
        """Begin to keep what comes; False when it is not kept, and nothing of it was."""
        if self.library.next_seq(log) == 0 and not self._admission.admits(log, message):
            self._cease(log)
            return False
        try:
            demand.replica = self.library.replica(log, demand.certificate)
            demand.replica.forget_unproved()
        except LogError as error:
            self._bear(log, error, now_s)
            return False
        return True

    def _take(self, name: str, message: Records, now_s: float) -> None:
        log = message.log.log
        demand = self._demands.get(log)
        if demand is None or demand.peer != name or not demand.certificate:
            return  # it was under way when we asked somebody else
        if demand.gap is None and demand.replica is None and not self._open(log, demand, message, now_s):
            return
        demand.window.spend(len(message.data))
        demand.moved_s = now_s
        try:
            if demand.donor is not None:
                demand.donor.take(message.first_seq, message.data)
            else:
                assert demand.replica is not None
                new, known = demand.replica.take(message.first_seq, message.data)
                ahead = self._peers[name].offers[log].next_seq - demand.replica.expected_seq
                demand.replica.prove(is_more_coming=ahead > _BULK_RECORDS)
                self.counters.received_records += new + known
                self.counters.known_records += known
                self._dirty[log] = demand.replica
        except ForgedError as error:
            self.counters.refused_logs += 1
            self._bar(name, log, until_s=now_s + 100 * self._limits.pause_s)
            self._drop(log)
            raise ForeignError(str(error)) from error
        if demand.donor is not None:
            self._gather(log, demand, demand.donor, now_s)

    def _gather(self, log: LogId, demand: _Demand, donor: Donor, now_s: float) -> None:
        if not donor.is_complete:
            self._acknowledge(log, demand, None)
            return
        del self._demands[log]
        self._peers[demand.peer].out.append(Cease(LogName.of(log)))
        try:
            repair = self.library.mend(donor)
        except (LogError, OSError) as error:
            _log.warning("%s could not be mended: %s", log, error)
            return
        self.counters.mended_records += repair.filled
        _log.info("%d records of %s are whole again", repair.filled, log)
        self.library.look()
        if not repair.filled:  # what it gave did not fit: it is of no use for this log
            self._bar(demand.peer, log, until_s=now_s + 100 * self._limits.pause_s)

    def _acknowledge(self, log: LogId, demand: _Demand, stored: Stored | None) -> None:
        credit = demand.window.give_back(is_moving=stored is not None)
        if stored is not None or credit:
            durable_seq = self.library.next_seq(log)
            self._peers[demand.peer].out.append(Ack(LogName.of(log), durable_seq, credit))

    def _hear_lack(self, name: str, message: Lack, now_s: float) -> None:
        log = message.log.log
        demand = self._demands.get(log)
        if demand is not None and demand.peer == name:
            self._bar(name, log, until_s=now_s + self._limits.pause_s)
            self._drop(log)

    def _bear(self, log: LogId, error: LogError, now_s: float) -> None:
        """Copies wait; recording does not depend on them."""
        self.trouble = str(error)
        demand = self._demands.get(log)
        if demand is not None:
            self._bar(demand.peer, log, until_s=now_s + self._limits.pause_s)
            self._cease(log)

    def _cease(self, log: LogId) -> None:
        demand = self._demands[log]
        self._peers[demand.peer].out.append(Cease(LogName.of(log)))
        self._drop(log)

    def _drop(self, log: LogId) -> None:
        demand = self._demands.pop(log)
        if demand.donor is not None:
            demand.donor.discard()
        replica = self._dirty.pop(log, demand.replica)
        if replica is not None:
            try:
                replica.prove()
                stored = replica.store()
            except ForgedError as error:
                _log.warning("the last that came of %s was not kept: %s", log, error)
            except LogWriteError as error:
                self.trouble = str(error)
            else:
                self.counters.applied_records += stored.records if stored is not None else 0
        self.library.put_back(log)
