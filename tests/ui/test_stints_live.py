"""The Stints page on a race that goes on: the plan is followed and solved by threads of its own."""

from collections.abc import Iterator

import pytest
from engineer_room import profile_in
from live_race import HandClock, LiveRace
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pitbox.model.stint_plan import plan

LEFT, KEY, SHIFT = Qt.MouseButton.LeftButton, Qt.Key, Qt.KeyboardModifier.ShiftModifier
MINUTES = 7.5
"""Two stints by the plan that the demo comes with; the car stops in between."""
STEP_S = 15.0


class PlannedRace:
    """A whole short race on the Stints page."""

    def __init__(self, live: LiveRace) -> None:
        self.live, self.told, self.seen = live, [], set()
        live.window.resize(1600, 1000)
        live.window.go_to("stints")
        live.desk.stage.notices.told.connect(lambda _, words, __, ___: self.told.append(words))

    @property
    def page(self):
        return self.live.window.stints

    @property
    def board(self):
        return self.page.board

    @property
    def scene(self):
        return self.board.scene

    @property
    def offers(self):
        return self.page.solving.offers

    @property
    def countdown(self) -> str:
        return self.page.gantt.count.text()

    def rows(self):
        return self.board.planner.ask(lambda ledger: plan(ledger, self.scene.variant))

    def drive(self, seconds: float) -> None:
        """The plan comes after the race by a look of its follower."""
        self.live.drive(seconds)
        self.catch_up()

    def catch_up(self) -> None:
        green_s = next(phase.start_s for phase in self.live.bridge.newest_story.phases)
        due_s = self.live.sim_time_s - green_s - 2.5
        self.live.until(lambda: self.goes_on(due_s), f"the plan at {due_s} s of race")

    def goes_on(self, to_s: float) -> bool:
        """Time trickles: a look that came before its rows did is followed by another only with the clock."""
        self.live.clock.now_s += 0.08
        self.live.driven_s += 0.08
        return self.scene is not None and self.scene.is_live and self.scene.now.race_s >= to_s

    def press(self, title: str, qtbot: QtBot) -> None:
        """A button that is drawn among the new plans."""
        self.seen = {one.key for one in self.offers}
        picture = self.page.docks["offers"].panel.picture
        picture.grab()
        ink = next(ink for ink in picture.pen.inks if ink.text.startswith(title))
        qtbot.mouseClick(picture, LEFT, pos=ink.box.center().toPoint())

    def key(self, key: Qt.Key, qtbot: QtBot, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.seen = {one.key for one in self.offers}
        self.live.window.activateWindow()
        self.page.gantt.picture.setFocus()
        qtbot.keyClick(self.page.gantt.picture, key, modifier)

    def offered(self, begins: str, *, base: int = 0):
        """The last word on what was wished for just now; `base`: about the plan as of so many edits."""

        def is_told() -> bool:
            new = [one for one in self.offers if one.key not in self.seen and one.base >= base]
            return any(one.reason.startswith(begins) and one.is_final for one in new)

        self.live.until(is_told, f"an offer {begins!r}")
        return self.page.solving.offer


@pytest.fixture(scope="module")
def live(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveRace]:
    """One race for all tests of this module: each takes it as far as the ones before have driven it."""
    with pytest.MonkeyPatch.context() as patch:
        clock = HandClock()
        patch.setattr("pitbox.ui.engineer.desk.SystemClock", lambda: clock)
        made = LiveRace(
            profile_in(tmp_path_factory.mktemp("live")), clock, "duel", minutes=MINUTES, has_past=True
        )
        patch.setattr(made.desk._forecaster.adviser, "step", lambda: False)  # calls are no part of this
        try:
            yield made
        finally:
            made.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="module")
def raced(live: LiveRace) -> PlannedRace:
    made = PlannedRace(live)
    made.drive(60.0)
    return made


@pytest.fixture
def race(raced: PlannedRace) -> PlannedRace:
    raced.told.clear()
    return raced


def test_the_plan_is_bound_and_its_blocks_fill(race: PlannedRace) -> None:
    scene = race.scene
    assert race.live.desk._forecaster.plans.binding_words().endswith("in it.")
    assert [leg.is_driving for leg in scene.legs] == [True, False]
    other = scene.name(scene.legs[1].driver)
    assert race.countdown.startswith(f"{other} in ")
    left_s, at_s = scene.now.next_in_s, scene.now.race_s
    race.drive(STEP_S)
    now = race.scene.now
    assert now.next_in_s == pytest.approx(left_s - (now.race_s - at_s), abs=0.1)
    race.page.gantt.picture.grab()
    assert any(ink.text.startswith("now ") for ink in race.page.gantt.picture.pen.inks)


