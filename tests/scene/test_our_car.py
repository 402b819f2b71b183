"""What the panel of our car says: known, unknown, old; metric and imperial; no figure without a source."""

import foresight
import msgspec
import pytest
import scenes

from pitbox.model.fact import DriverStint, Stint, TyreStint
from pitbox.model.session import EventRules
from pitbox.strategy.story import Story
from pitbox.ui.race.car.figure import Ages, Figure, Origin
from pitbox.ui.race.car.page import page
from pitbox.ui.scene.composer import compose
from pitbox.ui.scene.own_car import UNLIMITED, OwnCar, own_car, reading_of
from pitbox.ui.scene.race import RaceChange


def car(forecast=foresight.FORECAST, reading=None, story=None, info=None, **changes) -> OwnCar:
    info, standings = info or scenes.info(), scenes.standings(**changes)
    story = story or Story()
    scene = compose(standings, info, story, {})
    change = RaceChange(scene, frozenset(), False, False, (), standings, info)
    found = own_car(change, story, forecast, reading)
    assert found is not None
    return found


def line(shown, label: str) -> Figure:
    return next(one.figure for one in shown.lines if one.label == label)


def test_laps_of_fuel_follow_the_sim_and_fall_back_to_the_recording():
    live = page(car(reading=reading_of(foresight.ticks(FuelLevel=15.9))), "metric").heads[0]
    assert (live.value, live.unit, live.note, live.origin) == ("5.0", "laps", "16 l", Origin.SIM)
    told = page(car(), "metric").heads[0]
    assert (told.value, told.note, told.origin) == ("9.9", "31 l", Origin.RECORD)
    assert page(car(fuel_l=None), "metric").heads[0].value == "-"


def test_few_laps_of_fuel_are_loud():
    for fuel_l, tone in ((31.4, "text"), (6.0, "warn"), (3.0, "bad")):
        assert (
            page(car(reading=reading_of(foresight.ticks(FuelLevel=fuel_l))), "metric").heads[0].tone == tone
        )


WINDOWS = (
    # earliest, latest, value: our car is on lap 168
    (172, 176, "4-8"),
    (160, 176, "0-8"),
    (160, 168, "now"),
    (160, 167, "missed"),
    (180, 176, "8"),
    (176, 176, "8"),
)


@pytest.mark.parametrize(("earliest", "latest", "value"), WINDOWS)
def test_the_next_stop_is_told_in_laps_from_now(earliest, latest, value):
    window = msgspec.structs.replace(foresight.WINDOW, earliest=earliest, latest=latest)
    shown = page(car(foresight.said(window=window)), "metric").heads[1]
    assert shown.value == value
    assert shown.unit == ("laps" if value[0].isdigit() else "")


def test_litres_to_type_are_rounded_up_in_both_units():
    assert [f.value for f in page(car(), "metric").calls.rows[0].figures] == ["74", "77", "74", "74"]
    gallons = page(car(), "imperial").calls.rows[0].figures
    assert [f.value for f in gallons] == ["19.5", "20.3", "19.5", "19.5"]
    assert all(float(f.value) * 3.785411784 >= 73.6 for f in gallons)


def test_what_the_menu_shows_stands_under_what_to_type():
    shown = page(car(reading=reading_of(foresight.ticks())), "metric").menu
    assert shown.value == "74 l, four tyres"
    shown = page(car(reading=reading_of(foresight.ticks(PitSvFlags=0x41))), "metric").menu
    assert shown.value == "no fuel, 1 tyre, fast repair"
    assert page(car(), "metric").menu.value == "-"


def test_every_unknown_figure_says_why_and_every_known_one_where_from():
    ages = Ages(0, 0, 0)
    for shown in (
        page(car(None), "metric"),
        page(car(), "metric"),
        page(car(foresight.said(fuel=None)), "metric"),
    ):
        for figure in shown.figures():
            tip = figure.tip(ages)
            assert ("From " in tip) if figure.is_known else (len(tip.splitlines()) > 1), tip
            assert "None" not in tip
            assert "nan" not in tip


def test_age_stands_in_the_tip_and_a_silent_picture_makes_all_old():
    figure = page(car(), "metric").heads[2]
    assert figure.tip(Ages(0, 0, 75)).splitlines()[-1] == "From strategy, 1 min old."
    assert Ages(0, 95, 0, is_record_old=True).is_old(Origin.AHEAD)
    assert not Ages(9, 0, 0, is_sim_old=True).is_old(Origin.AHEAD)


