"""What collectors send live, before it is recorded here: the newest row of each, with source and age."""

import msgspec
import numpy as np

from pitbox.crew.mailbox import Mailbox
from pitbox.model.source import Origin, Ticks
from pitbox.sync.live import Row, speaker

_TIMES = np.dtype([("SessionTime", "<f8"), ("SessionTick", "<i4")])


class LiveRate(msgspec.Struct, frozen=True):
    """How one peer's live values come."""

    device: str
    stream: str
    count: int
    """Since the start."""
    age_s: float
    is_stale: bool


class LiveBoard:
    """Written by the radio's thread. Who speaks for the car is judged by what the collectors say."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Row] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._speaker: str | None = None
        self.changed: Mailbox[Row] = Mailbox()

    def put(self, row: Row) -> None:
        key = row.device, row.stream
        self._rows[key] = row
        self._counts[key] = self._counts.get(key, 0) + 1
        self.changed.put(row)

    def row(self, stream: str, now_s: float, session: str | None = None) -> Row | None:
        """Of the collector that speaks for the car; stale rows know that they are."""
        self._speaker = speaker(self._of("own", session), now_s, self._speaker)
        row = self._rows.get((self._speaker or "", stream))
        return row if row is None or session in (None, row.session) else None

    def ticks(self, session: str, now_s: float) -> Ticks | None:
        """Our car and the field of one session as they are just now; None while nobody speaks for the car.

        The field is seen by everybody: where the speaker does not send it, the freshest does.
        """
        own = self.row("own", now_s, session)
        if own is None:
            return None
        field = self.row("field", now_s, session)
        if field is None or field.is_stale(now_s):
            field = max(self._of("field", session), key=lambda row: row.at_s, default=None)
        slow = np.zeros(1, _TIMES)
        slow["SessionTime"] = own.sim_time_s
        if "SessionTick" in own.names:
            slow["SessionTick"] = own.get("SessionTick")
        seen = own if field is None else field
        origins = (Origin(own.device, own.at_s), Origin(seen.device, seen.at_s))
        return Ticks(own.values, slow if field is None else field.values, slow, origins)

    def rates(self, now_s: float) -> list[LiveRate]:
        return [
            LiveRate(*key, self._counts[key], row.age_s(now_s), row.is_stale(now_s))
            for key, row in sorted(self._rows.items())
        ]

    def _of(self, stream: str, session: str | None) -> list[Row]:
        return [
            row
            for (_, of), row in list(self._rows.items())
            if of == stream and session in (None, row.session)
        ]
