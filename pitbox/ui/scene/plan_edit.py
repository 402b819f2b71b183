"""What a hand does to a plan: a stint given, a boundary moved, the order changed. Legs in, legs out. Pure.

Stints lie end to end, so each edit lays the rest of the race anew; what was driven never changes.
"""

from typing import Any

import msgspec

from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.ledger import Ledger
from pitbox.model.plan_check import violations
from pitbox.model.plan_offer import Offer, PlanNow
from pitbox.model.relay import Leg, Legs
from pitbox.model.stint_plan import plan
from pitbox.planning.live.chain import fitted, laid, stop_s
from pitbox.planning.live.offer import accept, changes
from pitbox.planning.live.share import shares
from pitbox.ui.scene.plan import PlanScene, is_standing

LEAST_S = 60.0
"""No stint is shorter."""
_CLOSE_S = 1.0


def given(now: PlanNow, key: str, driver: str) -> Legs:
    """Somebody else drives it."""
    at = _coming(now.legs, key)
    return settled(now, _with(now.legs, at, msgspec.structs.replace(now.legs[at], driver=driver)))


def bounded(now: PlanNow, key: str, end_s: float) -> Legs:
    """It ends there, on a whole lap of its own; the one behind it begins so much later or sooner."""
    at = _index(now.legs, key)
    leg, relay = now.legs[at], now.relay
    if leg.is_done:
        raise EditError("That stint was driven: it is as it is.")
    laps = max(1, round((end_s - leg.start_s) / relay.lap_s))
    if at + 1 >= len(now.legs):
        if leg.end_s >= relay.length_s - _CLOSE_S:
            raise EditError("The last stint ends with the race.")
        longer = msgspec.structs.replace(leg, end_s=leg.start_s + laps * relay.lap_s)
        return _with(now.legs, at, _ended(longer, relay.length_s))
    behind = now.legs[at + 1]
    least_s = max(leg.start_s + LEAST_S, now.race_s or 0.0) if leg.is_driving else leg.start_s + LEAST_S
    most_s = leg.end_s + behind.span.length_s - LEAST_S
    by_s = min(max(leg.start_s + laps * relay.lap_s, least_s), most_s) - leg.end_s
    moved = msgspec.structs.replace(leg, end_s=leg.end_s + by_s)
    after = msgspec.structs.replace(behind, start_s=behind.start_s + by_s)
    return (*now.legs[:at], moved, after, *now.legs[at + 2 :])


def serviced(now: PlanNow, key: str, **said: Any) -> Legs:
    """Other fuel, tyres, or another spotter."""
    at = _coming(now.legs, key)
    return _with(now.legs, at, msgspec.structs.replace(now.legs[at], **said))


def placed(now: PlanNow, key: str, to: int) -> Legs:
    """It is number `to` of the race, as far as what was driven lets it."""
    at = _coming(now.legs, key)
    first = sum(is_standing(leg) for leg in now.legs)
    rest = [leg for leg in now.legs if leg.key != key]
    rest.insert(min(max(first, to), len(rest)), now.legs[at])
    return settled(now, tuple(rest))


def split(now: PlanNow, key: str) -> Legs:
    """Two stints of half its length, with a stop between them."""
    at = _coming(now.legs, key)
    leg = now.legs[at]
    half_s = (leg.span.length_s - now.relay.pit_s) / 2
    if half_s < LEAST_S:
        raise EditError("That stint is too short for a stop in it.")
    one = msgspec.structs.replace(leg, end_s=leg.start_s + half_s)
    other = Leg(_fresh(now.legs), leg.driver, leg.end_s - half_s, leg.end_s, leg.spotter)
    return settled(now, (*now.legs[:at], one, other, *now.legs[at + 1 :]))


def merged(now: PlanNow, key: str) -> Legs:
    """Without the stop at its end: its driver goes on."""
    at = _coming(now.legs, key)
    if at + 1 >= len(now.legs):
        raise EditError("There is no stint behind the last one.")
    one = msgspec.structs.replace(now.legs[at], end_s=now.legs[at + 1].end_s)
    return settled(now, (*now.legs[:at], one, *now.legs[at + 2 :]))


