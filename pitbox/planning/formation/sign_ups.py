"""From the records of people and their participations to candidates."""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median, pstdev

from pitbox.model.member import Member
from pitbox.model.participation import Participation, Step
from pitbox.model.span import Spans, joined, without
from pitbox.planning.formation.noun import Candidate, Race

FreeOf = Callable[[Participation], tuple[Spans, Spans]]

_LEAST_PAIRS = 3
"""People with a rating and an expected pace, for the pace to stand for a rating."""


def candidates_of(
    members: Mapping[str, Member],
    participations: Sequence[Participation],
    races: Sequence[Race],
    free_of: FreeOf,
) -> list[Candidate]:
    """Whoever has not withdrawn. Who said nothing of free time may be there the whole race: only maybe.

    `free_of` gives the sure and the possible free time of a participation, on UTC.
    """
    here = [one for one in participations if one.step is not Step.WITHDRAWN and one.member in members]
    strengths = _strengths(here, members)
    out = []
    for one in here:
        free, maybe = free_of(one)
        if not one.free:
            maybe = joined(race.span for race in races)
        strength, source = strengths[one.member]
        out.append(
            Candidate(
                key=one.member,
                name=members[one.member].name,
                strength=strength,
                strength_from=source,
                free=joined(free),
                maybe=without(joined(maybe), joined(free)),
                cars=one.cars,
                parts=one.parts,
                likings=one.likings,
                wanted=one.wanted,
                unwanted=one.unwanted,
            )
        )
    return out


def _strengths(here: Sequence[Participation], members: Mapping[str, Member]) -> dict[str, tuple[float, str]]:
    """In points of rating. Of who has none, the pace speaks where it can be set beside others' ratings."""
    ratings = {
        one.member: float(rating) for one in here if (rating := members[one.member].rating) is not None
    }
    paces = {one.member: one.lap_s for one in here if one.lap_s is not None}
    both = [key for key in ratings if key in paces]
    middle = median(ratings.values()) if ratings else 0.0
    per_s = 0.0
    mean_lap_s, mean_rating = 0.0, middle
    if len(both) >= _LEAST_PAIRS or (paces and not ratings):
        known = [paces[key] for key in both] or list(paces.values())
        rated = [ratings[key] for key in both] or [0.0]
        mean_lap_s, mean_rating = fmean(known), fmean(rated)
        deviation_s = pstdev(known)
        # Without any rating the strength is a tenth of a second's worth of pace: only differences count.
        per_s = -10.0 if not both else -(pstdev(rated) / deviation_s if deviation_s > 0 else 0.0)
    out: dict[str, tuple[float, str]] = {}
    for one in here:
        if one.member in ratings:
            out[one.member] = ratings[one.member], "rating"
        elif one.member in paces and per_s:
            out[one.member] = mean_rating + per_s * (paces[one.member] - mean_lap_s), "pace"
        else:
            out[one.member] = middle, "middle"
    return out
