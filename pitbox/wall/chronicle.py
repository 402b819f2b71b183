"""One session's fold over all of its logs as they arrive: in the order of the race, never of arrival.

What is awaited holds the fold back; what comes late turns it back to a state that was kept, and it folds on
from there. Each fact is told once, again only when it has become another one, and retracted when it is none
any more; also by a chronicle that was killed and takes up its annals.
"""

from collections.abc import Callable, Collection, Mapping

from pitbox.log.errors import LogError
from pitbox.log.merge import START, Merged
from pitbox.log.reader import LogReader
from pitbox.model.fact import Fact
from pitbox.model.ids import Axis, LogId
from pitbox.model.session import SessionInfo
from pitbox.model.standing import Standings
from pitbox.timing.errors import CheckpointError
from pitbox.timing.race import RaceFold
from pitbox.wall.annals import Annals, Places, Point
from pitbox.wall.deed import Kept
from pitbox.wall.ledger import News, Place
from pitbox.wall.log_stream import LogStream
from pitbox.wire.errors import WireError
from pitbox.wire.record import InfoRecord

CHECKPOINT_S = 30.0
"""Of sim time between two states that are kept. With 63 cars one takes 77 kB, and half a minute a tenth of a
second to fold; a minute would halve the file and make looking back miss its half second on a busy machine."""


class Chronicle:
    """Belongs to one thread."""

    def __init__(self, open_log: Callable[[LogId], LogReader], annals: Annals | None = None) -> None:
        self._open_log = open_log
        self.annals = Annals() if annals is None else annals
        self._streams: dict[LogId, LogStream] = {}
        self._places: Places = {}
        """Where logs begin that were folded by an earlier chronicle."""
        self._fold = RaceFold()
        self._last: Place | None = None
        self.info: SessionInfo | None = None
        self.turns = 0
        """How often something late turned the fold back."""
        self.folded_records = 0
        self._take_up()

    @property
    def axis(self) -> Axis:
        return START if self._last is None else self._last[0]

    def places(self) -> dict[LogId, int]:
        """How far each log is folded."""
        return {log: stream.next_seq for log, stream in self._streams.items()}

    def told(self) -> list[Fact]:
        """All that was told so far and is true, each once: for whoever begins to listen now."""
        return self.annals.ledger.told()

    def advance(self, ends: Mapping[LogId, int], awaited: Collection[LogId], most: int) -> tuple[News, bool]:
        """Fold up to `most` records of what is durable; (what is new, whether there is more to fold now)."""
        for log, end_seq in ends.items():
            if log not in self._streams:
                seq, axis = self._places.get(log, (0, START))
                self._streams[log] = LogStream(self._open_log(log), seq, axis)
            self._streams[log].extend(end_seq)
        back = [place for stream in self._streams.values() if (place := stream.came_back()) is not None]
        if back:
            self._turn_back(min(back))
        count = 0
        while count < most and (item := self._next(awaited)) is not None:
            key = (item.axis, item.log, item.seq)
            if self._last is not None and key < self._last:
                self._turn_back(key)
                continue
            self._step(item)
            count += 1
        self.folded_records += count
        self.annals.reach(self._last, self._folded())
        return self.annals.tell(self.axis), count == most

    def standings(self) -> Standings | None:
        return self._fold.standings()

    def state(self) -> bytes:
        """The fold itself, to be compared with another machine's."""
        return self._fold.to_bytes()

    def close(self) -> None:
        self.annals.close()

    def _take_up(self) -> None:
        """Where an earlier one kept its last state, if the logs still hold all that it had folded."""
        point = self.annals.last_point
        if point is not None and not self._fits(point):
            self.annals.restart()
        elif point is not None or len(self.annals.ledger):
            self.annals.resume()
        self._go_to(self.annals.last_point)

    def _fits(self, point: Point) -> bool:
        if point.holes:
            return False
        try:
            return all(self._open_log(log).next_seq >= seq for log, (seq, _) in point.places.items())
        except (LogError, OSError):
            return False

    def _go_to(self, point: Point | None) -> None:
        """To that state; to the start for None, or where the state cannot be read."""
        self._fold, self._places, self._last, self.info = RaceFold(), {}, None, None
        if point is not None:
            try:
                fold, info = RaceFold.from_bytes(self.annals.state_of(point)), self.annals.info_of(point)
            except (WireError, CheckpointError, OSError):
                self.annals.restart()
            else:
                self._fold, self._places, self._last, self.info = fold, dict(point.places), point.last, info
        for log, stream in self._streams.items():
            stream.go_to(*self._places.get(log, (0, START)))

    def _next(self, awaited: Collection[LogId]) -> Merged | None:
        """The next record of all, unless one that is awaited may still come before it."""
        best: Merged | None = None
        horizon: Axis | None = None
        for log, stream in self._streams.items():
            head = stream.head()
            if head is None:
                if log in awaited and not stream.is_placeless:
                    horizon = stream.axis if horizon is None else min(horizon, stream.axis)
            elif best is None or (head.axis, head.log, head.seq) < (best.axis, best.log, best.seq):
                best = head
        is_early = best is not None and horizon is not None and best.axis >= horizon
        return None if is_early else best

    def _step(self, item: Merged) -> None:
        self._streams[item.log].take()
        self._last = (item.axis, item.log, item.seq)
        facts = self._fold.fold(item.record, item.log.epoch)
        if isinstance(item.record, InfoRecord):
            self.info = item.record.info
        self.annals.say(self._last, facts)
        if self._is_point_due(item.axis):
            holes = sum(stream.holes for stream in self._streams.values())
            places = tuple((log, seq, axis) for log, (seq, axis) in self._folded().items())
            self.annals.keep(Kept(self._last, places, -1, holes, self._fold.to_bytes()), self.info)

    def _folded(self) -> Places:
        known = {log: (stream.next_seq, stream.folded_axis) for log, stream in self._streams.items()}
        return {**self._places, **known}

    def _is_point_due(self, axis: Axis) -> bool:
        point = self.annals.last_point
        if point is None:
            return True
        last = point.last[0]
        is_same_run = (last.session_num, last.run) == (axis.session_num, axis.run)
        return not is_same_run or axis.sim_time_s - last.sim_time_s >= CHECKPOINT_S

    def _turn_back(self, late: Place) -> None:
        """To the last state before what came late; from the start if there is none."""
        self.turns += 1
        self._go_to(self.annals.turn_back(late))
