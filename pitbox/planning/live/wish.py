"""What an engineer may want of a running plan, and what each wish makes of the rest of the race."""

import msgspec

from pitbox.model.plan_offer import PlanNow
from pitbox.model.relay import Leg, Legs, Relay
from pitbox.model.span import Span, joined, without
from pitbox.planning.live.chain import fitted, stop_s
from pitbox.planning.live.errors import WishError
from pitbox.planning.live.words import clock, name_of

_FAR_S = 30 * 86400.0
_IN_LAPS = 0.5
"""Who is called in now is half a lap from the pits, give or take the other half."""


class Extend(msgspec.Struct, frozen=True, tag="extend"):
    """The one at the wheel stays out so many laps longer; below zero: comes in earlier."""

    laps: int


class PitNow(msgspec.Struct, frozen=True, tag="pit_now"):
    """The stint ends at the next entry; the plan goes on with whoever comes next."""


class Swap(msgspec.Struct, frozen=True, tag="swap"):
    """In at the next entry, and out with this person."""

    to: str


class Missing(msgspec.Struct, frozen=True, tag="missing"):
    """Somebody is not there."""

    seat: str
    until_s: float | None = None
    """In race time; None: for good."""


class Rain(msgspec.Struct, frozen=True, tag="rain"):
    """The track is wet for so long; who is good in the wet drives, where the rules allow."""

    from_s: float
    until_s: float


class Mend(msgspec.Struct, frozen=True, tag="mend"):
    """What the race did broke the plan: the least that keeps the rules again."""


Wish = Extend | PitNow | Swap | Missing | Rain | Mend


class Task(msgspec.Struct, frozen=True):
    """What is to be solved: what stands, and what a new plan should disturb little."""

    reason: str
    relay: Relay
    fixed: Legs
    """Driven, and the one at the wheel."""
    base: Legs
    """To come."""
    pinned: dict[str, str] = {}
    """Drivers of stints to come that are wished for, by the stint's key."""

    @property
    def start_s(self) -> float:
        """Of the first stint to come, if the driver changes."""
        if not self.fixed:
            return 0.0
        coming_s = self.base[0].start_s if self.base and not self.fixed[-1].is_driving else 0.0
        return max(self.fixed[-1].end_s + self.relay.pit_s, coming_s)

    @property
    def holder(self) -> str:
        return self.fixed[-1].driver if self.fixed else ""


def task_of(now: PlanNow, wish: Wish) -> Task:
    """Raises WishError in words where the wish cannot be granted at all."""
    if now.race_s is not None and now.legs and all(leg.is_done for leg in now.legs):
        raise WishError("The race is over: there is nothing left to plan.")
    match wish:
        case Extend():
            return _extended(now, wish.laps)
        case PitNow():
            return _called_in(now, "Pit now")
        case Swap():
            return _swapped(now, wish.to)
        case Missing():
            return _without(now, wish)
        case Rain():
            return _wet(now, wish)
        case Mend():
            return _task(now, "The plan does not keep the rules any more")


def missing(relay: Relay, seat: str, from_s: float, until_s: float | None) -> Relay:
    """That person is not free in between; who is gone for good is asked for no least time any more."""
    seats = []
    for one in relay.seats:
        if one.key != seat:
            seats.append(one)
            continue
        gone = (Span(from_s, _FAR_S if until_s is None else until_s),)
        free = one.free if one.free or one.maybe else (Span(-_FAR_S, _FAR_S),)
        left, maybe = without(free, gone), without(one.maybe, gone)
        seats.append(
            msgspec.structs.replace(
                one, free=left, maybe=maybe, can_drive=one.can_drive and until_s is not None
            )
        )
    return msgspec.structs.replace(relay, seats=tuple(seats))


def wet(relay: Relay, span: Span) -> Relay:
    return msgspec.structs.replace(relay, wet=joined((*relay.wet, span)))


