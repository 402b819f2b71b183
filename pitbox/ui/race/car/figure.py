"""A figure with everything that it knows about itself. Loads no Qt."""

from enum import Enum

import msgspec

from pitbox.ui.scene.words import NONE, age_words


class Origin(Enum):
    """Where a figure is from, as its tip says it."""

    SIM = "our car's sim, live"
    RECORD = "the recording"
    AHEAD = "strategy"
    TEXT = "the sim's session text"


class Ages(msgspec.Struct, frozen=True):
    """Whole seconds since each origin was new; None: it never spoke."""

    sim_s: int | None = None
    record_s: int | None = None
    ahead_s: int | None = None
    """Of race time, since the moment that was reckoned with."""
    is_sim_old: bool = False
    is_record_old: bool = False
    is_ahead_old: bool = False

    def age_s(self, origin: Origin) -> int | None:
        by_origin = {Origin.SIM: self.sim_s, Origin.AHEAD: self.ahead_s}
        return by_origin.get(origin, self.record_s)

    def is_old(self, origin: Origin) -> bool:
        """Nothing is fresher than the picture that it hangs on."""
        own = {Origin.SIM: self.is_sim_old, Origin.AHEAD: self.is_ahead_old}
        return self.is_record_old or own.get(origin, False)


class Figure(msgspec.Struct, frozen=True):
    name: str
    """As a tip and a screen reader call it."""
    value: str = NONE
    unit: str = ""
    note: str = ""
    """Dim, beside or below it; gives way where there is little room."""
    tone: str = "text"
    origin: Origin = Origin.RECORD
    words: tuple[str, ...] = ()
    """What it assumes, or why it is not known."""

    @property
    def is_known(self) -> bool:
        return self.value != NONE

    def tip(self, ages: Ages) -> str:
        shown = " ".join(word for word in (self.value, self.unit) if word)
        head = f"{self.name}: {shown if self.is_known else 'not known'}"
        lines = [f"{head}, {self.note}" if self.note else head, *self.words]
        age_s = ages.age_s(self.origin)
        if self.is_known and age_s is not None:
            lines.append(f"From {self.origin.value}, {age_words(age_s)} old.")
        return "\n".join(lines)


def unknown(name: str, *why: str) -> Figure:
    return Figure(name, words=why, tone="faint")
