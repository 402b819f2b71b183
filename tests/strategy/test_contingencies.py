"""Cards of what may happen: each gain is against the plan, in the same races under the same event."""

import pytest
from decision_ground import RACES
from msgspec.structs import replace
from proving import played

from pitbox.strategy.briefing import Case
from pitbox.strategy.decision.contingency import contingencies
from pitbox.strategy.decision.gain import Gain, cost_words, gain_words
from pitbox.strategy.decision.heat import gain
from pitbox.strategy.decision.our_race import Assumed, OurRace
from pitbox.strategy.decision.rule import broken
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.decision.splash import splash
from pitbox.strategy.decision.strategist import Strategist
from pitbox.strategy.forecast import forecast

SEED = 17


def ground_at(share, seed=SEED, rules=None):
    race = played(seed)
    now_s = race.green_s + share * race.race_s
    moment = race.story_at(now_s).at(now_s)
    strategist = Strategist(rules=rules, engine="numpy")
    *_, answer = strategist.answers(moment, forecast(moment, Case()), races=RACES)
    return strategist._ground, answer


@pytest.fixture(scope="module", params=[0.12, 0.5, 0.7, 0.88], ids=["early", "middle", "late", "over"])
def told(request):
    return ground_at(request.param)


def test_a_card_leaves_the_plan_for_a_sure_gain_only(told):
    ground, answer = told
    assert {"caution", "rain", "lost"} <= {card.kind for card in answer.contingencies}
    for card in answer.contingencies:
        if card.kind == "splash":
            continue
        chosen = card.rated.choice.stops
        if card.against_staying is None:
            assert chosen == ground.pick.choice.stops
            assert " against " not in card.words or card.words.startswith("Box as planned")
        else:
            assert chosen != ground.pick.choice.stops
            assert card.against_staying.mean < 0.05
            assert ": +" in card.words


def test_a_gain_is_against_the_plan_in_the_same_event(told):
    ground, answer = told
    given = {
        "caution": ground.slowed(0.0, ground.situation.first_lap),
        "rain": Assumed(rain_in_s=600.0),
        "lost": Assumed(lose_s=20.0),
    }
    for card in answer.contingencies:
        if card.kind in given and card.against_staying is not None:
            known = ground.heat._runners
            best = next(
                one
                for (_, event), one in known.items()
                if event == given[card.kind] and one.choice.stops == card.rated.choice.stops
            )
            held = ground.heat.run(ground.pick.choice, best.races, given[card.kind])
            assert gain(best, held).places == pytest.approx(-card.against_staying.mean)


def test_lost_time_costs_and_the_card_says_what(told):
    _, answer = told
    (lost,) = [card for card in answer.contingencies if card.kind == "lost"]
    assert "costs" in lost.words or lost.against_staying is not None
    assert lost.rated.prospect.mean_class_position > answer.rated[0].prospect.mean_class_position


def test_under_a_caution_nobody_makes_a_stop_that_slow_laps_have_spared():
    """Most of a lap short of the flag: slow laps make up for it, and the stop of the plan falls away."""
    ground, _ = ground_at(0.8)
    pick, here = ground.pick.choice, ground.situation
    assert len(pick.stops) == 1
    nearly_l = (here.planned_lap - here.laps - 0.7) * here.use_l
    nearly = ground.heat.beside(OurRace(ground.heat.race.around, replace(here, fuel_l=nearly_l)))
    planned = nearly.run(pick, 2 * RACES, Assumed(caution_in_s=0.0, is_as_planned=True))
    by_tank = nearly.run(pick, 2 * RACES, ground.slowed(0.0, here.first_lap))
    own = ground.heat.race.around.own
    assert by_tank.told.stops[own].mean() < planned.told.stops[own].mean() - 0.3
    assert gain(by_tank, planned).seconds > 5.0
    assert by_tank.dry_share() == 0.0


def test_stops_that_a_rule_demands_come_as_planned_under_a_caution_too():
    ground, _ = ground_at(0.5, rules=Rules(least_stops=2))
    assert ground.slowed(0.0, ground.situation.first_lap).is_as_planned


def test_who_is_short_of_fuel_hears_of_the_least_evil():
    said = 0
    for share in (0.12, 0.5, 0.7):
        ground, _ = ground_at(share)
        card = splash(ground, RACES)
        if card is None:
            continue
        said += 1
        here = ground.situation
        short = replace(here, fuel_l=here.fuel_l - 1.5 * here.use_l)
        assert broken(card.rated.choice, short) == ()
        assert broken(ground.pick.choice, short)
        assert card.against_staying.mean < 0.0
        assert "costs" in card.words
    assert said >= 2


def test_who_boxes_anyway_hears_whether_staying_out_would_pay():
    ground, _ = ground_at(0.8)
    while ground.to_go:
        now = ground.stopping(ground.situation.first_lap, ground.situation.first_lap)
        ground.runners.insert(0, ground.runners.pop(ground.runners.index(now)))
    (card, *_) = contingencies(ground, RACES)
    assert card.kind == "caution"
    assert card.words.startswith(("Box as planned", "Stay out", "Box "))
    assert card.rated.choice == ground.pick.choice or card.against_staying.mean < 0.0


@pytest.mark.parametrize(
    ("told", "gained", "cost"),
    [
        (Gain(0.4, 0.1, 0.5, 0.1, 20.0), "+0.4 places", "it costs nothing"),
        (Gain(0.01, 0.1, 0.1, 0.1, 18.0), "+18 s", "it costs nothing"),
        (Gain(-0.3, 0.1, -0.4, 0.1, -20.0), "\u22120.3 places", "it costs 0.3 places"),
        (Gain(-0.01, 0.1, -0.1, 0.1, -18.0), "\u221218 s", "it costs 18 s"),
        (Gain(-0.1, 0.1, 0.1, 0.1, 40.0), "\u22120.1 places, +40 s", "it costs 0.1 places"),
    ],
)
def test_gains_and_costs_in_words(told, gained, cost):
    assert gain_words(told) == gained
    assert cost_words(told) == cost


def test_cards_are_the_same_when_asked_again():
    _, first = ground_at(0.5)
    _, again = ground_at(0.5)
    assert first.contingencies == again.contingencies
