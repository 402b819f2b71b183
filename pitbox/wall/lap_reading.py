"""Single laps out of the store, cut at the line; those that were read lately are kept."""

from collections import OrderedDict

import numpy as np

from pitbox.analysis.driven import DrivenLap
from pitbox.analysis.lap_cut import CHANNELS, cut_laps
from pitbox.store.errors import NotStoredError
from pitbox.store.recorded import Cursor
from pitbox.store.trace import LapKey, lap_channels, own_columns

WHEELS = ("LFspeed", "RFspeed", "LRspeed", "RRspeed")
_PLACE = ("LapDistPct", "LapDist", "Lap", "IsOnTrack")
"""By one of which a lap is cut."""
_MARGIN_S = 0.5
_FROM_BESIDE = "Somebody else drove it: this machine recorded from beside, without the car's own channels."
_KEPT = 64


class LapReading:
    """Belongs to one thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[LapKey, str], tuple[frozenset[str], DrivenLap | str]] = OrderedDict()

    def read(self, cursor: Cursor, key: LapKey, name: str, more: tuple[str, ...]) -> DrivenLap | str:
        """The lap with what it is always looked at by and `more`, or why there is none."""
        wanted = frozenset(more)
        known = self._kept.get((key, name))
        if known is not None and wanted <= known[0]:
            self._kept.move_to_end((key, name))
            return known[1]
        found = _read(cursor, key, name, tuple(dict.fromkeys((*CHANNELS, *WHEELS, *more))))
        self._kept[key, name] = wanted, found
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found


def _read(cursor: Cursor, key: LapKey, name: str, wanted: tuple[str, ...]) -> DrivenLap | str:
    there = own_columns(cursor)
    asked = [channel for channel in (*_PLACE, *wanted) if channel in there]
    try:
        trace = lap_channels(cursor, key, list(dict.fromkeys(asked)), margin_s=_MARGIN_S, columns=there)
    except NotStoredError as error:
        return str(error)
    rows = {"SessionTime": trace.times_s, **trace.channels}
    cut = cut_laps(rows, wanted, naming=lambda _: name)
    lap = cut.at((trace.start_s + trace.end_s) / 2)
    if lap is not None:
        return lap
    driving = trace.channels.get("IsOnTrack")
    if driving is not None and len(driving) and not np.any(driving):
        return _FROM_BESIDE
    return cut.why or "; ".join(f"Of this lap: {rest.why}." for rest in cut.rest[:2]) or "It is not whole."
