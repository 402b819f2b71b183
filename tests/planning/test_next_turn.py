"""When somebody drives next, in the words of the small window."""

import pytest

from pitbox.model.plan_offer import PlanNow
from pitbox.model.relay import Leg, Relay, Seat
from pitbox.planning.next_turn import next_turn, turn_words

HOUR_S = 3600.0
GREEN_S = 1_782_568_800.0
"""14:00 UTC."""
LEGS = tuple(
    Leg(
        f"s{number}",
        driver,
        number * HOUR_S,
        (number + 1) * HOUR_S,
        fuel_l=52.0,
        is_new_tyres=number % 2 == 0,
    )
    for number, driver in enumerate(("ada", "ada", "kai", "kai", "ada"))
)
SEATS = (Seat("ada", "Ada"), Seat("kai", "Kai"))


def plan(green_utc_s: float | None = GREEN_S) -> PlanNow:
    return PlanNow("e", "t", "v", Relay(5 * HOUR_S, SEATS, start_utc_s=green_utc_s), LEGS, (), (), ())


@pytest.mark.parametrize(
    ("who", "at_h", "words"),
    [
        ("ada", -0.25, "in 15 min, at 14:00, 52 l, new tyres, at the start"),
        ("ada", 0.5, "now, until 16:00 (in 90 min)"),
        ("kai", 0.5, "in 90 min, at 16:00, 52 l, new tyres, after Ada"),
        ("ada", 2.5, "in 90 min, at 18:00, 52 l, new tyres, after Kai"),
    ],
)
def test_words_of_the_next_turn(who: str, at_h: float, words: str) -> None:
    now_s = GREEN_S + at_h * HOUR_S
    turn = next_turn(plan(), {who}, now_s)
    assert turn is not None
    assert turn_words(turn, now_s) == words


def test_nothing_is_said_that_nobody_knows() -> None:
    assert next_turn(plan(None), {"ada"}, GREEN_S) is None
    assert next_turn(plan(), {"lea"}, GREEN_S) is None
    assert next_turn(plan(), {"kai"}, GREEN_S + 4.5 * HOUR_S) is None
