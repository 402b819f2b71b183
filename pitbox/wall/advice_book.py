"""Puts each call into the log as soon as it stands, and beside it what was done about it."""

import secrets

from pitbox.model.advice import Advised, Reply, advise, reply_to
from pitbox.model.edit import owned_key
from pitbox.model.errors import EditError
from pitbox.strategy.decision.answer import Call, PlannedStop, StrategyAnswer
from pitbox.wall.edit_book import EditBook

_GONE_LAPS = 2
_MOST = 400
"""Calls that are remembered, so that an answer finds its card."""


class AdviceBook:
    """Of one window's calls. Belongs to the thread that advises; `reply` may come from any.

    A card that was gone for some laps and comes back is another card: what was said to the one is no
    answer to the other.
    """

    def __init__(self, book: EditBook) -> None:
        self._book = book
        self._keys: dict[str, str] = {}
        """By the call's key: under which it stands in the log."""
        self._seen: dict[str, int] = {}
        """On which lap it stood last."""
        self._words: dict[str, tuple[str, int]] = {}
        """What was written of it last, and on which lap."""

    def is_of(self, book: EditBook) -> bool:
        return book is self._book

    def note(self, answer: StrategyAnswer) -> int:
        """Write down what is new in it, and say how many cards that were.

        A card whose words turn is written again once a lap, as the same card. Where nothing can be
        written, for want of a session say, the next answer tries again.
        """
        written = 0
        for call in answer.calls:
            if answer.laps - self._seen.get(call.key, answer.laps) > _GONE_LAPS:
                self._forget(call.key)
            self._seen[call.key] = answer.laps
            words, lap = self._words.get(call.key, ("", -1))
            if words == call.words or lap == answer.laps:
                continue
            key = self._keys.get(call.key) or owned_key(self._book.device, secrets.token_hex(6))
            try:
                self._book.write(advise(key, _advised(call, answer.laps)))
            except EditError:
                break
            self._keys[call.key], self._words[call.key] = key, (call.words, answer.laps)
            written += 1
        while len(self._keys) > _MOST:
            self._forget(next(iter(self._keys)))
        return written

    def _forget(self, call_key: str) -> None:
        self._keys.pop(call_key, None)
        self._words.pop(call_key, None)
        self._seen.pop(call_key, None)

    def reply(self, call_key: str, reply: Reply) -> bool:
        """False for a card that was never written down; raises EditError where nothing can be."""
        key = self._keys.get(call_key)
        if key is None:
            return False
        self._book.write([reply_to(key, self._book.device, reply)])
        return True


def _advised(call: Call, laps: int) -> Advised:
    return Advised(
        kind=call.kind,
        words=call.words,
        reason=call.reason,
        chance=_plain(call.chance),
        gain=_plain(call.gain),
        lap=laps,
        until_lap=call.until_lap,
        stops=" ".join(_stop(stop) for stop in call.choice.stops) if call.choice is not None else "",
        assumptions="; ".join(call.assumptions),
    )


def _plain(figure: float | None) -> float | None:
    """A log takes no numbers of numpy, and whoever reckons with arrays gives them easily."""
    return None if figure is None else float(figure)


def _stop(stop: PlannedStop) -> str:
    fuel = "-" if stop.fuel_l is None else f"{stop.fuel_l:.0f}"
    return f"{stop.lap}:{fuel}:{'T' if stop.has_tyres else '-'}"
