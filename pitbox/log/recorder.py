"""From a source's events to records: gathers rows into blocks, notes runs, layouts and losses.

Blocks close with each commit, where a session number or run changes, and where one would grow too
large. The rows that come out of the log are the quantised ones; what is folded is always those.
"""

from collections.abc import Callable
from itertools import pairwise

import msgspec
import numpy as np

from pitbox.log.transcript import Text, Transcript
from pitbox.model.channel import Layout
from pitbox.model.source import (
    Closed,
    InfoChanged,
    Missed,
    Opened,
    RowArray,
    SourceEvent,
    Ticks,
    joined_rows,
)
from pitbox.wire.block import encode_rows, quantise, rows_per_block
from pitbox.wire.record import (
    BlockRecord,
    InfoRecord,
    LayoutRecord,
    LostRecord,
    RunRecord,
    TextRecord,
    encode,
)

_TIMES = ("SessionTime", "SessionTick")
_BACK_S = 1.0
"""Time must go back by more than this to mean a restart; less is a late or repeated tick."""


ZeroSource = Callable[[int, int, float], float]
"""Wall clock at session time 0, asked with session number, run and the time of its first row."""


def unknown_zero(session_num: int, run: int, first_s: float) -> float:  # noqa: ARG001 - it knows nothing
    """For recordings whose date nobody noted."""
    return 0.0


class Payload(msgspec.Struct, frozen=True):
    """One encoded record; with a context key it is repeated at the start of each segment."""

    data: bytes
    context: str = ""
    is_block: bool = False
    row_count: int = 0
    """Ticks in it; counted once, in the own car's block."""


class RunStart(msgspec.Struct, frozen=True):
    """Where an earlier log of the same session ended."""

    run: int
    until_s: float
    unique_id: int


