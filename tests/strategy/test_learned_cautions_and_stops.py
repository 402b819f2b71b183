"""Learned models behind the plain interfaces: they speak for their world only, and the custom stays below."""

import msgspec
import pytest
from grid import Runner, facts, info, story

from pitbox.model.fact import Service, Stop
from pitbox.model.session import EventRules
from pitbox.predict.caution import CautionModel, CautionRace, fit_cautions
from pitbox.predict.pit_kind import DRIVE_THROUGH, FUEL, FUEL_AND_TYRES, KINDS, LONG_REPAIR
from pitbox.strategy.caution import NONE, SIM, caution_process
from pitbox.strategy.learned_caution import learned_cautions, learned_custom, world_of
from pitbox.strategy.next_stop import NextStopModel
from pitbox.strategy.opponent_stop import class_fit, opponent_stop, service_prior
from pitbox.strategy.pit_rule import IN_TURN, TOGETHER
from pitbox.strategy.race_end import RaceEndModel
from pitbox.strategy.stop_cost import StopCosts
from pitbox.strategy.story import Story

FULL_COURSE = EventRules(cautions="full")
WILD = tuple(lap % 8 == 6 for lap in range(60))


def model_of(world: str) -> CautionModel:
    return fit_cautions(CautionRace(world, "", "Ring", 2, WILD) for _ in range(6))


def race(rules: EventRules = FULL_COURSE):
    runners = [Runner(1, 100.0, stops=(12, 24)), Runner(2, 101.0, stops=(13, 25))]
    return story(runners, 3000.0, rules=rules, length_s=7200.0).at(3000.0)


def test_a_model_of_this_world_speaks():
    moment = race()
    assert world_of(moment) == "iRacing"
    custom = learned_custom(moment, model_of("iRacing"))
    assert custom.per_hour == pytest.approx(36.0 / 7.5, rel=0.3)
    assert "6 earlier races" in custom.words
    ours, plain = learned_cautions(model_of("iRacing"))(moment), caution_process(moment)
    assert ours.rate_shape / ours.rate_h > plain.rate_shape / plain.rate_h


@pytest.mark.parametrize("world", ["single-seater series", "timing sheet", "iracing "])
def test_a_model_of_another_world_says_nothing(world):
    moment = race()
    assert learned_custom(moment, model_of(world)) == SIM
    assert learned_cautions(model_of(world))(moment) == caution_process(moment)


@pytest.mark.parametrize("rules", ["off", "local"])
def test_rules_without_full_course_cautions_stand(rules):
    assert learned_custom(race(EventRules(cautions=rules)), model_of("iRacing")) == NONE


def test_next_stop_and_race_end_take_a_learned_rate():
    moment = race()
    learned = learned_cautions(model_of("iRacing"))
    plain = NextStopModel().next_stop(moment, moment.car(1))
    ours = NextStopModel(cautions=learned).next_stop(moment, moment.car(1))
    assert ours.overall.laps != plain.overall.laps
    assert ours.if_green.lap == plain.if_green.lap
    assert any("earlier races" in words for words in ours.assumptions)
    assert RaceEndModel(cautions=learned).at(moment).end_s != RaceEndModel().at(moment).end_s


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
    told = opponent_stop(moment, moment.car(2), StopCosts(IN_TURN), NextStopModel())
    assert (told.what.kind, told.is_seen, told.lap) == (kind, is_seen, 25)
    assert told.what.confidence == max(told.what.chances.values())
    assert set(told.what.chances) == set(KINDS)
    assert told.next.overall.first > 25


def test_nobody_stopped_yet_is_no_answer():
    moment = story([Runner(1, 100.0), Runner(2, 101.0)], 900.0).at(900.0)
    assert opponent_stop(moment, moment.car(2), StopCosts(), NextStopModel()) is None


def test_a_fit_without_stops_is_the_rule():
    moment = story([Runner(1, 100.0)], 900.0).at(900.0)
    fit = class_fit(moment, moment.car(1), StopCosts(TOGETHER))
    assert fit.step == "prior"
    assert fit.of("tyres_s").value == pytest.approx(TOGETHER.tyres_s)
    assert service_prior(IN_TURN).is_tyres_while_fuel is False
