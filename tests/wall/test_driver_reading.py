"""What the driver's window says in words, apart from any window."""

import msgspec

from pitbox.ui.driver.reading import read
from pitbox.wall.dashboard import Glance, Phase, Safety

ALONE = Glance(Phase.RECORDING, "Recording", track="Ardenne", part="Race", lap=3, fuel_l=40.0)


def test_who_is_connected_stands_in_its_row_and_how_safe_the_recording_is_below() -> None:
    assert (read(ALONE).team, read(ALONE).health) == ("", "All is well.")
    shared = msgspec.structs.replace(ALONE, team=("Jo", "Lea"), safe=Safety(3, 41))
    assert read(shared).team == "Jo, Lea"
    assert read(shared).health == "On 3 machines up to lap 41"


def test_incident_points_are_told_where_they_cost_something() -> None:
    assert read(msgspec.structs.replace(ALONE, incidents=4)).health == "All is well."
    told = read(msgspec.structs.replace(ALONE, incidents=4, incidents_left=13)).health
    assert told == "Incidents 4/17"


def test_litres_are_fuel_and_laps_are_what_it_lasts_for() -> None:
    assert read(ALONE).fuel.caption == "Fuel"
    assert not read(msgspec.structs.replace(ALONE, fuel_l=None)).fuel.caption
