"""Where one process notes what models said and what came of it; a full disk ends the notes, never a race."""

import logging
from collections.abc import Iterator, Sequence

from pitbox.wall.forecast_log import ForecastLog, Record

_log = logging.getLogger("pitbox.predict")


class Notebook:
    def __init__(self, log: ForecastLog | None) -> None:
        """None for a process that only looks: nothing is noted, nothing is known of before."""
        self._log = log

    def read(self) -> Iterator[Record]:
        """Of all earlier races, the oldest first."""
        return iter(()) if self._log is None else self._log.read()

    def note(self, records: Sequence[Record]) -> None:
        if self._log is None:
            return
        try:
            self._log.write(records)
        except OSError as error:  # a full disk: recording comes first, and a forecast is only an opinion
            _log.warning("What models said is not noted: %s", error)
            self._log = None
