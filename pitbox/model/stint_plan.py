"""Who drives when, as a list that several people edit: the plan is a fold of their edits."""

from collections.abc import Sequence

import msgspec

from pitbox.model.edit import MAX_KEY, Draft, Edit, Value
from pitbox.model.errors import EditError
from pitbox.model.form import Form
from pitbox.model.ledger import Ledger
from pitbox.model.order_key import MAX_ORDER_KEY, is_order_key, order_key
from pitbox.model.spelling import Count, Figure, Flag, Spelling, Text

KIND = "stint"
_ORDER = "order"
FIELDS: dict[str, Spelling] = {
    "driver": Text(MAX_KEY),
    "laps": Count(0, 10_000),
    "fuel_l": Figure(0.0, 1000.0),
    "is_new_tyres": Flag(),
    "variant": Text(MAX_KEY),
    "spotter": Text(MAX_KEY),
    "length_s": Figure(0.0, 7 * 86400.0),
    "instructions": Text(500),
    "state": Text(64),
}
"""What a row says, beside its place."""
FORM = Form(KIND, "a planned stint", {_ORDER: Text(MAX_ORDER_KEY, least=1), **FIELDS})


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


def plan(ledger: Ledger, variant: str | None = None) -> tuple[PlannedStint, ...]:
    """The rows of a strategy, or those that belong to none, in their order.

    A row without a place is not there yet; a value of a wrong kind is none.
    """
    keys = [key for key in FORM.keys(ledger) if ledger.value(FORM.entity(key), "variant") == variant]
    rows = [_row(ledger, key) for key in keys]
    return tuple(sorted((row for row in rows if row is not None), key=lambda row: (row.order, row.key)))


def add_row(rows: tuple[PlannedStint, ...], at: int, key: str, salt: int) -> Draft:
    """The wish for a new row as number `at`; fill it before this: it is there as soon as it has a place."""
    return FORM.draft(key, _ORDER, _place(rows, at, salt))


def fill(key: str, field: str, value: Value) -> Draft:
    """Raises EditError for a value that the field cannot have."""
    if field not in FIELDS:
        raise EditError(f"A planned stint has no {field!r}.")
    return FORM.draft(key, field, value)


def move(rows: tuple[PlannedStint, ...], key: str, to: int, salt: int) -> Draft:
    """The wish that makes the row number `to` among the others."""
    return FORM.draft(key, _ORDER, _place(tuple(row for row in rows if row.key != key), to, salt))


def remove(key: str) -> Draft:
    return FORM.remove(key)


def rewrite(now: tuple[PlannedStint, ...], wanted: Sequence[PlannedStint], salt: int) -> list[Draft]:
    """What makes the rows of one strategy these, in this order; what is the same is not written.

    A row is the same by its key; `order` of what is wanted does not matter, it is worked out anew.
    """
    keys = {row.key for row in wanted}
    known = {row.key: row for row in now}
    drafts = [remove(row.key) for row in now if row.key not in keys]
    placed = _kept_in_place([row.key for row in now if row.key in keys], [row.key for row in wanted])
    last: str | None = None
    for number, row in enumerate(wanted):
        was = known.get(row.key)
        drafts += [
            FORM.draft(row.key, name, getattr(row, name))
            for name in FIELDS
            if getattr(row, name) != (None if was is None else getattr(was, name))
        ]
        if was is not None and row.key in placed:
            last = was.order
            continue
        after = next((known[later.key].order for later in wanted[number + 1 :] if later.key in placed), None)
        last = order_key(last, after, salt + number)
        drafts.append(FORM.draft(row.key, _ORDER, last))
    return drafts


def _kept_in_place(now: list[str], wanted: list[str]) -> set[str]:
    """As many rows as can keep their places: the longest run of `now` that `wanted` has in the same order."""
    at = {key: number for number, key in enumerate(wanted)}
    runs: list[list[str]] = [[]]
    for key in now:
        ahead = [run for run in runs if not run or at[run[-1]] < at[key]]
        runs.append([*max(ahead, key=len), key])
    longest = max(runs, key=len)
    return set(longest)


def _place(rows: tuple[PlannedStint, ...], at: int, salt: int) -> str:
    at = max(0, min(at, len(rows)))
    before = rows[at - 1].order if at else None
    return order_key(before, rows[at].order if at < len(rows) else None, salt)


def _row(ledger: Ledger, key: str) -> PlannedStint | None:
    reading = FORM.read(ledger, key)
    values = reading.values()
    order = values.pop(_ORDER, None)
    if order is None or not is_order_key(order):
        return None
    return PlannedStint(key, order, others=reading.others, **values)
