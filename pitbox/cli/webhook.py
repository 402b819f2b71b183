"""`pitbox webhook`: where notes go that leave the team. Its address is a secret, and never an argument."""

import sys

import typer

from pitbox.cli.desk import EXIT_ERROR, desk_of

app = typer.Typer(help="The Discord channel that gets reminders and hand-over cards.", no_args_is_help=True)


@app.command("set")
def set_(context: typer.Context) -> None:
    """Ask for the address, or read it from a pipe, and keep it in a file that only you can read."""
    from pitbox.courier.webhook import Webhook

    desk = desk_of(context)
    if sys.stdin.isatty():
        address = typer.prompt("Address of the webhook (not shown)", hide_input=True, err=True)
    else:
        address = sys.stdin.readline()
    webhook = Webhook(address)
    webhook.store(desk.profile.config)
    print(f"Notes go to {webhook.words}. `pitbox webhook test` sends one.")


@app.command("show")
def show(context: typer.Context) -> None:
    """Say which webhook is set, without its secret."""
    from pitbox.courier.webhook import load

    webhook = load(desk_of(context).profile.config)
    print("No webhook is set." if webhook is None else f"Notes go to {webhook.words}.")


@app.command("test")
def test(context: typer.Context) -> None:
    """Send a note now and say what became of it."""
    from pitbox.courier import discord
    from pitbox.courier.errors import WireError
    from pitbox.courier.line import Line
    from pitbox.courier.verdict import Fate, verdict
    from pitbox.courier.webhook import load

    webhook = load(desk_of(context).profile.config)
    if webhook is None:
        print("No webhook is set; `pitbox webhook set` asks for one.", file=sys.stderr)
        raise typer.Exit(EXIT_ERROR)
    try:
        answer = Line().post(webhook, discord.body("PitBox can write here: reminders will come like this."))
    except WireError as error:
        print(f"{webhook.host}: {error}.", file=sys.stderr)
        raise typer.Exit(EXIT_ERROR) from error
    fate = verdict(answer, tries=1, jitter=1.0)
    if fate.fate is not Fate.DELIVERED:
        print(f"{webhook.host}: {fate.words}.", file=sys.stderr)
        raise typer.Exit(EXIT_ERROR)
    print(f"{webhook.host} took the note.")


@app.command("forget")
def forget_(context: typer.Context) -> None:
    """Remove the address from this computer; the webhook itself stays where it is."""
    from pitbox.courier.webhook import forget

    was_there = forget(desk_of(context).profile.config)
    print("The webhook is forgotten." if was_there else "No webhook was set.")
