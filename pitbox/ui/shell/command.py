"""Everything that a person can ask the window to do, in one book: palette, shortcuts and cheat sheet read it.

Loads no Qt.
"""

from collections.abc import Callable, Iterator

import msgspec


class Command(msgspec.Struct, frozen=True):
    """One thing to do. `name` stays the same for ever; `title` is read by people."""

    name: str
    title: str
    group: str
    run: Callable[[], None]
    keys: str = ""
    """As Qt writes them: `Ctrl+K`; empty for none."""
    is_shown: Callable[[], bool] = lambda: True
    """Whether it makes sense now."""
    words: str = ""
    """What else somebody may look for."""
    scope: str = ""
    """The panel in which the keys count; everywhere when empty."""
    card: str = ""
    """What the card of keys calls it together with those after it that say the same here."""


class DoubleCommandError(ValueError):
    pass


class CommandBook:
    """Grows while the window is put together; names and keys are unique."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    def add(self, command: Command) -> Command:
        if command.name in self._commands:
            raise DoubleCommandError(f"There are two commands named {command.name}.")
        for other in self._commands.values():
            is_near = not (other.scope and command.scope) or other.scope == command.scope
            if command.keys and command.keys == other.keys and is_near:
                raise DoubleCommandError(f"{command.name} and {other.name} both want {command.keys}.")
        self._commands[command.name] = command
        return command

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def __getitem__(self, name: str) -> Command:
        return self._commands[name]

    def find(self, query: str) -> list[Command]:
        """What makes sense now and fits the words, the best first; all of it for none."""
        scored = [
            (score, at, command)
            for at, command in enumerate(self._commands.values())
            if command.is_shown() and (score := likeness(query, command)) is not None
        ]
        return [command for _, _, command in sorted(scored, key=lambda item: (-item[0], item[1]))]

    def groups(self) -> dict[str, list[Command]]:
        """Commands with keys, by group, in the order in which they were added."""
        found: dict[str, list[Command]] = {}
        for command in self._commands.values():
            if command.keys:
                found.setdefault(command.group, []).append(command)
        return found


def likeness(query: str, command: Command) -> int | None:
    """How well it fits; None when a word of the query is nowhere in it."""
    title, score = command.title.casefold(), 0
    hay = f"{title} {command.group} {command.words}".casefold()
    for word in query.casefold().split():
        if title.startswith(word):
            score += 8
        elif f" {word}" in f" {hay}":
            score += 5 if word in title else 3
        elif word in hay:
            score += 2
        elif _is_within(word, title):
            score += 1
        else:
            return None
    return score


def _is_within(letters: str, text: str) -> bool:
    """All letters, in their order, with others between: `tgl` finds toggle."""
    left = iter(text)
    return all(letter in left for letter in letters)
