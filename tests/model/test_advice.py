"""What was advised and what people did about it."""

import pytest

from pitbox.model.advice import KIND, Advised, Reply, advices, advise, reply_to
from pitbox.model.edit import Draft, Entity, owned_key
from pitbox.model.ids import Axis, DeviceId
from pitbox.model.ledger import Ledger
from pitbox.model.stamp import Stamp

KAI, LEA = DeviceId("aa" * 32), DeviceId("bb" * 32)
BOX = Advised(
    kind="window",
    words="Box in 3 laps, 42 l, no tyres",
    reason="the tank, and clear track behind 41",
    chance=0.71,
    gain=0.6,
    lap=187,
    until_lap=191,
    stops="190:42:-",
    assumptions="no rain",
)


class Desk:
    def __init__(self) -> None:
        self.ledger = Ledger()

    def write(self, who: DeviceId, *drafts: Draft, sim_time_s: float = 1000.0) -> None:
        for draft in drafts:
            self.ledger.write(draft, Stamp(0, who, 1), Axis(2, 0, sim_time_s), 7.0)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_card_is_kept_with_all_that_stood_on_it_and_with_what_each_said(desk: Desk) -> None:
    key = owned_key(KAI, "1")
    desk.write(KAI, *advise(key, BOX))
    (card,) = advices(desk.ledger)
    assert (card.said, card.adviser, card.reply) == (BOX, KAI, None)

    desk.write(LEA, reply_to(key, LEA, Reply.NOT_NOW), sim_time_s=1010.0)
    desk.write(KAI, reply_to(key, KAI, Reply.ACCEPTED), sim_time_s=1020.0)
    desk.write(LEA, reply_to(key, LEA, Reply.ACCEPTED), sim_time_s=1030.0)
    (card,) = advices(desk.ledger)
    assert [(one.device, one.reply) for one in card.replies] == [(KAI, Reply.ACCEPTED), (LEA, Reply.ACCEPTED)]
    assert card.replies[-1].at == Axis(2, 0, 1030.0)


def test_a_card_said_again_is_the_same_card_and_keeps_nothing_of_its_old_figures(desk: Desk) -> None:
    key = owned_key(KAI, "1")
    desk.write(KAI, *advise(key, BOX))
    desk.write(KAI, *advise(key, Advised(kind="window", words="Box this lap")))
    (card,) = advices(desk.ledger)
    assert card.said == Advised(kind="window", words="Box this lap")


def test_nobody_puts_words_into_anothers_card_nor_replies_for_somebody_else(desk: Desk) -> None:
    key = owned_key(KAI, "1")
    desk.write(KAI, *advise(key, BOX))
    desk.write(LEA, Draft(Entity(KIND, key), "words", "Stay out"), reply_to(key, KAI, Reply.ACCEPTED))
    desk.write(LEA, Draft(Entity(KIND, key), f"reply.{LEA}", "perhaps"))
    (card,) = advices(desk.ledger)
    assert (card.said, card.replies) == (BOX, ())


def test_a_value_of_a_wrong_kind_is_none(desk: Desk) -> None:
    key = owned_key(KAI, "1")
    desk.write(KAI, *advise(key, BOX))
    for field, value in (("chance", "high"), ("lap", 1.5), ("until_lap", True), ("reason", 4)):
        desk.write(KAI, Draft(Entity(KIND, key), field, value))
    said = advices(desk.ledger)[0].said
    assert (said.chance, said.lap, said.until_lap, said.reason) == (None, None, None, "")
