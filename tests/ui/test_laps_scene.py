"""What the Laps page shows, without a window: filters, layouts, columns of pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.analysis.delta import delta
from pitbox.analysis.driven import DrivenLap
from pitbox.store.lap_list import ListedLap
from pitbox.ui.scene.lap_column import Columns, columns_of, paint
from pitbox.ui.scene.lap_filter import LapFilter, typed, unknown_words
from pitbox.ui.scene.lap_layout import MOST, LapLayout, split_formula
from pitbox.ui.scene.lap_legend import legend_of
from pitbox.ui.scene.lap_unit import rounded, scale_of
from pitbox.ui.scene.lap_way import spread_of, ways_of
from pitbox.wall.lap_set import Kin, LapSet, SetLap, habit_of, lap_set


def lap(**changes: object) -> ListedLap:
    values = {
        "session_id": "s", "session_num": 0, "run": 0, "car_idx": 1, "lap": 7, "part": "Race", "number": "77",
        "driver": "Ada Lovelace", "class_name": "GT3", "time_s": 100.0, "start_s": 0.0, "is_clean": True,
        "is_valid": True, "marks": "", "stint": 2, "fuel_left_l": 30.0, "tyre_laps": 4, "is_own": True,
        "track_c": 30.0, "wetness": 1.0,
    }  # fmt: skip
    return ListedLap(**{**values, **changes})


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("ada gt3", True),
        ("#77", True),
        ("bob", False),
        ("fuel 20-40", True),
        ("fuel 20-29.5", False),
        ("fuel: -40 tyres 4", True),
        ("tyres 5-", False),
        ("lap 7 stint 2", True),
        ("laps 8-9", False),
        ("fuel", True),
    ],
)
def test_a_typed_line_filters(text, fits) -> None:
    assert typed(LapFilter(), text).fits(lap()) is fits


def test_switches_filter_and_what_is_unknown_fits_no_range() -> None:
    assert not LapFilter(is_clean=True).fits(lap(is_clean=False))
    assert not LapFilter(is_valid=True).fits(lap(is_valid=False))
    assert not LapFilter(is_own=True).fits(lap(is_own=False))
    assert LapFilter(weather="dry").fits(lap())
    assert not LapFilter(weather="dry").fits(lap(wetness=None))
    assert LapFilter(weather="wet").fits(lap(wetness=5.0))
    assert not typed(LapFilter(), "fuel 0-99").fits(lap(fuel_left_l=None))


def test_what_nobody_recorded_is_said_where_it_is_filtered_by() -> None:
    laps = [lap(), lap(wetness=None), lap(wetness=None, fuel_left_l=None)]
    assert not unknown_words(LapFilter(is_clean=True), laps)
    assert unknown_words(typed(LapFilter(weather="wet"), "fuel 3-"), laps) == (
        "Not recorded: how wet the road was of 2 of 3 laps, fuel of 1 of 3 laps."
    )
    assert unknown_words(typed(LapFilter(), "tyres 3"), [lap(tyre_laps=None)]) == (
        "Not recorded: laps on the tyres of all laps."
    )


def test_a_range_of_fuel_is_in_the_unit_of_the_list() -> None:
    assert typed(LapFilter(), "fuel 7-9 track 29-31", "imperial").fits(lap())
    assert not typed(LapFilter(), "fuel 20-40", "imperial").fits(lap())


@pytest.mark.parametrize("room", [140.0, 400.0, 900.0])
@pytest.mark.parametrize("drivers", [("Ada Lovelace",), ("Ada Lovelace", "Émile van 't Hoff")])
def test_eight_laps_are_named_in_any_room(room: float, drivers: tuple[str, ...]) -> None:
    driven = DrivenLap("1", 90.0, 0.0, np.arange(2.0), np.arange(2.0), np.arange(2.0), {})
    names = [drivers[at % len(drivers)] for at in range(8)]
    laps = tuple(
        SetLap(at, lap(lap=at, driver=name), driven, delta(driven, driven), None)
        for at, name in enumerate(names[:7])
    )
    found = legend_of(
        LapSet(0, laps, ((lap(lap=99, driver=names[7]), "why"),)), room, 20.0, lambda text: 5.0 * len(text)
    )
    places = [found.place(number) for number in range(8)]
    assert len(set(places)) == 8
    assert found.title_width + found.columns * found.column_width <= room + 1e-6
    assert [one.at for one in found.entries] == list(range(8))
    assert found.entries[7].tip.endswith("why")
    said = found.title or found.entries[0].text
    assert "Lovelace" in said


def test_a_layout_keeps_each_trace_once_and_in_order() -> None:
    layout = LapLayout(("a", "b", "c"))
    assert layout.moved("c", 0).strips == ("c", "a", "b")
    assert layout.moved("a", 9).strips == ("b", "c", "a")
    assert layout.added("a") == layout
    assert layout.put("a", 2).strips == ("b", "a", "c")
    assert layout.put("d", 1).strips == ("a", "d", "b", "c")
    assert layout.removed("b").strips == ("a", "c")
    for number in range(30):
        layout = layout.added(str(number))
    assert len(layout.strips) == MOST


def test_a_formula_has_a_name_or_is_its_own() -> None:
    assert split_formula("Grip = hypot(LatAccel, LongAccel)") == ("Grip", "hypot(LatAccel, LongAccel)")
    assert split_formula("Speed >= 3") == ("Speed >= 3", "Speed >= 3")


def test_units_are_those_of_the_person() -> None:
    assert scale_of("Speed", "m/s", "metric").words(50.0) == "180.0"
    assert scale_of("Speed", "m/s", "imperial").unit == "mph"
    assert scale_of("TrackTemp", "C", "imperial").words(20.0) == "68.0"
    assert scale_of("Throttle", "%", "metric").words(float("nan")) == "-"


@given(
    st.lists(st.floats(-50, 250), min_size=2, max_size=400),
    st.integers(1, 64),
    st.floats(0.02, 3.0),
    st.booleans(),
)
def test_no_peak_is_lost_and_the_line_is_whole(values, width, zoom, is_stepped) -> None:
    y = np.array(values)
    x = np.linspace(-5.0, width * zoom, len(y))
    low, high = columns_of(x, y, width, is_stepped=is_stepped)
    for at in range(len(y)):
        column = int(x[at])
        if 0 <= x[at] < width:
            assert low[column] <= y[at] <= high[column]
    known = np.isfinite(low)
    assert (low[known] <= high[known]).all()
    met = known[1:] & known[:-1]
    assert (low[1:][met] <= high[:-1][met] + 1e-9).all()
    assert (high[1:][met] >= low[:-1][met] - 1e-9).all()


def around(radius_m: float, number: int) -> DrivenLap:
    """A circle, as a disk recording has it."""
    share = np.linspace(0.0, 1.0, 400)
    angle = 2 * np.pi * share
    channels = {"Lat": radius_m * np.sin(angle) / 111_320.0, "Lon": radius_m * np.cos(angle) / 111_320.0}
    return DrivenLap(str(number), 60.0, 628.0, 60.0 * share, share, 628.0 * share, channels)


def test_the_band_is_where_the_driver_passes_and_lies_under_his_lines() -> None:
    radii = (97.0, 99.0, 100.0, 101.0, 103.0)
    laps = [around(radius_m, number) for number, radius_m in enumerate(radii)]
    chosen = lap_set(0, [lap(), lap()], laps[:2], None, is_metric=True)
    habit = habit_of(0, Kin(tuple(laps), ((0, laps[0]), (1, laps[1]))), (), (), None)
    spread = spread_of(chosen, habit)
    assert spread is not None
    assert spread.laps == 5
    assert spread.half_m == pytest.approx(1.4826, abs=0.05)
    ways = ways_of(chosen, None)
    assert ways.is_exact
    first_m, second_m = (out_m(way.x_m + 1j * way.y_m) for way in ways.laps)
    middle_m = (out_m(spread.left_m) + out_m(spread.right_m)) / 2
    assert second_m - first_m == pytest.approx(2.0, abs=0.1)
    assert middle_m - first_m == pytest.approx(3.0, abs=0.1)
    drawn = spread.drawn_apart(ways, 4.0)
    assert np.abs(drawn.left_m - drawn.right_m) == pytest.approx(4 * 2 * 1.4826, abs=0.4)
    assert spread_of(chosen, None) is None


def out_m(way_m):
    """From the middle of the circles; a line is counted from where its first lap began."""
    return np.abs(way_m + 97.0)


def test_a_gap_stays_a_gap() -> None:
    y = np.array([1.0, 1.0, np.nan, np.nan, 2.0, 2.0])
    low, _ = columns_of(np.arange(6) * 10.0, y, 50)
    assert np.isfinite(low[:10]).all()
    assert np.isnan(low[12:38]).all()
    assert np.isfinite(low[40:]).all()


def test_ink_lies_where_the_trace_is_and_nowhere_else() -> None:
    image = np.zeros((20, 4, 4), np.uint8)
    paint(
        image,
        Columns(np.array([5.0, 5.0, np.nan, -9.0]), np.array([5.0, 9.0, np.nan, -8.0])),
        (255, 255, 255),
    )
    assert image[5, 0, 0] > 100
    assert image[5:9, 1, 0].min() > 150
    assert not image[:, 2:].any()
    assert not image[12:].any()


def test_what_rounds_to_nought_has_no_sign() -> None:
    assert [rounded(value, 2, plus="+") for value in (-0.004, 0.004, 0.005001, -0.006)] == [
        "0.00",
        "0.00",
        "+0.01",
        "\N{MINUS SIGN}0.01",
    ]
