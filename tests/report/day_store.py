"""A race of many cars as facts in a store, with no log behind it; it may be known up to a moment only."""

from collections.abc import Iterable
from pathlib import Path

import long_race
import scenes

from pitbox.model.fact import Fact
from pitbox.model.ids import SessionId
from pitbox.store.database import Database
from pitbox.store.factrow import fact_key, fact_rows
from pitbox.store.roster import Roster
from pitbox.store.statement import insert_from
from pitbox.wire.record import InfoRecord, RunRecord

SESSION = SessionId("sub-24")


def store(path: Path, facts: Iterable[Fact]) -> Path:
    """Each as it was said last."""
    latest = {fact_key(fact): fact for fact in facts}
    roster = Roster(SESSION)
    roster.take(RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered"))
    roster.take(InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=scenes.info()))
    with Database(path) as database:
        connection = database.connection
        for table, rows in {**roster.cut(), **fact_rows(SESSION, latest.values())}.items():
            connection.register("told", rows)
            connection.execute(insert_from(table, "told", is_replacing=True))
            connection.unregister("told")
        for user_id, name in long_race.people().items():
            row = [SESSION, float(user_id), user_id, name]
            connection.execute("INSERT INTO drivers VALUES (?, 0, 0, 0, ?, ?, ?, 0)", row)
        own = [SESSION, scenes.info().own.car_idx]
        connection.execute(
            "INSERT INTO logs (epoch, session_id, device_id, own_car_idx, tank_l) VALUES (1, ?, 'd', ?, 100)",
            own,
        )
    return path
