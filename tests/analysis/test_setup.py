"""Setups are read, compared, and their effect told with an interval that holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from setup_world import runs, trial

from pitbox.analysis.setup.effect import Run, RunLap, setup_effects
from pitbox.analysis.setup.sheet import changes, setup_sheet

TEXT = b"""DriverInfo:
 DriverSetupName: endurance #2, soft.sto

CarSetup:
 UpdateCount: 9
 Tires:
  LeftFront:
   StartingPressure: 176 kPa
   LastHotPressure: 202 kPa
   TreadRemaining: 87%, 85%, 84%
 Chassis:
  FrontBrakes:
   ArbSetting: 2
   ToeIn: "-1.6 mm"
   BrakePads: Endurance
  LeftFront:
   SpringRate: 200 N/mm
  InCarDials:
   BrakePressureBias: 58.7%
   DashDisplayPage: Page 1
  Rear:
   FuelLevel: 75.0 L

...
"""


def test_a_setup_is_what_people_set() -> None:
    sheet = setup_sheet(TEXT)
    assert sheet.name == "endurance #2, soft.sto"
    assert sheet.fuel == "75.0 L"
    assert {path: value.text for path, value in sheet.values.items()} == {
        "Tires/LeftFront/StartingPressure": "176 kPa",
        "Chassis/FrontBrakes/ArbSetting": "2",
        "Chassis/FrontBrakes/ToeIn": "-1.6 mm",
        "Chassis/FrontBrakes/BrakePads": "Endurance",
        "Chassis/LeftFront/SpringRate": "200 N/mm",
        "Chassis/InCarDials/BrakePressureBias": "58.7%",
    }
    assert set(sheet.measured) == {
        "UpdateCount", "Tires/LeftFront/LastHotPressure", "Tires/LeftFront/TreadRemaining"
    }  # fmt: skip


def test_changes_are_named_with_their_difference() -> None:
    after = (
        TEXT.replace(b"200 N/mm", b"210 N/mm").replace(b"Endurance", b"Sprint").replace(b"58.7%", b"57.7%")
    )
    after = after.replace(b"202 kPa", b"190 kPa").replace(b"75.0 L", b"30.0 L")
    found = changes(setup_sheet(TEXT), setup_sheet(after))
    assert [(each.words, each.difference, each.is_underway) for each in found] == [
        ("Chassis, front brakes: brake pads endurance to sprint", None, False),
        ("Chassis, in car dials: brake pressure bias 58.7% to 57.7%", pytest.approx(-1.0), True),
        ("Chassis, left front: spring rate 200 n/mm to 210 n/mm", 10.0, False),
    ]
    assert changes(setup_sheet(TEXT), setup_sheet(TEXT)) == ()
    assert not setup_sheet(b"").is_known


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_some_setup(junk: bytes) -> None:
    at = len(junk) // 2
    setup_sheet(b"CarSetup:\n" + junk)
    sheet = setup_sheet(TEXT[: 3 * at] + junk + TEXT[3 * at :])
    assert changes(sheet, sheet) == ()


def test_an_effect_of_known_size_is_in_its_interval_and_none_is_found_where_there_is_none() -> None:
    known = trial(range(70), effects=(0.0, 0.25, -0.3), each=4)
    none = trial(range(70), effects=(0.0, 0.0, 0.0, 0.0), each=4)
    assert 0.8 <= known.covered <= 0.975  # 140 intervals: two standard errors beyond 80 to 95 %
    assert 0.8 <= none.covered <= 0.975
    assert known.found > 0.35
    assert none.false_alarms <= 0.05 + 0.05


@pytest.mark.long
def test_the_interval_holds_over_many_worlds() -> None:
    for each in (2, 4, 8):
        for effects in ((0.0, 0.25), (0.0, 0.0, 0.0, 0.0), (0.0, 0.3, 0.0, -0.4)):
            told = trial(range(600), effects=effects, each=each)
            assert 0.8 <= told.covered <= 0.95, (each, effects, told)
            assert told.false_alarms <= 0.065, (each, effects, told)


def test_a_setup_that_only_one_driver_drove_is_not_told_from_its_driver() -> None:
    laps = tuple(RunLap(100.0 + 0.1 * n, float(n)) for n in range(8))
    told = setup_effects(
        [Run("1", "A", "Ada", laps), Run("2", "B", "Kern", laps), Run("3", "A", "Ada", laps)]
    )
    assert [each.effect_s for each in told.effects] == [None]
    assert "cannot be told apart" in told.effects[0].missing


def test_one_run_each_gives_a_wide_answer_rather_than_none() -> None:
    rng = np.random.default_rng(2)
    few, many = (setup_effects(runs(rng, each=n, drivers=1), "S0").effects[0].effect_s for n in (1, 8))
    assert few.half_width > 2 * many.half_width
    assert few.half_width > 0.2


def test_what_is_left_out_is_named() -> None:
    laps = tuple(RunLap(100.0 + 0.1 * n, float(n)) for n in range(8))
    told = setup_effects([Run("1", "A", "Ada", laps), Run("2", "B", "Ada", laps[:2])])
    assert told.left_out == {"2": "2 clear laps, 4 are needed"}
    assert (told.effects, told.notes) == ((), ("All runs are on one setup.",))
    assert setup_effects([]).effects == ()


def test_many_setups_raise_the_bar() -> None:
    """Holm: the same evidence counts less among ten setups than alone."""
    rng = np.random.default_rng(8)
    field = runs(rng, effects=(0.0, 0.3, *[0.0] * 8), each=3, drivers=1)
    among = setup_effects(field, "S0").effects
    alone = setup_effects([run for run in field if run.setup in ("S0", "S1")], "S0").effects
    of = {each.setup: each for each in among}
    assert of["S1"].p >= alone[0].p
    assert all(each.p <= 1.0 for each in among)
