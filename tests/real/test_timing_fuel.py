"""Fuel per lap of a real six-hour team race, as a team's tool logged it: the fold against the samples."""

import json
from itertools import pairwise
from statistics import median

import numpy as np
import pytest

from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.fact import Lap
from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.timing.race import RaceFold
from pitbox.wire.block import encode_rows
from pitbox.wire.record import BlockRecord, InfoRecord, LayoutRecord, RunRecord

TIMES = (Channel("SessionTime", "f8"), Channel("SessionTick", "i4"))
OWN = Layout(Stream.OWN, (*TIMES, Channel("FuelLevel", "f4"), Channel("IsOnTrack", "b1")))
FIELD = Layout(
    Stream.FIELD,
    (
        *TIMES,
        Channel("SessionState", "i4"),
        Channel("CarIdxLapDistPct", "f4", 2),
        Channel("CarIdxLap", "i4", 2),
        Channel("CarIdxLapCompleted", "i4", 2),
        Channel("CarIdxTrackSurface", "i4", 2),
    ),
)
CAR = 1
RACE = "#2"
"""The last session of the log: the race, in which this driver drove two turns."""
SILENT_S = 12.0
"""Samples come every two to seven seconds; where they do not, somebody else drives."""


@pytest.fixture(scope="module")
def log(real_data):
    """(fuel samples, laps ended, places) of the race, each by session time."""
    found = {"runData": [], "lapdata": [], "event": []}
    text = (real_data / "team-race" / "irtactics-6h-road_america.log").read_text("utf-8", errors="replace")
    for line in text.splitlines():
        _, _, quoted = line.partition("$")
        record = json.loads(json.loads(quoted))
        if record["sessionId"].endswith(RACE) and record["type"] in found:
            found[record["type"]].append(record["payload"])
    return found["runData"], found["lapdata"], found["event"]


def turns(laps):
    """Laps that follow each other: (first crossing, ..., last crossing)."""
    out = [[laps[0]]]
    for before, lap in pairwise(laps):
        if lap["lap"] != before["lap"] + 1:
            out.append([])
        out[-1].append(lap)
    return [turn for turn in out if len(turn) > 2]


def rows(turn, samples, events):
    """One row a second between the first and the last crossing of a turn."""
    ends = np.array([lap["sessionTime"] for lap in turn])
    times = np.arange(ends[0], ends[-1] + 3.0, 1.0)
    lap = np.searchsorted(ends, times, side="right") - 1
    length_s = np.append(np.diff(ends), 110.0)
    own, field = np.zeros(len(times), OWN.dtype), np.zeros(len(times), FIELD.dtype)
    own["SessionTime"] = field["SessionTime"] = times
    at = np.array([sample["sessionTime"] for sample in samples])
    level = np.array([sample["fuelLevel"] for sample in samples])
    after = np.clip(np.searchsorted(at, times), 1, len(at) - 1)
    own["IsOnTrack"] = (at[after] - at[after - 1]) < SILENT_S
    own["FuelLevel"] = np.interp(times, at, level)
    field["SessionState"] = 4
    for name in ("CarIdxLapDistPct", "CarIdxLap", "CarIdxLapCompleted", "CarIdxTrackSurface"):
        field[name] = -1
    field["CarIdxLapDistPct"][:, CAR] = np.clip((times - ends[lap]) / length_s[lap], 0.0, 0.99999)
    field["CarIdxLap"][:, CAR] = turn[0]["lap"] + lap + 1
    field["CarIdxLapCompleted"][:, CAR] = turn[0]["lap"] + lap
    moved = np.array([event["sessionTime"] for event in events])
    place = np.array([event["trackLocation"] for event in events])
    field["CarIdxTrackSurface"][:, CAR] = place[np.clip(np.searchsorted(moved, times, "right") - 1, 0, None)]
    return own, field


def records(turn, samples, events, run):
    info = SessionInfo(
        "iRacing",
        0,
        Track(18, "", "", 6515.0, 20.0),
        (SessionPart(0, "Race"),),
        (CarClass(1, ""),),
        (Entry(CAR, "1", 1, "", 1, "", 1, ""),),
        OwnCar(CAR, 62.5, 0.75),
    )
    own, field = rows(turn, samples, events)
    start_s = float(own["SessionTime"][0])
    yield RunRecord(sim_time_s=start_s, session_num=0, run=run, reason="entered")
    yield InfoRecord(sim_time_s=start_s, session_num=0, run=run, info=info)
    for number, layout in enumerate((OWN, FIELD)):
        yield LayoutRecord(sim_time_s=start_s, layout_no=number, layout=layout)
    for start in range(0, len(own), 60):
        for number, (layout, table) in enumerate(((OWN, own), (FIELD, field))):
            some = table[start : start + 60]
            yield BlockRecord(
                sim_time_s=float(some["SessionTime"][0]),
                session_num=0,
                run=run,
                layout_no=number,
                row_count=len(some),
                data=encode_rows(layout, some),
            )


@pytest.fixture(scope="module")
def folded(log):
    samples, laps, events = log
    fold, facts = RaceFold(), {}
    for run, turn in enumerate(turns(laps)):
        for record in records(turn, samples, events, run):
            facts |= {fact.lap: fact for fact in fold.fold(record) if isinstance(fact, Lap)}
    return fold, facts


def test_fuel_of_every_lap_agrees_with_the_samples(log, folded):
    """The tool's own level at each crossing is another measurement of the same."""
    _, laps, _ = log
    expected = {
        lap["lap"]: before["fuelLevel"] - lap["fuelLevel"]
        for before, lap in pairwise(laps)
        if lap["lap"] == before["lap"] + 1 and lap["fuelLevel"] < before["fuelLevel"]
    }
    clean = {lap.lap: lap for lap in folded[1].values() if lap.kind.is_clean() and lap.lap in expected}
    assert len(clean) >= 30
    fuel = {number: lap.fuel_used_l for number, lap in clean.items() if lap.fuel_used_l is not None}
    assert len(fuel) >= len(clean) - 5
    wrong = [number for number, used_l in fuel.items() if abs(used_l / expected[number] - 1) > 0.03]
    assert not wrong
    assert median(fuel.values()) == pytest.approx(median(expected.values()), rel=0.03)


def test_the_running_figure_stands_on_clean_laps(folded):
    fold, facts = folded
    clean = [lap.fuel_used_l for lap in facts.values() if lap.kind.is_clean() and lap.fuel_used_l]
    standings = fold.standings()
    assert standings.fuel_laps == 10
    assert standings.fuel_per_lap_l == pytest.approx(median(clean[-10:]), rel=0.03)
