"""A note as Discord wants it: within its limits, in nobody's markup, and calling nobody by a mention."""

import re
from collections.abc import Sequence

import msgspec

CONTENT, TITLE, TEXT, FIELD_NAME, FIELD_TEXT, FOOTER, ALL = 2000, 256, 4096, 256, 1024, 2048, 6000
MOST_FIELDS = 25
_MARKUP = re.compile(r"([\\*_~`|>\[\]()#<:@-])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ELLIPSIS = "…"
_AGAIN = "(Sent again: the line broke before it was known whether this had come.)"


class Field(msgspec.Struct, frozen=True):
    name: str
    text: str
    is_short: bool = True
    """May stand beside others."""


def plain(text: str) -> str:
    """What people wrote, so that it is shown as they wrote it."""
    return _MARKUP.sub(r"\\\1", _CONTROL.sub(" ", text))


def here(utc_s: float) -> str:
    """A time that Discord shows to each reader on the reader's own clock."""
    return f"<t:{round(utc_s)}:t>"


def ago(utc_s: float) -> str:
    """`in 15 minutes`, which Discord keeps counting."""
    return f"<t:{round(utc_s)}:R>"


def body(content: str, *, title: str = "", text: str = "", fields: Sequence[Field] = (), footer: str = "",
         colour: int = 0x5AA9FF) -> bytes:  # fmt: skip
    """JSON for a webhook. What is too long ends in an ellipsis; fields that do not fit are left out."""
    message: dict[str, object] = {"content": clipped(content, CONTENT), "allowed_mentions": {"parse": []}}
    if title or text or fields:
        message["embeds"] = [_embed(title, text, fields, footer, colour)]
    return msgspec.json.encode(message)


def again(body: bytes) -> bytes:
    """The same note, saying that it may be there already."""
    message = msgspec.json.decode(body, type=dict[str, object])
    said = clipped(str(message.get("content", "")), CONTENT - len(_AGAIN) - 1)
    message["content"] = f"{said} {_AGAIN}".lstrip()
    return msgspec.json.encode(message)


def clipped(text: str, most: int) -> str:
    """Discord counts as JavaScript does: what is beyond the first plane of Unicode is two."""
    if _length(text) <= most:
        return text
    kept, used = [], _length(_ELLIPSIS)
    for sign in text:
        used += _length(sign)
        if used > most:
            break
        kept.append(sign)
    return "".join(kept).rstrip("\\") + _ELLIPSIS


def _embed(title: str, text: str, fields: Sequence[Field], footer: str, colour: int) -> dict[str, object]:
    embed: dict[str, object] = {"color": colour}
    left = ALL
    for name, value, most in (("title", title, TITLE), ("description", text, TEXT)):
        if value:
            embed[name] = short = clipped(value, min(most, left))
            left -= _length(short)
    if footer:
        short = clipped(footer, min(FOOTER, left))
        embed["footer"] = {"text": short}
        left -= _length(short)
    listed = []
    for field in fields[:MOST_FIELDS]:
        # An empty name or text is refused by Discord.
        name, value = clipped(field.name, FIELD_NAME) or "\u200b", clipped(field.text, FIELD_TEXT) or "\u200b"
        left -= _length(name) + _length(value)
        if left < 0:
            break
        listed.append({"name": name, "value": value, "inline": field.is_short})
    if listed:
        embed["fields"] = listed
    return embed


def _length(text: str) -> int:
    return len(text) + sum(ord(sign) > 0xFFFF for sign in text)
