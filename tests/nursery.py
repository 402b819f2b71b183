"""Children that are ready at once: forks of a small process that has imported what they need, no more.

A fork starts where a new process would be after its imports; its number, its files and its end are its own.

usage: nursery.py PROGRAM, and a line of JSON for each child: where its standard output goes, and its words
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).parents[1]


class Child:
    """One that lives, and its standard output."""

    def __init__(self, pid: int, out: IO[bytes], nursery: "Nursery") -> None:
        self.pid, self.out = pid, out
        self._nursery = nursery

    def kill(self) -> None:
        """Gone with all its files when this returns."""
        os.kill(self.pid, signal.SIGKILL)  # nobody else can have its number: it is waited for only now
        self._nursery.await_end()


class Nursery:
    """One child at a time of a program with a `main()` that reads `sys.argv`."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._pipe = folder / "out"
        os.mkfifo(self._pipe)
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # A fork takes no thread with it, so there must be none.
            env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        )

    def child(self, *words: str) -> Child:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([str(self._pipe), *words]) + "\n")
        self._process.stdin.flush()
        pid = int(self._told())
        return Child(pid, self._pipe.open("rb"), self)

    def await_end(self) -> None:
        assert self._told() == "ended\n"

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def _told(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextlib.contextmanager
def nursery_of(program: Path) -> Iterator[Nursery]:
    with tempfile.TemporaryDirectory() as folder:
        nursery = Nursery(program, Path(folder))
        try:
            yield nursery
        finally:
            nursery.close()


def serve(program: Path) -> None:
    sys.path.insert(0, str(program.parent))
    main = importlib.import_module(program.stem).main
    for line in sys.stdin:
        out, *words = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(main, out, [str(program), *words])
        _tell(str(pid))
        os.waitpid(pid, 0)
        _tell("ended")


def _tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _live(main: Callable[[], None], out: str, words: list[str]) -> NoReturn:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(out, os.O_WRONLY), 1)
    sys.argv = words
    code = 0
    try:
        main()
    except BaseException:  # noqa: BLE001 - it must not go on as the nursery
        traceback.print_exc()
        code = 1
    os._exit(code)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
