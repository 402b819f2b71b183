"""What the fields of one kind of thing are, declared once: their fold, and the drafts that write them.

A field of a list that several people edit is one per element, `wanted.<token>`, so that two who add at the
same time both find their own in it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pitbox.model.edit import DELETED, MAX_FIELD, Draft, Edit, Entity, Value
from pitbox.model.errors import EditError
from pitbox.model.ledger import Field, Ledger
from pitbox.model.spelling import Spelling

MAX_KEY_PART = 64
"""Of what people plan: two keys together still fit into one, and one into the name of a field."""


class Form:
    """Of one kind. `one` is what people call such a thing: `an event`."""

    def __init__(
        self,
        kind: str,
        one: str,
        fields: Mapping[str, Spelling],
        lists: Mapping[str, Spelling] | None = None,
    ) -> None:
        """`lists`: by the name ahead of the dot, how an element is spelt."""
        self.kind = kind
        self.one = one
        self.fields = dict(fields)
        self.lists = dict(lists or {})

    def entity(self, key: str) -> Entity:
        return Entity(self.kind, key)

    def draft(self, key: str, field: str, value: Any) -> Draft:
        """The wish that the field says this, None for nothing; raises EditError for what it cannot have."""
        spelling = self._spelling(field)
        if spelling is None:
            raise EditError(f"There is no {field!r} of {self.one}.")
        return Draft(self.entity(key), field, self._spelt(field, spelling, value))

    def drafts(self, key: str, **values: Any) -> list[Draft]:
        return [self.draft(key, name, value) for name, value in values.items()]

    def remove(self, key: str) -> Draft:
        return Draft(self.entity(key), DELETED, True)

    def read(self, ledger: Ledger, key: str) -> "Reading":
        return Reading(self, ledger.fields(self.entity(key)))

    def keys(self, ledger: Ledger) -> list[str]:
        """Of all that somebody has edited and nobody deleted."""
        return [entity.key for entity in ledger.entities(self.kind)]

    def _spelling(self, field: str) -> Spelling | None:
        name, dot, token = field.partition(".")
        if field in self.fields:
            return self.fields[field]
        return self.lists.get(name) if dot and token and len(field) <= MAX_FIELD else None

    def _spelt(self, field: str, spelling: Spelling, value: Any) -> Value:
        if value is None:
            return None
        try:
            return spelling.spell(value)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise EditError(
                f"{field} of {self.one} cannot be {value!r:.80}: it is {spelling.expected}."
            ) from error


class Reading:
    """One thing as its fields stand; what cannot be read counts as not said."""

    def __init__(self, form: Form, fields: Mapping[str, Field]) -> None:
        self._form = form
        self._fields = fields

    @property
    def is_deleted(self) -> bool:
        return DELETED in self._fields and self._fields[DELETED].value is True

    def value(self, field: str) -> Any:
        """None where nothing was said."""
        found = self._fields.get(field)
        return None if found is None or found.value is None else self._form.fields[field].read(found.value)

    def values(self, *, ahead: str = "") -> dict[str, Any]:
        """Of the fields that begin with `ahead`, by what follows: only what somebody has filled in."""
        read = {name: self.value(name) for name in self._form.fields if name.startswith(ahead)}
        return {name[len(ahead) :]: value for name, value in read.items() if value is not None}

    def elements(self, name: str) -> Iterator[tuple[str, Any]]:
        """(token, element) of a list, by token."""
        for field in sorted(self._fields):
            head, _, token = field.partition(".")
            if head != name or not token or self._fields[field].value is None:
                continue
            element = self._form.lists[name].read(self._fields[field].value)
            if element is not None:
                yield token, element

    def chosen(self, name: str) -> tuple[str, ...]:
        """Tokens of a list of which each element says yes or no."""
        return tuple(token for token, is_in in self.elements(name) if is_in is True)

    @property
    def others(self) -> tuple[Edit, ...]:
        """All that stands against what is shown."""
        known = self._form.fields.keys() | self._form.lists.keys()
        shown = [name for name in self._fields if name in known or name.partition(".")[0] in known]
        return tuple(edit for name in sorted(shown) for edit in self._fields[name].others)


def check_key(key: str, what: str) -> str:
    """Raises EditError for a key that could not stand in another one or in the name of a field."""
    is_sound = 0 < len(key) <= MAX_KEY_PART and key.isprintable() and not set(key) & {"/", " "}
    if not is_sound:
        words = f"at most {MAX_KEY_PART} characters, no space and no / in it"
        raise EditError(f"{key!r:.80} cannot be the key of {what}: {words}.")
    return key


def new_key(name: str, salt: int) -> str:
    """A key that people can read and that nobody else makes at the same time: `spa-24-h-1f3a9c2b`."""
    kept = "".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split()
    head = "-".join(kept)[:40].strip("-")
    tail = f"{salt % (1 << 32):08x}"
    return f"{head}-{tail}" if head else tail
