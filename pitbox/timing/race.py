"""A session's records in the order of the axis; laps, stints, stops and flags out."""

import math
from typing import Self

import msgspec

from pitbox.model.channel import Stream
from pitbox.model.fact import Fact
from pitbox.model.ids import LogId
from pitbox.model.source import RowArray
from pitbox.model.standing import Standings
from pitbox.timing.aside import unbroken
from pitbox.timing.checkpoint import pack, unpack
from pitbox.timing.field import FieldRows, field_rows
from pitbox.timing.heat import Heat, Notice
from pitbox.timing.late import late_fuel
from pitbox.timing.own import own_rows
from pitbox.timing.sheet import fold_sheet
from pitbox.timing.spring import Spring
from pitbox.timing.standings import standings
from pitbox.timing.walk import fold_field
from pitbox.wire.errors import WireError
from pitbox.wire.record import (
    AnyRecord,
    BlockRecord,
    EndRecord,
    InfoRecord,
    LayoutRecord,
    RunRecord,
    SheetRecord,
)
from pitbox.wire.unpack import Unpacker

_NOTICES = 16
"""Session texts kept for sessions that have not begun."""


class RaceState(msgspec.Struct, array_like=True):
    """Everything that a fold knows: what a checkpoint holds."""

    heat: Heat | None = None
    springs: list[Spring] = msgspec.field(default_factory=list)
    notices: list[Notice] = msgspec.field(default_factory=list)
    refused_blocks: int = 0
    outdated_blocks: int = 0


