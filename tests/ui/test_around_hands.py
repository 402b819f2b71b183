"""Relative, incidents and messages under a person's hands."""

from collections.abc import Iterator
from pathlib import Path

import around
import msgspec
import numpy as np
import pytest
import scenes
from engineer_room import Room
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from staffed import StaffedRoom

from pitbox.model.ids import Axis
from pitbox.model.message import Receipt
from pitbox.model.pit_request import LIVES_S, Outcome, answer, pit_requests
from pitbox.model.source import Ticks
from pitbox.ui.race.incidents.words import line_of as incident_line
from pitbox.ui.race.messages.words import line_of as message_line
from pitbox.ui.scene.incident import Happening
from pitbox.ui.scene.relative import Terms
from pitbox.ui.scene.talk import Consent, Saying, State, consent, talk


@pytest.fixture
def staffed(room: Room, tmp_path: Path) -> Iterator[StaffedRoom]:
    made = StaffedRoom(room, tmp_path / "staff")
    made.pull()
    yield made
    made.close()


def panel(room: Room, name: str):
    dock = room.window.deck.docks[name]
    dock.show()
    dock.raise_()
    QApplication.processEvents()
    return dock.panel


def refresh(staffed: StaffedRoom):
    staffed.pull()
    messages = panel(staffed.room, "messages")
    messages.refresh_now()
    return messages


# Relative


def test_the_list_follows_places_before_they_are_folded(room: Room) -> None:
    relative = panel(room, "relative")
    relative.draw()
    assert [one.terms for one in relative.neighbours].count(Terms.OURS) == 1
    places = np.full(64, -1.0, np.float32)
    places[scenes.OWN], places[22] = 0.5, 0.52
    field = np.zeros(1, np.dtype([("CarIdxLapDistPct", "f4", 64)]))
    field["CarIdxLapDistPct"][0] = places
    relative.show_live(Ticks(np.zeros(1, [("a", "f4")]), field, field))
    relative.beat(relative._drawn_s + 1.0)
    gap_s = next(one.gap_s for one in relative.neighbours if one.row.car_idx == 22)
    lap_s = room.desk.bridge.scene.row(scenes.OWN).best_lap_s
    assert gap_s == pytest.approx(0.02 * lap_s, abs=0.01)


def test_keys_and_clicks_choose_the_car_everywhere(room: Room, qtbot: QtBot) -> None:
    relative = panel(room, "relative")
    relative.draw()
    qtbot.mouseClick(relative.list.viewport(), Qt.MouseButton.LeftButton, pos=relative.list.box(1).center())
    second = relative.neighbours[1].row.car_idx
    assert room.desk.stage.selection.car_idx == second
    qtbot.keyClick(relative.list, Qt.Key.Key_Down)
    assert room.desk.stage.selection.car_idx == relative.neighbours[2].row.car_idx
    room.run("relative.ours")
    assert relative.list.key == str(scenes.OWN)


# Incidents


def test_a_click_on_an_incident_goes_to_its_car_and_its_time(room: Room, qtbot: QtBot) -> None:
    room.feed.hub.publish_facts(around.incidents())
    room.pull()
    incidents = panel(room, "incidents")
    wished: list[float] = []
    room.desk.stage.selection.moment_wished.connect(wished.append)
    qtbot.mouseClick(incidents.list.viewport(), Qt.MouseButton.LeftButton, pos=incidents.list.box(2).center())
    third = incidents.happenings[2].fact
    assert room.desk.stage.selection.car_idx == third.car_idx
    assert wished == [third.start_s]
    qtbot.keyClick(incidents.list, Qt.Key.Key_Down)
    assert room.desk.stage.selection.car_idx == incidents.happenings[3].fact.car_idx
    assert len(wished) == 1, "an arrow only chooses"
    qtbot.keyClick(incidents.list, Qt.Key.Key_Return)
    assert wished[-1] == incidents.happenings[3].fact.start_s


