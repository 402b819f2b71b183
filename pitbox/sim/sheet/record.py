"""A sheet as records of a log: a session named by its content, a race, and its lines in axis order."""

import hashlib
from collections.abc import Iterator
from copy import copy
from pathlib import Path

from pitbox.model.ids import SessionId
from pitbox.model.session import SessionInfo
from pitbox.model.sheet import SheetLap
from pitbox.sim.sheet.entry import car_indices, session_info, user_id
from pitbox.sim.sheet.errors import NotASheetError
from pitbox.sim.sheet.schedule import Schedule, schedule
from pitbox.sim.sheet.table import Line, read_table
from pitbox.wire.record import InfoRecord, RunRecord, SheetRecord

_LINES_PER_RECORD = 256


class Sheet:
    """One file. Its session is its content's: the same file again is the same session."""

    def __init__(self, path: Path) -> None:
        """Raises SheetError."""
        self.path = path
        self.is_whole = True
        """False: its later lines are not known."""
        self.lines: list[Line] = sorted(
            read_table(path), key=lambda line: (line.end_s, line.number, line.lap)
        )
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.session = SessionId(f"sheet-{digest[:20]}")
        self.info: SessionInfo = session_info(self.lines, _title(path))

    @property
    def schedule(self) -> Schedule:
        """How long it was planned to be, and how that is known."""
        return schedule(
            self.info.title, [found.name for found in self.info.classes], self.info.track.length_m
        )

    def before(self, time_s: float) -> "Sheet":
        """The same sheet as it lay on the desk at that time: who races is told by those lines alone."""
        found = copy(self)
        found.is_whole = False
        found.lines = [line for line in self.lines if line.end_s <= time_s]
        if not found.lines:
            raise NotASheetError(f"{self.path.name} holds no lap before {time_s:.0f} s.")
        found.info = session_info(found.lines, _title(self.path))
        return found

    @property
    def end_s(self) -> float:
        return self.lines[-1].end_s

    def records(self) -> Iterator[RunRecord | InfoRecord | SheetRecord]:
        """Everything that goes into its log, but for the end."""
        yield RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered")
        yield InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=self.info)
        cars = car_indices(self.lines)
        for start in range(0, len(self.lines), _LINES_PER_RECORD):
            some = self.lines[start : start + _LINES_PER_RECORD]
            yield SheetRecord(
                sim_time_s=some[0].end_s,
                session_num=0,
                run=0,
                laps=tuple(sheet_lap(line, cars[line.number]) for line in some),
                is_last=self.is_whole and start + len(some) == len(self.lines),
            )


def sheet_lap(line: Line, car_idx: int) -> SheetLap:
    return SheetLap(
        car_idx=car_idx,
        lap=line.lap,
        user_id=user_id(line.driver),
        driver=line.driver,
        end_s=line.end_s,
        time_s=line.time_s,
        flag=line.flag,
        is_in_pit=line.is_in_pit,
        pit_s=line.pit_s,
        sectors_s=line.sectors_s,
    )


def _title(path: Path) -> str:
    """The file's name is all that a sheet says about the event."""
    words = path.stem.removesuffix("-laps").replace("_", " ").replace("-", " ").split()
    return " ".join(words)