class Recorder:
    """One per log. `known` are the runs that earlier logs of this session have seen, by session number."""

    def __init__(
        self, known: dict[int, RunStart] | None = None, zero_utc_s: ZeroSource = unknown_zero
    ) -> None:
        self._known = dict(known or {})
        self._zero_utc_s = zero_utc_s
        self._layouts: tuple[Layout, Layout, Layout] | None = None
        self._waiting: list[Ticks] = []
        self._transcript = Transcript()
        self._slow_before: RowArray | None = None
        self._session_num: int | None = None
        self._run = 0
        self._unique_id = 0
        self.sim_time_s = 0.0
        """Of the last row taken."""
        self.row_count = 0

    @property
    def waiting_rows(self) -> int:
        return sum(len(ticks) for ticks in self._waiting)

    def take(self, event: SourceEvent) -> list[Payload]:
        """Records that are ready; rows wait for `flush` or for a reason to close their block."""
        if isinstance(event, Ticks):
            return self._take_ticks(event)
        out = self.flush()
        if isinstance(event, Opened):
            out.extend(self._take_opened(event))
        elif isinstance(event, InfoChanged):
            out.append(self._info(event))
            out.extend(map(self._text, self._transcript.take(event)))
        elif isinstance(event, Missed):
            out.append(self.lost(event.count, event.from_s, event.to_s, event.reason))
        elif isinstance(event, Closed):  # that it ended is said by the writer's end record
            out.extend(map(self._text, self._transcript.finish()))
        return out

    def flush(self) -> list[Payload]:
        """Close the block that is being gathered."""
        if not self._waiting or self._layouts is None:
            return []
        waiting, self._waiting = self._waiting, []
        own, field, slow = self._layouts
        out: list[Payload] = []
        changed = self._changed_slow(slow, joined_rows([ticks.slow for ticks in waiting]))
        if len(changed):
            out.append(Payload(self._block(2, slow, changed), is_block=True))
        own_rows = joined_rows([ticks.own for ticks in waiting])
        out.append(Payload(self._block(0, own, own_rows), is_block=True, row_count=len(own_rows)))
        field_rows = joined_rows([ticks.field for ticks in waiting])
        out.append(Payload(self._block(1, field, field_rows), is_block=True))
        return out

    def restate(self) -> None:
        """What was handed out is lost: the next flush gives the slow rows whole, not as changes."""
        self._slow_before = None

    def lost(self, count: int, from_s: float, until_s: float, reason: str) -> Payload:
        record = LostRecord(
            sim_time_s=from_s,
            session_num=self._session_num or 0,
            run=self._run,
            count=count,
            until_s=until_s,
            reason=reason,
        )
        return Payload(encode(record))

    def _take_opened(self, event: Opened) -> list[Payload]:
        self._layouts = event.layouts()
        self._slow_before = None
        return [
            Payload(
                encode(LayoutRecord(sim_time_s=self.sim_time_s, layout_no=number, layout=layout)),
                context=f"layout {number}",
            )
            for number, layout in enumerate(self._layouts)
        ]

    def _take_ticks(self, ticks: Ticks) -> list[Payload]:
        """Cut where time went back or the session number changed, then gather."""
        if self._layouts is None or len(ticks) == 0:
            return []
        out: list[Payload] = []
        for part in _parts(ticks):
            out.extend(self._enter_run(part))
            room = min(rows_per_block(layout) for layout in self._layouts)
            for start in range(0, len(part), room):
                piece = _slice(part, start, start + room)
                if self.waiting_rows + len(piece) > room:
                    out.extend(self.flush())
                self._waiting.append(piece)
            self.sim_time_s = float(part.own["SessionTime"][-1])
            self.row_count += len(part)
        return out

    def _enter_run(self, part: Ticks) -> list[Payload]:
        session_num = _scalar(part.own, "SessionNum")
        unique_id = _scalar(part.own, "SessionUniqueID")
        first_s = float(part.own["SessionTime"][0])
        here = None
        if self._session_num is not None:
            here = RunStart(run=self._run, until_s=self.sim_time_s, unique_id=self._unique_id)
        if here is not None and session_num == self._session_num and _goes_on(here, first_s, unique_id):
            return []
        out = self.flush()
        if here is not None and self._session_num is not None:
            self._known[self._session_num] = here
        known = self._known.get(session_num)
        if known is None:
            self._run, reason = 0, "entered"
        elif _goes_on(known, first_s, unique_id):
            self._run, reason = known.run, "resumed"
        else:
            self._run, reason = known.run + 1, "restarted"
        self._session_num, self._unique_id = session_num, unique_id
        record = RunRecord(
            sim_time_s=first_s,
            session_num=session_num,
            run=self._run,
            reason=reason,
            unique_id=unique_id,
            zero_utc_s=self._zero_utc_s(session_num, self._run, first_s),
        )
        return [*out, Payload(encode(record), context="run")]

    def _info(self, event: InfoChanged) -> Payload:
        record = InfoRecord(
            sim_time_s=event.sim_time_s,
            session_num=event.session_num,
            run=self._run_of(event.session_num),
            info=event.info,
        )
        return Payload(encode(record), context="info")

    def _text(self, text: Text) -> Payload:
        record = TextRecord(
            sim_time_s=text.sim_time_s,
            session_num=text.session_num,
            run=self._run_of(text.session_num),
            text=text.frame,
        )
        return Payload(encode(record))

    def _run_of(self, session_num: int) -> int:
        """Where a text stands that comes before the first row of its session: not behind that row."""
        if session_num == self._session_num:
            return self._run
        known = self._known.get(session_num)
        return 0 if known is None else known.run

    def _block(self, layout_no: int, layout: Layout, rows: RowArray) -> bytes:
        return encode(
            BlockRecord(
                sim_time_s=float(rows["SessionTime"][0]),
                session_num=self._session_num or 0,
                run=self._run,
                layout_no=layout_no,
                row_count=len(rows),
                data=encode_rows(layout, rows),
            )
        )

    def _changed_slow(self, layout: Layout, rows: RowArray) -> RowArray:
        """The rows in which anything but the time differs from the row before."""
        rows = quantise(layout, rows)
        before, self._slow_before = self._slow_before, rows[-1:]
        head = rows if before is None else joined_rows([before, rows])
        start = sum(head.dtype[name].itemsize for name in _TIMES)
        raw = np.ascontiguousarray(head).view(np.uint8).reshape(len(head), -1)[:, start:]
        is_changed = np.any(raw[1:] != raw[:-1], axis=1)
        if before is None:
            is_changed = np.concatenate([[True], is_changed])
        changed: RowArray = rows[is_changed]
        return changed


def _goes_on(known: RunStart, first_s: float, unique_id: int) -> bool:
    return first_s > known.until_s - _BACK_S and unique_id == known.unique_id


def _slice(ticks: Ticks, start: int, stop: int) -> Ticks:
    if start == 0 and stop >= len(ticks):
        return ticks
    return Ticks(own=ticks.own[start:stop], field=ticks.field[start:stop], slow=ticks.slow[start:stop])


def _parts(ticks: Ticks) -> list[Ticks]:
    """Stretches in which time goes on and the session number and id stay."""
    own = ticks.own
    if len(own) == 1:
        return [ticks]
    is_cut = np.diff(own["SessionTime"]) < -_BACK_S
    for name in ("SessionNum", "SessionUniqueID"):
        if name in (own.dtype.names or ()):
            is_cut |= np.diff(own[name]) != 0
    if not is_cut.any():
        return [ticks]
    edges = [0, *(np.flatnonzero(is_cut) + 1).tolist(), len(ticks)]
    return [_slice(ticks, a, b) for a, b in pairwise(edges)]


def _scalar(rows: RowArray, name: str) -> int:
    return int(rows[name][0]) if name in (rows.dtype.names or ()) else 0