def test_wishes_are_answered_and_refused_offers_go(race: PlannedRace, qtbot: QtBot) -> None:
    before, second = race.rows(), race.scene.legs[1].driver
    name = race.scene.name(second)
    race.press("+2", qtbot)
    race.live.until(lambda: "tank" in race.page.solving.said, "why it cannot be")
    race.press("\u22121", qtbot)
    assert race.offered("1 lap shorter").changes
    race.board.pick(race.scene.legs[1].key)
    race.key(KEY.Key_O, qtbot)
    assert race.offered(f"{name} takes over").legs[1].driver == second
    race.key(KEY.Key_D, qtbot, SHIFT)
    missing = race.offered(f"{name} is missing")
    assert all(leg.driver != second for leg in missing.legs)
    race.key(KEY.Key_R, qtbot)
    assert race.offered("Rain from").reason.endswith("to 0:07"), "no rain behind the flag"
    race.press("Pit now", qtbot)
    offer = race.offered("Pit now")
    assert offer.legs[0].end_s < race.scene.legs[0].end_s
    race.press("Refuse", qtbot)
    race.live.until(lambda: not race.offers, "a refused offer goes")
    assert race.rows() == before
    race.live.until(lambda: race.scene.history[0].what[0].startswith("refused"), "the history says so")


_REFUSALS = ("The plan was edited since", "That offer does not stand any more", "No new plan is on offer")


def test_an_offer_that_the_plan_has_outrun_is_refused_in_words(race: PlannedRace, qtbot: QtBot) -> None:
    race.press("\u22121", qtbot)
    stale = race.offered("1 lap shorter").key
    key, driver = race.scene.legs[1].key, race.scene.legs[1].driver
    race.board.pick(key)
    race.key(KEY.Key_D, qtbot)
    assert race.rows()[1].driver != driver
    race.page.solving.accept(stale)
    assert race.told[-1].startswith(_REFUSALS), "the follower may have seen the edit first"
    race.live.until(lambda: all(offer.key != stale for offer in race.offers), "it goes")
    race.live.run("window.undo")
    race.live.until(lambda: race.rows()[1].driver == driver, "the edit is taken back")
    race.drive(2.0)
    race.live.until(lambda: race.scene.leg(key).driver == driver, "the race has it")
    count = race.board.planner.revision[1]
    race.offered("1 lap shorter", base=count)  # worked out anew for the plan as it is again
    race.key(KEY.Key_Backspace, qtbot)
    race.live.until(lambda: not race.offers, "refused")


def test_an_accepted_offer_is_written_and_goes(race: PlannedRace, qtbot: QtBot) -> None:
    race.press("\u22121", qtbot)
    offer = race.offered("1 lap shorter")
    was = race.rows()
    race.key(KEY.Key_A, qtbot)
    race.live.until(lambda: not race.offers, "an accepted offer goes")
    assert race.told[-1] == "The new plan stands."
    assert race.rows() != was
    race.drive(2.0)
    ends_s = offer.legs[0].end_s
    race.live.until(lambda: abs(race.scene.legs[0].end_s - ends_s) < 1.0, "the race goes by it")
    race.live.until(lambda: race.scene.history[0].what[0].startswith("accepted"), "the history says so")


def test_who_looks_back_is_still_told_who_drives_next(race: PlannedRace) -> None:
    look_back = race.live.desk.stage.look_back
    look_back.look_at(race.live.sim_time_s - 40.0)
    race.live.until(lambda: look_back.still is not None, "the past")
    at_s = race.scene.now.race_s
    race.live.clock.now_s += STEP_S  # the page shows the past, so its race clock stands
    race.live.driven_s += STEP_S
    race.live.until(lambda: race.goes_on(at_s + STEP_S / 2), "the plan goes on")
    assert race.scene.now.next_in_s is not None
    look_back.go_live()
    race.drive(1.0)


def test_the_race_ends_with_the_plan_as_it_was_driven(race: PlannedRace) -> None:
    seen = []
    while not race.live.race.has_ended and not race.scene.is_over:
        race.drive(2.5 * STEP_S)
        if race.countdown not in seen:
            seen.append(race.countdown)
        assert race.live.driven_s < 1200.0, "it never ends"
    scene = race.scene
    assert any(words.endswith("drives to the flag") for words in seen)
    assert race.countdown == "The race is over"
    assert all(leg.is_done for leg in scene.legs)
    assert len(scene.now.driven) == len(scene.legs)
    assert not race.offers
    race.page.docks["offers"].panel.picture.grab()
    inks = race.page.docks["offers"].panel.picture.pen.inks
    assert not any(ink.text == "Pit now" for ink in inks), "nothing is asked of a race that is over"
