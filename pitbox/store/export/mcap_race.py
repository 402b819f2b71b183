"""A session as MCAP: the own car and the field as they were sampled, and what is known of them as JSON.

Rows go out as ROS 1 messages, which need no library to read: the fields of a row, packed, little-endian, as
the schema beside them lists them. That is how a row lies in memory, so its bytes are written as they are.
"""

import re
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.ids import LogId
from pitbox.store.export.mcap_file import McapWriter
from pitbox.store.export.own import OwnRows
from pitbox.store.export.roll import Roll
from pitbox.store.export.tables import Table
from pitbox.store.field import Place, Sample, sample

_NAMES = {
    "b1": "bool",
    "i1": "int8",
    "i2": "int16",
    "i4": "int32",
    "u4": "uint32",
    "f4": "float32",
    "f8": "float64",
}
_ODD = re.compile(r"[^A-Za-z0-9_]")
_PAUSE_S = 1.0
_NS = 1_000_000_000
_MOST_NS = 2**63 - 1


class RaceClock:
    """Places each run of a session on one axis: by the wall's clock where that is known, else in a row."""

    def __init__(self, roll: Roll | None = None) -> None:
        self._roll = roll or Roll()
        self._zeros_s: dict[tuple[int, int], float] = {}
        self._last_s = 0.0

    def times_ns(self, session_num: int, run: int, times_s: Any) -> Any:
        """Times of one run; runs are asked for in the order of the race."""
        times_s = np.nan_to_num(np.asarray(times_s, np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        zero_s = self._zero_s((session_num, run), float(times_s.min()) if len(times_s) else 0.0)
        at_s = np.clip(times_s + zero_s, 0.0, _MOST_NS / _NS / 2)
        if len(at_s):
            self._last_s = max(self._last_s, float(at_s.max()))
        return np.round(at_s * 1e9).astype(np.uint64)

    def _zero_s(self, where: tuple[int, int], first_s: float) -> float:
        if where not in self._zeros_s:
            known = self._roll.runs.get(where)
            zero_s = known.zero_utc_s if known is not None else 0.0
            if zero_s + first_s < self._last_s:
                zero_s = self._last_s + _PAUSE_S - first_s
            self._zeros_s[where] = zero_s
        return self._zeros_s[where]


class McapRace:
    """`take` hears rows on the walk, `tell` what came of them at its end."""

    def __init__(self, path: Path, roll: Roll) -> None:
        """`roll` is the walk's own: what it knows of a run stands in it before the run's first row."""
        self._file = path.open("wb")
        self._writer = McapWriter(self._file)
        self._clock = RaceClock(roll)
        self._channels: dict[tuple[LogId, Layout], int] = {}
        self._samples: dict[LogId, Sample | None] = {}
        self.row_count = 0

    def take(self, own: OwnRows) -> None:
        if own.layout.stream is Stream.FIELD:
            place = Place(own.log.epoch, own.session_num, own.run)
            rows, self._samples[own.log] = sample(own.rows, place, self._samples.get(own.log))
        else:
            rows = own.rows
            self.row_count += len(rows)
        if len(rows):
            times = self._clock.times_ns(own.session_num, own.run, rows["SessionTime"])
            self._writer.add_rows(self._channel(own), times, rows)

    def tell(self, tables: list[Table]) -> None:
        for table in tables:
            if table.at:
                self._tell(table)
            elif table.name == "session":
                row = table.rows[0] if table.rows else {}
                self._writer.add_metadata("session", {key: str(row[key]) for key in row})
            else:
                for row in table.rows:
                    self._writer.add_metadata(table.name, {key: str(row[key]) for key in row})

    def close(self) -> None:
        try:
            self._writer.close()
        finally:
            self._file.close()

    def _channel(self, own: OwnRows) -> int:
        key = own.log, own.layout
        if key not in self._channels:
            stream = own.layout.stream
            topic = f"/{stream}/{own.log.device[:8]}"
            same = sum(log.device == own.log.device and one.stream is stream for log, one in self._channels)
            topic += f"/{same + 1}" if same else ""
            about = {"device": own.log.device, "log": str(own.log)}
            about |= {one.name: f"{one.unit}: {one.description}" for one in own.layout.channels if one.unit}
            schema = f"pitbox/{stream.capitalize()}", "ros1msg", ros1_schema(own.layout)
            self._channels[key] = self._writer.add_channel(topic, "ros1", schema, about)
        return self._channels[key]

    def _tell(self, table: Table) -> None:
        """What was said outside of any race stands behind its end."""
        schema = f"pitbox.{table.name}", "jsonschema", json_schema(table)
        topic = table.name if table.name in ("messages", "notes", "gaps") else f"facts/{table.name}"
        channel = self._writer.add_channel(f"/{topic}", "json", schema, {})
        times = [self._moment_ns(row, row[table.at] or 0.0) for row in table.rows]
        self._writer.add_messages(channel, times, [msgspec.json.encode(row) for row in table.rows])

    def _moment_ns(self, row: dict[str, Any], at_s: float) -> int:
        return int(self._clock.times_ns(row["session_num"], row["run"], np.array([at_s]))[0])


def ros1_schema(layout: Layout) -> bytes:
    """One line a channel, in the order of the row."""
    return "".join(_ros1_line(channel) for channel in layout.channels).encode()


def json_schema(table: Table) -> bytes:
    properties = {
        name: _json_type(kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)
    }
    return msgspec.json.encode({"type": "object", "title": table.name, "properties": properties})


def _ros1_line(channel: Channel) -> str:
    kind = _NAMES[channel.kind] + (f"[{channel.count}]" if channel.count > 1 else "")
    name = _ODD.sub("_", channel.name)
    return f"{kind} {name if name[:1].isalpha() else f'c_{name}'}\n"


def _json_type(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        return {"type": "array", "items": _json_type(kind.value_type)}
    if pa.types.is_boolean(kind):
        return {"type": "boolean"}
    if pa.types.is_integer(kind):
        return {"type": "integer"}
    return {"type": "number" if pa.types.is_floating(kind) else "string"}
