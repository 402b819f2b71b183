"""The outline of a track from what was recorded on it, and from the shelf the next time."""

import threading
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from short_race import race

from pitbox.analysis.outline import POINTS, Source, circle
from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.text import session_info
from pitbox.sim.synthetic.disk import write_ibt
from pitbox.sim.synthetic.scenario import SCENARIOS
from pitbox.wall.importer import import_file
from pitbox.wall.outline_shelf import Chart, OutlineShelf, chart_key
from pitbox.wall.profile import find_profile
from pitbox.wall.settings import Settings, Storage
from pitbox.wall.surveyor import Surveyor
from pitbox.wall.wall import Wall

SETTINGS = Settings(storage=Storage(reserve_bytes=1 << 20))
_PATIENCE_S = 60.0
NEVER = threading.Event()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """(shelf, session info) of a short race."""
    profile = find_profile("default", {"PITBOX_HOME": str(tmp_path_factory.mktemp("survey"))})
    wall = Wall(profile, SETTINGS, race(60.0), is_paced_by_us=True)
    wall.start()
    deadline = time.monotonic() + _PATIENCE_S
    while not wall.has_ended:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    wall.stop()
    return wall.shelf, wall.hub.info.take()[1]


def surveyed(shelf: Shelf, folder: Path, info) -> Surveyor:
    surveyor = Surveyor(shelf, OutlineShelf(folder))
    surveyor.want(info.sim, info.track)
    while surveyor.look(NEVER):
        pass
    return surveyor


def test_a_recorded_race_teaches_its_track(recorded, tmp_path: Path) -> None:
    shelf, info = recorded
    chart = surveyed(shelf, tmp_path, info).charts.take()[1]
    assert chart is not None
    assert chart.key == chart_key(info.sim, info.track)
    assert chart.outline.source is Source.MOTION
    assert chart.outline.length_m == pytest.approx(info.track.length_m, rel=0.02)
    assert chart.outline.closing_m < 0.01 * info.track.length_m


def test_what_was_learnt_is_known_without_the_recording(recorded, tmp_path: Path) -> None:
    shelf, info = recorded
    learnt = surveyed(shelf, tmp_path, info).charts.take()[1]
    known = surveyed(Shelf(tmp_path / "nothing"), tmp_path, info).charts.take()[1]
    assert learnt is not None
    assert known is not None
    assert np.abs(known.outline.x_m - learnt.outline.x_m).max() < 0.06
    assert np.abs(known.outline.phase - learnt.outline.phase).max() < 1e-4
    assert known.lane == learnt.lane


def test_another_track_is_another_outline(recorded, tmp_path: Path) -> None:
    shelf, info = recorded
    other = msgspec.structs.replace(info, track=msgspec.structs.replace(info.track, config="Short"))
    assert surveyed(shelf, tmp_path, other).charts.take()[1] is None


@pytest.mark.slow
def test_an_imported_file_teaches_where_the_track_lies(tmp_path: Path) -> None:
    plan = msgspec.structs.replace(SCENARIOS["duel"], race_s=150.0)
    write_ibt(plan, tmp_path / "own.ibt", 3.5)
    shelf = Shelf(tmp_path / "log")
    import_file(tmp_path / "own.ibt", shelf, Identity.load_or_create(tmp_path / "identity"))
    info = session_info(IbtFile(tmp_path / "own.ibt").text)
    chart = surveyed(shelf, tmp_path, info).charts.take()[1]
    assert chart is not None
    assert chart.outline.source is Source.POSITION


def test_it_learns_while_the_race_is_being_recorded(recorded, tmp_path: Path) -> None:
    """As a thread, asked from another one."""
    shelf, info = recorded
    surveyor = Surveyor(shelf, OutlineShelf(tmp_path))
    surveyor.start()
    try:
        surveyor.want(info.sim, info.track)
        deadline = time.monotonic() + _PATIENCE_S
        while surveyor.charts.take()[1] is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        assert surveyor.stop()


def chart_of(key: str) -> Chart:
    return Chart(key, msgspec.structs.replace(circle(1000.0), source=Source.MOTION), (0.95, 1.02))


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x92\x01", b"\x91" * 5000])
def test_a_file_that_is_no_use_is_forgotten(tmp_path: Path, damage: bytes) -> None:
    shelf = OutlineShelf(tmp_path)
    shelf.keep(chart_of("a"))
    file = next(tmp_path.iterdir())
    file.write_bytes(damage)
    assert shelf.read("a") is None
    shelf.keep(chart_of("b"))
    found = shelf.read("b")
    assert found is not None
    assert len(found.outline.x_m) == POINTS


def test_one_outline_that_is_cut_short_does_not_take_the_others_along(tmp_path: Path) -> None:
    shelf = OutlineShelf(tmp_path)
    short = chart_of("short")
    cut = msgspec.structs.replace(short.outline, x_m=short.outline.x_m[:7])
    shelf.keep(msgspec.structs.replace(short, outline=cut))
    shelf.keep(chart_of("whole"))
    assert shelf.read("short") is None
    assert shelf.read("whole") is not None


def test_the_newest_outlines_stay(tmp_path: Path) -> None:
    shelf = OutlineShelf(tmp_path)
    for at in range(3):
        shelf.keep(chart_of("same" if at < 2 else "other"))
    assert shelf.read("same") is not None
    assert len(shelf._content()) == 2
