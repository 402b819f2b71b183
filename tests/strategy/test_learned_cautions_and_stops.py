"""Learned models behind the plain interfaces: they speak for their world only, and the custom stays below."""

import msgspec
import pytest
from grid import Runner, facts, info, story

from pitbox.model.fact import Service, Stop
from pitbox.model.session import EventRules
from pitbox.predict.caution import CautionModel, CautionRace, fit_cautions
from pitbox.predict.pit_kind import DRIVE_THROUGH, FUEL, FUEL_AND_TYRES, KINDS, LONG_REPAIR
from pitbox.strategy.briefing import briefing
from pitbox.strategy.caution import NONE, SIM, caution_process, custom_of
from pitbox.strategy.learned_caution import caution_call
from pitbox.strategy.next_stop import NextStopModel
from pitbox.strategy.opponent_stop import OpponentStops, class_fit, service_prior
from pitbox.strategy.pace import Learned, PitCall
from pitbox.strategy.pit_rule import IN_TURN, TOGETHER
from pitbox.strategy.race_end import RaceEndModel
from pitbox.strategy.stop_cost import EARLIER, StopCosts, Wanted
from pitbox.strategy.story import Story

FULL_COURSE = EventRules(cautions="full")
WILD = tuple(lap % 8 == 6 for lap in range(60))


def model_of(world: str) -> CautionModel:
    return fit_cautions(CautionRace(world, "", "Ring", 2, WILD) for _ in range(6))


def race(rules: EventRules = FULL_COURSE):
    runners = [Runner(1, 100.0, stops=(12, 24)), Runner(2, 101.0, stops=(13, 25))]
    return story(runners, 3000.0, rules=rules, length_s=7200.0).at(3000.0)


def with_model(moment, world):
    call = caution_call(moment, model_of(world))
    return msgspec.structs.replace(moment, learned=Learned(cautions=call))


def test_a_model_of_this_world_speaks():
    plain, ours = race(), with_model(race(), "iracing")
    custom = custom_of(ours)
    assert custom.per_hour == pytest.approx(36.0 / 7.5, rel=0.3)
    assert "6 earlier races" in custom.words
    rates = [process.rate_shape / process.rate_h for process in map(caution_process, (plain, ours))]
    assert rates[1] > rates[0]


@pytest.mark.parametrize("world", ["single-seater series", "timing-sheet", "iracing "])
def test_a_model_of_another_world_says_nothing(world):
    moment = with_model(race(), world)
    assert moment.learned.cautions is None
    assert custom_of(moment) == SIM


@pytest.mark.parametrize("rules", ["off", "local"])
def test_rules_without_full_course_cautions_stand(rules):
    moment = race(EventRules(cautions=rules))
    assert caution_call(moment, model_of("iracing")) is None
    forced = msgspec.structs.replace(moment, learned=with_model(race(), "iracing").learned)
    assert custom_of(forced) == NONE, "nor does what another session learnt"


def test_before_anybody_has_a_pace_nothing_is_said():
    assert caution_call(story([Runner(1, 100.0)], 50.0).at(50.0), model_of("iracing")) is None


def test_next_stop_and_race_end_take_a_learned_rate():
    moment, ours = race(), with_model(race(), "iracing")
    plain, learned = (NextStopModel().next_stop(one, one.car(1)) for one in (moment, ours))
    assert plain.overall.laps != learned.overall.laps
    assert plain.if_green.lap == learned.if_green.lap
    assert any("earlier races" in words for words in learned.assumptions)
    assert RaceEndModel().at(ours).end_s != RaceEndModel().at(moment).end_s


def opponents(change) -> Story:
    """Two cars; `change` says what was seen of the second one's stops."""
    runners = [Runner(1, 100.0, stops=(12,)), Runner(2, 101.0, stops=(13, 25), stop_loss_s=change[0])]
    found = Story(None)
    found.hear(info(runners, FULL_COURSE))
    for runner in runners:
        for fact in facts(runner, 3700.0):
            told = isinstance(fact, Stop) and fact.car_idx == 2
            found.take(msgspec.structs.replace(fact, **change[1]) if told else fact)
    return found


