"""How long it is from one cell of a clock to another."""

from datetime import datetime

_DAY_S = 86400.0
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p")
_DAYS = ("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p")


def between_s(start: str, end: str) -> float:
    """Of clocks without a day, an end that is not later is one of the next day. Raises ValueError."""
    (first, has_day), (last, has_other_day) = _moment(start), _moment(end)
    if has_day != has_other_day or (first.tzinfo is None) != (last.tzinfo is None):
        raise ValueError("no stretch of time")
    length_s = (last - first).total_seconds()
    if not has_day and length_s <= 0:
        length_s += _DAY_S
    if length_s <= 0:
        raise ValueError("no stretch of time")
    return length_s


def _moment(text: str) -> tuple[datetime, bool]:
    for form in (*_CLOCKS, *_DAYS):
        try:
            return datetime.strptime(text, form), form in _DAYS  # noqa: DTZ007 - only differences count
        except ValueError:
            continue
    return datetime.fromisoformat(text), True
