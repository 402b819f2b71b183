"""Places of our plan: races beside a learned model, differences of plans from races alone."""

import msgspec
import pytest
from decision_ground import RACES
from proving import played

from pitbox.strategy.briefing import Case
from pitbox.strategy.decision.finish_blend import best_place, blended
from pitbox.strategy.decision.strategist import Strategist
from pitbox.strategy.forecast import forecast
from pitbox.strategy.pace import FinishCall


def test_races_count_for_half_and_without_fuel_stops_for_a_quarter():
    learned = FinishCall((0.4, 0.4, 0.2), "")
    assert blended((0.8, 0.2), learned) == pytest.approx((0.6, 0.3, 0.1))
    assert blended((0.8, 0.2), learned, is_refuelled=False) == pytest.approx((0.5, 0.35, 0.15))
    assert blended((0.8, 0.2), FinishCall((2.0, 0.0), "")) == pytest.approx((0.9, 0.1))


@pytest.mark.parametrize("learned", [None, FinishCall((), ""), FinishCall((0.0, 0.0), "")])
def test_where_no_model_speaks_the_races_do(learned):
    assert blended((0.8, 0.2), learned) == (0.8, 0.2)


def test_the_place_that_is_more_likely_than_not():
    assert best_place((0.3, 0.3, 0.4)) == pytest.approx((0.6, 2))
    assert best_place(()) == (0.0, 1)


def test_cards_tell_the_blend_and_the_ranking_does_not_hear_of_it():
    race = played(17)
    now_s = race.green_s + 0.7 * race.race_s
    told = race.story_at(now_s).at(now_s)
    learned = msgspec.structs.replace(told.learned, finish=FinishCall((0.0, 0.0, 1.0), "whole"))
    answers = []
    for moment in (told, msgspec.structs.replace(told, learned=learned)):
        *_, answer = Strategist(engine="numpy").answers(moment, forecast(moment, Case()), races=RACES)
        answers.append(answer)
    plain, other = answers
    assert plain.finish == plain.rated[0].prospect.class_positions
    assert other.finish[2] >= 0.5
    assert sum(other.finish) == pytest.approx(1.0)
    assert other.rated == plain.rated
    assert other.calls[0].chance_words.endswith("P3")
    assert not plain.calls[0].chance_words.endswith("P3")
    assert any("learned" in words for words in other.assumptions)
