"""An edit of the plan as a step of the window's undo: taken back, and done again, in the edits themselves."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pitbox.model.edit import Edit, Entity
from pitbox.model.errors import EditError
from pitbox.planning.history import KIND
from pitbox.planning.naming import HIDDEN

if TYPE_CHECKING:
    from pitbox.model.ledger import Ledger
    from pitbox.wall.planner import Planner


class Written:
    def __init__(self, planner: "Planner", edits: Sequence[Edit], complain: Callable[[str], None]) -> None:
        """`edits`: what was written, already done."""
        first = next(edit for edit in edits if edit.entity.kind not in HIDDEN)
        self.key = deed_key(first)
        self._planner, self._complain = planner, complain
        self._taken_back = ""

    def run(self) -> None:
        """The first time it is done already; then it takes back what took it back."""
        if self._taken_back:
            self._undo(self._taken_back)

    def back(self) -> None:
        self._undo(self.key)
        self._taken_back = self._planner.ask(self._key_of_undo)

    def _undo(self, key: str) -> None:
        try:
            self._planner.undo(key)
        except EditError as error:
            self._complain(str(error))

    def _key_of_undo(self, ledger: "Ledger") -> str:
        field = ledger.field(Entity(KIND, self.key), "undone")
        return "" if field is None else deed_key(field.edit)


def deed_key(first: Edit) -> str:
    """The name of what began with this edit, as the history has it."""
    return f"{first.stamp.lamport}.{first.author[:8]}"
