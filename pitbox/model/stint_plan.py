"""Who drives when, as a list that several people edit: the plan is a fold of their edits."""

import msgspec

from pitbox.model.edit import DELETED, MAX_KEY, Draft, Edit, Entity, Value
from pitbox.model.errors import EditError
from pitbox.model.ledger import Ledger
from pitbox.model.order_key import is_order_key, order_key

KIND = "stint"
_ORDER = "order"
FIELDS: dict[str, type] = {
    "driver": str,
    "laps": int,
    "fuel_l": float,
    "is_new_tyres": bool,
    "variant": str,
    "spotter": str,
    "length_s": float,
    "instructions": str,
    "state": str,
}
"""What a row says, beside its place."""
_MOST = {"laps": 10_000, "fuel_l": 1000.0, "length_s": 7 * 86400.0}
_MAX_TEXT = {"instructions": 500, "variant": MAX_KEY, "driver": MAX_KEY, "spotter": MAX_KEY}
_MAX_WORD = 64


class PlannedStint(msgspec.Struct, frozen=True):
    """One row. What nobody has filled in is None.

    Rows lie end to end, so a row has a length and no start of its own; what really happened (start, end,
    who) is never written into it, it comes from the facts of the race.
    """

    key: str
    order: str
    driver: str | None = None
    """The member's key; of a plan without members, a name."""
    laps: int | None = None
    fuel_l: float | None = None
    is_new_tyres: bool | None = None
    others: tuple[Edit, ...] = ()
    """Values that stand against those shown, of any field; an edit of the field ends that."""
    variant: str | None = None
    """The plan that it belongs to."""
    spotter: str | None = None
    length_s: float | None = None
    """At the wheel, the stop not counted; counts before the laps."""
    instructions: str | None = None
    state: str | None = None
    """`skipped` or `replaced`, as somebody said; None: as the race has it."""


def plan(ledger: Ledger) -> tuple[PlannedStint, ...]:
    """The rows in their order. A row without a place is not there yet; a value of a wrong kind is none."""
    rows = [_row(ledger, entity) for entity in ledger.entities(KIND)]
    return tuple(sorted((row for row in rows if row is not None), key=lambda row: (row.order, row.key)))


def add_row(rows: tuple[PlannedStint, ...], at: int, key: str, salt: int) -> Draft:
    """The wish for a new row as number `at`; fill it before this: it is there as soon as it has a place."""
    return Draft(Entity(KIND, key), _ORDER, _place(rows, at, salt))


def fill(key: str, field: str, value: Value) -> Draft:
    """Raises EditError for a value that the field cannot have."""
    if field not in FIELDS:
        raise EditError(f"A planned stint has no {field!r}.")
    if value is not None and not _fits(field, value):
        raise EditError(f"{field} of a planned stint cannot be {value!r}.")
    return Draft(Entity(KIND, key), field, value)


def move(rows: tuple[PlannedStint, ...], key: str, to: int, salt: int) -> Draft:
    """The wish that makes the row number `to` among the others."""
    return Draft(Entity(KIND, key), _ORDER, _place(tuple(row for row in rows if row.key != key), to, salt))


def remove(key: str) -> Draft:
    return Draft(Entity(KIND, key), DELETED, True)


def _place(rows: tuple[PlannedStint, ...], at: int, salt: int) -> str:
    at = max(0, min(at, len(rows)))
    before = rows[at - 1].order if at else None
    return order_key(before, rows[at].order if at < len(rows) else None, salt)


def _row(ledger: Ledger, entity: Entity) -> PlannedStint | None:
    fields = ledger.fields(entity)
    order = ledger.value(entity, _ORDER)
    if not isinstance(order, str) or not is_order_key(order):
        return None
    values = {
        name: fields[name].value for name in FIELDS if name in fields and _fits(name, fields[name].value)
    }
    others = tuple(edit for name in (_ORDER, *FIELDS) if name in fields for edit in fields[name].others)
    return msgspec.structs.replace(PlannedStint(entity.key, order, others=others), **values)


def _fits(field: str, value: Value) -> bool:
    kind = FIELDS[field]
    if kind is str:
        return isinstance(value, str) and len(value) <= _MAX_TEXT.get(field, _MAX_WORD)
    if kind is bool:
        return isinstance(value, bool)
    is_number = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
    return is_number and isinstance(value, int | float) and 0 <= value <= _MOST[field]
