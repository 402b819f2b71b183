"""What goes wrong for one car, from the first sign to the end."""

import msgspec

from pitbox.model.fact import Incident

OFF_TRACK, SPIN, SLOW, CONTACT, TOW = "off_track", "spin", "slow", "contact", "tow"
_GRAVITY = (SLOW, OFF_TRACK, SPIN, CONTACT, TOW)


class Sign(msgspec.Struct, frozen=True, array_like=True):
    """When and where something was first seen to be wrong."""

    at_s: float
    lap: int
    pct: float


class MishapRun(msgspec.Struct, array_like=True):
    """The incidents of one car. `fact` is the last one, lasting or ended."""

    count: int = 0
    fact: Incident | None = None
    off: Sign | None = None
    """Left the road, and is not back yet."""
    back_s: float | None = None
    """Last return to the road."""
    slow: Sign | None = None
    """Has lost pace, not yet for long enough to speak of it."""
    dip: Sign | None = None
    """Lost a little at once: nothing by itself, a contact if somebody beside it did too."""
    stood_s: float = 0.0
    """Time at a stand within the running incident."""
    slack_until_s: float = 0.0
    """When it last drove below the usual pace, be it for others in front of it."""
    quiet_until_s: float = 0.0
    """Until then slow is normal: out of the pits, or after a restart."""

    @property
    def is_open(self) -> bool:
        return self.fact is not None and self.fact.end_s is None

    @property
    def has_signs(self) -> bool:
        """Something is wrong, or was at the last look."""
        return self.is_open or not (self.off is None and self.slow is None and self.dip is None)

    @property
    def kind(self) -> str:
        """Of the incident that lasts; empty without one."""
        return self.fact.kind if self.fact is not None and self.is_open else ""

    def begin(self, fact: Incident) -> Incident:
        self.count = fact.incident
        self.stood_s = 0.0
        self.fact = fact
        return fact

    def worsen(self, kind: str, confidence: float) -> list[Incident]:
        """The running incident is of a graver kind than was thought."""
        fact = self.fact
        if fact is None or _GRAVITY.index(kind) <= _GRAVITY.index(fact.kind):
            return []
        return self._replace(kind=kind, confidence=confidence)

    def close(self, at_s: float) -> list[Incident]:
        """The incident as it ended, if one lasted."""
        if self.fact is None or not self.is_open:
            return []
        return self._replace(end_s=max(at_s, self.fact.start_s))

    def note_pace(self, at_s: float, *, is_slack: bool) -> None:
        if is_slack:
            self.slack_until_s = at_s

    def forget_signs(self) -> None:
        self.off = self.slow = self.dip = None

    def _replace(self, **changes: float | str) -> list[Incident]:
        assert self.fact is not None
        self.fact = msgspec.structs.replace(self.fact, **changes)
        return [self.fact]