def test_the_feed_is_sifted_by_class_and_by_our_battle(room: Room, qtbot: QtBot) -> None:
    room.feed.hub.publish_facts(around.incidents())
    room.pull()
    incidents = panel(room, "incidents")
    count = len(incidents.happenings)
    incidents.list.setFocus()
    qtbot.keyClick(incidents.list, Qt.Key.Key_1)
    assert {one.row.class_id for one in incidents.happenings} == {1}
    qtbot.keyClick(incidents.list, Qt.Key.Key_0)
    assert len(incidents.happenings) == count
    qtbot.mouseClick(incidents._battle, Qt.MouseButton.LeftButton)
    assert {one.row.class_id for one in incidents.happenings} <= {2}
    assert incidents.sieve.is_battle


# Messages


def test_what_is_typed_is_said_and_its_way_is_seen(staffed: StaffedRoom, qtbot: QtBot) -> None:
    mate = staffed.mate("Ada")
    mate.messenger.say("Hello")
    messages = refresh(staffed)
    assert messages.fresh.text() == "1 new message"
    qtbot.keyClicks(messages.line, "Box this lap")
    qtbot.keyClick(messages.line, Qt.Key.Key_Return)
    assert messages.line.text() == ""
    said = refresh(staffed).sayings[-1]
    assert (said.text, said.state, said.is_mine) == ("Box this lap", State.SENT, True)
    states = []
    for receipt in (Receipt.DELIVERED, Receipt.SHOWN, Receipt.SPOKEN):
        mate.messenger.note(receipt, said.key)
        states.append(refresh(staffed).sayings[-1].state)
    mate.messenger.acknowledge(said.key)
    states.append(refresh(staffed).sayings[-1].state)
    assert states == [State.DELIVERED, State.SHOWN, State.SPOKEN, State.ACKNOWLEDGED]
    assert "read by Ada" in messages.list.lines[-1].tip


def test_a_quick_text_goes_to_the_one_who_is_chosen_and_can_be_taken_back(staffed: StaffedRoom) -> None:
    ada, bo = staffed.mate("Ada"), staffed.mate("Bo")
    for mate in (ada, bo):
        mate.messenger.say("Here")
    messages = refresh(staffed)
    assert [messages.to.itemText(at) for at in range(messages.to.count())] == ["Everybody", "Ada", "Bo"]
    messages.to.setCurrentIndex(1)
    messages.quick.buttons[0].click()
    staffed.pull()
    assert [m.text for m in ada.messenger.unread()][-1:] == ["Box this lap"]
    assert "Box this lap" not in [m.text for m in bo.messenger.unread()]
    staffed.room.run("window.undo")
    refresh(staffed)
    assert "Box this lap" not in [m.text for m in ada.messenger.said()]


def test_what_comes_in_stands_out_and_takes_no_focus(staffed: StaffedRoom) -> None:
    staffed.room.window.activateWindow()
    staffed.room.timing.view.setFocus()
    before = QApplication.focusWidget()
    mate = staffed.mate()
    mate.messenger.say("Understood")
    messages = refresh(staffed)
    assert messages.list.lines[-1].is_new
    assert messages.acknowledge_chip.isVisible()
    assert QApplication.focusWidget() is before
    staffed.pull()
    (message,) = mate.messenger.said()
    assert Receipt.SHOWN in {one.receipt for one in message.received}, "the writer knows that it stands here"
    messages.acknowledge_chip.click()
    messages = refresh(staffed)
    assert not messages.list.lines[-1].is_new
    assert not messages.acknowledge_chip.isVisible()
    staffed.pull()
    assert mate.messenger.said()[0].acknowledged


def test_a_wish_for_the_pit_menu_is_asked_and_answered_in_its_line(staffed: StaffedRoom) -> None:
    mate, messages = staffed.mate(), refresh(staffed)
    messages.menu_chip.click()
    messages.wish.fuel.setText("42")
    messages.wish.tyres.setCurrentText("left tyres")
    messages.wish.ask.click()
    said = refresh(staffed).sayings[-1]
    assert (said.state, said.text) == (State.ASKED, "Pit menu: 42 l, LF LR")
    assert messages.wish.words.text() == "The first answer tells if the driver allows it."
    (request,) = mate.book.ask(pit_requests)
    words = "Asked 42 l, menu shows 42 l."
    mate.book.write(answer(request, mate.book.device, Outcome.DONE, words))
    said = refresh(staffed).sayings[-1]
    assert said.state is State.DONE
    assert said.text.endswith(words)
    assert messages.wish.words.text() == "The driver allows it."


