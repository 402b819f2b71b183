"""The machine and the Python on it."""

import os
import platform
import sys

import psutil  # type: ignore[import-untyped]

from pitbox.wall.checkup.finding import Finding

_GIB = 1 << 30
_LITTLE_BYTES = 4 * _GIB
_TRIED = ((3, 11), (3, 13))


def examine_machine() -> list[Finding]:
    memory = psutil.virtual_memory()
    return [_python(sys.version_info[:2]), _memory(memory.total, memory.available, os.cpu_count() or 1)]


def _python(version: tuple[int, ...]) -> Finding:
    words = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}."
    oldest, newest = _TRIED
    if version < oldest:
        advice = "Install Python 3.11, 3.12 or 3.13."
        return Finding("python", "bad", f"{words} PitBox needs 3.11 at least.", advice)
    if version > newest:
        return Finding("python", "note", f"{words} PitBox was not tried with it yet.")
    return Finding("python", "ok", words)


def _memory(total_bytes: int, free_bytes: int, cores: int) -> Finding:
    words = f"{total_bytes / _GIB:.1f} GiB of memory, {free_bytes / _GIB:.1f} of it free; {cores} cores."
    if total_bytes < _LITTLE_BYTES or cores < 2:
        note = "Recording needs little of it; forecasts will be slow."
        return Finding("machine", "note", f"{words} {note}")
    return Finding("machine", "ok", words)
