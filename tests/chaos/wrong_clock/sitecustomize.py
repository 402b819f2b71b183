"""A wall clock that is wrong by what a file says, also while it runs; found by Python through PYTHONPATH.

At Python's own border, since PitBox asks no other clock; libfaketime would break Python's `time.sleep`.
"""

import os
import time
from pathlib import Path

_FILE = Path(os.environ["WRONG_CLOCK"])
_time, _time_ns = time.time, time.time_ns


def _offset_s() -> float:
    return float(_FILE.read_text())


time.time = lambda: _time() + _offset_s()
time.time_ns = lambda: _time_ns() + int(_offset_s() * 1e9)
