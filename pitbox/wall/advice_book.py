"""Puts each call into the log as soon as it stands, and beside it what was done about it."""

import secrets

import msgspec

from pitbox.model.advice import Advice, Advised, Replied, Reply, advices, advise, reply_to, stands, urgent
from pitbox.model.edit import NOWHERE, Draft, owned_key
from pitbox.model.errors import EditError
from pitbox.model.ids import Axis, SessionId
from pitbox.strategy.decision.answer import Call, PlannedStop, StrategyAnswer
from pitbox.wall.edit_book import EditBook

_GONE_LAPS = 2
_STOOD_LAPS = 2
"""So often a card whose words stay the same is noted to be there still."""
_MOST = 400
"""Calls that are remembered, so that an answer finds its card."""


class _Card(msgspec.Struct):
    """What the book knows of a call that it wrote down."""

    key: str
    """Under which it stands in the log."""
    words: str
    lap: int
    """On which they were written last."""
    seen: int
    """The lap on which it stood last."""
    noted: int
    """The lap that the log knows it to have stood on."""
    urgency: int | None
    """As the log has it."""
    now: int
    """How urgent it is."""
    reply: Reply | None = None
    reply_urgency: int | None = None


class AdviceBook:
    """Of one window's calls. Belongs to the thread that advises; `reply` and `replied` may come from any.

    A card that was gone for some laps and comes back is another card: what was said to the one is no
    answer to the other. Cards of before a start anew are known again by what they are about.
    """

    def __init__(self, book: EditBook) -> None:
        self._book = book
        self._scene: tuple[SessionId | None, int, int] | None = None
        self._cards: dict[str, _Card] = {}
        """By the call's key."""

    def is_of(self, book: EditBook) -> bool:
        return book is self._book

    def enter(self, answer: StrategyAnswer) -> None:
        """Where this answer was given: cards of another race hold no more, those of this one are read."""
        scene = (self._book.session, answer.session_num, answer.run)
        if scene != self._scene:
            here = (answer.session_num, answer.run)
            found = [one for one in self._book.ask(advices) if self._is_mine(one) and _is_of(one.at, here)]
            self._cards = {one.said.card: _known(one) for one in found}
            self._scene = scene

    def note(self, answer: StrategyAnswer) -> int:
        """Write down what is new in it, and say how many cards that were.

        A card whose words turn is written again once a lap, as the same card. Where nothing can be
        written, for want of a session say, the next answer tries again.
        """
        self.enter(answer)
        written = 0
        for call in answer.calls:
            card = self._card(call.key, answer.laps)
            if card is None:
                self._cards.pop(call.key, None)
            try:
                written += self._write(call, card, answer.laps)
            except EditError:
                break
        while len(self._cards) > _MOST:
            self._cards.pop(next(iter(self._cards)))
        return written

    def reply(self, call_key: str, reply: Reply | None) -> bool:
        """None takes back what was said. False for a card that was never written down.

        Raises EditError where nothing can be written.
        """
        card = self._cards.get(call_key)
        if card is None or self._scene is None or self._scene[0] != self._book.session:
            return False
        drafts: list[Draft] = [] if card.now == card.urgency else [urgent(card.key, card.now)]
        self._book.write([*drafts, reply_to(card.key, self._book.device, reply)])
        card.urgency, card.reply, card.reply_urgency = card.now, reply, card.now
        return True

    def replied(self, call_key: str, laps: int) -> tuple[Reply, int | None] | None:
        """What was said here to a card that stands on this lap of ours, and how urgent it was then."""
        card = self._card(call_key, laps)
        return None if card is None or card.reply is None else (card.reply, card.reply_urgency)

    def _card(self, call_key: str, laps: int) -> _Card | None:
        card = self._cards.get(call_key)
        return card if card is not None and card.noted <= laps <= card.seen + _GONE_LAPS else None

    def _write(self, call: Call, card: _Card | None, laps: int) -> bool:
        """True where it was a card, or words, that are new."""
        if card is None:
            key = owned_key(self._book.device, secrets.token_hex(6))
            self._book.write(advise(key, _advised(call, laps)))
            self._cards[call.key] = _Card(key, call.words, laps, laps, laps, call.urgency, call.urgency)
            return True
        card.seen, card.now = laps, call.urgency
        if card.words != call.words and card.lap != laps:
            self._book.write(advise(card.key, _advised(call, laps)))
            card.words, card.lap, card.noted, card.urgency = call.words, laps, laps, call.urgency
            return True
        if laps - card.noted >= _STOOD_LAPS:
            self._book.write([stands(card.key, laps)])
            card.noted = laps
        return False

    def _is_mine(self, one: Advice) -> bool:
        return one.adviser == self._book.device and bool(one.said.card)


def _is_of(at: Axis, here: tuple[int, int]) -> bool:
    return at == NOWHERE or (at.session_num, at.run) == here


def _known(one: Advice) -> _Card:
    """It may have stood for laps that nobody noted."""
    lap, own = one.said.lap or 0, _own_reply(one)
    noted = lap if one.stood_lap is None else one.stood_lap
    return _Card(
        key=one.key,
        words=one.said.words,
        lap=lap,
        seen=noted + _STOOD_LAPS - 1,
        noted=noted,
        urgency=one.said.urgency,
        now=one.said.urgency or 0,
        reply=None if own is None else own.reply,
        reply_urgency=None if own is None else own.urgency,
    )


def _own_reply(one: Advice) -> Replied | None:
    return next((said for said in one.replies if said.device == one.adviser), None)


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
        card=call.key,
        urgency=call.urgency,
    )


def _plain(figure: float | None) -> float | None:
    """A log takes no numbers of numpy, and whoever reckons with arrays gives them easily."""
    return None if figure is None else float(figure)


def _stop(stop: PlannedStop) -> str:
    fuel = "-" if stop.fuel_l is None else f"{stop.fuel_l:.0f}"
    return f"{stop.lap}:{fuel}:{'T' if stop.has_tyres else '-'}"
