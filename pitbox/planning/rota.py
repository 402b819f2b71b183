"""Rows of a plan as legs of the race, and legs back as rows: the two ways in which a plan is written down."""

from collections.abc import Sequence

import msgspec

from pitbox.model.relay import Leg, Legs, Relay, Seat
from pitbox.model.stint_plan import PlannedStint

LEFT_OUT = ("skipped", "replaced")
"""States in which a row is no part of the race any more."""
_SAME_S = 1.0
"""Lengths that differ by less are the same."""


def legs_of(rows: Sequence[PlannedStint], relay: Relay) -> Legs:
    """Laid end to end from the green flag, a stop between each two, and none behind the chequered one.

    A row is as long as it says, in seconds or in its driver's laps; else as the strategy has it.
    """
    seats = {seat.key: seat for seat in relay.seats}
    legs: list[Leg] = []
    for row in rows:
        if row.state in LEFT_OUT:
            continue
        driver = row.driver or ""
        start_s = 0.0
        if legs:
            start_s = legs[-1].end_s + relay.pit_s + (relay.swap_s if driver != legs[-1].driver else 0.0)
        if start_s >= relay.length_s:
            break
        end_s = min(start_s + length_s(row, relay, seats.get(driver), start_s), relay.length_s)
        legs.append(Leg(row.key, driver, start_s, end_s, row.spotter or "", row.fuel_l, row.is_new_tyres))
    return tuple(legs)


def length_s(row: PlannedStint, relay: Relay, seat: Seat | None, start_s: float) -> float:
    """At the wheel."""
    if row.length_s is not None:
        return row.length_s
    if row.laps is not None:
        return row.laps * lap_s(relay, seat, start_s)
    return min(relay.target_stint_s or relay.most_stint_s, relay.most_stint_s)


def lap_s(relay: Relay, seat: Seat | None, at_s: float) -> float:
    """What a lap takes this person at that moment of the race."""
    dry_s = relay.lap_s if seat is None or seat.lap_s is None else seat.lap_s
    is_wet = any(span.start_s <= at_s < span.end_s for span in relay.wet)
    return seat.wet_lap_s if is_wet and seat is not None and seat.wet_lap_s is not None else dry_s


def rows_of(
    legs: Sequence[Leg], relay: Relay, variant: str, now: Sequence[PlannedStint] = ()
) -> tuple[PlannedStint, ...]:
    """The rows that these legs are, for `stint_plan.rewrite`; `now` are those that stand.

    What was driven stays as it was planned; a row whose length did not change keeps its laps and its words.
    """
    known = {row.key: row for row in now}
    lengths_s = {leg.key: leg.span.length_s for leg in legs_of(now, relay)}
    rows: list[PlannedStint] = []
    for leg in legs:
        row = known.get(leg.key)
        if leg.is_done:
            rows += [] if row is None else [row]
            continue
        row = row or PlannedStint(leg.key, "", variant=variant)
        if abs(lengths_s.get(leg.key, -1.0) - leg.span.length_s) > _SAME_S:
            row = msgspec.structs.replace(row, length_s=round(leg.span.length_s, 1), laps=None)
        rows.append(
            msgspec.structs.replace(
                row,
                driver=leg.driver or None,
                spotter=leg.spotter or None,
                fuel_l=leg.fuel_l,
                is_new_tyres=leg.is_new_tyres,
                state=None if row.state in LEFT_OUT else row.state,
            )
        )
    return _with_left_out(rows, now)


def _with_left_out(rows: list[PlannedStint], now: Sequence[PlannedStint]) -> tuple[PlannedStint, ...]:
    """Rows that were said to be skipped stay, each behind the one that it stood behind."""
    before = ""
    for row in now:
        keys = [one.key for one in rows]
        if row.state in LEFT_OUT and row.key not in keys:
            rows.insert(keys.index(before) + 1 if before in keys else 0, row)
        if row.key in [one.key for one in rows]:
            before = row.key
    return tuple(rows)
