"""Shapes and marks are read as others write them, and `pitbox evaluate corners` says which fit."""

import json

import numpy as np
import pytest
from spoken import Pitbox

from pitbox.cli.track_files import marks_in, shape_in

_DEGREE_M = 111_320.0


def stadium():
    """(lat, lon): 400 m straight, half a circle of 60 m, and back; 10 m apart."""
    turn = np.linspace(-np.pi / 2, np.pi / 2, 20)
    one = [(x, 0.0) for x in np.arange(0.0, 400.0, 10.0)]
    end = [(400 + 60 * np.cos(a), 60 + 60 * np.sin(a)) for a in turn]
    back = [(x, 120.0) for x in np.arange(400.0, 0.0, -10.0)]
    other = [(-60 * np.cos(a), 60 - 60 * np.sin(a)) for a in turn]
    return [
        (50 + y / _DEGREE_M, 6 + x / (_DEGREE_M * np.cos(np.radians(50))))
        for x, y in one + end + back + other
    ]


@pytest.fixture
def files(tmp_path):
    (tmp_path / "shape.json").write_text(json.dumps({"ontrack": stadium(), "north": 3.0}))
    points = "".join(f'<rtept lat="{lat}" lon="{lon}"><name/></rtept>' for lat, lon in stadium())
    (tmp_path / "shape.gpx").write_text(f"<gpx><rte>{points}</rte></gpx>")
    turns = [{"name": "East", "start": 0.34, "end": 0.5}, {"name": "West", "marker": 0.92}]
    turns.append({"name": "Nowhere", "start": 0.1, "end": 0.15})
    (tmp_path / "marks.json").write_text(json.dumps({"turn": turns}))
    return tmp_path


def test_both_kinds_of_shapes_are_one(files):
    one, other = shape_in(files / "shape.json"), shape_in(files / "shape.gpx")
    for first, second in zip(one, other, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-6)
    assert one[1].max() == pytest.approx(460, abs=2)


def test_marks_may_be_points(files):
    assert [(mark.start, mark.end) for mark in marks_in(files / "marks.json")][1] == (0.92, 0.92)


@pytest.mark.parametrize("text", ['{"ontrack": [[1, 2]]}', '{"ontrack": 3}', "{}", "nothing"])
def test_what_is_no_shape_is_refused(tmp_path, text):
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(ValueError, match=r"."):
        shape_in(tmp_path / "bad.json")


def test_the_command_says_what_fits(files, pitbox: Pitbox):
    marks = ("--marks", str(files / "marks.json"))
    said = pitbox("evaluate", "corners", str(files / "shape.json"), str(files / "shape.gpx"), *marks, *marks)
    assert said.code == 0
    assert "not found: Nowhere" in said.out
    assert "0.67" in said.out
    bad = pitbox("evaluate", "corners", str(files / "marks.json"), *marks)
    assert bad.code == 1
    assert "ontrack" in bad.err
