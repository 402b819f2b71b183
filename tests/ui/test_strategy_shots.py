"""Pictures of the Strategy page and of call cards; by geometry nothing is cut or on anything else."""

from collections.abc import Iterator
from itertools import combinations

import advised
import msgspec
import pytest
import scenes
from picture import compare
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication
from test_strategy_page import Board, _time_stands  # noqa: F401 - an autouse fixture is one by its name

from pitbox.model.advice import Reply
from pitbox.ui.race.calls.panel import CALLS
from pitbox.ui.shell.picture import Picture
from pitbox.wall.settings import Window

LOOKS = {
    "dark": Window(),
    "light": Window(theme="light"),
    "dark-80": Window(scale_percent=80),
    "light-160": Window(theme="light", scale_percent=160),
}
SHEETS = ("choices", "timeline", "fuel", "tyres", "contingency", "tree", "ending")
SIZES = {"full": (1600, 1000), "small": (1280, 800)}
MAY_BE_CUT = {"choices", "tree", "timeline"}
"""Names of choices end in dots where they are long; the tip has all of them."""


@pytest.fixture
def boards(opened) -> Iterator[object]:
    def enter(look: str, size: str = "full", **answer: object) -> Board:
        board = Board(opened, window=LOOKS[look], panels=(CALLS,))
        percent = LOOKS[look].scale_percent
        board.room.window.resize(*(side * percent // 100 for side in SIZES[size]))
        if answer:
            board.say(**answer)
        board.settle()
        return board

    return enter


def assert_nothing_is_cut(picture: Picture, *, is_long: bool = False) -> None:
    picture.renew(is_faint=picture.is_faint)
    picture.grab()
    room = QRectF(picture.rect()).adjusted(-0.5, -0.5, 0.5, 0.5)
    inks = picture.pen.inks
    assert inks
    for ink in inks:
        assert room.contains(ink.box), (ink.text, ink.box)
        assert is_long or not ink.is_cut, ink.text
    for one, other in combinations(inks, 2):
        shared = one.box.intersected(other.box)
        assert shared.width() < 1 or shared.height() < picture.look.px(3), (one.text, other.text)


def whole(board: Board):
    QApplication.processEvents()
    return board.page.grab().toImage()


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_in_each_look(boards, look: str) -> None:
    board = boards(look)
    for name in SHEETS:
        assert_nothing_is_cut(board.page.docks[name].panel.picture)
    compare(whole(board), f"strategy-full-{look}")
    board.trial.pick(1)
    board.trial.move(-3)
    board.settle()
    for name in ("choices", "timeline"):
        assert_nothing_is_cut(board.page.docks[name].panel.picture)
    compare(board.page.timeline.grab().toImage(), f"strategy-trial-{look}")


@pytest.mark.parametrize("look", ["dark", "light-160"])
def test_long_names_in_a_small_window(boards, look: str) -> None:
    board = boards(look, "small")
    answer = advised.long_answer()
    board.room.feed.hub.info.put(scenes.info(is_long=True))
    board.say(rated=answer.rated, contingencies=answer.contingencies)
    for name in SHEETS:
        assert_nothing_is_cut(board.page.docks[name].panel.picture, is_long=True)
    compare(whole(board), f"strategy-names-{look}")


def test_what_is_old_is_faint(boards) -> None:
    board = boards("dark")
    board.room.desk.bridge._outlook._clock.now_s += 130.0
    board.page.timeline.counsel._race_s = advised.ANSWER.moment_s + 130.0
    board.settle()
    for name in SHEETS:
        assert board.page.docks[name].panel.age.text() == "as of 2 min ago"
    picture = whole(board)
    assert board.page.timeline.picture.is_faint
    compare(picture, "strategy-stale-dark")


def test_an_empty_page(opened) -> None:
    room = opened(is_filled=False, window=LOOKS["light"], panels=(CALLS,))
    room.window.go_to("strategy")
    QApplication.processEvents()
    compare(room.window.strategy.grab().toImage(), "strategy-empty-light")


@pytest.mark.parametrize("look", LOOKS)
def test_call_cards(boards, look: str) -> None:
    board = boards(look)
    dock = board.room.window.deck.docks["calls"]
    dock.setFloating(True)
    board.room.window.go_to("race")
    dock.show()
    dock.setFixedSize(*(side * LOOKS[look].scale_percent // 100 for side in (300, 420)))
    board.calls.ask_why("window")
    board.calls.reply(Reply.ACCEPTED, "save")
    board.settle()
    assert_nothing_is_cut(board.calls.picture)
    compare(dock.grab().toImage(), f"calls-full-{look}")
    answer = advised.long_answer()
    board.say(calls=tuple(msgspec.structs.replace(one, urgency=0) for one in answer.calls))
    assert_nothing_is_cut(board.calls.picture)
    dock.hide()
