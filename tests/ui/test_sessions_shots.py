"""Pictures of the Sessions page, in both themes, small and large, empty and with five hundred lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from engineer_room import Opener, profile_in
from picture import compare
from session_room import SessionRoom, season

from pitbox.ui.sessions.leaving import Kept
from pitbox.wall.settings import Window

LOOKS = {
    "dark": Window(time_zone="utc"),
    "light": Window(theme="light", time_zone="utc"),
    "light-160": Window(theme="light", scale_percent=160, time_zone="utc"),
}
LARGE, SMALL = (1600, 1000), (1280, 800)


@pytest.fixture(scope="module")
def looked(request, qapp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionRoom]:
    """One window for each look, one after the other: all windows of a program look alike."""
    opener = Opener(qapp, profile_in(tmp_path_factory.mktemp("looked")))
    with pytest.MonkeyPatch.context() as patch:
        room = SessionRoom(
            opener, opener.profile, patch, season(24), is_full=True, window=LOOKS[request.param]
        )
        room.look, room.scale = request.param, LOOKS[request.param].scale_percent
        room.page.leaving.kept = Kept("csv", "~/races")
        yield room
        opener.close()


def enter(room: SessionRoom, count: int, size: tuple[int, int] = LARGE) -> None:
    wide, high = (side * room.scale // 100 for side in size)
    room.show_rows(season(count), size=(wide, high))
    room.page.deck.arrange_anew()
    room.page.leaving.changed.emit()
    room.settle()


def rest(room: SessionRoom) -> None:
    """Until trend and comparison are drawn."""
    comparing = room.page.comparing
    room.settle(lambda: not comparing._is_due and not comparing.is_running)
    room.room.pull()


def season_with_the_trend_of_its_car(room: SessionRoom) -> str:
    enter(room, 24)
    room.board.choose("sub-700018")
    rest(room)
    return f"trend-{room.look}"


def three_sessions_compared_in_a_small_window(room: SessionRoom) -> str:
    enter(room, 24, SMALL)
    for key in ("sub-700000", "sub-700009", "sub-700021"):
        room.board.mark(key)
    room.board.choose("sub-700009")
    room.page.show_panel("compare")
    room.page.show_panel("storage")
    rest(room)
    room.settle(lambda: room.page.comparing.comparison is not None)
    return "compare-dark-small"


def five_hundred_sessions(room: SessionRoom) -> str:
    enter(room, 500)
    rest(room)
    return f"500-{room.look}"


def report_that_is_written_without_a_book(room: SessionRoom) -> str:
    """In a low window its button is in sight, and what came of it."""
    enter(room, 24, SMALL)
    room.board.choose("sub-700018")
    room.page.show_panel("report")
    reporting = room.page.reporting
    reporting.words, reporting.is_wrong = (
        "The report lies in ~/races/report. There is no PDF: no typst here.",
        True,
    )
    reporting.files = (Path("report.html"),)
    reporting.changed.emit()
    rest(room)
    return f"report-{room.look}-small"


def before_anything_is_recorded(room: SessionRoom) -> str:
    enter(room, 0)
    return f"empty-{room.look}"


@pytest.mark.parametrize(
    ("looked", "picture"),
    [
        ("dark", season_with_the_trend_of_its_car),
        ("dark", three_sessions_compared_in_a_small_window),
        ("dark", report_that_is_written_without_a_book),
        ("dark", five_hundred_sessions),
        ("dark", before_anything_is_recorded),
        ("light", season_with_the_trend_of_its_car),
        ("light", five_hundred_sessions),
        ("light", before_anything_is_recorded),
        ("light-160", season_with_the_trend_of_its_car),
    ],
    indirect=["looked"],
)
def test_looks_as_it_did(looked: SessionRoom, picture) -> None:
    name = picture(looked)
    compare(looked.page.grab().toImage(), f"sessions-{name}")
