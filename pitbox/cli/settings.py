"""`pitbox settings`: what can be set, what is set, and how to change it."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from pitbox.cli.desk import console, desk_of, print_json
from pitbox.wall.setting_value import find_setting, parse_text
from pitbox.wall.settings import every_setting, value_of
from pitbox.wall.settings_file import change, reset

app = typer.Typer(help="Show and change settings.", no_args_is_help=True)


@app.command("list")
def list_settings(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False
) -> None:
    """Every setting, its value and what it may be."""
    desk = desk_of(context)
    values: dict[str, Any] = {s.key: value_of(desk.settings, s.key) for s in every_setting()}
    if as_json:
        print_json(values)
        return
    screen = console()
    width = max(len(setting.key) for setting in every_setting())
    for setting in every_setting():
        value = values[setting.key]
        line = Text(f"{setting.key:<{width}}  ").append(setting.words(value), style="bold")
        if value != setting.default:
            line.append(f"  (default {setting.words(setting.default)})", style="dim")
        screen.print(line, soft_wrap=True)
        words = f"{setting.description} It may be {setting.bounds_words()}."
        screen.print(Padding(Text(words, style="dim"), (0, 0, 0, 4)))
    print(f"File: {desk.profile.settings_file}")


@app.command("get")
def get_setting(context: typer.Context, key: str) -> None:
    """One setting's value."""
    find_setting(key)
    print(value_of(desk_of(context).settings, key))


@app.command("set")
def set_setting(context: typer.Context, key: str, value: str) -> None:
    """Change one setting; sizes may be written as `2 GiB`."""
    _tell(change(desk_of(context).profile.settings_file, {key: parse_text(key, value)}))


@app.command("reset")
def reset_setting(context: typer.Context, key: str) -> None:
    """Give one setting its default back."""
    _tell(reset(desk_of(context).profile.settings_file, key))


def _tell(aside: Path | None) -> None:
    """Of a file that could not be read."""
    if aside is not None:
        words = f"The old file could not be read and is kept as {aside}; a new one begins with the defaults."
        print(words, file=sys.stderr)
