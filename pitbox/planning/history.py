"""What people did to a plan, deed by deed, and how it is taken back. A deed is what one press wrote.

Edits that one author wrote at one moment of one clock are a deed. That one is taken back is an edit too, so
it can be taken back itself.
"""

from collections.abc import Iterable, Sequence

import msgspec

from pitbox.model import event, offer_reply, participation, stint_plan, team, variant
from pitbox.model.edit import Draft, Edit, Entity, Value
from pitbox.model.errors import EditError
from pitbox.model.ids import DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.person import name_of
from pitbox.planning.gist import gist
from pitbox.planning.naming import HIDDEN, Titles, deed_words, title_of

KIND = "deed"
_UNDONE = "undone"


class Deed(msgspec.Struct, frozen=True):
    key: str
    """Names it on every machine: `31.9f2c41d0`."""
    author: DeviceId
    edits: tuple[Edit, ...]

    @property
    def wall_s(self) -> float:
        """The author's clock; it orders nothing."""
        return self.edits[0].wall_s

    @property
    def is_undo(self) -> bool:
        """It takes another one back."""
        return any(edit.entity.kind == KIND and edit.value is True for edit in self.edits)


class Line(msgspec.Struct, frozen=True):
    """A deed as people read it."""

    key: str
    wall_s: float
    who: str
    what: tuple[str, ...]
    """A sentence for each thing: `stint 3: driver Ada → Kai`, `made event Spa 24 h (12 fields)`."""
    is_undone: bool = False
    is_undo: bool = False
    """It takes another one back."""
    details: tuple[str, ...] = ()
    """The same with every field; empty where `what` says it all."""


def deeds(ledger: Ledger) -> tuple[Deed, ...]:
    """In the order of their stamps."""
    runs: dict[tuple[DeviceId, int, float], list[Edit]] = {}
    for edit in ledger.history():
        if edit.entity.kind not in HIDDEN:
            runs.setdefault((edit.author, edit.stamp.epoch, edit.wall_s), []).append(edit)
    found = (Deed(_key(edits[0]), edits[0].author, tuple(edits)) for edits in runs.values())
    return tuple(sorted(found, key=lambda deed: deed.edits[0].stamp))


def key_of(edits: Sequence[Edit]) -> str:
    """Of the deed that was written so."""
    return _key(next(edit for edit in edits if edit.entity.kind not in HIDDEN))


def deed_of(ledger: Ledger, key: str) -> Deed:
    """Raises EditError where nobody did such a thing."""
    found = [deed for deed in deeds(ledger) if deed.key == key]
    if not found:
        raise EditError(f"There is no deed {key!r:.40} in the history.")
    return found[0]


def last_of(ledger: Ledger, author: DeviceId) -> Deed:
    """The author's last deed that stands; raises EditError where there is none."""
    for deed in reversed(deeds(ledger)):
        if deed.author == author and not deed.is_undo and not is_undone(ledger, deed):
            return deed
    raise EditError("There is nothing of yours to undo.")


def is_undone(ledger: Ledger, deed: Deed) -> bool:
    return ledger.value(Entity(KIND, deed.key), _UNDONE) is True


def undo_drafts(ledger: Ledger, deed: Deed) -> list[Draft]:
    """All of it or nothing; raises EditError, with who edited since, where it cannot be taken back."""
    if is_undone(ledger, deed):
        raise EditError("That is undone already.")
    drafts = [Draft(Entity(KIND, deed.key), _UNDONE, True)]
    for edit in reversed(deed.edits):
        now = ledger.field(edit.entity, edit.field)
        if now is not None and now.edit.author != deed.author and now.edit.stamp != edit.stamp:
            what = title_of(ledger, edit.entity)
            raise EditError(
                f"{name_of(ledger, now.edit.author)} has edited {what} since: edit it again instead."
            )
        drafts.append(ledger.undo(edit))
    return drafts


def sentences(ledger: Ledger, deed: Deed) -> str:
    """What was done, in one line."""
    return "; ".join(_told(ledger, deed.edits, Titles(ledger))[0])


def history_lines(ledger: Ledger, about: Entity | str | None = None, most: int = 200) -> tuple[Line, ...]:
    """The newest first: of one thing, of a team by its key with all that belongs to it, or of everything."""
    wanted = _concerned(ledger, about) if isinstance(about, str) else None if about is None else {about}
    all_deeds = deeds(ledger)
    lines: list[Line] = []
    titles = Titles(ledger)
    for deed in reversed(all_deeds):
        own = [edit for edit in deed.edits if wanted is None or edit.entity in wanted]
        if own and len(lines) < most:
            who = name_of(ledger, deed.author)
            what, details = _told(ledger, own, titles)
            state = is_undone(ledger, deed), deed.is_undo
            lines.append(Line(deed.key, deed.wall_s, who, what, *state, details))
    return tuple(lines)


def team_entities(ledger: Ledger, key: str) -> set[Entity]:
    """A team and all that belongs to it now, what was deleted too: strategies, stints, who is in it."""
    return _concerned(ledger, key)


def before_of(ledger: Ledger, edit: Edit) -> Value:
    """What the editor saw in the field."""
    seen = set(edit.seen)
    known = [one for one in ledger.history(edit.entity) if one.stamp in seen and one.field == edit.field]
    return known[-1].value if known else None


def _key(edit: Edit) -> str:
    return f"{edit.stamp.lamport}.{edit.author[:8]}"


def _told(ledger: Ledger, edits: Iterable[Edit], titles: Titles) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """In short, and with every field where that is more."""
    by_thing: dict[Entity, list[Edit]] = {}
    for edit in edits:
        if edit.entity.kind == KIND:
            continue
        by_thing.setdefault(edit.entity, []).append(edit)
    words = {
        entity: [deed_words(ledger, edit.field, before_of(ledger, edit), edit.value) for edit in own]
        for entity, own in by_thing.items()
    }
    every = tuple(f"{titles.of(entity)}: {', '.join(own)}" for entity, own in words.items())
    short = tuple(gist(ledger, by_thing, words, titles))
    return short, () if short == every else every


def _concerned(ledger: Ledger, key: str) -> set[Entity]:
    entities = {team.FORM.entity(key)}
    strategies = [
        one for one in ledger.entities(variant.KIND, is_deleted_too=True) if ledger.value(one, "team") == key
    ]
    names = {one.key for one in strategies}
    rows = [
        one
        for kind in (stint_plan.KIND, offer_reply.KIND)
        for one in ledger.entities(kind, is_deleted_too=True)
        if ledger.value(one, "variant") in names
    ]
    people = [
        one
        for one in ledger.entities(participation.KIND, is_deleted_too=True)
        if any(edit.field == "team" and edit.value == key for edit in ledger.history(one))
    ]
    of = ledger.value(team.FORM.entity(key), "event")
    entities |= {event.FORM.entity(of)} if isinstance(of, str) else set()
    return entities | {*strategies, *rows, *people}
