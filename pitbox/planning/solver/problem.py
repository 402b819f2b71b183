"""What is left to be planned: the race from the last stint that stands, and what those before it weigh."""

import msgspec

from pitbox.model.plan_check.course import stretches_of
from pitbox.model.relay import Legs, Relay, Seat
from pitbox.planning.solver.terms import drivers_of


class Problem(msgspec.Struct, frozen=True):
    relay: Relay
    fixed: Legs
    """Stints that stand as they are, from the green flag on."""
    base: Legs
    """The rest of a plan that a new one should disturb little."""
    drivers: tuple[Seat, ...]
    start_s: float
    """When the first stint to be planned begins, if another driver takes over."""
    holder: str
    """Who sits in the car at the end of what stands; may go on, and saves the swap by it."""
    held_s: float
    """When that stretch began."""
    held_legs: int
    driven_s: dict[str, float]
    out_s: dict[str, float]
    """When each last got out."""

    @property
    def stop_s(self) -> float:
        return self.relay.pit_s + self.relay.swap_s

    @property
    def end_s(self) -> float:
        """Where a stint after the last would begin."""
        return self.relay.length_s + self.stop_s

    @property
    def is_run(self) -> bool:
        """Nothing is left to plan."""
        return self.start_s >= self.relay.length_s

    def past(self, driver: str) -> Legs:
        return tuple(leg for leg in self.fixed if leg.driver == driver)


def problem_of(relay: Relay, fixed: Legs = (), base: Legs = ()) -> Problem:
    kept = {leg.key for leg in fixed}
    stretches = stretches_of(fixed)
    last = fixed[-1] if fixed else None
    holds = last is not None and bool(last.driver)
    return Problem(
        relay=relay,
        fixed=fixed,
        base=tuple(leg for leg in base if leg.key not in kept and not leg.is_done),
        drivers=drivers_of(relay),
        start_s=0.0 if last is None else last.end_s + relay.pit_s + relay.swap_s,
        holder=last.driver if last is not None else "",
        held_s=stretches[-1].start_s if holds else 0.0,
        held_legs=len(stretches[-1].legs) if holds else 0,
        driven_s=_driven(fixed),
        out_s={stretch.driver: stretch.end_s for stretch in stretches},
    )


def _driven(legs: Legs) -> dict[str, float]:
    out: dict[str, float] = {}
    for leg in legs:
        if leg.driver:
            out[leg.driver] = out.get(leg.driver, 0.0) + leg.span.length_s
    return out
