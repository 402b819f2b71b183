"""`pitbox plan-export` and `pitbox plan-import`: a team's stints as files, ours and other planners'."""

import secrets
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pitbox.cli.desk import EXIT_ERROR, desk_of
from pitbox.cli.plan_desk import PlanDesk
from pitbox.cli.plan_find import member_named, team_named, variant_named
from pitbox.model.errors import EditError
from pitbox.model.stint_plan import plan

if TYPE_CHECKING:
    from pitbox.planning.exchange.csv_import import Found
    from pitbox.planning.exchange.sheet import PlanSheet

Of = Annotated[str, typer.Argument(metavar="TEAM", help="Or TEAM/STRATEGY; else the active one.")]


class Form(StrEnum):
    CSV = "csv"
    JSON = "json"
    ICS = "ics"
    HTML = "html"


def plan_export(
    context: typer.Context,
    of: Of,
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.HTML,
    out: Annotated[Path | None, typer.Option(help="Where to; else standard output.")] = None,
    person: Annotated[
        str, typer.Option(help="A calendar of one person: stints to drive and to spot in.")
    ] = "",
) -> None:
    """Write a plan as a spreadsheet, for programs, as a calendar, or as one page to send round."""
    from pitbox.planning.exchange.plan_rows import sheet_from

    desk = desk_of(context)
    with PlanDesk(desk) as plans:
        variant = plans.ask(lambda ledger: variant_named(ledger, of))
        team = plans.ask(lambda ledger: team_named(ledger, variant.team))
        sheet = plans.ask(lambda ledger: sheet_from(ledger, team, variant, time.time()))
        key = plans.ask(lambda ledger: member_named(ledger, person).key) if person else ""
    if key and form is not Form.ICS:
        raise EditError("Only a calendar (--format ics) can be of one person.")
    data = _written(sheet, form, key, desk.settings.planning.reminder_minutes)
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    out.write_bytes(data)
    as_of = f" Times are {sheet.as_of}." if sheet.as_of else ""
    print(f"{len(sheet.lines)} stints of {sheet.team} are in {out}.{as_of}", file=sys.stderr)


def plan_import(
    context: typer.Context,
    of: Of,
    file: Annotated[Path, typer.Argument(help="CSV or JSON.")],
    column: Annotated[list[str] | None, typer.Option(help="FIELD=HEADER, where a name is not ours.")] = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Instead of the stints that are there.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Say what would come in, and change nothing.")
    ] = False,
) -> None:
    """Read stints from a file of ours or of another planner; all of it is one step to undo."""
    from pitbox.planning.exchange.plan_rows import append_drafts, replace_drafts, sheet_from

    data = file.read_bytes()
    with PlanDesk(desk_of(context)) as plans:
        variant = plans.ask(lambda ledger: variant_named(ledger, of))
        team = plans.ask(lambda ledger: team_named(ledger, variant.team))
        sheet = plans.ask(lambda ledger: sheet_from(ledger, team, variant, 0.0))
        found = _read(data, sheet, column or [], is_json=file.suffix.lower() == ".json")
        for fault in found.faults:
            print(fault, file=sys.stderr)
        if found.unread:
            print(f"Not read: {', '.join(found.unread)}.", file=sys.stderr)
        if not check and found.lines:
            rows = plans.ask(lambda ledger: plan(ledger, variant.key))
            make = replace_drafts if replace else append_drafts
            plans.write(make(variant.key, rows, found.lines, lambda: secrets.token_hex(6)))
    what = "would come in" if check else "came in"
    print(f"{len(found.lines)} stints {what}, {len(found.faults)} lines have a fault.")
    if not found.lines:
        raise typer.Exit(EXIT_ERROR)


def _written(sheet: "PlanSheet", form: Form, person: str, minutes: str) -> bytes:
    if form is Form.CSV:
        from pitbox.planning.exchange.csv_file import write_csv

        return write_csv(sheet)
    if form is Form.JSON:
        from pitbox.planning.exchange.json_file import write_json

        return write_json(sheet)
    if form is Form.ICS:
        from pitbox.planning.exchange.calendar import write_calendar
        from pitbox.wall.reminders import marks_of

        return write_calendar(sheet, person, marks_of(minutes))
    from pitbox.planning.exchange.page import write_page

    return write_page(sheet)


def _read(data: bytes, sheet: "PlanSheet", columns: list[str], *, is_json: bool) -> "Found":
    from pitbox.planning.exchange.csv_import import Found, read_csv
    from pitbox.planning.exchange.json_file import read_json, rows_for

    if is_json:
        lines, faults = rows_for(read_json(data), sheet.people)
        return Found(lines, faults)
    pairs = [column.partition("=") for column in columns]
    if any(not header for _, _, header in pairs):
        raise EditError("A column is named as FIELD=HEADER, like driver=Who.")
    return read_csv(data, {field: header for field, _, header in pairs}, sheet.people)
