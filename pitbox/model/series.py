"""Which family of series a race belongs to, by the names of its classes: their customs differ much."""

from collections.abc import Iterable

_NORTH_AMERICAN = frozenset({"GTP", "DPI", "PC", "GTD", "GTDPRO", "GTLM", "LMP3"})


def is_north_american(class_names: Iterable[str]) -> bool:
    """The IMSA way: a safety car for nearly everything, out for long, and the pits open under it."""
    return any(name.upper().replace(" ", "") in _NORTH_AMERICAN for name in class_names)
