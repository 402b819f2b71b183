"""Where two people wrote without knowing of each other: what each said, until somebody says it again."""

import msgspec

from pitbox.model import event, member, participation, stint_plan, team, variant
from pitbox.model.edit import DELETED, Draft, Edit, Entity, Value
from pitbox.model.ledger import Ledger
from pitbox.model.person import name_of
from pitbox.planning.history import team_entities
from pitbox.planning.naming import field_words, title_of, value_words

KINDS = (
    event.KIND,
    event.INSTANCE,
    member.KIND,
    participation.KIND,
    team.KIND,
    variant.KIND,
    stint_plan.KIND,
)
"""All that people plan."""


class Said(msgspec.Struct, frozen=True):
    who: str
    words: str
    value: Value


class Conflict(msgspec.Struct, frozen=True):
    """`said` begins with what is shown. Of a deleted thing: who deleted it, then who edited it meanwhile."""

    entity: Entity
    field: str
    title: str
    """`stint 3, driver`."""
    said: tuple[Said, ...]

    @property
    def is_deleted(self) -> bool:
        return self.field == DELETED

    def words(self) -> str:
        return f"{self.title}: {'; '.join(f'{one.who}: {one.words}' for one in self.said)}"


def conflicts(ledger: Ledger, team_key: str | None = None) -> tuple[Conflict, ...]:
    """Of all that is planned, or of a team and all that belongs to it."""
    wanted = None if team_key is None else team_entities(ledger, team_key)
    found: list[Conflict] = []
    for kind in KINDS:
        for entity in ledger.entities(kind):
            if wanted is None or entity in wanted:
                found += _disputed(ledger, entity)
        contested = [one for one in ledger.contested(kind) if wanted is None or one in wanted]
        found += [_contested(ledger, entity) for entity in contested]
    return tuple(found)


def settle(conflict: Conflict, chosen: int) -> Draft:
    """The wish that ends it with the value of this number; of a deleted thing, 0 leaves it deleted."""
    if conflict.is_deleted:
        return Draft(conflict.entity, DELETED, chosen == 0)
    return Draft(conflict.entity, conflict.field, conflict.said[chosen].value)


def _disputed(ledger: Ledger, entity: Entity) -> list[Conflict]:
    found = []
    for name, field in ledger.fields(entity).items():
        if field.is_disputed:
            title = f"{title_of(ledger, entity)}, {field_words(ledger, name)}"
            said = tuple(_said(ledger, edit) for edit in (field.edit, *field.others))
            found.append(Conflict(entity, name, title, said))
    return found


def _contested(ledger: Ledger, entity: Entity) -> Conflict:
    deleted = ledger.field(entity, DELETED)
    assert deleted is not None
    heads = [field.edit for name, field in ledger.fields(entity).items() if name != DELETED]
    unseen = [edit for edit in heads if edit.stamp not in deleted.edit.seen]
    said = [Said(name_of(ledger, deleted.edit.author), "deleted it", True)]
    for edit in unseen:
        what = f"{field_words(ledger, edit.field)} {value_words(ledger, edit.field, edit.value)}"
        said.append(Said(name_of(ledger, edit.author), what, edit.value))
    return Conflict(entity, DELETED, title_of(ledger, entity), tuple(said))


def _said(ledger: Ledger, edit: Edit) -> Said:
    return Said(name_of(ledger, edit.author), value_words(ledger, edit.field, edit.value), edit.value)
