"""Which of the sim's session texts are worth a record: the first, the last, and one a minute between.

The text is new with every lap of every car; all of them would outweigh the telemetry.
"""

import msgspec
import zstandard

from pitbox.model.source import InfoChanged
from pitbox.wire.limit import MAX_PLAIN_PAYLOAD

_EVERY_S = 60.0
_HEAD_BYTES = 64


class Text(msgspec.Struct, frozen=True):
    session_num: int
    sim_time_s: float
    frame: bytes
    """One zstd frame."""


class Transcript:
    """Takes every text; gives those that are due."""

    def __init__(self) -> None:
        self._written: InfoChanged | None = None
        self._waiting: InfoChanged | None = None
        self._compressor = zstandard.ZstdCompressor(level=6)

    def take(self, event: InfoChanged) -> list[Text]:
        last = self._written
        if not event.text or (last is not None and event.text == last.text):
            return []
        if last is not None and last.session_num == event.session_num:
            if 0 <= event.sim_time_s - last.sim_time_s < _EVERY_S:
                self._waiting = event
                return []
            return self._write(event)
        return [*self.finish(), *self._write(event)]

    def finish(self) -> list[Text]:
        """What still waits: the last word on its session."""
        return [] if self._waiting is None else self._write(self._waiting)

    def _write(self, event: InfoChanged) -> list[Text]:
        self._written, self._waiting = event, None
        frame = self._compressor.compress(event.text)
        if len(frame) > MAX_PLAIN_PAYLOAD - _HEAD_BYTES:
            return []  # no reader would take it, and its content is in the info
        return [Text(event.session_num, event.sim_time_s, frame)]
