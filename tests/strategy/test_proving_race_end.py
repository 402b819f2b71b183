"""Our last lap on the proving ground: the truth of seeded races against the interval that should hold it."""

import pytest
from proving import QUARTERS, SLOW_RACES, calls

LEAST, MOST = 0.85, 1.0
"""Whole laps cannot hold exactly 90 %: near the end the interval is a lap or two, and holds more."""


def inside(found, quarter):
    some = [call.is_inside for call in found if call.quarter == quarter]
    assert some
    return sum(some) / len(some)


def test_a_dozen_races_end_where_the_interval_says():
    found = list(calls(range(12)))
    assert len(found) >= 40
    assert sum(call.is_inside for call in found) / len(found) >= LEAST
    last = [call for call in found if call.quarter == QUARTERS[-1]]
    assert sum(abs(call.said - call.actual) for call in last) / len(last) <= 1.0
    first = [call for call in found if call.quarter == QUARTERS[0]]
    assert sum(call.high - call.low for call in first) / len(first) <= 8.0, "wide enough to hold anything"


@pytest.mark.slow
def test_most_races_end_where_the_interval_says_at_each_quarter():
    found = list(calls(range(SLOW_RACES)))
    for quarter in QUARTERS:
        assert LEAST <= inside(found, quarter) <= MOST
