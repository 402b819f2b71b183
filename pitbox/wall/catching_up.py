"""Waits until the database holds of a session what its logs hold now: who reads it gets the race as it is.

Whoever keeps the database open projects beside it; here one only looks how far that is.
"""

import threading
from collections.abc import Callable, Mapping

from pitbox.log.edits import recordings
from pitbox.log.shelf import Shelf
from pitbox.model.ids import LogId, SessionId
from pitbox.store.recorded import Cursor
from pitbox.store.standing import Standing, standing_of

Standings = Mapping[LogId, Standing]
Ask = Callable[[Callable[[Cursor], Standings]], Standings]
_LOOK_S = 0.5
_PATIENCE_S = 60.0
"""Without a step: what still waits then is left out by whoever projects."""
_FOLD_PATIENCE_S = 15.0
"""The same once all rows are there: facts are folded with them, and the last records may tell none."""


class CatchingUp:
    """Of one session, up to where its logs stood when this was made; belongs to one thread."""

    def __init__(self, shelf: Shelf, session: SessionId, ask: Ask) -> None:
        self._ask, self._session = ask, session
        self._wanted = {reader.log: reader.next_seq for reader in recordings(shelf, session)}

    def wait(self, say: Callable[[float], None], stop: threading.Event) -> None:
        """Until it is whole, somebody stops it, or nothing comes any more; `say` is told each share below 1.

        Raises StoreError.
        """
        rows, facts = self._shares()
        left_s = _PATIENCE_S
        while min(rows, facts) < 1.0 and left_s > 0:
            say((rows + facts) / 2)
            if stop.wait(_LOOK_S):
                return
            before, (rows, facts) = (rows, facts), self._shares()
            patience_s = _PATIENCE_S if rows < 1.0 else _FOLD_PATIENCE_S
            left_s = min(left_s - _LOOK_S, patience_s) if (rows, facts) == before else patience_s

    def _shares(self) -> tuple[float, float]:
        """Of what is wanted: how much has its rows, and how much is folded."""
        session, whole = self._session, sum(self._wanted.values())
        if not whole:
            return 1.0, 1.0
        found = self._ask(lambda cursor: standing_of(cursor, session))
        there = [(found.get(log, Standing()), seq) for log, seq in self._wanted.items()]
        rows = sum(min(one.row_seq, seq) for one, seq in there)
        return rows / whole, sum(min(one.fact_seq, seq) for one, seq in there) / whole
