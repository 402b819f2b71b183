"""From the edits to a sheet that may leave, and from lines that came in to edits."""

from collections.abc import Callable, Sequence

from pitbox.model import stint_plan
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.event import event as event_of
from pitbox.model.ledger import Ledger
from pitbox.model.member import members
from pitbox.model.stint_plan import PlannedStint, plan
from pitbox.model.team import Team
from pitbox.model.variant import Variant
from pitbox.planning.brief import relay_of
from pitbox.planning.exchange.sheet import PlanLine, PlanSheet, sheet_of
from pitbox.planning.live.expecting import ahead
from pitbox.planning.rota import legs_of

_FIELDS = ("driver", "laps", "fuel_l", "is_new_tyres", "spotter", "length_s", "instructions", "state")


def sheet_from(ledger: Ledger, team: Team, variant: Variant, made_utc_s: float) -> PlanSheet:
    """The plan as edited, its times as a machine that follows the race tells them, where one does.

    Raises EditError where the event is gone or has no length.
    """
    event = event_of(ledger, team.event)
    if event is None:
        raise EditError(f"The event of {team.name} is gone.")
    relay, rows = relay_of(ledger, team, variant), plan(ledger, variant.key)
    legs, green_utc_s, as_of = legs_of(rows, relay), None, ""
    told = ahead(ledger, team.key, made_utc_s) if variant.is_active and made_utc_s else None
    if told is not None:
        relay, legs = told.plan.relay, told.plan.legs
        green_utc_s, as_of = told.plan.green_utc_s, told.words
    return sheet_of(
        event,
        team,
        variant=variant,
        relay=relay,
        rows=rows,
        legs=legs,
        members=members(ledger),
        base=ledger.count,
        made_utc_s=made_utc_s,
        green_utc_s=green_utc_s,
        as_of=as_of,
    )


def append_drafts(
    variant: str, rows: tuple[PlannedStint, ...], lines: Sequence[PlanLine], new_key: Callable[[], str]
) -> list[Draft]:
    """The lines as new rows behind those that are there."""
    return _placed(variant, rows, [(new_key(), line) for line in lines])


def replace_drafts(
    variant: str, rows: tuple[PlannedStint, ...], lines: Sequence[PlanLine], new_key: Callable[[], str]
) -> list[Draft]:
    """The lines instead of the rows; a line with the key of a row is that row, and keeps its history."""
    known = {row.key for row in rows}
    keyed = [(line.key if line.key in known else new_key(), line) for line in lines]
    kept = {key for key, _ in keyed}
    gone = [stint_plan.remove(row.key) for row in rows if row.key not in kept]
    return gone + _placed(variant, (), keyed)


def _placed(
    variant: str, before: tuple[PlannedStint, ...], keyed: Sequence[tuple[str, PlanLine]]
) -> list[Draft]:
    """The place comes last of each row: with it the row is there."""
    drafts: list[Draft] = []
    rows = before
    for salt, (key, line) in enumerate(keyed):
        drafts += [stint_plan.fill(key, field, getattr(line, field)) for field in _FIELDS]
        drafts.append(stint_plan.fill(key, "variant", variant))
        place = stint_plan.add_row(rows, len(rows), key, salt)
        drafts.append(place)
        rows = (*rows, PlannedStint(key, str(place.value)))
    return drafts
