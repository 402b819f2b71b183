"""`pitbox event member`, `sign-up` and `free`: who there is, who takes part, and when they can."""

import secrets
from typing import Annotated

import typer

from pitbox.cli.desk import desk_of
from pitbox.cli.plan_desk import PlanDesk
from pitbox.cli.plan_field import fields_of
from pitbox.cli.plan_find import event_named, member_named, members_by_name, named, team_named
from pitbox.model import member, participation
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.form import new_key
from pitbox.model.ledger import Ledger
from pitbox.model.participation import FreeTime, Participation, Step

Fields = Annotated[list[str] | None, typer.Argument(help="FIELD=VALUE; nothing behind the sign empties it.")]
Event = Annotated[str, typer.Argument(metavar="EVENT")]
Person = Annotated[str, typer.Argument(metavar="PERSON")]


def member_(context: typer.Context, name: Person, fields: Fields = None) -> None:
    """Add or change somebody: `pitbox event member Ada zone=Europe/Berlin user_id=123456 rating=3400`."""
    with PlanDesk(desk_of(context)) as desk:
        known = named(desk.ask(member.members), name)
        values = fields_of(member.FORM, fields or [])
        if known is None:
            desk.write(member.add_member(new_key(name, secrets.randbits(32)), name, **values))
        elif values:
            desk.write(member.fill_member(known.key, **values))


def sign_up(
    context: typer.Context,
    event: Event,
    person: Person,
    fields: Fields = None,
    *,
    step: Annotated[Step | None, typer.Option(help="How far the person is now.")] = None,
    team: Annotated[str | None, typer.Option(help="Into this team.")] = None,
) -> None:
    """Sign somebody up, a step further, or into a team: `pitbox event sign-up Spa Ada lap_s=2:18.5`."""
    with PlanDesk(desk_of(context)) as desk:
        desk.write(desk.ask(lambda ledger: _signed_up(ledger, (event, person), fields or [], step, team)))


def free(
    context: typer.Context,
    event: Event,
    person: Person,
    start: Annotated[str, typer.Argument(help="Like 2026-06-27T16:00, on the person's clock.")],
    end: str,
    *,
    zone: Annotated[str | None, typer.Option(help="Of these times; else the person's own.")] = None,
    maybe: Annotated[bool, typer.Option("--maybe", help="Only if it must be.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take this stretch away.")] = False,
) -> None:
    """Say when somebody can be there."""
    with PlanDesk(desk_of(context)) as desk:
        key, own_zone = desk.ask(lambda ledger: _record(ledger, event, person))
        said = desk.ask(lambda ledger: participation.participation(ledger, key))
        if said is None:
            raise EditError(f"{person} has not signed up: `pitbox event sign-up` first.")
        if not remove:
            stretch = FreeTime(secrets.token_hex(4), start, end, zone or own_zone, is_maybe=maybe)
            desk.write([participation.be_free(key, stretch)])
            return
        gone = [one.token for one in said.free if (one.start, one.end) == (start, end)]
        if not gone:
            raise EditError(f"{person} has not said to be free from {start} to {end}.")
        desk.write([participation.be_no_more_free(key, token) for token in gone])


def _record(ledger: Ledger, event: str, person: str) -> tuple[str, str]:
    who = member_named(ledger, person)
    return participation.participation_key(event_named(ledger, event).key, who.key), who.zone


def _signed_up(
    ledger: Ledger, who: tuple[str, str], fields: list[str], step: Step | None, team: str | None
) -> list[Draft]:
    """First the record, then what is said in it, then the steps, each from where the one before led."""
    key, _ = _record(ledger, *who)
    now, drafts = participation.participation(ledger, key), []
    if now is None:
        first = Step.INTERESTED if step is Step.INTERESTED else Step.SIGNED_UP
        event, _, member_key = key.partition("/")
        drafts += participation.sign_up(event, member_key, first)
        now = Participation(key, event, member_key, first)
    people = members_by_name(ledger)
    values = fields_of(participation.FORM, fields, {"wanted": people, "unwanted": people})
    if {"step", "team"} & values.keys():
        raise EditError("Steps and teams have options of their own: --step and --team.")
    drafts += participation.FORM.drafts(key, **values)
    if team is not None:
        drafts += participation.join_team(now, team_named(ledger, f"{who[0]}/{team}").key)
    elif step is not None and step is not now.step:
        drafts += participation.take_step(now, step)
    return drafts
