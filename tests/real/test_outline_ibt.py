"""The shape that velocity and yaw give, held against latitude and longitude of the same recording."""

import numpy as np
import pytest

from pitbox.analysis.outline import Outline, Source
from pitbox.analysis.survey import Survey
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.errors import ImageError

_WHOLE_M = 100.0


def rows_of(path):
    try:
        with IbtFile(path) as file:
            return file.rows.copy()
    except ImageError:
        return None


@pytest.fixture(scope="module")
def drives(real_data):
    found = {path.name: rows_of(path) for path in sorted((real_data / "ibt").glob("*.ibt"))}
    return {name: rows for name, rows in found.items() if rows is not None and len(rows) > 2}


def learnt(rows) -> Survey:
    survey = Survey()
    for at in range(0, len(rows), 15):
        survey.take(rows[at : at + 15])
    return survey


def without_position(rows):
    return rows[[name for name in rows.dtype.names if name not in ("Lat", "Lon", "Alt")]]


def laid_on(one: Outline, other: Outline) -> tuple[float, float]:
    """(root mean square distance in metres, by how much it had to be turned)."""
    shapes = [outline.x_m + 1j * outline.y_m for outline in (one, other)]
    first, second = (shape - shape.mean() for shape in shapes)
    turn = np.vdot(second, first)
    turn /= abs(turn)
    return float(np.sqrt((abs(first - second * turn) ** 2).mean())), float(np.angle(turn))


def test_the_summed_shape_is_the_measured_one(drives):
    compared = 0
    for name, rows in drives.items():
        measured, summed = learnt(rows).outline, learnt(without_position(rows)).outline
        if measured is None:
            assert summed is None, name
            continue
        compared += 1
        assert summed is not None, name
        assert (measured.source, summed.source) == (Source.POSITION, Source.MOTION)
        miss_m, turn = laid_on(measured, summed)
        assert miss_m < 1.0, name
        if "YawNorth" in rows.dtype.names:
            assert abs(turn) < np.radians(1.0), name
        assert abs(summed.length_m / measured.length_m - 1) < 0.01, name
        assert summed.closing_m < 1.0, name
        assert measured.length_m > _WHOLE_M
        assert np.abs(measured.phase - summed.phase).max() < 1e-9
    assert compared >= 3


def test_the_lap_is_as_long_as_the_sim_says(drives):
    """`LapDist` tells the distance along the sim's own centre line; a racing line is a little shorter."""
    for name, rows in drives.items():
        outline = learnt(rows).outline
        if outline is None:
            continue
        placed = rows[(rows["LapDistPct"] > 0.05) & (rows["LapDistPct"] < 0.95)]
        told_m = float(np.median(placed["LapDist"] / placed["LapDistPct"]))
        assert outline.length_m == pytest.approx(told_m, rel=0.08), name


def test_a_recording_without_a_whole_lap_teaches_no_shape(drives):
    short = [rows for rows in drives.values() if np.ptp(rows["LapDistPct"]) < 0.9]
    assert short
    assert all(learnt(rows).outline is None for rows in short)
