"""What stands in one cell of a CSV file: written so that no spreadsheet runs it, read as people write."""

import re

_TRIGGERS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""With these, the wide ones of East Asia too, a spreadsheet begins a formula."""
DASHES = ("-", "\u2013", "\u2014")
"""As people write that there is nothing."""
_YES = frozenset({"yes", "y", "true", "1", "x", "new", "change", "ja", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "0", "old", "used", "keep", "nein", "none"})
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?(?:e[+-]?\d+)?)\s*(?:l|ltr|litres?|liters?|laps?)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?")
_PARTS = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*h\w*)?\s*(?:(\d+(?:\.\d+)?)\s*m\w*)?\s*(?:(\d+(?:\.\d+)?)\s*s\w*)?"
)
_MOST_HOURS = 24
"""`52:30` are minutes and seconds, `1:05` are hours and minutes: no stint lasts longer."""


def guarded(text: str) -> str:
    return f"'{text}" if _is_risky(text) else text


def unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" and _is_risky(text[1:]) else text


def number(text: str) -> float:
    """`52`, `52.4`, `52,4`, `52 l`; raises ValueError."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise ValueError("no number")
    return float(found[1].replace(",", "."))


def whole(text: str) -> int:
    """Raises ValueError for what is no whole number."""
    value = number(text)
    if value != int(value):
        raise ValueError("no whole number")
    return int(value)


def truth(text: str) -> bool | None:
    """None for an empty cell or a dash; raises ValueError for a word that is neither yes nor no."""
    word = text.strip().casefold()
    if word in ("", *DASHES):
        return None
    if word not in _YES | _NO:
        raise ValueError("neither yes nor no")
    return word in _YES


def duration_s(text: str, unit_s: float = 60.0) -> float:
    """`1:05:00`, `1:05`, `52:30`, `65 min`, `1h 5m`, or a plain number of `unit_s`; raises ValueError."""
    text = text.strip()
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        first, second, third = float(clock[1]), float(clock[2]), clock[3]
        if third is not None:
            return first * 3600 + second * 60 + float(third)
        return first * 3600 + second * 60 if first < _MOST_HOURS else first * 60 + second
    parts = _PARTS.fullmatch(text)
    if parts is not None and any(parts.groups()):
        hours, minutes, seconds = (float(part or 0) for part in parts.groups())
        return hours * 3600 + minutes * 60 + seconds
    return number(text) * unit_s


def race_clock(at_s: float) -> str:
    """`1:05:00`."""
    whole_s = round(at_s)
    return f"{whole_s // 3600}:{whole_s // 60 % 60:02d}:{whole_s % 60:02d}"


def _is_risky(text: str) -> bool:
    return text.startswith(("'", "\t", "\r", "\n")) or text.lstrip()[:1] in _TRIGGERS
