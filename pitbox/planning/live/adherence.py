"""How near a race stayed to a plan: whose time was whose, and how far starts were off."""

from statistics import median

import msgspec

from pitbox.model.plan_offer import PlanNow
from pitbox.planning.live.follow import Plan


class Adherence(msgspec.Struct, frozen=True):
    """Over what is driven so far; shares of time at the wheel."""

    stints: int
    in_plan: float
    """Share of the stints that were some row of the plan."""
    by_row: float
    """Driven by whom the row names that the stint was."""
    by_clock: float
    """Driven by whom the plan named at that moment of the race, had nothing moved."""
    start_off_s: float | None
    """Median of how far stints began from their rows' times; None where none was in the plan."""


def adherence(plan: Plan, now: PlanNow) -> Adherence:
    rows = {leg.key: leg for leg in plan.legs}
    total_s = row_s = clock_s = 0.0
    off_s, told = [], set[str]()
    for one in now.driven:
        end_s = now.race_s if one.end_s is None else one.end_s
        length_s = (end_s or one.start_s) - one.start_s
        total_s += length_s
        row = rows.get(one.leg)
        if row is not None and row.driver == one.seat:
            row_s += length_s
        if row is not None and one.leg not in told:
            off_s.append(abs(one.start_s - row.start_s))
            told.add(one.leg)
        clock_s += sum(
            max(0.0, min(leg.end_s, one.start_s + length_s) - max(leg.start_s, one.start_s))
            for leg in plan.legs
            if leg.driver == one.seat
        )
    stints = len(now.driven)
    return Adherence(
        stints=stints,
        in_plan=sum(bool(one.leg) for one in now.driven) / max(1, stints),
        by_row=row_s / max(1.0, total_s),
        by_clock=clock_s / max(1.0, total_s),
        start_off_s=median(off_s) if off_s else None,
    )
