"""Teams by turns, as captains pick in a school yard: at once, and never the best there is."""

from pitbox.planning.formation.field import Field
from pitbox.planning.formation.seating import Seating
from pitbox.planning.formation.verdict import table


def snake(field: Field) -> Seating:
    """Forth and back over the teams; each takes, of the strongest left, who covers most of its holes."""
    seating = Seating(field)
    bits = [_cells(field, i) for i in range(field.n)]
    teams = [list(team) for team in seating.teams]
    covered = [_union(bits, team) for team in teams]
    waiting = sorted(
        (i for i in field.drivers if i not in seating.all_fixed and field.can_race[i].any()),
        key=lambda i: (-field.strength[i], i),
    )
    for turn in range(field.demand.most):
        order = range(len(teams)) if turn % 2 == 0 else range(len(teams) - 1, -1, -1)
        for team in order:
            if sum(bool(field.is_driver[i]) for i in teams[team]) > turn:
                continue
            tier = [i for i in waiting[: len(teams)] if not field.apart[i, teams[team]].any()]
            if tier:
                pick = max(tier, key=lambda i: (bits[i] & ~covered[team]).bit_count())
                waiting.remove(pick)
                teams[team].append(pick)
                covered[team] |= bits[pick]
    return Seating(field, teams)


def draft(field: Field) -> Seating:
    """As the snake, and each takes, of all that are left, who adds most to what the team is worth."""
    seating = Seating(field)
    teams = [list(team) for team in seating.teams]
    waiting = [i for i in field.drivers if i not in seating.all_fixed and field.can_race[i].any()]
    for turn in range(field.demand.most):
        order = range(len(teams)) if turn % 2 == 0 else range(len(teams) - 1, -1, -1)
        for team in order:
            able = [i for i in waiting if not field.apart[i, teams[team]].any()]
            if not able or sum(bool(field.is_driver[i]) for i in teams[team]) > turn:
                continue
            verdict = seating.judged(table(field, [(*teams[team], i) for i in able]), [team] * len(able))
            teams[team].append(pick := able[int(verdict.value.argmax())])
            waiting.remove(pick)
    return Seating(field, teams)


def _cells(field: Field, i: int) -> int:
    """When somebody is free, in all start times one after the other."""
    out = 0
    for bits in field.some:
        for word in bits[i]:
            out = out << 64 | int(word)
    return out


def _union(bits: list[int], members: list[int]) -> int:
    out = 0
    for i in members:
        out |= bits[i]
    return out
