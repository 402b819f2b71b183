"""`pitbox doctor`: what works here, what does not, and what to do about it."""

from typing import Annotated

import typer
from rich.text import Text

from pitbox.cli.desk import EXIT_ERROR, console, desk_of, print_json

_SIGNS = {"ok": ("✓", "#3ecf8e"), "note": ("·", "#f2b84b"), "bad": ("✗", "#ff6b6b")}


def doctor(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Check this machine: sim, folders, disk, Qt, database, network, clocks; ends with 1 if one is bad."""
    from pitbox.wall.checkup.finding import Context
    from pitbox.wall.doctor import examine
    from pitbox.wall.settings_file import read

    desk = desk_of(context)
    findings = examine(
        Context(
            data_folder=desk.folders.data,
            lock_file=desk.profile.lock_file,
            warn_free_bytes=desk.settings.storage.warn_free_bytes,
            problems=read(desk.profile.settings_file).problems,
        )
    )
    if as_json:
        print_json(findings)
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            sign, colour = _SIGNS[finding.level]
            line = Text(f"{sign} ", style=colour).append(f"{finding.name:<{width}}  ", style="dim")
            console().print(line.append(finding.words, style=""), soft_wrap=True)
            if finding.advice:
                console().print(Text(" " * (width + 4) + finding.advice, style="dim"), soft_wrap=True)
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(EXIT_ERROR)
