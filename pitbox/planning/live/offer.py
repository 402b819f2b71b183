"""A new plan as a difference to the old one: shown, accepted into rows, or refused when it is stale."""

from collections.abc import Sequence

import msgspec

from pitbox.model.edit import Draft
from pitbox.model.form import new_key
from pitbox.model.plan_offer import Change, ChangeKind, Offer, PlanNow
from pitbox.model.relay import Leg, Legs, Relay
from pitbox.model.stint_plan import PlannedStint, rewrite
from pitbox.planning.live.errors import StaleOfferError
from pitbox.planning.live.repair import Repaired
from pitbox.planning.live.wish import Task
from pitbox.planning.live.words import name_of
from pitbox.planning.rota import length_s, rows_of

_SAME_S = 60.0
"""A stint that is a minute longer is no other stint."""


def offer_of(now: PlanNow, task: Task, found: Repaired, key: str) -> Offer:
    """The quick one; a better one may follow under the same key."""
    return Offer(
        key=key,
        reason=task.reason,
        base=now.base,
        legs=found.legs,
        changes=changes(now.legs, found.legs, task.relay),
        before=tuple(one for one in now.violations if not one.is_past),
        after=found.violations,
    )


def changes(before: Legs, after: Legs, relay: Relay) -> tuple[Change, ...]:
    """In the order of the race. What was driven is the same in both."""
    was = {leg.key: (number, leg) for number, leg in enumerate(before, 1)}
    stays = {leg.key for leg in after}
    found: list[Change] = []
    for number, leg in enumerate(after, 1):
        if leg.is_done:
            continue
        if leg.key not in was:
            words = f"Stint {number} more: {name_of(relay, leg.driver)}, {_minutes(leg)} min"
            found.append(Change(leg.key, ChangeKind.ADDED, words, leg.start_s))
        else:
            found += _changed(*was[leg.key], leg, relay)
    for number, leg in was.values():
        if leg.key not in stays and not leg.is_done:
            words = f"Stint {number} of {name_of(relay, leg.driver)} is not driven"
            found.append(Change(leg.key, ChangeKind.REMOVED, words, leg.start_s))
    return tuple(sorted(found, key=lambda change: (change.start_s, change.leg, change.kind)))


def accept(
    offer: Offer, rows: tuple[PlannedStint, ...], count: int, relay: Relay, *, variant: str, salt: int
) -> list[Draft]:
    """What makes the rows this plan. Raises StaleOfferError where the plan was edited since: `count` says."""
    if count != offer.base:
        raise StaleOfferError("The plan was edited since; here is the offer worked out anew.")
    known = {row.key for row in rows}
    legs = _as_rows(offer.legs, known, salt)
    wanted = [_settled(row, legs, relay) for row in rows_of(legs, relay, variant, rows)]
    return rewrite(rows, _in_order(wanted, rows, offer.legs), salt)


def _changed(number: int, was: Leg, leg: Leg, relay: Relay) -> list[Change]:
    head, found = f"Stint {number}", []
    if was.driver != leg.driver:
        words = f"{head}: {name_of(relay, leg.driver)} instead of {name_of(relay, was.driver)}"
        found.append(Change(leg.key, ChangeKind.DRIVER, words, leg.start_s))
    longer_s = leg.span.length_s - was.span.length_s
    if abs(longer_s) > _SAME_S:
        words = f"{head}: {round(abs(longer_s) / 60)} min {'longer' if longer_s > 0 else 'shorter'}"
        found.append(Change(leg.key, ChangeKind.LENGTH, words, leg.start_s))
    if was.spotter != leg.spotter:
        words = f"{head}: {name_of(relay, leg.spotter)} spots instead of {name_of(relay, was.spotter)}"
        found.append(Change(leg.key, ChangeKind.SPOTTER, words, leg.start_s))
    if (was.fuel_l, was.is_new_tyres) != (leg.fuel_l, leg.is_new_tyres):
        words = f"{head}: other service"
        found.append(Change(leg.key, ChangeKind.SERVICE, words, leg.start_s))
    return found


def _minutes(leg: Leg) -> int:
    return round(leg.span.length_s / 60)


def _as_rows(legs: Legs, known: set[str], salt: int) -> list[Leg]:
    """A stint, or a part of one, that is in no row gets a row: plan and race go side by side again."""
    return [
        leg
        if leg.key in known
        else msgspec.structs.replace(leg, key=new_key(leg.driver, salt + number), is_done=False)
        for number, leg in enumerate(legs)
    ]


def _settled(row: PlannedStint, legs: Sequence[Leg], relay: Relay) -> PlannedStint:
    """Who accepts a new plan accepts what led to it: else new rows would tell the same race otherwise.

    A row that was driven otherwise says by whom and how long; what stood there before is in the history.
    """
    leg = next((one for one in legs if one.key == row.key and one.is_done), None)
    if leg is None:
        return row
    seat = next((one for one in relay.seats if one.key == row.driver), None)
    if abs(leg.span.length_s - length_s(row, relay, seat, leg.start_s)) > _SAME_S:
        row = msgspec.structs.replace(row, length_s=round(leg.span.length_s, 1), laps=None)
    return msgspec.structs.replace(row, driver=leg.driver or row.driver)


def _in_order(wanted: Sequence[PlannedStint], rows: Sequence[PlannedStint], legs: Legs) -> list[PlannedStint]:
    """Rows that were driven together with another, or passed, stay where they were, as skipped."""
    done = {leg.key.partition("~")[0] for leg in legs if leg.is_done or leg.is_driving}
    have = {row.key for row in wanted}
    last = max((at for at, row in enumerate(rows) if row.key in done), default=-1)
    kept = [row for row in rows[:last] if row.key not in have]
    out = list(wanted)
    for row in kept:
        at = [other.key for other in rows].index(row.key)
        before = {other.key for other in rows[:at]}
        place = max((n + 1 for n, other in enumerate(out) if other.key in before), default=0)
        out.insert(place, msgspec.structs.replace(row, state="skipped"))
    return out
