"""Values as people read them, in the units that they chose. Loads no Qt."""

from typing import Literal

NONE = "-"
"""Nothing is known, or nothing applies."""
Units = Literal["metric", "imperial"]
_L_PER_GALLON = 3.785411784


def lap_words(seconds: float | None, places: int = 3) -> str:
    """1:47.832."""
    if seconds is None:
        return NONE
    step = 10**places
    whole = round(seconds * step)
    minutes, rest = divmod(whole, 60 * step)
    return f"{minutes}:{rest // step:02d}.{rest % step:0{places}d}"


def gap_words(gap_s: float | None, laps: int) -> str:
    """+4.2, or +2 L when laps lie between."""
    if laps > 0:
        return f"+{laps} L"
    return NONE if gap_s is None else f"+{gap_s:.1f}"


def signed(words: str) -> str:
    """With a minus as wide as the plus, so that both line up."""
    return words.replace("-", "\N{MINUS SIGN}")


def seconds_words(seconds: float | None) -> str:
    return NONE if seconds is None else f"{seconds:.1f}"


def span_words(seconds: float | None) -> str:
    """13:42:07, or 4:07 below an hour."""
    if seconds is None:
        return NONE
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def race_words(sim_time_s: float, start_s: float | None) -> str:
    """So long after green, with a minus before it; the sim's own time as long as nothing has begun."""
    race_s = sim_time_s - (start_s or 0.0)
    return span_words(race_s) if race_s >= 0 else signed(f"-{span_words(-race_s)}")


def age_words(seconds: int) -> str:
    """12 s, 4 min, 2 h: how old something is."""
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


def count_words(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def short_name(name: str) -> str:
    """`É. Ueda`, where there is no room for Émile; a name of one word stays whole."""
    first, _, rest = name.strip().partition(" ")
    return f"{first[0]}. {rest.strip()}" if rest.strip() else name


def size_words(count: float) -> str:
    """1.4 GB, 23 MB, 512 kB."""
    for unit, power in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= power:
            figure = count / power
            return f"{figure:.1f} {unit}" if figure < 10 else f"{figure:.0f} {unit}"
    return f"{count:.0f} B"


def warmth(celsius: float, units: Units) -> tuple[str, str]:
    """(value, unit)."""
    return (f"{celsius:.0f}", "°C") if units == "metric" else (f"{celsius * 1.8 + 32:.0f}", "°F")


def volume(litres: float, units: Units, places: int = 0) -> tuple[str, str]:
    """(value, unit)."""
    if units == "metric":
        return f"{litres:.{places}f}", "l"
    return f"{litres / _L_PER_GALLON:.{places or 1}f}", "gal"


def speed(mps: float, units: Units) -> tuple[str, str]:
    """(value, unit)."""
    return (f"{mps * 3.6:.0f}", "km/h") if units == "metric" else (f"{mps * 2.2369363:.0f}", "mph")
