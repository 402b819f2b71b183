"""Advice is worked out piece by piece, what an engineer tries first, and no answer outlives its moment."""

import threading
from collections.abc import Iterator
from typing import Any

import foresight
import msgspec
import pytest

from pitbox.strategy.briefing import Case, Mind
from pitbox.strategy.decision.answer import StrategyAnswer, Tried, WhatIf
from pitbox.strategy.decision.situation import Rules
from pitbox.strategy.story import Moment
from pitbox.wall.adviser import Adviser, Ground

EMPTY = StrategyAnswer(
    moment_s=0.0, session_num=0, run=0, car_idx=1, laps=0, final_laps=None, races=0, is_whole=False,
    rated=(), calls=(), contingencies=(), tree=None, fuel=None, tyres=None, assumptions=(), silent=(),
)  # fmt: skip


class Strategist:
    """Stands where strategy does: three pieces for each moment, two for each question."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.blocks: list[tuple[int, int]] = []

    def answers(self, moment: Any, forecast: object, case: object, spread: Any) -> Iterator[StrategyAnswer]:
        if self.error is not None:
            raise self.error
        list(spread(self.blocks.append, [(0, 128), (128, 128)]))
        for races in (128, 512, 2048):
            yield msgspec.structs.replace(EMPTY, moment_s=moment.now_s, races=races, is_whole=races == 2048)

    def tries(self, what_if: WhatIf) -> Iterator[Tried]:
        for races in (64, 256):
            yield Tried(what_if, None, (), races)


@pytest.fixture
def adviser(monkeypatch: pytest.MonkeyPatch) -> Adviser:
    made, strategist = Adviser(lambda: 7.0), Strategist()

    def hire(_: Ground) -> Strategist:
        made._strategist = strategist  # type: ignore[assignment]
        return strategist

    monkeypatch.setattr(made, "_strategist_of", hire)
    return made


def ground(now_s: float) -> Ground:
    moment = Moment(now_s, 0.0, None, None, "green", (), (), 1, None)  # type: ignore[arg-type]
    return Ground(moment, foresight.FORECAST, Case(), Mind(), Rules())


def said(adviser: Adviser) -> tuple[float, int]:
    answer = adviser.answers.take()[1]
    assert answer is not None
    return answer.moment_s, answer.races


def test_an_answer_is_refined_until_it_is_whole(adviser):
    adviser.consider(ground(100.0))
    seen = []
    while adviser.step():
        seen.append(said(adviser))
    assert seen == [(100.0, 128), (100.0, 512), (100.0, 2048)]
    assert not adviser.step()


def test_a_newer_moment_takes_the_place_of_the_one_that_is_worked_on(adviser):
    adviser.consider(ground(100.0))
    adviser.step()
    adviser.consider(ground(200.0))
    adviser.step()
    assert said(adviser) == (200.0, 128)


def test_what_is_tried_comes_first_and_only_the_newest_question_counts(adviser):
    adviser.consider(ground(100.0))
    for number in (1, 2, 3):
        adviser.ask(WhatIf(number=number))
    adviser.step()
    tried = adviser.tried.take()[1]
    assert (tried.asked.number, tried.races) == (3, 64)
    assert adviser.answers.take()[1] is None, "the moment waits"
    adviser.ask(WhatIf(number=4))
    adviser.step()
    assert adviser.tried.take()[1].asked.number == 4, "what is finer about an old question is not asked for"
    while adviser.step():
        pass
    assert adviser.tried.take()[1].races == 256
    assert said(adviser) == (100.0, 2048)


def test_a_question_before_anything_is_known_is_answered_when_something_is(adviser):
    adviser.ask(WhatIf(number=1))
    assert not adviser.step()
    adviser.consider(ground(100.0))
    adviser.step()
    assert adviser.tried.take()[1].asked.number == 1


def test_what_was_said_of_another_race_is_gone_and_none_of_it_comes_late(adviser):
    adviser.consider(ground(100.0))
    adviser.step()
    before = adviser.answers
    adviser.forget()
    assert adviser.answers.take()[1] is None
    assert not adviser.step()
    adviser.consider(ground(150.0), before)
    assert not adviser.step(), "it was foreseen before the page was turned"


def test_a_wish_wakes_whoever_does_the_work():
    woken = threading.Event()
    Adviser(lambda: 0.0, woken.set).ask(WhatIf())
    assert woken.is_set()


def test_after_a_fault_the_next_moment_begins_anew(adviser):
    adviser.consider(ground(100.0))
    adviser._strategist.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        adviser.step()
    adviser.give_up()
    assert not adviser.step()
    hired = adviser._strategist_of(ground(200.0))
    hired.error = None
    adviser.consider(ground(200.0))
    assert adviser.step()


def test_whoever_stops_waits_for_no_more_than_a_block(adviser):
    adviser.consider(ground(100.0))
    adviser.stop()
    strategist = adviser._strategist
    assert not adviser.step()
    assert strategist.blocks == []
    assert adviser.answers.take()[1] is None
    adviser.start()
    adviser.consider(ground(200.0))
    assert adviser.step()
    assert strategist.blocks == [(0, 128), (128, 128)]
