"""What was said is taken back with the history that said it."""

import random

from hypothesis import given
from hypothesis import strategies as st

from pitbox.model.fact import Fact, FlagPhase
from pitbox.model.ids import Axis, DeviceId, LogId, SessionId
from pitbox.wall.ledger import Key, Ledger, News, Place, fact_key

LOG = LogId(SessionId("local-ledger"), DeviceId("d" * 64), 1)


def place(seq: int) -> Place:
    return Axis(0, 0, float(seq)), LOG, seq


def phase(number: int, flag: str = "green") -> FlagPhase:
    return FlagPhase(0, 0, number, flag, 1.0)


def test_what_the_new_history_does_not_say_is_retracted_as_it_was_told() -> None:
    ledger = Ledger()
    ledger.note(place(1), [phase(1)])
    ledger.note(place(2), [phase(2, "yellow")])
    assert ledger.news() == News([phase(1), phase(2, "yellow")])
    ledger.turn_back(place(1))
    ledger.note(place(3), [])
    assert ledger.news() == News(retracted=[phase(2, "yellow")], number=2)
    assert ledger.news() == News()


def test_a_word_that_was_replaced_there_stands_again() -> None:
    ledger = Ledger()
    ledger.note(place(1), [phase(1)])
    ledger.note(place(2), [phase(1, "yellow")])
    assert ledger.news() == News([phase(1, "yellow")])
    ledger.turn_back(place(1))
    assert ledger.news() == News([phase(1)], number=1)


def test_what_was_never_told_needs_no_retraction() -> None:
    ledger = Ledger()
    ledger.note(place(1), [phase(1)])
    ledger.turn_back(None)
    assert ledger.news() == News()


@given(seed=st.integers(0, 2**32))
def test_what_is_shown_is_what_the_last_history_said(seed: int) -> None:
    rng = random.Random(seed)
    ledger, shown = Ledger(), dict[Key, Fact]()
    said: list[Fact] = []
    for _ in range(40):
        if said and rng.random() < 0.25:
            kept = rng.randrange(len(said))
            del said[kept:]
            ledger.turn_back(place(kept - 1) if kept else None)
        said.append(phase(rng.randrange(5), rng.choice(["green", "yellow", "red"])))
        ledger.note(place(len(said) - 1), said[-1:])
        if rng.random() < 0.4:
            news = ledger.news()
            for fact in news.retracted:
                assert shown.pop(fact_key(fact)) == fact
            shown |= {fact_key(fact): fact for fact in news.facts}
            assert shown == {fact_key(fact): fact for fact in said}
