"""Crash reports: what a bug leaves behind for those who mend it. No variables, no environment, no keys."""

import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pitbox
from pitbox.model.errors import PitBoxError

_KEEP = 20

Lines = Callable[[], Sequence[str]]


class CrashReporter:
    """Between `open` and `close` an uncaught error of any thread leaves a file in the folder."""

    def __init__(self, folder: Path, recent: Lines) -> None:
        self._folder = folder
        self._recent = recent
        self._hooks = (sys.excepthook, threading.excepthook)
        self.last: Path | None = None

    def open(self) -> None:
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_main
        threading.excepthook = self._on_thread

    def close(self) -> None:
        """The hooks as they were before."""
        if sys.excepthook == self._on_main:
            sys.excepthook, threading.excepthook = self._hooks

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """What leaves the block is reported here: the hooks are gone when it reaches the top."""
        self.close()
        if isinstance(error, Exception) and not isinstance(error, PitBoxError):
            self.report(error, threading.current_thread().name)

    def report(self, error: BaseException, thread: str) -> Path | None:
        """Write one report; None when even that cannot be done."""
        now = datetime.now(UTC)
        path = self._folder / f"crash-{now:%Y%m%d-%H%M%S-%f}-{os.getpid()}.txt"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_text(_text(error, thread, now, self._recent()), "utf-8", errors="backslashreplace")
            for old in sorted(self._folder.glob("crash-*.txt"))[:-_KEEP]:
                old.unlink(missing_ok=True)
        except OSError:
            return None
        self.last = path
        return path

    def _on_main(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            self.report(error, threading.current_thread().name)
        self._hooks[0](kind, error, trace)

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self.report(args.exc_value, args.thread.name if args.thread else "a thread that is gone")
        self._hooks[1](args)


def _text(error: BaseException, thread: str, now: datetime, recent: Sequence[str]) -> str:
    head = [
        f"PitBox {pitbox.__version__} ended with an error. This file holds no key and no setting;",
        "please attach it when you report the error.",
        "",
        f"when:   {now:%Y-%m-%d %H:%M:%S} UTC",
        f"thread: {thread}",
        f"python: {platform.python_version()} on {platform.system()} {platform.release()}",
        "",
    ]
    trace = "".join(traceback.format_exception(error))
    return "\n".join([*head, trace, "The last five minutes of the journal:", "", *recent, ""])
