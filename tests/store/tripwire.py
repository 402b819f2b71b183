"""A program that kills itself: projects with the engine's n-th call as its last, for each n in turn.

Run as a process of its own, for it forks before any engine is loaded with threads: each fork goes on with
the file that the one before left behind, and dies before the next call down the road: after the one before.
"""

import os
import signal
import sys
from pathlib import Path

import duckdb

from pitbox.log.shelf import Shelf
from pitbox.store.database import Database, Limits
from pitbox.store.projector import Projector
from pitbox.store.rows import BatchSize


class Tripwire:
    """A connection whose calls are counted before they begin."""

    left = 0

    def __init__(self, connection):
        self._connection = connection

    def __getattr__(self, name):
        found = getattr(self._connection, name)

        def call(*values, **more):
            Tripwire.step()
            result = found(*values, **more)
            return self if result is self._connection else result

        return call

    @classmethod
    def step(cls):
        cls.left -= 1
        if cls.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def project(path, logs, calls):
    Tripwire.left = calls
    connect = duckdb.connect
    duckdb.connect = lambda *values, **more: Tripwire(connect(*values, **more))
    with Database(path, Limits(checkpoint_mb=1)) as database:
        Projector(database, Shelf(logs), BatchSize(seconds=1.0)).catch_up()


def main(path, logs, first, last):
    killed = 0
    for calls in range(first, last):
        pid = os.fork()
        if pid == 0:
            project(path, logs, calls)
            os._exit(0)
        killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    sys.stdout.write(str(killed))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
