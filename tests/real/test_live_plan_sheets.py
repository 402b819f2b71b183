"""Plans of real cars, made before their races: what happened is told by them, what it breaks is mended."""

import pytest
from made_once import MadeOnce

from pitbox.cli.plan_trial import tried_plans


@pytest.fixture(scope="module")
def trials(real_data, made_once: MadeOnce):
    folder = real_data / "endurance"
    found = sorted([*folder.glob("*-laps.csv"), *folder.glob("*h.csv")], key=lambda path: path.stat().st_size)
    if not found:
        pytest.skip("no timing sheets here")
    return made_once.value(
        "real-plan-trials",
        lambda: [trial for path in found[:3] for trial in tried_plans(path, 7, is_asked=False)[1]],
    )


@pytest.mark.slow
def test_every_stint_and_swap_is_recognised(trials):
    stints = sum(trial.stints for trial in trials)
    swaps = sum(trial.swaps for trial in trials)
    assert len(trials) >= 20
    assert stints >= 100
    assert sum(trial.found for trial in trials) >= 0.98 * stints
    assert sum(trial.swaps_found for trial in trials) >= 0.98 * swaps


@pytest.mark.slow
def test_most_of_what_was_driven_is_some_row_of_the_plan(trials):
    assert sum(trial.adherence.in_plan for trial in trials) >= 0.8 * len(trials)
    assert all(trial.adherence.by_row >= trial.adherence.by_clock - 0.15 for trial in trials)


@pytest.mark.slow
def test_a_broken_plan_is_mended_wherever_it_can_be(trials):
    asked = sum(trial.mends for trial in trials)
    assert asked >= 3
    assert all(trial.valid + trial.impossible == trial.mends for trial in trials)
