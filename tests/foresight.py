"""Forecasts to draw, made by hand for the races of `scenes`."""

import msgspec
import numpy as np
import scenes

from pitbox.model.source import Ticks
from pitbox.strategy.allowance import DriverShare
from pitbox.strategy.briefing import Briefing, RejoinCall
from pitbox.strategy.catch import Closing
from pitbox.strategy.forecast import Forecast, Ghost
from pitbox.strategy.fuel import Use
from pitbox.strategy.fuel_plan import FuelPlan, MenuCall, Need, Saving, Scenario
from pitbox.strategy.laps import LapChances
from pitbox.strategy.next_stop import NextStop, StopOutlook
from pitbox.strategy.race_end import CarEnd
from pitbox.strategy.rejoin import Rejoin
from pitbox.strategy.stop_cost import StopCost
from pitbox.strategy.window import Limit, PitWindow

AT_S = 36_173.0
LAPS = 167
USE = Use(3.18, 0.06, 12, "12 clean laps")


def _scenario(name: str, use_l: float, spare_l: float) -> Scenario:
    return Scenario(name, use_l, LAPS + int(31.1 / use_l), 31.1 / use_l, spare_l, f"{name} of clean laps")


def _call(name: str, litres: float, ends: int, stops: int) -> MenuCall:
    words = "fills the tank" if stops else "to the flag at 5 % risk"
    return MenuCall(name, litres, 29.4, stops > 0, stops, ends, words)


PLAN = FuelPlan(
    unit="l",
    tank_l=103.0,
    use=USE,
    scenarios=(
        _scenario("last", 3.21, -1377.0),
        _scenario("mean 5", 3.18, -1364.0),
        _scenario("mean 10", 3.17, -1360.0),
        _scenario("worst", 3.29, -1412.0),
        _scenario("target", 3.02, -1293.0),
    ),
    needs=(Need(0.5, 1398.0, 1366.6), Need(0.05, 1409.0, 1377.6), Need(0.01, 1414.0, 1382.6)),
    calls=(
        _call("now", 73.6, 199, 13),
        _call("next lap", 76.8, 200, 13),
        _call("save", 73.6, 201, 12),
        _call("push", 73.6, 198, 13),
    ),
    stops_needed=14,
    split_l=None,
    saving=Saving(3.02, 0.05, 41.0, "5.0% less"),
    assumptions=("3.18 l a lap, give or take 0.06 (12 clean laps)",),
)
WINDOW = PitWindow(
    earliest=172,
    latest=176,
    opens_in=4,
    closes_in=8,
    stops_left=14,
    is_open=False,
    limits=(Limit("tank", 176, "9.8 laps on board"), Limit("stint", 181, "26 min of stint left")),
    confidence=1.0,
    assumptions=("32.3 laps on a full tank", "the flag on lap 603"),
)
STOP = NextStop(
    scenes.OWN,
    StopOutlook(175, 0.81, 173, 176, 0.0, LapChances(173, (0.1, 0.2, 0.4, 0.3))),
    StopOutlook(175, 0.88, 174, 176, 0.0, LapChances(174, (0.2, 0.5, 0.3))),
    32.3,
    ("a tank lasts 32.3 laps under green (by our gauge)",),
    "fuel gauge",
)
COST = StopCost(61.6, 3.8, 0.75, 4, "own stops", "4 own stops and 9 of the class like it")


def _rejoin(service: str, place: int, repair_s: float = 0.0) -> RejoinCall:
    said = Rejoin(scenes.OWN, place, 0.71, (0.1,) * 10, None, None, COST, ("62 s, give or take 4",))
    return RejoinCall(service, said, repair_s)


SAID = Briefing(
    moment_s=AT_S,
    car_idx=scenes.OWN,
    laps=LAPS,
    position=21,
    class_position=8,
    flag="green",
    time_left_s=50_227.0,
    status="running",
    on_board_l=31.4,
    end=CarEnd(scenes.OWN, 2, LapChances(601, (0.1, 0.2, 0.4, 0.2, 0.1)), 1.0, 13.2, ("pace of 40 laps",)),
    leader_end=None,
    fuel=PLAN,
    window=WINDOW,
    next_stop=STOP,
    rejoins=(
        _rejoin("74 l", 9),
        _rejoin("74 l and tyres", 10),
        _rejoin("74 l and tyres, 30 s of repairs", 11, 30.0),
    ),
    ahead=None,
    behind=None,
    on_the_way=(),
    traffic=(),
    rivals=(),
    drivers=(DriverShare(9000 + scenes.OWN, 84, 16_380.0, 38), DriverShare(7, 83, 15_100.0, 38)),
    track=None,
    silent=(),
)
FORECAST = Forecast(
    moment_s=AT_S,
    session_num=0,
    run=0,
    said=SAID,
    lap_s=101.3,
    windows={scenes.OWN: WINDOW},
    ghosts=(Ghost("fuel", "74 l", 61.6, 3.8, 0.61, 9, 0.71, COST.words),),
    closings={scenes.OWN + 1: Closing(scenes.OWN + 1, 0.4, 0.1, 8)},
    catches={},
)


def said(**changes: object) -> Forecast:
    """The same race with another answer."""
    return msgspec.structs.replace(FORECAST, said=msgspec.structs.replace(SAID, **changes))


LAST_STOP = said(
    fuel=msgspec.structs.replace(
        PLAN,
        stops_needed=1,
        scenarios=tuple(
            msgspec.structs.replace(one, spare_l=spare_l)
            for one, spare_l in zip(PLAN.scenarios, (-42.4, -41.0, -40.7, -44.1, -38.0), strict=True)
        ),
        needs=(Need(0.5, 70.0, 38.6), Need(0.05, 74.0, 42.6), Need(0.01, 76.0, 44.6)),
        calls=tuple(
            msgspec.structs.replace(one, to_add_l=44.0, is_full=False, stops_after=0, ends_on_lap=191)
            for one in PLAN.calls
        ),
    ),
    window=msgspec.structs.replace(WINDOW, earliest=167, stops_left=1, is_open=True, opens_in=0),
    end=CarEnd(scenes.OWN, 2, LapChances(189, (0.3, 0.6, 0.1)), 1.0, 1.0, ("pace of 40 laps",)),
)
"""The window is open, and one stop reaches the flag."""


CHANNELS = {
    "SessionTime": AT_S,
    "IsOnTrackCar": 1,
    "FuelLevel": 31.4,
    "PitSvFlags": 0x1F,
    "PitSvFuel": 74.0,
    "WaterTemp": 88.2,
    "OilTemp": 101.7,
    "EngineWarnings": 0,
    "FastRepairAvailable": 1,
    "AirTemp": 21.6,
    "TrackTemp": 30.8,
    "LFwearM": 0.87,
    "RFwearM": 0.91,
    "LRwearM": 0.84,
    "RRwearM": 0.88,
}


def ticks(**changes: float) -> Ticks:
    """One row of our car's sim."""
    values = {**CHANNELS, **changes}
    own = np.zeros(1, [(name, "f8") for name in values])
    for name, value in values.items():
        own[name] = value
    return Ticks(own, own[:0], own[:0])
