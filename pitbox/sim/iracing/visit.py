"""Which session the sim is in, from the first lines of its text: known long before all of it is parsed."""

import re
import secrets

import msgspec

from pitbox.model.ids import SessionId
from pitbox.sim.iracing.figure import whole

_HEAD_BYTES = 8192
_LINE = re.compile(
    rb"^ (TrackID|TrackName|SeriesID|SeasonID|SessionID|SubSessionID|EventType): *([^\r\n]*)", re.MULTILINE
)


class Visit(msgspec.Struct, frozen=True):
    """One stay in one session. Offline there is no number, so the first recorder draws one."""

    session: SessionId
    key: tuple[tuple[bytes, bytes], ...]
    """What the text says that stays as long as the visit."""


def visit_of(text: bytes, before: Visit | None = None) -> Visit | None:
    """The visit that this text belongs to: `before`, if that fits; None if the text does not say."""
    key = tuple(_LINE.findall(text[:_HEAD_BYTES]))
    number = dict(key).get(b"SubSessionID")
    if number is None:
        return None
    sub_session_id = whole(number.decode("latin-1"))
    if sub_session_id > 0:
        session = SessionId(f"sub-{sub_session_id}")
    elif before is not None and before.key == key:
        return before
    else:
        return unnamed_visit(key)
    return Visit(session, key)


def unnamed_visit(key: tuple[tuple[bytes, bytes], ...] = ()) -> Visit:
    """A visit that no other machine knows."""
    return Visit(SessionId(f"local-{secrets.token_hex(8)}"), key)
