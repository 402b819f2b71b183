"""What was said to a new plan offered in the race: an entity of kind `offer`, for the audit after it.

An accepted one may hold an assumption (somebody is missing, rain): it counts from then on, for everybody.
"""

from enum import StrEnum

import msgspec

from pitbox.model.edit import Draft
from pitbox.model.form import MAX_KEY_PART, Form, check_key
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.spelling import Figure, Text

KIND = "offer"
_WEEK_S = 7 * 86400.0
FORM = Form(
    KIND,
    "an offer",
    {
        "variant": Text(MAX_KEY_PART, least=1),
        "reason": Text(200),
        "changes": Text(2000),
        "wish": Text(16),
        "seat": Text(MAX_KEY_PART),
        "race_s": Figure(-_WEEK_S, _WEEK_S),
        "from_s": Figure(-_WEEK_S, _WEEK_S),
        "until_s": Figure(-_WEEK_S, _WEEK_S),
        "reply": Text(16, least=1),
    },
)


class Reply(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"


class OfferReply(msgspec.Struct, frozen=True):
    key: str
    variant: str
    """The strategy whose plan it was about."""
    reply: Reply
    reason: str = ""
    changes: str = ""
    """A sentence each, with `; ` between."""
    wish: str = ""
    """`extend`, `pit_now`, `swap`, `missing`, `rain` or `mend`."""
    seat: str = ""
    """Who is missing."""
    race_s: float | None = None
    """When it was said."""
    from_s: float | None = None
    """Of what is assumed, in race time."""
    until_s: float | None = None
    """None: to the flag."""
    author: DeviceId = DeviceId("")
    at: Axis | None = None
    wall_s: float = 0.0
    """The author's clock, for people to read."""


def note_reply(said: OfferReply) -> list[Draft]:
    """The reply comes last: where it has arrived, the rest has. Raises EditError."""
    values = {name: getattr(said, name) for name in FORM.fields if name != "reply"}
    texts = {"reason": 200, "changes": 2000}
    values |= {name: str(values[name])[:most] for name, most in texts.items()}
    known = {name: value for name, value in values.items() if value not in {None, ""}}
    return FORM.drafts(check_key(said.key, FORM.one), **known, reply=str(said.reply))


def offer_replies(ledger: Ledger, variant: str | None = None) -> tuple[OfferReply, ...]:
    """Of one strategy or of all, in the order in which they were said."""
    found = []
    for key in FORM.keys(ledger):
        values = FORM.read(ledger, key).values()
        field = ledger.field(FORM.entity(key), "reply")
        if (
            field is None
            or values.get("reply") not in set(Reply)
            or variant not in {None, values.get("variant")}
        ):
            continue
        reply = Reply(values.pop("reply"))
        edit = field.edit
        values.setdefault("variant", "")
        said = OfferReply(key, reply=reply, author=edit.author, at=edit.at, wall_s=edit.wall_s, **values)
        found.append((edit.stamp, said))
    return tuple(said for _, said in sorted(found, key=lambda one: one[0]))
