"""The bench of files measures what it says."""

import pytest
from disk_image import drive, ibt

from pitbox.cli.bench.ibt import measure_ibt


@pytest.mark.slow
def test_the_bench_compares_equal_things_and_imports_its_hour(tmp_path):
    path = tmp_path / "a.ibt"
    path.write_bytes(ibt(drive(20)))
    figures = {figure.name: figure for figure in measure_ibt(path, 0.01)}
    assert figures["the same values"].is_reached
    assert "1,200 records, 17 channels" in figures["pyirsdk, get_all of each channel"].how
    assert all(figure.value > 0 for figure in figures.values())
    assert figures["import into log and store"].goal == pytest.approx(0.9)
