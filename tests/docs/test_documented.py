"""What the program offers stands in the docs, and what the docs tell to type exists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from document import PAGES, ROOT, commands_of, name_of, text_of
from typer.main import get_command

from pitbox.cli.app import app_of
from pitbox.wall.settings import every_setting

EVERYTHING = "\n".join(text_of(page) for page in PAGES)


def command_tree() -> Any:
    return get_command(app_of())


def leaves(command: Any, words: tuple[str, ...] = ("pitbox",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with the words that call it."""
    children = getattr(command, "commands", None)
    if not children:
        yield words, command
        return
    for name, child in sorted(children.items()):
        if not child.hidden:
            yield from leaves(child, (*words, name))


def test_every_command_and_option_is_documented() -> None:
    missing = []
    for words, command in leaves(command_tree()):
        pages = [text_of(page) for page in PAGES if " ".join(words) in text_of(page)]
        if not pages:
            missing.append(" ".join(words))
        options = [name for parameter in command.params for name in parameter.opts if name.startswith("--")]
        missing += [
            f"{' '.join(words)} {option}"
            for option in options
            if pages and option != "--help" and not any(option in page for page in pages)
        ]
    assert not missing


def test_every_setting_is_documented() -> None:
    keys = [setting.key for setting in every_setting()]
    assert keys
    assert not [key for key in keys if f"`{key}`" not in EVERYTHING]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_scripts_in_the_docs_exist(page: Path) -> None:
    for words in commands_of(page):
        script = words[0].replace("\\", "/")
        if script.startswith(("./", "scripts/")):
            assert (ROOT / script).is_file(), " ".join(words)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_in_the_docs_exist(page: Path) -> None:
    tree = command_tree()
    for line in commands_of(page):
        if line[0] not in ("pitbox", "./scripts/run", "scripts\\run.cmd"):
            continue
        command, words = tree, line[1:]
        while words and not words[0].startswith("-") and getattr(command, "commands", None):
            assert words[0] in command.commands, f"there is no command {' '.join(line)}"
            command, words = command.commands[words[0]], words[1:]
        known = {
            name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
        }
        asked = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert asked <= known | {"--help", "--version"}, f"an option of {' '.join(line)} does not exist"


def test_the_two_commands_stand_in_the_readme() -> None:
    lines = [words[0] for words in commands_of(ROOT / "README.md")]
    assert {"./scripts/run", "./scripts/test", "scripts\\run.cmd"} <= set(lines)


def test_architecture_lists_the_rooms_that_stand() -> None:
    listed = re.findall(r"^\| \d+ \| `(\w+)` \|", text_of(ROOT / "docs" / "architecture.md"), re.MULTILINE)
    rooms = {path.parent.name for path in (ROOT / "pitbox").glob("*/*.py")}
    assert len(listed) == len(set(listed))
    assert rooms == set(listed)
