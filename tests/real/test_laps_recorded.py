"""Each recording of the data folder gives laps that the sim timed alike, or a reason why there are none."""

import itertools
import sys

import numpy as np
import pytest
from lap_files import csv_rows, ibt_rows
from msgspec.structs import replace

from pitbox.analysis.delta import delta
from pitbox.analysis.even import channel_at, grid, length_of
from pitbox.analysis.lap_cut import cut_laps

WITHIN_S = 0.02
EXPECTED = {
    "florendg_test.ibt": "hardly moved",
    "jacksong17_trucks_silverado2019_bristol_2025-11-06_17-39-03.ibt": 2,
    "racedirector_telemetry.ibt": "a reset or a tow",
    "robroberts_sk.ibt": "hardly moved",
    "robroberts_skmodified_langley_2015-05-28_14-45-12.ibt": "ends at",
    "robroberts_skmodified_langley_2015-05-28_14-46-23.ibt": 2,
    "robroberts_skmodified_langley_2015-05-28_14-48-39.ibt": 2,
    "session_1680321341_df.csv.gz": 7,
    "session_1681021274_df.csv.gz": 7,
    "teamjorge_empty_test_file.ibt": "is empty",
    "teamjorge_invalid_test_file.ibt": "not iRacing telemetry",
    "teamjorge_valid_test_file.ibt": "hardly moved",
}
"""How many whole laps, or words of the reason."""


@pytest.fixture(scope="module")
def recordings(real_data):
    paths = [*(real_data / "ibt").glob("*.ibt"), *(real_data / "team-race").glob("*.csv.gz")]
    return {path.name: csv_rows(path) if path.suffix == ".gz" else ibt_rows(path) for path in sorted(paths)}


@pytest.fixture(scope="module")
def cuts(recordings):
    return {name: cut_laps(rows) for name, rows in recordings.items() if not isinstance(rows, str)}


def told_s(rows, lap) -> float | None:
    """What the sim says right behind the lap; None where it says nothing, or no valid lap."""
    name = "LapLastLapTime" if not isinstance(rows, dict) else "LapTimePrevious"
    end_s = lap.start_s + lap.time_s
    after = (rows["SessionTime"] > end_s + 0.2) & (rows["SessionTime"] < end_s + 6.0)
    values = rows[name][after]
    return float(values[-1]) if len(values) and values[-1] > 0 else None


def test_every_file_gives_laps_or_a_reason(recordings, cuts):
    for name, expected in EXPECTED.items():
        found = recordings[name] if isinstance(recordings[name], str) else cuts[name]
        if isinstance(expected, int):
            assert len(found.laps) == expected, name
            assert not found.why
        else:
            assert expected in (found if isinstance(found, str) else found.why), name
    for name in recordings.keys() - EXPECTED.keys():
        assert isinstance(recordings[name], str) or cuts[name].laps or cuts[name].why, name


def test_lap_times_are_those_of_the_sim(recordings, cuts):
    compared = 0
    for name, found in cuts.items():
        for lap in found.laps:
            told = told_s(recordings[name], lap)
            if told is not None:
                compared += 1
                assert abs(lap.time_s - told) < WITHIN_S, (name, lap.number)
    assert compared >= 15


def test_the_delta_of_any_two_laps_ends_at_the_difference_that_the_sim_tells(recordings, cuts):
    compared = 0
    for name, found in cuts.items():
        for one, other in itertools.permutations(found.laps, 2):
            there = delta(one, other)
            assert there.total_s == one.time_s - other.time_s
            assert np.abs(np.diff(there.delta_s)).max() < 2.5
            told, other_told = (told_s(recordings[name], lap) for lap in (one, other))
            if told is not None and other_told is not None:
                compared += 1
                assert there.total_s == pytest.approx(told - other_told, abs=WITHIN_S), name
    assert compared >= 60


def test_fractions_lay_laps_upon_each_other_better_than_their_own_path_does(cuts):
    """By latitude and longitude: how far apart along the road two laps are at what counts as one place."""
    compared = 0
    for name, found in cuts.items():
        if len(found.laps) < 2 or "Lat" not in found.laps[0].channels:
            continue
        compared += 1
        by_fraction = along_m(*found.laps[:2])
        by_way = along_m(*(replace(lap, pct=lap.path_m / lap.path_m[-1]) for lap in found.laps[:2]))
        sys.stdout.write(f"{name[:28]}: {by_fraction:.2f} m by fraction, {by_way:.2f} m by path\n")
        assert by_fraction < 0.2
        assert by_way > 3 * by_fraction
    assert compared >= 3


def along_m(one, other) -> float:
    pct = grid(length_of(one))
    places = []
    for lap in (one, other):
        lat, lon = channel_at(lap, "Lat", pct), channel_at(lap, "Lon", pct)
        places.append(111_320 * (lon * np.cos(np.radians(one.channels["Lat"][0])) + 1j * lat))
    ahead = np.gradient(places[0])
    apart = (places[1] - places[0]) * np.conj(ahead) / np.abs(ahead)
    return float(np.sqrt((apart.real**2).mean()))


def test_split_rows_and_missing_ticks_give_the_same_laps(recordings, cuts):
    name = "jacksong17_trucks_silverado2019_bristol_2025-11-06_17-39-03.ibt"
    rows = recordings[name]
    kept = np.random.default_rng(2).random(len(rows)) > 0.2
    for lap, whole in zip(cut_laps(rows[kept]).laps, cuts[name].laps, strict=True):
        assert lap.time_s == pytest.approx(whole.time_s, abs=0.005)
        assert lap.number == whole.number
    shuffled = rows[np.random.default_rng(3).permutation(len(rows))]
    for lap, whole in zip(cut_laps(shuffled).laps, cuts[name].laps, strict=True):
        np.testing.assert_array_equal(lap.t_s, whole.t_s)
