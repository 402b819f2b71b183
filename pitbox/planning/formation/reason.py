"""Why somebody is in no team, and which rules a team breaks: sentences for people."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations

from pitbox.model.participation import Part
from pitbox.model.span import Spans, common, joined, without
from pitbox.planning.formation.field import Field
from pitbox.planning.formation.noun import Unplaced
from pitbox.planning.formation.seating import Seating

_SHOWN_SPANS = 3
_ALONE = "Does not drive, and there is no team that this person could be with."


def faults_of(field: Field, drivers: Sequence[int], members: Sequence[int], race: int) -> tuple[str, ...]:
    """Hard rules that do not hold; a moment that nobody covers is told by the holes."""
    demand, names = field.demand, [one.name for one in field.candidates]
    out = [
        f"{names[a]} and {names[b]} do not want to be together."
        for a, b in combinations(members, 2)
        if field.apart[a, b]
    ]
    if drivers and len(drivers) < demand.least:
        out.append(f"It has {_drivers(len(drivers))}; at least {demand.least} are asked.")
    if len(drivers) > demand.most:
        out.append(f"It has {_drivers(len(drivers))}; at most {demand.most} are asked.")
    out += [
        f"{names[i]} is free for less than {demand.least_free_s / 3600:g} h of this race."
        for i in drivers
        if not field.can_race[i, race]
    ]
    return tuple(out)


def reasons_of(seating: Seating) -> tuple[Unplaced, ...]:
    """Everybody who is in no team, with what stands in the way."""
    field = seating.field
    seated = {i for team in seating.teams for i in team}
    left = [i for i in range(field.n) if i not in seated]
    bench = [i for i in left if field.is_driver[i] and field.can_race[i].any()]
    return tuple(
        Unplaced(field.candidates[i].key, field.candidates[i].name, _reason(seating, i, bench)) for i in left
    )


def _reason(seating: Seating, i: int, bench: list[int]) -> str:
    field, one = seating.field, seating.field.candidates[i]
    if not one.is_driver:
        in_reserve = Part.RESERVE in one.parts
        return "In reserve: steps in where somebody drops out." if in_reserve else _ALONE
    if not field.can_race[i].any():
        return f"Free for less than {field.demand.least_free_s / 3600:g} h of the race."
    standing = [team for team in seating.teams if any(field.is_driver[j] for j in team)]
    with_room = [team for team in standing if _count(field, team) < field.demand.most]
    if with_room and all(field.apart[i, list(team)].any() for team in with_room):
        return "In every team with room there is somebody with whom this person must not be."
    full = "" if with_room or not standing else f"All {len(standing)} teams are full. "
    if len(standing) == len(field.openings):
        return full.strip() or "No seat fits: with this person a team would break a rule."
    if len(bench) < field.demand.least:
        return f"{full}{len(bench)} left over; another team takes {field.demand.least}."
    return full + _uncovered(field, bench)


def _uncovered(field: Field, bench: list[int]) -> str:
    """What stands in the way of one more team of those who are left."""
    free = joined(span for i in bench for span in field.all_free(i))
    holes = min((without((race.span,), common((race.span,), free)) for race in field.demand.races), key=len)
    if holes and field.demand.must_cover:
        return f"Those left over make no further team: none of them is free {when(holes)}."
    return f"The {len(bench)} left over make no further team that keeps all rules."


def _count(field: Field, team: Sequence[int]) -> int:
    return sum(bool(field.is_driver[i]) for i in team)


def _drivers(count: int) -> str:
    return f"{count} driver{'' if count == 1 else 's'}"


def when(spans: Spans) -> str:
    """`Sat 02:00-04:00 UTC`, the first few of them."""
    shown = [
        f"{_clock(span.start_s, '%a %H:%M')}-{_clock(span.end_s, '%H:%M')}" for span in spans[:_SHOWN_SPANS]
    ]
    more = f" and {len(spans) - _SHOWN_SPANS} more" if len(spans) > _SHOWN_SPANS else ""
    return ", ".join(shown) + more + " UTC"


def _clock(utc_s: float, form: str) -> str:
    return datetime.fromtimestamp(utc_s, UTC).strftime(form)
