"""The logs of this machine as peers may have them: which there are, and up to where each is proved.

Owned by one thread. Only what is durable counts: of the log that this process writes, what its scribe has
acknowledged; of copies, what was synced; of all others, what lies before the last signed mark.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pitbox.log.cursor import Cursor, Gap
from pitbox.log.disk import Disk
from pitbox.log.donor import Donor
from pitbox.log.hold import is_held
from pitbox.log.reader import LogReader, log_folder, log_of_folder
from pitbox.log.repair import Repair
from pitbox.log.replica import Replica, Stored, proved_end
from pitbox.log.tombstone import Tombstones
from pitbox.model.ids import DeviceId, LogId

_LOOK_BYTES = 1 << 20
_LEVELS = (re.compile(r"[a-z0-9][a-z0-9-]{0,63}"), re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{16}"))


class Holding(msgspec.Struct, frozen=True):
    next_seq: int
    is_open: bool = False
    """Somebody writes it now, as far as is known here."""
    sim_time_s: float = 0.0
    """Of its last mark, where that is known."""


class Library:
    def __init__(self, root: Path, device: DeviceId, disk: Disk | None = None) -> None:
        self.root = root
        self.device = device
        self.tombstones = Tombstones(root)
        self.holdings: dict[LogId, Holding] = {}
        self.damages: dict[LogId, Gap] = {}
        """A hole of each log that has one, to be filled from a peer."""
        self._disk = disk or Disk()
        self._replicas: dict[LogId, Replica] = {}
        self._prints: dict[LogId, tuple[int, bool]] = {}

    def look(self) -> bool:
        """See what other hands have added or removed; True when anything changed."""
        is_changed = False
        seen: set[LogId] = set()
        for folder in _log_folders(self.root):
            log = log_of_folder(folder)
            seen.add(log)
            if log in self._replicas:
                continue
            is_busy = is_held(folder)
            print_ = (folder.stat().st_mtime_ns, is_busy)
            if self._prints.get(log) != print_:
                self._prints[log] = print_
                is_changed |= self._examine(log, folder, is_busy=is_busy)
        for log in self.holdings.keys() - seen:
            self.put_back(log)  # a file without a folder still takes bytes, and would keep none of them
            del self.holdings[log]
            self.damages.pop(log, None)
            is_changed = True
        return is_changed

    def wrote(self, log: LogId, durable_seq: int, sim_time_s: float) -> None:
        """The own writer of this process has made records durable."""
        self.holdings[log] = Holding(durable_seq, is_open=True, sim_time_s=sim_time_s)

    def is_ours_to_write(self, log: LogId) -> bool:
        """False for a log that a living writer has open, and for sessions that were deleted here."""
        if log in self._replicas:
            return True
        return not is_held(log_folder(self.root, log)) and not self.tombstones.has(log.session)

    def next_seq(self, log: LogId) -> int:
        holding = self.holdings.get(log)
        return 0 if holding is None else holding.next_seq

    def reader(self, log: LogId) -> LogReader:
        return LogReader(log_folder(self.root, log))

    def cursor(self, log: LogId, from_seq: int) -> Cursor:
        return Cursor(self.reader(log), from_seq)

    def replica(self, log: LogId, certificate: bytes) -> Replica:
        """Open for as long as records come; raises LogError."""
        if log not in self._replicas:
            self._replicas[log] = Replica(self.root, log, certificate, self._disk)
        return self._replicas[log]

    def stored(self, stored: Stored, *, is_open: bool) -> None:
        self.holdings[stored.log] = Holding(stored.durable_seq, is_open, stored.sim_time_s)

    def put_back(self, log: LogId) -> None:
        """No more records come for now."""
        replica = self._replicas.pop(log, None)
        if replica is None:
            return
        replica.close()
        if replica.durable_seq:
            stored = replica.stored()
            self.holdings[log] = Holding(stored.durable_seq, is_open=False, sim_time_s=stored.sim_time_s)
        self._prints.pop(log, None)

    def donor(self, log: LogId, certificate: bytes, gap: Gap) -> Donor:
        return Donor(self.root, log, certificate, gap.first_seq, gap.end_seq)

    def mend(self, donor: Donor) -> Repair:
        """Raises LogError; the log may go on afterwards."""
        self.put_back(donor.log)
        self.damages.pop(donor.log, None)
        repair = donor.mend()
        self._prints.pop(donor.log, None)
        return repair

    def examine_damage(self, log: LogId, from_seq: int) -> None:
        """Note the first hole behind there of a log that no recorder here has open, if any."""
        holding = self.holdings.get(log)
        is_free = log in self._replicas or not is_held(log_folder(self.root, log))
        if holding is None or log in self.damages or not is_free:
            return
        try:
            step = self._first_gap(log, from_seq, holding.next_seq)
        except OSError:
            return  # found again in the next round
        if step is not None:
            self.damages[log] = step

    def _first_gap(self, log: LogId, from_seq: int, end_seq: int) -> Gap | None:
        cursor = self.cursor(log, from_seq)
        while (step := cursor.take(_LOOK_BYTES, end_seq)) is not None:
            if isinstance(step, Gap):
                return step
        return None

    def close(self) -> None:
        for log in list(self._replicas):
            self.put_back(log)

    def _examine(self, log: LogId, folder: Path, *, is_busy: bool) -> bool:
        if is_busy:  # another process writes it: what it has synced is not known here
            return False
        before = self.holdings.get(log)
        end = proved_end(LogReader(folder))
        if end == 0:
            return False
        sim_time_s = before.sim_time_s if before is not None else 0.0
        self.holdings[log] = Holding(end, is_open=False, sim_time_s=sim_time_s)
        return self.holdings[log] != before


def _log_folders(root: Path) -> Iterator[Path]:
    folders = [str(root)]
    for level in _LEVELS:
        folders = [path for folder in folders for path in _children(folder, level)]
    yield from map(Path, folders)


def _children(folder: str, name: re.Pattern[str]) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(e.path for e in entries if name.fullmatch(e.name) and e.is_dir())
    except OSError:
        return []
