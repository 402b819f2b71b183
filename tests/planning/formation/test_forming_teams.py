"""Teams keep the hard rules, everybody is accounted for, and what is called the best is the best."""

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from sign_up_people import HOURS, LATER, RACE, fields, hours, person, team_of

from pitbox.model.participation import Likings, Part
from pitbox.planning.formation.bound import bound
from pitbox.planning.formation.compatibility import compatibility
from pitbox.planning.formation.field import Field
from pitbox.planning.formation.former import Engine, Former
from pitbox.planning.formation.noun import CarChoice, Demand, Formation, Opening
from pitbox.planning.formation.sample import sample
from pitbox.planning.formation.seating import Seating
from pitbox.planning.formation.verdict import PLACED, table


def form(field: Field, engine: Engine = Engine.LOCAL, **wishes: object) -> Formation:
    return Former(field, engine, **wishes).form()


def best_by_trying_all(field: Field) -> float:
    """The greatest worth over all ways to make alike teams, by subsets: independent of every engine."""
    n, seating = field.n, Seating(field)
    sets = [subset for size in range(1, n + 1) for subset in combinations(range(n), size)]
    verdict = seating.judged(table(field, sets), [0] * len(sets))
    worth = {
        sum(1 << i for i in s): float(v)
        for s, v, o in zip(sets, verdict.value, verdict.offences, strict=True)
        if o == 0
    }
    best = np.zeros(1 << n)
    for _ in field.openings:
        after = best.copy()
        for mask, value in worth.items():
            rest = ((1 << n) - 1) ^ mask
            part = rest
            while True:
                after[mask | part] = max(after[mask | part], best[part] + value)
                if part == 0:
                    break
                part = (part - 1) & rest
        best = after
    return float(best.max())


def worth(field: Field, formation: Formation) -> float:
    return sum(one.drivers * (PLACED + one.score.total) for one in formation.lineups)


def check_hard_rules(field: Field, formation: Formation) -> None:
    demand = field.demand
    placed = {key for opening in demand.openings for key in opening.members}
    seated = [key for one in formation.lineups for key in one.members]
    left = [one.key for one in formation.unplaced]
    assert sorted([*seated, *left]) == sorted(one.key for one in field.candidates)
    assert all(one.reason for one in formation.unplaced)
    for opening in demand.openings:
        assert all(team_of(formation)[key] == opening.key for key in opening.members)
    for one in formation.lineups:
        if placed & set(one.members):
            continue  # what people do by hand stands, and is told
        assert not one.faults
        assert demand.least <= one.drivers <= demand.most
        assert not (demand.must_cover and one.holes)
        for a, b in combinations([field.index[key] for key in one.members], 2):
            assert not field.apart[a, b]
    for car in field.cars:
        assert sum(one.car == car.name for one in formation.lineups) <= car.most_teams
    assert formation.bound >= formation.score.total - 1e-9


@settings(max_examples=30)
@given(field=fields())
def test_everybody_is_in_one_team_or_named_and_hard_rules_hold(field: Field) -> None:
    for engine in (Engine.SNAKE, Engine.LOCAL):
        check_hard_rules(field, form(field, engine, limit_s=5.0))


@settings(max_examples=8)
@given(field=fields(most=9))
def test_hard_rules_hold_where_teams_are_put_together_anew(field: Field) -> None:
    check_hard_rules(field, form(field, Engine.CP_SAT, limit_s=5.0))


@settings(max_examples=40)
@given(field=fields())
def test_two_people_fit_alike_from_either_side_and_within_bounds(field: Field) -> None:
    for a, b in combinations(range(field.n), 2):
        one = compatibility(field, a, b)
        assert one == compatibility(field, b, a)
        for part in (one.total, one.overlap, one.car, one.skill, one.roles, one.wishes):
            assert 0.0 <= part <= 1.0 + 1e-9
        assert one.total == 0.0 or not one.is_apart


def test_the_parts_of_a_pair_are_those_of_the_formula() -> None:
    ada = person(
        "ada", hours(0, 4), strength=3000, cars=("A", "B"), likings=Likings(night=2), wanted=("ben",)
    )
    ben = person("ben", hours(2, 8), strength=1000, cars=("B",), parts=(Part.DRIVER, Part.SPOTTER))
    fit = compatibility(Field([ada, ben], Demand((RACE,))), 0, 1)
    assert fit.overlap == pytest.approx(2 / HOURS)
    assert fit.car == pytest.approx(0.8)
    assert fit.skill == pytest.approx(1.0)
    assert fit.roles == pytest.approx((1.0 + 0.5 + 0.5 + 1.0) / 4)
    assert fit.wishes == pytest.approx(0.75)
    weighed = 0.35 * fit.overlap + 0.2 * fit.car + 0.2 * fit.skill + 0.1 * fit.roles + 0.15 * fit.wishes
    assert fit.total == pytest.approx(weighed)


