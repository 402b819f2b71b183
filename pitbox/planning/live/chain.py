"""Stints laid end to end from now on, and fitted to the flag: who planned the whole race keeps it whole."""

import msgspec

from pitbox.model.relay import Leg, Legs, Relay

TOUCH_S = 1.0
"""Less than this is no gap."""
_LEAST_SHARE = 0.2
"""Of a tank: a last stint shorter than this is driven by the one before, if its tank lasts."""


class Tail(msgspec.Struct, frozen=True):
    """What is to come, and how it had to be changed so that the race is covered."""

    legs: Legs
    added: tuple[str, ...] = ()
    """Keys of stints that no plan had."""
    dropped: tuple[str, ...] = ()
    """Keys of stints for which there is no time left."""


def laid(legs: Legs, start_s: float, before: str, relay: Relay) -> Legs:
    """Each as long as it is, the first from `start_s` on; `before`: who drives until then."""
    out: list[Leg] = []
    at_s, driver = start_s, before
    for leg in legs:
        if out:
            at_s = out[-1].end_s + stop_s(relay, driver, leg.driver)
        out.append(msgspec.structs.replace(leg, start_s=at_s, end_s=at_s + leg.end_s - leg.start_s))
        driver = leg.driver
    return tuple(out)


def stop_s(relay: Relay, before: str, after: str) -> float:
    return relay.pit_s + (relay.swap_s if before != after else 0.0)


def fitted(legs: Legs, start_s: float, before: str, relay: Relay, *, driving: Leg | None = None) -> Tail:
    """Stints until the flag and not beyond: the last one gives or takes, then the one before it, and so on.

    `driving` is the one at the wheel; it is as long as it is said to be. What is missing when all tanks are
    used is added, and told.
    """
    chain = laid(legs, start_s, before, relay)
    kept = tuple(leg for leg in chain if leg.start_s < relay.length_s - TOUCH_S)
    dropped = tuple(leg.key for leg in chain[len(kept) :])
    if not kept:
        return _added((), start_s, before, relay, driving=driving, dropped=dropped)
    if kept[-1].end_s > relay.length_s:
        kept = (*kept[:-1], msgspec.structs.replace(kept[-1], end_s=relay.length_s))
        kept, gone = _without_splash(kept, relay)
        return Tail(kept, (), (*gone, *dropped))
    kept = _stretched(kept, relay)
    return _added(kept, start_s, before, relay, driving=driving, dropped=dropped)


def _without_splash(legs: Legs, relay: Relay) -> tuple[Legs, tuple[str, ...]]:
    last = legs[-1]
    if len(legs) < 2 or last.end_s - last.start_s >= _LEAST_SHARE * relay.most_stint_s:
        return legs, ()
    one = legs[-2]
    if relay.length_s - one.start_s > relay.most_stint_s:
        return legs, ()
    return (*legs[:-2], msgspec.structs.replace(one, end_s=relay.length_s)), (last.key,)


def _stretched(legs: Legs, relay: Relay) -> Legs:
    """Longer from the last one on, as far as tanks last, until the flag is reached."""
    missing_s = relay.length_s - legs[-1].end_s
    more_s = [0.0] * len(legs)
    for at in range(len(legs) - 1, -1, -1):
        if missing_s <= 0:
            break
        room_s = max(0.0, relay.most_stint_s - (legs[at].end_s - legs[at].start_s))
        more_s[at] = min(room_s, missing_s)
        missing_s -= more_s[at]
    out, moved_s = [], 0.0
    for leg, longer_s in zip(legs, more_s, strict=True):
        start_s = leg.start_s + moved_s
        moved_s += longer_s
        out.append(msgspec.structs.replace(leg, start_s=start_s, end_s=leg.end_s + moved_s))
    return tuple(out)


def _added(
    legs: Legs, start_s: float, before: str, relay: Relay, *, driving: Leg | None, dropped: tuple[str, ...]
) -> Tail:
    """Full stints for those who have the least to do, until the flag."""
    out = list(legs)
    added: list[str] = []
    if not out and driving is not None and driving.end_s >= relay.length_s - TOUCH_S:
        return Tail((), (), dropped)
    names = {leg.key for leg in legs} | set(dropped)
    while not out or out[-1].end_s < relay.length_s - TOUCH_S:
        driver = _idlest(relay, out, driving, out[-1].driver if out else before)
        pause_s = stop_s(relay, out[-1].driver, driver) if out else 0.0
        if out:
            out[-1] = _room_left(out[-1], pause_s, relay)
        at_s = out[-1].end_s + pause_s if out else start_s
        if at_s >= relay.length_s - TOUCH_S:
            break
        key = next(name for name in (f"+{n}" for n in range(1, 1000)) if name not in names)
        names.add(key)
        added.append(key)
        out.append(Leg(key, driver, at_s, min(relay.length_s, at_s + relay.most_stint_s)))
    return Tail(tuple(out), tuple(added), dropped)


def _room_left(leg: Leg, pause_s: float, relay: Relay) -> Leg:
    """A stop at the very end leaves a lap behind it: whoever is out before comes in sooner for that."""
    sooner_s = leg.end_s + pause_s + relay.lap_s - relay.length_s
    if not 0.0 < sooner_s < leg.end_s - leg.start_s - relay.lap_s:
        return leg
    return msgspec.structs.replace(leg, end_s=leg.end_s - sooner_s)


def _idlest(relay: Relay, legs: list[Leg], driving: Leg | None, before: str) -> str:
    """Whoever can drive and has least to do from now on; who drives until then only if nobody else can."""
    todo_s = {seat.key: 0.0 for seat in relay.seats if seat.can_drive}
    for leg in [*legs, *([driving] if driving is not None else [])]:
        if leg.driver in todo_s:
            todo_s[leg.driver] += leg.end_s - leg.start_s
    return min(todo_s, key=lambda key: (key == before, todo_s[key], key), default=before)
