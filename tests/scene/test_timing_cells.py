"""The timing table without Qt: what its cells say, and how it is ordered."""

import foresight
import msgspec
import pytest
import scenes

from pitbox.model.session import Entry
from pitbox.strategy.briefing import RivalCall
from pitbox.strategy.stop_kind import StopKind
from pitbox.ui.race.timing.arrange import Order, arrange, key_of
from pitbox.ui.race.timing.cell import Mark
from pitbox.ui.race.timing.column import COLUMNS, NAMES, Sight, between
from pitbox.ui.scene.ahead import lap_windows
from pitbox.ui.scene.composer import Composer
from pitbox.ui.scene.race import RaceScene
from pitbox.ui.scene.row import Best, CarRow, ClassHead, Gap, LapWindow, LastLap, StopNote, Tyres
from pitbox.wall.outlook import Batch, Pulse

ENTRY = Entry(7, "77", 1, "Full Send", 2, "Ada Kern", 3, "Car")
ROW = CarRow(
    entry=ENTRY,
    position=3,
    class_position=2,
    laps=40,
    lap_pct=0.5,
    gap=Gap(4.24),
    total_gap=Gap(None, 2),
    interval_s=1.66,
    last=LastLap(109.1234),
    best_lap_s=108.5,
    is_class_best=False,
    stint_laps=12,
    driver_laps=30,
    stops=2,
    stop=StopNote(28, 61.26, 31.0),
    tyres=Tyres(0, 12),
    window=None,
    status="track",
    incident="",
    is_ours=False,
    age_s=0,
)
SIGHT = Sight(RaceScene(rows=(ROW,), classes=(ClassHead(3, "GT3", 2, 34),)))


def scene(**changes: object) -> RaceScene:
    composer = Composer()
    composer.take(Batch(1.0, Pulse(), scenes.standings(**changes), scenes.info(), is_other_feed=True))
    return composer.scene


SHOWN = scene()


def cell(name: str, sight: Sight = SIGHT, **changes: object):
    return COLUMNS[NAMES[name]].cell(msgspec.structs.replace(ROW, **changes), sight)


@pytest.mark.parametrize(
    ("name", "changes", "words", "tone"),
    [
        ("position", {}, "3", "text"),
        ("gap", {}, "+4.2", "text"),
        ("gap", {"class_position": 1}, "leader", "dim"),
        ("gap", {"gap": Gap(None, 3)}, "+3 L", "dim"),
        ("gap", {"gap": Gap(None)}, "-", "faint"),
        ("total_gap", {}, "+2 L", "dim"),
        ("interval", {}, "1.7", "text"),
        ("interval", {"interval_s": None}, "-", "faint"),
        ("last", {}, "1:49.123", "text"),
        ("last", {"last": LastLap(None)}, "-", "faint"),
        ("last", {"last": LastLap(140.0, is_in=True)}, "2:20.000", "dim"),
        ("best", {}, "1:48.500", "dim"),
        ("stop_lap", {}, "28", "dim"),
        ("stop_time", {}, "61.3", "text"),
        ("stop_time", {"stop": StopNote(28, None, None)}, "now", "warn"),
        ("stop_time", {"stop": StopNote(28, 200.0, 180.0, is_tow=True)}, "tow", "dim"),
        ("stop_time", {"stop": None}, "-", "faint"),
        ("compound", {"tyres": Tyres(-1, 12)}, "-", "faint"),
        ("tyre_laps", {}, "12", "text"),
        ("tyre_laps", {"tyres": Tyres(0, 12, 0.5)}, "≈12", "dim"),
        ("window", {"window": LapWindow(44, 47)}, "44-47", "text"),
        ("window", {"window": LapWindow(44, 44, 0.3)}, "44", "dim"),
        ("status", {}, "", "text"),
        ("status", {"status": "stall"}, "stall", "warn"),
        ("status", {"incident": "spin"}, "spin", "bad"),
        ("status", {"incident": "spin", "status": "lane"}, "lane", "warn"),
    ],
)
def test_what_a_cell_says(name: str, changes: dict, words: str, tone: str) -> None:
    drawn = cell(name, **changes)
    assert (drawn.text, drawn.tone) == (words, tone)


