"""How far each log of a session stands in the database: its rows, and the facts that are folded from them."""

import msgspec

from pitbox.model.ids import DeviceId, LogId, SessionId
from pitbox.store.recorded import Cursor

_STANDING = """
SELECT r.device_id, r.epoch, r.next_seq, coalesce(f.next_seq, 0)
FROM projection_marks AS r LEFT JOIN fold_marks AS f USING (session_id, device_id, epoch)
WHERE r.session_id = ?
"""


class Standing(msgspec.Struct, frozen=True):
    """The first record of a log that has no rows yet, and the first that is not folded."""

    row_seq: int = 0
    fact_seq: int = 0


def standing_of(cursor: Cursor, session: SessionId) -> dict[LogId, Standing]:
    rows = cursor.execute(_STANDING, [session]).fetchall()
    return {
        LogId(session, DeviceId(device), epoch): Standing(row_seq, fact_seq)
        for device, epoch, row_seq, fact_seq in rows
    }
