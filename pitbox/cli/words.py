"""Numbers as people read them."""


def size_words(count: float) -> str:
    """1.4 GB, 23 MB, 512 kB."""
    for unit, power in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= power:
            figure = count / power
            return f"{figure:.1f} {unit}" if figure < 10 else f"{figure:.0f} {unit}"
    return f"{count:.0f} B"


def span_words(seconds: float | None) -> str:
    """13:42:07 or 4:07; a dash when it is not known."""
    if seconds is None:
        return "-"
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def lap_words(seconds: float | None) -> str:
    """1:47.832; a dash when there is none."""
    if seconds is None:
        return "-"
    return f"{int(seconds // 60)}:{seconds % 60:06.3f}"


def count_words(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
