"""What was done in the pits, who drove how long, and how old the tyres are."""

import numpy as np
import pytest
from scripted import FIELD, LANE, OFF, OWN, STALL, Script, Told, records, told

from pitbox.model.channel import Channel, Layout, Stream
from pitbox.model.fact import DriverStint, TyreStint

SENSORS = Layout(
    Stream.OWN,
    (
        *OWN.channels,
        Channel("IsOnTrackCar", "b1"),
        Channel("PitRepairLeft", "f4"),
        Channel("PitOptRepairLeft", "f4"),
        *(Channel(f"{corner}odometer", "f4") for corner in ("LF", "RF", "LR", "RR")),
    ),
)


def services(end: Told, car_idx=1):
    return [{service.what: service.confidence for service in stop.service} for stop in end.stops(car_idx)]


def last(end: Told, kind, *key):
    return list(end._last(kind, "car_idx", *key).values())


def stopping(fuel=30.0, car_idx=1, stall_s=20.0):
    """A clean lap, a stop of so many seconds from 130 s on, and a lap."""
    script = Script()
    car = script.car(car_idx, place=2.9, user=7, fuel_l=20.0).to(3.0, 6).to(4.0, 60).to(4.95, 57)
    car.to(4.98, 6, LANE).run(stall_s, on=STALL, fuel=fuel).to(5.05, 14, LANE).to(6.0, 57).run(2, 0.02)
    return script


def sensed(script, *, changed_s=None, repaired=(), dead=()):
    """With what our own car can feel: odometers that start anew, and repairs."""
    plain = script.own()
    own = np.zeros(len(plain), SENSORS.dtype)
    for name in OWN.names():
        own[name] = plain[name]
    own["IsOnTrackCar"] = own["IsOnTrack"]
    times = own["SessionTime"]
    for number, corner in enumerate(("LF", "RF", "LR", "RR")):
        driven = times * 40.0
        if changed_s is not None and number < 2:  # one axle is enough
            driven = np.where(times >= changed_s, np.maximum(times - 150.0, 0) * 40.0, driven)
        own[f"{corner}odometer"] = driven
    for low, high in repaired:
        own["PitOptRepairLeft"] = np.where((times >= low) & (times < high), high - times, 0.0)
    for low, high in dead:
        is_dead = (times >= low) & (times < high)
        own["IsOnTrackCar"][is_dead] = False
    return told(records(own, script.field(), script.notices(), (60,), (SENSORS, FIELD)))


def test_fuel_tyres_and_repairs_of_our_own_car_are_measured():
    end = sensed(stopping(), changed_s=140.0, repaired=[(131.0, 139.0)])
    assert services(end) == [{"fuel": 1.0, "tyres": 1.0, "repairs": 1.0}]


def test_nothing_is_claimed_that_was_not_done():
    assert services(sensed(stopping(fuel=0.0))) == [{}]


def test_two_new_tyres_are_new_tyres():
    end = sensed(stopping(), changed_s=145.0)
    sets = last(end, TyreStint, "tyre_stint")
    assert [(one.tyre_stint, one.laps, one.end, one.confidence) for one in sets] == [
        (1, 2, "change", 1.0),
        (2, 0, "", 1.0),
    ]
    assert sets[0].end_s == pytest.approx(124.0, abs=0.05)


def test_the_same_tyres_go_on():
    (one,) = last(sensed(stopping()), TyreStint, "tyre_stint")
    assert (one.end, one.confidence) == ("", 1.0)
    assert sensed(stopping()).fold.standings().cars[0].tyre_laps == 3


def test_of_other_cars_only_what_shows_is_told():
    end = stopping(car_idx=2).fold()
    assert services(end, 2) == [{"fuel": 0.6}]
    (one,) = last(end, TyreStint, "tyre_stint")
    assert (one.car_idx, one.end, one.confidence) == (2, "", 0.5)


