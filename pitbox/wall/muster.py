"""Whether the sim shows us every car that drives: one whose laps nobody sees is hidden from us.

iRacing sends the places of as many cars as its options allow, and in practice those of our run group; the
results come for all. So a lap time that is new, of a car that was out of sight for long, gives it away.
"""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pitbox.crew.health import Health, HealthSink, Level
from pitbox.model.session import SessionInfo
from pitbox.model.source import Closed, InfoChanged, Opened, RowArray, SourceEvent, Ticks

_LOOK_S = 1.0
_UNSEEN_S = 30.0
"""Results come some seconds after the line: who crossed it and left is no riddle."""
_GAP_S = 5.0
"""After a gap everybody counts as seen just now."""
_ENOUGH = 2
"""Unseen laps before anything is said: stewards correct a lap time now and then."""
_LIVE_EDGE_FRAMES = 90

Floats = NDArray[np.float64]


class Hidden(msgspec.Struct, frozen=True):
    """Cars that drive unseen."""

    cars: int
    laps: int
    is_practice: bool = False

    def words(self) -> str:
        """What is wrong and what to do in the sim; empty when nothing is."""
        if self.laps < _ENOUGH:
            return ""
        who = "One car drives" if self.cars == 1 else f"{self.cars} cars drive"
        words = (
            f"{who} that iRacing does not show here: gaps and the order are without them. Set Max Cars to 63 "
            "and the connection type to the highest in iRacing's options, then join again."
        )
        return f"{words} Cars of another practice group stay hidden." if self.is_practice else words


class Muster:
    """Takes what a source gives; looks once a second of sim time."""

    def __init__(self) -> None:
        self._look_s = -np.inf
        self._session_num = -1
        self._seen_s: Floats = np.zeros(0)
        self._last_s: Floats = np.zeros(0)
        self._laps: NDArray[np.int64] = np.zeros(0, np.int64)
        self._info: SessionInfo | None = None

    def hear(self, info: SessionInfo) -> None:
        self._info = info

    @property
    def hidden(self) -> Hidden:
        apart: set[int] = set()
        part = None
        if self._info is not None:
            apart = {e.car_idx for e in self._info.entries if e.is_pace_car or e.is_spectator}
            part = self._info.part(self._session_num)
        laps = {int(at): int(self._laps[at]) for at in np.flatnonzero(self._laps) if int(at) not in apart}
        return Hidden(len(laps), sum(laps.values()), part is not None and "practice" in part.kind.lower())

    def take(self, own: RowArray, field: RowArray, slow: RowArray) -> bool:
        """Rows of the same ticks, of which the last one is looked at; whether it was time for that."""
        now_s, session_num = float(own["SessionTime"][-1]), _figure(own, "SessionNum")
        if session_num == self._session_num and 0 <= now_s - self._look_s < _LOOK_S:
            return False
        surface, lap_s = _cells(field, "CarIdxTrackSurface"), _cells(slow, "CarIdxLastLapTime")
        if surface is None or lap_s is None or len(surface) != len(lap_s) or _is_past(own):
            self._look_s = -np.inf
            return False
        is_gap = not 0 <= now_s - self._look_s <= _GAP_S
        if is_gap or session_num != self._session_num or len(surface) != len(self._seen_s):
            self._begin(len(surface), now_s, session_num)
            self._last_s = lap_s
        self._seen_s[surface >= 0] = now_s
        is_new = (lap_s != self._last_s) & (lap_s > 0) & (now_s - self._seen_s > _UNSEEN_S)
        self._laps[is_new] += 1
        self._last_s, self._look_s = lap_s, now_s
        return True

    def _begin(self, width: int, now_s: float, session_num: int) -> None:
        if session_num != self._session_num or len(self._laps) != width:
            self._laps = np.zeros(width, np.int64)
        self._session_num = session_num
        self._seen_s = np.full(width, now_s)


class MusterCall:
    """Tells health what a muster finds, once for each change."""

    def __init__(self, on_health: HealthSink) -> None:
        self._on_health = on_health
        self._muster = Muster()
        self._words = ""

    def take(self, event: SourceEvent) -> None:
        if isinstance(event, Ticks):
            if len(event) and self._muster.take(event.own, event.field, event.slow):
                self._tell(self._muster.hidden.words())
        elif isinstance(event, InfoChanged):
            self._muster.hear(event.info)
        elif isinstance(event, Opened | Closed):
            self._muster = Muster()
            self._tell("")

    def _tell(self, words: str) -> None:
        if words == self._words:
            return
        self._words = words
        level = Level.DEGRADED if words else Level.OK
        self._on_health(Health("sim", "cars", level, words or "Every car that drives is seen."))


def _cells(rows: RowArray, name: str) -> Floats | None:
    """Of the last row; None where there is no such channel."""
    if name not in (rows.dtype.names or ()) or not len(rows):
        return None
    cells: Any = rows[name][-1]
    return np.atleast_1d(cells).astype(np.float64)


def _figure(rows: RowArray, name: str) -> int:
    return int(rows[name][-1]) if name in (rows.dtype.names or ()) else 0


def _is_past(own: RowArray) -> bool:
    """A replay plays, and not the present."""
    return bool(_figure(own, "IsReplayPlaying")) and _figure(own, "ReplayFrameNumEnd") > _LIVE_EDGE_FRAMES
