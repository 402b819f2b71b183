"""What pit wall and driver said to each other, and what became of each word of it. Loads no Qt."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.message import EVERYBODY, Message, Receipt, messages
from pitbox.model.person import KIND as PERSON
from pitbox.model.person import name_of
from pitbox.model.pit_request import LIVES_S, Outcome, PitRequest, menu_words, pit_requests, verdict

_MOST = 300


class State(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    SHOWN = "shown"
    SPOKEN = "spoken"
    ACKNOWLEDGED = "read"
    EXPIRED = "not read"
    """Its time is over, and nobody acknowledged it."""
    NEW = "new"
    """It waits for us."""
    HEARD = "heard"
    """Ours to read, and read."""
    ASKED = "asked"
    DONE = "done"
    DIFFERENT = "different"
    REFUSED = "refused"
    NOT_IN_CAR = "not in the car"
    """Only machines answered whose person does not drive."""
    UNANSWERED = "no answer"


_OF_RECEIPTS = {
    Receipt.DELIVERED: State.DELIVERED,
    Receipt.SHOWN: State.SHOWN,
    Receipt.SPOKEN: State.SPOKEN,
    Receipt.ACKNOWLEDGED: State.ACKNOWLEDGED,
}
_OF_OUTCOMES = {
    Outcome.DONE: State.DONE,
    Outcome.DIFFERENT: State.DIFFERENT,
    Outcome.REFUSED: State.REFUSED,
    Outcome.UNANSWERED: State.UNANSWERED,
    Outcome.NOT_IN_CAR: State.NOT_IN_CAR,
}

_OF_DRIVERS = frozenset(state for outcome, state in _OF_OUTCOMES.items() if outcome.is_last_word)


class Step(msgspec.Struct, frozen=True):
    state: State
    who: str
    at: Axis
    wall_s: float


class Saying(msgspec.Struct, frozen=True):
    """A message, or a wish for the pit menu."""

    key: str
    who: str
    to: str
    """Empty: everybody."""
    text: str
    at: Axis
    wall_s: float
    state: State
    steps: tuple[Step, ...] = ()
    """What became of it, and where; in order."""
    is_mine: bool = False
    is_request: bool = False

    @property
    def is_new(self) -> bool:
        return self.state is State.NEW


class Consent(StrEnum):
    """Whether the driver lets us set the pit menu, as far as answers tell."""

    UNKNOWN = "unknown"
    """Nobody answered yet: that is no refusal."""
    GIVEN = "given"
    REFUSED = "refused"


class Person(msgspec.Struct, frozen=True):
    device: DeviceId
    name: str


def people(ledger: Ledger, own: DeviceId) -> list[Person]:
    """Everybody else who wrote something in this session, by name."""
    devices = [DeviceId(entity.key) for entity in ledger.entities(PERSON) if entity.key != own]
    return sorted((Person(d, name_of(ledger, d)) for d in devices), key=lambda one: one.name.casefold())


def talk(ledger: Ledger, own: DeviceId, now: Axis, unit: str = "l") -> list[Saying]:
    """The oldest first; of very many the newest."""
    said = [(m.order, _of_message(ledger, m, own, now)) for m in messages(ledger)]
    said += [(r.order, _of_request(ledger, r, own, now, unit)) for r in pit_requests(ledger)]
    return [saying for _, saying in sorted(said, key=lambda one: one[0])][-_MOST:]


def consent(sayings: Sequence[Saying]) -> Consent:
    """By the newest answer; a menu that was set, or was tried, was allowed."""
    answered = [one.state for one in sayings if one.is_request and one.state in _OF_DRIVERS]
    if not answered:
        return Consent.UNKNOWN
    return Consent.REFUSED if answered[-1] is State.REFUSED else Consent.GIVEN


def _of_message(ledger: Ledger, message: Message, own: DeviceId, now: Axis) -> Saying:
    steps = tuple(
        Step(_OF_RECEIPTS[one.receipt], name_of(ledger, one.device), one.at, one.wall_s)
        for one in message.received
        if one.device != own
    )
    return Saying(
        key=message.key,
        who=name_of(ledger, message.sender),
        to="" if message.to == EVERYBODY else name_of(ledger, message.to),
        text=message.text,
        at=message.at,
        wall_s=message.wall_s,
        state=_state(message, own, now, [step.state for step in steps]),
        steps=steps,
        is_mine=message.sender == own,
    )


def _state(message: Message, own: DeviceId, now: Axis, reached: Sequence[State]) -> State:
    if message.is_for(own):
        return State.NEW if message.is_unread(own, now) else State.HEARD
    order = list(_OF_RECEIPTS.values())
    furthest = max((order.index(state) for state in reached), default=-1)
    if furthest < order.index(State.ACKNOWLEDGED) and message.is_expired(now):
        return State.EXPIRED
    return State.SENT if furthest < 0 else order[furthest]


def _of_request(ledger: Ledger, request: PitRequest, own: DeviceId, now: Axis, unit: str) -> Saying:
    given, at = verdict(request), request.at
    is_here = (now.session_num, now.run) == (at.session_num, at.run)
    is_over = not is_here or now.sim_time_s - at.sim_time_s > LIVES_S
    state = State.UNANSWERED if is_over else State.ASKED
    text = f"Pit menu: {menu_words(request.menu, unit)}"
    if given is not None and (is_over or given.outcome.is_last_word):
        state, text = _OF_OUTCOMES[given.outcome], f"{text}. {given.words}"
    return Saying(
        key=request.key,
        who=name_of(ledger, request.author),
        to="",
        text=text,
        at=at,
        wall_s=0.0,
        state=state,
        steps=()
        if given is None
        else (Step(_OF_OUTCOMES[given.outcome], name_of(ledger, given.device), at, 0.0),),
        is_mine=request.author == own,
        is_request=True,
    )