def test_another_compound_is_another_set():
    script = Script()
    car = script.car(2, place=2.9).to(3.0, 6).to(4.0, 60).to(4.95, 57).to(4.98, 6, LANE)
    car.run(10, on=STALL).tyres(1).run(10, on=STALL).to(5.05, 14, LANE).to(6.0, 57).run(2, 0.02)
    end = script.fold()
    assert services(end, 2) == [{"fuel": 0.6, "tyres": 0.95}]
    assert [one.compound for one in last(end, TyreStint, "tyre_stint")] == [0, 1]


def test_a_drive_through_is_that_and_nothing_else():
    script = Script()
    script.car(1, place=2.9).to(3.0, 6).to(4.0, 60).to(4.95, 57).to(5.05, 20, LANE).to(6.0, 57).run(2, 0.02)
    assert services(script.fold()) == [{"drive_through": 1.0}]


def test_a_swap_is_told_even_when_the_session_text_is_late():
    for at_s in (140.0, 175.0):
        script = stopping()
        script.swap(at_s, 1, user=8)
        assert services(script.fold())[-1]["swap"] == 1.0


def test_a_tow_is_told():
    script = Script()
    car = script.car(2, place=2.9).to(3.0, 6).to(4.0, 60).to(4.4, 30).run(10, on=OFF)
    car.jump(4.98).run(90, on=STALL).to(5.05, 14, LANE).to(6.0, 57).run(2, 0.02)
    assert services(script.fold(), 2) == [{"tow": 1.0, "repairs": 0.6}]


def test_a_stand_far_longer_than_is_usual_in_the_class_was_for_repairs():
    script = Script()
    for car_idx in (2, 4, 6):
        car = script.car(car_idx, place=2.9 - car_idx / 100).to(3.0, 6)
        for lap in range(3, 6):
            car.to(lap + 0.95, 57).to(lap + 0.98, 6, LANE)
            stall_s = 75.0 if (car_idx, lap) == (6, 5) else 20.0
            car.run(stall_s, on=STALL).to(lap + 1.05, 14, LANE)
        car.run(30, 0.4)
    found = [services(script.fold(), car_idx) for car_idx in (2, 4, 6)]
    assert found[2][2] == {"fuel": 0.6, "repairs": 0.5}
    assert all("repairs" not in stop for car in found[:2] for stop in car)


def test_a_driver_goes_on_over_stops_until_somebody_else_takes_over():
    script = Script()
    car = script.car(1, place=2.9, user=7).to(3.0, 6).to(3.95, 57).stop().to(4.95, 57).stop()
    car.to(6.0, 57).to(7.0, 60).run(2, 0.02)
    script.swap(car.legs[8].start_s, 1, user=8)
    turns = last(script.fold(), DriverStint, "driver_stint")
    assert [(turn.user_id, turn.laps, turn.end) for turn in turns] == [(7, 2, "swap"), (8, 0, "")]
    stints = script.fold().stints()
    assert [stint.user_id for stint in stints] == [7, 7, 8]
    assert turns[0].end_s == stints[1].end_s
    assert turns[1].start_s == stints[2].start_s


def test_fuel_that_another_collector_tells_late_is_added_to_its_lap():
    script = Script()
    script.car(1, place=2.9, fuel_l=40.0).to(3.0, 6, fuel=-0.25).to(4.0, 60, fuel=-2.5).to(5.0, 60, fuel=-2.5)
    script.drivers[1].run(2, 0.02)
    own = script.own()
    alive, dead = own.copy(), own.copy()
    dead["IsOnTrack"], dead["FuelLevel"] = False, 0.0
    end = told(records(dead, script.field(), script.notices(), (60,)))
    assert [lap.fuel_used_l for lap in end.laps()] == [None, None]
    from scripted import block, cut, opening

    late = [block(OWN, 0, piece) for piece in cut(alive, (600,))]
    facts = list(end.facts)
    for record in [*opening(), *late]:
        facts += end.fold.fold(record, 2)
    laps = Told(end.fold, facts).laps()
    assert [lap.fuel_used_l for lap in laps] == pytest.approx([2.5, 2.5], abs=0.01)
    assert laps[1].fuel_left_l == pytest.approx(34.75, abs=0.01)
    assert end.fold.standings().fuel_per_lap_l == pytest.approx(2.5, abs=0.01)
