"""Logs that are no longer on the shelf: archived or deleted by the user. Their rows stay, and say so."""

from collections.abc import Set as AbstractSet

from pitbox.model.ids import DeviceId, LogId, SessionId
from pitbox.store.database import Database


def mark_orphans(database: Database, present: AbstractSet[LogId]) -> list[str]:
    """Mark what is gone and unmark what is back; returns the sessions that became orphans."""
    known = known_logs(database)
    changed = [log for log, is_orphan in known.items() if is_orphan == (log in present)]
    if not changed:
        return []
    before = _orphan_sessions(database)
    with database.transaction() as connection:
        for log in changed:
            connection.execute(
                "UPDATE logs SET is_orphan = ? WHERE epoch = ?", [log not in present, log.epoch]
            )
        connection.execute(
            "UPDATE sessions SET is_orphan = NOT EXISTS "
            "(SELECT 1 FROM logs WHERE logs.session_id = sessions.session_id AND NOT logs.is_orphan)"
        )
    return sorted(_orphan_sessions(database) - before)


def known_logs(database: Database) -> dict[LogId, bool]:
    """Every log with rows in here, and whether it is marked as gone."""
    rows = database.connection.execute("SELECT session_id, device_id, epoch, is_orphan FROM logs").fetchall()
    return {LogId(SessionId(session), DeviceId(device), epoch): gone for session, device, epoch, gone in rows}


def _orphan_sessions(database: Database) -> set[str]:
    rows = database.connection.execute("SELECT session_id FROM sessions WHERE is_orphan").fetchall()
    return {session for (session,) in rows}
