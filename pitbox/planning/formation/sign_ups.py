"""From the records of people and their participations to candidates."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median, pstdev

from pitbox.model.availability import availability
from pitbox.model.member import Member
from pitbox.model.participation import Participation, Step
from pitbox.model.span import joined
from pitbox.planning.formation.noun import Candidate, Race

_LEAST_PAIRS = 3
"""People with a rating and an expected pace, for the pace to stand for a rating."""
_POINTS_PER_S = 100.0
"""Where nobody has a rating; only differences count."""


def candidates_of(
    members: Mapping[str, Member],
    participations: Sequence[Participation],
    races: Sequence[Race],
) -> list[Candidate]:
    """Whoever has not withdrawn. Who said nothing of free time may be there the whole race: only maybe."""
    here = [one for one in participations if one.step is not Step.WITHDRAWN and one.member in members]
    strengths = _strengths(here, members)
    out = []
    for one in here:
        said = availability(one.free)
        maybe = said.maybe if one.free else joined(race.span for race in races)
        strength, source = strengths[one.member]
        out.append(
            Candidate(
                key=one.member,
                name=members[one.member].name,
                strength=strength,
                strength_from=source,
                free=said.sure,
                maybe=maybe,
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
    middle = median(ratings.values()) if ratings else 0.0
    scale = _scale(ratings, paces)
    out: dict[str, tuple[float, str]] = {}
    for one in here:
        if one.member in ratings:
            out[one.member] = ratings[one.member], "rating"
        elif one.member in paces and scale is not None:
            points, lap_s, per_s = scale
            out[one.member] = points + per_s * (paces[one.member] - lap_s), "pace"
        else:
            out[one.member] = middle, "middle"
    return out


def _scale(ratings: Mapping[str, float], paces: Mapping[str, float]) -> tuple[float, float, float] | None:
    """(rating, lap) of the middle of those who have both, and points for a second; None: too few."""
    both = [key for key in ratings if key in paces]
    if not ratings and paces:
        return 0.0, fmean(paces.values()), -_POINTS_PER_S
    if len(both) < _LEAST_PAIRS or (apart_s := pstdev(paces[key] for key in both)) <= 0:
        return None
    points = pstdev(ratings[key] for key in both)
    return fmean(ratings[key] for key in both), fmean(paces[key] for key in both), -points / apart_s
