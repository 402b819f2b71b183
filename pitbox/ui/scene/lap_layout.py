"""Which traces stand below each other, and over what: kept under names. Loads no Qt."""

import msgspec

DELTA = "Delta"
FIRST = (DELTA, "Speed", "Throttle", "Brake", "Gear", "SteeringWheelAngle")
MOST = 12
_LONGEST = 40


class LapLayout(msgspec.Struct, frozen=True):
    strips: tuple[str, ...] = FIRST
    """Names of channels or of formulas, from above; `Delta` is the time against the reference."""
    formulas: dict[str, str] = {}
    """A name, and what it is worked out from."""
    is_by_time: bool = False
    """Over seconds since the line, not over the distance."""

    def added(self, name: str, to: int | None = None) -> "LapLayout":
        """Below all others, or before the one that stands there; once."""
        if name in self.strips or len(self.strips) >= MOST:
            return self
        at = len(self.strips) if to is None else min(max(0, to), len(self.strips))
        return msgspec.structs.replace(self, strips=(*self.strips[:at], name, *self.strips[at:]))

    def put(self, name: str, slot: int) -> "LapLayout":
        """Into the gap with this number, from above: one that is there already moves."""
        if name not in self.strips:
            return self.added(name, slot)
        return self.moved(name, slot - (self.strips.index(name) < slot))

    def removed(self, name: str) -> "LapLayout":
        return msgspec.structs.replace(self, strips=tuple(one for one in self.strips if one != name))

    def moved(self, name: str, to: int) -> "LapLayout":
        """Before the one that stands there now."""
        if name not in self.strips:
            return self
        rest = [one for one in self.strips if one != name]
        rest.insert(min(max(0, to), len(rest)), name)
        return msgspec.structs.replace(self, strips=tuple(rest))

    def with_formula(self, name: str, text: str) -> "LapLayout":
        """Under this name from now on, and shown."""
        formulas = {**self.formulas, name[:_LONGEST]: text}
        return msgspec.structs.replace(self, formulas=formulas).added(name[:_LONGEST])


def split_formula(text: str) -> tuple[str, str]:
    """`Name = expression`; what has no name is called by its own words."""
    name, sign, rest = text.partition("=")
    is_named = (
        bool(sign) and bool(name.strip()) and not rest.startswith("=") and name.strip()[-1] not in "<>!"
    )
    if is_named:
        return name.strip()[:_LONGEST], rest.strip()
    return text.strip()[:_LONGEST], text.strip()
