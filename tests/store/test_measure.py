"""What `pitbox bench store` measures is measured: on a small log, for the figures' plausibility only."""

import pytest
from recorded import SESSION

from pitbox.store.measure import measure_laps, measure_projection


@pytest.mark.long  # the command that prints these figures has a test of its own
def test_a_projection_and_a_day_of_laps_are_measured(tmp_path, race_logs):
    path = tmp_path / "bench.duckdb"
    cost = measure_projection(race_logs, path)
    assert 60 < cost.recorded_s < 300
    assert 0 < cost.cpu_s_per_s < 1
    assert cost.row_count > 60 * 60
    assert cost.column_count > 250
    assert 20 < cost.start_rss_mb < cost.peak_rss_mb < 2000
    laps = measure_laps(path, SESSION, count=20)
    assert laps.row_count >= 23 * 60 * 60
    assert 0 < laps.p50_ms <= laps.p95_ms
