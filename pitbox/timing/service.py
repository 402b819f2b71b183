"""What was done in a visit to the pits: measured in our own car, concluded for the others."""

from statistics import median

import msgspec

from pitbox.model.fact import Service, Stop

FUEL, TYRES, REPAIRS, SWAP, DRIVE_THROUGH, TOWED = "fuel", "tyres", "repairs", "swap", "drive_through", "tow"
_LEAST_FUEL_L = 0.3
_FUEL_STALL_S = 5.0
"""Who stands for less takes no fuel to speak of."""
_KEPT = 12
_LEAST_STOPS = 4
"""Of a class, before a long one stands out."""
_LONG = 1.6
_LONG_S = 15.0


class Gauge(msgspec.Struct, frozen=True, array_like=True):
    """What our own car measured in a visit; None where nobody of ours was in it."""

    fuel_added_l: float | None = None
    has_new_tyres: bool | None = None
    was_repaired: bool | None = None


class StallTimes(msgspec.Struct, array_like=True):
    """How long cars of each class stand for a plain stop."""

    by_class: dict[int, list[float]] = msgspec.field(default_factory=dict)

    def usual_s(self, class_id: int) -> float | None:
        times = self.by_class.get(class_id, [])
        return median(times) if len(times) >= _LEAST_STOPS else None

    def hear(self, class_id: int, stall_s: float) -> None:
        self.by_class[class_id] = [*self.by_class.get(class_id, []), stall_s][-_KEPT:]


def services(stop: Stop, gauge: Gauge, usual_s: float | None) -> tuple[Service, ...]:
    """Of a visit that is over; `usual_s` is a plain stop of the class."""
    if stop.is_tow:
        found = [Service(TOWED, 1.0)]
    elif stop.stall_in_s is None:
        return (Service(DRIVE_THROUGH, 1.0),)
    else:
        found = []
    stall_s = 0.0
    if stop.stall_in_s is not None and stop.stall_out_s is not None:
        stall_s = stop.stall_out_s - stop.stall_in_s
    found += _fuel(gauge, stall_s, is_tow=stop.is_tow)
    found += _tyres(stop, gauge)
    found += _repairs(gauge, stall_s, usual_s, is_tow=stop.is_tow)
    return with_swap(tuple(found), stop)


def with_swap(found: tuple[Service, ...], stop: Stop) -> tuple[Service, ...]:
    """Another person drove out; the session text may say so late."""
    plain = tuple(service for service in found if service.what != SWAP)
    is_swap = stop.user_id_out not in (0, stop.user_id_in)
    return (*plain, Service(SWAP, 1.0)) if is_swap else plain


def _fuel(gauge: Gauge, stall_s: float, *, is_tow: bool) -> list[Service]:
    if gauge.fuel_added_l is not None:
        return [Service(FUEL, 1.0)] if gauge.fuel_added_l > _LEAST_FUEL_L else []
    return [Service(FUEL, 0.6)] if stall_s >= _FUEL_STALL_S and not is_tow else []


def _tyres(stop: Stop, gauge: Gauge) -> list[Service]:
    if gauge.has_new_tyres is not None:
        return [Service(TYRES, 1.0)] if gauge.has_new_tyres else []
    is_other = stop.compound_out >= 0 and stop.compound_in >= 0 and stop.compound_out != stop.compound_in
    return [Service(TYRES, 0.95)] if is_other else []


def _repairs(gauge: Gauge, stall_s: float, usual_s: float | None, *, is_tow: bool) -> list[Service]:
    if gauge.was_repaired is not None:
        return [Service(REPAIRS, 1.0)] if gauge.was_repaired else []
    if is_tow:
        return [Service(REPAIRS, 0.6)]
    is_long = usual_s is not None and stall_s > max(_LONG * usual_s, usual_s + _LONG_S)
    return [Service(REPAIRS, 0.5)] if is_long else []
