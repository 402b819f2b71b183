"""The messages panel tells whom a message does not reach, before anybody relies on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from engineer_room import Room
from staffed import StaffedRoom

from pitbox.model.ids import DeviceId
from pitbox.model.role import Role
from pitbox.wall.audience import Mate

KAI = Mate(DeviceId("a" * 64), "Kai", Role.VIEWER)
LEA = Mate(DeviceId("b" * 64), "Lea", Role.ENGINEER)


@pytest.fixture
def staffed(room: Room, tmp_path: Path) -> Iterator[StaffedRoom]:
    made = StaffedRoom(room, tmp_path / "staff")
    made.pull()
    yield made
    made.close()


def test_who_does_not_hear_it_is_named_and_a_viewer_says_nothing(
    staffed: StaffedRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = staffed.room.window.deck.docks["messages"].panel
    messages.refresh_now()
    told: list[str] = []
    monkeypatch.setattr(messages.stage.notices, "tell", lambda words, *_: told.append(words))
    messenger = messages._staff.messenger
    mates: list[Mate] = [LEA]
    messenger._mates = lambda: tuple(mates)
    messages.say("One")
    assert told == []
    mates.append(KAI)
    messages.say("Two")
    assert told == ["Not heard by Kai: this machine is a viewer there."]
    mates.remove(LEA)
    messages.say("Three")
    assert told[1:] == ["This machine is a viewer to Kai, and what a viewer says is not heard there."]
    assert [message.text for message in messenger.said()] == ["One", "Two"]
