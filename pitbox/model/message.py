"""What engineer and driver say to each other, as edits: said once, acknowledged by whom it was for."""

from enum import StrEnum

import msgspec

from pitbox.model.edit import DELETED, Draft, Edit, Entity, is_owner
from pitbox.model.errors import EditError
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger

KIND = "message"
MAX_MESSAGE = 160
"""Characters: what can still be read, and spoken, between two corners."""
EVERYBODY = DeviceId("")

_TEXT, _TO, _LIVES_S = "text", "to", "lives_s"


class Receipt(StrEnum):
    """What became of a message on the device that it was for, in this order."""

    DELIVERED = "delivered"
    """It is there."""
    SHOWN = "shown"
    """It stands on a screen."""
    SPOKEN = "spoken"
    """It was said to its end."""
    ACKNOWLEDGED = "acknowledged"


_RECEIPTS = frozenset(Receipt)


class Received(msgspec.Struct, frozen=True):
    device: DeviceId
    receipt: Receipt
    at: Axis
    """Where the race was there."""
    wall_s: float
    """That device's clock, for people to read."""


class Message(msgspec.Struct, frozen=True):
    key: str
    sender: DeviceId
    text: str
    to: DeviceId
    """`EVERYBODY`, or the one device that it is for."""
    at: Axis
    """Where the race was when it was said."""
    wall_s: float
    """The sender's clock, for people to read."""
    order: tuple[int, str]
    """Sorts messages as they were said, whatever clocks say."""
    lives_s: float = 0.0
    """Sim time after which nobody need read it any more; 0: it stays."""
    acknowledged: tuple[DeviceId, ...] = ()
    received: tuple[Received, ...] = ()
    """In the order in which it was written."""

    def has(self, device: DeviceId, receipt: Receipt) -> bool:
        return any(one.device == device and one.receipt is receipt for one in self.received)

    def is_for(self, device: DeviceId) -> bool:
        """Said by somebody else, to this device or to all."""
        return self.sender != device and self.to in (EVERYBODY, device)

    def is_expired(self, now: Axis) -> bool:
        """Its time is over, or the race has gone on to another session or run."""
        if not self.lives_s or self.at.session_num < 0 or now.session_num < 0:
            return False
        if (now.session_num, now.run) != (self.at.session_num, self.at.run):
            return True
        return now.sim_time_s - self.at.sim_time_s > self.lives_s

    def is_unread(self, device: DeviceId, now: Axis) -> bool:
        """It waits for this device's acknowledgement."""
        return self.is_for(device) and device not in self.acknowledged and not self.is_expired(now)


def clean_text(text: str) -> str:
    """One line of visible characters; raises EditError for an empty or an endless one."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not line:
        raise EditError("A message needs words.")
    if len(line) > MAX_MESSAGE:
        raise EditError(f"A message has at most {MAX_MESSAGE} characters; this one has {len(line)}.")
    return line


def say(key: str, text: str, to: DeviceId = EVERYBODY, lives_s: float = 0.0) -> tuple[Draft, ...]:
    """The text comes last: where it has arrived, the rest has. The key is the sender's, of `owned_key`."""
    entity = Entity(KIND, key)
    return (
        Draft(entity, _TO, to),
        Draft(entity, _LIVES_S, lives_s),
        Draft(entity, _TEXT, clean_text(text)),
    )


def acknowledge(message: Message, device: DeviceId) -> Draft:
    return receive(message, device, Receipt.ACKNOWLEDGED)


def receive(message: Message, device: DeviceId, receipt: Receipt) -> Draft:
    """What a device tells of a message that was for it."""
    return Draft(Entity(KIND, message.key), f"{receipt}.{device}", True)


def messages(ledger: Ledger) -> tuple[Message, ...]:
    """Everything that was said and not taken back, in the order in which it was said."""
    found = (_message(ledger, entity) for entity in ledger.entities(KIND, is_deleted_too=True))
    return tuple(sorted((m for m in found if m is not None), key=lambda message: message.order))


def _message(ledger: Ledger, entity: Entity) -> Message | None:
    """What its sender said, and who acknowledged it; what others wrote into it is not looked at."""
    own: dict[str, Edit] = {}
    received = []
    for edit in ledger.history(entity):
        if is_owner(edit.author, entity):
            own[edit.field] = edit
        receipt, _, device = edit.field.partition(".")
        # Nobody acknowledges for somebody else.
        if device == edit.author and receipt in _RECEIPTS and edit.value is True:
            received.append(Received(edit.author, Receipt(receipt), edit.at, edit.wall_s))
    text, to, lives_s = own.get(_TEXT), own.get(_TO), own.get(_LIVES_S)
    if text is None or not isinstance(text.value, str) or (DELETED in own and own[DELETED].value is True):
        return None
    lives = lives_s.value if lives_s is not None else 0.0
    return Message(
        key=entity.key,
        sender=text.author,
        text=text.value[:MAX_MESSAGE],
        to=DeviceId(to.value) if to is not None and isinstance(to.value, str) else EVERYBODY,
        at=text.at,
        wall_s=text.wall_s,
        order=(text.stamp.lamport, text.author),
        lives_s=float(lives) if isinstance(lives, int | float) else 0.0,
        acknowledged=tuple(sorted({one.device for one in received if one.receipt is Receipt.ACKNOWLEDGED})),
        received=tuple(received),
    )
