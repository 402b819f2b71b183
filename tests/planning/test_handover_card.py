"""The card of the next driver: what is known in words, and what is not known said."""

from datetime import UTC, datetime

import pytest

from pitbox.model.fact import Incident, Service, Stop
from pitbox.model.plan_offer import PlanNow
from pitbox.model.relay import Leg, Relay, Seat
from pitbox.model.session import CarClass, Entry, EventRules, OwnCar, SessionInfo, Track
from pitbox.model.standing import CarStanding, Standings
from pitbox.planning.handover import HandOver, RaceView, card_text, hand_over

RACE = (
    "Race: P2 in class, 4.2 s behind the car ahead, 7.5 s ahead of the next, flag: green, "
    "14 incident points to disqualification, 1 drive-through served"
)
GREEN_S = datetime(2026, 3, 28, 12, 0, tzinfo=UTC).timestamp()
HOUR = 3600.0


def plan() -> PlanNow:
    seats = (Seat("a", "Ada", lap_s=140.0), Seat("k", "Kai"), Seat("l", "Lea"))
    legs = tuple(
        Leg(f"s{at}", key, at * HOUR, (at + 1) * HOUR - 60, fuel_l=52.4, is_new_tyres=at % 2 == 1)
        for at, key in enumerate("kaal")
    )
    relay = Relay(4 * HOUR, seats, start_utc_s=GREEN_S)
    return PlanNow("e", "t", "v", relay, legs, (), (), (), green_utc_s=GREEN_S)


def car(car_idx: int, place: int, interval_s: float | None) -> CarStanding:
    return CarStanding(
        car_idx, place, place, 20, 0.5, 3, 0.0, 0.0, interval_s, 0, 140.0, 139.0, 20, 0, 0, 1, False, 3000.0,
        tyre_laps=20,
    )  # fmt: skip


def view(**more: object) -> RaceView:
    standings = Standings(
        0, 0, 3000.0, 4, "green", 11400.0, 20.0, (car(1, 1, None), car(2, 2, 4.2), car(3, 3, 7.5)),
        fuel_per_lap_l=2.451, fuel_laps=12, wet_steps=((0.0, 1), (2400.0, 3)), is_declared_wet=True,
    )  # fmt: skip
    entries = tuple(Entry(idx, str(idx), idx, "t", idx, "d", 5, "c", team_incidents=3) for idx in (1, 2, 3))
    spa = Track(1, "Spa", "", 7000.0, 20.0)
    info = SessionInfo(
        "iracing", 1, spa, (), (CarClass(5, "GT3"),), entries, OwnCar(2, 100.0, 0.7),
        rules=EventRules(is_team_event=True, incident_limit=17),
    )  # fmt: skip
    facts = (
        Incident(0, 0, 2, 1, "contact", 100.0, 3, 0.2),
        Incident(0, 0, 2, 2, "off_track", 200.0, 4, 0.2),
        Incident(0, 0, 3, 1, "contact", 100.0, 3, 0.2),
        Incident(0, 0, 2, 3, "contact", 900.0, 9, 0.2),
        Stop(0, 0, 2, 1, 10, 1000.0, 7, 0, service=(Service("repairs", 1.0), Service("drive_through", 1.0))),
    )
    return RaceView(standings, info, facts, **more)


def card(at: RaceView, leg: str = "s1", **more: object) -> HandOver:
    found = hand_over(plan(), leg, at, now_utc_s=GREEN_S + 3000.0, zone="Europe/Berlin", **more)
    assert found is not None
    return found


def test_everything_that_is_known() -> None:
    assert card_text(card(view(), notes="Mind the kerb")).splitlines() == [
        "Ada, your stint",
        "When: in 10 min, at 14:00 (Berlin), after Kai",
        "Stint: about 25 laps, 0:59 h, to race time 1:59",
        "Fuel: 52 l at the stop; 2.45 l a lap, from 12 laps",
        "Tyres: new ones at the stop",
        "Car: 2 contacts (lap 3, 9); repaired at the stop on lap 10",
        "Weather: very lightly wet for 10 min, wetter than half an hour ago (dry), wet tyres are allowed",
        "Traffic: no forecast here",
        RACE,
        "Then: Lea, at 16:00 (Berlin), you stay in at 1 stop",
        "Notes: Mind the kerb",
    ]


def test_what_nobody_knows_is_said() -> None:
    found = card(RaceView())
    unknown = {item.name for item in found.items if not item.is_known}
    assert unknown == {"Car", "Weather", "Traffic", "Race", "Notes"}
    assert "nobody of ours" in found.item("Weather").words
    with pytest.raises(KeyError):
        found.item("Corners")


def test_first_and_last() -> None:
    assert card(view(), "s0").item("When").words == "since 13:00 (Berlin), you start the race"
    assert card(view(), "s3").item("Then").words == "you take the flag"
    assert card(view(), "s2").item("Tyres").words == "the same set stays on, 20 laps old now"
    assert hand_over(plan(), "no such", view(), now_utc_s=0.0) is None
