"""A deed in as few words as people need: what was made at once is one sentence."""

from collections.abc import Mapping, Sequence

from pitbox.model import event, member, offer_reply, participation, stint_plan, team, variant
from pitbox.model.edit import DELETED, Edit, Entity
from pitbox.model.ledger import Ledger
from pitbox.planning.naming import Titles

_MOST_FIELDS, _SHOWN = 4, 3
_MANY = 3
"""So many new things of a kind are told as one."""
_PLURALS = {
    event.KIND: "events",
    event.INSTANCE: "start times",
    member.KIND: "people",
    participation.KIND: "sign-ups",
    team.KIND: "teams",
    variant.KIND: "strategies",
    stint_plan.KIND: "stints",
}
_VERBS = {
    member.KIND: "added",
    participation.KIND: "signed up",
    event.KIND: "made the",
    team.KIND: "made the",
    variant.KIND: "made the",
}


def gist(
    ledger: Ledger,
    edits: Mapping[Entity, Sequence[Edit]],
    words: Mapping[Entity, Sequence[str]],
    titles: Titles,
) -> list[str]:
    """`edits` of one deed by what they are about, `words` for each of them: a sentence for each thing."""
    new = {entity for entity, own in edits.items() if _is_new(ledger, entity, own)}
    crowds = {kind: [one for one in new if one.kind == kind] for kind in {one.kind for one in new}}
    out: list[str] = []
    told: set[str] = set()
    for entity in sorted(edits, key=lambda one: one.kind != offer_reply.KIND):  # why comes first
        own = edits[entity]
        crowd = crowds.get(entity.kind, [])
        if entity in new and len(crowd) >= _MANY and entity.kind in _PLURALS:
            if entity.kind not in told:
                fields = sum(len(edits[one]) for one in crowd)
                out.append(f"made {len(crowd)} {_PLURALS[entity.kind]} ({fields} fields)")
                told.add(entity.kind)
        else:
            most = 0 if entity in new and len(new) >= _MANY else _MOST_FIELDS
            out.append(_sentence(entity, own, words[entity], titles, is_new=entity in new, most=most))
    return out


def _sentence(
    entity: Entity, edits: Sequence[Edit], words: Sequence[str], titles: Titles, *, is_new: bool, most: int
) -> str:
    title, count = titles.of(entity), len(words)
    reply = next((edit.value for edit in edits if edit.field == "reply"), None)
    if entity.kind == offer_reply.KIND and isinstance(reply, str):
        return f"{reply} the new plan: {title.removeprefix('offer ')}"
    if count <= most:
        return f"{title}: {', '.join(words)}"
    if is_new:
        return f"{_VERBS.get(entity.kind, 'made')} {title} ({count} fields)"
    return f"{title}: {', '.join(words[:_SHOWN])} and {count - _SHOWN} more"


def _is_new(ledger: Ledger, entity: Entity, edits: Sequence[Edit]) -> bool:
    """Nobody said anything of it before, and it was not deleted at once."""
    history = ledger.history(entity)
    stamps = {edit.stamp for edit in edits}
    return bool(history) and history[0].stamp in stamps and all(edit.field != DELETED for edit in edits)
