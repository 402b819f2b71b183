"""What a session's fold said, what was told of it, and the states to which it can turn back: on disk.

One thread writes; others may ask how things stood. A chronicle that is begun again takes up where the last
one was killed: what was told then is known, so no fact is told twice and none is lost. A fold can always be
done again from the log, so annals that are damaged or of another version cost time and nothing else.
"""

import io
import logging
import threading
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard

from pitbox.log.merge import START
from pitbox.model.fact import Fact
from pitbox.model.ids import Axis, LogId, SessionId
from pitbox.model.session import SessionInfo
from pitbox.timing.checkpoint import VERSION as FOLD_VERSION
from pitbox.wall.deed import (
    VERSION,
    Deed,
    Heard,
    Kept,
    Opening,
    Said,
    Told,
    Turned,
    open_file,
    read_deeds,
    read_heard,
    read_kept,
)
from pitbox.wall.errors import ProfileError
from pitbox.wall.instance import try_lock
from pitbox.wall.ledger import Ledger, News, Place
from pitbox.wall.moment import Reach
from pitbox.wire.framing import frame
from pitbox.wire.limit import MAX_PAYLOAD

_log = logging.getLogger("pitbox.wall")
_MAX_STATE_BYTES = 64 << 20

Places = dict[LogId, tuple[int, Axis]]


class Point(msgspec.Struct, frozen=True):
    """A state to which the fold can turn back; its bytes stay on disk."""

    last: Place
    places: Places
    heard_at: int | None
    """Where the session text begins that was in force; None before the first one."""
    holes: int
    at: int
    """Where it begins in the file."""


class Ground(msgspec.Struct, frozen=True):
    """All from which the race at one place can be worked out, whatever the chronicle does meanwhile."""

    point: Point | None
    state: bytes | None
    """Of the point; None: from the very start."""
    info: SessionInfo | None
    """The session text that was in force there."""
    ends: dict[LogId, int]
    last: Place
    """The last record to fold is not behind this one."""
    facts: list[Fact]
    """Said up to there."""


