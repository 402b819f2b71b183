"""The thread that carries letters: keeps them on disk, sends one at a time, and never gives up in silence.

When the line breaks, or PitBox ends, after a letter went out and before an answer came, it is sent once more
and says so: a note that comes twice does less harm than one that never comes. Three times it never comes.
"""

import logging
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pitbox.courier import discord
from pitbox.courier.errors import AddressError, PouchError, WireError
from pitbox.courier.letter import Letter
from pitbox.courier.pouch import BOUND, Pouch
from pitbox.courier.verdict import Fate, Verdict, pause_s, verdict
from pitbox.courier.webhook import Webhook
from pitbox.crew.clock import SystemClock
from pitbox.crew.health import Health, HealthSink, Level, unheard
from pitbox.crew.queue import BoundedQueue, Full
from pitbox.model.clock import Clock

if TYPE_CHECKING:
    from pitbox.courier.line import Line

_log = logging.getLogger("pitbox.courier")
_IDLE_S = 30.0
_LOOK_S = 5.0
"""How often it looks for a webhook, or another one, while letters wait for it."""
_LEAST_WAIT_S = 0.01
_MOST_DOUBTS = 2

FindWebhook = Callable[[], Webhook | None]
"""Asked before each letter, so that one that is set now counts now. May raise AddressError."""


class Courier:
    """`send` from any thread; `main` on one of its own."""

    def __init__(
        self,
        folder: Path,
        find_webhook: FindWebhook,
        on_health: HealthSink = unheard,
        *,
        clock: Clock | None = None,
        line: "Line | None" = None,
        seed: int | None = None,
        look_s: float = _LOOK_S,
    ) -> None:
        self._folder = folder
        self._find = find_webhook
        self._tell = on_health
        self._clock = clock or SystemClock()
        self._line = line
        self._look_s = look_s
        self._random = random.Random(seed)  # noqa: S311 - spreads machines in time, guards nothing
        self._queue: BoundedQueue[Letter] = BoundedQueue(BOUND, Full.REFUSE)
        self._tries: dict[str, int] = {}
        self._next_s = 0.0
        """Monotonic clock; nothing is sent before."""
        self._closed_key = ""
        """Of the webhook that takes nothing any more."""
        self.delivered = 0
        self.heard: Callable[[str], object] | None = None
        """Told the key of each letter that was delivered; must not wait for anybody."""

    def send(self, letter: Letter) -> bool:
        """Take it along; False when so much is underway that this one is lost. Never waits."""
        if self._queue.put(letter):
            return True
        self._say("dropped", Level.DEGRADED, f"{_begun(letter.words)} was dropped: too many wait already.")
        return False

    def close(self) -> None:
        """No more letters, and no waiting for an answer; what is not delivered stays on disk."""
        self._queue.close()
        if self._line is not None:
            self._line.hang_up()

    def main(self, stop: threading.Event) -> None:
        pouch = Pouch(self._folder)
        if pouch.damaged:
            words = f"{pouch.damaged} waiting notes could not be read; they are kept aside."
            self._say("kept notes", Level.NOTE, words)
        while not stop.is_set():
            self._keep(pouch, self._queue.take_all(self._wait_s(pouch)))
            self._bury(pouch)
            if self._queue.is_closed or stop.is_set():
                break
            if self._clock.monotonic_s() >= self._next_s:
                self._carry(pouch)

    def _wait_s(self, pouch: Pouch) -> float:
        if not len(pouch):
            return _IDLE_S
        wait_s = self._next_s - self._clock.monotonic_s()
        return min(self._look_s, max(_LEAST_WAIT_S, wait_s))

    def _keep(self, pouch: Pouch, letters: list[Letter]) -> None:
        for letter in letters:
            try:
                pouch.put(letter)
            except PouchError as error:
                words = f"{_begun(letter.words)} was dropped: {str(error).rstrip('.')}."
                self._say("dropped", Level.DEGRADED, words)

    def _bury(self, pouch: Pouch) -> None:
        for letter in pouch.take_dead(self._clock.wall_s()):
            self._drop(letter, "its moment passed before it could be delivered")
        while (doubted := pouch.first()) is not None and doubted.doubts >= _MOST_DOUBTS:
            pouch.remove(doubted)
            self._drop(doubted, "it went out twice and no answer came; it may be there")

    def _drop(self, letter: Letter, why: str) -> None:
        self._tries.pop(letter.key, None)
        self._say("dropped", Level.DEGRADED, f"{_begun(letter.words)} was dropped: {why}.")

    def _carry(self, pouch: Pouch) -> None:
        letter = pouch.first()
        webhook = None if letter is None else self._webhook()
        if letter is None:
            return
        if webhook is None or webhook.key == self._closed_key:
            self._next_s = self._clock.monotonic_s() + self._look_s
            return
        tries = self._tries[letter.key] = self._tries.get(letter.key, 0) + 1
        body = discord.again(letter.body) if letter.doubts else letter.body
        pouch.mark(letter, letter.doubts + 1)
        try:
            answer = self._open_line().post(webhook, body)
        except WireError as error:
            if not error.is_sent:
                pouch.mark(letter, letter.doubts)
            if not self._queue.is_closed:
                pause = Verdict(Fate.AGAIN, str(error), pause_s(tries, self._random.random()))
                self._follow(pouch, letter, webhook, pause)
            return
        fate = verdict(answer, tries, self._random.random())
        if fate.fate in (Fate.AGAIN, Fate.CLOSED):
            pouch.mark(letter, letter.doubts)
        self._follow(pouch, letter, webhook, fate)

    def _open_line(self) -> "Line":
        """HTTP and TLS are loaded by the first letter: most machines never send one."""
        if self._line is None:
            from pitbox.courier.line import Line  # noqa: PLC0415 - see above

            self._line = Line()
        return self._line

    def _webhook(self) -> Webhook | None:
        try:
            return self._find()
        except AddressError as error:
            self._say("webhook", Level.FAILED, f"{error} Notes in PitBox itself still come.")
            return None

    def _follow(self, pouch: Pouch, letter: Letter, webhook: Webhook, fate: Verdict) -> None:
        self._next_s = self._clock.monotonic_s() + fate.wait_s
        if fate.fate in (Fate.DELIVERED, Fate.REFUSED):
            self._tries.pop(letter.key, None)
            if not pouch.remove(letter):
                words = "The disk did not take what was delivered: after a restart a note may come twice."
                self._say("kept notes", Level.DEGRADED, words)
        where = webhook.host
        if fate.fate is Fate.DELIVERED:
            self.delivered += 1
            if self.heard is not None:
                self.heard(letter.key)
            _log.info("%s was delivered", letter.words)
            self._say("webhook", Level.OK, f"Notes go to {where}.")
        elif fate.fate is Fate.REFUSED:
            self._drop(letter, fate.words)
        elif fate.fate is Fate.CLOSED:
            self._closed_key = webhook.key
            words = (
                f"The webhook at {where} takes nothing: {fate.words}. Nothing is sent until another is set "
                "with `pitbox webhook set`; notes in PitBox itself still come."
            )
            self._say("webhook", Level.FAILED, words)
        else:
            count = f"{len(pouch)} notes wait" if len(pouch) > 1 else "1 note waits"
            words = f"The webhook at {where}: {fate.words}. {count} and will be sent again."
            self._say("webhook", Level.DEGRADED, words)

    def _say(self, subject: str, level: Level, words: str) -> None:
        self._tell(Health("courier", subject, level, words))


def _begun(words: str) -> str:
    """As the beginning of a sentence."""
    return words[:1].upper() + words[1:]
