"""`pitbox event stint`: the rows of a plan, by their numbers."""

import secrets
from typing import Annotated

import typer

from pitbox.cli.desk import desk_of
from pitbox.cli.plan_desk import PlanDesk
from pitbox.cli.plan_field import fields_of
from pitbox.cli.plan_find import members_by_name, variant_named
from pitbox.model import stint_plan
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.ledger import Ledger


def stint(
    context: typer.Context,
    of: Annotated[str, typer.Argument(metavar="TEAM", help="Or TEAM/STRATEGY; else the active one.")],
    number: Annotated[int, typer.Argument(min=1, help="The row; one behind the last adds a row.")],
    fields: Annotated[list[str] | None, typer.Argument(help="FIELD=VALUE")] = None,
    *,
    to: Annotated[int | None, typer.Option(min=1, help="Move it to this place.")] = None,
    insert: Annotated[bool, typer.Option("--insert", help="A new row at this place.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take it out.")] = False,
) -> None:
    """Add, change, move or remove a stint: `pitbox event stint Red 3 driver=Ada laps=31 is_new_tyres=yes`."""
    with PlanDesk(desk_of(context)) as desk:
        variant, rows, people = desk.ask(lambda ledger: _found(ledger, of))
        values = fields_of(stint_plan.FORM, fields or [], {"driver": people, "spotter": people})
        if {"order", "variant"} & values.keys():
            raise EditError("A stint's place is changed with --to; its strategy is the one that is named.")
        if number > len(rows) + 1 or (number > len(rows) and (remove or to)):
            raise EditError(f"There is no stint {number}: the plan has {len(rows)}.")
        if insert or number > len(rows):
            key = secrets.token_hex(6)
            drafts = stint_plan.FORM.drafts(key, **values, variant=variant)
            drafts.append(stint_plan.add_row(rows, number - 1, key, secrets.randbits(16)))
        else:
            drafts = _changed(rows, number, values, to, is_removed=remove)
        desk.write(drafts)


def _changed(
    rows: tuple[stint_plan.PlannedStint, ...],
    number: int,
    values: dict[str, object],
    to: int | None,
    *,
    is_removed: bool,
) -> list[Draft]:
    key = rows[number - 1].key
    if is_removed:
        return [stint_plan.remove(key)]
    moved = [] if to is None else [stint_plan.move(rows, key, to - 1, secrets.randbits(16))]
    return stint_plan.FORM.drafts(key, **values) + moved


def _found(ledger: Ledger, of: str) -> tuple[str, tuple[stint_plan.PlannedStint, ...], dict[str, str]]:
    variant = variant_named(ledger, of)
    return variant.key, stint_plan.plan(ledger, variant.key), members_by_name(ledger)
