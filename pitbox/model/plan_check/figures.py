"""How lengths of time are written in sentences about plans."""


def hours(length_s: float) -> str:
    """`4:25 h`, `25 min`, `40 s`."""
    whole_s = round(length_s)
    if whole_s < 60:
        return f"{whole_s} s"
    minutes = round(length_s / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60}:{minutes % 60:02d} h"


def clock(race_s: float) -> str:
    """A moment of the race: `03:10`."""
    minutes = round(race_s / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
