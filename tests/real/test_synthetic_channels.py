"""The world's table of variables against real shared-memory images."""

import os
from pathlib import Path

import pytest

from pitbox.sim.synthetic.channels import variables

DATA = Path(os.environ.get("PITBOX_REAL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
DUMPS = DATA / "memory-dumps"
KINDS = {1: "b1", 2: "i4", 3: "u4", 4: "f4", 5: "f8"}


def headers(name):
    path = DUMPS / name
    if not path.exists():
        pytest.skip(f"no real recording {path.name} here")
    import irsdk

    sim = irsdk.IRSDK()
    assert sim.startup(test_file=str(path))
    try:
        return [(h.name, KINDS[h.type], h.count, h.count_as_time, h.unit, h.desc) for h in sim._var_headers]
    finally:
        sim.shutdown()


def test_the_table_is_the_header_of_a_real_car_line_by_line():
    table = [(v.name, v.kind, v.count, v.is_time, v.unit, v.description) for v in variables()]
    assert table == headers("h2h_shared-memory_practise.bin")


@pytest.mark.parametrize("name", ["h2h_shared-memory_ai_race.bin", "teamjorge_live_test_file.bin"])
def test_other_cars_agree_in_what_they_share(name):
    table = {variable.name: (variable.kind, variable.unit) for variable in variables()}
    shared = [header for header in headers(name) if header[0] in table]
    assert len(shared) > 250
    assert [(h[0], h[1], h[4]) for h in shared] == [(h[0], *table[h[0]]) for h in shared]
