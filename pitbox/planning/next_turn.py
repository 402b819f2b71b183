"""When somebody drives next, as that person's own small window says it. Pure."""

from collections.abc import Collection, Iterable

import msgspec

from pitbox.model.plan_offer import PlanNow
from pitbox.planning.person_clock import clock
from pitbox.planning.reminder import lead_words


class NextTurn(msgspec.Struct, frozen=True):
    """A stretch of one person, from getting in to getting out."""

    start_utc_s: float
    end_utc_s: float
    zone: str = "UTC"
    """That the person lives by."""
    fuel_l: float | None = None
    is_new_tyres: bool | None = None
    after: str = ""
    """Who hands over; empty at the start."""
    doubt: str = ""
    """What its times go by, and how old that is."""


def next_turn(plan: PlanNow, seats: Collection[str], now_utc_s: float) -> NextTurn | None:
    """The stretch that runs, else the first to come; None where there is none, or no start is known."""
    green_utc_s = plan.relay.start_utc_s if plan.green_utc_s is None else plan.green_utc_s
    if green_utc_s is None:
        return None
    names = {seat.key: seat.name for seat in plan.relay.seats}
    for at, leg in enumerate(plan.legs):
        before = plan.legs[at - 1].driver if at else ""
        if leg.driver not in seats or before == leg.driver:
            continue
        out = next((number for number in range(at, len(plan.legs)) if plan.legs[number].driver != leg.driver),
                   len(plan.legs))  # fmt: skip
        last = plan.legs[out - 1]
        if last.is_done or green_utc_s + last.end_s <= now_utc_s:
            continue
        return NextTurn(
            green_utc_s + leg.start_s,
            green_utc_s + last.end_s,
            fuel_l=leg.fuel_l,
            is_new_tyres=leg.is_new_tyres,
            after=names.get(before, before),
        )
    return None


def soonest(turns: Iterable[NextTurn]) -> NextTurn | None:
    return min(turns, key=lambda turn: turn.start_utc_s, default=None)


def turn_words(turn: NextTurn, now_utc_s: float) -> str:
    """`in 15 min, at 03:40, 52 l, new tyres, after Kai`; `now, until 04:30 (in 50 min)`."""
    doubt = f" ({turn.doubt})" if turn.doubt else ""
    if turn.start_utc_s <= now_utc_s:
        left = lead_words(max(0.0, turn.end_utc_s - now_utc_s))
        return f"now, until {clock(turn.end_utc_s, turn.zone)} (in {left}){doubt}"
    parts = [f"in {lead_words(turn.start_utc_s - now_utc_s)}", f"at {clock(turn.start_utc_s, turn.zone)}"]
    parts += [] if turn.fuel_l is None else [f"{turn.fuel_l:.0f} l"]
    parts += ["new tyres"] if turn.is_new_tyres else []
    parts += [f"after {turn.after}"] if turn.after else ["at the start"]
    return ", ".join(parts) + doubt
