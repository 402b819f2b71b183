"""Each person's time at the wheel: driven, planned, and what the rules demand by the flag."""

from pitbox.model.plan_offer import Shares
from pitbox.model.relay import Legs, Relay


def shares(relay: Relay, legs: Legs, now_s: float) -> tuple[Shares, ...]:
    """Of everybody who may drive, and of whoever has driven."""
    driven_s: dict[str, float] = {}
    planned_s: dict[str, float] = {}
    for leg in legs:
        until_s = leg.end_s if leg.is_done else min(leg.end_s, now_s) if leg.is_driving else leg.start_s
        driven_s[leg.driver] = driven_s.get(leg.driver, 0.0) + until_s - leg.start_s
        planned_s[leg.driver] = planned_s.get(leg.driver, 0.0) + leg.end_s - until_s
    least_s, most_s = least_of(relay, legs), relay.rules.most_drive_s
    return tuple(
        Shares(seat.key, driven_s.get(seat.key, 0.0), planned_s.get(seat.key, 0.0), least_s, most_s)
        for seat in relay.seats
        if seat.can_drive or seat.key in driven_s
    )


def least_of(relay: Relay, legs: Legs) -> float | None:
    """Of each driver: the larger of the fair share of all driving and of the least that the rules name."""
    demands = [] if relay.rules.least_drive_s is None else [relay.rules.least_drive_s]
    if relay.rules.fair_share is not None:
        who = {leg.driver for leg in legs if leg.driver}
        total_s = sum(leg.end_s - leg.start_s for leg in legs)
        demands.append(relay.rules.fair_share * total_s / max(1, len(who)))
    return max(demands, default=None)
