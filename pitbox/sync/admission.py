"""Whether a log may be kept here, judged by what it begins with: nobody says before what kind of log it is.

What was refused is remembered, so that it is asked for once and not again and again; and judged again each
time somebody offers it, since roles change.
"""

import logging
from collections.abc import Callable

from pitbox.model.ids import LogId
from pitbox.sync.message import Records
from pitbox.wire.errors import WireError
from pitbox.wire.framing import unframe
from pitbox.wire.record import kind_of

_log = logging.getLogger("pitbox.sync")
_MOST_REFUSED = 20_000

Judge = Callable[[LogId, int], bool]
"""Whether a log may be kept here that begins with a record of this kind."""


class Admission:
    def __init__(self, judge: Judge = lambda _log, _kind: True) -> None:
        self._judge = judge
        self._refused: dict[LogId, int] = {}
        """By log: the kind of its first record."""

    def is_refused(self, log: LogId) -> bool:
        """What came of it before may not be kept, by what is known now."""
        kind = self._refused.get(log)
        return kind is not None and not self._judge(log, kind)

    def admits(self, log: LogId, first: Records) -> bool:
        """Judge the first that comes of a log; what cannot be read yet is left to those who keep it."""
        kind = _first_kind(first)
        if kind is None or self._judge(log, kind):
            return True
        _log.info("%s is not kept: nobody here knows who wrote it", log)
        if len(self._refused) >= _MOST_REFUSED:
            self._refused.clear()
        self._refused[log] = kind
        return False


def _first_kind(message: Records) -> int | None:
    """Of the log, if these are its first records and they can be read."""
    try:
        return kind_of(unframe(memoryview(message.data))[1]) if message.first_seq == 0 else None
    except WireError:
        return None
