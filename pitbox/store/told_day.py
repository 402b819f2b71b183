"""A race that nobody recorded, told as facts straight into the store: for benches and tests."""

from collections.abc import Iterable, Mapping

from pitbox.model.fact import Fact
from pitbox.model.ids import SessionId
from pitbox.model.session import SessionInfo
from pitbox.store.database import Database
from pitbox.store.factrow import fact_key, fact_rows
from pitbox.store.roster import Roster
from pitbox.store.statement import insert_from
from pitbox.wire.record import InfoRecord, RunRecord

_KEYS = ("epoch", "session_num", "run", "SessionTick", "SessionTime", "Lap")


def tell_day(
    database: Database,
    session: SessionId,
    info: SessionInfo,
    facts: Iterable[Fact],
    people: Mapping[int, str],
    *,
    epoch: int = 1,
) -> None:
    """Each fact as it was said last. `people` drive beside those of the entries."""
    latest = {fact_key(fact): fact for fact in facts}
    roster = Roster(session)
    roster.take(RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered"))
    roster.take(InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=info))
    connection = database.connection
    for table, rows in {**roster.cut(), **fact_rows(session, latest.values())}.items():
        connection.register("told", rows)
        connection.execute(insert_from(table, "told", is_replacing=True))
        connection.unregister("told")
    for user_id, name in people.items():
        row = [session, float(user_id), user_id, name]
        connection.execute("INSERT INTO drivers VALUES (?, 0, 0, 0, ?, ?, ?, 0)", row)
    connection.execute(
        "INSERT INTO logs (epoch, session_id, device_id, own_car_idx, tank_l) VALUES (?, ?, 'd', ?, 100)",
        [epoch, session, info.own.car_idx],
    )


def lay_own_laps(database: Database, source: SessionId, session: SessionId, channels: Iterable[str]) -> int:
    """One recorded lap of `source` under every lap of our car of `session`, stretched to its time."""
    connection = database.connection
    (epoch, number, run, start_s, end_s) = connection.execute(
        "SELECT g.epoch, l.session_num, l.run, l.start_s, l.end_s FROM laps AS l "
        "JOIN logs AS g ON g.session_id = l.session_id AND g.own_car_idx = l.car_idx "
        "WHERE l.session_id = ? AND NOT l.is_out AND NOT l.is_in ORDER BY l.is_clean DESC, l.lap LIMIT 1",
        [source],
    ).fetchall()[0]
    have = {
        name
        for (name,) in connection.execute(
            "SELECT column_name FROM duckdb_columns() "
            "WHERE table_name = 'own_car' AND database_name = current_database()"
        ).fetchall()
    }
    names = [f'"{name}"' for name in dict.fromkeys(channels) if name in have and name not in _KEYS]
    keys = ", ".join(f'"{key}"' for key in _KEYS)
    found = connection.execute(
        f"INSERT INTO own_car ({keys}, {', '.join(names)}) "  # noqa: S608 - columns of our own table
        'SELECT g.epoch, l.session_num, l.run, o."SessionTick", l.start_s + (o."SessionTime" - $start) '
        f"* (l.end_s - l.start_s) / ($end - $start), l.lap, {', '.join('o.' + name for name in names)} "
        "FROM laps AS l JOIN logs AS g ON g.session_id = l.session_id AND g.own_car_idx = l.car_idx, "
        "own_car AS o WHERE l.session_id = $session AND o.epoch = $epoch AND o.session_num = $number "
        'AND o.run = $run AND o."SessionTime" >= $start AND o."SessionTime" < $end ORDER BY l.lap, 5',
        {"session": session, "epoch": epoch, "number": number, "run": run, "start": start_s, "end": end_s},
    ).fetchall()
    return int(found[0][0])
