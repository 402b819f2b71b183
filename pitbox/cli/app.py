"""The command line: one app, its groups, and how errors become sentences and exit codes."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from pitbox import __version__
from pitbox.cli import (
    bench,
    demo,
    doctor,
    driver,
    engineer,
    evaluate,
    event,
    export,
    identity,
    import_ibt,
    import_timing,
    log,
    models,
    pair,
    peers,
    plan,
    plan_files,
    plan_review,
    practice,
    report,
    say,
    sessions,
    settings,
    simulate,
    status,
    store,
    teams,
    webhook,
)
from pitbox.cli.desk import EXIT_ERROR, EXIT_STOPPED, open_desk
from pitbox.model.errors import PitBoxError
from pitbox.wall.profile import DEFAULT_PROFILE

app = typer.Typer(
    name="pitbox",
    help="The local-first pit wall for iRacing endurance teams.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("driver")(driver.driver)
app.command("engineer")(engineer.engineer)
app.command("demo")(demo.demo)
app.command("practice")(practice.practice)
app.command("import-timing")(import_timing.import_timing)
app.command("import")(import_ibt.import_ibt)
app.command("say")(say.say)
app.command("ack")(say.ack)
app.command("ask")(say.ask)
app.command("plan-export")(plan_files.plan_export)
app.command("plan-import")(plan_files.plan_import)
app.command("plan-review")(plan_review.plan_review)
app.command("pair")(pair.pair)
app.command("peers")(peers.peers)
app.command("unpair")(peers.unpair)
app.command("invite")(peers.invite)
app.command("simulate")(simulate.simulate)
app.command("plan")(plan.plan)
app.command("status")(status.status)
app.command("teams")(teams.teams)
app.command("export")(export.export)
app.command("report")(report.report)
app.command("doctor")(doctor.doctor)
app.add_typer(log.app, name="log")
app.add_typer(store.app, name="store")
app.add_typer(settings.app, name="settings")
app.add_typer(identity.app, name="identity")
app.add_typer(bench.app, name="bench")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(models.app, name="models")
app.add_typer(event.app, name="event")
app.add_typer(sessions.app, name="sessions")
app.add_typer(webhook.app, name="webhook")


@app.callback(invoke_without_command=True)
def door(
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
        driver.run_driver(desk, driver.DriverWishes())
        return
    if desk.settings.general.mode == "engineer":
        engineer.run_engineer(desk)
        return
    print(context.get_help())


def main(argv: Sequence[str]) -> int:
    """Run one command line and give its exit code; an error is a sentence, never a traceback."""
    try:
        app(list(argv), prog_name="pitbox")
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
