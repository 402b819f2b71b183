"""Corners found by shape, and by laps, against corners that people marked; one setting for all tracks.

Which shape belongs to which marks:
- `spa_up` (a drive) and `spa-up`: the same layout by name; the drive begins at the line before La Source.
- `barcelona_gp` and `barcelona-gp`: by name; lengths of 4,653 and 4,670 m.
- `daytona_2011_roadnascar2020` and `daytona-2011-road`: the same road and line but for a chicane that was put
  in before the tri-oval, from 0.89 to 0.95 of the lap: it has no mark and is left out. The marks are points.
- `cota_west` and `cota-gp`: the short lap has the long one's line and straight. It leaves the long lap in
  turn 6 and comes back before turn 12, so turns 1 to 5 and 12 to 20 are the same road, as many metres behind
  the line or before it. The long lap has 5,513 m (5,794, beside its marks, is not this track's length).
- `hockenheim_nationala` and `hockenheim-gp`: the same line; turn 1, and all from `Mobil 1` on, are the same
  road. The long lap has 4,574 m.
- Laps at `magnycours gp` and `magnycours-gp`: by name; no shape, but speed and steering of six laps.
- A race of 20 cars seen once a second on the Grand Prix layout of Brands Hatch, and `brandshatch-grandprix`:
  by name; nothing but speeds.

Left out because no second opinion would come of it: `spa-low` (the road of `spa-up` with another line),
`barcelona-historic`, `barcelona_moto`, `_national` and `_club` (roads of `barcelona_gp`),
`hockenheim_nationalb` (of `_nationala`), the pit drives, `cota_east` (it has no piece of the long lap with
the line in it). Left out because no corner is marked: all files of `cadwell-*`, `hockenheim-nationalb`,
`-outer`, `-short*` and `-pec-*`; and no file marks Algarve, Aragon, Belle Isle, Charlotte, Chicago,
Crandon, Fuji, the rallycross tracks or the ovals. Whole laps were recorded at Charlotte, Langley and
Bristol too, which nobody marks; none at the Red Bull Ring, Sebring and Indianapolis.
"""

import functools
import sys
from typing import NamedTuple

import msgspec
import numpy as np
import pytest
from field_file import FieldFile
from lap_files import csv_rows

from pitbox.analysis.corner.bend import SMOOTH_M, closed_bend
from pitbox.analysis.corner.both import corners_of
from pitbox.analysis.corner.geometry import corners_by_bend
from pitbox.analysis.corner.marked import Match, matched
from pitbox.analysis.corner.shared import SharedRoad
from pitbox.analysis.driven import DrivenLap
from pitbox.analysis.lap_cut import cut_laps
from pitbox.cli.track_files import marks_in, shape_in

PAIRS = {
    "gpx/spa_up-ONTRACK.gpx": ("spa-up", None),
    "outlines/barcelona_gp.json": ("barcelona-gp", None),
    "outlines/daytona_2011_roadnascar2020.json": (
        "daytona-2011-road",
        SharedRoad(5781, 0.89 * 5781, 0.05 * 5781),
    ),
    "outlines/cota_west.json": ("cota-gp", SharedRoad(5513, 1450, 0.34 * 5513)),
    "outlines/hockenheim_nationala.json": ("hockenheim-gp", SharedRoad(4574, 600, 0.275 * 4574)),
}
LEAST = 0.85
MARKS = "tracks/lovely/{}.json"
_NEAR, _PLACES = 0.004, 195
"""Of the lap: speeds so near to a place tell its speed; and at how many places that is asked."""


class Judge(NamedTuple):
    """One track: how its shape bends at a smoothing, and what is marked on the road that both share."""

    name: str
    bend: functools.partial
    marks: list
    same: SharedRoad | None

    def match(self, smooth_m: float = SMOOTH_M, shift: float = 0.0) -> Match:
        bend = self.bend(smooth_m=smooth_m)
        corners, marks = corners_by_bend(bend), self.marks
        if self.same is not None:
            corners, marks = self.same.corners(corners, bend.length_m), self.same.marks(marks)
        moved = [
            msgspec.structs.replace(mark, start=mark.start + shift, end=mark.end + shift) for mark in marks
        ]
        return matched(corners, moved)


