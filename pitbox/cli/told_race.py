"""Races that are over, told line by line: lap tables of a season and timing sheets in one shape.

for race in told_races(files):
    for line, story in race.walk():     # the story knows what stood on the board when that line came
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from pitbox.model.session import SessionInfo
from pitbox.predict.lap_row import LapRow
from pitbox.predict.trial.race_laps import RaceLaps
from pitbox.predict.trial.tables import table_with
from pitbox.sim.sheet.entry import car_indices, session_info
from pitbox.sim.sheet.record import Sheet, sheet_lap
from pitbox.sim.sheet.table import Line
from pitbox.strategy.length import RaceLength
from pitbox.strategy.listen import Listener
from pitbox.strategy.story import Story
from pitbox.wire.record import InfoRecord, RunRecord, SheetRecord

_OPENING_S = 1200.0
_FIRST_LAP = 1.06
"""A standing lap against the next one."""
_SLOW = ("caution", "red")

CarLap = tuple[str, str, int]
"""Race, car and lap."""


class Visits(msgspec.Struct, frozen=True):
    """To the pits, of lap tables."""

    in_laps: frozenset[CarLap] = frozenset()
    """At whose end the car was in the lane."""
    lane_s: dict[CarLap, float] = {}
    """By the lap after it: what the visit took."""


class ToldRace(msgspec.Struct, frozen=True):
    """All lines of one race in the order of the line, and what was known before it began."""

    title: str
    lines: tuple[Line, ...]
    info: SessionInfo
    length: RaceLength
    cars: dict[str, int]
    """By what stands on the car."""
    is_refuelled: bool = True

    def walk(self) -> Iterator[tuple[Line, Story]]:
        listener = Listener(self.length)
        listener.fold_record(RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered"))
        listener.fold_record(InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=self.info))
        for line in self.lines:
            laps = (sheet_lap(line, self.cars[line.number]),)
            listener.fold_record(
                SheetRecord(sim_time_s=line.end_s, session_num=0, run=0, laps=laps, is_last=False)
            )
            yield line, listener.story

    def rows(self, car_class: str) -> list[LapRow]:
        """Of one class, as models see laps."""
        stints: dict[str, int] = {}
        found = []
        for line in self.lines:
            if line.car_class != car_class:
                continue
            stint = stints.setdefault(line.number, 1)
            found.append(_row(self.title, line, stint))
            stints[line.number] = stint + line.is_in_pit
        return found

    def cut_s(self, share: float) -> float:
        """When that much of its scheduled time, or of the leader's laps, was driven."""
        if self.length.laps is None:
            assert self.length.time_s is not None
            return share * self.length.time_s
        lap = max(1, int(share * self.length.laps))
        return min((line.end_s for line in self.lines if line.lap == lap), default=math.inf)

    @property
    def classes(self) -> list[str]:
        return list(dict.fromkeys(line.car_class for line in self.lines))


def told_sheet(path: Path) -> ToldRace:
    """Raises SheetError."""
    sheet = Sheet(path)
    part = sheet.info.parts[0]
    length = RaceLength(part.length_s, part.laps, has_white_lap=False, source=sheet.schedule.source)
    opening = [line for line in sheet.lines if line.end_s <= _OPENING_S]
    known = {line.number for line in opening}
    first: dict[str, Line] = {}
    for line in sheet.lines:
        first.setdefault(line.number, line)
    # Of a car that comes later, only that it is entered.
    late = [msgspec.structs.replace(first[one], time_s=1e6, kph=None) for one in first if one not in known]
    info = session_info([*opening, *late], sheet.info.title)
    cars = car_indices([*opening, *late])
    return ToldRace(sheet.info.title, tuple(sheet.lines), info, length, cars)


def told_laps(race: RaceLaps, visits: Visits) -> ToldRace:
    """A race by laps, without fuel; its clock begins with the first lap."""
    began_s = _began_s(race.rows)
    lines, before = list[Line](), dict[str, float]()
    for row in race.rows:
        end_s = row.end_s - began_s
        time_s = row.time_s if math.isfinite(row.time_s) else end_s - before.get(row.car, 0.0)
        before[row.car] = end_s
        if time_s > 0 and end_s > 0:
            lines.append(_line(row, end_s, time_s, visits))
    opening = [line for line in lines if line.lap <= 2]
    late = {line.number: line for line in reversed(lines)}
    known = {line.number for line in opening}
    named = [*opening, *(late[one] for one in late if one not in known)]
    laps = max(line.lap for line in lines)
    return ToldRace(
        title=race.title,
        lines=tuple(lines),
        info=session_info(named, race.title),
        length=RaceLength(None, laps, has_white_lap=False, source="the race's distance"),
        cars=car_indices(named),
        is_refuelled=False,
    )


def visits_of(files: Sequence[Path]) -> Visits:
    """By when each car came in and went out again; nothing where no table tells."""
    table = table_with(files, ["Season", "RoundNumber", "Driver", "LapNumber", "PitInTime_s", "PitOutTime_s"])
    if table is None:
        return Visits()
    came_s: dict[CarLap, float] = {}
    left_s: dict[CarLap, float] = {}
    for season, number, car, lap, in_s, out_s in table.iter_rows():
        key = f"{season}-{int(number):02}", str(car), int(lap)
        if in_s is not None and math.isfinite(float(in_s)):
            came_s[key] = float(in_s)
        if out_s is not None and math.isfinite(float(out_s)):
            left_s[key] = float(out_s)
    lane_s = {
        (race, car, lap): out_s - came_s[race, car, lap - 1]
        for (race, car, lap), out_s in left_s.items()
        if came_s.get((race, car, lap - 1), out_s) < out_s
    }
    return Visits(frozenset(came_s), lane_s)


def _began_s(rows: Sequence[LapRow]) -> float:
    """Nobody recorded the start: a lap before the leader's first line."""
    first_s = min(row.end_s for row in rows if row.lap == 1)
    next_s = min((row.end_s for row in rows if row.lap == 2), default=first_s + 90.0)
    return first_s - _FIRST_LAP * min(max(next_s - first_s, 30.0), 180.0)


def _line(row: LapRow, end_s: float, time_s: float, visits: Visits) -> Line:
    key = row.race, row.car, row.lap
    return Line(
        number=row.car,
        lap=row.lap,
        driver=row.driver,
        car_class=row.class_name,
        team="",
        maker="",
        end_s=end_s,
        time_s=time_s,
        flag="caution" if row.is_slow else "green",
        is_in_pit=key in visits.in_laps,
        pit_s=visits.lane_s.get(key),
        sectors_s=(),
        kph=None,
    )


def _row(title: str, line: Line, stint: int) -> LapRow:
    is_slow = line.flag in _SLOW
    return LapRow(
        race=title,
        circuit=title,
        class_name=line.car_class,
        car=line.number,
        driver=line.driver,
        lap=line.lap,
        end_s=line.end_s,
        time_s=line.time_s,
        stint=stint,
        is_clean=not is_slow and not line.is_in_pit and line.pit_s is None,
        is_slow=is_slow,
    )
