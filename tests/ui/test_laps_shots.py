"""Pictures of the Laps page; by geometry no words are on each other or beyond their panel."""

import pytest
from lap_room import LapRoom
from picture import compare
from PySide6.QtWidgets import QApplication
from test_laps_page import Enter, enter, lap_store  # noqa: F401 - fixtures are found by their names
from test_stints_shots import LOOKS, assert_apart


@pytest.mark.parametrize("look", LOOKS)
def test_laps_over_each_other(enter: Enter, look: str) -> None:  # noqa: F811
    window, size = LOOKS[look]
    room = enter(window=window)
    room.room.window.resize(*size)
    room.settle()
    room.draw(3)
    room.board.point_at(0.4)
    shoot(room, look)


def test_a_corner_with_mistakes_and_a_scatter(enter: Enter) -> None:  # noqa: F811
    room = enter()
    room.draw(3)
    room.board.step_corner(1)
    room.page.map.turn_heat()
    room.page.figure.choose(kind="Scatter")
    room.settle()
    shoot(room, "corner-dark")


def shoot(room: LapRoom, name: str) -> None:
    for picture in (room.page.map, room.page.corners, room.page.table):
        assert_apart(picture)
    QApplication.processEvents()
    compare(room.page.grab().toImage(), f"laps-{name}")