def test_a_refusal_is_told_calmly_and_may_be_asked_again(staffed: StaffedRoom) -> None:
    mate, messages = staffed.mate(), refresh(staffed)
    messages.menu_chip.click()
    messages.wish.fuel.setText("42")
    messages.wish.ask.click()
    refresh(staffed)
    (request,) = mate.book.ask(pit_requests)
    mate.book.write(answer(request, mate.book.device, Outcome.REFUSED, "The driver says no."))
    assert refresh(staffed).sayings[-1].state is State.REFUSED
    assert messages.wish.words.text() == "Refused last time; you may ask again."
    assert messages.wish.ask.isEnabled()
    assert messages.list.lines[-1].parts[-1].tone == "warn"


def test_a_machine_that_is_not_in_the_car_does_not_answer_for_the_driver(staffed: StaffedRoom) -> None:
    away, driver, messages = staffed.mate("Mia"), staffed.mate("Ada"), refresh(staffed)
    messages.menu_chip.click()
    messages.wish.fuel.setText("42")
    messages.wish.ask.click()
    refresh(staffed)
    (request,) = away.book.ask(pit_requests)
    away.book.write(answer(request, away.book.device, Outcome.NOT_IN_CAR, "Ada is in the car."))
    said = refresh(staffed).sayings[-1]
    assert (said.state, said.text) == (State.ASKED, "Pit menu: 42 l")
    assert messages.list.lines[-1].tip.startswith("not in the car by Mia")
    assert messages.wish.words.text() == "The first answer tells if the driver allows it."
    driver.book.write(answer(request, driver.book.device, Outcome.DONE, "Asked 42 l, menu shows 42 l."))
    assert refresh(staffed).sayings[-1].state is State.DONE


def test_a_wish_that_nobody_in_the_car_answered_says_so_when_its_time_is_over(staffed: StaffedRoom) -> None:
    away, messages = staffed.mate("Mia"), refresh(staffed)
    messages.menu_chip.click()
    messages.wish.fuel.setText("42")
    messages.wish.ask.click()
    refresh(staffed)
    (request,) = away.book.ask(pit_requests)
    away.book.write(answer(request, away.book.device, Outcome.NOT_IN_CAR, "Ada is in the car."))
    refresh(staffed)
    ledger, own, at = staffed.office.book.ask(lambda ledger: ledger), staffed.office.book.device, request.at
    late = talk(ledger, own, msgspec.structs.replace(at, sim_time_s=at.sim_time_s + LIVES_S + 1.0))[-1]
    assert (late.state, late.text) == (State.NOT_IN_CAR, "Pit menu: 42 l. Ada is in the car.")
    assert consent([late]) is Consent.UNKNOWN


def test_incidents_and_messages_tell_the_time_of_the_page(staffed: StaffedRoom) -> None:
    """The scrubber counts from green: a click on an incident at 0:20 looks back at 0:20."""
    incident = around.incidents()[0]
    one = Happening(incident, None, None)
    scene = staffed.room.window.deck.docks["incidents"].panel.stage.bridge.scene
    words = [incident_line(one, scene, start).parts[0].text for start in (None, incident.start_s - 20.0)]
    assert words == ["10:02:50", "0:20"]
    assert incident_line(one, scene, incident.start_s + 65.0).parts[0].text == "\N{MINUS SIGN}1:05"
    green = Axis(2, 1, 1000.0)
    said = Saying("k", "Ada", "", "Box", Axis(2, 1, 1062.0), 0.0, State.SENT)
    earlier = msgspec.structs.replace(said, at=Axis(1, 0, 1062.0))  # of practice
    told = [message_line(one, "utc", green).parts[0].text for one in (said, earlier)]
    assert told == ["1:02", "17:42"]
    assert staffed.room.desk.stage.green is None  # nothing has happened here yet


def test_an_empty_wish_is_refused_in_words(staffed: StaffedRoom) -> None:
    messages = refresh(staffed)
    messages.wish.ask.click()
    QApplication.processEvents()
    cards = staffed.room.window.notice_stack.cards
    assert any("ask for something" in card.words for card in cards)


def test_where_no_session_is_open_nothing_can_be_typed(room: Room) -> None:
    messages = panel(room, "messages")
    messages.refresh(1.0)
    assert not messages.line.isEnabled()
    assert messages.list.empty.startswith("Messages stand here")
