"""A program that kills its children: each projects on, tells every batch, and dies some time after a few.

Run as a process of its own that has loaded the engine and opened nothing: a fork of it starts where a new
process would be after half a second of imports.

usage: doomed.py DATABASE LOGS LINES:SECONDS...
"""

import os
import signal
import sys
import time
from pathlib import Path

from pitbox.log.shelf import Shelf
from pitbox.store.database import Limits
from pitbox.store.projector import Projector
from pitbox.store.rebuild import open_or_renew
from pitbox.store.rows import BatchSize


def project(path, logs, pipe):
    # A small write-ahead log, so that checkpoints are hit too. One kill in hundreds leaves a block that the
    # engine itself refuses: then the file is put aside and made anew, as the clerk does it.
    database, _ = open_or_renew(path, Limits(checkpoint_mb=1))
    projector = Projector(database, Shelf(logs), BatchSize(seconds=2.0))
    os.write(pipe, b"open\n")
    while not projector.catch_up(0.0).is_done:
        os.write(pipe, b"batch\n")
    os.write(pipe, b"done\n")
    database.close()


def is_killed(path, logs, lines, delay_s):
    """False when the child had ended by itself."""
    told, pipe = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(told)
        project(path, logs, pipe)
        os._exit(0)
    os.close(pipe)
    with os.fdopen(told) as heard:
        for _ in range(lines):
            if not heard.readline():
                break
        time.sleep(delay_s)  # a random point is the point
        os.kill(pid, signal.SIGKILL)
        return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def main(path, logs, *ends):
    killed = 0
    for end in ends:
        lines, delay_s = end.split(":")
        killed += is_killed(Path(path), Path(logs), int(lines), float(delay_s))
    sys.stdout.write(str(killed))


if __name__ == "__main__":
    main(*sys.argv[1:])
