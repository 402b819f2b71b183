"""Whom `pitbox pair` talks to: somebody at a terminal, or a program that answers JSON lines."""

import asyncio
import contextlib
import sys
import threading
from typing import Protocol

from pitbox.cli.lines import Lines
from pitbox.identity.spelling import show
from pitbox.sync.errors import PairingError
from pitbox.sync.pairing import Candidate


class Person(Protocol):
    def tell(self, event: str, words: str, **values: object) -> None:
        """Say what happened: a sentence for people, the event with its values for programs."""
        ...

    async def ask_code(self, where: str) -> str:
        """The six digits that the other screen shows."""
        ...

    async def ask_number(self, most: int) -> int:
        """Which of those that were listed, from 1."""
        ...

    async def ask_accept(self, candidate: Candidate) -> bool: ...


class _Answers:
    """Lines of standard input; a thread reads them, because nothing else works on every system."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue(maxsize=16)
        self._loop = asyncio.get_running_loop()
        self._is_reading = False

    async def next(self) -> str:
        """Raises PairingError when nobody can answer any more."""
        if not self._is_reading:
            self._is_reading = True
            # A daemon: a read from a terminal cannot be ended.
            threading.Thread(target=self._read, name="answers", daemon=True).start()
        line = await self._lines.get()
        if line is None:
            self._put(None)
            raise PairingError("Nobody answers any more; nothing was paired.")
        return line

    def _read(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            for line in sys.stdin:
                self._loop.call_soon_threadsafe(self._put, line.strip())
            self._loop.call_soon_threadsafe(self._put, None)

    def _put(self, line: str | None) -> None:
        if not self._lines.full():
            self._lines.put_nowait(line)


class AtTerminal:
    def __init__(self) -> None:
        self._answers = _Answers()

    def tell(self, event: str, words: str, **_: object) -> None:
        print(words, file=sys.stderr if event in ("burnt", "paused") else sys.stdout, flush=True)

    async def ask_code(self, where: str) -> str:
        print(f"The six digits that {where} shows: ", end="", flush=True)
        return await self._answers.next()

    async def ask_number(self, most: int) -> int:
        while True:
            print(f"Which one, 1 to {most}? ", end="", flush=True)
            answer = await self._answers.next()
            if answer.isascii() and answer.isdecimal() and 1 <= int(answer) <= most:
                return int(answer)

    async def ask_accept(self, candidate: Candidate) -> bool:
        print(f"{candidate.name} wants to join as {candidate.role.value}.")
        print(f"Its device is {show(candidate.device)}.")
        print("Accept it, yes or no? ", end="", flush=True)
        return (await self._answers.next()).lower() in ("y", "yes")


class Program:
    def __init__(self) -> None:
        self._answers = _Answers()
        self._lines = Lines()

    def tell(self, event: str, words: str, **values: object) -> None:
        self._lines.say(event, words=words, **values)

    async def ask_code(self, where: str) -> str:
        self._lines.say("ask-code", where=where)
        return await self._answers.next()

    async def ask_number(self, most: int) -> int:
        self._lines.say("ask-number", most=most)
        return int(await self._answers.next())

    async def ask_accept(self, candidate: Candidate) -> bool:
        self._lines.say("ask-accept", device=candidate.device, name=candidate.name, role=candidate.role.value)
        return (await self._answers.next()).lower() in ("y", "yes")
