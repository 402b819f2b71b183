"""A hand on one machine's plan, beside the PitBox that runs there: edits a row, or says how the plan stands.

usage: plan_hand.py HOME [ROW FIELD VALUE]
"""

import json
import sys
from pathlib import Path

from pitbox.crew.clock import SystemClock
from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model.edit import Value
from pitbox.model.stint_plan import FIELDS, add_row, fill, plan
from pitbox.wall.edit_book import EditBook
from pitbox.wall.office import newest_session
from pitbox.wall.roles import roles_of


def main(home: Path, *edit: str) -> None:
    folder = home / "default" / "config" / "identity"
    shelf = Shelf(home / "default" / "data" / "log")
    book = EditBook(shelf, Identity.load_or_create(folder), SystemClock(), role_of=roles_of(folder))
    session = newest_session(shelf)
    assert session is not None
    book.enter(session)
    try:
        if edit:
            _edit(book, *edit)
        else:
            print(json.dumps(_as_it_stands(book)))  # noqa: T201 - what it is for
    finally:
        book.close()


def _edit(book: EditBook, row: str, field: str, text: str) -> None:
    value: Value = FIELDS[field](text)
    drafts = [fill(row, field, value)]
    rows = book.ask(plan)
    if row not in {known.key for known in rows}:
        drafts.append(add_row(rows, len(rows), row, salt=1))
    book.write(drafts)


def _as_it_stands(book: EditBook) -> dict[str, dict[str, list[Value]]]:
    found: dict[str, dict[str, list[Value]]] = {}
    for row in book.ask(plan):
        fields = found[row.key] = {
            name: [getattr(row, name)] for name in FIELDS if getattr(row, name) is not None
        }
        for other in row.others:
            fields[other.field].append(other.value)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
