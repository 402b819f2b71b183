"""The command line: its commands, loaded when they are asked for, and how errors become sentences.

Each command names the module that holds it. Whoever starts one loads this one only: half of the time of a
start went into the commands that were not meant. Help, and a word that is none of them, load all of them.
"""

import importlib
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from pitbox import __version__
from pitbox.cli.desk import EXIT_ERROR, EXIT_STOPPED, open_desk
from pitbox.model.errors import PitBoxError
from pitbox.wall.profile import DEFAULT_PROFILE

_COMMANDS = {
    "driver": "driver",
    "engineer": "engineer",
    "demo": "demo",
    "practice": "practice",
    "import-timing": "import_timing",
    "import": "import_ibt",
    "say": "say",
    "ack": "say:ack",
    "ask": "say:ask",
    "plan-export": "plan_files:plan_export",
    "plan-import": "plan_files:plan_import",
    "plan-review": "plan_review",
    "pair": "pair",
    "peers": "peers",
    "unpair": "peers:unpair",
    "invite": "peers:invite",
    "simulate": "simulate",
    "plan": "plan",
    "status": "status",
    "teams": "teams",
    "export": "export",
    "report": "report",
    "doctor": "doctor",
}
"""Module of this room; after the colon its function, where it has another name."""
_GROUPS = (
    "log",
    "store",
    "settings",
    "identity",
    "bench",
    "evaluate",
    "models",
    "event",
    "sessions",
    "webhook",
)
"""Modules with commands of their own."""


def app_of(names: Iterable[str] = (*_COMMANDS, *_GROUPS)) -> typer.Typer:
    """The command line with these commands; with all of them if none are named."""
    app = typer.Typer(
        name="pitbox",
        help="The local-first pit wall for iRacing endurance teams.",
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_door)
    for name in names:
        place, _, function = _COMMANDS.get(name, name).partition(":")
        module = importlib.import_module(f"pitbox.cli.{place}")
        if name in _GROUPS:
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, function or place))
    return app


def _meant(argv: Sequence[str]) -> tuple[str, ...]:
    """The command that these words call, none without words; all if that takes more than a look."""
    words = list(argv)
    if not words:
        return ()
    while words and words[0].startswith("--profile"):
        del words[: 1 if "=" in words[0] else 2]
    first = words[0] if words else ""
    return (first,) if first in _COMMANDS or first in _GROUPS else (*_COMMANDS, *_GROUPS)


def _door(
    context: typer.Context,
    profile: Annotated[
        str, typer.Option(help="Settings, identity and recordings kept apart under this name.")
    ] = DEFAULT_PROFILE,
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version and end.")] = False,
) -> None:
    """Opens the remembered mode when no command is given; this help when there is none yet."""
    if version:
        print(f"PitBox {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        _open_mode(context, profile)


def _open_mode(context: typer.Context, profile: str) -> None:
    desk = open_desk(profile)
    if desk.settings.general.mode == "driver":
        from pitbox.cli import driver

        driver.run_driver(desk, driver.DriverWishes())
        return
    if desk.settings.general.mode == "engineer":
        from pitbox.cli import engineer

        engineer.run_engineer(desk)
        return
    app_of()(["--help"], prog_name=context.info_name)


def main(argv: Sequence[str]) -> int:
    """Run one command line and give its exit code; an error is a sentence, never a traceback."""
    try:
        app_of(_meant(argv))(list(argv), prog_name="pitbox")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else EXIT_ERROR
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return EXIT_STOPPED
    except PitBoxError as error:
        print(error, file=sys.stderr)
        return EXIT_ERROR
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stderr.close()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{where}{error.strerror or error}.", file=sys.stderr)
        return EXIT_ERROR
    return 0
