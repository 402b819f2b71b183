"""Two moments of one real team race, seen by a member who was not driving: who changed, and what is dead."""

import json
from itertools import pairwise

import numpy as np
import pytest

from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.fact import DriverStint, Lap
from pitbox.model.session import CarClass, Entry, OwnCar, SessionInfo, SessionPart, Track
from pitbox.timing.race import RaceFold
from pitbox.wire.block import encode_rows
from pitbox.wire.record import BlockRecord, InfoRecord, LayoutRecord, RunRecord

BEFORE, AFTER = "1763227688917", "1763228431951"
KINDS = {1: "b1", 2: "i4", 3: "u4", 4: "f4", 5: "f8"}
TICKS = 3


@pytest.fixture(scope="module")
def snapshots(real_data):
    folder = real_data / "snapshots"
    return [
        tuple(json.loads((folder / name / f"{part}.json").read_text()) for part in ("session", "telemetry"))
        for name in (BEFORE, AFTER)
    ]


def channels(telemetry, *, is_field):
    times = ("SessionTime", "SessionTick")
    names = [
        name
        for name, value in telemetry.items()
        if name not in times
        and value["varType"] in KINDS
        and (
            name.startswith("CarIdx") or name in ("SessionState", "SessionFlags")
            if is_field
            else value["length"] == 1
        )
    ]
    return tuple(
        Channel(name, KINDS[telemetry[name]["varType"]], telemetry[name]["length"])
        for name in (*times, *names)
    )


def rows(telemetry, layout):
    """Some ticks of one moment: one alone, far ahead of all others, would not be believed."""
    out = np.zeros(TICKS, layout.dtype)
    for channel in layout.channels:
        value = np.array(telemetry[channel.name]["value"])
        if channel.kind == "u4":
            value = value.astype(np.int64) & 0xFFFFFFFF
        out[channel.name] = value if channel.count > 1 else value[0]
    out["SessionTime"] += np.arange(TICKS) / 60
    return out


def info(session):
    drivers = session["DriverInfo"]["Drivers"]
    return SessionInfo(
        sim="iRacing",
        sub_session_id=session["WeekendInfo"]["SubSessionID"],
        track=Track(session["WeekendInfo"]["TrackID"], "", "", 5753.6, 22.0),
        parts=tuple(
            SessionPart(part["SessionNum"], part["SessionType"])
            for part in session["SessionInfo"]["Sessions"]
        ),
        classes=(CarClass(0, ""),),
        entries=tuple(
            Entry(
                car["CarIdx"],
                car["CarNumber"],
                car["TeamID"],
                car["TeamName"],
                car["UserID"],
                car["UserName"],
                car["CarClassID"],
                car["CarScreenName"],
                is_pace_car=bool(car["CarIsPaceCar"]),
                is_spectator=bool(car["IsSpectator"]),
            )
            for car in drivers
        ),
        own=OwnCar(session["DriverInfo"]["DriverCarIdx"], 100.0, 0.75),
    )


def records(snapshot):
    session, telemetry = snapshot
    at_s, number = telemetry["SessionTime"]["value"][0], telemetry["SessionNum"]["value"][0]
    own = Layout(Stream.OWN, channels(telemetry, is_field=False))
    field = Layout(Stream.FIELD, channels(telemetry, is_field=True))
    yield RunRecord(sim_time_s=at_s, session_num=number, run=0, reason="entered")
    yield InfoRecord(sim_time_s=at_s, session_num=number, run=0, info=info(session))
    for layout_no, layout in enumerate((own, field)):
        yield LayoutRecord(sim_time_s=at_s, layout_no=layout_no, layout=layout)
        yield BlockRecord(
            sim_time_s=at_s,
            session_num=number,
            run=0,
            layout_no=layout_no,
            row_count=TICKS,
            data=encode_rows(layout, rows(telemetry, layout)),
        )


@pytest.fixture(scope="module")
def folded(snapshots):
    fold, facts, pictures = RaceFold(), [], []
    for snapshot in snapshots:
        for record in records(snapshot):
            facts += fold.fold(record)
        pictures.append(fold.standings())
    return facts, pictures


def test_eleven_drivers_changed_between_the_two(snapshots, folded):
    facts, (before, after) = folded
    named = {entry.car_idx: entry.user_id for entry in info(snapshots[0][0]).entries}
    changed = {car.car_idx for car in after.cars if car.user_id != named[car.car_idx]}
    assert len(changed) == 11
    swapped = {fact.car_idx for fact in facts if isinstance(fact, DriverStint) and fact.end == "swap"}
    was_seen = {car.car_idx for car in before.cars if car.status != "out"}
    on_track = {car.car_idx for car in after.cars if car.status == "track"}
    assert swapped == changed & was_seen & on_track
    assert len(swapped) >= 3


def test_who_watches_at_the_live_edge_is_no_replay(snapshots, folded):
    """Fact 22: outside a car the sim says that a replay plays; the field is live all the same."""
    assert all(telemetry["IsReplayPlaying"]["value"][0] for _, telemetry in snapshots)
    assert [round(picture.sim_time_s) for picture in folded[1]] == [2902, 3645]


def test_dead_own_values_are_never_shown_as_live(snapshots, folded):
    """Fact 13: fuel reads 0 and the lap fraction stands still; the car itself is on its way round."""
    for (session, telemetry), picture in zip(snapshots, folded[1], strict=True):
        assert telemetry["FuelLevel"]["value"][0] == 0
        assert picture.fuel_l is None
        assert picture.fuel_per_lap_l is None
        own = next(car for car in picture.cars if car.car_idx == session["DriverInfo"]["DriverCarIdx"])
        assert own.lap_pct == pytest.approx(telemetry["CarIdxLapDistPct"]["value"][own.car_idx], abs=1e-6)
        assert own.lap_pct != telemetry["LapDistPct"]["value"][0]
        assert own.laps == telemetry["CarIdxLapCompleted"]["value"][own.car_idx]


def test_the_order_is_the_sims_where_nobody_has_just_been_in_the_pits(snapshots, folded):
    """Fact 20: the sim's own places move at the line only, so a stop shows in them a lap late."""
    (_, telemetry), picture = snapshots[0], folded[1][0]
    position = telemetry["CarIdxPosition"]["value"]
    shown = [position[car.car_idx] for car in picture.cars if car.status == "track"]
    inversions = sum(a > b for a, b in pairwise(shown))
    assert len(shown) > 40
    assert shown[:20] == list(range(1, 21))
    assert inversions <= 3


def test_laps_that_nobody_saw_are_marked_so(folded):
    laps = [fact for fact in folded[0] if isinstance(fact, Lap)]
    assert all(lap.kind.is_broken for lap in laps)
    assert all(lap.fuel_used_l is None for lap in laps)
