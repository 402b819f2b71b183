"""Facts as rows of their tables."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import pyarrow as pa

from pitbox.model.fact import DriverStint, Fact, FlagPhase, Incident, Lap, Stint, Stop, TyreStint
from pitbox.model.ids import SessionId
from pitbox.store.sheet import Row, arrow_rows

_INT = pa.int32()
_WIDE = pa.int64()
_TIME = pa.float64()
_TIMES = pa.list_(pa.float64())
_WORDS = pa.list_(pa.string())
_IS = pa.bool_()


class FactTable(msgspec.Struct, frozen=True):
    name: str
    schema: pa.Schema
    keys: tuple[str, ...]
    row: Callable[[Any], Row]


def _lap(lap: Lap) -> Row:
    kind = lap.kind
    row = _plain(lap, "kind")
    row |= {"time_s": lap.time_s, "is_clean": kind.is_clean()}
    return row | msgspec.structs.asdict(kind)


def _stint(stint: Stint | DriverStint | TyreStint) -> Row:
    return _plain(stint, "end") | {"end_reason": stint.end}


def _stop(stop: Stop) -> Row:
    words = [service.what for service in stop.service]
    return _plain(stop, "service") | {
        "service": words,
        "service_confidence": [service.confidence for service in stop.service],
    }


def _plain(fact: Fact, *without: str) -> Row:
    return {name: value for name, value in msgspec.structs.asdict(fact).items() if name not in without}


def _table(name: str, number: str, row: Callable[[Any], Row], columns: Mapping[str, Any]) -> FactTable:
    keys = {"session_id": pa.string(), "session_num": _INT, "run": _INT}
    schema = pa.schema({**keys, **columns})
    car = ("car_idx",) if "car_idx" in columns else ()
    return FactTable(name, schema, ("session_num", "run", *car, number), row)


TABLES: dict[type[Fact], FactTable] = {
    Lap: _table(
        "laps",
        "lap",
        _lap,
        {
            "car_idx": _INT,
            "lap": _INT,
            "user_id": _WIDE,
            "start_s": _TIME,
            "end_s": _TIME,
            "time_s": _TIME,
            "is_clean": _IS,
            "is_out": _IS,
            "is_in": _IS,
            "is_caution": _IS,
            "is_tow": _IS,
            "is_broken": _IS,
            "stint": _INT,
            "position": _INT,
            "class_position": _INT,
            "compound": _INT,
            "fuel_used_l": _TIME,
            "fuel_left_l": _TIME,
            "is_incident": _IS,
            "sectors_s": _TIMES,
        },
    ),
    Stint: _table(
        "stints",
        "stint",
        _stint,
        {
            "car_idx": _INT,
            "stint": _INT,
            "user_id": _WIDE,
            "compound": _INT,
            "start_s": _TIME,
            "start_lap": _INT,
            "laps": _INT,
            "end_s": _TIME,
            "end_reason": pa.string(),
        },
    ),
    Stop: _table(
        "stops",
        "stop",
        _stop,
        {
            "car_idx": _INT,
            "stop": _INT,
            "lap": _INT,
            "lane_in_s": _TIME,
            "stall_in_s": _TIME,
            "stall_out_s": _TIME,
            "lane_out_s": _TIME,
            "user_id_in": _WIDE,
            "user_id_out": _WIDE,
            "compound_in": _INT,
            "compound_out": _INT,
            "fuel_added_l": _TIME,
            "is_tow": _IS,
            "service": _WORDS,
            "service_confidence": _TIMES,
        },
    ),
    FlagPhase: _table(
        "flag_phases", "phase", _plain, {"phase": _INT, "flag": pa.string(), "start_s": _TIME, "end_s": _TIME}
    ),
    DriverStint: _table(
        "driver_stints",
        "driver_stint",
        _stint,
        {
            "car_idx": _INT,
            "driver_stint": _INT,
            "user_id": _WIDE,
            "start_s": _TIME,
            "start_lap": _INT,
            "laps": _INT,
            "end_s": _TIME,
            "end_reason": pa.string(),
        },
    ),
    TyreStint: _table(
        "tyre_stints",
        "tyre_stint",
        _stint,
        {
            "car_idx": _INT,
            "tyre_stint": _INT,
            "compound": _INT,
            "start_s": _TIME,
            "start_lap": _INT,
            "laps": _INT,
            "end_s": _TIME,
            "end_reason": pa.string(),
            "confidence": _TIME,
        },
    ),
    Incident: _table(
        "incidents",
        "incident",
        _plain,
        {
            "car_idx": _INT,
            "incident": _INT,
            "kind": pa.string(),
            "start_s": _TIME,
            "end_s": _TIME,
            "lap": _INT,
            "lap_pct": _TIME,
            "confidence": _TIME,
        },
    ),
}


def fact_key(fact: Fact) -> tuple[object, ...]:
    """Facts with equal keys replace each other."""
    table = TABLES[type(fact)]
    return (table.name, *(getattr(fact, key) for key in table.keys))


def fact_rows(session: SessionId, facts: Iterable[Fact]) -> dict[str, pa.Table]:
    """Rows by table; the facts have distinct keys."""
    rows: dict[type[Fact], list[Row]] = {kind: [] for kind in TABLES}
    for fact in facts:
        rows[type(fact)].append({"session_id": session, **TABLES[type(fact)].row(fact)})
    return {
        TABLES[kind].name: arrow_rows(found, TABLES[kind].schema) for kind, found in rows.items() if found
    }
