"""What people call a session as a whole: its tags, as edits of it, so that the team shares them.

Each tag is a field of its own: two people who tag at the same time are both heard.
"""

from pitbox.model.edit import DELETED, Draft, Entity
from pitbox.model.errors import EditError
from pitbox.model.ledger import Ledger
from pitbox.model.note import KIND as NOTE

ABOUT = Entity("session", "about")
MAX_TAG = 40
_TAG = "tag."


def tag(text: str) -> Draft:
    """Raises EditError for what is no tag."""
    name = clean_tag(text)
    return Draft(ABOUT, _TAG + name.casefold(), name)


def untag(text: str) -> Draft:
    return Draft(ABOUT, _TAG + clean_tag(text).casefold(), None)


def tags(ledger: Ledger) -> tuple[str, ...]:
    """By the alphabet, spelt as somebody spelt them last."""
    found = [
        field.value.strip()
        for name, field in ledger.fields(ABOUT).items()
        if name.startswith(_TAG) and isinstance(field.value, str)
    ]
    return tuple(sorted({name for name in found if 0 < len(name) <= MAX_TAG}, key=str.casefold))


def unnote(key: str) -> Draft:
    """A note is gone like any other thing: by an edit, which can be undone."""
    return Draft(Entity(NOTE, key), DELETED, True)


def clean_tag(text: str) -> str:
    """One line without commas, which stand between tags; raises EditError."""
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not 0 < len(name) <= MAX_TAG or "," in name or len(name.casefold()) > 2 * MAX_TAG:
        raise EditError(f"A tag has 1 to {MAX_TAG} characters and no comma; {text!r:.80} is none.")
    return name
