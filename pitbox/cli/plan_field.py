"""`FIELD=VALUE` as people type it, by what the field can have: `length_s=24:00:00`, `driver=Ada`."""

from collections.abc import Mapping, Sequence
from typing import Any

from pitbox.model.errors import EditError
from pitbox.model.form import Form
from pitbox.model.spelling import Count, Figure, Flag, Spelling, Stretches

Names = Mapping[str, Mapping[str, str]]
"""By field: keys by the name that people type, for fields that hold a key."""
_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


def fields_of(form: Form, words: Sequence[str], keys: Names | None = None) -> dict[str, Any]:
    """Each field and its value; nothing behind the sign, or `-`, means that it is not known any more."""
    found: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise EditError(f"{word!r} is not FIELD=VALUE; fields are {', '.join(known_fields(form))}.")
        head, dot, token = name.partition(".")
        spelling = form.fields.get(name) or (form.lists.get(head) if dot else None)
        if spelling is None:
            raise EditError(f"There is no {name!r} of {form.one}; there are {', '.join(known_fields(form))}.")
        if dot and head in form.lists and keys and head in keys:
            name = f"{head}.{_key(keys[head], token)}"
        found[name] = _value(name, text, spelling, (keys or {}).get(name))
    return found


def known_fields(form: Form) -> list[str]:
    """As they are typed, those that a command has a word of its own for left out."""
    return [*form.fields, *(f"{name}.NAME" for name in form.lists)]


def seconds(text: str) -> float:
    """Of `1:47.2`, `24:00:00` or a plain number; raises EditError."""
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError:
        parts = []
    if not 1 <= len(parts) <= 3 or any(not 0 <= part < float("inf") for part in parts):
        raise EditError(f"{text!r} is no length of time; write 24:00:00, 42:07 or seconds.")
    total = 0.0
    for part in parts:
        total = total * 60.0 + part
    return total


def _value(name: str, text: str, spelling: Spelling, keys: Mapping[str, str] | None) -> Any:
    if text in ("", "-"):
        return None
    if keys is not None:
        return _key(keys, text)
    if isinstance(spelling, Flag):
        if text.lower() not in (*_YES, *_NO):
            raise EditError(f"{name} is yes or no, not {text!r}.")
        return text.lower() in _YES
    if isinstance(spelling, Stretches):
        return [tuple(seconds(end) for end in _two(one)) for one in text.split(",")]
    if isinstance(spelling, Figure) and name.endswith("_s"):
        return seconds(text)
    try:
        return (
            int(text)
            if isinstance(spelling, Count)
            else float(text)
            if isinstance(spelling, Figure)
            else text
        )
    except ValueError as error:
        raise EditError(f"{name} cannot be {text!r}: it is {spelling.expected}.") from error


def _two(text: str) -> tuple[str, str]:
    start, dash, end = text.partition("-")
    if not dash:
        raise EditError(f"{text!r} is no stretch of the race; write 1:00:00-2:30:00.")
    return start, end


def _key(keys: Mapping[str, str], text: str) -> str:
    found = keys.get(text) or keys.get(text.casefold())
    if found is None:
        raise EditError(f"There is nobody and nothing called {text!r} here.")
    return found
