"""How far each machine has a recording safe, in the time of the race: "on 3 machines up to lap 41". Pure."""

from array import array
from bisect import bisect_right
from collections.abc import Mapping

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


class _Notes:
    """Of one log, by columns: sixteen bytes a commit, four times a second for as long as a race lasts."""

    def __init__(self) -> None:
        self.seqs, self.times_s = array("Q"), array("d")

    def add(self, seq: int, sim_time_s: float) -> None:
        self.times_s.append(sim_time_s)  # first: whoever finds the number finds its time
        self.seqs.append(seq)

    def newest(self) -> "_Notes":
        """All but the oldest tenth."""
        kept = _Notes()
        kept.seqs, kept.times_s = self.seqs[_MOST_NOTES // 10 :], self.times_s[_MOST_NOTES // 10 :]
        return kept


class Holders:
    """Knows at which sim time each commit of a log stood, and so what a peer's number means.

    Noted on one thread and asked on another: each log's notes only ever grow at their end.
    """

    def __init__(self) -> None:
        self._notes: dict[LogId, _Notes] = {}

    def note(self, log: LogId, durable_seq: int, sim_time_s: float) -> None:
        """Here the log is safe up to there."""
        notes = self._notes.get(log) or _Notes()
        if notes.seqs and durable_seq <= notes.seqs[-1]:
            return
        if len(notes.seqs) >= _MOST_NOTES:
            notes = notes.newest()
        notes.add(durable_seq, sim_time_s)
        self._notes[log] = notes

    def safe(self, log: LogId, peers: Mapping[str, int]) -> Safe | None:
        """`peers`: how far each has it. None while nothing of the log is safe here."""
        notes = self._notes.get(log)
        if notes is None:
            return None
        last = len(notes.seqs) - 1
        places = [bisect_right(notes.seqs, seq) - 1 for seq in peers.values()]
        known = [min(place, last) for place in places if place >= 0]
        return Safe(log, 1 + len(known), notes.times_s[min([*known, last])])

    def forget(self, log: LogId) -> None:
        self._notes.pop(log, None)
