"""People who come along without driving: they spot, or engineer, and take no driver's seat."""

from pitbox.model.participation import Part
from pitbox.planning.formation.field import Field
from pitbox.planning.formation.seating import Seating
from pitbox.planning.formation.verdict import table

_OWN_WISH = 0.5
"""What it is worth to a spotter or engineer to be with whom they wish; a spotter's lack counts more."""


def of(field: Field) -> list[int]:
    """Who would be placed so: whoever does not drive and is not only in reserve."""
    helps = {Part.SPOTTER, Part.ENGINEER}
    return [i for i, one in enumerate(field.candidates) if not one.is_driver and helps & set(one.parts)]


def place(seating: Seating) -> None:
    """Each joins the team where it helps most; of several alike, the one that has the fewest with it."""
    field = seating.field
    waiting = [i for i in of(field) if i not in seating.all_fixed]
    # Spotters first: a team that lacks one gains most.
    for i in sorted(waiting, key=lambda i: (not field.spots[i], i)):
        standing = [
            team for team, people in enumerate(seating.teams) if any(field.is_driver[j] for j in people)
        ]
        races = dict(zip(standing, seating.verdict().race[standing], strict=True))
        able = [
            team
            for team in standing
            if not field.apart[i, list(seating.teams[team])].any() and _is_there(field, i, int(races[team]))
        ]
        if able:
            seating.put(best := _best(seating, i, able), (*seating.teams[best], i))


def _best(seating: Seating, i: int, able: list[int]) -> int:
    field = seating.field
    rows = table(field, [(*seating.teams[team], i) for team in able])
    gains = seating.judged(rows, able, spare=0).value - seating.value[able]
    own = [field.wish[i, list(seating.teams[team])].sum() * _OWN_WISH for team in able]
    with_it = [sum(not field.is_driver[j] for j in seating.teams[team]) for team in able]
    ranks = [(round(float(gains[at] + own[at]), 6), -with_it[at], -able[at]) for at in range(len(able))]
    return able[ranks.index(max(ranks))]


def _is_there(field: Field, i: int, race: int) -> bool:
    span = field.demand.races[race].span
    return any(free.start_s < span.end_s and free.end_s > span.start_s for free in field.all_free(i))
