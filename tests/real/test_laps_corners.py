"""Corners found by shape, and by laps, against corners that people marked; one setting for all tracks.

Which shape belongs to which marks:
- `spa_up` (a drive) and `spa-up`: the same layout by name; the drive begins at the line before La Source.
- `barcelona_gp` and `barcelona-gp`: by name; lengths of 4,653 and 4,670 m.
- `daytona_2011_roadnascar2020` and `daytona-2011-road`: the same road and line but for a chicane that was put
  in before the tri-oval, from 0.89 to 0.95 of the lap: it has no mark and is left out. The marks are points.
- Laps at `magnycours gp` and `magnycours-gp`: by name; no shape, but speed and steering of six laps.

Left out: `spa-low` has the same road with another line; `barcelona-historic` has no chicane where the shape
has one, `barcelona_moto` another one; the files of `cadwell-*`, `hockenheim-nationalb` and `hockenheim-pec-*`
mark no corners; the layouts of COTA, Hockenheim, Aragon, Algarve and the ovals are marked in no file.
"""

import functools
import sys

import msgspec
import numpy as np
import pytest
from lap_files import csv_rows

from pitbox.analysis.corner.bend import SMOOTH_M, closed_bend
from pitbox.analysis.corner.both import corners_of
from pitbox.analysis.corner.geometry import corners_by_bend
from pitbox.analysis.corner.marked import Match, matched
from pitbox.analysis.lap_cut import cut_laps
from pitbox.cli.track_files import marks_in, shape_in

PAIRS = {
    "gpx/spa_up-ONTRACK.gpx": "spa-up",
    "outlines/barcelona_gp.json": "barcelona-gp",
    "outlines/daytona_2011_roadnascar2020.json": "daytona-2011-road",
}
NOT_THE_SAME_ROAD = {"daytona-2011-road": (0.89, 0.95)}
LEAST = 0.85
MARKS = "tracks/lovely/{}.json"


def judged(corners, marks, name) -> Match:
    out = NOT_THE_SAME_ROAD.get(name, (2.0, 2.0))
    return matched([corner for corner in corners if not out[0] < corner.apex < out[1]], marks)


@pytest.fixture(scope="module")
def tracks(real_data):
    """(name, how it bends at a smoothing, marks) of each."""
    found = []
    for path, name in PAIRS.items():
        line = shape_in(real_data / "tracks" / path)
        found.append((name, functools.partial(closed_bend, *line), marks_in(real_data / MARKS.format(name))))
    return found


@pytest.fixture(scope="module")
def magny_cours(real_data):
    laps = cut_laps(csv_rows(real_data / "team-race" / "session_1681021274_df.csv.gz")).laps
    return [lap for lap in laps if lap.time_s < 105.0], marks_in(real_data / MARKS.format("magnycours-gp"))


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def overall(matches) -> tuple[float, float]:
    recall = sum(match.found for match in matches) / sum(match.marks for match in matches)
    return recall, sum(match.right for match in matches) / sum(match.corners for match in matches)


def test_corners_of_marked_tracks(tracks, magny_cours):
    matches = {name: judged(corners_by_bend(bend()), marks, name) for name, bend, marks in tracks}
    matches["magnycours-gp (laps)"] = matched(corners_of(magny_cours[0]), magny_cours[1])
    for name, match in matches.items():
        say(f"{name:24} {match.recall:.2f} {match.precision:.2f}  lost {match.lost}, extra {match.extra}")
    recall, precision = overall(matches.values())
    say(f"{'all':24} {recall:.2f} {precision:.2f}")
    assert recall >= LEAST
    assert precision >= LEAST
    by_shape = overall([judged(corners_by_bend(bend()), marks, name) for name, bend, marks in tracks])
    assert min(by_shape) >= LEAST


def test_the_setting_was_not_fitted_to_a_track(tracks):
    """Chosen on the other tracks alone, it does as well on each that was left out; so do its neighbours."""
    settings_m = (10.0, 15.0, 20.0, 25.0, 30.0, 40.0)
    table = {
        smooth_m: {
            name: judged(corners_by_bend(bend(smooth_m=smooth_m)), marks, name)
            for name, bend, marks in tracks
        }
        for smooth_m in settings_m
    }
    left_out = []
    for name, _, _ in tracks:
        others = {
            smooth_m: min(overall([match for other, match in row.items() if other != name]))
            for smooth_m, row in table.items()
        }
        chosen = max(others, key=lambda smooth_m: (others[smooth_m], -abs(smooth_m - SMOOTH_M)))
        left_out.append(table[chosen][name])
        say(f"{name}: others choose {chosen:.0f} m, {left_out[-1].recall:.2f} {left_out[-1].precision:.2f}")
    assert min(overall(left_out)) >= LEAST
    for smooth_m in (SMOOTH_M * 0.75, SMOOTH_M, SMOOTH_M * 1.5):
        found = [
            judged(corners_by_bend(bend(smooth_m=smooth_m)), marks, name) for name, bend, marks in tracks
        ]
        assert min(overall(found)) >= 0.8, smooth_m


def test_marks_moved_along_the_lap_are_not_matched(tracks):
    """The figures above are no accident of wide marks."""
    apart = []
    for name, bend, marks in tracks:
        corners = corners_by_bend(bend())
        for shift in np.arange(1, 10) / 10:
            moved = [
                msgspec.structs.replace(mark, start=mark.start + shift, end=mark.end + shift)
                for mark in marks
            ]
            apart.append(judged(corners, moved, name))
    recall, precision = overall(apart)
    assert recall < 0.75
    assert precision < 0.75


def test_every_shape_gives_corners_that_turn_once_around(real_data):
    """Sides and angles: what turns left less what turns right is one turn, but for what kinks add."""
    for path in sorted((real_data / "tracks" / "outlines").glob("*.json")):
        bend = closed_bend(*shape_in(path))
        corners = corners_by_bend(bend)
        assert len(corners) >= 2, path.name
        around_deg = abs(sum(c.turn_deg if c.side == "left" else -c.turn_deg for c in corners))
        assert around_deg == pytest.approx(360, abs=90), path.name
        assert all(corner.start < corner.apex < corner.end for corner in corners)
