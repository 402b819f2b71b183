"""The Strategy page and the calls under a person's hands."""

from collections.abc import Callable

import advised
import msgspec
import pytest
from plot_room import StoodClock
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pitbox.crew.health import Health, Level
from pitbox.model.advice import Reply
from pitbox.ui.race.calls.panel import CALLS
from pitbox.ui.shell.pen import Spot
from pitbox.ui.shell.picture import Picture
from pitbox.ui.strategy.lapscale import LapScale
from pitbox.ui.strategy.whatif import SUPPOSITIONS
from pitbox.ui.strategy.words import against_words, chance_words, places_words, shown_places


class Board:
    """A window on its Strategy page, with an adviser by hand."""

    def __init__(self, opened: Callable[..., object], **more: object) -> None:
        self.adviser = advised.HandAdviser()
        self.room = opened(adviser=self.adviser, **more)
        desk = self.room.desk
        desk.bridge._forecaster.stop()
        desk.bridge._forecaster = None  # its answers come when they come
        self.room.feed.hub.publish_facts(advised.laps())
        self.room.pull()
        desk.bridge._foresee(advised.forecast())
        self.say()
        desk.window.go_to("strategy")
        self.settle()

    @property
    def page(self):
        return self.room.window.strategy

    @property
    def trial(self):
        return self.page.trial

    @property
    def timeline(self) -> Picture:
        return self.page.timeline.picture

    @property
    def calls(self):
        return self.room.window.deck.docks["calls"].panel

    def say(self, **changes: object) -> None:
        made_s = self.room.desk.bridge._outlook._clock.monotonic_s()
        self.adviser.answers.put(msgspec.structs.replace(advised.ANSWER, made_s=made_s, **changes))
        self.settle()

    def settle(self) -> None:
        self.room.pull()
        QApplication.processEvents()

    def key(
        self, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self.room.window.activateWindow()
        self.timeline.setFocus()
        qtbot.keyClick(self.timeline, key, modifier)
        self.settle()

    def stops(self) -> list[int]:
        return [stop.lap for stop in self.trial.stops]

    def handle(self, at: int) -> tuple[QPoint, LapScale]:
        self.timeline.grab()
        found = next(h for h in self.page.timeline.handles if h.stop == at)
        return QPoint(round(found.x), round((found.top + found.bottom) / 2)), self.page.timeline.scale


@pytest.fixture(autouse=True)
def _time_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, nothing grows old by itself."""
    monkeypatch.setattr("pitbox.ui.engineer.desk.SystemClock", StoodClock)


@pytest.fixture
def board(opened) -> Board:
    return Board(opened, panels=(CALLS,))


def press(picture: Picture, title: str, qtbot: QtBot) -> None:
    """A drawn button, by its words."""
    picture.grab()
    ink = next(ink for ink in picture.pen.inks if ink.text == title)
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=ink.box.center().toPoint())


# The trial


def test_a_stop_is_dragged_lap_by_lap_and_each_lap_is_asked(board: Board, qtbot: QtBot) -> None:
    at, scale = board.handle(0)
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(board.timeline, left, pos=at)
    for laps in (1, 2, 3):
        qtbot.mouseMove(board.timeline, at + QPoint(round(laps * scale.per_lap), 0))
        board.settle()
        assert board.stops()[0] == 172 + laps
        assert board.adviser.asked[-1].stops[0].lap == 172 + laps
        words, _ = board.page.timeline.verdict()
        assert f"\u22120.{laps}" in words, "the answer stands while it is dragged"
    qtbot.mouseRelease(board.timeline, left, pos=at + QPoint(round(3 * scale.per_lap), 0))
    assert [asked.stops[0].lap for asked in board.adviser.asked] == [173, 174, 175]
    board.room.run("window.undo")
    assert board.stops() == [172, 196, 221], "all of the drag is one step"
    assert board.trial.is_empty
    board.room.run("window.redo")
    assert board.stops() == [175, 196, 221]


def test_escape_lets_a_drag_go(board: Board, qtbot: QtBot) -> None:
    at, scale = board.handle(1)
    qtbot.mousePress(board.timeline, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(board.timeline, at - QPoint(round(4 * scale.per_lap), 0))
    assert board.stops()[1] == 192
    qtbot.keyClick(board.timeline, Qt.Key.Key_Escape)
    qtbot.mouseRelease(board.timeline, Qt.MouseButton.LeftButton, pos=at)
    assert board.stops() == [172, 196, 221]
    assert board.room.desk.stage.undo.count() == 0


def test_keys_do_all_that_the_mouse_can(board: Board, qtbot: QtBot) -> None:
    key, shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
    board.key(qtbot, key.Key_Right)
    board.key(qtbot, key.Key_Right, shift)
    assert board.stops() == [178, 196, 221]
    board.key(qtbot, key.Key_Left)
    assert board.stops()[0] == 177
    board.key(qtbot, key.Key_Plus)
    board.key(qtbot, key.Key_PageDown)
    board.key(qtbot, key.Key_T)
    assert (board.trial.stop.fuel_l, board.trial.stop.has_tyres) == (65.0, True)
    board.key(qtbot, key.Key_D)
    assert board.trial.stop.user_id == advised.MATE
    board.key(qtbot, key.Key_Down)
    board.key(qtbot, key.Key_Delete)
    assert board.stops() == [177, 221]
    board.key(qtbot, key.Key_Insert)
    assert board.stops() == [177, 199, 221]
    assert board.trial.stop.lap == 199, "the keys act on the new one"
    assert board.trial.stop.fuel_l is None
    for _ in range(board.room.desk.stage.undo.count()):
        board.room.run("window.undo")
    assert board.trial.is_empty


def test_all_later_stops_go_along_where_one_wants_so(board: Board, qtbot: QtBot) -> None:
    board.trial.pick(1)
    board.key(qtbot, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert board.stops() == [172, 195, 220]
    board.key(qtbot, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert board.stops() == [172, 196, 221]
    board.trial.begin_drag(0)
    board.trial.drag(190, with_later=True)
    assert board.stops() == [183, 207, 232], "as far as the last of them can go"
    board.trial.end_drag()
    board.room.run("window.undo")
    assert board.stops() == [172, 196, 221]


def test_many_broken_rules_are_counted_and_all_of_them_are_told(board: Board) -> None:
    board.adviser.broken = tuple(f"the tank does not reach lap {lap}" for lap in (196, 221, 231))
    board.trial.move(5)
    board.settle()
    assert board.page.timeline.verdict()[0] == "Breaks a rule: the tank does not reach lap 196; and 2 more"
    board.timeline.grab()
    assert any("lap 231" in spot.tip for spot in board.timeline.spots)


def test_stops_stay_in_their_order_and_in_the_race(board: Board) -> None:
    board.trial.move(500)
    assert board.stops() == [195, 196, 221]
    board.trial.move(-500)
    assert board.stops() == [168, 196, 221]
    board.trial.pick(2)
    board.trial.move(500)
    assert board.stops()[2] == 232, "not after the flag"
    board.trial.add_fuel(500.0)
    assert board.trial.stop.fuel_l == advised.ANSWER.fuel.tank_l


def test_a_stop_takes_what_it_needs_elsewhere_unless_somebody_said_how_much(board: Board) -> None:
    board.trial.move(-1)
    assert board.trial.stop.fuel_l is None, "the litres of another lap may not fit the tank there"
    board.trial.add_fuel(-14.0)
    board.trial.move(-1)
    assert board.trial.stop.fuel_l == 60.0


def test_laps_of_simulated_races_are_counted_from_here(board: Board) -> None:
    """Races begin now; what stands on the page are laps of the race."""
    flags = [lane.flag for lane in board.page.timeline.lanes().lanes]
    assert flags[1] == pytest.approx((229.6, 231.0, 232.2))
    picture = board.page.docks["choices"].panel.picture
    picture.grab()
    assert "230-232" in [ink.text for ink in picture.pen.inks]


def test_a_strip_adds_up_to_the_whole(board: Board) -> None:
    """What has no column of its own stands in the last one, and its head says so."""
    flat = msgspec.structs.replace(advised.BEST.prospect, class_positions=(1 / 16,) * 16)
    wide = msgspec.structs.replace(advised.BEST, prospect=flat)
    board.say(rated=(wide,))
    picture = board.page.docks["choices"].panel.picture
    picture.grab()
    words = [ink.text for ink in picture.pen.inks]
    places = shown_places((wide,), 9)
    assert f"P{places[-1]}+" in words
    assert f"{(16 - places[-1] + 1) / 16 * 100:.0f}" in words


def test_a_broken_rule_is_told_in_words(board: Board) -> None:
    board.adviser.broken = ("the tank does not reach lap 196",)
    board.trial.move(5)
    board.settle()
    assert board.page.timeline.verdict() == ("Breaks a rule: the tank does not reach lap 196", "bad")
    board.timeline.grab()
    assert any("does not reach" in ink.text for ink in board.timeline.pen.inks)


def test_only_an_answer_to_this_question_or_an_older_one_is_shown(board: Board) -> None:
    board.adviser.is_quick = False
    board.trial.move(1)
    board.trial.move(1)
    assert board.trial.is_waiting
    board.adviser.answer_trial(0)
    board.settle()
    assert board.trial.is_waiting, "it stands, and says that it is older"
    assert board.trial.tried.asked.stops[0].lap == 173
    board.adviser.answer_trial(1)
    board.settle()
    assert not board.trial.is_waiting
    board.adviser.answer_trial(0)
    board.settle()
    assert board.trial.tried.asked.stops[0].lap == 174


def test_a_stop_that_was_driven_past_leaves_the_trial(board: Board) -> None:
    board.trial.move(-2)
    board.say(laps=171)
    assert board.stops() == [196, 221]


def test_a_stop_that_is_held_stays_the_same_one_when_another_is_driven_past(board: Board) -> None:
    board.trial.move(-2)
    board.trial.pick(1)
    board.trial.begin_drag(1)
    board.trial.drag(190)
    board.say(laps=171)
    assert board.stops() == [190, 221]
    board.trial.drag(193)
    assert board.stops() == [193, 221]


def test_what_is_tried_is_asked_again_about_each_newer_moment(board: Board) -> None:
    board.trial.move(1)
    asked = len(board.adviser.asked)
    board.say(races=8000)
    assert len(board.adviser.asked) == asked, "finer figures of the same moment are no other race"
    board.adviser.is_quick = False
    board.say(moment_s=advised.ANSWER.moment_s + 30.0)
    assert len(board.adviser.asked) == asked + 1
    assert board.adviser.asked[-1].stops == board.trial.asked.stops
    assert board.trial.is_waiting, "until then it is an older answer, and says so"
    board.timeline.grab()
    assert "older answer" in [ink.text for ink in board.timeline.pen.inks]


def test_undo_never_reaches_the_race_before(board: Board) -> None:
    done: list[str] = []
    stage = board.room.desk.stage
    stage.do("anything", lambda: done.append("done"), lambda: done.append("undone"))
    board.trial.move(1)
    board.trial.suppose("save fuel", save_share=0.05)
    board.say(run=1)
    assert board.trial.is_empty, "another race has another trial"
    board.room.run("window.undo")
    assert board.trial.is_empty
    assert done == ["done", "undone"], "what means nothing any more is passed over"
    board.room.run("window.redo")
    assert done[-1] == "done"
    assert not stage.undo.canRedo()


def test_a_trial_waits_while_somebody_looks_back(board: Board) -> None:
    board.trial.move(3)
    bridge = board.room.desk.bridge
    bridge.advised.emit(None)
    assert board.trial.is_empty
    board.say()
    assert board.stops() == [175, 196, 221]
    board.room.run("window.undo")
    assert board.trial.is_empty


def test_a_choice_that_is_rated_no_more_leaves_what_is_tried_of_it(board: Board) -> None:
    saving = msgspec.structs.replace(advised.RATED[3].choice, save_share=0.05)
    rated = (*advised.RATED[:3], msgspec.structs.replace(advised.RATED[3], choice=saving))
    board.say(rated=rated)
    board.trial.choose(saving.key)
    board.trial.suppose("lose now", lose_s=10.0)
    assert board.adviser.asked[-1].save_share == pytest.approx(0.05), "its saving is part of it"
    board.say(rated=rated[:3], moment_s=advised.ANSWER.moment_s + 30.0)
    assert board.stops() == [176, 204]
    assert board.adviser.asked[-1].save_share == pytest.approx(0.05)
    assert board.trial.asked.lose_s == 10.0


def test_a_click_on_a_choice_starts_from_it_and_a_double_click_adds_a_stop_to_the_trial_only(
    board: Board, qtbot: QtBot
) -> None:
    left = Qt.MouseButton.LeftButton
    board.timeline.grab()
    trial, _, second, *_ = board.page.timeline.rows
    x = round(board.page.timeline.scale.x(185.0))
    low = QPoint(x, round((second.top + second.bottom) / 2))
    qtbot.mouseDClick(board.timeline, left, pos=low)
    assert len(board.stops()) == 3
    qtbot.mouseClick(board.timeline, left, pos=low)
    assert board.trial.chosen == advised.RATED[1].choice.key
    assert board.stops() == [175, 200, 224]
    board.timeline.grab()
    qtbot.mouseDClick(board.timeline, left, pos=QPoint(x, round((trial.top + trial.bottom) / 2)))
    assert board.stops() == [175, 185, 200, 224]


def test_a_stretch_of_laps_goes_along_the_race_and_holds_the_stop_that_is_picked(board: Board) -> None:
    timeline = board.page.timeline
    timeline.zoom(0.25)
    board.timeline.grab()
    first = timeline.scale.first
    timeline.pan(0.5)
    board.timeline.grab()
    assert timeline.scale.first > first
    board.trial.pick(2)
    board.timeline.grab()
    assert timeline.scale.first <= 221 <= timeline.scale.last
    timeline.pan(99.0)
    board.timeline.grab()
    assert timeline.scale.last == pytest.approx(234.0), "not beyond the flag"
    timeline.fit()
    board.timeline.grab()
    assert timeline.scale.first == advised.LAPS


def test_keys_do_nothing_where_nothing_is_known(opened) -> None:
    room = opened(is_filled=False)
    room.window.go_to("strategy")
    for command in room.desk.stage.commands.groups()["Race timeline"]:
        command.run()
    assert room.window.strategy.trial.is_empty
    assert room.desk.stage.undo.count() == 0


def test_the_first_is_called_best_only_when_nothing_is_ahead_of_it() -> None:
    assert against_words(None, advised.RATED) == "best"
    ahead = msgspec.structs.replace(advised.RATED[1].against_best, mean=-0.2)
    held = (advised.BEST, msgspec.structs.replace(advised.RATED[1], against_best=ahead))
    assert against_words(None, held) == "held"
    assert against_words(ahead, held) == "+0.2 ± 0.1"


def test_another_choice_is_tried_from_the_ranking(board: Board, qtbot: QtBot) -> None:
    picture = board.page.docks["choices"].panel.picture
    picture.grab()
    row = next(ink for ink in picture.pen.inks if ink.text == advised.RATED[3].choice.words)
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=row.box.center().toPoint())
    assert board.stops() == [176, 204]
    board.trial.suppose("save fuel", save_share=0.05)
    assert [stop.lap for stop in board.adviser.asked[-1].stops] == [176, 204]


def test_suppositions_are_typed_counted_and_taken_back(board: Board, qtbot: QtBot) -> None:
    panel = board.page.docks["whatif"].panel
    fields = {field.supposition.name: field for field in panel.fields}
    fields["caution_in_s"].setFocus()
    qtbot.keyClicks(fields["caution_in_s"], "12")
    qtbot.keyClick(fields["caution_in_s"], Qt.Key.Key_Return)
    assert board.adviser.asked[-1].caution_in_s == 720.0
    qtbot.keyClick(fields["save_share"], Qt.Key.Key_Up)
    assert board.adviser.asked[-1].save_share == pytest.approx(0.01)
    fields["pace_s"].setText("quick")
    fields["pace_s"].commit()
    assert fields["pace_s"].text() == ""
    assert board.trial.asked.pace_s == 0.0
    board.room.run("window.undo")
    assert (board.trial.asked.save_share, fields["save_share"].text()) == (0.0, "")
    qtbot.mouseClick(panel.reset, Qt.MouseButton.LeftButton)
    assert board.trial.is_empty
    assert fields["caution_in_s"].text() == ""


@pytest.mark.parametrize("one", SUPPOSITIONS, ids=lambda one: one.name)
def test_what_is_shown_reads_back(one) -> None:
    for shown in (one.least, (one.least + one.most) / 2, one.most):
        assert one.read(one.show(shown * one.factor)) == pytest.approx(shown * one.factor, rel=1e-4)
    assert one.read("") == one.off
    assert one.read("1e9") == one.most * one.factor


# The page


def test_every_figure_tells_where_it_is_from(board: Board, qtbot: QtBot) -> None:
    for name in ("choices", "timeline", "fuel", "tyres", "contingency", "tree", "ending"):
        picture = board.page.docks[name].panel.picture
        picture.grab()
        assert picture.spots, name
        assert all(spot.tip for spot in picture.spots), name
    choices = board.page.docks["choices"].panel.picture
    choices.setFocus()
    qtbot.keyClick(choices, Qt.Key.Key_Down)
    qtbot.keyClick(choices, Qt.Key.Key_Down)
    assert advised.BEST.choice.words in choices.accessibleDescription()
    assert "From 4,000 simulated races, 0 s old." in choices.accessibleDescription()


def test_what_nothing_replaced_turns_faint_with_its_age(board: Board) -> None:
    panel = board.page.docks["choices"].panel
    assert not panel.picture.is_faint
    bridge = board.room.desk.bridge
    now_s = bridge._outlook._clock.monotonic_s() + 100.0
    board.page.timeline.counsel._race_s = advised.ANSWER.moment_s + 95.0
    bridge.beaten.emit(now_s)
    assert panel.picture.is_faint
    assert panel.age.text() == "as of 1 min ago"
    board.say()
    assert not panel.picture.is_faint
    assert panel.age.text() == ""


def test_an_empty_page_says_what_will_stand_there_and_a_silent_one_why(opened) -> None:
    room = opened(is_filled=False)
    room.window.go_to("strategy")
    picture = room.window.strategy.docks["tree"].panel.picture
    picture.grab()
    assert "stands here" in " ".join(ink.text for ink in picture.pen.inks)
    room.feed.health.tell(Health("strategy", "advice", Level.DEGRADED, "No answer: the model is broken."))
    room.pull()
    picture.grab()
    assert [ink.text for ink in picture.pen.inks] == ["No answer: the model is broken."]


def test_a_silent_answer_says_why(board: Board) -> None:
    board.say(fuel=None, silent=("Nobody of ours measures the fuel.",))
    picture = board.page.docks["fuel"].panel.picture
    picture.grab()
    assert [ink.text for ink in picture.pen.inks] == ["Nobody of ours measures the fuel."]


def test_the_keys_stand_on_the_card_before_the_page_was_seen(opened) -> None:
    room = opened(is_filled=False)
    assert "strategy" not in room.window._made
    groups = room.desk.stage.commands.groups()
    assert len(groups["Race timeline"]) == 20
    assert {command.keys for command in groups["Calls"]} >= {"Return", "N", "W"}


def said(picture: Picture) -> list[str]:
    picture.grab()
    return [ink.text for ink in picture.pen.inks]


def test_rivals_say_when_they_stop_themselves(board: Board) -> None:
    lanes = {lane.car_idx: lane for lane in board.page.timeline.lanes().rivals}
    calls = {one.car_idx: one.next_stop for one in advised.forecast().said.rivals}
    assert any(lane.likely is None for lane in lanes.values())
    for car_idx, lane in lanes.items():
        if lane.likely is None:
            assert lane.note == "rather no further stop"
        else:
            first, middle, last = calls[car_idx].likely
            assert lane.note == f"about lap {middle}, {first} to {last}"
            assert lane.note in lane.tip
            assert lane.likely[1] - lane.first == 2, "in our laps as its window is"
            assert lane.note in said(board.timeline)


def test_what_earlier_races_taught_stands_below_the_first_choice(board: Board) -> None:
    words, choices = "with what earlier races taught", board.page.docks["choices"].panel.picture
    assert words not in said(choices), "nobody taught anything"
    board.say(finish=(0.0, 0.5, 0.5))
    assert {words, "P2.5"} <= set(said(choices))
    board.say(finish=advised.BEST.prospect.class_positions)
    assert words not in said(choices), "it is what the races say"


def test_a_contingency_says_what_it_is_held_against(board: Board) -> None:
    rain = msgspec.structs.replace(advised.CONTINGENCIES[1], against="going on as planned")
    board.say(contingencies=(rain,))
    picture = board.page.docks["contingency"].panel.picture
    picture.grab()
    assert any("Against going on as planned" in spot.tip for spot in picture.pen.spots)


# Calls


def test_a_call_is_accepted_put_off_and_asked_by_keys(board: Board, qtbot: QtBot) -> None:
    board.room.window.go_to("race")
    board.room.window.activateWindow()
    calls = board.calls
    board.room.run("calls.go")
    qtbot.keyClick(calls.picture, Qt.Key.Key_Return)
    assert board.adviser.replies == [("window", "accepted")]
    qtbot.keyClick(calls.picture, Qt.Key.Key_Down)
    assert calls.current.key == "save"
    qtbot.keyClick(calls.picture, Qt.Key.Key_N)
    assert board.adviser.replies[-1] == ("save", "not now")
    assert [call.key for call in calls.calls] == ["window", "cover"]
    assert calls.put_off.text() == "1 put off"
    qtbot.keyClick(calls.picture, Qt.Key.Key_W)
    assert board.adviser.replies[-1] == ("save", "not now"), "a question is no answer"
    calls.picture.grab()
    assert any(ink.text == "No rain." for ink in calls.picture.pen.inks)


def test_what_was_put_off_comes_back_when_it_is_more_urgent_or_asked_for(board: Board) -> None:
    calls = board.calls
    calls.reply(Reply.NOT_NOW, "save")
    calls.reply(Reply.NOT_NOW, "cover")
    assert [call.key for call in calls.calls] == ["window"]
    urgent = tuple(
        msgspec.structs.replace(call, urgency=2) if call.key == "save" else call for call in advised.CALLS
    )
    board.say(calls=urgent)
    assert [call.key for call in calls.calls] == ["window", "save"]
    calls.bring_back()
    assert len(calls.calls) == 3


def test_a_window_that_opens_anew_knows_what_was_said(board: Board) -> None:
    board.calls.reply(Reply.ACCEPTED, "window")
    board.calls.reply(Reply.NOT_NOW, "save")
    board.room.run("look.larger")
    board.say()
    calls = board.calls
    assert [call.key for call in calls.calls] == ["window", "cover"]
    assert calls.put_off.text() == "1 put off"
    calls.picture.grab()
    assert any(ink.text == "✓ accepted" for ink in calls.picture.pen.inks)
    calls.bring_back()
    assert board.adviser.replies[-1] == ("save", None), "the log is told"
    assert len(calls.calls) == 3


def test_buttons_of_a_card_are_pressed_with_the_mouse(board: Board, qtbot: QtBot) -> None:
    board.room.window.go_to("race")
    press(board.calls.picture, "Accept", qtbot)
    assert board.adviser.replies == [("window", "accepted")]
    board.calls.picture.grab()
    assert any(ink.text == "✓ accepted" for ink in board.calls.picture.pen.inks)
    press(board.calls.picture, "Not now", qtbot)
    assert board.adviser.replies[-1] == ("window", "not now")


def test_the_panel_is_quiet_where_there_is_nothing_to_do(board: Board) -> None:
    board.say(calls=())
    board.room.window.go_to("race")
    board.calls.picture.grab()
    assert board.calls.picture.pen.inks[0].text.startswith("No call now.")
    assert not [spot for spot in board.calls.picture.spots if isinstance(spot, Spot)]


# Words


def test_chances_never_claim_more_than_races_can() -> None:
    assert [chance_words(c) for c in (0.0, 0.004, 0.5, 0.996, 1.0)] == [
        "0 %",
        "<1 %",
        "50 %",
        ">99 %",
        "100 %",
    ]
    assert places_words(-0.62, 0.04) == "+0.6 ± 0.1"
    assert places_words(1.0) == "\u22121.0"
    assert places_words(0.01) == "0.0"


def test_places_that_nobody_comes_to_are_left_out() -> None:
    assert shown_places(advised.RATED[:1], 9) == range(2, 7)
    assert len(shown_places(advised.RATED, 4)) == 4
    assert shown_places((), 4) == range(0)
    spread = (0.3, 0.2, 0.1, *(0.01,) * 30, 0.1)  # last is who retires
    far = msgspec.structs.replace(advised.BEST.prospect, class_positions=spread)
    assert shown_places((msgspec.structs.replace(advised.BEST, prospect=far),), 4).start == 1


def test_a_scale_zooms_around_a_lap_and_stays_in_the_race() -> None:
    whole = LapScale(167.0, 232.0, 50.0, 700.0)
    near = whole.zoomed(0.5, 200.0, whole)
    assert near.x(200.0) == pytest.approx(whole.x(200.0))
    assert near.last - near.first == pytest.approx(32.5)
    assert near.zoomed(9.0, 200.0, whole) == whole
    assert near.lap(near.x(187.25)) == pytest.approx(187.25)


def test_a_trial_is_drawn_with_the_litres_that_the_answer_found(board: Board) -> None:
    board.adviser.is_quick = False
    board.trial.move(1)
    assert [stop.fuel_l for stop in board.trial.shown] == [None] * len(board.trial.stops)
    asked = board.adviser.asked[-1]
    filled = tuple(msgspec.structs.replace(stop, fuel_l=88.0) for stop in asked.stops)
    board.adviser.asked[-1] = msgspec.structs.replace(asked, stops=filled)
    board.adviser.answer_trial()
    board.settle()
    assert [stop.fuel_l for stop in board.trial.shown] == [88.0] * len(filled)
    assert [stop.fuel_l for stop in board.trial.stops] == [None] * len(filled), "nobody chose them yet"
