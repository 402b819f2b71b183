"""Which set of tyres was on a car when, where people say what was done at its stops."""

from collections.abc import Sequence

import msgspec

from pitbox.model.fact import Stint, Stop, TyreStint

CHANGE, TYRES = "change", "tyres"


def tyre_sets(sets: Sequence[TyreStint], told: Sequence[Stop], stints: Sequence[Stint]) -> list[TyreStint]:
    """The sets in their order, numbered anew; `told` are stops of which somebody said what was done."""
    found = _by_laps(sets)
    for stop in told:
        after = next((stint for stint in stints if stint.start_s >= stop.lane_in_s), None)
        if after is None:
            continue
        if any(service.what == TYRES for service in stop.service):
            found = _split(found, stop, after)
        else:
            found = _join(found, stop, after)
    return [msgspec.structs.replace(one, tyre_stint=at) for at, one in enumerate(found, 1)]


def _by_laps(sets: Sequence[TyreStint]) -> list[TyreStint]:
    """A set that was fitted earlier than was thought ends the one before, or was on the car all the time."""
    found: list[TyreStint] = []
    for one in sets:
        while found and found[-1].start_lap >= one.start_lap:
            found.pop()
        if found and found[-1].start_lap + found[-1].laps > one.start_lap:
            found[-1] = msgspec.structs.replace(found[-1], laps=one.start_lap - found[-1].start_lap)
        found.append(one)
    return found


def _split(sets: list[TyreStint], stop: Stop, after: Stint) -> list[TyreStint]:
    """New tyres at this stop, where the fold saw none."""
    at = _on_at(sets, after)
    if at is None or sets[at].start_lap == after.start_lap:
        return sets
    old = sets[at]
    before = msgspec.structs.replace(
        old, laps=after.start_lap - old.start_lap, end_s=stop.lane_in_s, end=CHANGE
    )
    new = msgspec.structs.replace(
        old,
        start_s=after.start_s,
        start_lap=after.start_lap,
        laps=max(0, old.start_lap + old.laps - after.start_lap),
        compound=after.compound if after.compound >= 0 else old.compound,
        confidence=1.0,
    )
    return [*sets[:at], before, new, *sets[at + 1 :]]


def _join(sets: list[TyreStint], stop: Stop, after: Stint) -> list[TyreStint]:
    """The same tyres on both sides of this stop."""
    at = _on_at(sets, after)
    if at is None:
        return sets
    now = sets[at]
    if now.start_s < stop.lane_in_s:  # it went on, and the doubt of this stop is gone
        sure = msgspec.structs.replace(now, confidence=min(1.0, 2.0 * now.confidence))
        return [*sets[:at], sure, *sets[at + 1 :]]
    if at == 0:
        return sets
    old = sets[at - 1]
    laps = now.start_lap + now.laps - old.start_lap if now.end_s is not None else 0
    one = msgspec.structs.replace(
        old, laps=laps, end_s=now.end_s, end=now.end, confidence=min(old.confidence, now.confidence)
    )
    return [*sets[: at - 1], one, *sets[at + 1 :]]


def _on_at(sets: Sequence[TyreStint], stint: Stint) -> int | None:
    """The set that is on the car in this stint."""
    mine = [at for at, one in enumerate(sets) if one.start_lap <= stint.start_lap]
    return mine[-1] if mine else None
