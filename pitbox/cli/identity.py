"""`pitbox identity`: the key by which this device signs what it records."""

from typing import Annotated

import typer

from pitbox.cli.desk import desk_of, print_json
from pitbox.wall.instance import Instance

app = typer.Typer(help="The key by which this device signs what it records.", no_args_is_help=True)


@app.command()
def show(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Who this device is, as others see it; makes the identity if there is none yet."""
    from pitbox.identity.device import Identity

    folder = desk_of(context).profile.identity_folder
    device = Identity.load_or_create(folder).device
    if as_json:
        print_json({"device": device, "folder": folder})
        return
    print(f"This device is {device}.")
    print(f"Its key lies in {folder}. Whoever has that file can sign as this device: keep it to yourself.")


@app.command()
def new(
    context: typer.Context,
    is_sure: Annotated[
        bool, typer.Option("--yes", help="Do it: the team has to pair with this device again.")
    ] = False,
) -> None:
    """Make a new identity; the old key file is kept aside, and what it signed stays good."""
    import time

    from pitbox.identity.device import Identity

    profile = desk_of(context).profile
    if not is_sure:
        raise typer.BadParameter(
            "The team has to pair with this device again after this. `pitbox identity new --yes` does it."
        )
    with Instance.claim(profile.lock_file, "identity", time.time()):
        device = Identity.replace(profile.identity_folder).device
    print(f"This device is {device} now. The old key file is kept beside the new one.")
