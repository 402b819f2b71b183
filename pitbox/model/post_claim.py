"""Which machine carries a note to the webhook: an entity of kind `post`, one a team.

Each device writes fields of its own. A claim names the start that the note is about: the same note of another
start is another one.
"""

from hashlib import blake2b

import msgspec

from pitbox.model.edit import Draft
from pitbox.model.form import Form
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.spelling import Count

KIND = "post"
_CLAIM, _SENT = "claim", "sent"
_MOST_S = 1 << 40
FORM = Form(KIND, "a note in the post", {}, {_CLAIM: Count(0, _MOST_S), _SENT: Count(0, _MOST_S)})
SAME_START_S = 300.0
"""Two machines that expect the same start may differ by so much."""
_NAME = 16


class Matter(msgspec.Struct, frozen=True):
    """What a note is about, alike on every machine: `due/driver/ada/15` at its start."""

    team: str
    what: str
    start_utc_s: float


class Claim(msgspec.Struct, frozen=True):
    device: str
    """The first digits."""
    start_utc_s: float
    is_sent: bool = False
    """The webhook has taken it."""


def claim(matter: Matter, device: DeviceId) -> Draft:
    return _draft(_CLAIM, matter, device)


def sent(matter: Matter, device: DeviceId) -> Draft:
    return _draft(_SENT, matter, device)


def claims(ledger: Ledger, matter: Matter) -> tuple[Claim, ...]:
    """Of this note, by device."""
    name = _name(matter)
    found: dict[str, Claim] = {}
    for field, now in sorted(ledger.fields(FORM.entity(matter.team)).items()):
        head, _, rest = field.partition(".")
        token, _, device = rest.partition(".")
        is_own = len(device) == _NAME and now.edit.author.startswith(device)
        is_start = isinstance(now.value, int) and abs(now.value - matter.start_utc_s) <= SAME_START_S
        if head in (_CLAIM, _SENT) and token == name and is_own and is_start:
            is_sent = head == _SENT or (device in found and found[device].is_sent)
            found[device] = Claim(device, matter.start_utc_s, is_sent)
    return tuple(found[device] for device in sorted(found))


def short(device: DeviceId) -> str:
    """As claims name it."""
    return device[:_NAME]


def _draft(head: str, matter: Matter, device: DeviceId) -> Draft:
    return FORM.draft(matter.team, f"{head}.{_name(matter)}.{short(device)}", round(matter.start_utc_s))


def _name(matter: Matter) -> str:
    return blake2b(matter.what.encode(), digest_size=6).hexdigest()