@pytest.fixture(scope="module")
def tracks(real_data):
    found = []
    for path, (name, same) in PAIRS.items():
        line = shape_in(real_data / "tracks" / path)
        marks = marks_in(real_data / MARKS.format(name))
        found.append(Judge(name, functools.partial(closed_bend, *line), marks, same))
    return found


@pytest.fixture(scope="module")
def magny_cours(real_data):
    laps = cut_laps(csv_rows(real_data / "team-race" / "session_1681021274_df.csv.gz")).laps
    corners = corners_of([lap for lap in laps if lap.time_s < 105.0])
    return matched(corners, marks_in(real_data / MARKS.format("magnycours-gp")))


@pytest.fixture(scope="module")
def brands_hatch(real_data):
    """One lap for each class of cars, put together of the speeds that were seen."""
    file = FieldFile(real_data / "field")
    seen: dict[str, list] = {}
    for _, cars in file.moments:
        for car in cars:
            if car["state"] == "RUN" and isinstance(car["speed"], int | float) and car["speed"] > 30:
                seen.setdefault(car["car"], []).append((car["trackPos"] % 1.0, car["speed"] / 3.6))
    laps = [_lap_of(np.array(speeds), file.event["trackLength"]) for speeds in seen.values()]
    return matched(corners_of(laps), marks_in(real_data / MARKS.format("brandshatch-grandprix")))


def _lap_of(speeds, track_m: float) -> DrivenLap:
    pct = np.linspace(0.0, 1.0, _PLACES + 1)
    away = np.abs((speeds[:, 0] - pct[:, None] + 0.5) % 1.0 - 0.5)
    speed = np.array([np.median(speeds[near, 1]) for near in away < _NEAR])
    t_s = np.concatenate(([0.0], np.cumsum(np.diff(pct) * track_m / ((speed[1:] + speed[:-1]) / 2))))
    return DrivenLap("seen", t_s[-1], track_m, t_s, pct, pct * track_m, {"Speed": speed})


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def overall(matches) -> tuple[float, float]:
    recall = sum(match.found for match in matches) / sum(match.marks for match in matches)
    return recall, sum(match.right for match in matches) / sum(match.corners for match in matches)


def test_corners_of_marked_tracks(tracks, magny_cours, brands_hatch):
    by_shape = {track.name: track.match() for track in tracks}
    by_laps = {"magnycours-gp (laps)": magny_cours, "brandshatch-grandprix (1 Hz)": brands_hatch}
    matches = by_shape | by_laps
    for name, match in matches.items():
        say(
            f"{name:28} {match.marks:2} {match.recall:.2f} {match.precision:.2f}  "
            f"lost {match.lost}, extra {match.extra}"
        )
    recall, precision = overall(matches.values())
    say(f"{'all':31} {recall:.2f} {precision:.2f}")
    assert recall >= LEAST
    assert precision >= LEAST
    assert min(overall(by_shape.values())) >= LEAST
    assert min(overall(by_laps.values())) >= LEAST


def test_the_setting_was_not_fitted_to_a_track(tracks):
    """Chosen on the other tracks alone, it does as well on each that was left out; so do its neighbours."""
    settings_m = (10.0, 15.0, 20.0, 25.0, 30.0, 40.0)
    table = {smooth_m: {track.name: track.match(smooth_m) for track in tracks} for smooth_m in settings_m}
    left_out = []
    for name in table[SMOOTH_M]:
        others = {
            smooth_m: min(overall([match for other, match in row.items() if other != name]))
            for smooth_m, row in table.items()
        }
        chosen = max(others, key=lambda smooth_m: (others[smooth_m], -abs(smooth_m - SMOOTH_M)))
        left_out.append(table[chosen][name])
        say(f"{name}: others choose {chosen:.0f} m, {left_out[-1].recall:.2f} {left_out[-1].precision:.2f}")
    say(f"left out: {overall(left_out)}")
    assert min(overall(left_out)) >= LEAST
    for smooth_m in (15.0, SMOOTH_M, 30.0):
        assert min(overall(table[smooth_m].values())) >= LEAST, smooth_m


def test_marks_moved_along_the_lap_are_not_matched(tracks):
    """The figures above are no accident of wide marks."""
    recall, precision = overall(
        [track.match(shift=shift) for track in tracks for shift in np.arange(1, 10) / 10]
    )
    say(f"moved: {recall:.2f} {precision:.2f}")
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
