"""What a webhook said."""

from collections.abc import Mapping

import msgspec


class Answer(msgspec.Struct, frozen=True):
    status: int
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes
