"""What an answer of a webhook means for the letter: pure. The rules are Discord's, and hold elsewhere too.

429 carries how long to wait: in its JSON (`retry_after`, seconds with a fraction), in `Retry-After`, in
`X-RateLimit-Reset-After`. A good answer may say that its bucket is empty now (`X-RateLimit-Remaining: 0`).
"""

import math
from enum import StrEnum

import msgspec

from pitbox.courier.answer import Answer

_FIRST_S, _MOST_S = 2.0, 300.0
_MOST_ASKED_S = 3600.0
"""A server may ask for more; until then most letters are dead, and one try an hour hurts nobody."""
_GONE = (401, 403, 404, 410)
_LATER = (408, 425, 429)
_MOST_WORDS = 200


class Fate(StrEnum):
    DELIVERED = "delivered"
    AGAIN = "again"
    REFUSED = "refused"
    """This letter will never be taken; the next one may."""
    CLOSED = "closed"
    """No letter will be taken: the webhook is gone, or is another's."""


class Verdict(msgspec.Struct, frozen=True):
    fate: Fate
    words: str = ""
    wait_s: float = 0.0
    """Before anything is sent again."""


class _Limit(msgspec.Struct):
    retry_after: float | None = None
    message: str = ""


def verdict(answer: Answer, tries: int, jitter: float) -> Verdict:
    """`tries`: how often this letter was sent by now, this time included; `jitter`: from 0 to 1."""
    status = answer.status
    if 200 <= status < 300:
        return Verdict(Fate.DELIVERED, wait_s=_until_refill_s(answer))
    if status == 429:
        asked_s = _asked_s(answer)
        wait_s = pause_s(tries, jitter) if asked_s is None else asked_s + 0.25 * jitter
        return Verdict(Fate.AGAIN, "it asks to wait", wait_s)
    if status in _LATER or status >= 500:
        wait_s = max(pause_s(tries, jitter), _asked_s(answer) or 0.0)
        return Verdict(Fate.AGAIN, f"it has trouble of its own ({status})", wait_s)
    if status in _GONE:
        return Verdict(Fate.CLOSED, f"it does not exist any more, or is not ours ({status})")
    if 300 <= status < 400:
        return Verdict(Fate.CLOSED, f"it sends us to another place ({status})")
    said = _body(answer).message[:_MOST_WORDS]
    return Verdict(Fate.REFUSED, f"it refuses this note ({status}{': ' if said else ''}{said})")


def pause_s(tries: int, jitter: float) -> float:
    """Twice as long each time, half of it by chance, so that many machines do not come back together."""
    whole_s = min(_MOST_S, _FIRST_S * 2.0 ** min(tries - 1, 16))
    return whole_s * (0.5 + 0.5 * jitter)


def _asked_s(answer: Answer) -> float | None:
    """The longest that any of its places says; None when none does."""
    places = [answer.headers.get(name) for name in ("retry-after", "x-ratelimit-reset-after")]
    said = [_seconds(text) for text in places if text is not None]
    said.append(_body(answer).retry_after)
    good = [one for one in said if one is not None and math.isfinite(one) and one >= 0]
    return min(_MOST_ASKED_S, max(good)) if good else None


def _until_refill_s(answer: Answer) -> float:
    if answer.headers.get("x-ratelimit-remaining", "").strip() != "0":
        return 0.0
    after_s = _seconds(answer.headers.get("x-ratelimit-reset-after", ""))
    is_good = after_s is not None and math.isfinite(after_s) and after_s > 0
    return min(_MOST_ASKED_S, after_s) if is_good and after_s is not None else 0.0


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _body(answer: Answer) -> _Limit:
    try:
        return msgspec.json.decode(answer.body, type=_Limit)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Limit()
