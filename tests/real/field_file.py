"""The one-hertz file of a whole field, as rows and session text of ours."""

import json

import numpy as np

from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.wire.block import encode_rows
from pitbox.wire.record import BlockRecord, InfoRecord, LayoutRecord, RunRecord

WIDTH = 64
LAYOUT = Layout(
    Stream.FIELD,
    (
        Channel("SessionTime", "f8"),
        Channel("SessionTick", "i4"),
        Channel("SessionState", "i4"),
        Channel("SessionFlags", "u4"),
        Channel("CarIdxLapDistPct", "f4", WIDTH),
        Channel("CarIdxLap", "i4", WIDTH),
        Channel("CarIdxLapCompleted", "i4", WIDTH),
        Channel("CarIdxTrackSurface", "i4", WIDTH),
        Channel("CarIdxPosition", "i4", WIDTH),
    ),
)
STATES = {"GREEN": 4, "CHECKERED": 5}


class FieldFile:
    """`cars` of each moment by the file's own column names; -1 and "" mean unknown in it."""

    def __init__(self, folder):
        event = json.loads((folder / "event-brands.json").read_text())["data"]
        text = (folder / "brands-states.jsonl").read_text()
        lines = [json.loads(line)["payload"] for line in text.splitlines()]
        names, clock = event["manifests"]["car"], event["manifests"]["session"]
        self.event = event["info"]
        self.moments = [
            (
                dict(zip(clock, line["session"], strict=True)),
                [dict(zip(names, car, strict=True)) for car in line["cars"]],
            )
            for line in lines
        ]

    @property
    def green_s(self):
        """The race's clock runs from the green flag: where it stood full."""
        clock, _ = self.moments[0]
        return clock["sessionTime"] - (self.event["sessions"][0]["time"] - clock["timeRemain"])

    def info(self):
        classes = {name: at for at, name in enumerate(sorted({car["car"] for car in self.moments[0][1]}), 1)}
        return SessionInfo(
            sim="iRacing",
            sub_session_id=0,
            track=Track(
                self.event["trackId"],
                self.event["trackDisplayName"],
                "",
                self.event["trackLength"],
                22.0,
                tuple(sector["SectorStartPct"] for sector in self.event["sectors"]),
            ),
            parts=(SessionPart(0, "Race", self.event["sessions"][0]["time"], 3),),
            classes=tuple(CarClass(at, name) for name, at in classes.items()),
            entries=tuple(
                Entry(
                    idx := car["carIdx"],
                    car["carNum"],
                    0,
                    car["teamName"],
                    idx + 1,
                    "",
                    classes[car["car"]],
                    "",
                )
                for car in self.moments[0][1]
            ),
            own=OwnCar(-1, 0.0, 0.0),
        )

    def rows(self):
        """The parade's end and the green flag, which the file leaves out, and then its rows."""
        rows = np.zeros(len(self.moments) + 3, LAYOUT.dtype)
        rows["CarIdxTrackSurface"] = rows["CarIdxLapDistPct"] = -1
        for at, (clock, cars) in enumerate([*self.moments[:1] * 3, *self.moments]):
            row = rows[at]
            row["SessionTime"] = clock["sessionTime"]
            row["SessionState"] = STATES.get(clock["flagState"], 4)
            for car in cars:
                if car["state"] == "OUT":
                    continue
                idx = car["carIdx"]
                row["CarIdxTrackSurface"][idx] = 3
                row["CarIdxLapDistPct"][idx] = car["trackPos"]
                row["CarIdxLap"][idx], row["CarIdxLapCompleted"][idx] = car["lap"], car["lc"]
                row["CarIdxPosition"][idx] = car["pos"]
        rows["SessionTime"][:3] = self.green_s + np.array([-0.04, -0.02, 0.0])
        rows["SessionState"][:2] = 3
        return rows

    def records(self, rows_per_block=40):
        rows = self.rows()
        yield LayoutRecord(sim_time_s=0.0, layout_no=1, layout=LAYOUT)
        yield RunRecord(sim_time_s=0.0, session_num=0, run=0, reason="entered")
        yield InfoRecord(sim_time_s=0.0, session_num=0, run=0, info=self.info())
        for start in range(0, len(rows), rows_per_block):
            some = rows[start : start + rows_per_block]
            yield BlockRecord(
                sim_time_s=float(some["SessionTime"][0]),
                session_num=0,
                run=0,
                layout_no=1,
                row_count=len(some),
                data=encode_rows(LAYOUT, some),
            )
