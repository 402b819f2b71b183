"""The fold of edits: what each field says now, what stands against it, and how it came to that.

Any order, any part and any repetition of the same edits give the same ledger. Of values that were written
without knowing of each other the greatest stamp is shown, and the others are kept beside it until somebody
who saw them edits again.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from pitbox.model.edit import DELETED, MAX_SEEN, NOWHERE, QUIET, Draft, Edit, Entity, Value, check_edit
from pitbox.model.errors import EditError
from pitbox.model.ids import Axis
from pitbox.model.stamp import MAX_LAMPORT, Stamp


class Field(msgspec.Struct, frozen=True):
    """One field as it stands."""

    value: Value
    edit: Edit
    """The one that is shown."""
    others: tuple[Edit, ...] = ()
    """Written without knowing of it, and saying something else; the greatest stamp first."""

    @property
    def is_disputed(self) -> bool:
        return bool(self.others)


class _Cell:
    """All edits of one field."""

    def __init__(self) -> None:
        self.edits: dict[Stamp, Edit] = {}
        self.covered: set[Stamp] = set()
        """Replaced by an edit that is here, whether or not they are here themselves."""

    def take(self, edit: Edit) -> None:
        self.edits[edit.stamp] = edit
        # Nobody can have seen what is newer: else two edits could each claim to replace the other.
        self.covered.update(seen for seen in edit.seen if seen < edit.stamp)

    def heads(self) -> list[Edit]:
        """What nothing has replaced, the greatest stamp first; never empty once there was an edit."""
        stamps = sorted((stamp for stamp in self.edits if stamp not in self.covered), reverse=True)
        return [self.edits[stamp] for stamp in stamps]


class Ledger:
    """Takes edits, answers for fields. Belongs to one thread, or to one lock."""

    def __init__(self, before: "Ledger | None" = None) -> None:
        """`before`: the one that it takes the place of; who compares counts sees that it is another."""
        self._cells: dict[Entity, dict[str, _Cell]] = {}
        self._kinds: dict[str, set[Entity]] = defaultdict(set)
        self.lamport: int = 0 if before is None else before.lamport
        """The greatest number seen."""
        self.count: int = 0 if before is None else before.count + 1
        self._quiet: list[int] = []
        """Counts with which an edit came in that no plan stands on."""

    def take(self, edit: Edit) -> bool:
        """True when it is new; raises EditError for one that no PitBox would write."""
        check_edit(edit)
        cell = self._cells.setdefault(edit.entity, {}).setdefault(edit.field, _Cell())
        if edit.stamp in cell.edits:
            return False
        cell.take(edit)
        self._kinds[edit.entity.kind].add(edit.entity)
        self.lamport = max(self.lamport, edit.stamp.lamport)
        self.count += 1
        if edit.entity.kind in QUIET:
            self._quiet.append(self.count)
        return True

    def is_as_at(self, count: int) -> bool:
        """Nobody edited since it had so many: what machines write by themselves does not matter."""
        return self.count - count == len(self._quiet) - bisect_right(self._quiet, count)

    def field(self, entity: Entity, name: str) -> Field | None:
        """None where nobody has said anything."""
        cell = self._cells.get(entity, {}).get(name)
        if cell is None:
            return None
        first, *rest = cell.heads()
        return Field(first.value, first, tuple(edit for edit in rest if edit.value != first.value))

    def value(self, entity: Entity, name: str) -> Value:
        """None where nobody has said anything, too."""
        field = self.field(entity, name)
        return None if field is None else field.value

    def fields(self, entity: Entity) -> dict[str, Field]:
        out: dict[str, Field] = {}
        for name in sorted(self._cells.get(entity, {})):
            field = self.field(entity, name)
            assert field is not None
            out[name] = field
        return out

    def entities(self, kind: str, *, is_deleted_too: bool = False) -> list[Entity]:
        """Every thing of a kind that somebody has edited and nobody has deleted, by key."""
        known = self._kinds.get(kind, ())
        return sorted(e for e in known if is_deleted_too or self.value(e, DELETED) is not True)

    def contested(self, kind: str) -> list[Entity]:
        """Deleted things of which the one who deleted them did not know all."""
        gone = [entity for entity in self._kinds.get(kind, ()) if self.value(entity, DELETED) is True]
        return sorted(entity for entity in gone if self._unseen_by_delete(entity))

    def history(self, entity: Entity | None = None) -> list[Edit]:
        """Every edit, of one thing or of all, in the order of their stamps."""
        return sorted(self._edits(entity), key=lambda edit: edit.stamp)

    def write(self, draft: Draft, author: Stamp, at: Axis = NOWHERE, wall_s: float = 0.0) -> Edit:
        """Stamp a wish as the author's next edit and take it; `author` names device and epoch."""
        if self.lamport >= MAX_LAMPORT:
            raise EditError("The numbers of edits are used up; nothing can be edited any more.")
        stamp = msgspec.structs.replace(author, lamport=self.lamport + 1)
        seen = self._heads_of(draft.entity, draft.field)[:MAX_SEEN]
        edit = Edit(stamp, draft.entity, draft.field, draft.value, tuple(seen), at, wall_s)
        self.take(edit)
        return edit

    def undo(self, edit: Edit) -> Draft:
        """The wish that puts the field back to what this edit's author saw; raises EditError if it cannot."""
        now = self.field(edit.entity, edit.field)
        if now is None or not self._is_back_at(edit, now.edit):
            raise EditError("Somebody has edited this since, so it is not undone: edit it again instead.")
        before: Value = None
        if edit.seen:
            # Of a delete, other fields' stamps are in there too.
            cell = self._cells[edit.entity][edit.field]
            own = [cell.edits[stamp] for stamp in edit.seen if stamp in cell.edits]
            if not own and edit.field != DELETED:
                raise EditError("What stood there before has not arrived here yet; try again in a moment.")
            before = max(own, key=lambda known: known.stamp).value if own else None
        return Draft(edit.entity, edit.field, before)

    def _is_back_at(self, edit: Edit, shown: Edit) -> bool:
        """It stands, or its author alone has edited since and has undone all of that."""
        cell, since = self._cells[edit.entity][edit.field], shown
        while since.stamp != edit.stamp:
            before = cell.edits.get(since.seen[0]) if len(since.seen) == 1 else None
            if before is None or since.author != edit.author or shown.value != edit.value:
                return False
            since = before
        return True

    def _heads_of(self, entity: Entity, name: str) -> list[Stamp]:
        """What an editor of this field sees; who deletes a thing sees all of it."""
        cells = self._cells.get(entity, {})
        own = [edit.stamp for edit in cells[name].heads()] if name in cells else []
        if name != DELETED:
            return own
        rest = [edit.stamp for field, cell in cells.items() if field != name for edit in cell.heads()]
        return own + sorted(rest, reverse=True)

    def _unseen_by_delete(self, entity: Entity) -> bool:
        deleted = self.field(entity, DELETED)
        assert deleted is not None
        seen = set(deleted.edit.seen)
        return any(
            head.stamp not in seen
            for name, cell in self._cells[entity].items()
            if name != DELETED
            for head in cell.heads()
        )

    def _edits(self, entity: Entity | None) -> Iterator[Edit]:
        chosen = self._cells.values() if entity is None else [self._cells.get(entity, {})]
        for cells in chosen:
            for cell in cells.values():
                yield from cell.edits.values()
