"""Somebody is put elsewhere by hand: judged anew at once, with what it changed."""

import msgspec

from pitbox.model.errors import EditError
from pitbox.planning.formation.field import Field
from pitbox.planning.formation.noun import Formation, Lineup
from pitbox.planning.formation.outcome import gathered, lineup
from pitbox.planning.formation.seating import Seating
from pitbox.planning.formation.verdict import table


def seating_of(field: Field, formation: Formation) -> Seating:
    """Who sits where, and in which car, as the formation has it."""
    number = {opening.key: at for at, opening in enumerate(field.openings)}
    teams: list[tuple[int, ...]] = [() for _ in field.openings]
    cars = {car.name: at for at, car in enumerate(field.cars)}
    chosen = [0] * len(teams)
    for one in formation.lineups:
        teams[number[one.key]] = tuple(field.index[key] for key in one.members)
        chosen[number[one.key]] = cars[one.car]
    return Seating.seated(field, teams, chosen)


def moved(field: Field, formation: Formation, member: str, team: str) -> Formation:
    """The same people with one of them in that team, or in none where it is empty; raises EditError.

    Only the teams that gain or lose somebody are judged. Rules may break: the teams' faults say which.
    """
    if member not in field.index:
        raise EditError(f"Nobody of those who signed up is {member!r}.")
    keys = [opening.key for opening in field.openings]
    if team and team not in keys:
        raise EditError(f"There is no team {team!r}.")
    i, seating = field.index[member], seating_of(field, formation)
    origin = next((at for at, people in enumerate(seating.teams) if i in people), None)
    target = keys.index(team) if team else None
    if origin == target:
        return formation
    changed = [at for at in (origin, target) if at is not None]
    if origin is not None:
        seating.teams[origin] = tuple(j for j in seating.teams[origin] if j != i)
    if target is not None:
        seating.teams[target] = (*seating.teams[target], i)
    seating.refresh(changed)
    return _told(field, formation, seating, changed)


def _told(field: Field, before: Formation, seating: Seating, changed: list[int]) -> Formation:
    rows = table(field, [seating.teams[at] for at in changed])
    verdict = seating.judged(rows, changed, spare=0)
    old = {one.key: one for one in before.lineups}
    lineups: list[Lineup] = []
    for at, opening in enumerate(field.openings):
        if at not in changed:
            lineups += [msgspec.structs.replace(old[opening.key], change=None)] if opening.key in old else []
        elif seating.teams[at]:
            fresh = lineup(field, at, seating.teams[at], verdict, changed.index(at))
            was = old.get(opening.key)
            change = None if was is None else fresh.score.minus(was.score)
            lineups.append(msgspec.structs.replace(fresh, change=change))
    after = gathered(seating, tuple(lineups), "by hand", seed=before.seed)
    return msgspec.structs.replace(after, change=after.score.minus(before.score))