def removed(now: PlanNow, key: str) -> Legs:
    """What it leaves is driven by those behind and before it, as far as their tanks last."""
    at = _coming(now.legs, key)
    return settled(now, (*now.legs[:at], *now.legs[at + 1 :]))


def added(now: PlanNow, driver: str) -> Legs:
    """One stint more, at the end."""
    relay = now.relay
    at_s = now.legs[-1].end_s + stop_s(relay, now.legs[-1].driver, driver) if now.legs else 0.0
    if at_s >= relay.length_s - LEAST_S:
        raise EditError("The race is full: split a stint to have one more.")
    length_s = relay.target_stint_s or relay.most_stint_s
    end_s = min(relay.length_s, at_s + length_s)
    return (*now.legs, Leg(_fresh(now.legs), driver, at_s, end_s))


def settled(now: PlanNow, legs: Legs) -> Legs:
    """Laid end to end from what stands, to the flag where the plan reached it before."""
    fixed = tuple(leg for leg in legs if is_standing(leg))
    coming = legs[len(fixed) :]
    if not coming:
        return legs
    relay, before = now.relay, fixed[-1].driver if fixed else coming[0].driver
    start_s = 0.0
    if fixed:
        start_s = fixed[-1].end_s + stop_s(relay, before, coming[0].driver)
        start_s = start_s if fixed[-1].is_driving else max(start_s, now.race_s or 0.0)
    if now.legs and now.legs[-1].end_s >= relay.length_s - relay.lap_s:
        driving = fixed[-1] if fixed and fixed[-1].is_driving else None
        return (*fixed, *fitted(coming, start_s, before, relay, driving=driving).legs)
    chain = laid(coming, start_s, before, relay)
    kept = (leg for leg in chain if leg.start_s < relay.length_s - _CLOSE_S)
    return (*fixed, *(_ended(leg, relay.length_s) for leg in kept))


def judged(scene: PlanScene, legs: Legs) -> PlanScene:
    """The scene as it would be with these; quick enough for every move of a mouse."""
    now = scene.now
    found = msgspec.structs.replace(
        now,
        legs=legs,
        violations=violations(now.relay, legs),
        shares=shares(now.relay, legs, now.race_s or 0.0),
    )
    return msgspec.structs.replace(scene, now=found)


def offer_of(scene: PlanScene, legs: Legs, reason: str, key: str) -> Offer:
    """A new plan as what it changes."""
    now = scene.now
    return Offer(
        key=key,
        reason=reason,
        base=scene.count,
        legs=legs,
        changes=changes(now.legs, legs, now.relay),
        before=tuple(one for one in now.violations if not one.is_past),
        after=tuple(one for one in violations(now.relay, legs) if not one.is_past),
    )


def leg_drafts(scene: PlanScene, legs: Legs, ledger: Ledger, salt: int) -> list[Draft]:
    """What makes the rows this plan; raises EditError where somebody edited them since."""
    rows = plan(ledger, scene.variant)
    if rows != scene.rows:
        raise EditError("Somebody else edited the plan just now: look at it again first.")
    offer = Offer("", "", ledger.count, legs, ())
    return accept(offer, rows, ledger.count, scene.relay, variant=scene.variant, salt=salt)


def _ended(leg: Leg, length_s: float) -> Leg:
    return msgspec.structs.replace(leg, end_s=min(leg.end_s, length_s))


def _with(legs: Legs, at: int, leg: Leg) -> Legs:
    return (*legs[:at], leg, *legs[at + 1 :])


def _index(legs: Legs, key: str) -> int:
    found = [at for at, leg in enumerate(legs) if leg.key == key]
    if not found:
        raise EditError("That stint is not there any more.")
    return found[0]


def _coming(legs: Legs, key: str) -> int:
    at = _index(legs, key)
    if is_standing(legs[at]):
        if legs[at].is_done:
            raise EditError("That stint was driven: it is as it is.")
        raise EditError("That stint is being driven: ask for a new plan from now.")
    return at


def _fresh(legs: Legs) -> str:
    names = {leg.key for leg in legs}
    return next(name for name in (f"+{n}" for n in range(1, 10_000)) if name not in names)
