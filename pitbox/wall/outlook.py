"""One reader of a feed: everything that is new since it looked last, merged, without waiting. Loads no Qt.

What people set right is set right here, so that whoever reads a race through it sees one truth.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from pitbox.crew.mailbox import Mailbox
from pitbox.model.amendment import Amendment
from pitbox.model.clock import Clock
from pitbox.model.fact import Fact
from pitbox.model.session import SessionInfo
from pitbox.model.source import Ticks
from pitbox.model.standing import Standings
from pitbox.strategy.story import Story
from pitbox.wall.amender import Amender, Retold
from pitbox.wall.feed import Feed, Link, Spring
from pitbox.wall.health import Ward
from pitbox.wall.staff import staff_of

_T = TypeVar("_T")
_STALE_S = 2.0


class Pulse(msgspec.Struct, frozen=True):
    """How fresh and how safe what is shown is."""

    spring: Spring = Spring.NONE
    link: Link = Link()
    age_s: int | None = None
    """Whole seconds since the last picture of the race; None before the first one."""
    safe_bytes: int = 0
    """Recorded by this machine, and on its disk."""
    has_ended: bool = False
    """The feed came to its end: what is shown will not change any more."""

    @property
    def is_stale(self) -> bool:
        return self.age_s is not None and self.age_s >= _STALE_S and not self.has_ended


class Batch(msgspec.Struct, frozen=True):
    """News. What is None or empty has not changed."""

    at_s: float
    """Monotonic clock."""
    pulse: Pulse
    standings: Standings | None = None
    info: SessionInfo | None = None
    facts: tuple[Fact, ...] = ()
    live: Ticks | None = None
    ward: Ward | None = None
    is_other_feed: bool = False
    """All that was known before is of another feed, or is not true any more: what is true comes with this."""
    retold: tuple[Retold, ...] = ()
    """Cars of which all is told anew, behind `facts`: somebody set something right, or took it back."""
    amendments: Mapping[int, Amendment] | None = None
    """By car, all that stand now; None while they are the same."""

    def tell(self, story: Story) -> None:
        """All of it that a story is made of."""
        if self.info is not None:
            story.hear(self.info)
        story.take_all(self.facts)
        for car in self.retold:
            story.retell(car.car_idx, car.facts)


class _Reading(msgspec.Struct):
    """How far one feed was read."""

    versions: dict[str, int] = msgspec.field(default_factory=dict)
    cursor: int = 0
    pictured_s: float | None = None
    safe_bytes: int = 0
    ward_version: int = -1
    is_first: bool = True
    edition: int = 0
    """Of the hub's facts."""
    amender: Amender = msgspec.field(default_factory=Amender)
    revision: object = None
    """Of the edits that the amender has settled."""
    amendments: Mapping[int, Amendment] | None = None
    """Those that were handed on last."""
    picture: Standings | None = None
    """As it was folded."""


class Outlook:
    """Belongs to the thread that pulls."""

    def __init__(self, feed: Feed, clock: Clock) -> None:
        self._clock = clock
        self._feed = feed
        self._reading = _Reading()

    @property
    def feed(self) -> Feed:
        return self._feed

    def turn_to(self, feed: Feed) -> None:
        """Look at another feed from its beginning on."""
        self._feed, self._reading = feed, _Reading()

    def pull(self) -> Batch:
        now_s, feed, reading = self._clock.monotonic_s(), self._feed, self._reading
        pictured_s = reading.pictured_s
        is_retold = self._reread(feed.hub.edition)
        standings = self._fresh("standings", feed.hub.standings)
        if standings is not None:
            reading.pictured_s = pictured_s if is_retold else now_s
        durable = self._fresh("durable", feed.hub.durable)
        reading.safe_bytes = reading.safe_bytes if durable is None else durable.bytes
        reading.cursor, facts = feed.hub.facts_since(reading.cursor)
        ward = None
        if feed.health.version != reading.ward_version:
            ward = feed.health.snapshot()
            reading.ward_version = ward.version
        is_other, reading.is_first = reading.is_first, False
        if is_other:
            reading.amender.begin()
            reading.amendments = None
        reading.picture = standings or reading.picture
        facts, retold = self._amend(facts)
        amendments = None
        if reading.amender.amendments is not reading.amendments:
            amendments = reading.amendments = reading.amender.amendments
            standings = reading.picture
        return Batch(
            at_s=now_s,
            pulse=self._pulse(now_s),
            standings=None if standings is None else reading.amender.standings(standings),
            info=self._fresh("info", feed.hub.info),
            facts=tuple(facts),
            live=self._fresh("live", feed.hub.live),
            ward=ward,
            is_other_feed=is_other,
            retold=tuple(retold),
            amendments=amendments,
        )

    def _amend(self, facts: list[Fact]) -> tuple[list[Fact], list[Retold]]:
        """(facts of which nobody said anything, cars of which somebody did)."""
        reading, staff = self._reading, staff_of(self._feed)
        plain = reading.amender.take(facts)
        if staff is None:
            return plain, []
        revision = staff.book.revision
        is_edited, reading.revision = revision != reading.revision, revision
        if not (is_edited or reading.amender.is_due):
            return plain, []
        return plain, staff.book.ask(lambda ledger: reading.amender.settle(ledger, is_edited=is_edited))

    def _reread(self, edition: int) -> bool:
        """Facts were retracted: read all that is left, with the picture that belongs to it."""
        reading = self._reading
        is_retold = edition != reading.edition and not reading.is_first
        if is_retold:
            reading.cursor, reading.is_first, reading.picture = 0, True, None
            for name in ("standings", "info"):
                reading.versions.pop(name, None)
        reading.edition = edition
        return is_retold

    def _fresh(self, name: str, mailbox: Mailbox[_T]) -> _T | None:
        version, value = mailbox.take(self._reading.versions.get(name, 0))
        self._reading.versions[name] = version
        return value

    def _pulse(self, now_s: float) -> Pulse:
        pictured_s = self._reading.pictured_s
        return Pulse(
            spring=self._feed.spring,
            link=self._feed.link,
            age_s=None if pictured_s is None else int(now_s - pictured_s),
            safe_bytes=self._reading.safe_bytes,
            has_ended=self._feed.has_ended,
        )