@pytest.mark.parametrize("seed", range(3))
def test_few_people_are_placed_as_well_as_trying_all_would(seed: int) -> None:
    people = [one for one, _ in sample(40, [RACE], seed=seed) if one.is_driver][:8]
    field = Field(people, Demand((RACE,), 2, 4, teams=3, must_cover=seed != 1))
    best = best_by_trying_all(field)
    exact = form(field, Engine.CP_SAT, limit_s=30.0)
    assert exact.engine == "exact"
    assert worth(field, exact) == pytest.approx(best, abs=1e-6)
    assert exact.gap == pytest.approx(0.0, abs=1e-6)
    assert worth(field, form(field, Engine.LOCAL)) <= best + 1e-6
    placed = sum(one.drivers for one in exact.lineups)
    assert bound(field, placed) >= exact.score.total - 1e-9


def test_each_engine_is_better_than_the_one_before_it_and_none_breaks_a_rule() -> None:
    field = Field([one for one, _ in sample(60, [RACE])], Demand((RACE,), 4, 6))
    told: list[Formation] = []
    found = [
        form(field, engine, limit_s=20.0, on_better=told.append if engine is Engine.LOCAL else None)
        for engine in (Engine.SNAKE, Engine.DRAFT, Engine.LOCAL)
    ]
    scores = [one.score.total for one in found]
    assert scores == sorted(scores)
    assert found[2].spread.deviation < found[0].spread.deviation
    for one in found:
        check_hard_rules(field, one)
    assert told
    assert [one.score.total for one in told] == sorted(one.score.total for one in told)


def test_a_seed_gives_the_same_teams_again() -> None:
    field = Field([one for one, _ in sample(30, [RACE])], Demand((RACE,), 4, 6))
    first, second = (form(field, Engine.LOCAL, seed=5, limit_s=30.0) for _ in range(2))
    assert team_of(first) == team_of(second)


def test_two_hundred_people_are_stopped_at_once_and_have_teams_all_the_same() -> None:
    field = Field([one for one, _ in sample(200, [RACE])], Demand((RACE,), 4, 6))
    asked: list[float] = []

    def is_stopped() -> bool:
        asked.append(time.monotonic())
        return len(asked) > 20

    formation = form(field, Engine.CP_SAT, limit_s=60.0, is_stopped=is_stopped)
    check_hard_rules(field, formation)
    assert len(formation.lineups) > 30
    assert len(asked) < 200


def test_a_hole_that_nobody_fills_keeps_a_team_from_standing_and_is_named() -> None:
    people = [person(key, hours(0, 3), hours(4, 8)) for key in ("ada", "ben", "cleo")]
    strict = form(Field(people, Demand((RACE,), 3, 3)), Engine.SNAKE)
    assert not strict.lineups
    assert "none of them is free" in strict.unplaced[0].reason
    loose = form(Field(people, Demand((RACE,), 3, 3, must_cover=False)), Engine.SNAKE)
    assert loose.lineups[0].holes == (hours(3, 4),)


def test_of_several_start_times_a_team_takes_the_one_that_suits_it() -> None:
    early = [person(f"e{number}", RACE.span) for number in range(2)]
    late = [person(f"l{number}", LATER.span) for number in range(2)]
    formation = form(Field([*early, *late], Demand((RACE, LATER), 2, 2)))
    assert {one.race: set(one.members) for one in formation.lineups} == {
        "race": {"e0", "e1"},
        "later": {"l0", "l1"},
    }


def test_cars_go_to_so_many_teams_as_there_are_of_them() -> None:
    people = [person(f"p{number}", cars=("A", "B")) for number in range(6)]
    cars = (CarChoice("A", most_teams=1), CarChoice("B", most_teams=2))
    formation = form(Field(people, Demand((RACE,), 2, 2, cars=cars)))
    assert sorted(one.car for one in formation.lineups) == ["A", "B", "B"]


def test_wishes_are_kept_and_spotters_go_where_one_is_lacking() -> None:
    people = [
        person("ada", wanted=("dario",)),
        person("ben", parts=(Part.DRIVER, Part.SPOTTER)),
        person("cleo", unwanted=("ben",)),
        person("dario"),
        person("elin", parts=(Part.SPOTTER,)),
        person("finn", parts=(Part.RESERVE,)),
    ]
    demand = Demand((RACE,), 2, 2, openings=(Opening("red", "Red", members=("ben",)),), teams=2)
    formation = form(Field(people, demand))
    teams = {frozenset(one.members[: one.drivers]) for one in formation.lineups}
    # Cleo must not be with Ben, who is placed: so whoever joins Ben, it is not Cleo.
    assert frozenset({"ada", "dario"}) not in teams
    assert team_of(formation)["elin"] != team_of(formation)["ben"]
    assert [one.key for one in formation.unplaced] == ["finn"]
    assert "reserve" in formation.unplaced[0].reason