def test_a_forecast_of_another_run_is_not_shown():
    other = msgspec.structs.replace(foresight.FORECAST, run=1)
    assert page(car(other), "metric").heads[2].value == "-"


def test_people_stints_and_tyres_with_their_clocks():
    story, now_s = Story(), scenes.standings().sim_time_s
    key = {"session_num": 0, "run": 0, "car_idx": scenes.OWN}
    entry = scenes.info().entry(scenes.OWN)
    story.take(DriverStint(**key, driver_stint=1, user_id=entry.user_id, start_s=now_s - 2292, start_lap=147))
    story.take(Stint(**key, stint=1, user_id=entry.user_id, compound=0, start_s=now_s - 540, start_lap=162))
    story.take(TyreStint(**key, tyre_stint=1, compound=0, start_s=now_s - 540, start_lap=162, confidence=0.5))
    shown = page(car(story=story), "metric")
    driver = line(shown, "Driver")
    assert (driver.value, driver.note) == (entry.driver, "38:12 in the car, 21 laps")
    assert "84 laps and 4:33:00 in this race" in driver.words[0]
    assert line(shown, "Stint").note == "9:00 since the pits"
    assert line(shown, "Tyres").value.startswith("about ")


LIMITS = ((7, "text"), (13, "warn"), (16, "bad"))


@pytest.mark.parametrize(("points", "tone"), LIMITS)
def test_incidents_are_held_against_the_limit(points, tone):
    info = scenes.info()
    entries = tuple(msgspec.structs.replace(entry, team_incidents=points) for entry in info.entries)
    rules = EventRules(is_team_event=True, incident_limit=17)
    info = msgspec.structs.replace(info, entries=entries, rules=rules)
    shown = line(page(car(info=info), "metric"), "Incidents")
    assert (shown.value, shown.note, shown.tone) == (f"{points} of 17x", f"{17 - points} left", tone)


DAMAGE = (
    ({}, "none", "text"),
    ({"EngineWarnings": 0x80}, "must be repaired", "bad"),
    ({"EngineWarnings": 0x100}, "could be repaired", "warn"),
    ({"PlayerCarInPitStall": 1, "PitRepairLeft": 42.2, "PitOptRepairLeft": 9.0}, "42 s", "bad"),
    ({"PitRepairLeft": 42.2}, "none", "text"),  # outside the stall it is what was left there
)


@pytest.mark.parametrize(("channels", "value", "tone"), DAMAGE)
def test_repairs_are_believed_in_the_stall_only(channels, value, tone):
    shown = line(page(car(reading=reading_of(foresight.ticks(**channels))), "metric"), "Damage")
    assert (shown.value, shown.tone) == (value, tone)


def test_engine_warnings_have_words_and_limiters_are_none():
    def engine(bits: int) -> Figure:
        return line(page(car(reading=reading_of(foresight.ticks(EngineWarnings=bits))), "metric"), "Engine")

    assert engine(0x10 | 0x20).value == "no warning"
    assert (engine(0x01 | 0x04).value, engine(0x01 | 0x04).tone) == ("water hot, oil pressure low", "bad")
    assert engine(0x01).note == "water 88 °C, oil 102 °C"


def test_fast_repairs_without_end_are_not_counted():
    reading = reading_of(foresight.ticks(FastRepairAvailable=UNLIMITED))
    assert line(page(car(reading=reading), "metric"), "Damage").note == ""


def test_a_dead_cockpit_says_nothing_of_the_car():
    """While a team-mate drives, the own scalars of everybody else are dead (fact 13)."""
    reading = reading_of(foresight.ticks(IsOnTrackCar=0, FuelLevel=0.0))
    assert reading is not None
    assert (reading.is_driven, reading.fuel_l, reading.air_c) == (False, None, 21.6)
    shown = page(car(reading=reading, fuel_l=None), "metric")
    assert shown.heads[0].value == line(shown, "Engine").value == line(shown, "Damage").value == "-"


def test_wetness_is_drawn_when_it_changed_within_the_hour():
    at_s = scenes.standings().sim_time_s
    steady = next(one for one in page(car(wet_steps=((10.0, 1),)), "metric").lines if one.label == "Weather")
    assert (steady.figure.value, steady.trend) == ("dry", ())
    steps = ((10.0, 1), (at_s - 1800, 4))
    shown = next(one for one in page(car(wet_steps=steps), "metric").lines if one.label == "Weather")
    assert shown.figure.value == "lightly wet"
    assert shown.trend == ((at_s - 3600, 1), (at_s - 1800, 4))
