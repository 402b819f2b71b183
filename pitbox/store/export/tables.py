"""What the folds and people know of a session, as tables with names in them.

Facts are told as people have set them right; `corrected` says what they set right, and who did.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa

from pitbox.model.amendment import amend
from pitbox.model.correction import fact_key
from pitbox.model.fact import DriverStint, Fact, FlagPhase, Incident, Lap, Stint, Stop, TyreStint
from pitbox.model.ids import DeviceId, SessionId
from pitbox.model.ledger import Ledger
from pitbox.model.message import EVERYBODY, messages
from pitbox.model.note import notes
from pitbox.model.person import name_of
from pitbox.store.export.passage import Told
from pitbox.store.export.roll import Roll
from pitbox.store.factrow import TABLES
from pitbox.store.sheet import Row, arrow_rows

_TEXT, _INT, _WIDE, _REAL, _IS = pa.string(), pa.int32(), pa.int64(), pa.float64(), pa.bool_()
_TEXTS = pa.list_(pa.string())
_PLACE = {"session_id": _TEXT, "session_num": _INT, "run": _INT}
_CAR = {"part": _TEXT, "number": _TEXT, "team": _TEXT, "class_name": _TEXT, "car": _TEXT}
_AT = {
    Lap: "end_s",
    Stop: "lane_in_s",
    Stint: "start_s",
    DriverStint: "start_s",
    TyreStint: "start_s",
    Incident: "start_s",
    FlagPhase: "start_s",
}
"""When a row is said to have happened."""


class Table(msgspec.Struct, frozen=True):
    name: str
    schema: pa.Schema
    rows: tuple[Row, ...]
    """In the order of the race."""
    at: str
    """The column that says when; empty for what has no moment."""

    def arrow(self) -> pa.Table:
        return arrow_rows(self.rows, self.schema)


def tables(session: SessionId, told: Told, ledger: Ledger) -> list[Table]:
    """All of them, those without rows included: an empty file says that there was nothing."""
    roll = told.roll
    return [
        _session(session, roll),
        _runs(session, roll),
        _entries(session, roll),
        *_facts(session, told, ledger),
        _messages(session, ledger),
        _notes(session, ledger),
        _gaps(session, roll),
    ]


def _facts(session: SessionId, told: Told, ledger: Ledger) -> list[Table]:
    facts, said = _amended(told.facts, ledger)
    rows: dict[type[Fact], list[Row]] = defaultdict(list)
    for fact in facts:
        words = said.get(fact_key(fact), ())
        rows[type(fact)].append({"session_id": session, **_fact_row(fact, told.roll), "corrected": words})
    found = []
    for kind, table in TABLES.items():
        schema = pa.schema({**_PLACE, **_named(kind), **dict(zip(table.schema.names, table.schema.types))})  # noqa: B905 - one schema
        schema = schema.append(pa.field("corrected", _TEXTS))
        order = sorted(rows[kind], key=lambda row: (row["session_num"], row["run"], row[_AT[kind]]))
        found.append(Table(table.name, schema, tuple(order), _AT[kind]))
    return found


def _named(kind: type[Fact]) -> dict[str, Any]:
    """Names beside the numbers."""
    if kind is FlagPhase:
        return {"part": _TEXT}
    if kind is Stop:
        return {**_CAR, "driver_in": _TEXT, "driver_out": _TEXT, "lane_s": _REAL, "stall_s": _REAL}
    return _CAR if kind in (Incident, TyreStint) else {**_CAR, "driver": _TEXT}


def _fact_row(fact: Fact, roll: Roll) -> Row:
    row = TABLES[type(fact)].row(fact) | {"part": roll.part(fact.session_num)}
    if isinstance(fact, FlagPhase):
        return row
    entry = roll.entries.get(fact.car_idx)
    row |= {"class_name": roll.class_name(fact.car_idx)}
    if entry is not None:
        row |= {"number": entry.number, "team": entry.team, "car": entry.car}
    if isinstance(fact, Stop):
        row["driver_in"], row["driver_out"] = (
            roll.drivers.get(u) for u in (fact.user_id_in, fact.user_id_out)
        )
        row["lane_s"] = None if fact.lane_out_s is None else fact.lane_out_s - fact.lane_in_s
        is_stood = fact.stall_in_s is not None and fact.stall_out_s is not None
        row["stall_s"] = row["stall_out_s"] - row["stall_in_s"] if is_stood else None
    elif not isinstance(fact, Incident | TyreStint):
        row["driver"] = roll.drivers.get(fact.user_id)
    return row


def _amended(facts: Sequence[Fact], ledger: Ledger) -> tuple[list[Fact], dict[str, tuple[str, ...]]]:
    """Facts as people have set them right, and what they said of each."""
    cars: dict[tuple[int, int, int], list[Fact]] = defaultdict(list)
    out: list[Fact] = []
    said: dict[str, tuple[str, ...]] = {}
    for fact in facts:
        if isinstance(fact, FlagPhase):
            out.append(fact)
        else:
            cars[fact.session_num, fact.run, fact.car_idx].append(fact)
    for (_, _, car_idx), own in cars.items():
        amendment = amend(car_idx, own, ledger)
        out += own if amendment is None else amendment.facts
        for one in () if amendment is None else amendment.said:
            said[one.key] = (*said.get(one.key, ()), f"{one.correction.field} by {one.who}")
    return out, said


def _session(session: SessionId, roll: Roll) -> Table:
    schema = pa.schema(
        {
            "session_id": _TEXT,
            "sim": _TEXT,
            "title": _TEXT,
            "track": _TEXT,
            "track_config": _TEXT,
            "track_length_m": _REAL,
            "pit_speed_mps": _REAL,
            "sub_session_id": _WIDE,
        }
    )
    info = roll.info
    if info is None:
        return Table("session", schema, ({"session_id": session},), "")
    track = info.track
    row = {
        "session_id": session,
        "sim": info.sim,
        "title": info.title,
        "track": track.name,
        "track_config": track.config,
        "track_length_m": track.length_m,
        "pit_speed_mps": track.pit_speed_mps,
        "sub_session_id": info.sub_session_id,
    }
    return Table("session", schema, (row,), "")


def _runs(session: SessionId, roll: Roll) -> Table:
    schema = pa.schema(_PLACE | {"part": _TEXT, "from_s": _REAL, "reason": _TEXT, "zero_utc": _TEXT})
    rows = [
        {
            "session_id": session,
            **msgspec.structs.asdict(run),
            "part": roll.part(run.session_num),
            "zero_utc": _utc(run.zero_utc_s),
        }
        for _, run in sorted(roll.runs.items())
    ]
    return _table("runs", schema, rows, "from_s")


def _entries(session: SessionId, roll: Roll) -> Table:
    schema = pa.schema(
        {"session_id": _TEXT, "car_idx": _INT, "number": _TEXT, "team_id": _WIDE, "team": _TEXT}
        | {"class_id": _INT, "class_name": _TEXT, "car": _TEXT, "is_pace_car": _IS, "is_spectator": _IS}
        | {"is_own": _IS}
    )
    own = set(roll.own.values())
    rows = [
        {
            **msgspec.structs.asdict(entry),
            "session_id": session,
            "class_name": roll.class_name(car_idx),
            "is_own": car_idx in own,
        }
        for car_idx, entry in sorted(roll.entries.items())
    ]
    return _table("entries", schema, rows, "")


def _messages(session: SessionId, ledger: Ledger) -> Table:
    schema = pa.schema(
        _PLACE
        | {"sim_time_s": _REAL, "said_utc": _TEXT, "sender": _TEXT, "to": _TEXT, "text": _TEXT}
        | {"acknowledged_by": _TEXTS}
    )
    rows = [
        {
            "session_id": session,
            **msgspec.structs.asdict(message.at),
            "said_utc": _utc(message.wall_s),
            "sender": name_of(ledger, message.sender),
            "to": _addressee(ledger, message.to),
            "text": message.text,
            "acknowledged_by": [name_of(ledger, device) for device in message.acknowledged],
        }
        for message in messages(ledger)
    ]
    return _table("messages", schema, rows, "sim_time_s")


def _notes(session: SessionId, ledger: Ledger) -> Table:
    schema = pa.schema(_PLACE | {"sim_time_s": _REAL, "author": _TEXT, "car_idx": _INT, "text": _TEXT})
    rows = [
        {
            "session_id": session,
            **msgspec.structs.asdict(note.at),
            "author": name_of(ledger, note.author),
            "car_idx": note.car_idx,
            "text": note.text,
        }
        for note in notes(ledger)
    ]
    return _table("notes", schema, rows, "sim_time_s")


def _gaps(session: SessionId, roll: Roll) -> Table:
    schema = pa.schema(
        _PLACE | {"device": _TEXT, "from_s": _REAL, "until_s": _REAL, "ticks": _WIDE, "reason": _TEXT}
    )
    rows = [
        {
            "session_id": session,
            "session_num": gap.lost.session_num,
            "run": gap.lost.run,
            "device": gap.log.device,
            "from_s": gap.lost.sim_time_s,
            "until_s": gap.lost.until_s,
            "ticks": gap.lost.count,
            "reason": gap.lost.reason,
        }
        for gap in roll.gaps
    ]
    return _table("gaps", schema, rows, "from_s")


def _table(name: str, schema: pa.Schema, rows: Iterable[Row], at: str) -> Table:
    """Rows may say more than the table has columns for."""
    names = schema.names
    return Table(name, schema, tuple({key: row.get(key) for key in names} for row in rows), at)


def _addressee(ledger: Ledger, device: DeviceId) -> str:
    return "everybody" if device == EVERYBODY else name_of(ledger, device)


def _utc(at_s: float) -> str | None:
    """`2026-11-21T23:02:19Z`; None where the clock says nothing that is a date."""
    if not 0 < at_s < 1e11:
        return None
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%dT%H:%M:%SZ}"
