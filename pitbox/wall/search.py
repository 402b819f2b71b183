"""Plain words against what is known of a session: each has to be found, `-word` must not be."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec


class Filter(msgspec.Struct, frozen=True):
    """All of it has to hold; empty lets everything through."""

    words: str = ""
    """Of title, track, car, class of event, drivers, tags, notes, date and name."""
    tags: tuple[str, ...] = ()
    track: str = ""
    car: str = ""
    states: tuple[str, ...] = ()
    since_utc_s: float = 0.0
    until_utc_s: float = 0.0
    kinds: tuple[str, ...] = ()
    """Practice, Qualify, Race ...: one of them has to have been driven."""


def folded(text: str) -> str:
    """Without case and accents: Nurburgring finds Nürburgring."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def has_words(haystack: str, words: str) -> bool:
    """`haystack` is folded already."""
    for word in folded(words).split():
        is_unwanted = word.startswith("-") and len(word) > 1
        if (word[is_unwanted:] in haystack) == is_unwanted:
            return False
    return True


def date_words(at_s: float) -> str:
    """`2026-11-21 saturday november`; empty without a date."""
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d %A %B}" if 0 < at_s < 1e11 else ""


def haystack(parts: Iterable[str]) -> str:
    return folded("\n".join(parts))
