"""Fact 21: cars that the sim hides are told, with what to do; and nobody cries wolf."""

import msgspec
import numpy as np
import pytest

from pitbox.crew.health import Level
from pitbox.identity.device import Identity
from pitbox.log.scribe import Scribe, ScribeLimits
from pitbox.model.ids import SessionId
from pitbox.model.source import Closed, InfoChanged, Ticks
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.sim.synthetic.source import SyntheticSource
from pitbox.wall.checkup.cars import examine_cars
from pitbox.wall.muster import Hidden, MusterCall

UNSEEN = {
    "CarIdxTrackSurface": -1,
    "CarIdxLapDistPct": -1.0,
    "CarIdxLap": -1,
    "CarIdxLapCompleted": -1,
    "CarIdxOnPitRoad": 0,
}


def short(name, **changes):
    """On a third of the lap, so that laps come soon; what goes before the race is as much shorter."""
    plan = SCENARIOS[name]
    before = {"practice_s": plan.practice_s / 3, "qualify_s": plan.qualify_s / 3}
    plans = tuple(msgspec.structs.replace(kind, lap_s=kind.lap_s / 3) for kind in plan.classes)
    length_m = plan.track_length_m / 3
    return msgspec.structs.replace(plan, classes=plans, track_length_m=length_m, **before | changes)


def told_by(scenario, hide=()):
    """Every state that health hears of while a collector sees this."""
    told, call = [], None
    call = MusterCall(told.append)
    source = SyntheticSource(scenario, session=SessionId("sub-1"))
    is_over = False
    while not is_over:
        for event in source.poll(0.0):
            if isinstance(event, Ticks):
                for name, unseen in UNSEEN.items():
                    event.field[name][:, list(hide)] = unseen
            is_over = is_over or isinstance(event, Closed)
            call.take(event)
    source.close()
    return told


def test_cars_that_drive_unseen_are_told_with_what_to_do():
    told = told_by(short("sprint", race_s=240.0), hide=(3, 5, 6))
    assert told[-1].level is Level.OK, "the session is over"
    worst = told[-2]
    assert (worst.room, worst.subject, worst.level) == ("sim", "cars", Level.DEGRADED)
    assert worst.words.startswith("3 cars drive that iRacing does not show here")
    assert "Max Cars to 63" in worst.words
    assert "practice group" not in worst.words


def test_a_practice_group_is_named_in_practice_only():
    assert "practice group" in Hidden(2, 4, is_practice=True).words()
    assert Hidden(1, 3).words().startswith("One car drives")
    assert Hidden(1, 1).words() == ""


@pytest.mark.parametrize("scenario", ["duel", "storm", pytest.param("chaos", marks=pytest.mark.slow)])
def test_nobody_cries_wolf_over_stops_swaps_tows_and_retirements(scenario):
    assert told_by(short(scenario, race_s=150.0, parade_s=3.0)) == []


def test_the_doctor_says_it_afterwards(tmp_path):
    identity = Identity.load_or_create(tmp_path / "identity")
    for session, hide in (("sub-1", ()), ("sub-2", (2, 3))):
        scribe = Scribe(tmp_path / "log", identity, limits=ScribeLimits(reserve_bytes=0))
        source = SyntheticSource(short("duel", race_s=70.0), session=SessionId(session))
        while True:
            events = source.poll(0.0)
            for event in events:
                if isinstance(event, Ticks):
                    for name, unseen in UNSEEN.items():
                        event.field[name][:, list(hide)] = unseen
            scribe.take(events)
            if any(isinstance(event, Closed) for event in events):
                break
        source.close()
        (finding,) = examine_cars(tmp_path / "log")
        assert session in finding.words
        assert finding.level == ("note" if hide else "ok")
        assert ("2 cars drive" in finding.words) == bool(hide)


def rows(count, **values):
    kinds = [
        ("SessionTime", "f8"),
        ("SessionNum", "i4"),
        ("IsReplayPlaying", "b1"),
        ("ReplayFrameNumEnd", "i4"),
    ]
    own = np.zeros(1, kinds)
    field = np.full(1, -1, [("CarIdxTrackSurface", "i4", count)])
    slow = np.zeros(1, [("CarIdxLastLapTime", "f4", count)])
    for name, value in values.items():
        table = next(table for table in (own, field, slow) if name in table.dtype.names)
        table[name] = value
    return Ticks(own, field, slow)


def drive_unseen(every_s=1.0, **values):
    """One car out of sight whose lap time is new every 40 s."""
    told = []
    call = MusterCall(told.append)
    for at in np.arange(1.0, 300.0, every_s):
        call.take(rows(2, SessionTime=at, CarIdxLastLapTime=[0.0, 60.0 + at // 40], **values))
    return told


def test_what_a_replay_shows_is_no_evidence_and_the_live_edge_is():
    assert len(drive_unseen()) == 1
    assert drive_unseen(IsReplayPlaying=True, ReplayFrameNumEnd=4000) == []
    assert len(drive_unseen(IsReplayPlaying=True, ReplayFrameNumEnd=1)) == 1


def test_after_a_gap_everybody_counts_as_seen():
    assert drive_unseen(every_s=20.0) == []


def test_a_car_that_is_in_the_pace_cars_place_is_not_counted():
    told = []
    call = MusterCall(told.append)
    source = SyntheticSource(short("duel", race_s=60.0), session=SessionId("sub-1"))
    info = next(e.info for e in source.poll(0.0) if isinstance(e, InfoChanged))
    source.close()
    pace = next(entry.car_idx for entry in info.entries if entry.is_pace_car)
    call.take(InfoChanged(0, 0.0, info))
    for at in range(1, 300):
        lap_s = np.zeros(pace + 1)
        lap_s[pace] = 60.0 + at // 40
        call.take(rows(pace + 1, SessionTime=at, CarIdxLastLapTime=lap_s))
    assert told == []
