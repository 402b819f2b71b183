"""Builds `.ibt` files byte by byte, from the format and not from the code under test."""

import struct

CODES = {"b1": (1, "?"), "i4": (2, "i"), "u4": (3, "I"), "f4": (4, "f"), "f8": (5, "d")}
SIZES = {"b1": 1, "i4": 4, "u4": 4, "f4": 4, "f8": 8}
MODERN = (
    ("SessionTime", "f8"), ("SessionTick", "i4"), ("SessionNum", "i4"), ("SessionState", "i4"),
    ("SessionUniqueID", "i4"), ("SessionFlags", "u4"), ("IsOnTrack", "b1"), ("IsOnTrackCar", "b1"),
    ("OnPitRoad", "b1"), ("PlayerTrackSurface", "i4"), ("Lap", "i4"), ("LapCompleted", "i4"),
    ("LapDistPct", "f4"), ("Speed", "f4"), ("FuelLevel", "f4"), ("Lat", "f8"), ("Lon", "f8"),
)  # fmt: skip
OLD = tuple(
    column
    for column in MODERN
    if column[0] not in {"SessionTick", "PlayerTrackSurface", "LapCompleted", "SessionFlags"}
)
"""As of 2015, in files of version 1."""
TEXT = (
    b"---\nWeekendInfo:\n TrackDisplayName: Ring\n TrackLength: 5.00 km\n SubSessionID: %d\n\n"
    b"SessionInfo:\n Sessions:\n - SessionNum: 0\n   SessionType: Practice\n - SessionNum: 1\n"
    b"   SessionType: Offline Testing\n\nDriverInfo:\n DriverCarIdx: 2\n DriverCarFuelMaxLtr: 60.0\n"
    b" Drivers:\n - CarIdx: 2\n   UserName: Ada\n   UserID: 7\n   CarScreenName: GT3\n\n...\n"
)


def drive(seconds, *, lap_s=20.0, start=0.3, from_s=100.0, columns=MODERN, **fixed):
    """Rows of steady laps."""
    rows = []
    for at in range(round(seconds * 60)):
        way = start + at / 60 / lap_s
        values = {
            "SessionTime": from_s + at / 60, "SessionTick": 6000 + at, "SessionState": 4, "IsOnTrack": True,
            "IsOnTrackCar": True, "PlayerTrackSurface": 3, "Lap": 1 + int(way), "LapCompleted": int(way),
            "LapDistPct": way % 1.0, "Speed": 60.0, "FuelLevel": 50 - at / 3600, "Lat": 50.0, "Lon": 7.0,
            **fixed,
        }  # fmt: skip
        rows.append({name: values.get(name, 0) for name, _ in columns})
    return rows


def blank(row):
    """As the sim writes at a reset: zeros but for time and fuel."""
    kept = {"SessionTime", "SessionTick", "FuelLevel", "IsOnTrack"}
    return {
        name: (-1 if name == "PlayerTrackSurface" else value if name in kept else 0)
        for name, value in row.items()
    }


def ibt(rows, *, columns=MODERN, version=2, told=None, sub=0, text=None, zero_s=1_790_000_000):
    """The file's bytes; `told` is the number of records that its head claims.

    `zero_s` is the wall clock at session time 0.
    """
    text = (TEXT % sub) if text is None else text
    offsets, length = {}, 0
    for name, kind in columns:
        offsets[name] = length
        length += SIZES[kind]
    variables_at = 144
    text_at = variables_at + 144 * len(columns)
    rows_at = text_at + len(text)
    out = bytearray(rows_at + length * len(rows))
    struct.pack_into(
        "<10i", out, 0, version, 1, 60, 0, len(text), text_at, len(columns), variables_at, 1, length
    )
    struct.pack_into("<3i", out, 48, len(rows), rows_at, 0)
    ends = [rows[0]["SessionTime"], rows[-1]["SessionTime"]] if rows else [0.0, 0.0]
    began_s = zero_s + round(ends[0])
    struct.pack_into("<q2d2i", out, 112, began_s, *ends, 1, len(rows) if told is None else told)
    for number, (name, kind) in enumerate(columns):
        struct.pack_into(
            "<3i?3x32s64s32s", out, variables_at + 144 * number, CODES[kind][0], offsets[name], 1, False,
            name.encode(), b"what it is", b"unit",
        )  # fmt: skip
    out[text_at:rows_at] = text
    for number, row in enumerate(rows):
        for name, kind in columns:
            struct.pack_into(f"<{CODES[kind][1]}", out, rows_at + number * length + offsets[name], row[name])
    return bytes(out)
