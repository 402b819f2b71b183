"""Every module can be the first one imported, and what must start light stays light."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QT = frozenset({"PySide6", "shiboken6", "pyqtgraph"})
HEAVY = QT | {"duckdb", "pyarrow", "polars", "pandas", "numba", "scipy", "sklearn", "lightgbm"}
COLLECTOR_ROOMS = ("model", "wire", "crew", "identity", "sim", "timing", "log", "wall")

_PROBE = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def modules() -> list[str]:
    """Dotted names as the files say them; nothing is imported to find out."""
    names = []
    for path in sorted((ROOT / "pitbox").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def room_of(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


@cache
def loaded_by(*names: str) -> frozenset[str]:
    """Every module that a fresh interpreter holds after importing these."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROBE, *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, f"a fresh interpreter cannot import {' '.join(names)}:\n{run.stderr}"
    return frozenset(json.loads(run.stdout))


def packages(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in names)


@pytest.mark.parametrize("module", modules())
def test_module_imports_alone(module: str) -> None:
    loaded = loaded_by(module)
    found = packages(loaded)
    room = room_of(module)
    if room != "ui":
        assert not found & QT, "Qt lives in ui only"
    opens_store = room == "wall" and "pitbox.store" in loaded
    if room in COLLECTOR_ROOMS and not opens_store:
        assert not found & HEAVY, "the collector may import this, and DuckDB alone would double its memory"


@pytest.mark.parametrize("words", [("--version",), ("--help",)])
def test_door_opens_light(words: tuple[str, ...]) -> None:
    if words == ("--help",):
        pytest.importorskip("pitbox.cli.app")
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pitbox", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines()}
    assert "pitbox" in imported
    assert not imported & HEAVY
    if words == ("--version",):
        assert not imported & {"typer", "numpy", "msgspec"}
