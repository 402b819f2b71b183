"""One machine of several that have a webhook carries each note: who claims it first, or has the least name.

A note waits a moment behind its claim while others are connected. Who claimed a note and does not deliver it
within a minute loses it to the next: it may come twice, and comes at least once.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from pitbox.courier.letter import Letter
from pitbox.model.clock import Clock
from pitbox.model.errors import EditError
from pitbox.model.post_claim import Claim, Matter, claim, claims, sent, short
from pitbox.wall.planner import Planner

_log = logging.getLogger("pitbox.wall")
SETTLE_S = 8.0
"""For two claims of one moment to meet."""
GIVE_UP_S = 60.0


class _Waiting(msgspec.Struct):
    letter: Letter
    matter: Matter
    claimed_s: float | None = None
    """When this machine claimed it, by the clock that only runs on; nothing of the kind outlives it."""
    others: dict[str, float] = {}
    """When the claim of each other device was seen first."""


class _Kept(msgspec.Struct):
    waiting: list[tuple[Letter, Matter]] = []


class PostTurn:
    """`take` and `step` from one thread, `delivered` from any."""

    def __init__(
        self,
        planner: Planner,
        send: Callable[[Letter], bool],
        clock: Clock,
        file: Path,
        *,
        has_mates: Callable[[], bool],
    ) -> None:
        """`file`: where notes wait, so that an end in between loses none."""
        self._planner, self._send, self._clock, self._file = planner, send, clock, file
        self._has_mates = has_mates
        self._waiting = [_Waiting(letter, matter) for letter, matter in _read(file)]
        self._underway: dict[str, Matter] = {}
        """By key of the letter, from its way to the courier until the webhook has it."""

    def take(self, letter: Letter, matter: Matter) -> bool:
        self._waiting.append(_Waiting(letter, matter))
        self._keep()
        self.step()
        return True

    def step(self) -> None:
        if not self._waiting:
            return
        before, now_utc_s = len(self._waiting), self._clock.wall_s()
        alive = [one for one in self._waiting if one.letter.dies_utc_s > now_utc_s]
        self._waiting = [one for one in alive if not self._is_done(one)]
        if len(self._waiting) != before:
            self._keep()

    def delivered(self, key: str) -> None:
        """The webhook took the letter of this key."""
        matter = self._underway.pop(key, None)
        if matter is not None:
            self._write(sent, matter)

    def _is_done(self, one: _Waiting) -> bool:
        own, now_s = short(self._planner.book.device), self._clock.monotonic_s()
        found = self._planner.ask(lambda ledger: claims(ledger, one.matter))
        theirs = [said for said in found if said.device != own]
        if any(said.is_sent for said in theirs):
            _log.info("%s was carried by another machine", one.letter.words)
            return True
        if one.claimed_s is None:
            if self._rivals(one, theirs, now_s):
                return False
            is_known = self._write(claim, one.matter)
            one.claimed_s = now_s if is_known else float("-inf")  # nobody hears us: nobody waits for us
        if any(device < own for device in self._rivals(one, theirs, now_s)):
            return False
        is_urgent = one.letter.dies_utc_s - self._clock.wall_s() < 2.0 * SETTLE_S
        if self._has_mates() and not is_urgent and now_s - one.claimed_s < SETTLE_S:
            return False
        self._underway[one.letter.key] = one.matter
        self._send(one.letter)
        return True

    def _rivals(self, one: _Waiting, theirs: list[Claim], now_s: float) -> list[str]:
        """Others that have claimed it, and have had no more than a minute to deliver it."""
        for said in theirs:
            one.others.setdefault(said.device, now_s)
        return [device for device, seen_s in one.others.items() if now_s - seen_s < GIVE_UP_S]

    def _write(self, what: Callable[..., object], matter: Matter) -> bool:
        try:
            self._planner.write([what(matter, self._planner.book.device)])  # type: ignore[list-item]
        except EditError as error:
            _log.debug("a note is not claimed: %s", error)
            return False
        return True

    def _keep(self) -> None:
        new = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        kept = _Kept([(one.letter, one.matter) for one in self._waiting])
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_bytes(msgspec.json.encode(kept))
            new.replace(self._file)
        except OSError as error:
            _log.warning("notes that wait are not kept: %s", error.strerror)


def _read(file: Path) -> list[tuple[Letter, Matter]]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Kept).waiting
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []
