"""Every card goes to the log, and what was done about it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pitbox.crew.clock import SystemClock
from pitbox.identity.device import Identity
from pitbox.log.shelf import Shelf
from pitbox.model.advice import Reply, advices
from pitbox.model.ids import SessionId
from pitbox.strategy.decision.answer import Call, Choice, PlannedStop, StrategyAnswer
from pitbox.wall.advice_book import AdviceBook
from pitbox.wall.edit_book import EditBook

SESSION = SessionId("advised")
CHOICE = Choice(
    "190+42", "Box in 3 laps, 42 l, no tyres", (PlannedStop(190, 42.0), PlannedStop(221, 60.4, True))
)
BOX = Call(
    key="window",
    kind="window",
    urgency=1,
    words=CHOICE.words,
    chance=0.71,
    chance_words="71 % P4",
    gain=0.6,
    gain_error=0.1,
    reason="the tank",
    waiting="",
    assumptions=("no rain", "12 clean laps"),
    until_lap=191,
    choice=CHOICE,
)


def answer(laps: int, *calls: Call) -> StrategyAnswer:
    return StrategyAnswer(
        moment_s=1000.0, session_num=2, run=0, car_idx=7, laps=laps, final_laps=None, races=256,
        is_whole=True, rated=(), calls=calls, contingencies=(), tree=None, fuel=None, tyres=None,
        assumptions=(), silent=(),
    )  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Iterator[EditBook]:
    found = EditBook(Shelf(tmp_path / "logs"), Identity.load_or_create(tmp_path / "identity"), SystemClock())
    yield found
    found.close()


def test_a_card_is_written_once_and_again_only_with_other_words_on_another_lap(book: EditBook) -> None:
    book.enter(SESSION)
    desk = AdviceBook(book)
    assert [desk.note(answer(187, BOX)) for _ in range(3)] == [1, 0, 0]
    turned = msgspec.structs.replace(BOX, words="Box in 2 laps, 42 l, no tyres")
    assert desk.note(answer(187, turned)) == 0, "figures that move within a lap fill no log"
    assert desk.note(answer(188, turned)) == 1
    (card,) = book.ask(advices)
    assert (card.said.words, card.said.lap, card.said.stops) == (turned.words, 188, "190:42:- 221:60:T")


def test_figures_of_arrays_are_written_as_plain_ones(book: EditBook) -> None:
    """One that cannot be written would end whoever keeps the edits, and all that people say with it."""
    book.enter(SESSION)
    AdviceBook(book).note(
        answer(187, msgspec.structs.replace(BOX, chance=np.float64(0.5), gain=np.float64(1.0)))
    )
    book.step()
    (card,) = book.ask(advices)
    assert (type(card.said.chance), type(card.said.gain)) == (float, float)


def test_what_was_done_stands_beside_the_card_after_a_start_anew(book: EditBook, tmp_path: Path) -> None:
    book.enter(SESSION)
    desk = AdviceBook(book)
    desk.note(answer(187, BOX))
    assert desk.reply("window", Reply.ACCEPTED)
    assert not desk.reply("undercut", Reply.ACCEPTED), "a card that nobody has seen"
    book.step()
    book.close()

    again = EditBook(Shelf(tmp_path / "logs"), Identity.load_or_create(tmp_path / "identity"), SystemClock())
    again.enter(SESSION)
    (card,) = again.ask(advices)
    again.close()
    assert (card.said.chance, card.said.assumptions, card.reply) == (
        0.71,
        "no rain; 12 clean laps",
        Reply.ACCEPTED,
    )


def test_after_a_start_anew_a_card_is_known_again_with_what_was_said_to_it(book: EditBook) -> None:
    """The words stayed the same for laps, so that only `stood_lap` tells that it is the same card still."""
    book.enter(SESSION)
    desk = AdviceBook(book)
    for laps in range(187, 192):
        desk.note(answer(laps, BOX))
    desk.reply("window", Reply.NOT_NOW)
    again = AdviceBook(book)
    again.enter(answer(192))
    assert again.replied("window", 192) == (Reply.NOT_NOW, 1)
    assert again.replied("window", 200) is None, "gone for laps, it is another card"
    assert again.note(answer(192, BOX)) == 0
    assert len(book.ask(advices)) == 1


def test_what_was_taken_back_or_is_more_urgent_by_now_is_told_as_it_is(book: EditBook) -> None:
    book.enter(SESSION)
    desk = AdviceBook(book)
    desk.note(answer(187, BOX))
    desk.note(answer(187, msgspec.structs.replace(BOX, urgency=2)))
    desk.reply("window", Reply.ACCEPTED)
    again = AdviceBook(book)
    again.enter(answer(187))
    assert again.replied("window", 187) == (Reply.ACCEPTED, 2), "as it was when this was said"
    again.reply("window", None)
    assert desk.replied("cover", 187) is None
    assert again.replied("window", 187) is None
    assert [card.replies for card in book.ask(advices)] == [()]


def test_cards_of_one_session_are_none_of_the_next(book: EditBook) -> None:
    book.enter(SESSION)
    desk = AdviceBook(book)
    desk.note(answer(187, BOX))
    desk.reply("window", Reply.ACCEPTED)
    book.enter(SessionId("next"))
    assert not desk.reply("window", Reply.NOT_NOW), "nobody has seen it there"
    assert desk.note(answer(188, BOX)) == 1
    assert desk.replied("window", 188) is None


def test_without_a_session_nothing_is_lost_but_written_later(book: EditBook) -> None:
    desk = AdviceBook(book)
    assert desk.note(answer(187, BOX)) == 0
    book.enter(SESSION)
    assert desk.note(answer(187, BOX)) == 1


def test_a_card_that_comes_back_after_laps_is_another_card(book: EditBook) -> None:
    book.enter(SESSION)
    desk = AdviceBook(book)
    desk.note(answer(187, BOX))
    desk.reply("window", Reply.ACCEPTED)
    assert desk.note(answer(188)) == 0
    assert desk.note(answer(189, BOX)) == 0, "gone for a moment only"
    assert desk.note(answer(195, BOX)) == 1
    cards = book.ask(advices)
    assert [(card.said.lap, card.reply) for card in cards] == [(187, Reply.ACCEPTED), (195, None)]