def test_a_window_says_too_about_which_lap_it_will_be() -> None:
    drawn = cell("window", laps=40, window=LapWindow(44, 52, likely=49))
    assert (drawn.text, drawn.rest, drawn.likely) == ("44-52", "≈49", 9)
    assert cell("window", laps=40, window=LapWindow(44, 52, likely=38)).likely == 0
    assert cell("window", window=LapWindow(44, 52)).rest == ""


def test_a_forecast_tells_when_a_rival_is_likely_to_stop() -> None:
    stop = msgspec.structs.replace(foresight.STOP, car_idx=7)
    call = RivalCall(7, 1, None, stop, StopKind(0.2, 1, 0, ""), None)
    said = msgspec.structs.replace(foresight.SAID, rivals=(call,))
    told = msgspec.structs.replace(
        foresight.FORECAST, said=said, windows={7: foresight.WINDOW, 8: foresight.WINDOW}
    )
    assert stop.likely is not None
    assert lap_windows(told)[7].likely == stop.likely[1]
    assert lap_windows(told)[8].likely is None, "nobody says anything of that one"


def test_best_laps_are_told_by_colour_and_by_shape() -> None:
    of_class = cell("last", last=LastLap(108.0, Best.CLASS))
    own = cell("last", last=LastLap(108.5, Best.OWN))
    assert (of_class.tone, of_class.mark) == ("best", Mark.CLASS_BEST)
    assert (own.tone, own.mark) == ("good", Mark.OWN_BEST)
    assert cell("best", is_class_best=True).mark is Mark.CLASS_BEST


def test_a_gap_to_the_reference_is_plus_behind_it_and_minus_ahead() -> None:
    ahead = msgspec.structs.replace(ROW, entry=msgspec.structs.replace(ENTRY, car_idx=8), gap=Gap(1.0))
    sight = msgspec.structs.replace(SIGHT, reference=ahead)
    assert cell("reference", sight).text == "+3.2"
    assert cell("reference", sight, gap=Gap(0.4)).text == "\N{MINUS SIGN}0.6"
    assert cell("reference", sight, gap=Gap(None, 1), laps=38).text == "+2 L"
    assert cell("reference", msgspec.structs.replace(SIGHT, reference=ROW)).text == "ref"
    assert between(ahead, msgspec.structs.replace(ROW, gap=Gap(None, 1))) is None


@pytest.mark.parametrize("is_falling", [False, True])
@pytest.mark.parametrize("is_grouped", [False, True])
@pytest.mark.parametrize("column", list(NAMES))
def test_every_order_keeps_every_car_once(column: str, is_grouped: bool, is_falling: bool) -> None:
    shown = SHOWN
    lines = arrange(shown, Order(column, is_falling, is_grouped))
    cars = [line.car_idx for line in lines if isinstance(line, CarRow)]
    assert sorted(cars) == sorted(row.car_idx for row in shown.rows)
    assert sum(isinstance(line, ClassHead) for line in lines) == (3 if is_grouped else 0)
    assert len({key_of(line) for line in lines}) == len(lines)


def test_quickest_lap_first() -> None:
    lines = arrange(scene(), Order("best"))
    times = [line.best_lap_s for line in lines if isinstance(line, CarRow) and line.best_lap_s]
    assert times == sorted(times)


def test_only_the_chosen_classes_are_there() -> None:
    lines = arrange(scene(), Order(classes=frozenset({2}), is_grouped=True))
    assert isinstance(lines[0], ClassHead)
    assert lines[0].name == "LMP2"
    assert len(lines) == 17
