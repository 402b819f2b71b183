"""How long a race is: by the clock, by laps, or by whichever comes first."""

import msgspec

from pitbox.model.code import UNLIMITED_S
from pitbox.model.session import UNLIMITED, SessionPart

_LEAST_LAPS, _MOST_LAPS = 1, 32_000
"""iRacing says 32767 where laps do not count."""


class RaceLength(msgspec.Struct, frozen=True):
    """Both: whichever ends first. Neither: nobody said."""

    time_s: float | None = None
    laps: int | None = None
    has_white_lap: bool = True
    """The sim shows white for a lap first; elsewhere the leader's first crossing after zero ends it."""
    source: str = ""
    """Who said so, in words."""

    @property
    def is_known(self) -> bool:
        return self.time_s is not None or self.laps is not None

    def words(self) -> str:
        """`6 h`, `26 laps`, `8 h or 268 laps, whichever comes first`."""
        parts = []
        if self.time_s is not None:
            minutes = round(self.time_s / 60)
            hours, rest = divmod(minutes, 60)
            parts.append(" ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])]))
        if self.laps is not None:
            parts.append(f"{self.laps} laps")
        both = ", whichever comes first" if len(parts) == 2 else ""
        return (" or ".join(parts) + both) or "of unknown length"


def length_of(part: SessionPart | None, *, has_white_lap: bool = True) -> RaceLength:
    """What the sim's session text says; the numbers by which it says `unlimited` are no length."""
    if part is None:
        return RaceLength()
    time_s, laps = part.length_s, part.laps
    if time_s is not None and not 0 < time_s < UNLIMITED_S:
        time_s = None
    if laps is not None and not _LEAST_LAPS <= laps < min(_MOST_LAPS, UNLIMITED):
        laps = None
    return RaceLength(time_s, laps, has_white_lap, source="session text")
