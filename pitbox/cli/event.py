"""`pitbox event`: all that can be planned, from a shell: events, people, teams, strategies, stints."""

import secrets
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from pitbox.cli import event_people, event_stints
from pitbox.cli.desk import desk_of, print_json
from pitbox.cli.event_page import conflict_words, event_page, event_words, history_words
from pitbox.cli.plan_desk import PlanDesk
from pitbox.cli.plan_field import fields_of
from pitbox.cli.plan_find import event_named, members_by_name, named, team_named, variant_named
from pitbox.model import event, member, team, variant
from pitbox.model.edit import Draft
from pitbox.model.errors import EditError
from pitbox.model.form import new_key
from pitbox.model.wall_time import moment_s

JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]
Fields = Annotated[list[str] | None, typer.Argument(help="FIELD=VALUE; nothing behind the sign empties it.")]
_UTC = "Z"

app = typer.Typer(no_args_is_help=True, help="Plan races: events, people, teams, strategies and stints.")
app.command("member")(event_people.member_)
app.command("sign-up")(event_people.sign_up)
app.command("free")(event_people.free)
app.command("stint")(event_stints.stint)


@app.command("list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """List what is planned."""
    with PlanDesk(desk_of(context)) as desk:
        found = desk.ask(event.events)
    if as_json:
        print_json(found)
        return
    for one in found:
        print(event_words(one))
    if not found:
        print("Nothing is planned yet. `pitbox event add NAME` begins.")


@app.command()
def show(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="EVENT")], as_json: JsonOption = False
) -> None:
    """Show an event: its starts and rules, who takes part, its teams and what they plan."""
    with PlanDesk(desk_of(context)) as desk:
        page = desk.ask(lambda ledger: event_page(ledger, event_named(ledger, name)))
    if as_json:
        print_json(page)
    else:
        print("\n".join(page.lines()))


@app.command()
def add(context: typer.Context, name: str, fields: Fields = None) -> None:
    """Add an event: `pitbox event add "Spa 24 h" length_s=24:00:00 track=Spa zone=Europe/Berlin`."""
    key = new_key(name, secrets.randbits(32))
    with PlanDesk(desk_of(context)) as desk:
        desk.write(
            [*event.FORM.drafts(key, **fields_of(event.FORM, fields or [])), *event.add_event(key, name)]
        )
    print(key)


@app.command("set")
def set_(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="EVENT")], fields: list[str]
) -> None:
    """Change an event or a rule of it: `pitbox event set Spa rule.fair_share=0.25 no_night.Ada=yes`."""
    with PlanDesk(desk_of(context)) as desk:
        one = desk.ask(lambda ledger: event_named(ledger, name))
        people = desk.ask(members_by_name)
        keys = {"rule.starter": people, "no_night": people}
        desk.write(event.FORM.drafts(one.key, **fields_of(event.FORM, fields, keys)))


@app.command()
def start(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="EVENT")],
    when: Annotated[str, typer.Argument(help="2026-06-27T16:00 in the event's zone, or with a Z in UTC.")],
    called: Annotated[str, typer.Option("--name", help="Of this start time.")] = "",
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Take this start time away.")] = False,
) -> None:
    """Add a start time of an event."""
    with PlanDesk(desk_of(context)) as desk:
        one = desk.ask(lambda ledger: event_named(ledger, name))
        start_utc_s = moment_s(when.removesuffix(_UTC), "UTC" if when.endswith(_UTC) else one.zone)
        if not remove:
            key = new_key(f"{name} start", secrets.randbits(32))
            desk.write(event.add_instance(key, one.key, start_utc_s, called))
            return
        gone = [at.key for at in one.instances if at.start_utc_s == start_utc_s]
        if not gone:
            raise EditError(f"{one.name} has no start at {when}.")
        desk.write([event.remove_instance(key) for key in gone])


@app.command("team")
def team_(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="EVENT")],
    called: Annotated[str, typer.Argument(metavar="TEAM")],
    fields: Fields = None,
) -> None:
    """Add or change a team: `pitbox event team Spa Red car="BMW M4 GT3 EVO" number=77 shared.Ada=yes`."""
    with PlanDesk(desk_of(context)) as desk:
        one = desk.ask(lambda ledger: event_named(ledger, name))
        keys = {"shared": desk.ask(members_by_name), "instance": _starts(one)}
        values = fields_of(team.FORM, fields or [], keys)
        known = named(desk.ask(lambda ledger: team.teams(ledger, one.key)), called)
        desk.write(_added_or_changed(team.FORM, known, called, values, event=one.key))


@app.command("strategy")
def strategy(
    context: typer.Context,
    of: Annotated[str, typer.Argument(metavar="TEAM")],
    called: Annotated[str, typer.Argument(metavar="NAME")],
    fields: Fields = None,
    *,
    active: Annotated[bool, typer.Option("--active", help="The team drives by this one.")] = False,
) -> None:
    """Add or change a strategy of a team: `pitbox event strategy Red Dry fuel_per_lap_l=2.9 pit_s=62`."""
    with PlanDesk(desk_of(context)) as desk:
        own = desk.ask(lambda ledger: team_named(ledger, of))
        values = fields_of(variant.FORM, fields or [])
        known = named(desk.ask(lambda ledger: variant.variants(ledger, own.key)), called)
        drafts = _added_or_changed(variant.FORM, known, called, values, team=own.key)
        if active:
            drafts += team.fill_team(own.key, variant=drafts[-1].entity.key if known is None else known.key)
        desk.write(drafts)


@app.command()
def remove(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="event, member, team or strategy.")],
    name: Annotated[str, typer.Argument(help="A strategy as TEAM/NAME.")],
) -> None:
    """Delete something; `pitbox event undo` brings it back."""
    with PlanDesk(desk_of(context)) as desk:
        desk.write([desk.ask(lambda ledger: _removal(ledger, what, name))])


@app.command()
def history(
    context: typer.Context,
    of: Annotated[str | None, typer.Argument(metavar="TEAM", help="Of one team; else of everything.")] = None,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="Lines to show.")] = 30,
    as_json: JsonOption = False,
) -> None:
    """Show who did what, the newest first, each with the key by which it is undone."""
    with PlanDesk(desk_of(context)) as desk:
        key = None if of is None else desk.ask(lambda ledger: team_named(ledger, of)).key
        lines = desk.planner.history(key, most)
    if as_json:
        print_json(lines)
    else:
        print("\n".join(history_words(lines)) or "Nobody has planned anything yet.")


@app.command()
def undo(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Of a deed, as the history has it; else your last one.")] = "",
) -> None:
    """Take back what you did last, or any deed that nobody has edited since."""
    with PlanDesk(desk_of(context)) as desk:
        print(f"Undone: {desk.undo(key)}")


@app.command()
def conflicts(
    context: typer.Context,
    settle: Annotated[int | None, typer.Option(min=1, help="Number of the conflict to end.")] = None,
    take: Annotated[int, typer.Option("--with", min=1, help="Number of the value that it ends with.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Show where two people wrote without knowing of each other, or end such a conflict."""
    with PlanDesk(desk_of(context)) as desk:
        found = desk.planner.conflicts()
        if settle is not None:
            if settle > len(found) or take > len(found[settle - 1].said):
                raise EditError("There is no such conflict, or no such value in it.")
            from pitbox.planning.conflict import settle as settled

            desk.write([settled(found[settle - 1], take - 1)])
            return
    if as_json:
        print_json(found)
    else:
        print("\n".join(conflict_words(found)) or "Nobody disagrees.")


def _added_or_changed(form: Any, known: Any, name: str, values: dict[str, Any], **owner: str) -> list[Draft]:
    """The name comes last, so that the thing is whole when it is there."""
    if known is not None:
        return list(form.drafts(known.key, **values))
    return list(form.drafts(new_key(name, secrets.randbits(32)), **{**values, **owner, "name": name}))


def _starts(one: event.Event) -> dict[str, str]:
    return {word: at.key for at in one.instances for word in (at.key, at.name, at.name.casefold()) if word}


def _removal(ledger: Any, what: str, name: str) -> Draft:
    if what == "event":
        return event.remove_event(event_named(ledger, name).key)
    if what == "team":
        return team.remove_team(team_named(ledger, name).key)
    if what == "strategy":
        return variant.remove_variant(variant_named(ledger, name).key)
    if what == "member":
        return member.remove_member(_only(member.members(ledger), name, "member").key)
    raise EditError(f"{what!r} cannot be removed; event, member, team and strategy can.")


def _only(things: Sequence[Any], name: str, what: str) -> Any:
    found = named(things, name)
    if found is None:
        raise EditError(f"There is no {what} {name!r} here.")
    return found
