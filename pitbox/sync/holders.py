"""How far each machine has a recording safe, in the time of the race: "on 3 machines up to lap 41". Pure."""

from bisect import bisect_right
from collections.abc import Mapping
from operator import itemgetter

import msgspec

from pitbox.model.ids import LogId

_MOST_NOTES = 20_000
"""More than an hour of commits; a machine that is further behind is not counted yet."""


class Safe(msgspec.Struct, frozen=True):
    """One log, on as many machines as have something of it."""

    log: LogId
    machines: int
    """This one included."""
    until_s: float
    """Sim time up to which all of them have it; as a lower bound."""


class Holders:
    """Knows at which sim time each commit of a log stood, and so what a peer's number means.

    Noted on one thread and asked on another: each log has one list, and that only ever grows at its end.
    """

    def __init__(self) -> None:
        self._notes: dict[LogId, list[tuple[int, float]]] = {}

    def note(self, log: LogId, durable_seq: int, sim_time_s: float) -> None:
        """Here the log is safe up to there."""
        notes = self._notes.get(log, [])
        if notes and durable_seq <= notes[-1][0]:
            return
        if len(notes) >= _MOST_NOTES:
            notes = notes[_MOST_NOTES // 10 :]
        notes.append((durable_seq, sim_time_s))
        self._notes[log] = notes

    def safe(self, log: LogId, peers: Mapping[str, int]) -> Safe | None:
        """`peers`: how far each has it. None while nothing of the log is safe here."""
        notes = self._notes.get(log)
        if not notes:
            return None
        last = len(notes) - 1
        places = [bisect_right(notes, seq, key=itemgetter(0)) - 1 for seq in peers.values()]
        known = [min(place, last) for place in places if place >= 0]
        return Safe(log, 1 + len(known), notes[min([*known, last])][1])

    def forget(self, log: LogId) -> None:
        self._notes.pop(log, None)
