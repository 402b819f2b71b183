"""Every module can be the first one imported, and what must start light stays light."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QT = frozenset({"PySide6", "shiboken6", "pyqtgraph"})
HEAVY = QT | {"duckdb", "pyarrow", "polars", "pandas", "numba", "scipy", "sklearn", "lightgbm"}
Nurseries = Callable[[tuple[str, ...]], subprocess.Popen[str]]
COLLECTOR_ROOMS = ("model", "wire", "crew", "identity", "sim", "timing", "log", "wall")

_NURSERY = """
import gc, importlib, json, os, sys, traceback
gc.disable()
for name in sys.argv[1:]:
    importlib.import_module(name)
for line in sys.stdin:
    if os.fork() == 0:
        try:
            importlib.import_module(line.strip())
            print(json.dumps(sorted(sys.modules)), flush=True)
        except BaseException:
            print(json.dumps(traceback.format_exc()), flush=True)
        os._exit(0)
    os.wait()
"""
"""An interpreter that has seen nothing of ours; a fork of it imports a name, too short-lived for garbage."""
_KNOWN = ("msgspec", "numpy", "asyncio", "ssl", "cryptography.x509", "zstandard")
_LEARNED = ("duckdb", "numba", "lightgbm", "typer", "rich.table")
_DRAWN = ("PySide6.QtWidgets", "PySide6.QtSvg", "pyqtgraph")
"""Others' libraries that a nursery brings along, so that each fork need not load them again."""


def brought(module: str) -> tuple[str, ...]:
    """Only what this module may load: whatever is judged by its absence is never there before."""
    room = room_of(module)
    if room == "ui":
        return _KNOWN + _DRAWN
    return _KNOWN if room in COLLECTOR_ROOMS or not room.strip("_") else _KNOWN + _LEARNED


def modules() -> list[str]:
    """Dotted names as the files say them; nothing is imported to find out."""
    names = []
    for path in sorted((ROOT / "pitbox").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def room_of(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


def nursery(brings: tuple[str, ...]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", _NURSERY, *brings],
        cwd=ROOT,
        # A fork takes the calling thread only; numpy's arithmetic shall start no others.
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def nurseries() -> Iterator[Nurseries]:
    with ExitStack() as stack:
        yield cache(lambda brings: stack.enter_context(nursery(brings)))


def loaded_with(nursery: subprocess.Popen[str], module: str) -> frozenset[str]:
    """Every module that an interpreter holds after importing this one first."""
    assert nursery.stdin
    assert nursery.stdout
    nursery.stdin.write(f"{module}\n")
    nursery.stdin.flush()
    answer = json.loads(nursery.stdout.readline())
    assert isinstance(answer, list), f"{module} cannot be the first one imported:\n{answer}"
    return frozenset(answer)


def packages(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in names)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each import happens in a fork")
@pytest.mark.parametrize("module", modules())
def test_module_imports_alone(nurseries: Nurseries, module: str) -> None:
    loaded = loaded_with(nurseries(brought(module)), module)
    found = packages(loaded)
    room = room_of(module)
    if room != "ui":
        assert not found & QT, "Qt lives in ui only"
    opens_store = room == "wall" and "pitbox.store" in loaded
    if room in COLLECTOR_ROOMS and not opens_store:
        assert not found & HEAVY, "the collector may import this, and DuckDB alone would double its memory"


@pytest.mark.parametrize("words", [("--version",), ("--help",)])
def test_door_opens_light(words: tuple[str, ...]) -> None:
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
