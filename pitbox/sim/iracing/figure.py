"""Figures as the session text writes them: with a unit behind, as `unlimited`, or not at all."""

import math
import re

from pitbox.model.session import UNLIMITED

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_MPS = {"kph": 1 / 3.6, "km/h": 1 / 3.6, "mph": 0.44704, "m/s": 1.0}
_M = {"km": 1000.0, "mi": 1609.344, "m": 1.0}
_MOST = 2**53
"""Greater ones are damage; the log's integers have to hold them."""


def number(words: str | None, default: float = 0.0) -> float:
    """The figure at the start of the words; the unit behind it is whatever the field's is."""
    found = _NUMBER.match(words or "")
    value = float(found[0]) if found else math.nan
    return value if math.isfinite(value) else default


def whole(words: str | None, default: int = 0) -> int:
    value = number(words, math.nan)
    return int(value) if abs(value) <= _MOST else default


def count(words: str | None) -> int | None:
    """A count or a limit; None where the sim gives none, -1 being its word for that."""
    if words == "unlimited":
        return UNLIMITED
    value = whole(words, -1)
    return value if value >= 0 else None


def limited(words: str | None) -> float | None:
    """A length that there may be none of."""
    value = number(words, 0.0)
    return value if value > 0 else None


def truth(words: str | None) -> bool | None:
    return {"1": True, "0": False}.get(words or "")


def known(words: str | None) -> str:
    """Empty for the words that stand for nothing; `~` is what YAML tools make of an empty field."""
    return "" if words in (None, "None", "~", "null") else words or ""


def speed_mps(words: str | None) -> float:
    return number(words) * _MPS.get(_unit(words), 1 / 3.6)


def length_m(words: str | None) -> float:
    return round(number(words) * _M.get(_unit(words), 1000.0), 3)


def colour(words: str | None) -> int | None:
    """`0xRRGGBB`."""
    try:
        value = int(words or "", 16)
    except ValueError:
        return None
    return value if 0 <= value <= 0xFFFFFF else None


def _unit(words: str | None) -> str:
    return (words or "").partition(" ")[2].strip()
