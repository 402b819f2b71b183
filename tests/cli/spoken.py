"""What a command said, and who runs one."""

from collections.abc import Callable
from typing import NamedTuple


class Said(NamedTuple):
    code: int
    out: str
    err: str


Pitbox = Callable[..., Said]
