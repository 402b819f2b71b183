"""Builds images of the sim's memory byte by byte, from the format and not from the code under test."""

import struct
from dataclasses import dataclass, field

KINDS = {"i1": 0, "b1": 1, "i4": 2, "u4": 3, "f4": 4, "f8": 5}
SIZES = {"i1": 1, "b1": 1, "i4": 4, "u4": 4, "f4": 4, "f8": 8}

COLUMNS = (
    ("SessionTime", "f8", 1),
    ("SessionTick", "i4", 1),
    ("SessionNum", "i4", 1),
    ("SessionState", "i4", 1),
    ("SessionUniqueID", "i4", 1),
    ("SessionFlags", "u4", 1),
    ("IsOnTrack", "b1", 1),
    ("IsReplayPlaying", "b1", 1),
    ("FuelLevel", "f4", 1),
    ("LapDistPct", "f4", 1),
    ("LatAccel_ST", "f4", 6),
    ("CarIdxLapDistPct", "f4", 72),
    ("CarIdxLap", "i4", 72),
    ("CarIdxTrackSurface", "i4", 72),
    ("CarIdxOnPitRoad", "b1", 72),
    ("CarIdxLastLapTime", "f4", 72),
    ("CarIdxRPM", "f4", 72),
)
TEXT = (
    b"---\nWeekendInfo:\n TrackName: x\n SessionID: 5\n SubSessionID: 77\n\n"
    b"DriverInfo:\n DriverCarIdx: 0\n\n...\n"
)


@dataclass
class Image:
    columns: tuple = COLUMNS
    version: int = 2
    status: int = 1
    tick_rate: int = 60
    slots: int = 3
    text: bytes = TEXT
    text_update: int = 1
    text_bytes: int = 4096
    is_stamped: bool = True
    """As builds since 2026 do: the tick is written before the row too."""
    extra: int = 4
    """Bytes at the end of a row that no channel uses."""
    offsets: dict = field(init=False)

    def __post_init__(self):
        self.offsets, at = {}, 0
        for name, kind, count in self.columns:
            self.offsets[name] = at
            at += SIZES[kind] * count
        self.row_bytes = at + self.extra
        self.variables_at = 112 + self.text_bytes
        self.rows_at = self.variables_at + 144 * len(self.columns)
        self.size = self.rows_at + self.slots * self.row_bytes

    def row_at(self, slot):
        return self.rows_at + slot * self.row_bytes

    def row(self, **values):
        """One row; a channel that is not named is zero."""
        out = bytearray(self.row_bytes)
        for name, kind, count in self.columns:
            if name in values:
                value = values[name] if count > 1 else (values[name],)
                code = {"i1": "b", "b1": "?", "i4": "i", "u4": "I", "f4": "f", "f8": "d"}[kind]
                struct.pack_into(f"<{count}{code}", out, self.offsets[name], *value)
        return bytes(out)

    def build(self):
        """The whole image, with buffers that were never written."""
        out = bytearray(self.size)
        struct.pack_into(
            "<10i", out, 0, self.version, self.status, self.tick_rate, self.text_update, self.text_bytes, 112,
            len(self.columns), self.variables_at, self.slots, self.row_bytes,
        )  # fmt: skip
        for slot in range(self.slots):
            struct.pack_into("<i", out, 48 + 16 * slot + 4, self.row_at(slot))
        out[112 : 112 + len(self.text)] = self.text
        at = 0
        for number, (name, kind, count) in enumerate(self.columns):
            struct.pack_into(
                "<3i?3x32s64s32s", out, self.variables_at + 144 * number, KINDS[kind], at, count,
                name.endswith("_ST"), name.encode(), b"what it is", b"unit",
            )  # fmt: skip
            at += SIZES[kind] * count
        return out

    def write(self, memory, tick, row, *, is_stamp=True):
        """One row in place, as the sim does: the row first, the stamp after."""
        slot = tick % self.slots
        if self.is_stamped:
            struct.pack_into("<i", memory, 48 + 16 * slot + 8, tick)
        memory[self.row_at(slot) : self.row_at(slot) + self.row_bytes] = row
        if is_stamp:
            struct.pack_into("<i", memory, 48 + 16 * slot, tick)
            if self.is_stamped:
                struct.pack_into("<2i", memory, 40, tick, slot)