class RaceFold:
    """Pure: the same records give the same facts and the same bytes, whenever and wherever."""

    def __init__(self, state: RaceState | None = None) -> None:
        self.state = RaceState() if state is None else state

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Goes on where `to_bytes` was called; raises CheckpointError."""
        return cls(unpack(RaceState, data))

    def to_bytes(self) -> bytes:
        for spring in self.state.springs:
            spring.tidy()
        if self.state.heat is not None:  # so that the state does not tell when samples came
            self.state.heat.own.thin(self.state.heat.motion.time_s)
        return pack(self.state)

    @property
    def skipped_rows(self) -> int:
        """Rows of this run that came twice or too late."""
        return 0 if self.state.heat is None else self.state.heat.motion.skipped_rows

    def fold(self, record: AnyRecord, log: LogId | int = 0) -> list[Fact]:
        """New and replaced facts, by time and car. A damaged block is counted and left out."""
        try:
            if isinstance(record, BlockRecord):
                return self._fold_block(record, self._spring(log))
            if isinstance(record, LayoutRecord):
                self._learn(record, self._spring(log))
        except WireError:
            self.state.refused_blocks += 1
        if isinstance(record, RunRecord):
            return self._enter(record.session_num, record.run)
        if isinstance(record, InfoRecord):
            self._hear(Notice(record.session_num, record.sim_time_s, record.info), self._spring(log))
        elif isinstance(record, SheetRecord):
            return self._fold_sheet(record)
        elif isinstance(record, EndRecord):
            return self._end(log) + self._fold_asides(math.nextafter(record.sim_time_s, math.inf))
        return []

    def fold_own(self, rows: RowArray, log: LogId | int = 0) -> list[Fact]:
        """Own rows of the current run; facts of field rows that waited for them."""
        heat, spring = self.state.heat, self._spring(log)
        if heat is None:
            return []
        heat.wetness.hear(rows)
        own = spring.hear_own(own_rows(rows))
        facts: list[Fact] = []
        if heat.is_ours(spring.own_car_idx):
            heat.own.take(own)
            if len(own.time_s) and own.time_s[0] <= heat.motion.time_s:
                facts += late_fuel(heat)
        return facts + self._fold_ready(spring, spring.release())

    def fold_field(self, rows: FieldRows, log: LogId | int = 0) -> list[Fact]:
        """Field rows of the current run, from any spring."""
        spring = self._spring(log)
        return self._fold_ready(spring, spring.ready(rows))

    def standings(self) -> Standings | None:
        """The race at the last folded row; None before the first run."""
        return None if self.state.heat is None else standings(self.state.heat)

    def _fold_block(self, record: BlockRecord, spring: Spring) -> list[Fact]:
        unpacker = Unpacker(spring.layouts)
        stream, heat = unpacker.stream(record), self.state.heat
        if stream is Stream.SLOW:
            return []
        if heat is not None and (record.session_num, record.run) < (heat.session_num, heat.run):
            self.state.outdated_blocks += 1
            return []
        rows = unpacker.rows(record)
        facts = self._enter(record.session_num, record.run) + self._fold_asides(record.sim_time_s)
        if stream is Stream.OWN:
            return facts + self.fold_own(rows, spring.log)
        return facts + self.fold_field(field_rows(rows), spring.log)

    def _fold_sheet(self, record: SheetRecord) -> list[Fact]:
        facts, heat = self._enter(record.session_num, record.run), self.state.heat
        if heat is None or (record.session_num, record.run) != (heat.session_num, heat.run):
            self.state.outdated_blocks += 1
            return facts
        return facts + fold_sheet(heat, record.laps, is_last=record.is_last)

    def _fold_ready(self, spring: Spring, pieces: list[FieldRows]) -> list[Fact]:
        """Rows that show one car only wait for those of their time that show the field."""
        heat, facts = self.state.heat, list[Fact]()
        if heat is None:
            return facts
        for rows in pieces:
            if spring.has_own and rows.width - 1 == spring.own_car_idx:  # as recordings from disk are
                heat.aside.put(rows)
                continue
            for part in unbroken(rows) if heat.aside.held else [rows]:
                if len(part):
                    facts += self._fold_asides(float(part.time_s[0]))
                    before_s = heat.motion.time_s
                    facts += fold_field(heat, part)
                    if heat.motion.time_s > before_s:
                        heat.aside.pass_over(heat.motion.time_s)
        return facts

    def _fold_asides(self, front_s: float) -> list[Fact]:
        """All records up to this time are here."""
        heat = self.state.heat
        if heat is None or not heat.aside.held:
            return []
        return [fact for rows in heat.aside.before(front_s) for fact in fold_field(heat, rows)]

    def _enter(self, session_num: int, run: int) -> list[Fact]:
        """Close what is open and start afresh, if this is later than the current run."""
        state = self.state
        before = state.heat
        if before is not None and (session_num, run) <= (before.session_num, before.run):
            return []
        facts: list[Fact] = []
        for spring in state.springs:
            facts += self._fold_ready(spring, spring.drain())
            spring.restart()
        facts += self._fold_asides(math.inf)
        heat = state.heat = Heat(session_num, run)
        if before is not None:
            heat.thirst = before.thirst
            heat.watch.usual = before.watch.usual
        known: list[Notice] = []
        if before is not None:
            known = before.known()
            facts += before.close()
        for notice in [*known, *state.notices]:
            if notice.session_num <= session_num:
                heat.info = notice.info
        state.notices = [notice for notice in state.notices if notice.session_num > session_num]
        return facts

    def _hear(self, notice: Notice, spring: Spring) -> None:
        heat = self.state.heat
        spring.own_car_idx = notice.info.own.car_idx
        if heat is not None and notice.session_num == heat.session_num:
            notice = heat.ours(notice)
        if heat is None or notice.session_num > heat.session_num:
            self.state.notices = [*self.state.notices, notice][-_NOTICES:]
        elif notice.session_num == heat.session_num:
            heat.hear(notice)

    def _learn(self, record: LayoutRecord, spring: Spring) -> None:
        unpacker = Unpacker(spring.layouts)
        unpacker.learn(record)
        spring.layouts = unpacker.layouts

    def _end(self, log: LogId | int) -> list[Fact]:
        """Nothing more comes from this log; others may go on."""
        spring = self._spring(log)
        self.state.springs = [other for other in self.state.springs if other is not spring]
        return self._fold_ready(spring, spring.drain())

    def _spring(self, log: LogId | int) -> Spring:
        for spring in self.state.springs:
            if spring.log == log:
                return spring
        spring = Spring(log)
        self.state.springs.append(spring)
        return spring
