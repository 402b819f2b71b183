"""Messages between pit wall and driver, as one side sees them: what to read, what to say, to whom."""

import re
import secrets
from collections.abc import Callable, Sequence

import msgspec

from pitbox.crew.clock import SystemClock
from pitbox.model.clock import Clock
from pitbox.model.edit import Draft, owned_key
from pitbox.model.errors import EditError
from pitbox.model.ids import DeviceId, SessionId
from pitbox.model.ledger import Ledger
from pitbox.model.message import EVERYBODY, Message, Receipt, acknowledge, messages, receive, say
from pitbox.model.person import KIND as PERSON
from pitbox.model.person import name_of
from pitbox.wall.audience import Mates, doubt, elsewhere, has_it, meant, refusal
from pitbox.wall.edit_book import EditBook

Forward = Callable[[SessionId, Sequence[Draft]], None]
"""Write this into another session than the one that is open; must not wait."""
_TEXTS = ";"
_DEVICE = re.compile(r"[0-9a-f]{64}")


class ShownMessage(msgspec.Struct, frozen=True):
    """A message as a window shows it."""

    key: str
    who: str
    text: str
    age_s: int
    is_new: bool
    """It waits for an acknowledgement."""
    more: int = 0
    """Further ones that wait behind it."""


class Messenger:
    def __init__(
        self,
        book: EditBook,
        *,
        lives_s: float = 0.0,
        clock: Clock | None = None,
        quick: tuple[str, ...] = (),
        mates: Mates | None = None,
        forward: Forward | None = None,
    ) -> None:
        """`quick`: texts that are sent with one press. `mates`: who is connected; None: nobody can be."""
        self.quick = quick
        self._mates = mates
        self._forward = forward
        self._book = book
        self._lives_s = lives_s
        self._clock = clock or SystemClock()
        self._first_seen_s: dict[str, float] = {}
        self._known: tuple[object, tuple[Message, ...]] = (None, ())

    def say(self, text: str, to: str = "") -> str:
        """Say it to everybody, or to one, and give the message's key; raises EditError.

        `to` is a name that somebody here has, or a device id, also of one who has written nothing yet.
        Whoever records another session hears it there. What nobody would hear is not said.
        """
        device = self._device(to)
        those = meant(self._mates(), device) if self._mates else []
        words = refusal(those)
        if words:
            raise EditError(words)
        key = owned_key(self._book.device, secrets.token_hex(6))
        drafts = say(key, text, device, self._lives_s)
        others = elsewhere(those, self._book.session) if self._forward else ()
        is_here = self._book.session is not None and device == EVERYBODY
        if is_here or not others:
            self._book.write(drafts)
        for session in others:
            assert self._forward is not None
            self._forward(session, drafts)
        return key

    def doubt(self, to: str = "") -> str:
        """Who may not hear what is said to these, or not here, and why; empty when nobody is known."""
        return doubt(self._mates(), self._device(to), self._book.session) if self._mates else ""

    def fate(self, key: str, to: str = "") -> str:
        """What became of a message, in words; empty while machines that may hear it have not answered."""
        device, doubts = self._device(to), self.doubt(to)
        got = {one.device for m in self._said() if m.key == key for one in m.received}
        names = self._book.ask(lambda ledger: [name_of(ledger, one) for one in got])
        here = self._book.session
        those = meant(self._mates(), device) if self._mates else []
        is_awaited = any(not mate.is_deaf and mate.session in (None, here) for mate in those)
        return "" if is_awaited and not got else " ".join(filter(None, (has_it(names), doubts)))

    def _device(self, to: str) -> DeviceId:
        if not to:
            return EVERYBODY
        mates = self._mates() if self._mates else ()
        found = [mate.device for mate in mates if mate.name.casefold() == to.casefold()]
        return found[0] if len(found) == 1 else self._book.ask(lambda ledger: _device_of(ledger, to))

    def acknowledge(self, key: str = "") -> bool:
        """The message of this key, or all that wait for this device; False when there was none."""
        due = [message for message in self.unread() if key in ("", message.key)]
        drafts = [acknowledge(message, self._book.device) for message in due]
        if drafts:
            self._book.write(drafts)
        return bool(drafts)

    def note(self, receipt: Receipt, *keys: str) -> None:
        """Tell the sender what became of these here; told once, and only of what was for this device."""
        device = self._book.device
        due = [m for m in self._said() if m.key in keys and m.is_for(device) and not m.has(device, receipt)]
        if due:
            self._book.write([receive(message, device, receipt) for message in due])

    def note_delivered(self) -> None:
        """What waits here is here."""
        self.note(Receipt.DELIVERED, *(message.key for message in self.unread()))

    def unread(self) -> list[Message]:
        """What waits for this device, the oldest first."""
        at, device = self._book.at, self._book.device
        return [message for message in self._said() if message.is_unread(device, at)]

    def shown(self) -> ShownMessage | None:
        """The newest that waits; when none does, the newest that was for this device."""
        said = [message for message in self._said() if message.is_for(self._book.device)]
        waiting = [m for m in said if m.is_unread(self._book.device, self._book.at)]
        if not said:
            return None
        message = (waiting or said)[-1]
        who = self._book.ask(lambda ledger: name_of(ledger, message.sender))
        more = max(0, len(waiting) - 1)
        return ShownMessage(message.key, who, message.text, self._age_s(message), bool(waiting), more)

    def said(self) -> tuple[Message, ...]:
        """Everything that anybody said, in its order."""
        return self._said()

    def _said(self) -> tuple[Message, ...]:
        """Everything; worked out again only when somebody has edited. It is asked for many times a second."""
        revision, known = self._known
        if revision != self._book.revision:
            revision, known = self._book.revision, self._book.ask(messages)
            self._known = (revision, known)
        return known

    def _age_s(self, message: Message) -> int:
        """By the race's time where there is one: the sender's clock may be wrong."""
        now, at = self._book.at, message.at
        if at.session_num >= 0 and (now.session_num, now.run) == (at.session_num, at.run):
            return max(0, int(now.sim_time_s - at.sim_time_s))
        now_s = self._clock.monotonic_s()
        return int(now_s - self._first_seen_s.setdefault(message.key, now_s))


def quick_texts(setting: str) -> tuple[str, ...]:
    """The texts that a setting holds, with `;` between them."""
    return tuple(text.strip() for text in setting.split(_TEXTS) if text.strip())


def _device_of(ledger: Ledger, name: str) -> DeviceId:
    if _DEVICE.fullmatch(name):
        return DeviceId(name)
    people = [DeviceId(entity.key) for entity in ledger.entities(PERSON)]
    found = [device for device in people if name_of(ledger, device).casefold() == name.casefold()]
    found = found or [device for device in people if device.startswith(name.lower()) and len(name) >= 8]
    if len(found) != 1:
        known = ", ".join(sorted(name_of(ledger, device) for device in people)) or "nobody yet"
        what = "Nobody here is" if not found else "Several here are"
        raise EditError(f"{what} called {name!r}. Known in this session: {known}.")
    return found[0]
