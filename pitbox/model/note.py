"""What somebody wants to be remembered of a moment: a line of text at a place of the race."""

import msgspec

from pitbox.model.edit import MAX_TEXT, Draft, Edit, Entity
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger

KIND = "note"
_TEXT, _CAR = "text", "car_idx"


class Note(msgspec.Struct, frozen=True):
    key: str
    author: DeviceId
    """Who wrote the words that stand there now."""
    text: str
    at: Axis
    """The moment that it is about: where it was first written."""
    car_idx: int | None = None
    others: tuple[Edit, ...] = ()
    """Words that somebody wrote at the same time without knowing of these."""


def note(key: str, text: str, car_idx: int | None = None) -> tuple[Draft, ...]:
    """The text comes last: where it has arrived, the rest has."""
    entity = Entity(KIND, key)
    car = () if car_idx is None else (Draft(entity, _CAR, car_idx),)
    return (*car, Draft(entity, _TEXT, text[:MAX_TEXT]))


def notes(ledger: Ledger) -> tuple[Note, ...]:
    """In the order of the race."""
    found = []
    for entity in ledger.entities(KIND):
        text, car = ledger.field(entity, _TEXT), ledger.value(entity, _CAR)
        if text is not None and isinstance(text.value, str):
            first = next(edit for edit in ledger.history(entity) if edit.field == _TEXT)
            car_idx = car if isinstance(car, int) and not isinstance(car, bool) else None
            found.append(Note(entity.key, text.edit.author, text.value, first.at, car_idx, text.others))
    return tuple(sorted(found, key=lambda each: (each.at, each.key)))
