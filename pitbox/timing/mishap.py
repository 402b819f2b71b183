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


class Brush(msgspec.Struct, frozen=True, array_like=True):
    """Another car lost speed in an instant, and this one began to: a contact if it goes on to spin."""

    at_s: float
    other_idx: int


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
    standing: int = 0
    """Looks in a row at which it stood on the road."""
    stood_s: float = 0.0
    """Time at a stand within the running incident."""
    brush: Brush | None = None
    """Another car was jolted beside it."""

    @property
    def is_open(self) -> bool:
        return self.fact is not None and self.fact.end_s is None

    @property
    def has_signs(self) -> bool:
        """Something is wrong, or was at the last look."""
        return not (self.off is None and self.slow is None and self.standing == 0) or self.is_open

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

    def forget_signs(self) -> None:
        self.off = self.slow = None
        self.standing = 0

    def _replace(self, **changes: float | str) -> list[Incident]:
        assert self.fact is not None
        self.fact = msgspec.structs.replace(self.fact, **changes)
        return [self.fact]
