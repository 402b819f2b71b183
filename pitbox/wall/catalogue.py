"""What each session on the shelf is, told by its logs alone: kept in one file, so that a list comes at once.

A session is read again when its files are not what they were. The file can be thrown away at any time.
"""

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from pitbox.log.edits import edits_of, is_edit_log
from pitbox.log.reader import LogReader
from pitbox.log.resume import recorded_span_s
from pitbox.log.shelf import Shelf, is_session_id
from pitbox.model.edit import Edit
from pitbox.model.errors import EditError
from pitbox.model.ids import SessionId
from pitbox.model.label import tags
from pitbox.model.ledger import Ledger
from pitbox.model.note import notes
from pitbox.model.session import SessionInfo
from pitbox.wire.errors import WireError
from pitbox.wire.record import InfoRecord, RunRecord, decode, kind_of

VERSION = 1
_EPOCH = re.compile(r"[0-9a-f]{16}")
Judge = Callable[[Edit], bool]
"""Whether an edit counts on this machine."""
Print = tuple[tuple[str, int, int], ...]
"""(log's folder, files, bytes) of every log."""


class Volume(msgspec.Struct, frozen=True, array_like=True):
    """One session, as its logs say."""

    print_: Print
    title: str = ""
    sim: str = ""
    track: str = ""
    config: str = ""
    car: str = ""
    """Of whoever recorded it; several with commas between."""
    kinds: tuple[str, ...] = ()
    began_utc_s: float = 0.0
    """Wall clock of the first run's start; 0 where nobody knows."""
    recorded_s: float = 0.0
    """Of the log that spans most."""
    machines: int = 0
    log_count: int = 0
    size_bytes: int = 0
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class _File(msgspec.Struct, array_like=True):
    version: int
    judged_by: str
    volumes: dict[str, Volume]


class Catalogue:
    """Belongs to one thread."""

    def __init__(self, shelf: Shelf, path: Path, judge: Judge, judged_by: str = "") -> None:
        """`judged_by` names the rules of `judge`: with other ones all is read again."""
        self._shelf = shelf
        self._path = path
        self._judge = judge
        self._judged_by = judged_by
        self._known = self._read()

    def volumes(self) -> dict[SessionId, Volume]:
        """All sessions on the shelf, plans included."""
        found: dict[SessionId, Volume] = {}
        is_changed = False
        for session, print_ in _prints(self._shelf.root).items():
            known = self._known.get(session)
            if known is None or known.print_ != print_:
                known, is_changed = self._volume(session, print_), True
            found[session] = known
        self._known |= found  # what has left the shelf is known still
        if is_changed:
            self._write()
        return found

    def last(self, session: SessionId) -> Volume | None:
        """As it was when it stood on the shelf the last time."""
        return self._known.get(session)

    def forget(self, session: SessionId) -> None:
        """It is gone for good."""
        if self._known.pop(session, None) is not None:
            self._write()

    def _volume(self, session: SessionId, print_: Print) -> Volume:
        readers = self._shelf.readers(session)
        races = [reader for reader in readers if not is_edit_log(reader.folder)]
        ledger = self._ledger([reader for reader in readers if reader not in races])
        infos = [info for reader in races if (info := _info(reader)) is not None]
        newest = infos[-1] if infos else None
        cars = dict.fromkeys(car for info in infos if (car := _own_car(info)))
        began = [at_s for reader in races if (at_s := _began_utc_s(reader)) > 0]
        return Volume(
            print_=print_,
            title="" if newest is None else newest.title,
            sim="" if newest is None else newest.sim,
            track="" if newest is None else newest.track.name,
            config="" if newest is None else newest.track.config,
            car=", ".join(cars),
            kinds=() if newest is None else tuple(dict.fromkeys(part.kind for part in newest.parts)),
            began_utc_s=min(began, default=0.0),
            recorded_s=max((recorded_span_s(reader) for reader in races), default=0.0),
            machines=len({reader.log.device for reader in races}),
            log_count=len(races),
            size_bytes=sum(size for _, _, size in print_),
            tags=tags(ledger),
            notes=tuple(one.text for one in notes(ledger)),
        )

    def _ledger(self, readers: list[LogReader]) -> Ledger:
        ledger = Ledger()
        for reader in readers:
            for _, edit in edits_of(reader):
                with contextlib.suppress(EditError):
                    if edit is not None and self._judge(edit):
                        ledger.take(edit)
        return ledger

    def _read(self) -> dict[SessionId, Volume]:
        try:
            file = msgspec.msgpack.decode(self._path.read_bytes(), type=_File)
        except (OSError, msgspec.MsgspecError, RecursionError):
            return {}
        if (file.version, file.judged_by) != (VERSION, self._judged_by):
            return {}
        return {SessionId(name): volume for name, volume in file.volumes.items()}

    def _write(self) -> None:
        """A disk that refuses costs time the next time, and nothing else."""
        file = _File(VERSION, self._judged_by, {str(name): one for name, one in self._known.items()})
        draft = self._path.with_suffix(".part")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(msgspec.msgpack.encode(file))
            draft.replace(self._path)


def _prints(root: Path) -> dict[SessionId, Print]:
    """By session, in one walk and as cheaply as a disk tells it: names and sizes."""
    found: dict[SessionId, Print] = {}
    for session in _children(str(root)):
        if not is_session_id(session.name):
            continue
        logs = [
            log
            for device in _children(session.path)
            for log in _children(device.path)
            if _EPOCH.fullmatch(log.name)
        ]
        print_ = tuple(sorted(one for log in logs if (one := _print(root, log))))
        if print_:
            found[SessionId(session.name)] = print_
    return found


def _children(folder: str) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if entry.is_dir()]
    except OSError:
        return []


def _print(root: Path, log: "os.DirEntry[str]") -> tuple[str, int, int] | None:
    """None for a folder that holds nothing of a log."""
    try:
        with os.scandir(log.path) as entries:
            sizes = [entry.stat().st_size for entry in entries if entry.is_file()]
    except OSError:
        return None
    return (log.path[len(str(root)) + 1 :].replace(os.sep, "/"), len(sizes), sum(sizes)) if sizes else None


def _info(reader: LogReader) -> SessionInfo | None:
    """The context at the start of the newest segment tells; nothing before it has to be read."""
    for entry in reader.entries(reader.last_segment_seq):
        with contextlib.suppress(WireError):
            if kind_of(entry.payload) == InfoRecord.KIND:
                record = decode(entry.payload)
                return record.info if isinstance(record, InfoRecord) else None
    return None


def _began_utc_s(reader: LogReader) -> float:
    for entry in reader.entries():
        with contextlib.suppress(WireError):
            if kind_of(entry.payload) == RunRecord.KIND:
                record = decode(entry.payload)
                return (
                    record.zero_utc_s + record.sim_time_s
                    if isinstance(record, RunRecord) and record.zero_utc_s
                    else 0.0
                )
    return 0.0


def _own_car(info: SessionInfo) -> str:
    entry = info.entry(info.own.car_idx)
    return "" if entry is None else entry.car
