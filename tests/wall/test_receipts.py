"""What became of a message: delivered, shown, spoken, acknowledged, each told once by whom it was for."""

from pathlib import Path

import pytest
from office_rig import Team

from pitbox.model.message import Receipt
from pitbox.model.role import Role


@pytest.fixture
def team(tmp_path: Path):
    made = Team(tmp_path)
    yield made
    made.close()


def receipts(machine, key: str) -> list[Receipt]:
    (message,) = [one for one in machine.office.messenger.said() if one.key == key]
    return [one.receipt for one in message.received]


def test_each_step_comes_back_to_who_said_it(team: Team) -> None:
    lea, kai = team.join("Lea", Role.ENGINEER), team.join("Kai", Role.DRIVER)
    key = lea.office.messenger.say("Box this lap")
    lea.step()
    assert receipts(lea, key) == []
    team.meet()
    team.meet()
    assert receipts(lea, key) == [Receipt.DELIVERED]
    kai.office.messenger.note(Receipt.SHOWN, key)
    kai.office.messenger.note(Receipt.SHOWN, key)
    kai.office.messenger.note(Receipt.SPOKEN, key)
    kai.office.messenger.acknowledge(key)
    team.meet()
    team.meet()
    steps = [Receipt.DELIVERED, Receipt.SHOWN, Receipt.SPOKEN, Receipt.ACKNOWLEDGED]
    assert receipts(lea, key) == steps
    (message,) = lea.office.messenger.said()
    assert {one.device for one in message.received} == {kai.device}
    assert message.acknowledged == (kai.device,)


def test_nobody_tells_of_a_message_that_was_not_for_them(team: Team) -> None:
    lea, kai = team.join("Lea", Role.ENGINEER), team.join("Kai", Role.DRIVER)
    bo = team.join("Bo", Role.DRIVER)
    kai.office.messenger.say("I am here")
    team.meet()
    team.meet()
    key = lea.office.messenger.say("You are next", to="Kai")
    team.meet()
    bo.office.messenger.note(Receipt.SHOWN, key)
    lea.office.messenger.note(Receipt.SHOWN, key)
    team.meet()
    assert receipts(lea, key) == [Receipt.DELIVERED]
