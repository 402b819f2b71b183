"""What a machine advised and what people did about it, as edits: the audit after the race reads both."""

from enum import StrEnum

import msgspec

from pitbox.model.edit import MAX_TEXT, Draft, Edit, Entity, Value, is_owner
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger

KIND = "call"
_WORDS, _KIND_OF, _REASON, _CHANCE, _GAIN = "words", "kind", "reason", "chance", "gain"
_LAP, _UNTIL, _STOPS, _ASSUMPTIONS = "lap", "until_lap", "stops", "assumptions"
_CARD, _URGENCY, _STOOD = "card", "urgency", "stood_lap"


class Reply(StrEnum):
    """What somebody said to a call."""

    ACCEPTED = "accepted"
    NOT_NOW = "not now"


_REPLIES = frozenset(Reply)


class Replied(msgspec.Struct, frozen=True):
    device: DeviceId
    reply: Reply
    at: Axis
    wall_s: float
    """That device's clock, for people to read."""
    urgency: int | None = None
    """Of the card, when this was said to it: more urgent, it is asked again."""


class Advised(msgspec.Struct, frozen=True):
    """One call card as it stood on a screen. What was not known is None or empty."""

    kind: str
    words: str
    reason: str = ""
    chance: float | None = None
    gain: float | None = None
    """Places of the class."""
    lap: int | None = None
    """Of our car when it was said."""
    until_lap: int | None = None
    stops: str = ""
    """`lap:litres:T` of each stop that it means, with spaces between."""
    assumptions: str = ""
    card: str = ""
    """What it is about, the same from one moment to the next and after a start anew: how its adviser knows it
    again. Empty in logs of before."""
    urgency: int | None = None
    """0: to know, 1: soon, 2: now."""


class Advice(msgspec.Struct, frozen=True):
    key: str
    adviser: DeviceId
    said: Advised
    at: Axis
    """Where the race was when these words were first there."""
    wall_s: float
    """The adviser's clock, for people to read."""
    order: tuple[int, str]
    replies: tuple[Replied, ...] = ()
    """The last one of each device, in the order in which they were given."""
    stood_lap: int | None = None
    """Of our car, the last one on which it is known to have stood."""

    @property
    def reply(self) -> Reply | None:
        """What was said last."""
        return self.replies[-1].reply if self.replies else None


def advise(key: str, said: Advised) -> tuple[Draft, ...]:
    """The words come last: where they have arrived, the rest has. The key is the adviser's, of `owned_key`.

    Said again under its key, it is the same card with other words.
    """
    entity = Entity(KIND, key)
    fields: dict[str, Value] = {
        _KIND_OF: said.kind,
        _REASON: said.reason[:MAX_TEXT],
        _CHANCE: said.chance,
        _GAIN: said.gain,
        _LAP: said.lap,
        _UNTIL: said.until_lap,
        _STOPS: said.stops[:MAX_TEXT],
        _ASSUMPTIONS: said.assumptions[:MAX_TEXT],
        _CARD: said.card[:MAX_TEXT],
        _URGENCY: said.urgency,
        _STOOD: said.lap,
    }
    rest = tuple(Draft(entity, name, value) for name, value in fields.items())
    return (*rest, Draft(entity, _WORDS, said.words[:MAX_TEXT]))


def stands(key: str, lap: int) -> Draft:
    """It is there unchanged, on this lap of our car."""
    return Draft(Entity(KIND, key), _STOOD, lap)


def urgent(key: str, urgency: int) -> Draft:
    """How urgent it is by now, its words being the same."""
    return Draft(Entity(KIND, key), _URGENCY, urgency)


def reply_to(key: str, device: DeviceId, reply: Reply | None) -> Draft:
    """What the person at this device says to it; a later one stands in place of an earlier one.

    None takes back what was said.
    """
    return Draft(Entity(KIND, key), f"reply.{device}", None if reply is None else str(reply))


def advices(ledger: Ledger) -> tuple[Advice, ...]:
    """In the order in which they were given."""
    found = (_advice(ledger, entity) for entity in ledger.entities(KIND))
    return tuple(sorted((one for one in found if one is not None), key=lambda advice: advice.order))


def _advice(ledger: Ledger, entity: Entity) -> Advice | None:
    """What its adviser wrote, and what each device says for itself; what else stands there is not read."""
    own: dict[str, Edit] = {}
    replies: dict[DeviceId, Replied] = {}
    for edit in ledger.history(entity):
        if is_owner(edit.author, entity):
            own[edit.field] = edit
        field, _, device = edit.field.partition(".")
        if field == "reply" and device == edit.author and (edit.value is None or edit.value in _REPLIES):
            replies.pop(edit.author, None)
            if edit.value is not None:
                said_to, urgency = Reply(str(edit.value)), _whole(own, _URGENCY)
                replies[edit.author] = Replied(edit.author, said_to, edit.at, edit.wall_s, urgency)
    words = own.get(_WORDS)
    if words is None or not isinstance(words.value, str):
        return None
    said = Advised(
        kind=_text(own, _KIND_OF),
        words=words.value,
        reason=_text(own, _REASON),
        chance=_figure(own, _CHANCE),
        gain=_figure(own, _GAIN),
        lap=_whole(own, _LAP),
        until_lap=_whole(own, _UNTIL),
        stops=_text(own, _STOPS),
        assumptions=_text(own, _ASSUMPTIONS),
        card=_text(own, _CARD),
        urgency=_whole(own, _URGENCY),
    )
    order, answers = (words.stamp.lamport, words.author), tuple(replies.values())
    stood_lap = _whole(own, _STOOD)
    return Advice(entity.key, words.author, said, words.at, words.wall_s, order, answers, stood_lap)


def _value(own: dict[str, Edit], field: str) -> Value:
    edit = own.get(field)
    return None if edit is None else edit.value


def _text(own: dict[str, Edit], field: str) -> str:
    value = _value(own, field)
    return value if isinstance(value, str) else ""


def _figure(own: dict[str, Edit], field: str) -> float | None:
    value = _value(own, field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(own: dict[str, Edit], field: str) -> int | None:
    value = _value(own, field)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
