"""What a hand does to a plan: each move keeps the race covered, and leaves alone what was driven."""

import msgspec

from pitbox.model.errors import EditError
from pitbox.model.relay import Leg, Legs, Relay

SHORTEST_S = 60.0


def swap(legs: Legs, one: str, other: str) -> Legs:
    """Two stints change drivers; times stay."""
    a, b = _open(legs, one), _open(legs, other)
    if legs[a].is_driving or legs[b].is_driving:
        raise EditError("Who drives now cannot be swapped with a later stint.")
    out = list(legs)
    out[a] = msgspec.structs.replace(legs[a], driver=legs[b].driver)
    out[b] = msgspec.structs.replace(legs[b], driver=legs[a].driver)
    return tuple(out)


def shift(legs: Legs, key: str, by_s: float) -> Legs:
    """The stop after this stint comes later, or earlier; the next stint gives or takes the time."""
    at = _open(legs, key)
    if at + 1 == len(legs):
        raise EditError("After the last stint there is no stop.")
    end_s = min(legs[at].end_s + by_s, legs[at + 1].end_s - SHORTEST_S - _gap_s(legs, at))
    end_s = max(end_s, legs[at].start_s + SHORTEST_S)
    following = msgspec.structs.replace(legs[at + 1], start_s=end_s + _gap_s(legs, at))
    return (*legs[:at], msgspec.structs.replace(legs[at], end_s=end_s), following, *legs[at + 2 :])


def split(relay: Relay, legs: Legs, key: str, at_s: float, new_key: str) -> Legs:
    """A stop of the same driver within the stint."""
    at = _open(legs, key)
    leg = legs[at]
    if not leg.start_s + SHORTEST_S <= at_s <= leg.end_s - relay.pit_s - SHORTEST_S:
        raise EditError("There is no room for a stop there.")
    first = msgspec.structs.replace(leg, end_s=at_s)
    second = Leg(new_key, leg.driver, at_s + relay.pit_s, leg.end_s, leg.spotter)
    return (*legs[:at], first, second, *legs[at + 1 :])


def merge(legs: Legs, key: str) -> Legs:
    """The stop after this stint falls away; its driver goes on to the end of the next."""
    at = _open(legs, key)
    if at + 1 == len(legs):
        raise EditError("After the last stint there is no stop.")
    return (*legs[:at], msgspec.structs.replace(legs[at], end_s=legs[at + 1].end_s), *legs[at + 2 :])


def _gap_s(legs: Legs, at: int) -> float:
    return legs[at + 1].start_s - legs[at].end_s


def _open(legs: Legs, key: str) -> int:
    at = next((at for at, leg in enumerate(legs) if leg.key == key), None)
    if at is None:
        raise EditError("This stint is not in the plan any more.")
    if legs[at].is_done:
        raise EditError("What was driven does not change.")
    return at
