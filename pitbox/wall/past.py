"""How a session stood at any place: the last state that was kept before, rolled forward from the logs."""

import time
from collections.abc import Callable

import numpy as np

from pitbox.log.merge import START, Merged
from pitbox.log.reader import LogReader
from pitbox.model.channel import Layout, Stream
from pitbox.model.ids import Axis, LogId
from pitbox.model.source import RowArray, Ticks
from pitbox.strategy.story import Story
from pitbox.timing.race import RaceFold
from pitbox.wall.annals import Annals, Ground
from pitbox.wall.log_stream import LogStream
from pitbox.wall.moment import Reach, Still
from pitbox.wire.errors import WireError
from pitbox.wire.record import BlockRecord, InfoRecord
from pitbox.wire.unpack import Unpacker

_LEAD_S = 2.0
"""Rolled at least: so that rows of our car are seen on the way."""
_LOOK = 64
"""Records between two looks whether anybody still wants to know."""
_TIMES = np.dtype([("SessionTime", "<f8"), ("SessionTick", "<i4")])


class FoldedPast:
    """A `Past` over what a chronicle keeps. Any thread may ask, several at once too."""

    def __init__(self, open_log: Callable[[LogId], LogReader], annals: Annals | None = None) -> None:
        self._annals = annals
        self._open_log = open_log

    def turn_to(self, annals: Annals) -> None:
        """Another session's."""
        self._annals = annals

    def reaches(self) -> tuple[Reach, ...]:
        annals = self._annals
        return () if annals is None else annals.reaches()

    def still(self, at: Axis, is_cancelled: Callable[[], bool]) -> Still | None:
        began_s = time.perf_counter()
        annals = self._annals
        ground = None if annals is None else annals.ground(at, _LEAD_S)
        if ground is None:
            return None
        roll = _Roll(ground, self._open_log)
        if not roll.go_to(at, is_cancelled):
            return None
        story = Story()
        if roll.info is not None:
            story.hear(roll.info)
        story.take_all(ground.facts)
        return Still(
            asked=at,
            at=roll.axis,
            standings=roll.fold.standings(),
            info=roll.info,
            facts=tuple(ground.facts),
            story=story,
            live=roll.live(),
            took_s=time.perf_counter() - began_s,
        )


class _Roll:
    """A fold on its way from a state that was kept to the place that was asked for."""

    def __init__(self, ground: Ground, open_log: Callable[[LogId], LogReader]) -> None:
        point = ground.point
        places = {} if point is None else point.places
        self.fold = RaceFold() if ground.state is None else RaceFold.from_bytes(ground.state)
        self.info = ground.info
        self.axis = START if point is None else point.last[0]
        self._asked = self.axis
        self._last = ground.last
        self._streams = [
            LogStream(open_log(log), *places.get(log, (0, START)), end_seq=end)
            for log, end in ground.ends.items()
        ]
        self._rows: dict[tuple[LogId, Stream], BlockRecord] = {}

    def go_to(self, at: Axis, is_cancelled: Callable[[], bool]) -> bool:
        """Fold everything up to there; False when it was cancelled."""
        self._asked = at
        count = 0
        while (item := self._next(at)) is not None:
            count += 1
            if count % _LOOK == 0 and is_cancelled():
                return False
            self._step(item)
        return True

    def live(self) -> Ticks | None:
        """The last row of who sat in the car, else of who spoke last."""
        own = {log: row for log in self._logs() if (row := self._row(log, Stream.OWN)) is not None}
        if not own:
            return None
        log = max(own, key=lambda log: (_is_driving(own[log]), float(own[log]["SessionTime"][0]), log))
        field = self._row(log, Stream.FIELD)
        slow = np.zeros(1, _TIMES)
        for name in _TIMES.names or ():
            slow[name] = own[log][name]
        return Ticks(own[log], slow if field is None else field, slow)

    def _next(self, at: Axis) -> Merged | None:
        heads = [head for stream in self._streams if (head := stream.head()) is not None]
        best = min(heads, key=lambda head: (head.axis, head.log, head.seq), default=None)
        if best is None or best.axis > at or (best.axis, best.log, best.seq) > self._last:
            return None
        return best

    def _step(self, item: Merged) -> None:
        next(stream for stream in self._streams if stream.log == item.log).take()
        self.axis = item.axis
        self.fold.fold(item.record, item.log.epoch)
        if isinstance(item.record, InfoRecord):
            self.info = item.record.info
        elif isinstance(item.record, BlockRecord):
            layout = self._layouts(item.log).get(item.record.layout_no)
            if layout is not None:
                self._rows[item.log, layout.stream] = item.record

    def _logs(self) -> list[LogId]:
        return [log for log, stream in self._rows if stream is Stream.OWN]

    def _layouts(self, log: LogId) -> dict[int, Layout]:
        return next((spring.layouts for spring in self.fold.state.springs if spring.log == log.epoch), {})

    def _row(self, log: LogId, stream: Stream) -> RowArray | None:
        record = self._rows.get((log, stream))
        if record is None or self.axis.sim_time_s - record.sim_time_s > _LEAD_S:
            return None
        try:
            rows = Unpacker(self._layouts(log)).rows(record)
        except WireError:
            return None
        asked = self._asked
        is_here = (record.session_num, record.run) == (asked.session_num, asked.run)
        until = int((rows["SessionTime"] <= asked.sim_time_s).sum()) if is_here else len(rows)
        return rows[max(0, until - 1) :][:1]


def _is_driving(row: RowArray) -> bool:
    return "IsOnTrack" in (row.dtype.names or ()) and bool(row["IsOnTrack"][0])
