"""Pictures of the Sessions page, in both themes, small and large, empty and with five hundred lines."""

from collections.abc import Iterator

import pytest
from picture import compare
from session_room import SessionRoom, season

from pitbox.wall.settings import Window

LOOKS = {
    "dark": Window(time_zone="utc"),
    "light": Window(theme="light", time_zone="utc"),
    "light-160": Window(theme="light", scale_percent=160, time_zone="utc"),
}


@pytest.fixture
def rooms(opened, profile, monkeypatch) -> Iterator[object]:
    def enter(count: int, look: str = "dark", size: tuple[int, int] = (1600, 1000)) -> SessionRoom:
        window = LOOKS[look]
        rows = season(count) if count else None
        room = SessionRoom(opened, profile, monkeypatch, rows, is_full=True, window=window)
        room.page.leaving.kept = type(room.page.leaving.kept)("csv", "~/races")
        room.window.setMinimumSize(1, 1)
        room.window.resize(*(side * window.scale_percent // 100 for side in size))
        room.settle()
        room.page.deck.arrange_anew()
        room.page.leaving.changed.emit()
        room.settle()
        return room

    return enter


def rest(room: SessionRoom) -> None:
    """Until trend and comparison are drawn."""
    comparing = room.page.comparing
    room.settle(lambda: not comparing._is_due and not comparing.is_running)
    room.room.pull()


@pytest.mark.parametrize("look", LOOKS)
def test_a_season_with_the_trend_of_its_car(rooms, look: str) -> None:
    room = rooms(24, look)
    room.board.choose("sub-700018")
    rest(room)
    compare(room.page.grab().toImage(), f"sessions-trend-{look}")


def test_three_sessions_compared_in_a_small_window(rooms) -> None:
    room = rooms(24, "dark", (1280, 800))
    for key in ("sub-700000", "sub-700009", "sub-700021"):
        room.board.mark(key)
    room.board.choose("sub-700009")
    room.page.show_panel("compare")
    room.page.show_panel("storage")
    rest(room)
    room.settle(lambda: room.page.comparing.comparison is not None)
    compare(room.page.grab().toImage(), "sessions-compare-dark-small")


def test_five_hundred_sessions(rooms) -> None:
    room = rooms(500, "light")
    rest(room)
    compare(room.page.grab().toImage(), "sessions-500-light")


def test_before_anything_is_recorded(rooms) -> None:
    compare(rooms(0, "light").page.grab().toImage(), "sessions-empty-light")