def _task(now: PlanNow, reason: str, *, relay: Relay | None = None, end_s: float | None = None) -> Task:
    """`end_s`: another end for the one at the wheel; the rest is moved and fitted to the flag."""
    relay = relay or now.relay
    fixed = tuple(leg for leg in now.legs if leg.is_done or leg.is_driving)
    base = now.legs[len(fixed) :]
    if end_s is not None:
        end_s = min(end_s, relay.length_s)
        fixed = (*fixed[:-1], msgspec.structs.replace(fixed[-1], end_s=end_s))
        driver = base[0].driver if base else fixed[-1].driver
        start_s = end_s + stop_s(relay, fixed[-1].driver, driver)
        base = fitted(base, start_s, fixed[-1].driver, relay, driving=fixed[-1]).legs
    return Task(reason, relay, fixed, base)


def _driving(now: PlanNow) -> Leg:
    found = next((leg for leg in now.legs if leg.is_driving), None)
    if found is None:
        raise WishError("Nobody of ours is out on the track now.")
    return found


def _extended(now: PlanNow, laps: int) -> Task:
    leg, relay = _driving(now), now.relay
    end_s = leg.end_s + laps * relay.lap_s
    words = f"{abs(laps)} {'lap' if abs(laps) == 1 else 'laps'} {'longer' if laps > 0 else 'shorter'}"
    room_s = leg.start_s + relay.most_stint_s - leg.end_s
    if laps > 0 and end_s > leg.start_s + relay.most_stint_s + 1.0:
        most = max(0, int(room_s / relay.lap_s))
        raise WishError(f"The tank does not last {words}: {most} more {'is' if most == 1 else 'are'} in it.")
    if end_s < (now.race_s or 0.0):
        raise WishError(f"It is too late to come in {words}.")
    return _task(now, words, end_s=end_s)


def _in_s(now: PlanNow) -> float:
    _driving(now)
    return (now.race_s or 0.0) + _IN_LAPS * now.relay.lap_s


def _called_in(now: PlanNow, reason: str) -> Task:
    return _task(now, reason, end_s=_in_s(now))


def _swapped(now: PlanNow, to: str) -> Task:
    seat = next((one for one in now.relay.seats if one.key == to and one.can_drive), None)
    if seat is None:
        raise WishError(f"{name_of(now.relay, to)} does not drive in this team.")
    is_out = any(leg.is_driving for leg in now.legs)
    if is_out and _driving(now).driver == to:
        raise WishError(f"{seat.name} is in the car already.")
    task = _called_in(now, f"{seat.name} takes over") if is_out else _task(now, f"{seat.name} takes over")
    if not task.base:
        raise WishError("There is no stint left to take over.")
    return msgspec.structs.replace(task, pinned={task.base[0].key: to})


def _without(now: PlanNow, wish: Missing) -> Task:
    seat = next((one for one in now.relay.seats if one.key == wish.seat), None)
    if seat is None:
        raise WishError(f"{wish.seat} is nobody of this team.")
    race_s = now.race_s or 0.0
    if wish.until_s is not None and wish.until_s <= race_s:
        raise WishError("That time is past.")
    until = "" if wish.until_s is None else f" until {clock(wish.until_s)}"
    driving = next((leg for leg in now.legs if leg.is_driving), None)
    is_at_wheel = driving is not None and driving.driver == wish.seat
    end_s = _in_s(now) if is_at_wheel else None
    relay = missing(now.relay, wish.seat, race_s if end_s is None else end_s, wish.until_s)
    if relay.start_utc_s is None:  # without a clock nobody's free time is judged, this person's must be
        relay = msgspec.structs.replace(relay, start_utc_s=0.0)
    return _task(now, f"{seat.name} is missing{until}", relay=relay, end_s=end_s)


def _wet(now: PlanNow, wish: Rain) -> Task:
    if wish.until_s <= max(wish.from_s, now.race_s or 0.0):
        raise WishError("That time is past.")
    relay = wet(now.relay, Span(wish.from_s, wish.until_s))
    return _task(now, f"Rain from {clock(wish.from_s)} to {clock(wish.until_s)}", relay=relay)
