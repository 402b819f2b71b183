"""The thread that learns the outline of the track on show: from the shelf, else from what was recorded there.

It reads recordings beside whoever writes them, the newest session first, and rests once it knows enough.
"""

import logging
import threading

import msgspec

from pitbox.analysis.survey import Survey
from pitbox.crew.health import HealthSink, unheard
from pitbox.crew.mailbox import Mailbox
from pitbox.crew.thread import Hand
from pitbox.log.errors import LogError
from pitbox.log.shelf import Shelf
from pitbox.model.channel import Stream
from pitbox.model.ids import LogId, SessionId
from pitbox.model.session import Track
from pitbox.wall.outline_shelf import Chart, OutlineShelf, chart_key
from pitbox.wire.errors import WireError
from pitbox.wire.record import AnyRecord, BlockRecord, InfoRecord, LayoutRecord, decode, kind_of
from pitbox.wire.unpack import Unpacker

_log = logging.getLogger("pitbox.wall")
_PAUSE_S = 4.0
_SESSIONS = 24
"""The newest; older ones tell nothing that these do not."""
_MOST_RECORDS = 4000
"""Of one log in one go: some minutes of race, then somebody else may have the core."""
_READ_KINDS = frozenset({LayoutRecord.KIND, InfoRecord.KIND, BlockRecord.KIND})


class _Wish(msgspec.Struct, frozen=True):
    key: str
    track: Track


class _Reading:
    """How far one log was read for one track."""

    def __init__(self, length_m: float) -> None:
        self.next_seq = 0
        self.unpacker = Unpacker()
        self.survey = Survey(length_m)
        self.key = ""
        """Of the track that the records are about; empty before the first session text."""


class Surveyor:
    """`want` and `charts` may be used on any thread; the rest belongs to the one that it starts."""

    def __init__(self, logs: Shelf, outlines: OutlineShelf, on_health: HealthSink = unheard) -> None:
        self.charts: Mailbox[Chart] = Mailbox()
        """What is known of the track that was asked for last."""
        self._logs, self._outlines = logs, outlines
        self._lock = threading.Lock()
        self._wish: _Wish | None = None
        self._woken = threading.Event()
        self._known: Chart | None = None
        self._looked_for = ""
        self._readings: dict[LogId, _Reading] = {}
        self._hand = Hand("surveyor", self.main, on_health, woken=self._woken)

    def want(self, sim: str, track: Track) -> None:
        """From now on it is this track; asked again it changes nothing."""
        wish = _Wish(chart_key(sim, track), track)
        with self._lock:
            is_new = self._wish is None or wish.key != self._wish.key
            self._wish = wish
        if is_new:
            self._woken.set()

    def start(self) -> None:
        self._hand.start()

    def stop(self) -> bool:
        return self._hand.stop(timeout_s=10.0)

    def main(self, stop: threading.Event) -> None:
        while not stop.is_set():
            has_more = self.look(stop)
            if not has_more and not stop.is_set():
                self._woken.wait(_PAUSE_S)
                self._woken.clear()

    def look(self, stop: threading.Event) -> bool:
        """One round; True when another one at once finds more."""
        with self._lock:
            wish = self._wish
        if wish is None:
            return False
        if wish.key != self._looked_for:
            self._looked_for, self._readings = wish.key, {}
            self._known = self._outlines.read(wish.key)
            if self._known is not None:
                self.charts.put(self._known)
        if self._is_enough:
            return False
        has_more = False
        for log in self._candidates():
            if stop.is_set() or self._is_enough:
                return False
            has_more |= self._read_on(log, wish)
        return has_more

    def _candidates(self) -> list[LogId]:
        sessions = sorted(self._logs.sessions(), key=self._age)[:_SESSIONS]
        return [log for session in sessions for log in self._logs.logs(session)]

    def _age(self, session: SessionId) -> float:
        try:
            return -(self._logs.root / session).stat().st_mtime
        except OSError:  # it was deleted a moment ago
            return 0.0

    def _read_on(self, log: LogId, wish: _Wish) -> bool:
        reading = self._readings.setdefault(log, _Reading(wish.track.length_m))
        if reading.key not in ("", wish.key):
            return False
        count = 0
        try:
            for entry in self._logs.reader(log).entries(reading.next_seq):
                reading.next_seq = entry.seq + 1
                if kind_of(entry.payload) in _READ_KINDS:
                    self._take(decode(entry.payload), reading)
                count += 1
                if count >= _MOST_RECORDS or reading.key not in ("", wish.key):
                    break
        except (LogError, WireError, OSError) as error:
            _log.info("no outline from %s: %s", log, error)
            return False
        self._tell(wish, reading.survey)
        return count >= _MOST_RECORDS and not self._is_enough

    @property
    def _is_enough(self) -> bool:
        return self._known is not None and self._known.lane is not None

    def _take(self, record: AnyRecord, reading: _Reading) -> None:
        if isinstance(record, LayoutRecord):
            reading.unpacker.learn(record)
        elif isinstance(record, InfoRecord):
            reading.key = chart_key(record.info.sim, record.info.track)
        elif (
            isinstance(record, BlockRecord)
            and reading.key
            and not reading.survey.is_settled_with_lane
            and reading.unpacker.stream(record) is Stream.OWN
        ):
            reading.survey.take(reading.unpacker.rows(record))

    def _tell(self, wish: _Wish, survey: Survey) -> None:
        """What is better than what is known: the first outline, and the lane as soon as there is one."""
        outline, lane, known = survey.outline, survey.lane.span, self._known
        if outline is None:
            return
        if known is not None and (lane is None or known.lane is not None):
            return
        self._known = Chart(wish.key, outline if known is None else known.outline, lane)
        self.charts.put(self._known)
        try:
            self._outlines.keep(self._known)
        except OSError as error:
            _log.info("the outline is not kept: %s", error)
