"""What the driver reads at a glance: true, with an age, and never invented."""

import io
import json
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from pitbox.cli.telling import Telling
from pitbox.crew.health import Health, Level
from pitbox.model.fact import Lap, LapKind
from pitbox.model.ids import LogId, SessionId
from pitbox.model.session import CarClass, Entry, EventRules, OwnCar, SessionInfo, SessionPart, Track
from pitbox.model.source import Ticks
from pitbox.model.standing import CarStanding, Standings
from pitbox.wall.dashboard import Dashboard, FuelRange, Phase, fuel_range
from pitbox.wall.health import HealthRegistry
from pitbox.wall.hub import Durable, Hub

OWN = 3
INFO = SessionInfo(
    sim="synthetic",
    sub_session_id=1,
    track=Track(1, "Ardenne", "", 7000.0, 16.7),
    parts=(SessionPart(0, "Race", 3600.0),),
    classes=(CarClass(1, "GT3"),),
    entries=(Entry(OWN, "77", 1, "Us", 1, "Ada", 1, "GT3"),),
    own=OwnCar(OWN, 100.0, 0.75),
)
CAR = CarStanding(
    car_idx=OWN, position=9, class_position=4, laps=11, lap_pct=0.5, surface=3, gap_s=None, class_gap_s=None,
    interval_s=None, laps_down=0, last_lap_s=None, best_lap_s=None, stint_laps=3, stops=0, compound=0,
    user_id=1, is_in_pits=False, seen_s=1.0,
)  # fmt: skip


class StoppedClock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wall_s(self) -> float:
        return self.now_s


class Seat:
    """A hub that a test fills, and the dashboard that reads it."""

    def __init__(self) -> None:
        self.clock = StoppedClock()
        self.hub = Hub()
        self.health = HealthRegistry(self.clock.wall_s)
        self.dashboard = Dashboard(self.hub, self.health, self.clock)

    def tick(self) -> None:
        rows = np.zeros(1, [("SessionTime", "<f8")])
        self.hub.live.put(Ticks(rows, rows, rows))

    def commit(self, session: str = "sub-1") -> None:
        self.hub.durable.put(Durable(LogId(SessionId(session), "ab" * 32, 1), 5, 0.001, 1000))

    def stand(self, fuel_l: float | None = 30.0, **changes: object) -> None:
        car = msgspec.structs.replace(CAR, **changes)
        self.hub.info.put(INFO)
        self.hub.standings.put(Standings(0, 0, 50.0, 4, "green", 600.0, fuel_l, (car,)))

    def lap(self, used_l: float | None, **kind: bool) -> None:
        lap = Lap(0, 0, OWN, 1, 1, 0.0, 90.0, LapKind(**kind), 1, 9, 4, 0, used_l)
        self.hub.publish_facts([lap])


@pytest.fixture
def seat() -> Iterator[Seat]:
    return Seat()


def test_before_anything_it_waits(seat: Seat) -> None:
    glance = seat.dashboard.look()
    assert (glance.phase, glance.words) == (Phase.WAITING, "Waiting for iRacing")
    assert (glance.lap, glance.fuel_l, glance.fuel, glance.track) == (None, None, None, "")


def test_ticks_that_are_stored_are_a_recording(seat: Seat) -> None:
    seat.tick()
    seat.commit()
    assert seat.dashboard.look().phase is Phase.RECORDING
    seat.clock.now_s += 2.5
    assert seat.dashboard.look().phase is Phase.WAITING


def test_ticks_that_nobody_acknowledges_are_not_called_recorded(seat: Seat) -> None:
    seat.tick()
    seat.commit()
    seat.dashboard.look()
    for _ in range(6):
        seat.clock.now_s += 1.0
        seat.tick()
        glance = seat.dashboard.look()
    assert glance.phase is Phase.HELD


def test_the_first_commit_may_never_come(seat: Seat) -> None:
    """A disk that refuses from the first tick on is no recording either."""
    for _ in range(7):
        seat.tick()
        glance = seat.dashboard.look()
        seat.clock.now_s += 1.0
    assert glance.phase is Phase.HELD


def test_a_disk_that_refuses_is_named(seat: Seat) -> None:
    seat.tick()
    seat.commit()
    seat.health.tell(Health("log", "storing", Level.FAILED, "The disk is full."))
    glance = seat.dashboard.look()
    assert (glance.phase, glance.level, glance.trouble) == (Phase.HELD, Level.FAILED, "The disk is full.")
    seat.health.tell(Health("log", "storing", Level.OK, "The log is stored."))
    glance = seat.dashboard.look()
    assert (glance.phase, glance.trouble) == (Phase.RECORDING, "")


