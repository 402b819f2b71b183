"""What a command without a window says: one JSON object a line, on standard output."""

import os
import sys
from pathlib import Path
from typing import Any, TextIO

import msgspec


class Lines:
    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out

    def say(self, event: str, **words: Any) -> None:
        line = msgspec.json.encode({"event": event, **words}, enc_hook=str).decode()
        try:
            print(line, file=self._out, flush=True)
        except BrokenPipeError:  # nobody listens any more; that is no reason to lose a race
            with Path(os.devnull).open("wb") as nothing:
                os.dup2(nothing.fileno(), self._out.fileno())
