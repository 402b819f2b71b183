"""Pictures of the Stints page; by geometry no words are on each other or beyond their panel."""

from itertools import combinations

import pytest
from picture import compare
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication
from stint_room import CREW, MORE, StintRoom, drafts
from test_stints_page import Enter, _time_stands, enter  # noqa: F401 - fixtures are found by their names

from pitbox.planning.live.solving import quick_offer
from pitbox.planning.live.wish import Missing
from pitbox.ui.shell.picture import Picture
from pitbox.wall.settings import Window

LOOKS = {
    "dark": (Window(), (1600, 1000)),
    "light": (Window(theme="light"), (1600, 1000)),
    "dark-small": (Window(), (1280, 800)),
    "light-160": (Window(theme="light", scale_percent=160), (2560, 1600)),
}


def stood(enter: Enter, look: str, planned) -> StintRoom:  # noqa: F811
    window, size = LOOKS[look]
    room = enter(planned, window=window)
    room.room.window.resize(*size)
    room.board.pick("s6")
    room.settle()
    return room


def assert_apart(picture: Picture) -> None:
    """Words beside words, all of them within the picture."""
    picture.renew()
    picture.grab()
    room = QRectF(picture.rect()).adjusted(-0.5, -0.5, 0.5, 0.5)
    for ink in picture.pen.inks:
        assert room.contains(ink.box), (ink.text, ink.box)
    for one, other in combinations(picture.pen.inks, 2):
        shared = one.box.intersected(other.box)
        assert shared.width() < 1 or shared.height() < picture.look.px(3), (one.text, other.text)


def shoot(room: StintRoom, name: str) -> None:
    for panel in ("plan", "rows", "check", "offers"):
        assert_apart(room.page.docks[panel].panel.picture)
    QApplication.processEvents()
    compare(room.page.grab().toImage(), f"stints-{name}")


@pytest.mark.parametrize("look", LOOKS)
def test_a_plan_before_the_race(enter: Enter, look: str) -> None:  # noqa: F811
    room = stood(enter, look, drafts(CREW if look != "dark-small" else CREW + MORE))
    shoot(room, f"plan-{look}")


@pytest.mark.parametrize("look", ["dark", "light"])
def test_a_race_with_a_new_plan_on_offer(enter: Enter, look: str) -> None:  # noqa: F811
    room = stood(enter, look, drafts())
    now = room.race(5.2)
    offer = quick_offer(now, Missing("kai"), "o1")[1]
    room.race(5.2, offers=(offer,))
    assert offer.changes
    shoot(room, f"offer-{look}")


def test_an_empty_page(enter: Enter) -> None:  # noqa: F811
    room = enter(None, window=Window(theme="light"))
    compare(room.page.grab().toImage(), "stints-empty-light")