def test_the_end_and_a_break_are_two_things(seat: Seat) -> None:
    assert seat.dashboard.look(has_ended=True).phase is Phase.ENDED
    assert seat.dashboard.look(has_ended=True, is_broken=True).phase is Phase.BROKEN


def test_figures_of_our_car_grow_old(seat: Seat) -> None:
    seat.stand()
    glance = seat.dashboard.look()
    assert (glance.lap, glance.class_position, glance.track, glance.part) == (12, 4, "Ardenne", "Race")
    assert (glance.fuel_l, glance.age_s, glance.is_stale) == (30.0, 0, False)
    seat.clock.now_s += 12.3
    glance = seat.dashboard.look()
    assert (glance.age_s, glance.is_stale) == (12, True)


def test_a_team_mate_in_the_car_leaves_no_fuel_figure(seat: Seat) -> None:
    seat.lap(3.0)
    seat.stand(fuel_l=None)
    glance = seat.dashboard.look()
    assert (glance.fuel_l, glance.fuel) == (None, None)


def test_laps_of_fuel_come_from_clean_laps_only(seat: Seat) -> None:
    seat.stand(fuel_l=30.0)
    for used_l in (2.9, 3.0, 3.1):
        seat.lap(used_l)
    for kind in ("is_out", "is_in", "is_caution", "is_tow", "is_broken"):
        seat.lap(9.0, **{kind: True})
    seat.lap(None)
    fuel = seat.dashboard.look().fuel
    assert fuel is not None
    assert fuel.basis == 3
    assert fuel.laps == pytest.approx(10.0)
    assert (fuel.low, fuel.high) == (pytest.approx(30 / 3.1), pytest.approx(30 / 2.9))


def test_only_the_newest_laps_count(seat: Seat) -> None:
    seat.stand(fuel_l=30.0)
    for used_l in (9.0, 9.0, 3.0, 3.0, 3.0, 3.0, 3.0):
        seat.lap(used_l)
    assert seat.dashboard.look().fuel == FuelRange(10.0, 10.0, 10.0, 5)


def test_use_outlives_practice_but_not_the_session(seat: Seat) -> None:
    """Laps of practice count in the race; those of another event do not."""
    seat.commit("sub-1")
    seat.stand()
    seat.lap(3.0)
    assert seat.dashboard.look().fuel is not None
    seat.commit("sub-1")
    assert seat.dashboard.look().fuel is not None
    seat.commit("sub-2")
    assert seat.dashboard.look().fuel is None


def test_nothing_is_divided_by_nothing() -> None:
    assert fuel_range(None, [3.0]) is None
    assert fuel_range(30.0, []) is None


def test_incidents_are_held_against_the_limit(seat):
    seat.stand()
    assert (seat.dashboard.look().incidents, seat.dashboard.look().incidents_left) == (None, None)
    entry = msgspec.structs.replace(INFO.entries[0], incidents=4, team_incidents=11)
    for is_team, limit, told in ((True, 17, (11, 6)), (False, 17, (4, 13)), (False, None, (4, None))):
        rules = EventRules(is_team_event=is_team, incident_limit=limit)
        seat.hub.info.put(msgspec.structs.replace(INFO, entries=(entry,), rules=rules))
        glance = seat.dashboard.look()
        assert (glance.incidents, glance.incidents_left) == told


def test_a_program_is_told_of_incidents_when_they_change(seat):
    class Watched:
        """What a collector is for those who tell of it."""

        hub, health, source = seat.hub, seat.health, msgspec.UNSET

        def look(self):
            return seat.dashboard.look()

    out = io.StringIO()
    telling = Telling(Watched(), out)
    rules = EventRules(is_team_event=False, incident_limit=17)
    for points in (None, 0, 0, 4):
        seat.stand()
        entry = msgspec.structs.replace(INFO.entries[0], incidents=points)
        seat.hub.info.put(
            msgspec.structs.replace(INFO, track=Track(1, "", "", 1.0, 1.0), entries=(entry,), rules=rules)
        )
        telling.look()
    told = [line for line in map(json.loads, out.getvalue().splitlines()) if line["event"] == "incidents"]
    assert told == [
        {"event": "incidents", "points": 0, "left": 17},
        {"event": "incidents", "points": 4, "left": 13},
    ]
