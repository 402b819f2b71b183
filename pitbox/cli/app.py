"""The command line: one app, its groups, and how errors become sentences and exit codes."""

import sys
from collections.abc import Sequence
from typing import Annotated

import click
import typer

from pitbox import __version__
from pitbox.cli import bench, demo, doctor, log, sessions, settings, store
from pitbox.cli.desk import EXIT_ERROR, open_desk
from pitbox.model.errors import PitBoxError
from pitbox.wall.profile import DEFAULT_PROFILE

app = typer.Typer(
    name="pitbox",
    help="The local-first pit wall for iRacing endurance teams.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("sessions")(sessions.sessions)
app.command("doctor")(doctor.doctor)
app.add_typer(log.app, name="log")
app.add_typer(store.app, name="store")
app.add_typer(settings.app, name="settings")
app.add_typer(bench.app, name="bench")


@app.callback(invoke_without_command=True)
def door(
    context: typer.Context,
    profile: Annotated[
        str, typer.Option(help="Settings, identity and recordings kept apart under this name.")
    ] = DEFAULT_PROFILE,
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version and end.")] = False,
) -> None:
    """Opens the remembered mode when no command is given; until there is a window, this help."""
    if version:
        print(f"PitBox {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        mode = open_desk(profile).settings.general.mode
        if mode:
            print(f"The remembered mode is {mode}; its window does not exist yet.")


def main(argv: Sequence[str]) -> int:
    """Run one command line and give its exit code; an error is a sentence, never a traceback."""
    try:
        result = app(list(argv), standalone_mode=False, prog_name="pitbox")
    except click.exceptions.NoArgsIsHelpError as shown:
        print(shown.format_message())
        return 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("Stopped.", file=sys.stderr)
        return 130
    except PitBoxError as error:
        print(error, file=sys.stderr)
        return EXIT_ERROR
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0
