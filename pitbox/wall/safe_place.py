"""How far a race is safe, in words of the race: "lap 41, sector 2". Pure."""

from bisect import bisect_right
from collections import deque

import msgspec

from pitbox.model.session import SessionInfo
from pitbox.model.standing import Standings

_MOST_NOTES = 6_000
"""Hours of sectors; for a machine that is further behind no place is named."""


class SafePlace(msgspec.Struct, frozen=True):
    """Where our car was, or the leader where we have none, when what is safe was recorded."""

    lap: int
    """That it was on; 1 is the first."""
    sector: int

    def words(self) -> str:
        return f"lap {self.lap}, sector {self.sector}"


class _Note(msgspec.Struct, frozen=True):
    """From that time on, until the next one."""

    run: tuple[int, int]
    sim_time_s: float
    place: SafePlace


class Trail:
    """Where the car was, sector by sector. Written by one thread, asked from any."""

    def __init__(self) -> None:
        self._notes: deque[_Note] = deque(maxlen=_MOST_NOTES)
        self._last = ((-1, -1), 0.0)
        """Run and time of the last picture."""

    def note(self, standings: Standings, info: SessionInfo) -> None:
        """Pictures come in the order of the race; one that does not begins the trail anew."""
        own = next((car for car in standings.cars if car.car_idx == info.own.car_idx), None)
        car = own or next(iter(standings.cars), None)
        if car is None:
            return
        run = standings.session_num, standings.run
        if (run, standings.sim_time_s) < self._last:
            self._notes.clear()
        self._last = run, standings.sim_time_s
        starts = info.track.sector_starts or (0.0,)
        place = SafePlace(car.laps + 1, max(1, bisect_right(starts, car.lap_pct)))
        last = self._notes[-1] if self._notes else None
        if last is None or (last.run, last.place) != (run, place):
            self._notes.append(_Note(run, standings.sim_time_s, place))

    def at(self, sim_time_s: float) -> SafePlace | None:
        """At that time of the newest run, or just before it; None when nobody looked then."""
        notes = list(self._notes)
        if not notes:
            return None
        here = [note for note in notes if note.run == notes[-1].run]
        at = bisect_right(here, sim_time_s, key=lambda note: note.sim_time_s)
        return here[at - 1].place if at else None

    def clear(self) -> None:
        self._notes.clear()
        self._last = ((-1, -1), 0.0)
