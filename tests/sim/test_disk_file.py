"""Files for disk are read here by pyirsdk, unchanged."""

import irsdk
import msgspec
import numpy as np
import pytest

from pitbox.sim.synthetic.disk import LATITUDE, disk_variables, write_ibt
from pitbox.sim.synthetic.scenario import SCENARIOS, CautionPlan, Mishaps

DUEL = SCENARIOS["duel"]
TOWED = msgspec.structs.replace(DUEL, seed=5, mishaps=Mishaps(tow=0.5), caution=CautionPlan())


@pytest.fixture(scope="module")
def towed(tmp_path_factory):
    path = tmp_path_factory.mktemp("ibt") / "towed.ibt"
    written = write_ibt(TOWED, path, 8.0)
    file = irsdk.IBT()
    file.open(str(path))
    yield written, file
    file.close()


def test_pyirsdk_reads_all_records_of_all_channels(towed):
    written, file = towed
    assert file._disk_header.session_record_count == written.records == 8 * 60 * 60
    assert file.var_headers_names == [variable.name for variable in disk_variables()]
    times_s = np.array(file.get_all("SessionTime"))
    assert (times_s[0], times_s[-1]) == (written.start_s, written.end_s)
    steps = np.diff(times_s)
    assert (steps > 0).all()
    assert len(file.get_all("SteeringWheelTorque_ST")[0]) == 6
    for name in file.var_headers_names:
        assert len(file.get_all(name)) == written.records


def test_records_without_a_place_stand_at_the_start_and_at_each_tow(towed):
    written, file = towed
    lat, pct = np.array(file.get_all("Lat")), np.array(file.get_all("LapDistPct"))
    surface = np.array(file.get_all("PlayerTrackSurface"))
    placeless = tuple(int(at) for at in np.flatnonzero(lat == 0))
    assert placeless == written.placeless
    assert len(placeless) > 2
    assert placeless[0] == 0
    for at in placeless:
        assert (pct[at], surface[at]) == (0, -1)
        assert file.get(at, "FuelLevel") > 0
        assert file.get(at, "SessionTime") > 0
    tows = [at for at in placeless if file.get(at, "PlayerCarTowTime") > 0]
    assert tows
    for at in tows:
        assert file.get(at, "SessionTick") - file.get(at - 1, "SessionTick") == 2, "one is missed at a reset"


def test_a_lap_on_earth_is_a_lap_of_the_track(towed):
    _, file = towed
    lap, lat, lon = (np.array(file.get_all(name)) for name in ("Lap", "Lat", "Lon"))
    speed, pct = np.array(file.get_all("Speed")), np.array(file.get_all("LapDistPct"))
    y_m = (lat - LATITUDE) * 111_320.0
    x_m = (lon - 7.0) * 111_320.0 * np.cos(np.radians(LATITUDE))
    moved = np.hypot(np.diff(x_m), np.diff(y_m)) * 60
    rolls = (speed[1:] > 20) & (speed[:-1] > 20) & (np.diff(lap) == 0) & (np.diff(pct) > 0)
    assert rolls.sum() > 5000
    assert np.quantile(np.abs(moved - speed[1:])[rolls], 0.95) < 0.5


def test_only_what_we_drive_is_written(tmp_path):
    relay = msgspec.structs.replace(SCENARIOS["duel"], seat=1)
    written = write_ibt(relay, tmp_path / "second.ibt", 3.0)
    assert written.start_s > 200
    assert written.records == 3 * 3600
    file = irsdk.IBT()
    file.open(str(tmp_path / "second.ibt"))
    assert all(file.get_all("IsOnTrackCar"))
    assert min(file.get_all("FuelLevel")) > 0
    file.close()


def test_a_file_can_begin_later(tmp_path):
    written = write_ibt(DUEL, tmp_path / "late.ibt", 0.5, skip_s=60.0)
    assert written.start_s == pytest.approx(60.0, abs=0.3)
    assert written.placeless == (0,)
