"""People and demands for the tests of forming teams: by hand, and by Hypothesis."""

from hypothesis import strategies as st

from pitbox.model.participation import Likings, Part
from pitbox.model.span import Span, joined, without
from pitbox.planning.formation.field import Field
from pitbox.planning.formation.noun import Candidate, CarChoice, Demand, Formation, Opening, Race

START_S = 1_774_706_400.0
HOUR_S = 3600.0
HOURS = 8
RACE = Race("race", Span(START_S, START_S + HOURS * HOUR_S))
LATER = Race("later", Span(START_S + 4 * HOUR_S, START_S + (4 + HOURS) * HOUR_S))


def hours(begin: float, end: float) -> Span:
    return Span(START_S + begin * HOUR_S, START_S + end * HOUR_S)


def person(key: str, *free: Span, strength: float = 2000.0, **said: object) -> Candidate:
    return Candidate(key=key, name=key.title(), strength=strength, free=joined(free or [RACE.span]), **said)


def team_of(formation: Formation) -> dict[str, str]:
    return {key: one.key for one in formation.lineups for key in one.members}


@st.composite
def candidates(draw: st.DrawFn, most: int = 11) -> list[Candidate]:
    keys = [f"p{number}" for number in range(draw(st.integers(1, most)))]
    out = []
    for key in keys:
        times = draw(st.lists(st.tuples(st.integers(-3, 11), st.integers(1, 12)), max_size=3))
        free = joined(hours(begin, begin + length) for begin, length in times[:2])
        maybe = joined(hours(begin, begin + length) for begin, length in times[2:])
        others = st.lists(st.sampled_from(keys), max_size=2, unique=True)
        likings = Likings(*(draw(st.integers(-2, 2)) for _ in range(3)))
        roles = st.sampled_from(
            [(Part.DRIVER,), (Part.DRIVER, Part.SPOTTER), (Part.SPOTTER,), (Part.RESERVE,)]
        )
        out.append(
            Candidate(
                key,
                key.upper(),
                draw(st.integers(500, 6000)) * 1.0,
                free=free,
                maybe=without(maybe, free),
                cars=tuple(draw(st.lists(st.sampled_from("ABC"), max_size=2, unique=True))),
                parts=draw(roles) if draw(st.booleans()) else (Part.DRIVER,),
                likings=likings,
                wanted=tuple(draw(others)),
                unwanted=tuple(draw(others)) if draw(st.integers(0, 2)) == 0 else (),
            )
        )
    return out


@st.composite
def fields(draw: st.DrawFn, most: int = 11) -> Field:
    people = draw(candidates(most))
    least = draw(st.integers(1, 3))
    cars = (CarChoice("A", most_teams=draw(st.integers(1, 3))), CarChoice("B", most_teams=2))
    placed = draw(st.lists(st.sampled_from([one.key for one in people]), max_size=2, unique=True))
    demand = Demand(
        (RACE, LATER)[: draw(st.integers(1, 2))],
        least,
        least + draw(st.integers(0, 2)),
        teams=draw(st.one_of(st.none(), st.integers(1, 4))),
        cars=cars if draw(st.booleans()) else (),
        spotters=draw(st.integers(0, 2)),
        openings=(Opening("ours", "Ours", members=tuple(placed)),) if placed and draw(st.booleans()) else (),
        must_cover=draw(st.booleans()),
    )
    return Field(people, demand)
