"""Caution rates: shrunk, by world, by rule; judged on seasons that were not seen."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitbox.predict.caution import (
    LOCAL,
    OFF,
    CautionModel,
    CautionQuestion,
    CautionRace,
    fit_cautions,
    questions_of,
)
from pitbox.predict.caution_race import caution_race
from pitbox.predict.trial.calibration import calibration_error, log_loss


def made(
    seed: int, world: str = "w", circuit: str = "Ring", first: float = 0.3, rate: float = 0.02
) -> CautionRace:
    random_ = random.Random(seed)
    slow: list[bool] = []
    while len(slow) < 50:
        chance = first if not slow else rate
        slow += [True] * 4 if random_.random() < chance else [False]
    return CautionRace(world, "s", circuit, 20, tuple(slow[:50]))


def test_the_first_lap_has_its_peak_and_the_rest_its_rate() -> None:
    model = fit_cautions(made(seed) for seed in range(120))
    first, later = (model.chance(CautionQuestion("w", "s", "Ring", lap, 20)) for lap in (1, 30))
    assert first is not None
    assert later is not None
    assert first == pytest.approx(0.3, abs=0.1)
    assert later == pytest.approx(0.02, abs=0.008)


def test_a_circuit_moves_the_rate_only_when_it_has_shown_it() -> None:
    quiet = [made(seed, circuit=f"c{seed % 8}") for seed in range(80)]
    wild = [made(1000 + seed, circuit="wild", first=0.9, rate=0.12) for seed in range(12)]
    asked = CautionQuestion("w", "s", "wild", 30, 20)
    unseen = CautionQuestion("w", "s", "new", 30, 20)
    one, many = fit_cautions(quiet + wild[:1]), fit_cautions(quiet + wild)
    chances = [one.chance(asked), many.chance(asked)]
    assert chances[0] is not None
    assert chances[1] is not None
    assert 0.01 < chances[0] < chances[1]
    assert chances[1] > 0.05
    told = many.chance(unseen)
    assert told is not None
    assert told < 0.05


def test_no_world_speaks_for_another() -> None:
    """Nor does what is added of one world move what is said of another, by a bit."""
    ours = [made(seed, "sim") for seed in range(10)]
    theirs = [made(seed, "sheet", rate=0.2) for seed in range(40)]
    asked = CautionQuestion("sim", "s", "Ring", 12, 20)
    assert fit_cautions(ours).chance(asked) == fit_cautions(ours + theirs).chance(asked)
    assert fit_cautions(theirs).chance(asked) is None
    assert fit_cautions(theirs).length(asked) is None
    assert not fit_cautions(theirs).knows("sim")


@pytest.mark.parametrize("rules", [OFF, LOCAL])
def test_rules_that_leave_no_full_course_caution_leave_no_chance(rules: str) -> None:
    model = fit_cautions(made(seed) for seed in range(5))
    asked = CautionQuestion("w", "s", "Ring", 1, 20, rules)
    assert model.chance(asked) == 0.0
    assert model.within(asked, 20) == 0.0
    assert model.length(asked) is None


@given(st.lists(st.lists(st.booleans(), max_size=60), max_size=6), st.integers(1, 80), st.integers(0, 70))
def test_any_races_give_chances(laps: list[list[bool]], lap: int, cars: int) -> None:
    """Empty, one lap, all under caution: always a chance, more of it over more laps."""
    model = fit_cautions(CautionRace("w", "", "c", cars, tuple(slow)) for slow in laps)
    asked = CautionQuestion("w", "", "c", lap, cars)
    if not any(laps):
        assert model == CautionModel({})
        assert model.chance(asked) is None
        return
    one, ten, length = model.chance(asked), model.within(asked, 10), model.length(asked)
    assert one is not None
    assert ten is not None
    assert length is not None
    assert 0.0 < one <= ten <= 1.0
    assert 0.5 < length.laps < 61.0
    assert model.within(asked, 0) == 0.0


def test_only_laps_after_green_are_asked() -> None:
    race = CautionRace("w", "", "c", 2, (False, True, True, False, True))
    assert [(question.lap, began) for question, began in questions_of(race)] == [
        (1, False),
        (2, True),
        (5, True),
    ]


def test_scores_of_chances() -> None:
    assert calibration_error([], []) == log_loss([], []) == 0.0
    assert calibration_error([0.5] * 100, [True, False] * 50) == 0.0
    assert calibration_error([0.9] * 100, [False] * 100) == pytest.approx(0.9)
    assert log_loss([0.5, 0.5], [True, False]) == pytest.approx(0.6931, abs=1e-4)


def test_a_race_is_read_by_its_first_car() -> None:
    from made_race import made_race  # beside this file

    rows = made_race(3, cars=3, laps=20)
    told = caution_race(rows, "w")
    assert (told.is_slow, told.cars, told.circuit) == ((False,) * 20, 3, "Ring")
    assert caution_race([], "w").is_slow == ()
