"""What PitBox stands on and what it looks at. Each is tried in a child, so that nothing is loaded here."""

import subprocess
import sys

from pitbox.wall.checkup.finding import Finding

_TIMEOUT_S = 30.0

_QT = """
import ctypes, sys
from pathlib import Path
from PySide6 import QtCore, QtGui, QtWidgets
if sys.platform == "linux":
    plugins = QtCore.QLibraryInfo.path(QtCore.QLibraryInfo.LibraryPath.PluginsPath)
    ctypes.CDLL(str(Path(plugins, "platforms", "libqxcb.so")))
print(QtCore.qVersion())
"""
_DUCKDB = """
import duckdb
duckdb.connect().execute("SELECT 1").fetchall()
print(duckdb.__version__)
"""
_IRACING = """
import irsdk
sim = irsdk.IRSDK()
print("running" if sim.startup() else "idle")
"""


def examine_software() -> list[Finding]:
    return [_qt(), _duckdb(), _iracing(sys.platform)]


def _qt() -> Finding:
    good, words = in_child(_QT)
    if good:
        return Finding("window", "ok", f"Qt {words} and what it needs of this system are here.")
    return Finding(
        "window",
        "bad",
        f"Qt cannot start, so no window can open; recording and the commands work without it. {words}",
        "On Debian and Ubuntu ./scripts/run installs what is missing; elsewhere install the package of the "
        "library that is named here.",
    )


def _duckdb() -> Finding:
    good, words = in_child(_DUCKDB)
    if good:
        return Finding("database", "ok", f"DuckDB {words} works.")
    return Finding(
        "database",
        "bad",
        f"DuckDB does not start. Recording works without it; queries do not. {words}",
        "Start with ./scripts/run, which installs the version that PitBox was tried with.",
    )


def _iracing(system: str) -> Finding:
    if system != "win32":
        words = "iRacing runs on Windows only. Here PitBox shows demo races and recordings."
        return Finding("iracing", "note", words)
    good, words = in_child(_IRACING)
    if not good:
        return Finding("iracing", "bad", f"iRacing's memory cannot be looked for. {words}")
    if words == "running":
        return Finding("iracing", "ok", "iRacing is running.")
    return Finding("iracing", "note", "iRacing is not running now; PitBox will find it when it starts.")


def in_child(code: str, timeout_s: float = _TIMEOUT_S) -> tuple[bool, str]:
    """(whether it went well, its last line) for code run by this Python in a process of its own."""
    try:
        done = subprocess.run(  # noqa: S603 - our own constants, run by our own interpreter
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=timeout_s,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False, f"It did not answer within {timeout_s:g} s."
    except OSError as error:
        return False, f"No process can be started: {error.strerror}."
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    if done.returncode < 0 and not lines:
        return False, f"It was ended by signal {-done.returncode}."
    return done.returncode == 0, lines[-1] if lines else ""
