"""A child process that does what the collector must not: behind the sim, behind nearly everything else."""

import logging
import os
import subprocess
import sys
from collections.abc import Sequence

_log = logging.getLogger("pitbox.wall")
_KINDNESS = 15
"""Of 19."""
_ONE_CORE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Threads of BLAS wait for each other in a busy loop: where all cores are busy, one is much faster."""


def pitbox_command(profile_name: str, *words: str) -> list[str]:
    """One of our own commands, by our own interpreter."""
    return [sys.executable, "-P", "-m", "pitbox", "--profile", profile_name, *words]


def start_errand(command: Sequence[str], *, is_kind: bool = True) -> subprocess.Popen[str]:
    """Raises OSError when no process can be started. What it says comes out of `stdout`.

    `is_kind`: a sim may run beside it. Where none can, somebody waits for it, and it need not stand back.
    """
    flags = 0
    if sys.platform == "win32":
        kindness = subprocess.BELOW_NORMAL_PRIORITY_CLASS if is_kind else 0
        flags = kindness | subprocess.CREATE_NO_WINDOW
    child = subprocess.Popen(  # noqa: S603 - our own command, by our own interpreter
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        creationflags=flags,
        env={**os.environ, **_ONE_CORE},
    )
    if sys.platform != "win32" and is_kind:
        try:
            os.setpriority(os.PRIO_PROCESS, child.pid, _KINDNESS)
        except OSError:  # it has ended already, or the system does not let us: it is only a kindness
            _log.debug("the priority of process %d stays", child.pid)
    return child
