"""What one peer is given of this machine's logs: word of what there is, then the records that it asks for.

A message is made only when its link can take it, so memory holds no more than the credit that was given.
"""

import logging
from collections.abc import Iterator

import msgspec

from pitbox.log.cursor import Cursor, Gap
from pitbox.model.ids import LogId
from pitbox.sync.counters import Counters
from pitbox.sync.library import Library
from pitbox.sync.limits import ReplicationLimits
from pitbox.sync.message import MOST_OFFERS, Ack, Begin, Have, Lack, LogMessage, LogName, Offer, Records, Want

_log = logging.getLogger("pitbox.sync")
_MOST_WANTS = 2_000
_MOST_CREDIT = 64 << 20


class _Order(msgspec.Struct):
    """What the peer wants of a log."""

    cursor: Cursor
    until_seq: int
    credit: int
    has_begun: bool = False


class Supply:
    def __init__(self, library: Library, limits: ReplicationLimits, counters: Counters) -> None:
        self._library = library
        self._limits = limits
        self._counters = counters
        self._orders: dict[LogId, _Order] = {}
        self._told: dict[LogId, tuple[int, bool]] = {}
        self._told_s = float("-inf")
        self._has_told_all = False

    def followed(self) -> Iterator[LogId]:
        """Logs that the peer wants to the end, and on."""
        return (log for log, order in self._orders.items() if not order.until_seq)

    def hear_want(self, message: Want) -> Lack | None:
        """Take the order, or say that it cannot be had."""
        log = message.log.log
        if log not in self._library.holdings or len(self._orders) >= _MOST_WANTS:
            return Lack(message.log, message.from_seq, message.from_seq)
        cursor = self._library.cursor(log, message.from_seq)
        self._orders[log] = _Order(cursor, message.until_seq, message.credit)
        return None

    def hear_ack(self, message: Ack) -> None:
        order = self._orders.get(message.log.log)
        if order is not None:
            order.credit = min(order.credit + message.credit, _MOST_CREDIT)

    def cease(self, log: LogId) -> None:
        self._orders.pop(log, None)

    def next_message(self, now_s: float) -> LogMessage | None:
        return self._have(now_s) or self._records()

    def _have(self, now_s: float) -> Have | None:
        holdings = self._library.holdings
        fresh = [log for log in holdings if log not in self._told]
        if not fresh and (self._has_told_all and now_s - self._told_s < self._limits.have_s):
            return None
        # What is gone here since it was told is told, too: nobody waits for it, or counts it as a copy.
        news = dict.fromkeys(self._told, (0, False)) | {
            log: (holding.next_seq, holding.is_open) for log, holding in holdings.items()
        }
        changed = fresh or [log for log, state in news.items() if self._told.get(log) != state]
        if not changed and self._has_told_all:
            return None
        now, rest = changed[:MOST_OFFERS], changed[MOST_OFFERS:]
        for log in now:
            self._told[log] = news[log]
        if not rest:
            self._told_s, self._has_told_all = now_s, True
        return Have(tuple(Offer(LogName.of(log), *news[log]) for log in now), is_all=not rest)

    def _records(self) -> LogMessage | None:
        for log in list(self._orders):
            order = self._orders.pop(log)
            self._orders[log] = order  # the next one is asked first, the next time
            end_seq = self._library.next_seq(log)
            if order.until_seq:
                end_seq = min(end_seq, order.until_seq)
            if order.credit <= 0 or order.cursor.next_seq >= end_seq:
                continue
            if not order.has_begun:
                order.has_begun = True
                return Begin(LogName.of(log), self._library.reader(log).certificate)
            step = order.cursor.take(min(self._limits.chunk_bytes, order.credit), end_seq)
            if isinstance(step, Gap):
                del self._orders[log]
                self._library.damages[log] = step
                _log.warning("records %d to %d of %s are damaged here", step.first_seq, step.end_seq, log)
                return Lack(LogName.of(log), step.first_seq, step.end_seq)
            if step is not None:
                order.credit -= len(step.data)
                self._counters.sent_records += step.end_seq - step.first_seq
                self._counters.sent_bytes += len(step.data)
                return Records(LogName.of(log), step.first_seq, step.data)
        return None