@pytest.mark.parametrize(
    ("change", "kind", "is_seen"),
    [
        ((30.0, {}), DRIVE_THROUGH, False),
        ((170.0, {"stall_in_s": 1.0, "stall_out_s": 141.0}), LONG_REPAIR, False),
        ((400.0, {"stall_in_s": 1.0, "stall_out_s": 381.0}), LONG_REPAIR, False),
        ((72.0, {"stall_in_s": 1.0, "stall_out_s": 43.0}), FUEL_AND_TYRES, False),
        (
            (60.0, {"stall_in_s": 1.0, "stall_out_s": 30.0, "service": (Service("tyres", 1.0),)}),
            FUEL_AND_TYRES,
            True,
        ),
        ((60.0, {"stall_in_s": 1.0, "stall_out_s": 30.0, "service": (Service("fuel", 0.95),)}), FUEL, True),
    ],
)
def test_what_an_opponents_stop_was_for(change, kind, is_seen):
    moment = opponents(change).at(3700.0)
    told = OpponentStops(StopCosts(IN_TURN)).last(moment, moment.car(2))
    assert (told.what.kind, told.is_seen, told.lap) == (kind, is_seen, 25)
    assert told.what.confidence == max(told.what.chances.values())
    assert set(told.what.chances) == set(KINDS)


def test_nobody_stopped_yet_is_no_answer():
    moment = story([Runner(1, 100.0), Runner(2, 101.0)], 900.0).at(900.0)
    assert OpponentStops(StopCosts()).last(moment, moment.car(2)) is None


def test_a_fit_without_stops_is_the_rule():
    moment = story([Runner(1, 100.0)], 900.0).at(900.0)
    fit = class_fit(moment, moment.car(1), StopCosts(TOGETHER))
    assert fit.step == "prior"
    assert fit.of("tyres_s").value == pytest.approx(TOGETHER.tyres_s)
    assert service_prior(IN_TURN).is_tyres_while_fuel is False


EARLIER_CALL = PitCall(loss_s=90.0, low_s=84.0, high_s=96.0, unsure_s=2.0, stops=30, step="circuit")


def stopped(*stops):
    """Two of a class that lose a minute at each stop, and what earlier races taught: a minute and a half."""
    runners = [Runner(1, 100.0, stops=stops), Runner(2, 101.0, stops=stops)]
    moment = story(runners, 5000.0).at(5000.0)
    return msgspec.structs.replace(moment, learned=Learned(pits={"car": EARLIER_CALL}))


def test_a_learned_pit_loss_shrinks_with_the_stops_of_this_race():
    costs = [
        StopCosts().of(moment, moment.car(1))
        for moment in (stopped(), stopped(9, 18), stopped(*range(6, 46, 4)))
    ]
    assert (costs[0].source, costs[0].loss_s, costs[0].low_s, costs[0].high_s) == (EARLIER, 90.0, 84.0, 96.0)
    assert 90.0 > costs[1].loss_s > costs[2].loss_s > 60.0
    assert costs[2].loss_s == pytest.approx(60.0, abs=4.0)
    assert [cost.source for cost in costs[1:]] == ["own stops", "own stops"]
    assert "drawn to 30 stops of this car here in earlier races" in costs[1].words
    assert all(cost.low_s < cost.loss_s < cost.high_s for cost in costs)


def test_another_service_than_a_whole_one_is_reckoned_by_rule():
    moment, costs = stopped(), StopCosts(IN_TURN)
    whole, fuel = (costs.of(moment, moment.car(1), Wanted(tyres, fuel_l=60.0)) for tyres in (True, False))
    assert whole.loss_s == 90.0
    assert whole.loss_s - fuel.loss_s == pytest.approx(IN_TURN.tyres_s)


def test_under_caution_and_for_other_cars_earlier_races_say_nothing():
    moment = stopped()
    other = msgspec.structs.replace(moment, learned=Learned(pits={"another": EARLIER_CALL}))
    slow = msgspec.structs.replace(moment, flag="caution")
    assert {StopCosts().of(one, one.car(1)).source for one in (other, slow)} == {TOGETHER.name}


def test_without_what_was_learnt_nothing_changes():
    moment = msgspec.structs.replace(stopped(9, 18), learned=Learned())
    cost = StopCosts().of(moment, moment.car(1))
    assert cost.loss_s == pytest.approx(60.0)
    assert "earlier" not in cost.words


def test_rivals_last_stops_are_in_the_briefing():
    moment = opponents((72.0, {"stall_in_s": 1.0, "stall_out_s": 43.0})).at(3700.0)
    rival = next(one for one in briefing(moment, 1).rivals if one.car_idx == 2)
    assert rival.last_stop is not None
    assert rival.last_stop.lap == 25
    assert rival.last_stop.what.confidence > 0.5
    assert rival.next_stop is not None
    assert rival.next_stop.overall.first > 25


def test_the_order_of_asking_changes_no_answer():
    moment = opponents((72.0, {"stall_in_s": 1.0, "stall_out_s": 43.0})).at(3700.0)
    once, twice = OpponentStops(StopCosts()), OpponentStops(StopCosts())
    twice.last(moment, moment.car(1), 14.0)
    twice.last(moment, moment.car(2), 9.0)
    assert once.last(moment, moment.car(2), 14.0) == twice.last(moment, moment.car(2), 14.0)