class Annals:
    """`ground`, `reaches` may be asked from any thread."""

    def __init__(self, session: SessionId | None = None, path: Path | None = None) -> None:
        """Without `path`, or where another process has the file, all is kept in memory."""
        self.ledger = Ledger()
        self.front = START
        """As far as was told."""
        self.again = News()
        """The last of what was told before: whoever told it may have died before anybody heard."""
        self._points: list[Point] = []
        self._heard_at: list[int] = []
        """Where each session text begins: a full field's takes a tenth of a megabyte, and changes often."""
        self._info: SessionInfo | None = None
        """The last of them."""
        self._runs: dict[tuple[int, int], list[float]] = {}
        self._ends: Places = {}
        self._last: Place | None = None
        self._lock = threading.RLock()
        self._session = session or SessionId("")
        self._due: list[bytes] = []
        self._size = self._number = 0
        self._file = _open(path)
        self._recall()

    @property
    def last_point(self) -> Point | None:
        return self._points[-1] if self._points else None

    def state_of(self, point: Point) -> bytes:
        """Raises WireError when it cannot be read any more."""
        with self._lock:
            return self._state_of(point)

    def info_of(self, point: Point) -> SessionInfo | None:
        """The session text that was in force there; raises WireError when it cannot be read any more."""
        with self._lock:
            return self._info_of(point)

    def say(self, place: Place, facts: Sequence[Fact]) -> None:
        with self._lock:
            self._note_run(place[0])
            if facts:
                self.ledger.note(place, facts)
                self._write(Said(place, tuple(facts)))

    def keep(self, draft: Kept, info: SessionInfo | None) -> None:
        """A state that is worth turning back to, and looking back from; `draft` has it as it is."""
        packed = zstandard.ZstdCompressor(level=3).compress(draft.state)
        if len(packed) < MAX_PAYLOAD // 2:
            with self._lock:
                kept = msgspec.structs.replace(draft, heard=self._hear(info), state=packed)
                self._add_point(kept, self._write(kept))

    def turn_back(self, late: Place) -> Point | None:
        """To the last state before what came late, which is given back; None: to the start."""
        with self._lock:
            while self._points and self._points[-1].last[0] >= late[0]:
                self._points.pop()
            return self.resume()

    def resume(self) -> Point | None:
        """To the last state; whatever was said behind it is unsaid, not untold."""
        with self._lock:
            point = self.last_point
            to = None if point is None else point.last
            self.ledger.turn_back(to)
            self._last, self._ends = to, {} if point is None else dict(point.places)
            self._write(Turned(to))
            return point

    def restart(self) -> None:
        """To the start: no state is of any use."""
        with self._lock:
            self._points.clear()
            self.resume()

    def reach(self, last: Place | None, places: Places) -> None:
        """All of that is folded, and in the order of the race."""
        with self._lock:
            self._last, self._ends = last, dict(places)

    def tell(self, axis: Axis) -> News:
        """What differs from what was told before, written down before anybody hears of it.

        Held back while the fold is behind its front: only then it is known what is gone.
        """
        with self._lock:
            news = News()
            if axis >= self.front:
                news = self.ledger.news()
                self.front = axis
                if news.facts or news.retracted:
                    self._write(Told(axis))
            self._flush()
            return news

    def close(self) -> None:
        with self._lock:
            self._flush()
            self._file.close()

    def reaches(self) -> tuple[Reach, ...]:
        """As far as `ground` answers: what an advance that goes on has told lies behind."""
        with self._lock:
            if self._last is None:
                return ()
            front = self._last[0]
            here = front.session_num, front.run
            return tuple(
                Reach(*run, start_s, end_s if run < here else max(start_s, min(end_s, front.sim_time_s)))
                for run, (start_s, end_s) in sorted(self._runs.items())
                if run <= here
            )

    def ground(self, at: Axis, lead_s: float = 0.0) -> Ground | None:
        """From the last state that lies at least `lead_s` before; None while nothing is folded."""
        with self._lock:
            if self._last is None:
                return None
            before = Axis(at.session_num, at.run, at.sim_time_s - lead_s)
            count = bisect_right(self._points, before, key=lambda point: point.last[0])
            while count and self._points[count - 1].last > self._last:
                count -= 1
            point = self._points[count - 1] if count else None
            return Ground(
                point,
                None if point is None else self._state_of(point),
                None if point is None else self._info_of(point),
                {log: seq for log, (seq, _) in self._ends.items()},
                self._last,
                self.ledger.said_until(at, self._last),
            )

    def _state_of(self, point: Point) -> bytes:
        self._flush()
        kept = read_kept(self._file, point.at)
        return zstandard.ZstdDecompressor().decompress(kept.state, max_output_size=_MAX_STATE_BYTES)

    def _info_of(self, point: Point) -> SessionInfo | None:
        if point.heard_at is None:
            return None
        self._flush()
        return read_heard(self._file, point.heard_at).info

    def _hear(self, info: SessionInfo | None) -> int:
        """Which of the texts it is; written down when it is another one than the last."""
        if info is None:
            return -1
        if self._info != info:
            self._info = info
            self._heard_at.append(self._write(Heard(info)))
        return len(self._heard_at) - 1

    def _add_point(self, kept: Kept, at: int) -> None:
        heard_at = self._heard_at[kept.heard] if kept.heard >= 0 else None
        places = {log: (seq, axis) for log, seq, axis in kept.places}
        self._points.append(Point(kept.last, places, heard_at, kept.holes, at))

    def _note_run(self, axis: Axis) -> None:
        if axis.session_num < 0:
            return
        span = self._runs.setdefault((axis.session_num, axis.run), [axis.sim_time_s, axis.sim_time_s])
        span[:] = min(span[0], axis.sim_time_s), max(span[1], axis.sim_time_s)

    def _write(self, deed: Deed) -> int:
        """Where it will stand in the file."""
        data = frame(self._number, msgspec.msgpack.encode(deed))
        at = self._size
        self._number, self._size = self._number + 1, at + len(data)
        self._due.append(data)
        return at

    def _flush(self) -> None:
        if not self._due:
            return
        data, self._due = b"".join(self._due), []
        begin = self._size - len(data)
        try:
            self._file.seek(begin)
            _write_all(self._file, data)
        except OSError as error:  # a full disk: what was written is copied, and it goes on in memory
            _log.warning("the annals of %s go on in memory: %s", self._session, error)
            self._file = _copy(self._file, begin)
            self._file.write(data)

    def _recall(self) -> None:
        """Do again what was done, as far as it was written down."""
        for at, end, deed in read_deeds(self._file):
            if at == 0 and deed != self._opening():
                break
            self._number, self._size = self._number + 1, end
            self._redo(deed, at)
        self._file.truncate(self._size)
        if not self._size:
            self._write(self._opening())

    def _redo(self, deed: Deed, at: int) -> None:
        match deed:
            case Heard(info):
                self._info = info
                self._heard_at.append(at)
            case Said(place, facts):
                self._note_run(place[0])
                self.ledger.note(place, facts)
            case Turned(to):
                self._points = [point for point in self._points if to is not None and point.last <= to]
                self.ledger.turn_back(to)
            case Told(front):
                self.again, self.front = self.ledger.news(), front
            case Kept():
                self._note_run(deed.last[0])
                self._add_point(deed, at)
            case _:
                pass

    def _opening(self) -> Opening:
        return Opening(self._session, VERSION, FOLD_VERSION)


def annals_path(folder: Path, session: SessionId) -> Path:
    return folder / f"{session}.annals"


def _open(path: Path | None) -> BinaryIO:
    if path is None:
        return io.BytesIO()
    try:
        file = open_file(path)
    except (OSError, ProfileError) as error:
        _log.warning("no annals at %s: %s", path, error)
        return io.BytesIO()
    if try_lock(file.fileno()):
        return file
    file.close()
    return io.BytesIO()


def _write_all(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:  # unbuffered: what does not fit on the disk is not written
        view = view[file.write(view) :]


def _copy(file: BinaryIO, size: int) -> BinaryIO:
    memory = io.BytesIO()
    try:
        file.seek(0)
        memory.write(file.read(size))
    except OSError:
        memory.seek(size)
    file.close()
    return memory
