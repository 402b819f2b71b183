"""Which session a file driven offline belongs to: no server numbered it, so what is recorded has to tell.

A session here is the same one if it has the same car on the same track, and either the car was at the same
places at the same session times, or the session's clock began at the same second.
"""

import time
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from pitbox.log.reader import LogReader
from pitbox.log.segment import segment_paths
from pitbox.log.shelf import Shelf
from pitbox.model.ids import DeviceId, SessionId
from pitbox.model.session import SessionInfo
from pitbox.sim.iracing.drive import Drive
from pitbox.wall.coverage import Verdict, coverage
from pitbox.wire.errors import WireError
from pitbox.wire.record import InfoRecord, decode, kind_of

_UNNUMBERED = ("local-", "ibt-")
_DAY_S = 86_400.0


class Kin(msgspec.Struct, frozen=True):
    session: SessionId | None
    """None: nothing that is recorded here is of this drive, as far as can be told."""
    doubts: tuple[str, ...] = ()
    """What a user should know of the decision."""


class _Subject(msgspec.Struct, frozen=True):
    """What was driven where."""

    car: str
    track: str


def kin_of(shelf: Shelf, device: DeviceId, drive: Drive, zero_utc_s: float) -> Kin:
    """The session to which the drive belongs. Reads the logs of the same car and track."""
    subject = None if drive.info is None else _subject(drive.info)
    if subject is None:
        return Kin(None)
    found: list[tuple[int, SessionId]] = []
    doubtful: list[SessionId] = []
    for session in shelf.sessions():
        if not session.startswith(_UNNUMBERED) or _subject_of(shelf, session) != subject:
            continue
        if _last_written_s(shelf, session) < zero_utc_s - _DAY_S:
            continue  # it was finished before this was driven
        verdicts = _verdicts(shelf, session, device, drive, zero_utc_s)
        common = [verdict.common for verdict in verdicts if verdict.is_same]
        if common:
            found.append((max(common), session))
        elif any(verdict.is_same is None for verdict in verdicts) and _is_near(
            shelf, session, drive, zero_utc_s
        ):
            doubtful.append(session)
    if found:
        best = max(found)[1]
        others = [name for _, name in found if name != best]
        return Kin(best, (f"{' and '.join(others)} holds moments of the same drive too.",) if others else ())
    words = (
        f"It may be of the same drive as {session}, which has the same car and track: no moment is in both, "
        "and no date tells, so it is kept apart."
        for session in doubtful
    )
    return Kin(None, tuple(words))


def _verdicts(
    shelf: Shelf, session: SessionId, device: DeviceId, drive: Drive, zero_utc_s: float
) -> list[Verdict]:
    times_s, numbers, pct = drive.times_s(), drive.session_nums(), drive.pct()
    is_tick = drive.is_tick
    if not is_tick.any():
        return []
    span_s = (float(times_s[is_tick].min()), float(times_s[is_tick].max()))
    known = coverage(shelf, session, device, drive.car_idx, span_s)
    out: list[Verdict] = []
    for number in np.unique(numbers[is_tick]).tolist():
        here = is_tick & (numbers == number)
        out += known.verdicts(number, times_s[here], pct[here], zero_utc_s)
    return out


def _subject(info: SessionInfo) -> _Subject | None:
    entry = info.entry(info.own.car_idx)
    if entry is None or not entry.car:
        return None
    return _Subject(entry.car, f"{info.track.name}/{info.track.config}")


def _subject_of(shelf: Shelf, session: SessionId) -> _Subject | None:
    for reader in shelf.readers(session):
        subject = _first_subject(reader.folder)
        if subject is not None:
            return subject
    return None


@lru_cache(maxsize=4096)
def _first_subject(folder: Path) -> _Subject | None:
    """Of one log; what its first text says stays so."""
    for entry in LogReader(folder).entries():
        try:
            if kind_of(entry.payload) != InfoRecord.KIND:
                continue
            record = decode(entry.payload)
        except WireError:
            continue
        if isinstance(record, InfoRecord):
            return _subject(record.info)
    return None


def _last_written_s(shelf: Shelf, session: SessionId) -> float:
    """By the files' dates."""
    paths = [path for reader in shelf.readers(session) for path in segment_paths(reader.folder)]
    return max((path.stat().st_mtime for path in paths), default=time.time())


def _is_near(shelf: Shelf, session: SessionId, drive: Drive, zero_utc_s: float) -> bool:
    """Written within a day of the drive: worth a word."""
    ended_s = zero_utc_s + float(drive.times_s().max())
    return not zero_utc_s or abs(_last_written_s(shelf, session) - ended_s) < _DAY_S
