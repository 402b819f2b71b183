"""Recordings that others made, from 2015 to 2025: all channels, and laps that were driven."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import irsdk
import numpy as np
import pytest

from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.iracing.drive import Drive
from pitbox.sim.iracing.errors import EmptyFileError, ImageError
from pitbox.sim.iracing.text import session_info
from pitbox.wall.importer import import_file, laps_of

HEADER = 144


def versions(path: Path) -> int:
    return int.from_bytes(path.read_bytes()[:4], "little")


@pytest.fixture(scope="session")
def files(real_data):
    found = sorted((real_data / "ibt").glob("*.ibt"))
    if not found:
        pytest.skip("no .ibt files among the real recordings")
    return [path for path in found if path.stat().st_size > HEADER and versions(path) in (1, 2)]


@pytest.fixture(scope="session")
def broken(real_data, files):
    return [path for path in sorted((real_data / "ibt").glob("*.ibt")) if path not in files]


def crossings(file):
    """Truth by other means: where the fraction wraps between records that follow each other, driving on."""
    pct = np.array(file.get_all("LapDistPct"), float)
    lap = np.array(file.get_all("Lap"))
    time_s = np.array(file.get_all("SessionTime"))
    speed = np.array(file.get_all("Speed"))
    found, is_whole = [], False
    for at in range(1, len(pct)):
        is_near = 0 < time_s[at] - time_s[at - 1] < 0.1 and lap[at] > 0 and lap[at - 1] > 0
        if not is_near:
            is_whole = False  # a record without a place, or a reset: the lap has no whole time
            continue
        if pct[at - 1] > 0.9 and pct[at] < 0.1 and speed[at] > 1:
            share = (1 - pct[at - 1]) / (1 - pct[at - 1] + pct[at])
            found.append((time_s[at - 1] + share * (time_s[at] - time_s[at - 1]), is_whole))
            is_whole = True
    return found


def test_every_channel_of_every_file_is_what_pyirsdk_reads(files):
    assert len(files) >= 5
    for path in files:
        theirs = irsdk.IBT()
        theirs.open(str(path))
        with IbtFile(path) as ours:
            columns = ours.columns()
            assert len(ours) == theirs._disk_header.session_record_count, path.name
            assert list(columns) == theirs.var_headers_names
            for name in theirs.var_headers_names:
                np.testing.assert_array_equal(columns[name], np.array(theirs.get_all(name)), err_msg=name)
            del columns
        theirs.close()


def test_laps_are_the_true_crossings_of_the_line(files):
    count = 0
    for path in files:
        theirs = irsdk.IBT()
        theirs.open(str(path))
        truth = crossings(theirs)
        sims = {round(lap_s, 3) for lap_s in theirs.get_all("LapLastLapTime") if lap_s > 0}
        theirs.close()
        with IbtFile(path) as file:
            laps = laps_of(Drive(file, session_info(file.text)))
        whole = [(before, after) for (before, _), (after, is_whole) in pairwise(truth) if is_whole]
        assert len(laps) == len(whole), path.name
        for lap, (start_s, end_s) in zip(laps, whole, strict=True):
            assert (lap.start_s, lap.end_s) == (
                pytest.approx(start_s, abs=0.01),
                pytest.approx(end_s, abs=0.01),
            )
            if sims:
                assert min(abs(lap.end_s - lap.start_s - lap_s) for lap_s in sims) < 0.02
        count += len(laps)
    assert count > 0


def test_each_import_is_one_session_that_says_what_was_driven(files, tmp_path):
    shelf, identity = Shelf(tmp_path / "log"), Identity.load_or_create(tmp_path / "identity")
    first = [import_file(path, shelf, identity) for path in files]
    for path, done in zip(files, first, strict=True):
        assert done.state in ("imported", "filled"), path.name
        assert done.car
        assert done.track
        assert done.records - done.new_records <= 5
    again = [import_file(path, shelf, identity) for path in files]
    assert [done.state for done in again] == ["known"] * len(files)
    assert [(done.session, done.laps) for done in again] == [(done.session, done.laps) for done in first]


def test_files_of_one_offline_drive_are_one_session_in_any_order(files, tmp_path):
    """Their dates and session clocks began at the same second; those of all others did not."""
    identity = Identity.load_or_create(tmp_path / "identity")
    zeros = {}
    for path in files:
        with IbtFile(path) as file:
            zeros[path] = file.disk.began_utc_s - float(file.rows["SessionTime"][0])
    for order in (files, files[::-1]):
        shelf = Shelf(tmp_path / f"log-{order[0].stem}")
        session = {path: import_file(path, shelf, identity).session for path in order}
        pairs = [(a, b) for a in files for b in files if a < b]
        same = {pair for pair in pairs if session[pair[0]] == session[pair[1]]}
        assert same == {(a, b) for a, b in pairs if abs(zeros[a] - zeros[b]) < 2}
        assert len(same) >= 3


def test_what_is_empty_or_garbage_is_refused_in_words(broken):
    for path in broken:
        with pytest.raises(ImageError, match=path.name) as caught:
            IbtFile(path)
        assert isinstance(caught.value, EmptyFileError) == (path.stat().st_size == 0)


def test_refusals_and_cuts_stay_under_50_mb(broken, files, tmp_path):
    """In a process of its own, with everything that Python and numpy take for themselves."""
    cut = tmp_path / "cut.ibt"
    largest = max(files, key=lambda path: path.stat().st_size)
    cut.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])
    short = tmp_path / "short.ibt"
    short.write_bytes(largest.read_bytes()[:9000])
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from pitbox.sim.iracing.disk import IbtFile\n"
        "from pitbox.sim.iracing.errors import ImageError\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        with IbtFile(Path(name)) as file: print(file.problems[0])\n"
        "    except ImageError as error: print(error)\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(next(line.split()[1] for line in status.splitlines() if line.startswith('VmHWM')))\n"
    )
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell its peak this way")
    paths = [*map(str, broken), str(short), str(cut)]
    said = subprocess.run(
        [sys.executable, "-P", "-c", code, *paths], capture_output=True, text=True, check=True, timeout=60
    ).stdout.splitlines()
    assert len(said) == len(paths) + 1
    assert "records are whole" in said[-2]
    assert int(said[-1]) < 50 * 1024
