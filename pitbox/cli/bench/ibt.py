"""`pitbox bench ibt`: one file through PitBox and through pyirsdk, and an hour through an import."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from pitbox.cli.bench.figure import Figure
from pitbox.sim.iracing.disk import IbtFile
from pitbox.sim.synthetic.disk import write_ibt
from pitbox.sim.synthetic.scenario import SCENARIOS

_ROUNDS = 7
_IRSDK_ROUNDS = 3
_FILE_MINUTES = 1.0
"""Of a generated file to compare on: pyirsdk takes seconds for more."""


def measure_ibt(file: Path | None, hours: float) -> list[Figure]:
    """Without a file both parts work on generated ones."""
    with tempfile.TemporaryDirectory(prefix="pitbox-bench-") as folder:
        root = Path(folder)
        path = file or _generated(root / "short.ibt", _FILE_MINUTES)
        figures = _against_pyirsdk(path)
        figures += _importing(_generated(root / "hour.ibt", hours * 60), root / "home", hours)
    return figures


def _generated(path: Path, minutes: float) -> Path:
    write_ibt(SCENARIOS["endurance"], path, minutes)
    return path


def _against_pyirsdk(path: Path) -> list[Figure]:
    """In turn, in this process, with the file in the page cache; opening and closing are part of both."""
    copies, views, theirs = [], [], []
    for _ in range(_ROUNDS):
        copies.append(_timed(_copied, path))
        views.append(_timed(_viewed, path))
    for _ in range(_IRSDK_ROUNDS):
        theirs.append(_timed(_pyirsdk, path))
        copies.append(_timed(_copied, path))
    copy_s, view_s, their_s = (statistics.median(times) for times in (copies, views, theirs))
    with IbtFile(path) as file:
        how = f"{len(file):,} records, {len(file.header.variables)} channels"
    return [
        Figure("pyirsdk, get_all of each channel", their_s * 1e3, "ms", how=how),
        Figure("PitBox, columns in memory", copy_s * 1e3, "ms", how="each channel copied, contiguous"),
        Figure("PitBox, columns on the file", view_s * 1e3, "ms", how="views; nothing is read yet"),
        Figure("copied columns against pyirsdk", their_s / copy_s, "x", 30, "more", "medians, in turn"),
        Figure("the same values", float(_is_same(path)), "", 1, "more", "all channels, all records"),
    ]


def _timed(action: Any, path: Path) -> float:
    began_s = time.perf_counter()
    action(path)
    return time.perf_counter() - began_s


def _copied(path: Path) -> dict[str, Any]:
    with IbtFile(path) as file:
        return file.copied_columns()


def _viewed(path: Path) -> int:
    with IbtFile(path) as file:
        return len(file.columns())


def _pyirsdk(path: Path) -> dict[str, Any]:
    import irsdk

    file = irsdk.IBT()
    file.open(str(path))
    try:
        return {name: file.get_all(name) for name in file.var_headers_names}
    finally:
        file.close()


def _is_same(path: Path) -> bool:
    ours, theirs = _copied(path), _pyirsdk(path)
    return list(ours) == list(theirs) and all(
        np.array_equal(ours[name], np.array(theirs[name]), equal_nan=ours[name].dtype.kind == "f")
        for name in ours
    )


def _importing(path: Path, home: Path, hours: float) -> list[Figure]:
    """The command itself, in a process of its own on one core: into the log, and on into the database."""
    log_s, log_cpu_s = _import(path, home / "log-only", ["--no-store"])
    all_s, all_cpu_s = _import(path, home / "store", [])
    size_mb = path.stat().st_size / 1e6
    what = f"{hours:g} h, {size_mb:.0f} MB; CPU {log_cpu_s:.1f} s"
    stored_mb = sum(p.stat().st_size for p in (home / "log-only").rglob("*.seg")) / 1e6
    return [
        Figure("import into the log", log_s, "s", how=what),
        Figure(
            "import into log and store", all_s, "s", 90 * hours, how=f"CPU {all_cpu_s:.1f} s; a new process"
        ),
        Figure("size in the log", stored_mb / size_mb, "of the file", how=f"{stored_mb:.0f} MB"),
    ]


def _import(path: Path, home: Path, options: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds. One core, where the system lets us say so."""
    code = (
        "import os, sys, time\n"
        "if hasattr(os, 'sched_setaffinity'):\n"
        "    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from pitbox.cli.app import main\n"
        "code = main(sys.argv[1:])\n"
        "print(time.process_time(), file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    home.mkdir(parents=True)
    began_s = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own command, by our own interpreter
        [sys.executable, "-P", "-c", code, "import", str(path), "--json", *options],
        env=_environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - began_s, float(done.stderr.splitlines()[-1])


def _environment(home: Path) -> dict[str, str]:
    from pitbox.wall.profile import HOME_VARIABLE

    package = str(Path(__file__).parents[3])
    return {**os.environ, HOME_VARIABLE: str(home), "PYTHONPATH": package}
