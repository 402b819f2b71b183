"""A race that two collectors saw, each in part, as it lies on a disk; and what its fold is."""

import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from quick_duel import quick_duel

from pitbox.identity.device import Identity
from pitbox.log.merge import merged
from pitbox.log.replica import proved_end
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.model.fact import Fact
from pitbox.model.ids import Axis, LogId, SessionId
from pitbox.model.source import Closed, SourceEvent, Ticks
from pitbox.model.standing import Standings
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.timing.race import RaceFold

TWO_SEEN = SessionId("sub-78")
Seen = Callable[[float], bool]


@cache
def _events() -> tuple[SourceEvent, ...]:
    source, found = SyntheticSource(quick_duel(), session=TWO_SEEN), []
    while not (found and isinstance(found[-1], Closed)):
        found += source.poll(0.0)
    return tuple(found)


def _record(root: Path, identity: Identity, seen: Seen) -> None:
    scribe = Scribe(root, identity, limits=ScribeLimits(reserve_bytes=1 << 16))
    for number, event in enumerate(_events()):
        if isinstance(event, Ticks) and not seen(float(event.own["SessionTime"][0])):
            continue
        scribe.take([event])
        if number % 4 == 0:
            scribe.commit()
    scribe.close("done")


def two_seen(root: Path) -> None:
    """One collector leaves and comes back, the other sees the middle."""
    for name, seen in (("one", lambda s: not 40 <= s < 70), ("two", lambda s: 30 <= s < 90)):
        _record(root / "log", Identity.load_or_create(root / name), seen)


def growing(root: Path, rng: random.Random) -> Iterator[tuple[Shelf, dict[LogId, int]]]:
    """A race while it is recorded, after each commit, with how far it is safe; blocks are cut anywhere."""
    shelf, ends = Shelf(root / "log"), dict[LogId, int]()
    scribe = Scribe(
        shelf.root,
        Identity.load_or_create(root / "one"),
        limits=ScribeLimits(reserve_bytes=1 << 16),
        on_commit=lambda done: ends.update({done.log: done.durable_seq}),
    )
    for event in _events():
        scribe.take([event])
        if rng.random() < 0.2:
            scribe.commit()
            yield shelf, dict(ends)
    scribe.close("done")
    yield shelf, dict(ends)


def ends_of(shelf: Shelf) -> dict[LogId, int]:
    return {reader.log: proved_end(reader) for reader in shelf.readers(TWO_SEEN)}


def fold_until(
    shelf: Shelf, at: Axis | None = None, ends: dict[LogId, int] | None = None
) -> tuple[RaceFold, list[Fact]]:
    """The fold of everything up to there, and all that it said."""
    fold, facts = RaceFold(), []
    for item in merged(shelf.readers(TWO_SEEN)):
        is_early = at is not None and item.axis > at
        if is_early or (ends is not None and item.seq >= ends.get(item.log, 0)):
            continue
        facts += fold.fold(item.record, item.log.epoch)
    return fold, facts


def standings_until(shelf: Shelf, at: Axis) -> Standings | None:
    return fold_until(shelf, at)[0].standings()


def arrivals(shelf: Shelf, rng: random.Random) -> list[dict[LogId, int]]:
    """How far each log is here, step by step, in some order of arrival."""
    last = ends_of(shelf)
    now, steps = dict.fromkeys(last, 0), []
    while now != last:
        log = rng.choice([log for log in last if now[log] < last[log]])
        now = {**now, log: min(last[log], now[log] + rng.choice([50, 200, 400]))}
        steps.append(now)
    return steps
