"""A collector that nobody is paired with carries no network code, and one that shares no database."""

import json
import subprocess
import sys

import pytest

HEAVY = ("asyncio", "ssl", "zeroconf", "duckdb", "pyarrow", "PySide6", "numba")


def loaded_by(module: str) -> set[str]:
    code = (
        f"import json, sys, {module}; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(json.loads(said.stdout))


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("pitbox.wall.driver", set()),
        ("pitbox.wall.share", {"asyncio", "ssl"}),
        ("pitbox.wall.engineer", {"asyncio", "ssl"}),
    ],
)
def test_what_comes_along(module: str, allowed: set[str]) -> None:
    assert loaded_by(module) <= allowed
