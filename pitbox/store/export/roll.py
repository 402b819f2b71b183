"""Who and what a session was, gathered from its texts on a walk: the roll that gives numbers their names."""

import msgspec

from pitbox.log.merge import Merged
from pitbox.model.ids import LogId
from pitbox.model.session import Entry, SessionInfo
from pitbox.wire.record import InfoRecord, LostRecord, RunRecord, SheetRecord


class Run(msgspec.Struct, frozen=True):
    session_num: int
    run: int
    from_s: float
    reason: str
    zero_utc_s: float
    """Wall clock at session time 0; 0 where nobody knows."""


class Gap(msgspec.Struct, frozen=True):
    log: LogId
    lost: LostRecord


class Roll:
    def __init__(self) -> None:
        self.info: SessionInfo | None = None
        """The last one."""
        self.entries: dict[int, Entry] = {}
        self.drivers: dict[int, str] = {}
        """Names by the sim's number of the person."""
        self.runs: dict[tuple[int, int], Run] = {}
        self.gaps: list[Gap] = []
        self.own: dict[LogId, int] = {}
        """Whose channels a log holds."""

    def take(self, item: Merged) -> None:
        record = item.record
        if isinstance(record, InfoRecord):
            self._hear(record.info)
            self.own[item.log] = record.info.own.car_idx
        elif isinstance(record, SheetRecord):
            self.drivers.update((lap.user_id, lap.driver) for lap in record.laps)
        elif isinstance(record, RunRecord):
            self._run(record)
        elif isinstance(record, LostRecord):
            self.gaps.append(Gap(item.log, record))

    def part(self, session_num: int) -> str | None:
        part = None if self.info is None else self.info.part(session_num)
        return None if part is None else part.kind

    def class_name(self, car_idx: int) -> str | None:
        entry = self.entries.get(car_idx)
        classes = () if self.info is None else self.info.classes
        return next((one.name for one in classes if entry and one.class_id == entry.class_id), None)

    def _hear(self, info: SessionInfo) -> None:
        self.info = info
        for entry in info.entries:
            self.entries[entry.car_idx] = entry
            self.drivers[entry.user_id] = entry.driver

    def _run(self, record: RunRecord) -> None:
        known = self.runs.get((record.session_num, record.run))
        if known is None:
            known = Run(record.session_num, record.run, record.sim_time_s, record.reason, record.zero_utc_s)
        elif not known.zero_utc_s:
            known = msgspec.structs.replace(known, zero_utc_s=record.zero_utc_s)
        self.runs[record.session_num, record.run] = known
