"""Logs to project: a synthetic race, recorded as the scribe records it, on any number of devices."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.log.shelf import Shelf
from pitbox.model.ids import LogId, SessionId
from pitbox.model.source import Closed, InfoChanged, SourceEvent, Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS, Scenario
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.store.database import Database
from pitbox.store.projector import Projector
from pitbox.store.statement import identifier

SESSION = SessionId("sub-4711")
_LIMITS = ScribeLimits(reserve_bytes=0, warn_free_bytes=0)


class Recording:
    """One device that records: fed by hand, committed every quarter of a second of sim time."""

    def __init__(self, root: Path, device: str = "kai") -> None:
        self.scribe = Scribe(root, _identity(root, device), limits=_LIMITS)
        self.log: LogId | None = None
        self._rows = 0

    def feed(self, found: Iterable[SourceEvent]) -> None:
        for event in found:
            self.scribe.take([event])
            self.log = self.scribe.log or self.log
            self._rows += len(event) if isinstance(event, Ticks) else 0
            if self._rows >= 15:
                self._rows = 0
                self.scribe.commit()

    def stop(self) -> LogId:
        self.scribe.close("stopped")
        assert self.log is not None
        return self.log


@cache
def race() -> tuple[SourceEvent, ...]:
    """Four cars on a short lap, with their first stops and swaps: two minutes, every event of it."""
    plans = tuple(
        msgspec.structs.replace(plan, lap_s=plan.lap_s / 4, tank_l=10.0) for plan in SCENARIOS["duel"].classes
    )
    return _events(
        msgspec.structs.replace(
            SCENARIOS["duel"], classes=plans, race_s=80.0, parade_s=8.0, track_length_m=1400.0, stint_s=40.0
        )
    )


@cache
def sprint() -> tuple[SourceEvent, ...]:
    """The first forty seconds of it."""
    return until(race(), 40.0)


def until(found: Sequence[SourceEvent], end_s: float) -> tuple[SourceEvent, ...]:
    return tuple(event for event in found if starts_s(event) < end_s)


def since(found: Sequence[SourceEvent], start_s: float) -> tuple[SourceEvent, ...]:
    """The rest, as a source gives it that comes into view only now."""
    rest = [event for event in found[2:] if starts_s(event) >= start_s]
    info = next(event for event in reversed(until(found, start_s)) if isinstance(event, InfoChanged))
    return (found[0], msgspec.structs.replace(info, sim_time_s=starts_s(rest[0])), *rest)


def starts_s(event: SourceEvent) -> float:
    if isinstance(event, Ticks):
        return float(event.own["SessionTime"][0])
    return float(getattr(event, "sim_time_s", 0.0))


def record(root: Path, found: Iterable[SourceEvent], device: str = "kai") -> LogId:
    recording = Recording(root, device)
    recording.feed(found)
    return recording.stop()


def project(path: Path, logs: Path) -> Path:
    """Bring the database at `path` up to the logs, in one go."""
    with Database(path) as database:
        Projector(database, Shelf(logs)).catch_up()
    return path


def contents(path: Path) -> dict[str, Any]:
    """Every table as the sorted hashes of its rows, whatever the order of its columns."""
    with Database(path, is_read_only=True) as database:
        connection = database.connection
        found: dict[str, Any] = {}
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            names = connection.execute(
                "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY ALL", [table]
            ).fetchall()
            columns = ", ".join(identifier(name) for (name,) in names)
            query = f"SELECT hash({columns}) AS h FROM {identifier(table)}"  # noqa: S608 - quoted
            rows = connection.execute(query).fetchnumpy()
            found[table] = (names, np.sort(np.asarray(rows["h"])))
    return found


def assert_same(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert left.keys() == right.keys()
    for table, (names, rows) in left.items():
        assert names == right[table][0], f"{table} has other columns"
        assert len(rows) == len(right[table][1]), f"{table} has another count of rows"
        assert np.array_equal(rows, right[table][1]), f"{table} has other rows"


def _events(scenario: Scenario) -> tuple[SourceEvent, ...]:
    source = SyntheticSource(scenario, session=SESSION)
    found: list[SourceEvent] = []
    while not found or not isinstance(found[-1], Closed):
        found.extend(source.poll(0.0))
    return tuple(found)


def _identity(root: Path, device: str) -> Identity:
    return Identity.load_or_create(root.with_name(f"{root.name}-{device}"))
